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

from ssm_mwx.models import (
    TaskExecution,
    TaskExecutionIdentity,
    TaskInvocation,
    WindowExecution,
)
from ssm_mwx.redaction import REDACTED, clean
from ssm_mwx.report import NodeOutcome, TaskReport, formatting, terminal
from ssm_mwx.report.columns import Column, columns_of, columns_of_models, columns_of_nodes
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


def executions_json(executions: Iterable[WindowExecution]) -> str:
    """Write what ``aws ssm describe-maintenance-window-executions`` prints."""
    return _json({"WindowExecutions": [_members(each, False) for each in executions]})


def tasks_json(tasks: Iterable[TaskExecutionIdentity]) -> str:
    """Write what ``aws ssm describe-maintenance-window-execution-tasks`` prints."""
    return _json({"WindowExecutionTaskIdentities": [_members(each, False) for each in tasks]})


def nodes_json(nodes: Iterable[NodeOutcome], *, show_sensitive: bool) -> str:
    """Write the nodes in the manner of ``aws ssm list-command-invocations``.

    ``Status`` is that of a task execution, and ``InvocationId`` leads to the invocation.
    """
    return _json({"Nodes": [_node(node, show_sensitive) for node in nodes]})


def _node(node: NodeOutcome, show_sensitive: bool) -> dict[str, Any]:
    plugins = (node.command and node.command.command_plugins) or ()
    members = {
        "InstanceId": node.instance_id,
        "InstanceName": node.name,
        "Status": node.status,
        "StatusDetails": node.status_details,
        "CommandId": node.command_id,
        "InvocationId": node.invocation.invocation_id,
        "CommandPlugins": [_members(plugin, show_sensitive) for plugin in plugins],
    }
    return {name: value for name, value in members.items() if value}


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=4) + "\n"


def _members(model: object, show_sensitive: bool) -> dict[str, Any]:
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
    return _csv(columns_of(report, include_sensitive=show_sensitive))


def nodes_csv(nodes: Sequence[NodeOutcome], *, show_sensitive: bool) -> str:
    """Write a line for each node, with the columns of an exploded frame."""
    return _csv(columns_of_nodes(TaskExecution(), nodes, include_sensitive=show_sensitive))


def models_csv(models: Sequence[WindowExecution] | Sequence[TaskExecutionIdentity]) -> str:
    """Write a line for each model, with a column for each field."""
    return _csv(columns_of_models(models))


def _csv(columns: Sequence[Column]) -> str:
    columns = [
        column
        for column in columns
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
    return _counted(table, len(invocations), "invocation")


def executions_table(executions: Sequence[WindowExecution]) -> str:
    """Write a row for each run of a window, and their number."""
    return _counted(terminal.executions_table(executions), len(executions), "run")


def tasks_table(tasks: Sequence[TaskExecutionIdentity]) -> str:
    """Write a row for each task of a window execution, and their number."""
    return _counted(terminal.tasks_table(tasks), len(tasks), "task")


def nodes_table(nodes: Sequence[NodeOutcome], *, show_sensitive: bool) -> str:
    """Write a row for each node, one for each plugin if there are any, and the number of nodes."""
    is_wide = Console(file=sys.stdout).width >= terminal.WIDE
    ordered = formatting.attention_first(nodes)
    table = drawn(terminal.nodes_table(ordered, with_commands=is_wide))
    if any(node.command and node.command.command_plugins for node in nodes):
        plugins = terminal.plugins_table(ordered, include_sensitive=show_sensitive)
        table += f"\n{drawn(plugins)}"
    return f"{table}{formatting.number_of(len(nodes), 'node')}\n"


def _counted(table: object, number: int, noun: str) -> str:
    return f"{drawn(table)}{formatting.number_of(number, noun)}\n"


def drawn(renderable: object) -> str:
    """Return what rich prints to standard output."""
    console = Console(file=sys.stdout)
    with console.capture() as capture:
        console.print(renderable)
    return capture.get()
