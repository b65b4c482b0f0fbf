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
from typing import TYPE_CHECKING, Any, cast, get_args

import attrs

from ssm_mwx.enums import TaskType
from ssm_mwx.models import (
    TaskExecution,
    TaskExecutionIdentity,
    TaskInvocation,
    WindowExecution,
)
from ssm_mwx.parameters import Named, RunCommandParameters, read_named
from ssm_mwx.redaction import sensitive_fields
from ssm_mwx.report.nodes import NodeOutcome, find_nodes, is_sensitive_of_node

if TYPE_CHECKING:
    from ssm_mwx.report.task_report import TaskReport

_Read = Callable[["_Rows"], list[Any]]
"""Reads a column."""


@attrs.frozen
class Column:
    """A column and its value in each row."""

    name: str
    type: Any
    """Python's type of the values, None aside."""
    values: list[Any]


@attrs.define
class _Rows:
    """What the rows of a frame are made of."""

    task: TaskExecution
    items: Sequence[Any]
    """Invocations, nodes or other models."""

    @functools.cached_property
    def of_invocations(self) -> _Rows:
        """The same number of rows, of the nodes' invocations."""
        return _Rows(self.task, [node.invocation for node in self.items])

    @functools.cached_property
    def named(self) -> list[Named]:
        """What each invocation names; each text is read once."""
        return [_named(invocation) for invocation in self.items]

    @functools.cached_property
    def durations(self) -> list[timedelta | None]:
        """The duration of each row."""
        return [item.duration for item in self.items]


def _named(invocation: TaskInvocation) -> Named:
    """Return what an invocation names; a text that is read for it is not kept as an object."""
    text = invocation.raw_parameters
    if text and getattr(invocation, "_parsed", None) is None:
        return read_named(text, invocation.task_type)
    return getattr(invocation.parameters, "document_name", None), invocation.instance_ids


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
    rows = _Rows(task, items)
    return [
        Column(name, source.type, source.read(rows))
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
        "instance_id": _Source(str, _instance_ids_of_nodes, ids.is_sensitive),
        "instance_name": _Source(str, _reader("name"), is_sensitive_of_node("name")),
    }
    for name in _STATE:
        source = of_invocation.pop(name)
        own[name] = attrs.evolve(
            source, is_sensitive=source.is_sensitive or is_sensitive_of_node(name)
        )
    own["invocation_status"] = _of_invocation(_sources()["status"])
    others = {name: _of_invocation(source) for name, source in of_invocation.items()}
    others["command_id"] = attrs.evolve(others["command_id"], read=_reader("command_id"))
    return own | others


def _of_invocation(source: _Source) -> _Source:
    """Return what reads the same from a node's invocation."""

    def read(rows: _Rows) -> list[Any]:
        return source.read(rows.of_invocations)

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
            tuple[str, ...],
            lambda rows: [instance_ids for _, instance_ids in rows.named],
            "instance_ids" in parameters,
        ),
        "duration": _Source(timedelta, lambda rows: rows.durations, bool(times)),
        "duration_seconds": _Source(float, _duration_seconds, bool(times)),
        "document_name": _Source(
            str,
            _documents,
            "document_name" in parameters or "task_arn" in sensitive_fields(TaskExecution),
        ),
        "command_id": _Source(
            str, _reader("command_id"), "execution_id" in sensitive_fields(TaskInvocation)
        ),
    }


def _reader(name: str) -> _Read:
    """Return what reads an attribute of each row."""
    read = attrgetter(name)
    return lambda rows: [*map(read, rows.items)]


def _instance_ids_of_nodes(rows: _Rows) -> list[str | None]:
    return [node.instance_id or None for node in rows.items]


def _duration_seconds(rows: _Rows) -> list[float | None]:
    return [None if duration is None else duration.total_seconds() for duration in rows.durations]


def _documents(rows: _Rows) -> list[str | None]:
    """Return the document that each invocation names, else the one that its task runs."""
    runs_document = rows.task.type in (TaskType.RUN_COMMAND, TaskType.AUTOMATION)
    of_task = rows.task.task_arn if runs_document else None
    return [document or of_task for document, _ in rows.named]


def _without_none(type_: Any) -> Any:
    """Return the type of an optional value."""
    others = [each for each in get_args(type_) if each is not types.NoneType]
    is_optional = len(others) == 1 and len(get_args(type_)) == 2
    return others[0] if is_optional else type_
