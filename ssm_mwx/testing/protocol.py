"""AWS's JSON 1.1 protocol on the server's side, by botocore's service model.

Reads and checks requests, writes answers and errors. Knows no operation.
"""

from __future__ import annotations

import functools
import json
import re
import uuid
from collections.abc import Iterator, Sized
from datetime import datetime
from typing import Any, NamedTuple

import botocore.session

CONTENT_TYPE = "application/x-amz-json-1.1"

_SERVER_ERRORS = {
    "InternalServerError": 500,
    "InternalFailure": 500,
    "InternalError": 500,
    "ServiceUnavailable": 503,
}

Members = dict[str, Any]
"""The members of a request or an answer, by AWS's names."""


class HttpResponse(NamedTuple):
    """An HTTP response in moto's form."""

    status: int
    headers: dict[str, str]
    body: str


class AwsError(Exception):
    """An error that the fake AWS answers with."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

    @property
    def http_status(self) -> int:
        """The HTTP status that AWS sends with this code."""
        return _SERVER_ERRORS.get(self.code, 400)

    def response(self) -> HttpResponse:
        """Return the error in AWS's form, with the message under both names that SDKs read."""
        body = {"__type": self.code, "message": str(self), "Message": str(self)}
        headers = {
            "Content-Type": CONTENT_TYPE,
            "x-amzn-ErrorType": self.code,
            "x-amzn-RequestId": str(uuid.uuid4()),
        }
        return HttpResponse(self.http_status, headers, json.dumps(body))


@functools.cache
def _service() -> Any:
    return botocore.session.Session().get_service_model("ssm")


def input_shape(operation: str) -> Any:
    """Return botocore's shape of an operation's request.

    Raises:
        AwsError: SSM has no such operation.
    """
    if operation not in _service().operation_names:
        raise AwsError("UnknownOperationException", f"SSM has no operation {operation!r}")
    return _service().operation_model(operation).input_shape


def output_shape(operation: str) -> Any:
    """Return botocore's shape of an operation's answer."""
    return _service().operation_model(operation).output_shape


# --- requests ---


def read_request(body: bytes | str, shape: Any) -> Members:
    """Return the members of a request, without those that are null.

    Raises:
        AwsError: The body is no JSON object, or a member has the wrong JSON type.
    """
    try:
        document = json.loads(body or "{}")
    except (ValueError, RecursionError):
        raise AwsError("SerializationException", "the request must be JSON") from None
    members: Members = _read(document, shape, "")
    return members


def _read(value: Any, shape: Any, path: str) -> Any:
    expected: str = shape.type_name
    kind = value.__class__
    if kind not in _JSON_TYPES[expected]:
        got = _JSON_NAMES.get(kind) or f"the number {value}"
        problem = f"{path or 'the request'} must be of the type {expected}, got {got}"
        raise AwsError("SerializationException", problem)
    if expected == "structure":
        return {
            name: _read(value[name], member, f"{path}.{name}".removeprefix("."))
            for name, member in shape.members.items()
            if value.get(name) is not None
        }
    if expected == "map":
        return {key: _read(item, shape.value, f"{path}[{key!r}]") for key, item in value.items()}
    if expected == "list":
        return [_read(item, shape.member, f"{path}[{index}]") for index, item in enumerate(value)]
    return value


_JSON_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "string": (str,),
    "blob": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "timestamp": (int, float, str),
}
_JSON_NAMES: dict[type, str] = {
    dict: "an object",
    list: "an array",
    str: "a string",
    bool: "a boolean",
    type(None): "null",
}


def check_constraints(members: Members, shape: Any) -> None:
    """Check lengths, ranges, patterns, enums and required members.

    Raises:
        AwsError: A ValidationException that names every violation.
    """
    violations = list(_violations(members, shape, ""))
    if violations:
        raise validation_error(*violations)


class Violation(NamedTuple):
    """A value that breaks a constraint."""

    value: object
    path: str
    constraint: str

    def __str__(self) -> str:
        value = "null" if self.value is None else f"'{self.value}'"
        return f"Value {value} at '{self.path}' failed to satisfy constraint: {self.constraint}"


def validation_error(*violations: Violation) -> AwsError:
    """Return the ValidationException for these violations, in AWS's words."""
    count = len(violations)
    errors = "1 validation error" if count == 1 else f"{count} validation errors"
    listed = "; ".join(map(str, violations))
    return AwsError("ValidationException", f"{errors} detected: {listed}")


def _violations(value: Any, shape: Any, path: str) -> Iterator[Violation]:
    yield from (Violation(value, path, rule) for rule in _broken_rules(value, shape))
    if shape.type_name == "structure":
        for name in shape.required_members:
            if name not in value:
                yield Violation(None, _join(path, name), "Member must not be null")
        for name, item in value.items():
            yield from _violations(item, shape.members[name], _join(path, name))
    elif shape.type_name == "list":
        for number, item in enumerate(value, start=1):
            yield from _violations(item, shape.member, f"{path}.{number}.member")


def _join(path: str, name: str) -> str:
    return f"{path}.{name[0].lower()}{name[1:]}".removeprefix(".")


def _broken_rules(value: Any, shape: Any) -> Iterator[str]:
    rules: dict[str, Any] = shape.metadata
    what, size = ("value", value) if shape.type_name == "integer" else ("length", _length(value))
    if size < rules.get("min", size):
        yield f"Member must have {what} greater than or equal to {rules['min']}"
    if size > rules.get("max", size):
        yield f"Member must have {what} less than or equal to {rules['max']}"
    if "pattern" in rules and not re.fullmatch(rules["pattern"], value, re.ASCII):
        yield f"Member must satisfy regular expression pattern: {rules['pattern']}"
    if "enum" in rules and value not in rules["enum"]:
        yield f"Member must satisfy enum value set: [{', '.join(rules['enum'])}]"


def _length(value: Any) -> int:
    return len(value) if isinstance(value, Sized) else 0


# --- answers ---


def serialize(document: Members, shape: Any) -> Members:
    """Return the members of `shape` as the wire carries them, times as epoch seconds.

    Members that the shape does not have, or that are None, are left out.
    """
    serialized: Members = _serialize(document, shape)
    return serialized


def _serialize(value: Any, shape: Any) -> Any:
    match shape.type_name:
        case "structure":
            return {
                name: _serialize(value[name], member)
                for name, member in shape.members.items()
                if value.get(name) is not None
            }
        case "list":
            return [_serialize(item, shape.member) for item in value]
        case "timestamp":
            return (datetime.fromisoformat(value) if isinstance(value, str) else value).timestamp()
        case _:
            return value
