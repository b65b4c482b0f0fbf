"""Read AWS's answers into models and write models back, and say what is wrong with an answer."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

from cattrs import AttributeValidationNote, BaseValidationError, IterableValidationNote

from ssm_mwx.converter import MEMBER_OF_FIELD, converter
from ssm_mwx.errors import ResponseError, without_context
from ssm_mwx.models import (
    MODELS,
    CommandInvocation,
    CommandInvocationPage,
    InvocationPage,
    Page,
    TaskExecution,
    TaskInvocation,
)
from ssm_mwx.optional import orjson
from ssm_mwx.redaction import REDACTED, describe, sensitive_fields
from ssm_mwx.values import MismatchError

_T = TypeVar("_T")

# --- public ---


@without_context
def structure(mapping: Mapping[str, Any], cls: type[_T]) -> _T:
    """Make a model from AWS's JSON, as boto3 returns it, the wire carries it or the CLI prints it.

    Args:
        mapping: The answer, or the part of it that `cls` stands for. Members that `cls` does not
            know are ignored.
        cls: `TaskExecution`, `TaskInvocation`, `InvocationPage` or another of the models.

    Raises:
        ResponseError: `mapping` has no member of `cls`, or one of the wrong type.
        TypeError: `cls` is not a model.
    """
    _check_is_model("cls", cls, cls)
    names_a_member = isinstance(mapping, Mapping) and not _MEMBERS[cls].isdisjoint(mapping)  # pyright: ignore[reportUnnecessaryIsInstance]
    return read_answer(mapping, cls, may_be_empty=names_a_member)


def unstructure(obj: object, *, redact_sensitive: bool = False) -> dict[str, Any]:
    """Return a model as JSON-ready data in AWS's names, times as ISO 8601 in UTC.

    Absent members are left out. Only if every member is absent, all are written as None, so that
    `structure` can read the result.

    Args:
        obj: An instance of one of the models.
        redact_sensitive: Write ``<sensitive>`` in place of sensitive values, and of ``Parameters``
            what is not sensitive: the document, the nodes, the keys of targets, the limits.
            `structure` reads the result; members that were replaced are then None.

    Raises:
        TypeError: `obj` is not a model.
    """
    _check_is_model("obj", obj, type(obj))
    return _redacted(obj) if redact_sensitive else converter.unstructure(obj)


def load_task_execution(path: str | Path, *, encoding: str | None = None) -> TaskExecution:
    """Read a file with the output of ``aws ssm get-maintenance-window-execution-task``.

    Args:
        path: The file.
        encoding: Its encoding, such as ``cp1252``; by default UTF-8, UTF-16 or UTF-32, whichever
            it is.

    Raises:
        ResponseError: The file is not JSON, or not that answer.
        OSError: The file cannot be read.
    """
    return _load(path, TaskExecution, encoding)


def load_task_invocations(
    path: str | Path, *, encoding: str | None = None
) -> tuple[TaskInvocation, ...]:
    """Read a file with the output of
    ``aws ssm describe-maintenance-window-execution-task-invocations``.

    A bare list, as ``--query WindowExecutionTaskInvocationIdentities`` prints it, is read too.
    Warns (`UserWarning`) if a ``NextToken`` shows that later pages are missing.

    Args:
        path: The file.
        encoding: As for `load_task_execution`.

    Raises:
        ResponseError: The file is not JSON, or not that answer.
        OSError: The file cannot be read.
    """
    return _load_items(path, InvocationPage, encoding)


def load_command_invocations(
    path: str | Path, *, encoding: str | None = None
) -> tuple[CommandInvocation, ...]:
    """Read a file with the output of ``aws ssm list-command-invocations``.

    A bare list, as ``--query CommandInvocations`` prints it, is read too. Warns (`UserWarning`) if
    a ``NextToken`` shows that later pages are missing.

    Args:
        path: The file.
        encoding: As for `load_task_execution`.

    Raises:
        ResponseError: The file is not JSON, or not that answer.
        OSError: The file cannot be read.
    """
    return _load_items(path, CommandInvocationPage, encoding)


# --- for the layers above ---


def read_answer(answer: object, cls: type[_T], *, may_be_empty: bool = False) -> _T:
    """Read an answer, decoded from JSON or parsed by botocore, as a `cls`.

    Args:
        answer: The answer.
        cls: The model.
        may_be_empty: Whether an answer without any member is one. AWS may send ``{}``, but what
            lacks every member is more often not AWS's answer at all.

    Raises:
        ResponseError: It is not the answer that `cls` stands for.
    """
    if not isinstance(answer, Mapping):
        raise ResponseError("not an object")
    members = cast("Mapping[str, Any]", answer)
    if "__type" in members:
        raise ResponseError("an error document, but the HTTP status says success")
    if not may_be_empty and all(members.get(member) is None for member in _MEMBERS[cls]):
        raise ResponseError(f"no member of {cls.__name__} is there")
    try:
        return converter.structure(members, cls)
    except Exception as error:
        problem, path = _locate(error, cls)
        raise ResponseError(problem, path=path) from error


def decode(body: bytes, encoding: str | None = "utf-8") -> Any:
    """Return the JSON value in `body`, by orjson if that is installed.

    Args:
        body: The text.
        encoding: Its encoding; None for whichever of JSON's encodings it is in.

    Raises:
        ResponseError: It is not JSON, or not of a kind that Python can hold.
    """
    if orjson is not None and encoding == "utf-8":
        try:
            return orjson.loads(body)
        except ValueError:
            pass  # json reads some of what orjson refuses, such as half of a surrogate pair
    try:
        return json.loads(body.decode(encoding) if encoding else body)
    except UnicodeDecodeError as error:
        raise ResponseError(f"not in the encoding {error.encoding}") from error
    except (ValueError, RecursionError) as error:
        raise ResponseError("not JSON, or truncated") from error


_MEMBERS = {cls: frozenset(members.values()) for cls, members in MEMBER_OF_FIELD.items()}


def _check_is_model(argument: str, given: object, cls: type) -> None:
    if cls not in MODELS:
        known = ", ".join(model.__name__ for model in MODELS)
        raise TypeError(f"{argument} must be one of {known}, got {describe(given)}")


def _redacted(model: object) -> dict[str, Any]:
    """Unstructure a model, and redact its sensitive members and those of models within it."""
    cls: Any = type(model)
    members = MEMBER_OF_FIELD[cls]
    data: dict[str, Any] = converter.unstructure(model)
    for name, member in members.items():
        value = getattr(model, name)
        if name in sensitive_fields(cls) and value is not None:
            data[member] = _visible_part(model, name)
        elif isinstance(value, MODELS):
            data[member] = _redacted(value)
        elif isinstance(value, tuple) and value and isinstance(value[0], MODELS):
            data[member] = [_redacted(item) for item in cast("tuple[object, ...]", value)]
    return data


def _visible_part(model: object, name: str) -> str:
    """Return what stands for a sensitive member: JSON of its visible part, or the placeholder."""
    if isinstance(model, TaskInvocation) and name == "raw_parameters" and model.parameters:
        from ssm_mwx.parameters import without_sensitive

        return without_sensitive(model.parameters) or REDACTED
    return REDACTED


# --- what is wrong, without a value ---


def _locate(error: BaseException, cls: type) -> tuple[str, str | None]:
    """Return the problem and the path of the member, from the notes that cattrs left."""
    path = ""
    while isinstance(error, BaseValidationError):
        cls, error = error.cl, error.exceptions[0]
        for note in error.__notes__:
            if isinstance(note, AttributeValidationNote):
                path += "." + MEMBER_OF_FIELD[cls][note.name]
            elif isinstance(note, IterableValidationNote):
                path += f"[{note.index}]"
    problem = f"not {error}" if isinstance(error, MismatchError) else "cannot be read"
    return problem, path.removeprefix(".") or None


def _load_items(path: str | Path, cls: type[Page[_T]], encoding: str | None) -> tuple[_T, ...]:
    items = next(iter(MEMBER_OF_FIELD[cls].values()))
    page = _load(path, cls, encoding, bare_list=items)
    if page.next_token is not None:
        warnings.warn(f"{path} is partial: its NextToken says that more follow", stacklevel=3)
    return page.items


@without_context
def _load(
    path: str | Path, cls: type[_T], encoding: str | None, *, bare_list: str | None = None
) -> _T:
    """Read a file as a `cls`; `bare_list` is the member that a bare list stands for."""
    try:
        data = decode(Path(path).read_bytes(), encoding)
        if bare_list is not None and data.__class__ is list:
            data = {bare_list: data}
        return structure(data, cls)
    except ResponseError as error:
        error.add_note(f"in the file {path}")
        if encoding is None and str(error).startswith("not in the encoding"):
            error.add_note("if it is in another encoding, name it: encoding='cp1252'")
        raise
