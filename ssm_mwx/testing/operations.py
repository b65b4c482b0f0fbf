"""The operations of the fake AWS, as AWS documents them. Adding an operation is adding a row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ssm_mwx.enums import ExecutionStatus
from ssm_mwx.models import TaskIds, WindowExecution
from ssm_mwx.testing.calls import Call, not_in, read_time
from ssm_mwx.testing.commands import get_command_invocation, list_command_invocations
from ssm_mwx.testing.protocol import AwsError, Members
from ssm_mwx.testing.simulation import StoredRun
from ssm_mwx.wire import unstructure

_FILTER_STATUSES = [status for status in ExecutionStatus if status != "SKIPPED_OVERLAPPING"]


def describe_window_executions(call: Call) -> Members:
    """Answer DescribeMaintenanceWindowExecutions; an unknown window has no executions."""
    bounds = _time_bounds(call)
    executions = [
        execution
        for window_execution_id in [*call.region.window_executions]
        if (execution := call.region.window_execution(window_execution_id, call.time))
        and execution.window_id == call.members["WindowId"]
        and _is_within(execution.start_time, bounds)
    ]
    page, token = call.page(executions)
    return {"WindowExecutions": [unstructure(item) for item in page], "NextToken": token}


def get_window_execution(call: Call) -> Members:
    """Answer GetMaintenanceWindowExecution."""
    return unstructure(_window_execution(call))


def describe_tasks(call: Call) -> Members:
    """Answer DescribeMaintenanceWindowExecutionTasks."""
    accepted = _accepted_statuses(call)
    window_execution_id = str(_window_execution(call).window_execution_id)
    tasks = [
        task
        for task in call.region.tasks_of(window_execution_id, call.time)
        if task.status in accepted
    ]
    page, token = call.page([task for task in tasks if task.status in accepted])
    return {
        "WindowExecutionTaskIdentities": [
            unstructure(task) | {"TaskType": task.type} for task in page
        ],
        "NextToken": token,
    }


def get_task(call: Call) -> Members:
    """Answer GetMaintenanceWindowExecutionTask."""
    return unstructure(_run(call).task)


def describe_invocations(call: Call) -> Members:
    """Answer DescribeMaintenanceWindowExecutionTaskInvocations."""
    accepted = _accepted_statuses(call)
    page, token = call.page([item for item in _run(call).invocations if item.status in accepted])
    return {
        "WindowExecutionTaskInvocationIdentities": [unstructure(item) for item in page],
        "NextToken": token,
    }


OPERATIONS: dict[str, Callable[[Call], Members | None]] = {
    "DescribeMaintenanceWindowExecutions": describe_window_executions,
    "GetMaintenanceWindowExecution": get_window_execution,
    "DescribeMaintenanceWindowExecutionTasks": describe_tasks,
    "GetMaintenanceWindowExecutionTask": get_task,
    "DescribeMaintenanceWindowExecutionTaskInvocations": describe_invocations,
    "ListCommandInvocations": list_command_invocations,
    "GetCommandInvocation": get_command_invocation,
}
"""What answers each operation; None as an answer leaves it to moto."""


def _window_execution(call: Call) -> WindowExecution:
    window_execution_id = call.members["WindowExecutionId"]
    execution = call.region.window_execution(window_execution_id, call.time)
    if execution is None:
        problem = f"Maintenance window execution {window_execution_id} does not exist"
        raise AwsError("DoesNotExistException", problem)
    return execution


def _run(call: Call) -> StoredRun:
    ids = TaskIds(call.members["WindowExecutionId"], call.members["TaskId"])
    stored = call.region.runs.get(ids)
    if stored is None:
        raise AwsError(
            "DoesNotExistException",
            f"Maintenance window execution task {ids.task_execution_id} of execution "
            f"{ids.window_execution_id} does not exist",
        )
    return stored.state(call.time)


def _accepted_statuses(call: Call) -> set[str | None]:
    """Return the statuses that pass every STATUS filter; an absent status passes none."""
    accepted: set[str | None] = {None, *ExecutionStatus}
    for _, path, values in call.filters("STATUS"):
        unknown = [value for value in values if value not in _FILTER_STATUSES]
        if unknown:
            raise not_in(_FILTER_STATUSES, unknown, path)
        accepted &= set(values)
    return accepted


def _time_bounds(call: Call) -> list[tuple[str, datetime]]:
    """Return the key and the time of each filter."""
    return [
        (key, read_time(value, path))
        for key, path, values in call.filters("ExecutedAfter", "ExecutedBefore")
        for value in values
    ]


def _is_within(time: datetime | None, bounds: list[tuple[str, datetime]]) -> bool:
    """Return whether a time passes every filter; an absent one passes none."""
    return all(
        time is not None and (time > bound if key == "ExecutedAfter" else time < bound)
        for key, bound in bounds
    )
