"""Reports to test their views with."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs

from ssm_mwx import (
    CommandInvocation,
    CommandInvocationStatus,
    CommandPlugin,
    ExecutionStatus,
    TaskExecution,
    TaskInvocation,
    TaskReport,
    TaskType,
)
from ssm_mwx.testing import samples
from tests.support.fakes import SECRET

START = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
SCRIPT = "<script>alert('x')</script>"
ODD_TEXTS = {
    "emoji": "\U0001f600" * 80,
    "emoji of several code points": "\U0001f469\u200d\U0001f4bb\U0001f44d\U0001f3fd" * 40,
    "flags": "\U0001f1e9\U0001f1ea" * 100,
    "combining marks": "a" + "\u0301" * 10_000,
    "right to left": "مرحبا " * 200,
    "a long word": "a" * 100_000,
    "many words": "a b" * 50_000,
}
"""Texts that views have to show, cut or leave out without failing."""


def invocation_of(
    status: str | None = "SUCCESS",
    *,
    nodes: tuple[str, ...] = ("i-1",),
    start: float | None = 0,
    took: float | None = 60,
    **fields: Any,
) -> TaskInvocation:
    """Return an invocation that starts `start` seconds after `START` and takes `took` seconds."""
    start_time = None if start is None else START + timedelta(seconds=start)
    end_time = start_time + timedelta(seconds=took) if start_time and took is not None else None
    parameters = {"documentName": "AWS-RunShellScript", "instanceIds": nodes}
    given: dict[str, Any] = {
        "task_type": TaskType.RUN_COMMAND,
        "raw_parameters": json.dumps(parameters),
        "status": None if status is None else ExecutionStatus(status),
        "start_time": start_time,
        "end_time": end_time,
    }
    return TaskInvocation(**given | fields)


def by_tag(
    command_id: str | None, status: str = "FAILED", key: str = "tag:PatchGroup", **fields: Any
) -> TaskInvocation:
    """Return an invocation by tag, whose nodes only its command knows."""
    targets = [{"key": key, "targetValues": ["web"]}]
    parameters = {"documentName": "AWS-RunPatchBaseline", "targets": targets}
    given: dict[str, Any] = {"raw_parameters": json.dumps(parameters), "execution_id": command_id}
    return invocation_of(status, **given | fields)


def node_id(number: int) -> str:
    """Return the id of a managed node."""
    return f"i-{number:017x}"


def command_of(
    node: int,
    command_id: str,
    status: str = "Success",
    *,
    start: float | None = None,
    **fields: Any,
) -> CommandInvocation:
    """Return what a command did on a node; with a `start` it has a plugin that took a minute."""
    plugins: tuple[CommandPlugin, ...] | None = None
    if start is not None:
        began = START + timedelta(seconds=start)
        plugins = (
            CommandPlugin(
                name="PatchLinux",
                status=CommandInvocationStatus(status),
                response_start_date_time=began,
                response_finish_date_time=began + timedelta(minutes=1),
                output=SECRET,
            ),
        )
    given: dict[str, Any] = {
        "command_id": command_id,
        "instance_id": node_id(node),
        "instance_name": f"web-{node}",
        "status": CommandInvocationStatus(status),
        "status_details": status,
        "command_plugins": plugins,
        "trace_output": SECRET,
    }
    return CommandInvocation(**given | fields)


def commands_of(
    command_id: str, nodes: range, failed: int, *, details: bool = False
) -> list[CommandInvocation]:
    """Return what a command did on some nodes, the first of which failed."""
    return [
        command_of(
            node,
            command_id,
            "Failed" if node < nodes[0] + failed else "Success",
            start=node if details else None,
        )
        for node in nodes
    ]


def tag_report(nodes: int = 250, failed: int = 20, *, details: bool = False) -> TaskReport:
    """Return the report of a run by tag: an invocation in SUCCESS and one in FAILED, each with
    half of the nodes and of the failures.
    """
    half = nodes // 2
    commands = [
        *commands_of("command-1", range(half), failed // 2, details=details),
        *commands_of("command-2", range(half, nodes), failed - failed // 2, details=details),
    ]
    invocations = [by_tag("command-1", "SUCCESS"), by_tag("command-2", "FAILED")]
    return TaskReport(report_of().task, invocations, commands)


def ids_report(nodes: int = 50, failed: int = 2) -> TaskReport:
    """Return the report of a run by ids: one invocation in FAILED that names every node."""
    named = tuple(map(node_id, range(nodes)))
    invocation = invocation_of("FAILED", nodes=named, execution_id="command-1")
    return TaskReport(
        report_of().task, [invocation], commands_of("command-1", range(nodes), failed)
    )


def report_of(*invocations: TaskInvocation, **task_fields: Any) -> TaskReport:
    """Return the report of a Run Command task with these invocations."""
    given: dict[str, Any] = {
        "task_arn": "AWS-RunShellScript",
        "type": TaskType.RUN_COMMAND,
        "status": ExecutionStatus.FAILED,
        "start_time": START,
        "end_time": START + timedelta(hours=1),
    }
    return TaskReport(TaskExecution(**given | task_fields), invocations)


def patch_report(targets: int) -> TaskReport:
    """Return the report of a patch run."""
    task, invocations, *_ = samples.patch_run(targets)
    return TaskReport(task, invocations)


def secret_report() -> TaskReport:
    """Return a report with a secret in every sensitive member."""
    parameters = {
        "documentName": "AWS-RunShellScript",
        "instanceIds": ["i-1"],
        "comment": SECRET,
        "parameters": {"commands": [SECRET]},
    }
    secret = invocation_of(
        "FAILED", raw_parameters=json.dumps(parameters), owner_information=SECRET
    )
    return report_of(secret, task_parameters=({"commands": (SECRET,)},))


def hostile_report() -> TaskReport:
    """Return a report with a script tag in every member that is shown."""
    hostile = invocation_of(
        "FAILED",
        nodes=(SCRIPT,),
        status_details=SCRIPT,
        execution_id=SCRIPT,
        window_target_id=SCRIPT,
    )
    unknown = attrs.evolve(hostile, status=ExecutionStatus(SCRIPT), raw_parameters=None)
    return report_of(
        hostile,
        unknown,
        task_arn=SCRIPT,
        type=TaskType(SCRIPT),
        status=ExecutionStatus(SCRIPT),
        status_details=SCRIPT,
        window_execution_id=SCRIPT,
        task_execution_id=SCRIPT,
    )


def values_of(chart: dict[str, Any], layer: int) -> list[dict[str, Any]]:
    """Return the data of a layer of a chart, as Vega-Lite has it."""
    data = chart["layer"][layer]["data"]
    values: list[dict[str, Any]] = (
        data["values"] if "values" in data else chart["datasets"][data["name"]]
    )
    return values
