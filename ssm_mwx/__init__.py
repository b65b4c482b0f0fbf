"""Typed task executions of AWS Systems Manager maintenance windows."""

import logging
from typing import TYPE_CHECKING

from ssm_mwx import lazy

if TYPE_CHECKING:
    from ssm_mwx.aio import AsyncMaintenanceWindowClient, AsyncPager, AsyncTaskInvocationPager
    from ssm_mwx.boto import SsmClientLike
    from ssm_mwx.client import MaintenanceWindowClient
    from ssm_mwx.enums import (
        NOT_SUCCEEDED,
        CommandInvocationStatus,
        ExecutionStatus,
        ExternalAlarmState,
        TaskType,
    )
    from ssm_mwx.errors import (
        AccessDeniedError,
        DoesNotExistError,
        ExpiredCredentialsError,
        InternalServerError,
        InvalidRequestError,
        RepeatedTokenError,
        ResponseError,
        ServiceError,
        SsmMwxError,
        TaskFailedError,
        ThrottlingError,
        ValidationError,
        WaitTimeoutError,
    )
    from ssm_mwx.events import (
        INVOCATION_EVENT,
        TASK_EVENT,
        WINDOW_EVENT,
        MaintenanceWindowEvent,
        parse_event,
        task_ids_from_event,
    )
    from ssm_mwx.gathering import Outcome, gather
    from ssm_mwx.models import (
        Alarm,
        AlarmConfiguration,
        AlarmStateInformation,
        CloudWatchOutputConfig,
        CommandInvocation,
        CommandInvocationPage,
        CommandPlugin,
        InvocationPage,
        NotificationConfig,
        Page,
        TaskExecution,
        TaskExecutionIdentity,
        TaskExecutionPage,
        TaskIds,
        TaskInvocation,
        WindowExecution,
        WindowExecutionPage,
    )
    from ssm_mwx.pagination import Pager, TaskInvocationPager
    from ssm_mwx.parameters import (
        AutomationParameters,
        LambdaParameters,
        Parameters,
        RunCommandParameters,
        StepFunctionsParameters,
        UnrecognizedParameters,
    )
    from ssm_mwx.report import Durations, NodeOutcome, TaskReport
    from ssm_mwx.validation import Duration, Id, Statuses
    from ssm_mwx.waiter import OnPoll
    from ssm_mwx.wire import (
        load_command_invocations,
        load_task_execution,
        load_task_invocations,
        structure,
        unstructure,
    )

__all__ = [
    "INVOCATION_EVENT",
    "NOT_SUCCEEDED",
    "TASK_EVENT",
    "WINDOW_EVENT",
    "AccessDeniedError",
    "Alarm",
    "AlarmConfiguration",
    "AlarmStateInformation",
    "AsyncMaintenanceWindowClient",
    "AsyncPager",
    "AsyncTaskInvocationPager",
    "AutomationParameters",
    "CloudWatchOutputConfig",
    "CommandInvocation",
    "CommandInvocationPage",
    "CommandInvocationStatus",
    "CommandPlugin",
    "DoesNotExistError",
    "Duration",
    "Durations",
    "ExecutionStatus",
    "ExpiredCredentialsError",
    "ExternalAlarmState",
    "Id",
    "InternalServerError",
    "InvalidRequestError",
    "InvocationPage",
    "LambdaParameters",
    "MaintenanceWindowClient",
    "MaintenanceWindowEvent",
    "NodeOutcome",
    "NotificationConfig",
    "OnPoll",
    "Outcome",
    "Page",
    "Pager",
    "Parameters",
    "RepeatedTokenError",
    "ResponseError",
    "RunCommandParameters",
    "ServiceError",
    "SsmClientLike",
    "SsmMwxError",
    "Statuses",
    "StepFunctionsParameters",
    "TaskExecution",
    "TaskExecutionIdentity",
    "TaskExecutionPage",
    "TaskFailedError",
    "TaskIds",
    "TaskInvocation",
    "TaskInvocationPager",
    "TaskReport",
    "TaskType",
    "ThrottlingError",
    "UnrecognizedParameters",
    "ValidationError",
    "WaitTimeoutError",
    "WindowExecution",
    "WindowExecutionPage",
    "gather",
    "load_command_invocations",
    "load_task_execution",
    "load_task_invocations",
    "parse_event",
    "structure",
    "task_ids_from_event",
    "unstructure",
]

logging.getLogger("ssm_mwx").addHandler(logging.NullHandler())

if not TYPE_CHECKING:
    __getattr__ = lazy.attribute_getter(
        __name__,
        __all__,
        modules=(
            *("enums", "errors", "models", "boto", "validation", "wire", "pagination", "waiter"),
            *("client", "events", "parameters", "report", "gathering", "aio"),
        ),
    )

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
