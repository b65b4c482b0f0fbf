"""How values read in every view."""

from __future__ import annotations

from datetime import datetime, timedelta
from unittest.mock import Mock

import pytest

from ssm_mwx import ExecutionStatus, TaskExecution, TaskInvocation
from ssm_mwx.redaction import clean
from ssm_mwx.report import formatting
from tests.support.reports import START, invocation_of


def test_order_begins_with_what_needs_attention() -> None:
    """Failed statuses come first, then unknown ones, those that run, and SUCCESS."""
    statuses = [None, *ExecutionStatus, ExecutionStatus("PAUSED")]

    assert formatting.in_order(statuses) == [
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


def test_invocations_are_sorted_by_status_then_start() -> None:
    """Within a status an invocation without a start is the last."""
    success, late, early, never = (
        invocation_of(),
        invocation_of("FAILED", start=9),
        invocation_of("FAILED", start=1),
        invocation_of("FAILED", start=None),
    )

    ordered = formatting.attention_first([success, late, never, early])

    assert ordered == [early, late, never, success]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Failed: näher am Ende", "Failed: näher am Ende"),
        ("two\r\nlines\tand  more ", "two lines and more"),
        ("one\u2028two\u2029three\x85four", "one two three four"),
        ("\x1b[31mred\x00", "�[31mred�"),
        ("\x9b31mred", "�31mred"),
        ("\u202edetrever \u2066isolated", "�detrever �isolated"),
        ("half \ud83d", "half �"),
    ],
)
def test_clean_replaces_what_a_display_acts_upon(text: str, expected: str) -> None:
    """Control characters, marks of direction and half characters are replaced, on one line."""
    assert clean(text) == expected


@pytest.mark.parametrize(
    ("status", "start", "end", "expected"),
    [
        (None, None, None, "no start time"),
        (None, START, None, "since 2026-03-10 02:00:00 UTC"),
        ("FAILED", START, None, "started 2026-03-10 02:00:00 UTC"),
        (
            "FAILED",
            START,
            START + timedelta(minutes=5),
            "2026-03-10 02:00:00 to 02:05:00 UTC (5 min 00 s)",
        ),
        (
            "FAILED",
            START,
            START + timedelta(days=1),
            "2026-03-10 02:00:00 to 2026-03-11 02:00:00 UTC (1 d 0 h)",
        ),
    ],
)
def test_period_says_what_is_known(
    status: str | None, start: datetime | None, end: datetime | None, expected: str
) -> None:
    """A period has the day once if it can, and no end if there is none."""
    task = TaskExecution(
        status=ExecutionStatus(status) if status else None, start_time=start, end_time=end
    )

    assert formatting.period_text(task) == expected


@pytest.mark.parametrize(
    ("invocation", "expected"),
    [
        (invocation_of(nodes=("i-1", "i-2", "i-3")), "i-1, i-2, i-3"),
        (invocation_of(nodes=("i-1", "i-2", "i-3", "i-4", "i-5")), "i-1, i-2, i-3 and 2 more"),
        (TaskInvocation(window_target_id="w-1"), "window target w-1"),
        (TaskInvocation(), "—"),
    ],
)
def test_nodes_are_named_else_the_window_target(invocation: TaskInvocation, expected: str) -> None:
    """An invocation is shown by its nodes, or by its window target if it names none."""
    assert formatting.nodes_of(invocation) == expected


def test_nodes_are_redacted_if_they_are_sensitive(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the instances of `Parameters` are marked as sensitive, they are not named."""
    marked = Mock(return_value=frozenset({"instance_ids"}))
    monkeypatch.setattr(formatting, "sensitive_fields", marked)

    assert formatting.nodes_of(invocation_of(nodes=("i-1",))) == "<sensitive>"
