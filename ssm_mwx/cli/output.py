"""What the commands print: AWS's JSON, CSV, or tables for a terminal."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ssm_mwx.models import TaskExecution, TaskInvocation
from ssm_mwx.wire import unstructure

_SENSITIVE = ("TaskParameters", "Parameters", "OwnerInformation")


def default_format() -> str:
    """A table for a terminal, and JSON for everything else."""
    return "table" if sys.stdout.isatty() else "json"


def one_line(text: str) -> str:
    """`text` on one line, with nothing in it that a terminal would obey."""
    text = " ".join(text.split())
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def readable(duration: timedelta | None) -> str:
    """A duration in words."""
    if duration is None:
        return "not ended"
    minutes, seconds = divmod(round(duration.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {seconds:02} s"


# --- JSON ---


def task_json(task: TaskExecution, *, show_sensitive: bool) -> str:
    """What ``aws ssm get-maintenance-window-execution-task`` prints."""
    return _json(_members(task, show_sensitive))


def invocations_json(invocations: Iterable[TaskInvocation], *, show_sensitive: bool) -> str:
    """What ``aws ssm describe-maintenance-window-execution-task-invocations`` prints."""
    members = [_members(invocation, show_sensitive) for invocation in invocations]
    return _json({"WindowExecutionTaskInvocationIdentities": members})


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=4) + "\n"


def _members(model: TaskExecution | TaskInvocation, show_sensitive: bool) -> dict[str, Any]:
    data = unstructure(model)
    if not show_sensitive:
        for name in _SENSITIVE:
            data.pop(name, None)
    return data


# --- CSV ---


def invocations_csv(invocations: Iterable[TaskInvocation], *, show_sensitive: bool) -> str:
    """A row for each invocation, under a row of names; times are ISO 8601 in UTC.

    A cell that a spreadsheet would take for a formula is given a ``'`` before it.
    """
    text = io.StringIO(newline="")
    names = list(_row(TaskInvocation(), show_sensitive))
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(_row(invocation, show_sensitive) for invocation in invocations)
    return text.getvalue()


def _row(invocation: TaskInvocation, show_sensitive: bool) -> dict[str, str]:
    duration = invocation.duration
    cells: dict[str, object] = {
        "invocation_id": invocation.invocation_id,
        "status": invocation.status,
        "status_details": invocation.status_details,
        "start_time": invocation.start_time and invocation.start_time.isoformat(),
        "end_time": invocation.end_time and invocation.end_time.isoformat(),
        "duration_seconds": None if duration is None else f"{duration.total_seconds():g}",
        "instance_ids": " ".join(invocation.instance_ids),
        "task_type": invocation.task_type,
        "execution_id": invocation.execution_id,
        "window_target_id": invocation.window_target_id,
        "window_execution_id": invocation.window_execution_id,
        "task_execution_id": invocation.task_execution_id,
    }
    if show_sensitive:
        cells["owner_information"] = invocation.owner_information
        cells["parameters"] = invocation.raw_parameters
    return {name: "" if cell is None else _no_formula(str(cell)) for name, cell in cells.items()}


def _no_formula(text: str) -> str:
    text = text.encode(errors="replace").decode()  # half a surrogate pair has no UTF-8
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


# --- tables ---

_STYLES = {
    "SUCCESS": "green",
    "FAILED": "bold red",
    "TIMED_OUT": "bold red",
    "IN_PROGRESS": "cyan",
    "PENDING": "dim",
}


def task_table(task: TaskExecution, *, show_sensitive: bool) -> str:
    """A row for each member."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for member, value in _members(task, show_sensitive).items():
        shown = _status(value) if member == "Status" else _text(value)
        table.add_row(member, shown)
    return drawn(table)


def invocations_table(invocations: Sequence[TaskInvocation], *, show_sensitive: bool) -> str:
    """A row for each invocation, and how many there are."""
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("Status", no_wrap=True)
    for header in ("Targets", "Details", "Started (UTC)", "Duration"):
        table.add_column(header, overflow="fold")
    if show_sensitive:
        table.add_column("Owner information", overflow="fold")
        table.add_column("Parameters", overflow="fold")
    for item in invocations:
        start = f"{item.start_time:%m-%d %H:%M:%S}" if item.start_time else None
        cells = [" ".join(item.instance_ids), item.status_details, start, readable(item.duration)]
        if show_sensitive:
            cells += [item.owner_information, item.raw_parameters]
        table.add_row(_status(item.status), *(_text(cell) for cell in cells))
    noun = "invocation" if len(invocations) == 1 else "invocations"
    return drawn(table) + f"{len(invocations)} {noun}\n"


def _status(status: object) -> Text:
    return Text(one_line(str(status or "")), style=_STYLES.get(str(status), ""))


def _text(value: object) -> Text:
    """`value` as it stands, whatever it may look like to rich or to a terminal."""
    if value is None:
        return Text()
    return Text(one_line(value if isinstance(value, str) else json.dumps(value)))


def drawn(renderable: object) -> str:
    """What rich makes of it, for the standard output as it is."""
    console = Console(file=sys.stdout)
    with console.capture() as capture:
        console.print(renderable)
    return capture.get()
