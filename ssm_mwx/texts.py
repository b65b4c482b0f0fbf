"""How any value reads wherever it is shown: a text, a time, a duration, a status, its colour."""

from __future__ import annotations

import json
import unicodedata
from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from itertools import accumulate

import attrs

from ssm_mwx.enums import ExecutionStatus
from ssm_mwx.redaction import clean, visible

NOTHING = "—"
"""The text for a member that AWS left out."""

# From the palette of Okabe and Ito, which people with any colour vision can tell apart. All of
# them stand out on white and on black.
COLOURS = {
    ExecutionStatus.FAILED: "#D55E00",
    ExecutionStatus.TIMED_OUT: "#E69F00",
    ExecutionStatus.CANCELLED: "#CC79A7",
    ExecutionStatus.SKIPPED_OVERLAPPING: "#A07C5A",
    ExecutionStatus.CANCELLING: "#C2B200",
    ExecutionStatus.IN_PROGRESS: "#56B4E9",
    ExecutionStatus.PENDING: "#0072B2",
    ExecutionStatus.SUCCESS: "#009E73",
}
"""The colours of the known statuses, what needs attention first."""
_OTHER_COLOUR = "#8A8A8A"


def shorten(text: str, width: int) -> str:
    """Cut `text` to `width` columns of a fixed-width font, the last one an ellipsis."""
    ends = list(accumulate(map(_columns_of, text[: width + 1])))
    if bisect_right(ends, width) == len(text):
        return text
    return text[: bisect_right(ends, width - 1)] + "…"


def _columns_of(letter: str) -> int:
    return 2 if unicodedata.east_asian_width(letter) in "FW" else 1


def value_text(value: object) -> str:
    """Write any value of AWS's on one line; a dash for one that is absent or empty."""
    match value:
        case None | "":
            return NOTHING
        case str():
            return clean(value)
        case datetime():
            return time_text(value)
        case _:
            return clean(json.dumps(value, default=str))


def member_text(model: attrs.AttrsInstance, name: str) -> str:
    """Write a field of a model, or the placeholder where it is sensitive."""
    return value_text(visible(model, name))


def status_text(status: ExecutionStatus | None) -> str:
    """Write a status in AWS's word."""
    return clean(status) if status else "(no status)"


def colour_of(status: ExecutionStatus | None) -> str:
    """Return the colour of a status as ``#RRGGBB``."""
    return _OTHER_COLOUR if status is None else COLOURS.get(status, _OTHER_COLOUR)


def number_of(number: int, noun: str) -> str:
    """Write how many there are of something."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def time_text(time: datetime | None) -> str:
    """Write a time in UTC, to the second."""
    return NOTHING if time is None else f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def duration_text(duration: timedelta | None) -> str:
    """Write a duration in its two largest units."""
    if duration is None:
        return NOTHING
    if duration < timedelta():
        return "-" + duration_text(-duration)
    if duration < timedelta(seconds=9.95):
        return f"{duration.total_seconds():.1f} s"
    minutes, seconds = divmod(round(duration.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {seconds:02} s" if minutes else f"{seconds} s"
