"""Every table that a terminal shows, for rich to print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich import box
from rich.console import ConsoleOptions, RenderableType
from rich.table import Table
from rich.text import Text

from ssm_mwx import texts
from ssm_mwx.converter import MEMBER_OF_FIELD
from ssm_mwx.enums import ExecutionStatus
from ssm_mwx.models import (
    TaskExecution,
    TaskExecutionIdentity,
    TaskInvocation,
    WindowExecution,
)
from ssm_mwx.redaction import REDACTED, clean, sensitive_fields, visible
from ssm_mwx.report import formatting, headline
from ssm_mwx.report.nodes import NodeOutcome
from ssm_mwx.wire import unstructure

if TYPE_CHECKING:
    from ssm_mwx.report.task_report import TaskReport

MAX_ROWS = 20
"""Rows of a report's table, at most."""

WIDE = 120
"""Columns of a terminal that leave room for command ids."""

_BAR_WIDTH = 40


def report_view(
    report: TaskReport, options: ConsoleOptions, *, max_rows: int = MAX_ROWS
) -> Iterator[RenderableType]:
    """Show heading, counts, causes, and the nodes or invocations that need attention first."""
    yield _heading(report.task)
    for line in headline.lines_of(report):
        yield Text(line)
    counts = headline.counts_of(report)
    if counts:
        yield ""
        yield _counts_table(counts, "#" if options.ascii_only else "█")
    if report.nodes is None:
        yield from _invocations(report.invocations, report.fetched_at, max_rows)
        return
    yield from _causes(report)
    yield from _nodes(report.nodes, options, max_rows)
    yield from _invocations(report.invocations_without_nodes, report.fetched_at, max_rows)


def executions_table(executions: Sequence[WindowExecution]) -> Table:
    """Show a row for each run of a window, in the order given."""
    table = _table("Window execution id", "Status", "Start (UTC)", "Duration", "Details")
    for each in executions:
        table.add_row(
            Text(texts.value_text(each.window_execution_id)),
            _status(each.status),
            texts.time_text(each.start_time),
            texts.duration_text(each.duration),
            Text(texts.value_text(each.status_details)),
        )
    return table


def tasks_table(tasks: Sequence[TaskExecutionIdentity], *, are_all: bool = True) -> Table:
    """Show a row for each task of a window execution, in the order given."""
    heading, starts = _starts(tasks, are_all=are_all)
    table = _table("Task execution id", "Status", heading, "Task")
    for each, start in zip(tasks, starts, strict=True):
        task = Text(texts.value_text(each.task_arn))
        id_ = Text(texts.value_text(each.task_execution_id))
        table.add_row(id_, _status(each.status), start, task)
    return table


def nodes_table(nodes: Sequence[NodeOutcome], *, with_commands: bool = True) -> Table:
    """Show a row for each node, in the order given."""
    table = _table("Status", "Node", "Name", "Details", *(["Command id"] if with_commands else []))
    for node in nodes:
        table.add_row(
            _status(node.status),
            Text(formatting.node_text(node, "instance_id")),
            Text(formatting.node_text(node, "name")),
            Text(formatting.node_text(node, "status_details")),
            *([Text(formatting.node_text(node, "command_id"))] if with_commands else []),
        )
    return table


def plugins_table(nodes: Sequence[NodeOutcome], *, include_sensitive: bool = False) -> Table:
    """Show a row for each plugin of some nodes, with its output if asked for."""
    names = ("Node", "Plugin", "Status", "Details", "Exit code", "Duration")
    table = _table(*names, *(["Output"] if include_sensitive else []))
    for node in nodes:
        for plugin in (node.command and node.command.command_plugins) or ():
            table.add_row(
                Text(formatting.node_text(node, "instance_id")),
                Text(texts.value_text(visible(plugin, "name"))),
                _status(plugin.execution_status),
                Text(texts.value_text(visible(plugin, "status_details"))),
                Text(texts.value_text(visible(plugin, "response_code"))),
                texts.duration_text(plugin.duration),
                *([_lines(plugin.output)] if include_sensitive else []),
            )
    return table


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
        table.add_row("Duration", texts.duration_text(task.duration))
    return table


def invocations_table(
    invocations: Sequence[TaskInvocation],
    *,
    as_of: datetime | None = None,
    include_sensitive: bool = False,
    are_all: bool = True,
) -> Table:
    """Show a row for each invocation, in the order given; open ones ran until `as_of` so far."""
    as_of = as_of or datetime.now(UTC)
    table = _table("Status", "Target", "Details")
    heading, starts = _starts(invocations, are_all=are_all)
    table.add_column(heading, no_wrap=True)
    table.add_column("Duration", no_wrap=True)
    sensitive = _sensitive_members() if include_sensitive else {}
    for member in sensitive.values():
        table.add_column(member, overflow="fold")
    for invocation, start in zip(invocations, starts, strict=True):
        table.add_row(
            _status(invocation.status),
            Text(formatting.nodes_of(invocation)),
            Text(texts.member_text(invocation, "status_details")),
            start,
            formatting.duration_so_far(invocation, as_of),
            *(Text(texts.value_text(getattr(invocation, name))) for name in sensitive),
        )
    return table


def _member(value: object, written: object) -> Text:
    """Write a member: its status and times as everywhere, all else as AWS's JSON has it."""
    if written == REDACTED:
        return Text(REDACTED)
    if isinstance(value, ExecutionStatus):
        return _status(value)
    if isinstance(value, datetime):
        return Text(f"{texts.time_text(value)} UTC")
    return Text(texts.value_text(written))


def _heading(task: TaskExecution) -> Text:
    details = texts.member_text(task, "status_details") if task.status_details else ""
    return Text.assemble(
        (formatting.title_of(task), "bold"),
        "\n",
        (texts.status_text(task.status), f"bold {texts.colour_of(task.status)}"),
        f"  {details}" if details else "",
        "\n",
        formatting.period_text(task),
    )


def _counts_table(counts: Mapping[ExecutionStatus | None, int], bar: str) -> Table:
    """Show the number in each status, and a bar of their share."""
    table = Table.grid(padding=(0, 2))
    for status in formatting.in_order(counts):
        share = counts[status] / sum(counts.values())
        table.add_row(
            _status(status),
            Text(f"{counts[status]:,}", justify="right"),
            Text(bar * max(1, round(share * _BAR_WIDTH)), texts.colour_of(status)),
        )
    return table


def _causes(report: TaskReport) -> Iterator[RenderableType]:
    """Show how many nodes failed of each cause, the most frequent first."""
    causes, rest = headline.causes_of(report)
    if not causes:
        return
    table = _table("Nodes", "Status", "Cause")
    table.columns[0].justify = "right"
    for (status, details), number in causes:
        table.add_row(f"{number:,}", _status(status), Text(texts.value_text(details)))
    yield ""
    yield table
    if rest:
        yield Text(rest)


def _nodes(
    nodes: Sequence[NodeOutcome], options: ConsoleOptions, max_rows: int
) -> Iterator[RenderableType]:
    chosen, hidden = formatting.listed(nodes, max_rows)
    if chosen:
        yield ""
        yield nodes_table(chosen, with_commands=options.max_width >= WIDE)
    yield from _hidden(hidden)


def _invocations(
    invocations: Sequence[TaskInvocation], as_of: datetime, max_rows: int
) -> Iterator[RenderableType]:
    chosen, hidden = formatting.listed(invocations, max_rows)
    if chosen:
        yield ""
        yield invocations_table(chosen, as_of=as_of)
    yield from _hidden(hidden)


def _hidden(counts: Mapping[ExecutionStatus | None, int]) -> Iterator[RenderableType]:
    if counts:
        yield Text(f"Not listed: {formatting.counts_text(counts)}.")


def _table(*headings: str) -> Table:
    """Return a table whose cells break anywhere, statuses aside."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0), show_edge=False, pad_edge=False)
    for heading in headings:
        table.add_column(
            heading,
            no_wrap=heading == "Status",
            # A fixed width: with a minimum, rich crops the columns on the right.
            width=20 if heading == "Node" else 36 if heading.endswith(" id") else None,
            overflow="fold",
        )
    return table


def _starts(
    runs: Sequence[TaskInvocation] | Sequence[TaskExecutionIdentity], *, are_all: bool
) -> tuple[str, list[str]]:
    """Return a column's heading and the starts under it; a day that all share is in the heading."""
    starts = [texts.member_text(run, "start_time") for run in runs]
    days = {day for day, _, time in (start.partition(" ") for start in starts) if time}
    if len(days) != 1 or not are_all:
        return "Start (UTC)", starts
    return f"Start (UTC)\n{days.pop()}", [start.rpartition(" ")[2] for start in starts]


def _sensitive_members() -> dict[str, str]:
    """Return AWS's names of the sensitive fields of an invocation."""
    members = MEMBER_OF_FIELD[TaskInvocation]
    return {name: members[name] for name in members if name in sensitive_fields(TaskInvocation)}


def _lines(text: str | None) -> Text:
    """Write a text of several lines, without what a terminal might act upon."""
    return Text("\n".join(map(clean, (text or "").splitlines())))


def _status(status: ExecutionStatus | None) -> Text:
    return Text(texts.status_text(status), texts.colour_of(status))
