"""AWS's answers as frozen attrs classes: a field for each member, its name in snake_case.

A field here is all it takes to support a member: reading, writing and every view follow.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, TypeVar, cast

import attrs

from ssm_mwx.displays import Display
from ssm_mwx.enums import (
    CommandInvocationStatus,
    ExecutionStatus,
    ExternalAlarmState,
    TaskType,
)
from ssm_mwx.redaction import SENSITIVE, hide_sensitive

if TYPE_CHECKING:
    from ssm_mwx.parameters import Parameters

_T = TypeVar("_T")

MEMBER = "member"
"""Field metadata: AWS's name of the member, if it is not the field's name in CamelCase; None for a
field that is no member."""
REPEATED = "repeated"
"""Field metadata: whether many invocations of a task have the same string here, so that they share
one object."""


def _sensitive(*, hashed: bool = True, member: str | None = None) -> Any:
    """Declare a field that no view shows unless asked."""
    metadata = {SENSITIVE: True} | ({MEMBER: member} if member else {})
    return attrs.field(default=None, hash=None if hashed else False, metadata=metadata)


def _repeated() -> Any:
    """Declare a string that is the same in many invocations of a task."""
    return attrs.field(default=None, metadata={REPEATED: True})


class TaskIds(NamedTuple):
    """The two ids of a task execution; pass them to a client's method as ``*ids``."""

    window_execution_id: str
    """Id of the maintenance window execution (``WindowExecutionId``)."""
    task_execution_id: str
    """Id of the task execution (``TaskExecutionId``; the requests call it ``TaskId``)."""


class _Run(Display):
    """What everything that runs has in common: a status, a start and an end."""

    __slots__ = ()

    _derived: ClassVar[tuple[str, ...]] = ("duration",)

    status: ExecutionStatus | None
    start_time: datetime | None
    end_time: datetime | None

    @property
    def duration(self) -> timedelta | None:
        """Time from `start_time` to `end_time`; None if either is absent."""
        if self.start_time is None or self.end_time is None:
            return None
        return self.end_time - self.start_time

    @property
    def is_terminal(self) -> bool:
        """Whether `status` is final; False if it is absent or unknown to this version."""
        return self.status is not None and ExecutionStatus(self.status).is_terminal

    @property
    def succeeded(self) -> bool:
        """Whether `status` is SUCCESS; `status_details` is free text and may say otherwise."""
        return self.status == ExecutionStatus.SUCCESS


class _TaskRun(_Run):
    """What task executions and invocations have in common: the ids of the task execution."""

    __slots__ = ()

    window_execution_id: str | None
    task_execution_id: str | None

    @property
    def task_ids(self) -> TaskIds:
        """The two ids that a client's methods take, as ``*ids``.

        Raises:
            ValueError: AWS left one of them out.
        """
        if self.window_execution_id is None or self.task_execution_id is None:
            raise ValueError("the answer has no WindowExecutionId or no TaskExecutionId")
        return TaskIds(self.window_execution_id, self.task_execution_id)


@attrs.frozen(field_transformer=hide_sensitive)
class Alarm(Display):
    """A CloudWatch alarm attached to a task (``Alarm``)."""

    name: str = ""
    """Name of the alarm or composite alarm (``Name``); empty if AWS left it out."""


@attrs.frozen(field_transformer=hide_sensitive)
class AlarmConfiguration(Display):
    """The alarms that stop a task (``AlarmConfiguration``)."""

    alarms: tuple[Alarm, ...] = ()
    """The alarms (``Alarms``); AWS allows one."""
    ignore_poll_alarm_failure: bool | None = None
    """Whether the task continues if the alarm's state is unknown (``IgnorePollAlarmFailure``)."""


@attrs.frozen(field_transformer=hide_sensitive)
class AlarmStateInformation(Display):
    """An alarm that went off (``AlarmStateInformation``)."""

    name: str = ""
    """Name of the alarm (``Name``); empty if AWS left it out."""
    state: ExternalAlarmState = ExternalAlarmState.UNKNOWN
    """Its state (``State``); UNKNOWN if AWS left it out."""


@attrs.frozen(field_transformer=hide_sensitive)
class TaskExecution(_TaskRun):
    """One task of a maintenance window execution: the answer of GetMaintenanceWindowExecutionTask.

    A member is None if AWS left it out. Times are aware datetimes in UTC.
    """

    window_execution_id: str | None = None
    """Id of the maintenance window execution (``WindowExecutionId``)."""
    task_execution_id: str | None = None
    """Id of this task execution (``TaskExecutionId``)."""
    task_arn: str | None = None
    """What the task runs (``TaskArn``): an ARN, or the name of a document."""
    service_role: str | None = None
    """ARN of the role the task runs under (``ServiceRole``)."""
    type: TaskType | None = None
    """Kind of the task (``Type``)."""
    task_parameters: tuple[Mapping[str, tuple[str, ...]], ...] | None = _sensitive(hashed=False)
    """Mappings of names to values (``TaskParameters``). Sensitive."""
    priority: int | None = None
    """Priority within the window (``Priority``): 0 is the highest."""
    max_concurrency: str | None = None
    """Targets at a time (``MaxConcurrency``): a number, or a percentage such as ``10%``."""
    max_errors: str | None = None
    """Errors after which no further target starts (``MaxErrors``): a number or a percentage."""
    status: ExecutionStatus | None = None
    """State of the task execution (``Status``)."""
    status_details: str | None = None
    """Free text on the state, at most 250 characters (``StatusDetails``)."""
    start_time: datetime | None = None
    """When it started, in UTC (``StartTime``)."""
    end_time: datetime | None = None
    """When it ended, in UTC (``EndTime``)."""
    alarm_configuration: AlarmConfiguration | None = None
    """The alarms attached to the task (``AlarmConfiguration``)."""
    triggered_alarms: tuple[AlarmStateInformation, ...] | None = None
    """The alarms that went off during the task (``TriggeredAlarms``)."""

    @property
    def instance_ids(self) -> tuple[str, ...]:
        """The nodes named by the task parameter ``aws:InstanceId``, in AWS's order."""
        mappings = self.task_parameters or ()
        return tuple(name for mapping in mappings for name in mapping.get("aws:InstanceId", ()))


@functools.cache
def _parser() -> Callable[[str, TaskType | None], Parameters]:
    """Import `parse_parameters` with the first text: most loops read the status only."""
    from ssm_mwx.parameters import parse_parameters

    return parse_parameters


class _ParsedOnce:
    """Slots, outside the attrs fields, for what `TaskInvocation` caches."""

    __slots__ = ("_instance_ids", "_parsed")

    _instance_ids: tuple[str, ...]
    _parsed: Any


@attrs.frozen(field_transformer=hide_sensitive)
class TaskInvocation(_TaskRun, _ParsedOnce):
    """A task's work on one window target: an item of
    DescribeMaintenanceWindowExecutionTaskInvocations.

    An invocation is not a machine: it may stand for several nodes, and its status is that of the
    whole command.

    A member is None if AWS left it out. Times are aware datetimes in UTC.
    """

    window_execution_id: str | None = _repeated()
    """Id of the maintenance window execution (``WindowExecutionId``)."""
    task_execution_id: str | None = _repeated()
    """Id of the task execution (``TaskExecutionId``)."""
    invocation_id: str | None = None
    """Id of this invocation (``InvocationId``)."""
    execution_id: str | None = None
    """Id in the service that does the work (``ExecutionId``); see `command_id`."""
    task_type: TaskType | None = None
    """Kind of the task (``TaskType``)."""
    raw_parameters: str | None = _sensitive(member="Parameters")
    """AWS's JSON text, unchanged (``Parameters``); see `parameters`. Sensitive."""
    status: ExecutionStatus | None = None
    """State of the invocation (``Status``)."""
    status_details: str | None = _repeated()
    """Free text on the state, at most 250 characters (``StatusDetails``)."""
    start_time: datetime | None = None
    """When it started, in UTC (``StartTime``)."""
    end_time: datetime | None = None
    """When it ended, in UTC (``EndTime``)."""
    owner_information: str | None = _sensitive()
    """The owner's note on the window target (``OwnerInformation``). Sensitive."""
    window_target_id: str | None = _repeated()
    """Id of the target within the maintenance window (``WindowTargetId``)."""

    @property
    def parameters(self) -> Parameters | None:
        """The ``Parameters`` text as a typed object; None if AWS sent none or an empty one.

        Parsed on first use and cached. Never raises: a text that cannot be read is an
        `UnrecognizedParameters` with the reason.
        """
        parsed: Parameters | None = getattr(self, "_parsed", None)
        if parsed is None and self.raw_parameters:
            parsed = _parser()(self.raw_parameters, self.task_type)
            object.__setattr__(self, "_parsed", parsed)
        return parsed

    @property
    def instance_ids(self) -> tuple[str, ...]:
        """The managed nodes that `parameters` names; empty for a run by tag.

        Of an AUTOMATION runbook's parameters: the values that have the form of a node's id.
        """
        try:
            return self._instance_ids
        except AttributeError:
            instance_ids: tuple[str, ...] = getattr(self.parameters, "named_instance_ids", ())
            object.__setattr__(self, "_instance_ids", instance_ids)
            return instance_ids

    @property
    def command_id(self) -> str | None:
        """The Run Command id of a RUN_COMMAND invocation, for ssm's ``ListCommandInvocations``.

        None for other task types, and if ``ExecutionId`` is absent or empty (the command could
        not be sent).
        """
        is_run_command = self.task_type == TaskType.RUN_COMMAND
        if self.task_type is None:
            from ssm_mwx.parameters import RunCommandParameters

            is_run_command = isinstance(self.parameters, RunCommandParameters)
        return (self.execution_id or None) if is_run_command else None


@attrs.frozen(field_transformer=hide_sensitive)
class WindowExecution(_Run):
    """One run of a maintenance window: an item of DescribeMaintenanceWindowExecutions, or the
    answer of GetMaintenanceWindowExecution.

    A member is None if AWS left it out. Times are aware datetimes in UTC.
    """

    window_execution_id: str | None = None
    """Id of the maintenance window execution (``WindowExecutionId``)."""
    window_id: str | None = None
    """Id of the maintenance window (``WindowId``); only DescribeMaintenanceWindowExecutions has
    it."""
    task_execution_ids: tuple[str, ...] | None = attrs.field(
        default=None, metadata={MEMBER: "TaskIds"}
    )
    """Ids of the task executions (``TaskIds``); only GetMaintenanceWindowExecution has them."""
    status: ExecutionStatus | None = None
    """State of the window execution (``Status``)."""
    status_details: str | None = None
    """Free text on the state, at most 250 characters (``StatusDetails``)."""
    start_time: datetime | None = None
    """When it started, in UTC (``StartTime``)."""
    end_time: datetime | None = None
    """When it ended, in UTC (``EndTime``)."""


@attrs.frozen(field_transformer=hide_sensitive)
class TaskExecutionIdentity(_TaskRun):
    """One task of a window execution: an item of DescribeMaintenanceWindowExecutionTasks.

    A member is None if AWS left it out. Times are aware datetimes in UTC.
    """

    window_execution_id: str | None = None
    """Id of the maintenance window execution (``WindowExecutionId``)."""
    task_execution_id: str | None = None
    """Id of the task execution (``TaskExecutionId``)."""
    task_arn: str | None = None
    """What the task runs (``TaskArn``): an ARN, or the name of a document."""
    task_type: TaskType | None = None
    """Kind of the task (``TaskType``)."""
    status: ExecutionStatus | None = None
    """State of the task execution (``Status``)."""
    status_details: str | None = None
    """Free text on the state, at most 250 characters (``StatusDetails``)."""
    start_time: datetime | None = None
    """When it started, in UTC (``StartTime``)."""
    end_time: datetime | None = None
    """When it ended, in UTC (``EndTime``)."""
    alarm_configuration: AlarmConfiguration | None = None
    """The alarms attached to the task (``AlarmConfiguration``)."""
    triggered_alarms: tuple[AlarmStateInformation, ...] | None = None
    """The alarms that went off during the task (``TriggeredAlarms``)."""


class _Command(Display):
    """What a command on a node and its plugins have in common."""

    __slots__ = ()

    _derived: ClassVar[tuple[str, ...]] = ("duration",)

    status: CommandInvocationStatus | None

    @property
    def execution_status(self) -> ExecutionStatus | None:
        """`status` as an `ExecutionStatus`; Delayed is PENDING."""
        return (
            None if self.status is None else CommandInvocationStatus(self.status).execution_status
        )

    @property
    def is_terminal(self) -> bool:
        """Whether `status` is final; False if it is absent or unknown to this version."""
        status = self.execution_status
        return status is not None and status.is_terminal

    @property
    def succeeded(self) -> bool:
        """Whether `status` is Success."""
        return self.status == CommandInvocationStatus.SUCCESS


@attrs.frozen(field_transformer=hide_sensitive)
class CommandPlugin(_Command):
    """One step of a document on one node (``CommandPlugin``).

    A member is None if AWS left it out. Times are aware datetimes in UTC.
    """

    name: str | None = None
    """Name of the plugin, such as ``PatchLinux`` (``Name``)."""
    status: CommandInvocationStatus | None = None
    """State of the plugin (``Status``)."""
    status_details: str | None = None
    """Details of the state, such as ``ExecutionTimedOut`` (``StatusDetails``)."""
    response_code: int | None = None
    """Exit code of the plugin (``ResponseCode``)."""
    response_start_date_time: datetime | None = None
    """When it started, in UTC (``ResponseStartDateTime``)."""
    response_finish_date_time: datetime | None = None
    """When it ended, in UTC (``ResponseFinishDateTime``)."""
    output: str | None = _sensitive()
    """Its output, at most 2,500 characters (``Output``). Sensitive."""
    standard_output_url: str | None = None
    """URL of its whole standard output (``StandardOutputUrl``)."""
    standard_error_url: str | None = None
    """URL of its whole standard error (``StandardErrorUrl``)."""
    output_s3_region: str | None = None
    """Region of the S3 bucket for output (``OutputS3Region``)."""
    output_s3_bucket_name: str | None = None
    """The S3 bucket for output (``OutputS3BucketName``)."""
    output_s3_key_prefix: str | None = None
    """The prefix in that bucket (``OutputS3KeyPrefix``)."""

    @property
    def duration(self) -> timedelta | None:
        """Time from start to end; None if either is absent."""
        if self.response_start_date_time is None or self.response_finish_date_time is None:
            return None
        return self.response_finish_date_time - self.response_start_date_time


@attrs.frozen(field_transformer=hide_sensitive)
class NotificationConfig(Display):
    """How Amazon SNS is notified of a command (``NotificationConfig``)."""

    notification_arn: str | None = None
    """ARN of the SNS topic (``NotificationArn``)."""
    notification_events: tuple[str, ...] | None = None
    """The events to notify of, such as ``Failed`` (``NotificationEvents``)."""
    notification_type: str | None = None
    """``Command`` or ``Invocation`` (``NotificationType``)."""


@attrs.frozen(field_transformer=hide_sensitive)
class CloudWatchOutputConfig(Display):
    """Where the output of a command goes in CloudWatch Logs (``CloudWatchOutputConfig``)."""

    cloud_watch_log_group_name: str | None = None
    """Name of the log group (``CloudWatchLogGroupName``)."""
    cloud_watch_output_enabled: bool | None = None
    """Whether output is sent there (``CloudWatchOutputEnabled``)."""


@attrs.frozen(field_transformer=hide_sensitive)
class CommandInvocation(_Command):
    """A command on one node: an item of ListCommandInvocations.

    A member is None if AWS left it out. Times are aware datetimes in UTC.
    """

    command_id: str | None = None
    """Id of the command (``CommandId``)."""
    instance_id: str | None = None
    """Id of the managed node (``InstanceId``)."""
    instance_name: str | None = None
    """Name of the node, from its tag or host name (``InstanceName``)."""
    comment: str | None = None
    """The caller's comment (``Comment``)."""
    document_name: str | None = None
    """The SSM document that ran (``DocumentName``)."""
    document_version: str | None = None
    """Its version (``DocumentVersion``)."""
    requested_date_time: datetime | None = None
    """When the command was requested, in UTC (``RequestedDateTime``)."""
    status: CommandInvocationStatus | None = None
    """State of the command on this node (``Status``); see `execution_status`."""
    status_details: str | None = None
    """Details of the state, such as ``Undeliverable`` (``StatusDetails``)."""
    trace_output: str | None = _sensitive()
    """The trace of the SSM agent, at most 2,500 characters (``TraceOutput``). Sensitive."""
    standard_output_url: str | None = None
    """URL of the whole standard output (``StandardOutputUrl``)."""
    standard_error_url: str | None = None
    """URL of the whole standard error (``StandardErrorUrl``)."""
    command_plugins: tuple[CommandPlugin, ...] | None = None
    """The steps of the document, only with details (``CommandPlugins``)."""
    service_role: str | None = None
    """ARN of the role that publishes notifications (``ServiceRole``)."""
    notification_config: NotificationConfig | None = None
    """How Amazon SNS is notified (``NotificationConfig``)."""
    cloud_watch_output_config: CloudWatchOutputConfig | None = None
    """Where output goes in CloudWatch Logs (``CloudWatchOutputConfig``)."""

    @property
    def duration(self) -> timedelta | None:
        """Time from the first start to the last end of the plugins; None without their times."""
        plugins = self.command_plugins or ()
        times = [
            (each.response_start_date_time, each.response_finish_date_time) for each in plugins
        ]
        known = [(start, end) for start, end in times if start is not None and end is not None]
        if not known:
            return None
        return max(end for _, end in known) - min(start for start, _ in known)


class Page(Generic[_T]):
    """One answer of a listing; iterate it, or use `len`. Its first field holds the items."""

    __slots__ = ()

    next_token: str | None
    number: int
    request_id: str | None

    @property
    def items(self) -> tuple[_T, ...]:
        """The items, under one name for every kind of page."""
        cls: Any = type(self)
        items: tuple[_T, ...] = getattr(self, attrs.fields(cls)[0].name)
        return items

    def __iter__(self) -> Iterator[_T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


def _next_token() -> Any:
    """Declare the token of the next page; AWS's last page has an empty one, which is None here."""
    return cast("Any", attrs.field(default=None, converter=_none_if_empty))


def _none_if_empty(token: str | None) -> str | None:
    return token or None


def _page_number() -> Any:
    """Declare the number of a page, which is no member of the answer."""
    return attrs.field(default=1, eq=False, kw_only=True, metadata={MEMBER: None})


def _request_id() -> Any:
    """Declare the id of a page's request, which is no member of the answer."""
    return attrs.field(default=None, eq=False, kw_only=True, metadata={MEMBER: None})


@attrs.frozen(field_transformer=hide_sensitive)
class InvocationPage(Page[TaskInvocation]):
    """One answer of DescribeMaintenanceWindowExecutionTaskInvocations; iterate it, or use `len`."""

    invocations: tuple[TaskInvocation, ...] = attrs.field(
        default=(), metadata={MEMBER: "WindowExecutionTaskInvocationIdentities"}
    )
    """The invocations (``WindowExecutionTaskInvocationIdentities``)."""
    next_token: str | None = _next_token()
    """Token of the next page; None on the last page (``NextToken``)."""
    number: int = _page_number()
    """Number of the page within its iteration, from 1."""
    request_id: str | None = _request_id()
    """Id of the request that brought it, if known."""


@attrs.frozen(field_transformer=hide_sensitive)
class WindowExecutionPage(Page[WindowExecution]):
    """One answer of DescribeMaintenanceWindowExecutions; iterate it, or use `len`."""

    window_executions: tuple[WindowExecution, ...] = ()
    """The window executions (``WindowExecutions``)."""
    next_token: str | None = _next_token()
    """Token of the next page; None on the last page (``NextToken``)."""
    number: int = _page_number()
    """Number of the page within its iteration, from 1."""
    request_id: str | None = _request_id()
    """Id of the request that brought it, if known."""


@attrs.frozen(field_transformer=hide_sensitive)
class TaskExecutionPage(Page[TaskExecutionIdentity]):
    """One answer of DescribeMaintenanceWindowExecutionTasks; iterate it, or use `len`."""

    task_executions: tuple[TaskExecutionIdentity, ...] = attrs.field(
        default=(), metadata={MEMBER: "WindowExecutionTaskIdentities"}
    )
    """The task executions (``WindowExecutionTaskIdentities``)."""
    next_token: str | None = _next_token()
    """Token of the next page; None on the last page (``NextToken``)."""
    number: int = _page_number()
    """Number of the page within its iteration, from 1."""
    request_id: str | None = _request_id()
    """Id of the request that brought it, if known."""


@attrs.frozen(field_transformer=hide_sensitive)
class CommandInvocationPage(Page[CommandInvocation]):
    """One answer of ListCommandInvocations; iterate it, or use `len`."""

    command_invocations: tuple[CommandInvocation, ...] = ()
    """The command on each node (``CommandInvocations``)."""
    next_token: str | None = _next_token()
    """Token of the next page; None on the last page (``NextToken``)."""
    number: int = _page_number()
    """Number of the page within its iteration, from 1."""
    request_id: str | None = _request_id()
    """Id of the request that brought it, if known."""


MODELS: tuple[type[attrs.AttrsInstance], ...] = tuple(
    attrs.resolve_types(value)  # now: a library that freezes time may replace datetime later
    for value in list(globals().values())
    if isinstance(value, type) and attrs.has(value)
)
"""Every class above."""
