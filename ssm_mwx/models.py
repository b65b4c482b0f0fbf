"""What AWS answers, as frozen attrs classes: a field for each member, named in snake_case.

How they are made from AWS's JSON is the business of `ssm_mwx.wire`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import attrs

from ssm_mwx.enums import ExecutionStatus, ExternalAlarmState, TaskType
from ssm_mwx.redaction import SENSITIVE, hide_sensitive

if TYPE_CHECKING:
    from ssm_mwx.parameters import Parameters

MEMBER = "member"
"""Field metadata: AWS's name of the member, where it is not the field's own in CamelCase; None
for a field that is no member."""


def _sensitive(*, hashed: bool = True, member: str | None = None) -> Any:
    """Declare a field that no view shows unless asked."""
    metadata = {SENSITIVE: True} | ({MEMBER: member} if member else {})
    return attrs.field(default=None, hash=None if hashed else False, metadata=metadata)


class TaskIds(NamedTuple):
    """The two ids that name a task execution; give it to a client's method as ``*ids``."""

    window_execution_id: str
    """Id of the maintenance window execution (``WindowExecutionId``)."""
    task_execution_id: str
    """Id of the task execution (``TaskExecutionId``; the requests call it ``TaskId``)."""


class _Execution:
    """What task executions and invocations have in common: how they stand and since when."""

    __slots__ = ()

    window_execution_id: str | None
    task_execution_id: str | None
    status: ExecutionStatus | None
    start_time: datetime | None
    end_time: datetime | None

    @property
    def duration(self) -> timedelta | None:
        """Time from `start_time` to `end_time`; None while either is absent."""
        if self.start_time is None or self.end_time is None:
            return None
        return self.end_time - self.start_time

    @property
    def is_terminal(self) -> bool:
        """Whether `status` is final; False where it is absent or not known to this version."""
        return self.status is not None and ExecutionStatus(self.status).is_terminal

    @property
    def succeeded(self) -> bool:
        """Whether `status` is SUCCESS; `status_details` is free text and may say otherwise."""
        return self.status == ExecutionStatus.SUCCESS

    @property
    def task_ids(self) -> TaskIds:
        """The pair of ids that a client's methods take, as ``*ids``.

        Raises:
            ValueError: AWS left one of the two out.
        """
        if self.window_execution_id is None or self.task_execution_id is None:
            raise ValueError("AWS's answer has no WindowExecutionId or no TaskExecutionId")
        return TaskIds(self.window_execution_id, self.task_execution_id)


@attrs.frozen(field_transformer=hide_sensitive)
class Alarm:
    """A CloudWatch alarm attached to a task (``Alarm``)."""

    name: str
    """Name of the alarm, or of a composite alarm (``Name``)."""


@attrs.frozen(field_transformer=hide_sensitive)
class AlarmConfiguration:
    """The alarms that stop a task (``AlarmConfiguration``)."""

    alarms: tuple[Alarm, ...]
    """The alarms (``Alarms``); AWS allows one."""
    ignore_poll_alarm_failure: bool | None = None
    """Whether the task goes on without the alarm's state (``IgnorePollAlarmFailure``)."""


@attrs.frozen(field_transformer=hide_sensitive)
class AlarmStateInformation:
    """An alarm that was invoked (``AlarmStateInformation``)."""

    name: str
    """Name of the alarm (``Name``)."""
    state: ExternalAlarmState
    """Its state (``State``)."""


@attrs.frozen(field_transformer=hide_sensitive)
class TaskExecution(_Execution):
    """One task of a maintenance window execution: the answer of GetMaintenanceWindowExecutionTask.

    Every member is None where AWS left it out. Times are aware datetimes in UTC.
    """

    window_execution_id: str | None = None
    """Id of the maintenance window execution (``WindowExecutionId``)."""
    task_execution_id: str | None = None
    """Id of this task execution (``TaskExecutionId``)."""
    task_arn: str | None = None
    """What the task runs (``TaskArn``): an ARN or, for documents, a plain name."""
    service_role: str | None = None
    """ARN of the role the task runs under (``ServiceRole``)."""
    type: TaskType | None = None
    """Kind of the task (``Type``)."""
    task_parameters: tuple[Mapping[str, tuple[str, ...]], ...] | None = _sensitive(hashed=False)
    """Name to values, for each mapping AWS sent (``TaskParameters``). Sensitive."""
    priority: int | None = None
    """Priority within the window (``Priority``): 0 is the highest."""
    max_concurrency: str | None = None
    """Targets at the same time (``MaxConcurrency``): a number, or a percentage such as ``10%``."""
    max_errors: str | None = None
    """Errors after which no more targets are started (``MaxErrors``): a number or a percentage."""
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
    """The alarms that were invoked during the task (``TriggeredAlarms``)."""

    @property
    def instance_ids(self) -> tuple[str, ...]:
        """The nodes named by the task parameter ``aws:InstanceId``, in AWS's order."""
        mappings = self.task_parameters or ()
        return tuple(name for mapping in mappings for name in mapping.get("aws:InstanceId", ()))


@functools.cache
def _parser() -> Callable[[str, TaskType | None], Parameters]:
    """`parse_parameters`, imported with the first text: most loops read the status only."""
    from ssm_mwx.parameters import parse_parameters

    return parse_parameters


class _ParsedOnce:
    """A place, outside the attrs fields, for what `TaskInvocation.parameters` has parsed."""

    __slots__ = ("_parsed",)

    _parsed: Any


@attrs.frozen(field_transformer=hide_sensitive)
class TaskInvocation(_Execution, _ParsedOnce):
    """A task's work on one target: an item of DescribeMaintenanceWindowExecutionTaskInvocations.

    Every member is None where AWS left it out. Times are aware datetimes in UTC.
    """

    window_execution_id: str | None = None
    """Id of the maintenance window execution (``WindowExecutionId``)."""
    task_execution_id: str | None = None
    """Id of the task execution (``TaskExecutionId``)."""
    invocation_id: str | None = None
    """Id of this invocation (``InvocationId``)."""
    execution_id: str | None = None
    """Id in the service that does the work (``ExecutionId``); see `command_id`."""
    task_type: TaskType | None = None
    """Kind of the task (``TaskType``)."""
    raw_parameters: str | None = _sensitive(member="Parameters")
    """AWS's JSON text, untouched (``Parameters``); see `parameters`. Sensitive."""
    status: ExecutionStatus | None = None
    """State of the invocation (``Status``)."""
    status_details: str | None = None
    """Free text on the state, at most 250 characters (``StatusDetails``)."""
    start_time: datetime | None = None
    """When it started, in UTC (``StartTime``)."""
    end_time: datetime | None = None
    """When it ended, in UTC (``EndTime``)."""
    owner_information: str | None = _sensitive()
    """What the window's owner noted on the target (``OwnerInformation``). Sensitive."""
    window_target_id: str | None = None
    """Id of the target within the maintenance window (``WindowTargetId``)."""

    @property
    def parameters(self) -> Parameters | None:
        """The ``Parameters`` text as a typed object; None where AWS sent none or an empty one.

        Parsed on first use and kept. Never raises: what cannot be read is an
        `UnrecognizedParameters` that says why.
        """
        try:
            parsed: Parameters | None = self._parsed
        except AttributeError:
            text = self.raw_parameters
            parsed = _parser()(text, self.task_type) if text else None
            object.__setattr__(self, "_parsed", parsed)
        return parsed

    @property
    def instance_ids(self) -> tuple[str, ...]:
        """The managed nodes that `parameters` names; empty where it names none by id."""
        from ssm_mwx.parameters import RunCommandParameters

        parameters = self.parameters
        if isinstance(parameters, RunCommandParameters):
            return parameters.named_instance_ids
        return ()

    @property
    def command_id(self) -> str | None:
        """The Run Command id of a RUN_COMMAND invocation, for ssm's ``ListCommandInvocations``.

        None for other task types, and where AWS left ``ExecutionId`` out or empty (the command
        could not be sent).
        """
        from ssm_mwx.parameters import RunCommandParameters

        is_run_command = self.task_type == TaskType.RUN_COMMAND or isinstance(
            self.parameters, RunCommandParameters
        )
        return (self.execution_id or None) if is_run_command else None


@attrs.frozen(field_transformer=hide_sensitive)
class InvocationPage:
    """One answer of DescribeMaintenanceWindowExecutionTaskInvocations; iterate it, or use `len`."""

    invocations: tuple[TaskInvocation, ...] = attrs.field(
        default=(), metadata={MEMBER: "WindowExecutionTaskInvocationIdentities"}
    )
    """The invocations (``WindowExecutionTaskInvocationIdentities``)."""
    next_token: str | None = None
    """Token of the page after this one; None on the last page (``NextToken``)."""
    number: int = attrs.field(default=1, eq=False, kw_only=True, metadata={MEMBER: None})
    """Number of the page within its walk, from 1."""
    request_id: str | None = attrs.field(
        default=None, eq=False, kw_only=True, metadata={MEMBER: None}
    )
    """Id of the request that brought it, where known."""

    def __iter__(self) -> Iterator[TaskInvocation]:
        return iter(self.invocations)

    def __len__(self) -> int:
        return len(self.invocations)
