"""How any value reads, wherever it is shown."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest

from ssm_mwx import ExecutionStatus, texts
from tests.support.reports import START


def test_colour_tells_known_statuses_apart() -> None:
    """Each known status has a colour of its own."""
    colours = {texts.colour_of(status) for status in ExecutionStatus}

    assert len(colours) == len(ExecutionStatus)


@pytest.mark.parametrize("status", [None, ExecutionStatus("PAUSED")])
def test_colour_of_unknown_status_is_no_other(status: ExecutionStatus | None) -> None:
    """An unknown status does not look like a known one."""
    known = {texts.colour_of(status) for status in ExecutionStatus}

    assert texts.colour_of(status) not in known


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("abcd", "abcd"),
        ("abcde", "abc…"),
        ("日本", "日本"),
        ("日本語", "日…"),
        ("a\u0301" * 4, "a\u0301a…"),
    ],
)
def test_shorten_fits_the_width(text: str, expected: str) -> None:
    """Wide letters take two columns, and a cut ends with an ellipsis within the width."""
    assert texts.shorten(text, 4) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (None, "—"),
        (0, "0.0 s"),
        (0.44, "0.4 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.6, "1 min 00 s"),
        (220, "3 min 40 s"),
        (3600, "1 h 00 min"),
        (90_000, "1 d 1 h"),
        (180_000, "2 d 2 h"),
        (-5, "-5.0 s"),
    ],
)
def test_duration_has_its_two_largest_units(seconds: float | None, expected: str) -> None:
    """A duration reads the same whatever its length or sign."""
    duration = None if seconds is None else timedelta(seconds=seconds)

    assert texts.duration_text(duration) == expected


def test_time_is_in_utc() -> None:
    """A time in another zone is converted."""
    time = START.astimezone(timezone(timedelta(hours=5)))

    assert texts.time_text(time) == "2026-03-10 02:00:00"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "—"),
        ("", "—"),
        ("a\nb", "a b"),
        (0, "0"),
        (START, "2026-03-10 02:00:00"),
        ([{"Name": "cpu"}], '[{"Name": "cpu"}]'),
    ],
)
def test_value_is_written_on_one_line(value: object, expected: str) -> None:
    """Text and times are written as they are, all else as JSON, and nothing as a dash."""
    assert texts.value_text(value) == expected
