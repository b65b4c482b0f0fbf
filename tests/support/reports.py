"""Reports to test their views with."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs

from ssm_mwx import ExecutionStatus, TaskExecution, TaskInvocation, TaskReport, TaskType
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
    return TaskReport(*samples.patch_run(targets))


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
