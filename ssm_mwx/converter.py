"""The one cattrs converter: how each value of AWS's JSON becomes a field, and how it goes back."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, cast, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from ssm_mwx.enums import ExecutionStatus, ExternalAlarmState, OpenEnum, TaskType
from ssm_mwx.models import (
    MEMBER,
    Alarm,
    AlarmConfiguration,
    AlarmStateInformation,
    InvocationPage,
    TaskExecution,
    TaskInvocation,
)

_Hook = Callable[[Any, Any], Any]

MODELS: tuple[type[attrs.AttrsInstance], ...] = (
    Alarm,
    AlarmConfiguration,
    AlarmStateInformation,
    TaskExecution,
    TaskInvocation,
    InvocationPage,
)


def _member_of(field: attrs.Attribute[Any]) -> str | None:
    if MEMBER in field.metadata:
        member: str | None = field.metadata[MEMBER]
        return member
    return "".join(word.capitalize() for word in field.name.split("_"))


def _members_of(cls: type[attrs.AttrsInstance]) -> dict[str, str]:
    members = {field.name: _member_of(field) for field in attrs.fields(cls)}
    return {name: member for name, member in members.items() if member is not None}


MEMBER_OF_FIELD: dict[type, dict[str, str]] = {cls: _members_of(cls) for cls in MODELS}
"""Of each model, by field: AWS's name of the member."""


class MismatchError(TypeError):
    """A value is not what the service promises; the message says what was expected."""


# --- values in ---


def _string(value: Any, _type: object = None) -> str:
    if isinstance(value, str):
        return value
    raise MismatchError("a string")


def _string_or_none(value: Any, _type: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise MismatchError("a string")


def _shared_string_or_none(value: Any, type_: object) -> str | None:
    """One string object for all that are equal."""
    try:
        return sys.intern(value)
    except TypeError:  # not a plain string
        return _string_or_none(value, type_)


def _boolean(value: Any, _type: object) -> bool:
    if isinstance(value, bool):
        return value
    raise MismatchError("a boolean")


def _integer(value: Any, _type: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise MismatchError("an integer")


def _time_or_none(value: Any, _type: object) -> datetime | None:
    """A time in UTC from epoch seconds, a datetime in any zone or an ISO string; naive is UTC."""
    if value is None:
        return None
    try:
        if type(value) is float:  # what the wire carries
            return datetime.fromtimestamp(value, UTC)
        if isinstance(value, str):
            value = _time_from_text(value)
        if isinstance(value, (float, int)) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        if isinstance(value, datetime):
            return _in_utc(value)
    except (ValueError, OverflowError, OSError):
        pass  # not finite, or no year that a datetime can hold
    raise MismatchError("a time")


def _in_utc(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _time_from_text(text: str) -> float | datetime:
    try:
        return float(text)
    except ValueError:
        return datetime.fromisoformat(text)


def _task_parameters(value: Any, _type: object) -> tuple[dict[str, tuple[str, ...]], ...]:
    """``TaskParameters`` without the ``{"Values": […]}`` level."""
    return tuple(
        {_string(name): _values(expression) for name, expression in _mapping(mapping).items()}
        for mapping in _list(value)
    )


def _values(expression: Any) -> tuple[str, ...]:
    values = None if expression is None else _mapping(expression).get("Values")
    return () if values is None else tuple(_string(item) for item in _list(values))


def _list(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return value  # pyright: ignore[reportUnknownVariableType]
    raise MismatchError("a list")


def _mapping(value: Any) -> Any:
    if isinstance(value, (dict, Mapping)):  # dict first: asking an ABC takes time
        return value  # pyright: ignore[reportUnknownVariableType]
    raise MismatchError("an object")


def _open_enum(enum: type[OpenEnum]) -> _Hook:
    known = dict(enum.__members__)

    def structure_enum(value: Any, _type: object) -> OpenEnum:
        text = _string(value)
        return known.get(text) or enum(text)

    return structure_enum


def _token(value: Any, _type: object) -> str | None:
    """A paging token; AWS's last page has an empty one."""
    return None if value is None else _string(value) or None


def _none_or(hook: _Hook) -> _Hook:
    def structure_optional(value: Any, type_: object) -> Any:
        return None if value is None else hook(value, type_)

    return structure_optional


# --- the converter ---

_REPEATED = ("window_execution_id", "task_execution_id", "status_details", "window_target_id")
"""Fields of `TaskInvocation` that have the same value in many invocations of a task."""


def _make_converter() -> Converter:
    converter = Converter(detailed_validation=True)
    hooks: dict[Any, _Hook] = {
        str: _string,
        str | None: _string_or_none,
        bool | None: _none_or(_boolean),
        int | None: _none_or(_integer),
        datetime | None: _time_or_none,
    }
    for value_type, hook in hooks.items():
        converter.register_structure_hook(value_type, hook)
    for enum in (ExecutionStatus, TaskType, ExternalAlarmState):
        converter.register_structure_hook(enum, _open_enum(enum))
        converter.register_structure_hook(enum | None, _none_or(_open_enum(enum)))
        converter.register_unstructure_hook(enum, str)
    converter.register_structure_hook_factory(_is_tuple, _tuple_hook)
    converter.register_unstructure_hook(datetime, _iso_in_utc)
    # Factories, so that a model's two functions are made when they are first needed.
    converter.register_structure_hook_factory(MODELS.__contains__, _model_hook)
    converter.register_unstructure_hook_factory(MODELS.__contains__, _model_unhook)
    return converter


def _is_tuple(type_: Any) -> bool:
    return get_origin(type_) is tuple


def _tuple_hook(tuple_type: Any, converter: Converter) -> _Hook:
    list_type = types.GenericAlias(list, get_args(tuple_type)[0])
    structure_list = converter.get_structure_hook(list_type)

    def structure_tuple(value: Any, _type: object) -> tuple[Any, ...]:
        return tuple(structure_list(_list(value), list_type))

    return structure_tuple


def _overrides(model: type[attrs.AttrsInstance], converter: Converter) -> dict[str, Any]:
    """What cattrs has to know of each field: AWS's name, and the few hooks of a field's own."""
    overrides: dict[str, Any] = {
        field.name: override(omit=True)
        if member is None
        else override(rename=member, omit_if_default=field.default is None)
        for field in attrs.fields(model)
        for member in [_member_of(field)]
    }
    if model is TaskExecution:
        overrides["task_parameters"] = override(
            rename="TaskParameters",
            omit_if_default=True,
            struct_hook=_none_or(_task_parameters),
            unstruct_hook=_task_parameters_out,
        )
    if model is TaskInvocation:
        for name in _REPEATED:
            overrides[name] = attrs.evolve(overrides[name], struct_hook=_shared_string_or_none)
    if model is InvocationPage:
        overrides["next_token"] = override(
            rename="NextToken", omit_if_default=True, struct_hook=_token
        )
        structure_tuple = _tuple_hook(tuple[TaskInvocation, ...], converter)
        overrides["invocations"] = override(
            rename="WindowExecutionTaskInvocationIdentities",
            struct_hook=lambda value, type_: () if value is None else structure_tuple(value, type_),
        )
    return overrides


def _model_hook(model: type[attrs.AttrsInstance], converter: Converter) -> _Hook:
    structure_members = make_dict_structure_fn(model, converter, **_overrides(model, converter))

    def structure_model(value: Any, type_: Any) -> Any:
        return structure_members(_mapping(value), type_)

    return _quick_invocation(structure_model) if model is TaskInvocation else structure_model


def _quick_invocation(thorough: _Hook) -> _Hook:
    """The loop's hot spot, without what cattrs does to tell where a mistake is.

    Whatever is not as usual is left to `thorough`, to read it or to say what is wrong with it.
    """
    members = tuple(MEMBER_OF_FIELD[TaskInvocation].values())
    task_types: dict[Any, TaskType | None] = {None: None, **TaskType.__members__}
    statuses: dict[Any, ExecutionStatus | None] = {None: None, **ExecutionStatus.__members__}
    are_strings_or_none = frozenset({str, type(None)}).issuperset
    share, time = sys.intern, _time_or_none

    def structure_invocation(value: Any, type_: Any) -> Any:
        if type(value) is not dict:
            return thorough(value, type_)
        get = cast("dict[str, Any]", value).get
        window, task, own, execution, kind, text, status, details, start, end, owner, target = map(
            get, members
        )
        strings = (window, task, own, execution, text, details, owner, target)
        try:
            if are_strings_or_none(map(type, strings)):
                return TaskInvocation(
                    share(window) if window else window,
                    share(task) if task else task,
                    own,
                    execution,
                    task_types[kind],
                    text,
                    statuses[status],
                    share(details) if details else details,
                    time(start, datetime),
                    time(end, datetime),
                    owner,
                    share(target) if target else target,
                )
        except (KeyError, TypeError):
            pass
        return thorough(value, type_)  # outside, so that no error has another as its context

    return structure_invocation


def _model_unhook(model: type[attrs.AttrsInstance], converter: Converter) -> Callable[[Any], Any]:
    unstructure_members = make_dict_unstructure_fn(model, converter, **_overrides(model, converter))

    def unstructure_model(value: Any) -> dict[str, Any]:
        return unstructure_members(value) or dict.fromkeys(MEMBER_OF_FIELD[model].values())

    return unstructure_model


# --- values out ---


def _iso_in_utc(value: datetime) -> str:
    return _in_utc(value).isoformat()


def _task_parameters_out(
    value: tuple[Mapping[str, tuple[str, ...]], ...],
) -> list[dict[str, dict[str, list[str]]]]:
    return [{name: {"Values": list(values)} for name, values in item.items()} for item in value]


converter: Converter = _make_converter()
