"""What every view says of a report as a whole: its numbers, and what it leaves out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ssm_mwx import texts
from ssm_mwx.enums import ExecutionStatus

if TYPE_CHECKING:
    from ssm_mwx.models import TaskInvocation
    from ssm_mwx.report.nodes import NodeOutcome
    from ssm_mwx.report.task_report import TaskReport

_Cause = tuple[ExecutionStatus | None, str | None]

_CAUSES = 10


def lines_of(report: TaskReport) -> Iterator[str]:
    """Yield the numbers of a report, where it is from, and what one must know to read it."""
    yield numbers_of(report)
    if report.account or report.region:
        yield _place_of(report)
    if report.statuses:
        statuses = ", ".join(map(texts.status_text, report.statuses))
        yield f"Filtered: only invocations in {statuses}."
    if report.nodes is not None and report.invocations_without_nodes:
        yield without_nodes_text(len(report.invocations_without_nodes))
    if is_unfinished(report):
        yield f"Not finished: as of {texts.time_text(report.fetched_at)} UTC."


def _place_of(report: TaskReport) -> str:
    """Write the account and the Region of a report, as far as they are known."""
    places = (("Account", report.account), ("Region", report.region))
    return ", ".join(f"{name} {texts.value_text(place)}" for name, place in places if place)


def numbers_of(report: TaskReport) -> str:
    """Write how many invocations and nodes there are, and how many failed."""
    if not report.invocations:
        return "No invocations."
    failed = report.failed_nodes if report.nodes else report.failed
    return f"{number_of_items(report)}: {len(failed):,} failed"


def number_of_items(report: TaskReport) -> str:
    """Write how many invocations there are and, where they are known, how many nodes."""
    invocations = texts.number_of(len(report.invocations), "invocation")
    if not report.nodes:
        return invocations
    known = "known node" if report.invocations_without_nodes else "node"
    return f"{invocations}, {texts.number_of(len(report.nodes), known)}"


def causes_of(report: TaskReport) -> tuple[list[tuple[_Cause, int]], str]:
    """Return the most frequent causes with their numbers of nodes, and a sentence on the others."""
    causes = report.failure_causes.most_common() if report.nodes else []
    hidden = sum(number for _, number in causes[_CAUSES:])
    rest = f"{texts.number_of(hidden, 'more node')} failed of other causes." if hidden else ""
    return causes[:_CAUSES], rest


def without_nodes_text(number: int) -> str:
    """Write how many invocations have no known nodes."""
    have = "has" if number == 1 else "have"
    return f"{texts.number_of(number, 'invocation')} {have} no known nodes."


def items_of(report: TaskReport) -> tuple[NodeOutcome, ...] | tuple[TaskInvocation, ...]:
    """Return what a report counts: the nodes if some are known, else the invocations."""
    return report.nodes or report.invocations


def counts_of(report: TaskReport) -> Counter[ExecutionStatus | None]:
    """Count what `items_of` returns, by status."""
    return Counter(item.status for item in items_of(report))


def is_unfinished(report: TaskReport) -> bool:
    """Whether anything in the report may still change."""
    statuses = {item.status for item in (report.task, *report.invocations)}
    statuses |= {node.status for node in report.nodes or ()}
    return any(status and not ExecutionStatus(status).is_terminal for status in statuses)
