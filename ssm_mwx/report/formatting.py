"""How a task, an invocation and a node read in a report, and in which order.

Every view writes them through this module and `texts`, terminals and HTML alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from ssm_mwx import texts
from ssm_mwx.enums import ExecutionStatus
from ssm_mwx.models import TaskExecution, TaskInvocation
from ssm_mwx.parameters import RunCommandParameters
from ssm_mwx.redaction import REDACTED, clean, sensitive_fields
from ssm_mwx.report.nodes import NodeOutcome, is_sensitive_of_node

FEW = 10
"""So many rows are listed in full, whatever their status."""

_NODES_SHOWN = 3
_LAST = datetime.max.replace(tzinfo=UTC)

_Counts = Counter[ExecutionStatus | None]
_T = TypeVar("_T", bound="TaskInvocation | NodeOutcome")


_RANKS = {status: rank for rank, status in enumerate(texts.COLOURS)}
_OTHER_RANK = _RANKS[ExecutionStatus.SKIPPED_OVERLAPPING] + 0.5


# --- order and colour ---


def in_order(statuses: Iterable[ExecutionStatus | None]) -> list[ExecutionStatus | None]:
    """Sort statuses, what needs attention first: failed, unknown, running, succeeded."""
    return sorted(statuses, key=lambda status: (_rank(status), texts.status_text(status)))


def grouped(items: Iterable[_T]) -> dict[ExecutionStatus | None, list[_T]]:
    """Group by status, in the order of `in_order`; each group keeps the order given."""
    groups: dict[ExecutionStatus | None, list[_T]] = {}
    for item in items:
        groups.setdefault(item.status, []).append(item)
    return {status: groups[status] for status in in_order(groups)}


def by_start(items: Iterable[_T]) -> list[_T]:
    """Sort by start, what has none last."""
    return sorted(items, key=_start_key)


def attention_first(items: Iterable[_T]) -> list[_T]:
    """Sort by status as `in_order` does, and within a status by start."""
    return [item for group in grouped(items).values() for item in by_start(group)]


def listed(items: Sequence[_T], max_rows: int | None) -> tuple[list[_T], _Counts]:
    """Choose what a table lists, what needs attention first, grouped by cause.

    Successes are counted instead, unless all that there is are a few rows.

    Args:
        items: What to choose from.
        max_rows: Rows at most; None lists all, the successes too.

    Returns:
        What to list, and the number of all others by status.
    """
    is_short = max_rows is None or len(items) <= FEW
    groups = grouped(items)
    chosen = [
        item
        for status, group in groups.items()
        if is_short or status != ExecutionStatus.SUCCESS
        for item in sorted(by_start(group), key=_cause_key)
    ]
    if max_rows is not None:
        chosen = chosen[: max(max_rows, 0)]
    counts: _Counts = Counter({status: len(group) for status, group in groups.items()})
    counts.subtract(item.status for item in chosen)
    return chosen, +counts


def _rank(status: ExecutionStatus | None) -> float:
    return _OTHER_RANK if status is None else _RANKS.get(status, _OTHER_RANK)


def _cause_key(item: TaskInvocation | NodeOutcome) -> str:
    return item.status_details or ""


def _start_key(item: TaskInvocation | NodeOutcome) -> datetime:
    return item.start_time or _LAST


# --- numbers and durations ---


def counts_text(counts: Mapping[ExecutionStatus | None, int]) -> str:
    """Write the number in each status, what needs attention first."""
    return ", ".join(f"{counts[each]:,} {texts.status_text(each)}" for each in in_order(counts))


def duration_so_far(item: TaskInvocation | NodeOutcome, as_of: datetime) -> str:
    """Write how long something took or, if it has not ended, how long it has run at this time."""
    if item.start_time is None or item.end_time is not None or item.is_terminal:
        return texts.duration_text(item.duration)
    return f"{texts.duration_text(max(as_of - item.start_time, timedelta()))} so far"


# --- a task, an invocation, a node ---


def title_of(task: TaskExecution) -> str:
    """Write what the task runs."""
    return texts.member_text(task, "task_arn") if task.task_arn else "Task execution"


def period_text(task: TaskExecution) -> str:
    """Write from when to when a task ran, and for how long."""
    if task.start_time is None:
        return "no start time"
    start = f"{texts.time_text(task.start_time)} UTC"
    if task.end_time is None:
        return f"started {start}" if task.is_terminal else f"since {start}"
    same_day = task.start_time.astimezone(UTC).date() == task.end_time.astimezone(UTC).date()
    end = texts.time_text(task.end_time)
    end = end.partition(" ")[2] if same_day else end
    took = texts.duration_text(task.end_time - task.start_time)
    return f"{texts.time_text(task.start_time)} to {end} UTC ({took})"


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
        return f"window target {texts.member_text(invocation, 'window_target_id')}"
    return texts.NOTHING


def node_text(node: NodeOutcome, name: str) -> str:
    """Write a field of a node, or the placeholder where it comes from a sensitive member."""
    return REDACTED if is_sensitive_of_node(name) else texts.value_text(getattr(node, name))
