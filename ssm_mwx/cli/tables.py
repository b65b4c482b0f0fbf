"""What the commands print for people: tables. All that rich does for a command is here."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager

import attrs
from rich.console import Console, ConsoleOptions, RenderableType
from rich.measure import Measurement
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Column, Table

from ssm_mwx.models import TaskExecution
from ssm_mwx.report import NodeOutcome, TaskReport, formatting, terminal

_WIDTHS_TO_COME = {"Status": len("IN_PROGRESS"), "Duration": len("59 min 59 s")}
"""Columns of a terminal that later rows may need."""
_LEAST_WIDTHS = {"Target": 20, "Start (UTC)": 10}
"""Columns of a terminal that the id of a node and a date take."""
_LEAST_WIDTH = 7
_GAP = 3
"""Columns of a terminal between two columns of a table."""
_TEXT_WIDTH = 40
"""Columns of a terminal for texts that are longer than those of the first page."""


def drawn(renderable: object) -> str:
    """Return what rich prints to standard output."""
    console = _console()
    with console.capture() as capture:
        console.print(renderable)
    return capture.get()


def _console(*, stderr: bool = False) -> Console:
    """Return a console for a stream, as NO_COLOR and COLUMNS have it.

    NO_COLOR stands for no escape sequence at all. rich itself takes COLUMNS=0 for a width, and a
    dumb terminal for one of 80 columns.
    """
    columns = os.environ.get("COLUMNS", "")
    width = (int(columns) or 80) if columns.isdecimal() else None
    return Console(
        file=sys.stderr if stderr else sys.stdout,
        color_system=None if os.environ.get("NO_COLOR") else "auto",
        width=width,
        height=None if width is None else 25,
    )


@attrs.frozen
class _ReportOfRows:
    """A report with so many rows in a table."""

    report: TaskReport
    max_rows: int

    def __rich_console__(
        self, _console: Console, options: ConsoleOptions
    ) -> Iterator[RenderableType]:
        return terminal.report_view(self.report, options, max_rows=self.max_rows)


def report(made: TaskReport, *, max_rows: int | None) -> str:
    """Draw a report; None stands for as many rows as a report has by default."""
    return drawn(made if max_rows is None else _ReportOfRows(made, max_rows))


def task_table(task: TaskExecution, *, show_sensitive: bool) -> str:
    """Draw a row for each member of a task."""
    return drawn(terminal.task_table(task, include_sensitive=show_sensitive))


def nodes_table(nodes: Sequence[NodeOutcome]) -> Table:
    """Show a row for each node, and its command where there is room."""
    with_commands = _console().width >= terminal.WIDE
    return terminal.nodes_table(formatting.attention_first(nodes), with_commands=with_commands)


def plugins_table(nodes: Sequence[NodeOutcome], *, include_sensitive: bool) -> Table | None:
    """Show a row for each plugin of some nodes, if there are any."""
    if not any(node.command and node.command.command_plugins for node in nodes):
        return None
    ordered = formatting.attention_first(nodes)
    return terminal.plugins_table(ordered, include_sensitive=include_sensitive)


# --- a table whose rows arrive in pages ---


def widths_of(table: Table) -> list[int]:
    """Return widths for the columns of a table and of those that continue it.

    Texts share what the other columns leave of the terminal. Details at the end have no width
    where there is no room for them: rich would take it from the ids.
    """
    console = _console()
    columns = list(table.columns)
    if columns[-1].header == "Details" and _room_for_texts(console, columns) < 0:
        columns.pop()
    widths = [_natural_width(console, column) for column in columns]
    texts = [index for index, column in enumerate(columns) if not _is_fixed(column)]
    least = {index: _least_width(columns[index]) for index in texts}
    left = max(_room_for_texts(console, columns), 0)
    texts.sort(key=lambda index: widths[index] - least[index])
    for number, index in enumerate(texts, start=1):
        share = left // (len(texts) + 1 - number)
        wanted = max(widths[index], _TEXT_WIDTH) if number == len(texts) else widths[index]
        more = max(min(wanted - least[index], share), 0)
        widths[index] = least[index] + more
        left -= more
    return widths


def set_widths(table: Table, widths: Sequence[int], *, with_heading: bool) -> None:
    """Give a table the widths of the first one, and its heading if it is the first one."""
    table.show_header = with_heading
    del table.columns[len(widths) :]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
        column.no_wrap = False


def _room_for_texts(console: Console, columns: Sequence[Column]) -> int:
    """Return what is left of the terminal if each text has its least width."""
    taken = [
        _natural_width(console, column) if _is_fixed(column) else _least_width(column)
        for column in columns
    ]
    return console.width - sum(taken) - _GAP * (len(columns) - 1)


def _natural_width(console: Console, column: Column) -> int:
    cells = [column.header, *column.cells]
    widest = max(Measurement.get(console, console.options, cell).maximum for cell in cells)
    return max(widest, column.width or 0, _WIDTHS_TO_COME.get(str(column.header), 0))


def _least_width(column: Column) -> int:
    return _LEAST_WIDTHS.get(str(column.header), _LEAST_WIDTH)


def _is_fixed(column: Column) -> bool:
    return column.no_wrap or column.width is not None


# --- progress ---


@contextmanager
def spinner() -> Generator[Callable[[str], None], None, None]:
    """Show a text on standard error that changes, and the time."""
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=_console(stderr=True), transient=True) as live:
        line = live.add_task("waiting", total=None)
        yield lambda text: live.update(line, description=text)
