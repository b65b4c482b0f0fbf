"""The columns of a report's rows, one for each invocation or for each node.

A field that `models.py` adds is a column here without more ado. Types are Python's, for each kind
of frame to translate.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Protocol, cast, get_args

import attrs

from ssm_mwx.enums import TaskType
from ssm_mwx.models import (
    TaskExecution,
    TaskExecutionIdentity,
    TaskInvocation,
    WindowExecution,
)
from ssm_mwx.parameters import RunCommandParameters
from ssm_mwx.redaction import sensitive_fields
from ssm_mwx.report.nodes import NodeOutcome, find_nodes, is_sensitive_of_node

if TYPE_CHECKING:
    from ssm_mwx.report.task_report import TaskReport

_Read = Callable[[TaskExecution, Any], object]
"""Reads a value from a task, and an invocation or a node."""


class _Timed(Protocol):
    @property
    def duration(self) -> timedelta | None: ...


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
_STATE = ("status", "status_details", "start_time", "end_time", "duration", "duration_seconds")
_FIRST = ("instance_ids", *_STATE, "task_type", "document_name")


def columns_of(
    report: TaskReport, *, explode_instances: bool = False, include_sensitive: bool = False
) -> list[Column]:
    """Return the columns of `report`.

    Args:
        report: The report.
        explode_instances: Whether a row is a node: with its own status and times, which are None
            where they are not known, and with ``invocation_status``.
        include_sensitive: Whether sensitive fields are columns too.
    """
    if explode_instances:
        nodes = find_nodes(report.invocations, report.commands or ()).rows
        return columns_of_nodes(report.task, nodes, include_sensitive=include_sensitive)
    return _columns(_sources(), report.task, report.invocations, include_sensitive)


def columns_of_nodes(
    task: TaskExecution, nodes: Sequence[NodeOutcome], *, include_sensitive: bool = False
) -> list[Column]:
    """Return the columns of some nodes of a task."""
    return _columns(_sources_of_nodes(), task, nodes, include_sensitive)


def columns_of_models(
    model: type[WindowExecution | TaskExecutionIdentity],
    items: Sequence[WindowExecution | TaskExecutionIdentity],
) -> list[Column]:
    """Return the fields of another model that runs as columns, and its duration."""
    sources = _fields(model) | {"duration_seconds": _Source(float, _duration_seconds, False)}
    return _columns(sources, TaskExecution(), items, include_sensitive=False)


def _columns(
    sources: Mapping[str, _Source],
    task: TaskExecution,
    items: Sequence[object],
    include_sensitive: bool,
) -> list[Column]:
    return [
        Column(name, source.type, [source.read(task, item) for item in items])
        for name, source in sources.items()
        if include_sensitive or not source.is_sensitive
    ]


def dicts_of(columns: Sequence[Column]) -> list[dict[str, Any]]:
    """Return the rows of some columns as plain Python values."""
    names = [column.name for column in columns]
    rows = zip(*(map(_plain, column.values) for column in columns), strict=True)
    return [dict(zip(names, row, strict=True)) for row in rows]


def _plain(value: object) -> object:
    match value:
        case str():
            return str(value)
        case tuple():
            return list(cast("tuple[object, ...]", value))
        case None | bool() | int() | float() | datetime() | timedelta():
            return value
        case _:  # pragma: no cover - no field has a nested class yet; a test adds one to a copy
            return repr(value)  # in which a nested class redacts itself


@functools.cache
def _sources() -> dict[str, _Source]:
    """Return what each column is made of, in the order of the columns."""
    sources = _derived() | _fields(TaskInvocation)
    first = {name: sources.pop(name) for name in _FIRST}
    last = sorted(sources, key=lambda name: sources[name].is_sensitive)
    return first | {name: sources[name] for name in last}


@functools.cache
def _sources_of_nodes() -> dict[str, _Source]:
    """Return what each column of nodes is made of: the node's own state, then its invocation's."""
    of_invocation = _sources().copy()
    ids = of_invocation.pop("instance_ids")
    own = {
        "instance_id": _Source(str, _reader("instance_id", absent=""), ids.is_sensitive),
        "instance_name": _Source(str, _reader("name"), is_sensitive_of_node("name")),
    }
    for name in _STATE:
        read = _duration_seconds if name == "duration_seconds" else _reader(name)
        source = of_invocation.pop(name)
        own[name] = attrs.evolve(
            source, read=read, is_sensitive=source.is_sensitive or is_sensitive_of_node(name)
        )
    own["invocation_status"] = _of_invocation(_sources()["status"])
    others = {name: _of_invocation(source) for name, source in of_invocation.items()}
    others["command_id"] = attrs.evolve(others["command_id"], read=_reader("command_id"))
    return own | others


def _of_invocation(source: _Source) -> _Source:
    """Return what reads the same from a node's invocation."""

    def read(task: TaskExecution, node: NodeOutcome) -> object:
        return source.read(task, node.invocation)

    return attrs.evolve(source, read=read)


def _fields(cls: type[attrs.AttrsInstance]) -> dict[str, _Source]:
    return {
        field.name: _Source(
            _without_none(field.type),
            _reader(field.name),
            field.name in sensitive_fields(cls),
        )
        for field in attrs.fields(cls)
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


def _reader(name: str, *, absent: object = None) -> _Read:
    """Return what reads a field; None for the value that stands for an absent one."""
    read = attrgetter(name)
    if absent is None:
        return lambda _task, item: read(item)
    return lambda _task, item: None if read(item) == absent else read(item)


def _duration_seconds(_task: TaskExecution, item: _Timed) -> float | None:
    duration = item.duration
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
