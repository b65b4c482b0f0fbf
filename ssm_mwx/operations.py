"""The wrapped operations, a row each: AWS's name, the model of the answer, the bounds of a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

import attrs

from ssm_mwx.models import (
    CommandInvocationPage,
    InvocationPage,
    TaskExecution,
    TaskExecutionPage,
    WindowExecution,
    WindowExecutionPage,
)

_T_co = TypeVar("_T_co", covariant=True)


@attrs.frozen
class Operation(Generic[_T_co]):
    """One AWS operation."""

    name: str
    """AWS's name; boto3's method has the same in snake_case."""
    answer: type[_T_co]
    """The model of its answer."""
    page_sizes: range = range(0)
    """What ``MaxResults`` may be; empty for an operation without pages."""
    echoes: Mapping[str, str] = {}
    """Members of the request, and the fields of the answer that must repeat them."""


GET_TASK = Operation(
    "GetMaintenanceWindowExecutionTask",
    TaskExecution,
    echoes={"WindowExecutionId": "window_execution_id", "TaskId": "task_execution_id"},
)
DESCRIBE_INVOCATIONS = Operation(
    "DescribeMaintenanceWindowExecutionTaskInvocations", InvocationPage, page_sizes=range(10, 101)
)
DESCRIBE_WINDOW_EXECUTIONS = Operation(
    "DescribeMaintenanceWindowExecutions", WindowExecutionPage, page_sizes=range(10, 101)
)
GET_WINDOW_EXECUTION = Operation(
    "GetMaintenanceWindowExecution",
    WindowExecution,
    echoes={"WindowExecutionId": "window_execution_id"},
)
DESCRIBE_TASKS = Operation(
    "DescribeMaintenanceWindowExecutionTasks", TaskExecutionPage, page_sizes=range(10, 101)
)
LIST_COMMAND_INVOCATIONS = Operation(
    "ListCommandInvocations", CommandInvocationPage, page_sizes=range(1, 51)
)

OPERATION_NAMES = frozenset(row.name for row in vars().values() if isinstance(row, Operation))
"""AWS's names of every row above."""
