"""Every table that a terminal shows, for rich to print."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from rich import box
from rich.console import ConsoleOptions, RenderableType
from rich.table import Table
from rich.text import Text

from ssm_mwx.converter import MEMBER_OF_FIELD
from ssm_mwx.enums import ExecutionStatus
from ssm_mwx.models import TaskExecution, TaskInvocation
from ssm_mwx.redaction import REDACTED, sensitive_fields
from ssm_mwx.report import formatting
from ssm_mwx.wire import unstructure

if TYPE_CHECKING:
    from ssm_mwx.report.task_report import TaskReport

MAX_ROWS = 20
"""Rows of a report's table, at most."""

_BAR_WIDTH = 40


def report_view(report: TaskReport, options: ConsoleOptions) -> Iterator[RenderableType]:
    """Show heading, counts, and a table of the invocations that need attention first."""
    yield _heading(report.task)
    yield ""
    yield _counts_table(report, "#" if options.ascii_only else "█")
    if report.invocations:
        yield ""
        yield invocations_table(formatting.attention_first(report.invocations)[:MAX_ROWS])
        hidden = len(report.invocations) - MAX_ROWS
        if hidden > 0:
            yield f"{hidden:,} more not shown."


def task_table(task: TaskExecution, *, include_sensitive: bool = False) -> Table:
    """Show a row for each member of a task."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    members = unstructure(task, redact_sensitive=not include_sensitive)
    for name, member in MEMBER_OF_FIELD[TaskExecution].items():
        if member in members:
            table.add_row(member, _member(getattr(task, name), members[member]))
    if task.duration is not None:
        table.add_row("Duration", formatting.duration_text(task.duration))
    return table


def invocations_table(
    invocations: Sequence[TaskInvocation], *, include_sensitive: bool = False
) -> Table:
    """Show a row for each invocation, in the order given."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0), show_edge=False, pad_edge=False)
    table.add_column("Status", no_wrap=True)
    table.add_column("Target", overflow="fold")
    table.add_column("Details", overflow="fold")
    heading, starts = _starts(invocations)
    table.add_column(heading, no_wrap=True)
    table.add_column("Duration", no_wrap=True)
    sensitive = _sensitive_members() if include_sensitive else {}
    for member in sensitive.values():
        table.add_column(member, overflow="fold")
    for invocation, start in zip(invocations, starts, strict=True):
        table.add_row(
            _status(invocation.status),
            Text(formatting.nodes_of(invocation)),
            Text(formatting.member_text(invocation, "status_details")),
            start,
            formatting.duration_text(invocation.duration),
            *(Text(formatting.value_text(getattr(invocation, name))) for name in sensitive),
        )
    return table


def _member(value: object, written: object) -> Text:
    """Write a member: its status and times as everywhere, all else as AWS's JSON has it."""
    if written == REDACTED:
        return Text(REDACTED)
    if isinstance(value, ExecutionStatus):
        return _status(value)
    if isinstance(value, datetime):
        return Text(f"{formatting.time_text(value)} UTC")
    return Text(formatting.value_text(written))


def _heading(task: TaskExecution) -> Text:
    details = formatting.member_text(task, "status_details") if task.status_details else ""
    return Text.assemble(
        (formatting.title_of(task), "bold"),
        "\n",
        (formatting.status_text(task.status), f"bold {formatting.colour_of(task.status)}"),
        f"  {details}" if details else "",
        "\n",
        formatting.period_text(task),
    )


def _counts_table(report: TaskReport, bar: str) -> Table:
    """Show the number of invocations in each status, and a bar of their share."""
    counts = report.counts
    table = Table.grid(padding=(0, 2))
    for status in formatting.in_order(counts):
        share = counts[status] / len(report.invocations)
        table.add_row(
            _status(status),
            Text(f"{counts[status]:,}", justify="right"),
            Text(bar * max(1, round(share * _BAR_WIDTH)), formatting.colour_of(status)),
        )
    return table


def _starts(invocations: Iterable[TaskInvocation]) -> tuple[str, list[str]]:
    """Return a column's heading and the starts under it; a day that all share is in the heading."""
    starts = [formatting.member_text(invocation, "start_time") for invocation in invocations]
    days = {day for day, _, time in (start.partition(" ") for start in starts) if time}
    if len(days) != 1:
        return "Start (UTC)", starts
    return f"Start (UTC)\n{days.pop()}", [start.rpartition(" ")[2] for start in starts]


def _sensitive_members() -> dict[str, str]:
    """Return AWS's names of the sensitive fields of an invocation."""
    members = MEMBER_OF_FIELD[TaskInvocation]
    return {name: members[name] for name in members if name in sensitive_fields(TaskInvocation)}


def _status(status: ExecutionStatus | None) -> Text:
    return Text(formatting.status_text(status), formatting.colour_of(status))
