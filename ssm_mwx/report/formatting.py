"""How values read in a report: a time, a duration, a status; their order and colour.

Every view writes them through this module, terminals and HTML alike.
"""

from __future__ import annotations

import json
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import TypeVar

import attrs

from ssm_mwx.enums import ExecutionStatus
from ssm_mwx.models import CommandInvocation, TaskExecution, TaskInvocation
from ssm_mwx.parameters import RunCommandParameters
from ssm_mwx.redaction import REDACTED, clean, sensitive_fields, visible
from ssm_mwx.report.nodes import NodeOutcome

NOTHING = "—"
"""The text for a member that AWS left out."""

FEW = 10
"""So many rows are listed in full, whatever their status."""

_NODES_SHOWN = 3

_Counts = Counter[ExecutionStatus | None]
_T = TypeVar("_T", bound="TaskInvocation | NodeOutcome")

# From the palette of Okabe and Ito, which people with any colour vision can tell apart. All of
# them stand out on white and on black.
_COLOURS = {
    ExecutionStatus.FAILED: "#D55E00",
    ExecutionStatus.TIMED_OUT: "#E69F00",
    ExecutionStatus.CANCELLED: "#CC79A7",
    ExecutionStatus.SKIPPED_OVERLAPPING: "#A07C5A",
    ExecutionStatus.CANCELLING: "#C2B200",
    ExecutionStatus.IN_PROGRESS: "#56B4E9",
    ExecutionStatus.PENDING: "#0072B2",
    ExecutionStatus.SUCCESS: "#009E73",
}
_OTHER_COLOUR = "#8A8A8A"

_RANKS = {status: rank for rank, status in enumerate(_COLOURS)}
_OTHER_RANK = _RANKS[ExecutionStatus.SKIPPED_OVERLAPPING] + 0.5


# --- order and colour ---


def in_order(statuses: Iterable[ExecutionStatus | None]) -> list[ExecutionStatus | None]:
    """Sort statuses, what needs attention first: failed, unknown, running, succeeded."""
    return sorted(statuses, key=lambda status: (_rank(status), status_text(status)))


def attention_first(items: Iterable[_T]) -> list[_T]:
    """Sort by status as `in_order` does, and within a status by start."""
    return sorted(items, key=_attention_key)


def listed(items: Iterable[_T], max_rows: int | None) -> tuple[list[_T], _Counts]:
    """Choose what a table lists, what needs attention first, grouped by cause.

    Successes are counted instead, unless all that there is are a few rows.

    Args:
        items: What to choose from.
        max_rows: Rows at most; None lists all, the successes too.

    Returns:
        What to list, and the number of all others by status.
    """
    ordered = sorted(attention_first(items), key=_cause_key)
    is_short = max_rows is None or len(ordered) <= FEW
    chosen = [item for item in ordered if is_short or item.status != ExecutionStatus.SUCCESS]
    if max_rows is not None:
        chosen = chosen[: max(max_rows, 0)]
    counts: _Counts = Counter(item.status for item in ordered)
    counts.subtract(item.status for item in chosen)
    return chosen, +counts


def colour_of(status: ExecutionStatus | None) -> str:
    """Return the colour of a status as ``#RRGGBB``."""
    return _OTHER_COLOUR if status is None else _COLOURS.get(status, _OTHER_COLOUR)


def _rank(status: ExecutionStatus | None) -> float:
    return _OTHER_RANK if status is None else _RANKS.get(status, _OTHER_RANK)


def _cause_key(item: TaskInvocation | NodeOutcome) -> tuple[float, str, str]:
    return _rank(item.status), status_text(item.status), item.status_details or ""


def _attention_key(item: TaskInvocation | NodeOutcome) -> tuple[float, str, bool, datetime]:
    start = item.start_time
    return (
        _rank(item.status),
        status_text(item.status),
        start is None,
        start or datetime.min.replace(tzinfo=UTC),
    )


# --- any text ---


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


# --- a status, a time, a duration ---


def status_text(status: ExecutionStatus | None) -> str:
    """Write a status in AWS's word."""
    return clean(status) if status else "(no status)"


def number_of(number: int, noun: str) -> str:
    """Write how many there are of something."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def counts_text(counts: Mapping[ExecutionStatus | None, int]) -> str:
    """Write the number in each status, what needs attention first."""
    return ", ".join(f"{counts[each]:,} {status_text(each)}" for each in in_order(counts))


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


def duration_so_far(item: TaskInvocation | NodeOutcome, as_of: datetime) -> str:
    """Write how long something took or, if it has not ended, how long it has run at this time."""
    if item.start_time is None or item.end_time is not None or item.is_terminal:
        return duration_text(item.duration)
    return f"{duration_text(max(as_of - item.start_time, timedelta()))} so far"


# --- a task, an invocation, a node ---


def title_of(task: TaskExecution) -> str:
    """Write what the task runs."""
    return member_text(task, "task_arn") if task.task_arn else "Task execution"


def period_text(task: TaskExecution) -> str:
    """Write from when to when a task ran, and for how long."""
    if task.start_time is None:
        return "no start time"
    start = f"{time_text(task.start_time)} UTC"
    if task.end_time is None:
        return f"started {start}" if task.is_terminal else f"since {start}"
    same_day = task.start_time.astimezone(UTC).date() == task.end_time.astimezone(UTC).date()
    end = time_text(task.end_time)
    end = end.partition(" ")[2] if same_day else end
    took = duration_text(task.end_time - task.start_time)
    return f"{time_text(task.start_time)} to {end} UTC ({took})"


def nodes_of(invocation: TaskInvocation) -> str:
    """Write where an invocation runs: the nodes it names, else its tag keys or window target."""
    nodes = invocation.instance_ids
    if nodes and "instance_ids" in sensitive_fields(RunCommandParameters):
        return REDACTED
    if nodes:
        hidden = len(nodes) - _NODES_SHOWN
        shown = ", ".join(map(clean, nodes[:_NODES_SHOWN]))
        return f"{shown} and {hidden} more" if hidden > 0 else shown
    parameters = invocation.parameters
    if isinstance(parameters, RunCommandParameters) and parameters.target_keys:
        return f"by {', '.join(map(clean, parameters.target_keys))}"
    if invocation.window_target_id:
        return f"window target {member_text(invocation, 'window_target_id')}"
    return NOTHING


def node_text(node: NodeOutcome, name: str) -> str:
    """Write a field of a node, or the placeholder where it comes from a sensitive member."""
    return REDACTED if is_sensitive_of_node(name) else value_text(getattr(node, name))


def is_sensitive_of_node(name: str) -> bool:
    """Whether a field of `NodeOutcome` comes from a sensitive member."""
    sources = {
        "instance_id": {"instance_id", "instance_ids"},
        "name": {"instance_name"},
        "command_id": {"command_id", "execution_id"},
    }.get(name, {name})
    models = (CommandInvocation, TaskInvocation, RunCommandParameters)
    return any(sources & sensitive_fields(cls) for cls in models)
