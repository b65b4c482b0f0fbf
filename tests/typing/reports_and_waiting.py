"""A user's script that waits, reports and reads saved answers; `nox -s types` checks it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, assert_type

from ssm_mwx import (
    AsyncMaintenanceWindowClient,
    AsyncTaskInvocationPager,
    ExecutionStatus,
    InvocationPage,
    MaintenanceWindowClient,
    ServiceError,
    TaskExecution,
    TaskFailedError,
    TaskIds,
    TaskInvocation,
    TaskReport,
    WaitTimeoutError,
    WindowExecution,
    load_task_execution,
    load_task_invocations,
    task_ids_from_event,
)


def wait(event: Mapping[str, Any]) -> TaskExecution | WindowExecution | None:
    """Wait for the task of an event."""
    ids = task_ids_from_event(event)
    assert_type(ids, TaskIds)

    seen: list[ExecutionStatus | None] = []

    def note(task: TaskExecution) -> None:
        seen.append(task.status)

    client = MaintenanceWindowClient()
    try:
        task = client.wait_for_task(
            *ids, timeout=timedelta(hours=2), poll_interval=5, on_poll=note, raise_on_failure=True
        )
    except WaitTimeoutError as error:
        assert_type(error.task, TaskExecution | WindowExecution | None)
        return error.task
    except TaskFailedError as error:
        assert_type(error.task, TaskExecution | WindowExecution)
        return error.task
    except ServiceError as error:
        assert_type(error.code, str)
        assert_type(error.http_status, int | None)
        return None
    assert_type(task, TaskExecution)
    return task


def look(client: MaintenanceWindowClient, ids: TaskIds) -> str:
    """Look at a task in every way that needs no extra."""
    report = client.report(*ids, statuses=[ExecutionStatus.FAILED, "TIMED_OUT"])
    assert_type(report, TaskReport)
    assert_type(report.counts, Counter[ExecutionStatus | None])
    assert_type(report.failed, tuple[TaskInvocation, ...])
    assert_type(report.slowest(3), tuple[TaskInvocation, ...])
    assert_type(report.durations.median, timedelta | None)
    return report.to_html(max_rows=None)


def saved(folder: Path) -> TaskReport:
    """A report of what the AWS CLI saved."""
    task = load_task_execution(folder / "task.json")
    assert_type(task, TaskExecution)
    invocations = load_task_invocations(str(folder / "invocations.json"))
    assert_type(invocations, tuple[TaskInvocation, ...])
    return TaskReport(task, (each for each in invocations if not each.succeeded))


async def with_asyncio(ids: TaskIds) -> str | None:
    """The same as coroutines and async iterators."""
    async with AsyncMaintenanceWindowClient() as client:
        assert_type(await client.get_task_execution(*ids), TaskExecution)
        assert_type(await client.describe_task_invocations(*ids), InvocationPage)
        assert_type(await client.wait_for_task(*ids, timeout=60), TaskExecution)
        assert_type(await client.report(*ids), TaskReport)
        pager = client.iter_task_invocations(*ids, statuses="FAILED")
        assert_type(pager, AsyncTaskInvocationPager)
        async for invocation in pager:
            assert_type(invocation, TaskInvocation)
        async for page in pager.pages():
            assert_type(page, InvocationPage)
        return pager.resume_token
