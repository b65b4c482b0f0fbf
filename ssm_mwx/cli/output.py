"""What the commands print: AWS's JSON, CSV, or a table for a terminal."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from rich.console import Console

from ssm_mwx.models import TaskExecution, TaskInvocation
from ssm_mwx.redaction import REDACTED, clean
from ssm_mwx.report import TaskReport, terminal
from ssm_mwx.report.columns import columns_of
from ssm_mwx.wire import unstructure


def default_format() -> str:
    """Return the format for standard output: a table on a terminal, JSON everywhere else."""
    return "table" if sys.stdout.isatty() else "json"


# --- JSON ---


def task_json(task: TaskExecution, *, show_sensitive: bool) -> str:
    """Write what ``aws ssm get-maintenance-window-execution-task`` prints."""
    return _json(_members(task, show_sensitive))


def invocations_json(invocations: Iterable[TaskInvocation], *, show_sensitive: bool) -> str:
    """Write what ``aws ssm describe-maintenance-window-execution-task-invocations`` prints."""
    members = [_members(invocation, show_sensitive) for invocation in invocations]
    return _json({"WindowExecutionTaskInvocationIdentities": members})


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=4) + "\n"


def _members(model: TaskExecution | TaskInvocation, show_sensitive: bool) -> dict[str, Any]:
    """Return the members of `model` without those that are redacted, so that they load again."""
    members = unstructure(model, redact_sensitive=not show_sensitive)
    return {name: value for name, value in members.items() if value != REDACTED}


# --- CSV ---

_FORMULA_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # noqa: RUF001 - as wide as they come


def invocations_csv(invocations: Iterable[TaskInvocation], *, show_sensitive: bool) -> str:
    """Write a line for each invocation, under a line with the names of the columns.

    The columns are those of a report's frames. Times are ISO 8601 in UTC, and the ids of several
    instances are separated by spaces. A text that a spreadsheet would take for a formula starts
    with ``'``.
    """
    report = TaskReport(TaskExecution(), invocations)
    columns = [
        column
        for column in columns_of(report, include_sensitive=show_sensitive)
        if column.type is not timedelta  # the column after it has the seconds
    ]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(column.name for column in columns)
    writer.writerows(
        map(_cell, row) for row in zip(*(each.values for each in columns), strict=True)
    )
    return text.getvalue()


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return value.isoformat()
        case bool() | int() | float():
            return str(value)
        case tuple():
            return _no_formula(" ".join(cast("tuple[str, ...]", value)))
        case _:
            return _no_formula(str(value))


def _no_formula(text: str) -> str:
    line = clean(text)
    return f"'{line}" if line.startswith(_FORMULA_SIGNS) else line


# --- tables ---


def task_table(task: TaskExecution, *, show_sensitive: bool) -> str:
    """Write a row for each member of a task."""
    return drawn(terminal.task_table(task, include_sensitive=show_sensitive))


def invocations_table(invocations: Sequence[TaskInvocation], *, show_sensitive: bool) -> str:
    """Write a row for each invocation, and their number."""
    table = terminal.invocations_table(invocations, include_sensitive=show_sensitive)
    noun = "invocation" if len(invocations) == 1 else "invocations"
    return f"{drawn(table)}{len(invocations):,} {noun}\n"


def drawn(renderable: object) -> str:
    """Return what rich prints to standard output."""
    console = Console(file=sys.stdout)
    with console.capture() as capture:
        console.print(renderable)
    return capture.get()
