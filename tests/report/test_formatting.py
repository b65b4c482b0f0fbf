from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from ssm_mwx import ExecutionStatus, TaskExecution, TaskInvocation
from ssm_mwx.report import formatting
from tests.support.reports import START, invocation_of


def test_order() -> None:
    """What ended in vain stands first, then what is unknown, what runs, and what succeeded."""
    expected = [
        "FAILED",
        "TIMED_OUT",
        "CANCELLED",
        "SKIPPED_OVERLAPPING",
        None,
        "PAUSED",
        "CANCELLING",
        "IN_PROGRESS",
        "PENDING",
        "SUCCESS",
    ]

    assert formatting.in_order([None, *ExecutionStatus, ExecutionStatus("PAUSED")]) == expected


def test_attention_first() -> None:
    """Invocations stand by status, then by start; those without a start at the end."""
    success, late, early, never = (
        invocation_of(),
        invocation_of("FAILED", start=9),
        invocation_of("FAILED", start=1),
        invocation_of("FAILED", start=None),
    )

    assert [early, late, never, success] == formatting.attention_first(
        [success, late, never, early]
    )


def test_colours() -> None:
    """Each status has a colour of its own, and all that are not known share one more."""
    colours = [formatting.colour_of(status) for status in ExecutionStatus]

    assert len(ExecutionStatus) == len(set(colours))
    assert (
        formatting.colour_of(None) == formatting.colour_of(ExecutionStatus("PAUSED")) not in colours
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Failed: näher am Ende", "Failed: näher am Ende"),
        ("two\r\nlines\tand  more ", "two lines and more"),
        ("\x1b[31mred\x00", "�[31mred�"),
        ("\u202edetrever", "�detrever"),
        ("half \ud83d", "half �"),
    ],
)
def test_clean(text: str, expected: str) -> None:
    """What a display might act upon is replaced."""
    assert formatting.clean(text) == expected


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
        (-5, "-5.0 s"),
    ],
)
def test_duration(seconds: float | None, expected: str) -> None:
    """A duration is told in its two largest units."""
    duration = None if seconds is None else timedelta(seconds=seconds)

    assert formatting.duration_text(duration) == expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (None, None, "no start time"),
        (START, None, "since 2026-03-10 02:00:00 UTC"),
        (
            START,
            START + timedelta(minutes=5),
            "2026-03-10 02:00:00 to 02:05:00 UTC (5 min 00 s)",
        ),
        (
            START,
            START + timedelta(days=1),
            "2026-03-10 02:00:00 to 2026-03-11 02:00:00 UTC (1 d 0 h)",
        ),
    ],
)
def test_period(start: datetime | None, end: datetime | None, expected: str) -> None:
    """A task's period is told as far as it is known, the day once."""
    assert formatting.period_text(TaskExecution(start_time=start, end_time=end)) == expected


def test_time_is_in_utc() -> None:
    """A time of another zone is told in UTC."""
    time = START.astimezone(timezone(timedelta(hours=5)))

    assert formatting.time_text(time) == "2026-03-10 02:00:00"


@pytest.mark.parametrize(
    ("invocation", "expected"),
    [
        (invocation_of(nodes=("i-1", "i-2", "i-3")), "i-1, i-2, i-3"),
        (invocation_of(nodes=("i-1", "i-2", "i-3", "i-4", "i-5")), "i-1, i-2, i-3 and 2 more"),
        (TaskInvocation(window_target_id="w-1"), "window target w-1"),
        (TaskInvocation(), "—"),
    ],
)
def test_nodes(invocation: TaskInvocation, expected: str) -> None:
    """An invocation is where its nodes are, else its window target."""
    assert formatting.nodes_of(invocation) == expected
