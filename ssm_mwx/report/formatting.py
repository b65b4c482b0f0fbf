"""What all views of a report share: the order of statuses, their colours, and how things read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from ssm_mwx.enums import ExecutionStatus
from ssm_mwx.models import TaskExecution, TaskInvocation

NOTHING = "—"
"""What stands where AWS sent nothing."""

_NODES_SHOWN = 3

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
    """`statuses`, what needs attention first: ended in vain, then running, then succeeded."""
    return sorted(statuses, key=lambda status: (_rank(status), status_text(status)))


def attention_first(invocations: Iterable[TaskInvocation]) -> list[TaskInvocation]:
    """`invocations` in the order of their statuses, and within a status by their start."""
    return sorted(invocations, key=_attention_key)


def colour_of(status: ExecutionStatus | None) -> str:
    """The colour of a status, as ``#RRGGBB``."""
    return _OTHER_COLOUR if status is None else _COLOURS.get(status, _OTHER_COLOUR)


def _rank(status: ExecutionStatus | None) -> float:
    return _OTHER_RANK if status is None else _RANKS.get(status, _OTHER_RANK)


def _attention_key(invocation: TaskInvocation) -> tuple[float, str, bool, datetime]:
    start = invocation.start_time
    return (
        _rank(invocation.status),
        status_text(invocation.status),
        start is None,
        start or datetime.min.replace(tzinfo=UTC),
    )


# --- words ---


def clean(text: str) -> str:
    """`text` on one line, with a replacement character for what a display might act upon.

    These are the control characters, a terminal's escape among them, the marks that reverse the
    direction of writing, and halves of characters, which no encoding takes.
    """
    words = " ".join(text.split())
    return "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in words
    )


def text_of(value: str | None) -> str:
    """A member as text; a dash where AWS left it out or empty."""
    return clean(value) if value else NOTHING


def status_text(status: ExecutionStatus | None) -> str:
    """A status in AWS's word."""
    return clean(status) if status else "(no status)"


def title_of(task: TaskExecution) -> str:
    """What the task runs."""
    return clean(task.task_arn) if task.task_arn else "Task execution"


def nodes_of(invocation: TaskInvocation) -> str:
    """Where an invocation runs: the nodes it names, else the window target."""
    nodes = invocation.instance_ids
    if not nodes:
        target = invocation.window_target_id
        return f"window target {clean(target)}" if target else NOTHING
    hidden = len(nodes) - _NODES_SHOWN
    shown = ", ".join(clean(node) for node in nodes[:_NODES_SHOWN])
    return f"{shown} and {hidden} more" if hidden > 0 else shown


def time_text(time: datetime | None) -> str:
    """A time in UTC, to the second."""
    return NOTHING if time is None else f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def period_text(task: TaskExecution) -> str:
    """From when to when a task ran, and for how long."""
    if task.start_time is None:
        return "no start time"
    if task.end_time is None:
        return f"since {time_text(task.start_time)} UTC"
    same_day = task.start_time.astimezone(UTC).date() == task.end_time.astimezone(UTC).date()
    end = time_text(task.end_time)
    end = end.partition(" ")[2] if same_day else end
    took = duration_text(task.end_time - task.start_time)
    return f"{time_text(task.start_time)} to {end} UTC ({took})"


def duration_text(duration: timedelta | None) -> str:
    """A duration in its two largest units."""
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
