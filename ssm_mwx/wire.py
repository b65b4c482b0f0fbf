"""AWS's JSON to models and back, in one cattrs converter of our own."""

from __future__ import annotations

import json
import sys
import types
import warnings
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, cast, get_args, get_origin

import attrs
from cattrs import AttributeValidationNote, BaseValidationError, Converter, IterableValidationNote
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from ssm_mwx.enums import ExecutionStatus, ExternalAlarmState, OpenEnum, TaskType
from ssm_mwx.errors import ResponseError
from ssm_mwx.models import (
    MEMBER,
    SENSITIVE,
    Alarm,
    AlarmConfiguration,
    AlarmStateInformation,
    InvocationPage,
    TaskExecution,
    TaskInvocation,
)
from ssm_mwx.parameters import REDACTED

_T = TypeVar("_T")
_Hook = Callable[[Any, Any], Any]

_MODELS: tuple[type[attrs.AttrsInstance], ...] = (
    Alarm,
    AlarmConfiguration,
    AlarmStateInformation,
    TaskExecution,
    TaskInvocation,
    InvocationPage,
)


# --- public ---


def structure(mapping: Mapping[str, Any], cls: type[_T]) -> _T:
    """Make a model from AWS's JSON, as boto3 returns it, the wire carries it or the CLI prints it.

    Args:
        mapping: The answer, or the part of it that stands for `cls`. Members that `cls` does not
            know are passed over.
        cls: `TaskExecution`, `TaskInvocation`, `InvocationPage`, `AlarmConfiguration`, `Alarm` or
            `AlarmStateInformation`.

    Raises:
        ResponseError: `mapping` has no member of `cls`, or one of the wrong type.
        TypeError: `cls` is none of the models.
    """
    _check_is_model(cls)
    if isinstance(mapping, Mapping) and members_of(cls).isdisjoint(mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ResponseError(f"no member of {cls.__name__} is there")
    return convert(mapping, cls)


def unstructure(obj: object, *, redact_sensitive: bool = False) -> dict[str, Any]:
    """Give a model as JSON-ready data in AWS's names, times as ISO 8601 in UTC.

    Absent members are left out; only where every member is absent are they all given as None, so
    that `structure` can read the result again.

    Args:
        obj: One of the models that `structure` makes.
        redact_sensitive: Put ``<sensitive>`` for the values that AWS's service model marks so.

    Raises:
        TypeError: `obj` is none of the models.
    """
    _check_is_model(type(obj))
    data: dict[str, Any] = _converter.unstructure(obj)
    if redact_sensitive:
        _redact(data, type(obj))
    return data


def load_task_execution(path: str | Path) -> TaskExecution:
    """Read what ``aws ssm get-maintenance-window-execution-task`` printed into a file.

    Any encoding that JSON may have is understood, UTF-16 from PowerShell included.

    Raises:
        ResponseError: The file is not JSON, or not that answer.
        OSError: The file cannot be read.
    """
    return _load(path, TaskExecution)


def load_task_invocations(path: str | Path) -> tuple[TaskInvocation, ...]:
    """Read what ``aws ssm describe-maintenance-window-execution-task-invocations`` printed.

    Warns (`UserWarning`) where a ``NextToken`` shows that the file lacks the pages after it.

    Raises:
        ResponseError: The file is not JSON, or not that answer.
        OSError: The file cannot be read.
    """
    page = _load(path, InvocationPage)
    if page.next_token is not None:
        warnings.warn(
            f"{path} is partial: its NextToken says that there are more invocations", stacklevel=2
        )
    return page.invocations


# --- for the floors above ---


def decode(body: bytes, encoding: str | None = None) -> Any:
    """The JSON value in `body`, in any of JSON's encodings if `encoding` names none.

    Raises:
        ResponseError: It is not JSON, or not of a kind Python can hold.
    """
    try:
        return json.loads(body.decode(encoding) if encoding else body)
    except (ValueError, RecursionError):
        pass  # json's errors carry the text: ours is raised outside
    raise ResponseError("not JSON, or cut off")


def convert(data: object, cls: type[_T]) -> _T:
    """`data` as a `cls`, whatever members it lacks.

    Raises:
        ResponseError: A member has the wrong type, or one that is required is missing.
    """
    try:
        return _converter.structure(data, cls)
    except Exception as error:  # noqa: BLE001 - whatever cattrs met is a fault of the data
        problem, path = _locate(error, cls)
    raise ResponseError(problem, path=path)  # outside: cattrs' errors carry the values


def members_of(cls: type) -> frozenset[str]:
    """AWS's names of the members that `cls` has fields for."""
    return _MEMBERS[cls]


# --- names ---


def _member_of(field: attrs.Attribute[Any]) -> str | None:
    if MEMBER in field.metadata:
        member: str | None = field.metadata[MEMBER]
        return member
    return "".join(word.capitalize() for word in field.name.split("_"))


_MEMBER_OF_FIELD: dict[type, dict[str, str]] = {
    cls: {field.name: member for field in attrs.fields(cls) if (member := _member_of(field))}
    for cls in _MODELS
}
_MEMBERS = {cls: frozenset(members.values()) for cls, members in _MEMBER_OF_FIELD.items()}


def _check_is_model(cls: type) -> None:
    if cls not in _MODELS:
        known = ", ".join(model.__name__ for model in _MODELS)
        raise TypeError(f"{getattr(cls, '__name__', cls)} is none of the models: {known}")


# --- values in ---


class _MismatchError(TypeError):
    """A value is not what the service promises; the message says what was expected."""


def _string(value: Any, _type: object = None) -> str:
    if isinstance(value, str):
        return value
    raise _MismatchError("a string")


def _string_or_none(value: Any, _type: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise _MismatchError("a string")


def _shared_string_or_none(value: Any, type_: object) -> str | None:
    """One string object for all that are equal."""
    try:
        return sys.intern(value)
    except TypeError:  # not a plain string
        return _string_or_none(value, type_)


def _boolean(value: Any, _type: object) -> bool:
    if isinstance(value, bool):
        return value
    raise _MismatchError("a boolean")


def _integer(value: Any, _type: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise _MismatchError("an integer")


def _time_or_none(value: Any, _type: object) -> datetime | None:
    """A time in UTC from epoch seconds, a datetime in any zone or an ISO string; naive is UTC."""
    if value is None:
        return None
    try:
        if isinstance(value, str):
            value = _time_from_text(value)
        if isinstance(value, (float, int)) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        if isinstance(value, datetime):
            return _in_utc(value)
    except (ValueError, OverflowError, OSError):
        pass  # not finite, or no year that a datetime can hold
    raise _MismatchError("a time")


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
    raise _MismatchError("a list")


def _mapping(value: Any) -> Any:
    if isinstance(value, (dict, Mapping)):  # dict first: asking an ABC takes time
        return value  # pyright: ignore[reportUnknownVariableType]
    raise _MismatchError("an object")


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
    converter.register_structure_hook_factory(_MODELS.__contains__, _model_hook)
    converter.register_unstructure_hook_factory(_MODELS.__contains__, _model_unhook)
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
    string, repeated, time = _string_or_none, _shared_string_or_none, _time_or_none
    task_types: dict[Any, TaskType | None] = {None: None, **TaskType.__members__}
    statuses: dict[Any, ExecutionStatus | None] = {None: None, **ExecutionStatus.__members__}

    def structure_invocation(value: Any, type_: Any) -> Any:
        if type(value) is not dict:
            return thorough(value, type_)
        get = cast("dict[str, Any]", value).get
        try:
            return TaskInvocation(
                window_execution_id=repeated(get("WindowExecutionId"), str),
                task_execution_id=repeated(get("TaskExecutionId"), str),
                invocation_id=string(get("InvocationId"), str),
                execution_id=string(get("ExecutionId"), str),
                task_type=task_types[get("TaskType")],
                raw_parameters=string(get("Parameters"), str),
                status=statuses[get("Status")],
                status_details=repeated(get("StatusDetails"), str),
                start_time=time(get("StartTime"), datetime),
                end_time=time(get("EndTime"), datetime),
                owner_information=string(get("OwnerInformation"), str),
                window_target_id=repeated(get("WindowTargetId"), str),
            )
        except (KeyError, TypeError):
            pass
        return thorough(value, type_)  # outside, so that no error has another as its context

    return structure_invocation


def _model_unhook(model: type[attrs.AttrsInstance], converter: Converter) -> Callable[[Any], Any]:
    unstructure_members = make_dict_unstructure_fn(model, converter, **_overrides(model, converter))

    def unstructure_model(value: Any) -> dict[str, Any]:
        return unstructure_members(value) or dict.fromkeys(_MEMBER_OF_FIELD[model].values())

    return unstructure_model


# --- values out ---


def _iso_in_utc(value: datetime) -> str:
    return _in_utc(value).isoformat()


def _task_parameters_out(
    value: tuple[Mapping[str, tuple[str, ...]], ...],
) -> list[dict[str, dict[str, list[str]]]]:
    return [{name: {"Values": list(values)} for name, values in item.items()} for item in value]


def _redact(data: dict[str, Any], cls: Any) -> None:
    for field in attrs.fields(cls):
        member = _member_of(field)
        if member and field.metadata.get(SENSITIVE) and data.get(member) is not None:
            data[member] = REDACTED
    if cls is InvocationPage:
        for invocation in data["WindowExecutionTaskInvocationIdentities"]:
            _redact(invocation, TaskInvocation)


# --- what went wrong, without a value ---


def _locate(error: BaseException, cls: type) -> tuple[str, str | None]:
    """The problem and the path of the member at fault, told by the notes cattrs left."""
    path = ""
    while isinstance(error, BaseValidationError):
        cls, error = error.cl, error.exceptions[0]
        for note in error.__notes__:
            if isinstance(note, AttributeValidationNote):
                path += "." + _MEMBER_OF_FIELD[cls][note.name]
            elif isinstance(note, IterableValidationNote):
                path += f"[{note.index}]"
    return _problem(error), path.removeprefix(".") or None


def _problem(error: BaseException) -> str:
    match error:
        case _MismatchError():
            return f"not {error}"
        case KeyError():
            return "a required member is missing"
        case _:
            return "cannot be read"


def _load(path: str | Path, cls: type[_T]) -> _T:
    try:
        return structure(decode(Path(path).read_bytes()), cls)
    except ResponseError as error:
        error.add_note(f"in the file {path}")
        raise


_converter = _make_converter()
