"""A user's script with a plain boto3 client; `nox -s types` checks it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any, assert_type

from ssm_mwx import (
    ExecutionStatus,
    InvocationPage,
    MaintenanceWindowClient,
    RunCommandParameters,
    TaskExecution,
    TaskIds,
    TaskInvocation,
    UnrecognizedParameters,
    structure,
    unstructure,
)


def triage(ssm: Any, ids: TaskIds) -> Counter[ExecutionStatus | None]:
    """Count by status, and print what did not succeed."""
    with MaintenanceWindowClient(ssm) as client:
        task = client.get_task_execution(*ids)
        assert_type(task, TaskExecution)
        assert_type(task.duration, timedelta | None)
        pager = client.iter_task_invocations(*task.task_ids, statuses=["FAILED"], page_size=50)
        counts: Counter[ExecutionStatus | None] = Counter()
        for invocation in pager:
            assert_type(invocation, TaskInvocation)
            assert_type(invocation.instance_ids, tuple[str, ...])
            counts[invocation.status] += 1
            parameters = invocation.parameters
            if isinstance(parameters, RunCommandParameters):
                assert_type(parameters.document_name, str | None)
            elif isinstance(parameters, UnrecognizedParameters):
                assert_type(parameters.reason, str)
        for page in pager.pages():
            assert_type(page, InvocationPage)
            assert_type(page.next_token, str | None)
        assert_type(pager.resume_token, str | None)
    return counts


def saved(answer: dict[str, Any]) -> dict[str, Any]:
    """Read an answer and write it again."""
    task = structure(answer, TaskExecution)
    assert_type(task, TaskExecution)
    return unstructure(task, redact_sensitive=True)
