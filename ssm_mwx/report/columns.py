"""The columns of a report's rows: the fields of an invocation, and what follows from them.

A field that `models.py` adds is a column here without more ado. Types are Python's, for each kind
of frame to translate.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from datetime import timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, Any, get_args

import attrs

from ssm_mwx.enums import TaskType
from ssm_mwx.models import TaskExecution, TaskInvocation
from ssm_mwx.parameters import RunCommandParameters
from ssm_mwx.redaction import sensitive_fields

if TYPE_CHECKING:
    from ssm_mwx.report.task_report import TaskReport

_Read = Callable[[TaskExecution, TaskInvocation], object]


@attrs.frozen
class Column:
    """A column and its value in each row."""

    name: str
    type: Any
    """Python's type of the values, None aside."""
    values: list[Any]


@attrs.frozen
class _Source:
    """What a column is made of."""

    type: Any
    read: _Read
    is_sensitive: bool


# What people look at; all other fields follow in the order of the model.
_FIRST = (
    "instance_ids",
    "status",
    "status_details",
    "start_time",
    "end_time",
    "duration",
    "duration_seconds",
    "task_type",
    "document_name",
)


def columns_of(report: TaskReport, *, include_sensitive: bool = False) -> list[Column]:
    """Return the columns of `report`, with a value for each invocation."""
    return [
        Column(name, source.type, [source.read(report.task, item) for item in report.invocations])
        for name, source in _sources().items()
        if include_sensitive or not source.is_sensitive
    ]


@functools.cache
def _sources() -> dict[str, _Source]:
    """Return what each column is made of, in the order of the columns."""
    sources = _derived() | _fields()
    first = {name: sources.pop(name) for name in _FIRST}
    last = sorted(sources, key=lambda name: sources[name].is_sensitive)
    return first | {name: sources[name] for name in last}


def _fields() -> dict[str, _Source]:
    return {
        field.name: _Source(
            _without_none(field.type),
            _reader(field.name),
            field.name in sensitive_fields(TaskInvocation),
        )
        for field in attrs.fields(TaskInvocation)
    }


def _derived() -> dict[str, _Source]:
    """Return the columns that follow from fields; sensitive if one of these fields is."""
    times = sensitive_fields(TaskInvocation) & {"start_time", "end_time"}
    parameters = sensitive_fields(RunCommandParameters)
    return {
        "instance_ids": _Source(
            tuple[str, ...], _reader("instance_ids"), "instance_ids" in parameters
        ),
        "duration": _Source(timedelta, _reader("duration"), bool(times)),
        "duration_seconds": _Source(float, _duration_seconds, bool(times)),
        "document_name": _Source(
            str,
            _document_name,
            "document_name" in parameters or "task_arn" in sensitive_fields(TaskExecution),
        ),
        "command_id": _Source(
            str, _reader("command_id"), "execution_id" in sensitive_fields(TaskInvocation)
        ),
    }


def _reader(name: str) -> _Read:
    read = attrgetter(name)
    return lambda _task, invocation: read(invocation)


def _duration_seconds(_task: TaskExecution, invocation: TaskInvocation) -> float | None:
    duration = invocation.duration
    return None if duration is None else duration.total_seconds()


def _document_name(task: TaskExecution, invocation: TaskInvocation) -> str | None:
    """Return the document that an invocation names, else the one that its task runs."""
    parameters = invocation.parameters
    if isinstance(parameters, RunCommandParameters) and parameters.document_name:
        return parameters.document_name
    return task.task_arn if task.type in (TaskType.RUN_COMMAND, TaskType.AUTOMATION) else None


def _without_none(type_: Any) -> Any:
    """Return the type of an optional value."""
    others = [each for each in get_args(type_) if each is not types.NoneType]
    is_optional = len(others) == 1 and len(get_args(type_)) == 2
    return others[0] if is_optional else type_
