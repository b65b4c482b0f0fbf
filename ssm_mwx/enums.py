"""The service's enumerations. They are open: an unknown value is kept, and is no error."""

from enum import StrEnum
from typing import Self


class OpenEnum(StrEnum):
    """A string enumeration that keeps unknown values.

    An unknown value becomes a new member, equal to its string, with `is_known` False. Compare
    with ``==``, not with ``is``.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = str(value)
        member._value_ = str(value)
        return member

    @property
    def is_known(self) -> bool:
        """Whether this version of the library has a member for the value."""
        return self._name_ in type(self).__members__

    def __repr__(self) -> str:
        if self.is_known:
            return super().__repr__()
        return f"<{type(self).__name__}: {self._value_!r} (unknown)>"


class ExecutionStatus(OpenEnum):
    """State of a task execution or of one invocation (``MaintenanceWindowExecutionStatus``)."""

    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    TIMED_OUT = "TIMED_OUT"
    CANCELLING = "CANCELLING"
    CANCELLED = "CANCELLED"
    SKIPPED_OVERLAPPING = "SKIPPED_OVERLAPPING"

    @property
    def is_terminal(self) -> bool:
        """Whether the status is final; False for a status that this version does not know."""
        return self in _TERMINAL


_TERMINAL = frozenset(
    {
        ExecutionStatus.SUCCESS,
        ExecutionStatus.FAILED,
        ExecutionStatus.TIMED_OUT,
        ExecutionStatus.CANCELLED,
        ExecutionStatus.SKIPPED_OVERLAPPING,
    }
)


NOT_SUCCEEDED = (
    ExecutionStatus.FAILED,
    ExecutionStatus.TIMED_OUT,
    ExecutionStatus.CANCELLED,
    ExecutionStatus.CANCELLING,
)
"""Every status that is bad news and that AWS's STATUS filter takes; pass it as `statuses`."""


class CommandInvocationStatus(OpenEnum):
    """State of a command on one node (``CommandInvocationStatus``), or of one of its plugins."""

    PENDING = "Pending"
    IN_PROGRESS = "InProgress"
    DELAYED = "Delayed"
    SUCCESS = "Success"
    CANCELLED = "Cancelled"
    TIMED_OUT = "TimedOut"
    FAILED = "Failed"
    CANCELLING = "Cancelling"

    @property
    def execution_status(self) -> ExecutionStatus:
        """The same as an `ExecutionStatus`: Delayed is PENDING; an unknown value is kept."""
        if self == CommandInvocationStatus.DELAYED:
            return ExecutionStatus.PENDING
        return ExecutionStatus[self.name] if self.is_known else ExecutionStatus(self.value)


class TaskType(OpenEnum):
    """Kind of a maintenance window task (``MaintenanceWindowTaskType``)."""

    RUN_COMMAND = "RUN_COMMAND"
    AUTOMATION = "AUTOMATION"
    STEP_FUNCTIONS = "STEP_FUNCTIONS"
    LAMBDA = "LAMBDA"


class ExternalAlarmState(OpenEnum):
    """State of a CloudWatch alarm attached to a task (``ExternalAlarmState``)."""

    UNKNOWN = "UNKNOWN"
    ALARM = "ALARM"
