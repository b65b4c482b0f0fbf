"""AWS's JSON to models and back, and what was wrong with it where it is none."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import attrs
from cattrs import AttributeValidationNote, BaseValidationError, IterableValidationNote

from ssm_mwx.converter import MEMBER_OF_FIELD, MODELS, MismatchError, converter
from ssm_mwx.errors import ResponseError
from ssm_mwx.models import InvocationPage, TaskExecution, TaskInvocation
from ssm_mwx.redaction import REDACTED, SENSITIVE

orjson: Any
try:
    import orjson
except ImportError:
    orjson = None

_T = TypeVar("_T")

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
    data: dict[str, Any] = converter.unstructure(obj)
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


def decode_answer(body: bytes) -> Any:
    """The JSON value in the UTF-8 of an answer, by orjson where that is installed.

    Raises:
        ResponseError: It is not JSON, or not of a kind Python can hold.
    """
    if orjson is not None:
        try:
            return orjson.loads(body)
        except ValueError:
            pass  # what orjson refuses, such as half of a surrogate pair, json may take
    return _decode(body, "utf-8")


def _decode(body: bytes, encoding: str | None = None) -> Any:
    """The JSON value in `body`, in any of JSON's encodings if `encoding` names none."""
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
        return converter.structure(data, cls)
    except Exception as error:  # noqa: BLE001 - whatever cattrs met is a fault of the data
        problem, path = _locate(error, cls)
    raise ResponseError(problem, path=path)  # outside: cattrs' errors carry the values


def members_of(cls: type) -> frozenset[str]:
    """AWS's names of the members that `cls` has fields for."""
    return _MEMBERS[cls]


_MEMBERS = {cls: frozenset(members.values()) for cls, members in MEMBER_OF_FIELD.items()}


def _check_is_model(cls: type) -> None:
    if cls not in MODELS:
        known = ", ".join(model.__name__ for model in MODELS)
        raise TypeError(f"{getattr(cls, '__name__', cls)} is none of the models: {known}")


def _redact(data: dict[str, Any], cls: Any) -> None:
    members = MEMBER_OF_FIELD[cls]
    for field in attrs.fields(cls):
        member = members.get(field.name)
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
                path += "." + MEMBER_OF_FIELD[cls][note.name]
            elif isinstance(note, IterableValidationNote):
                path += f"[{note.index}]"
    return _problem(error), path.removeprefix(".") or None


def _problem(error: BaseException) -> str:
    match error:
        case MismatchError():
            return f"not {error}"
        case KeyError():
            return "a required member is missing"
        case _:
            return "cannot be read"


def _load(path: str | Path, cls: type[_T]) -> _T:
    try:
        return structure(_decode(Path(path).read_bytes()), cls)
    except ResponseError as error:
        error.add_note(f"in the file {path}")
        raise
