"""A report in a terminal. Only rich asks for it, so rich is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ssm_mwx.report import formatting

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

    from ssm_mwx.report.task_report import TaskReport

MAX_ROWS = 20
"""Rows of the table."""

_BAR_WIDTH = 40


def renderables(report: TaskReport) -> Iterator[RenderableType]:
    """Heading, counts, and the invocations that need attention first."""
    yield _heading(report)
    yield ""
    yield _counts(report)
    if report.invocations:
        yield ""
        yield _invocations(report)
        hidden = len(report.invocations) - MAX_ROWS
        if hidden > 0:
            yield f"{hidden:,} more not shown."


def _heading(report: TaskReport) -> Text:
    from rich.text import Text

    task = report.task
    status = (formatting.status_text(task.status), f"bold {formatting.colour_of(task.status)}")
    details = f"  {formatting.clean(task.status_details)}" if task.status_details else ""
    return Text.assemble(
        (formatting.title_of(task), "bold"),
        "\n",
        status,
        details,
        "\n",
        formatting.period_text(task),
    )


def _counts(report: TaskReport) -> Table:
    from rich.table import Table
    from rich.text import Text

    counts = report.counts
    table = Table.grid(padding=(0, 2))
    for status in formatting.in_order(counts):
        share = counts[status] / len(report.invocations)
        table.add_row(
            Text(formatting.status_text(status)),
            Text(f"{counts[status]:,}", justify="right"),
            Text("█" * max(1, round(share * _BAR_WIDTH)), formatting.colour_of(status)),
        )
    return table


def _invocations(report: TaskReport) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table("Status", "Target", "Details", "Start (UTC)", "Duration", box=box.SIMPLE_HEAD)
    for invocation in formatting.attention_first(report.invocations)[:MAX_ROWS]:
        table.add_row(
            Text(
                formatting.status_text(invocation.status), formatting.colour_of(invocation.status)
            ),
            Text(formatting.nodes_of(invocation)),
            Text(formatting.text_of(invocation.status_details)),
            formatting.time_text(invocation.start_time),
            formatting.duration_text(invocation.duration),
        )
    return table
