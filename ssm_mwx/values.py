"""Read the values of AWS's JSON: a string, a time, a status."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import repeat
from types import NoneType
from typing import Any

from ssm_mwx.enums import OpenEnum
from ssm_mwx.redaction import REDACTED

Read = Callable[[Any], Any]
"""Reads a value."""
ReadMany = Callable[[list[Any]], list[Any]]
"""Reads many values, each as a `Read` does."""

_from_timestamp = datetime.fromtimestamp  # bound here: libraries that freeze time replace the class
_from_iso_format = datetime.fromisoformat
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class MismatchError(TypeError):
    """A value is not what the service promises; the message says what was expected."""


def string(value: Any) -> str:
    """Read a string."""
    if isinstance(value, str):
        return value
    raise MismatchError("a string")


def string_or_none(value: Any) -> str | None:
    """Read a string that may be absent."""
    if value is None or value.__class__ is str:  # faster than isinstance in the loop's hot spot
        return value
    return string(value)


def sensitive_string_or_none(value: Any) -> str | None:
    """Read what was redacted as None."""
    return None if value == REDACTED else string_or_none(value)


def shared_string_or_none(value: Any) -> str | None:
    """Return one string object for all that are equal."""
    return sys.intern(value) if value.__class__ is str else string_or_none(value)


def boolean(value: Any) -> bool:
    """Read a boolean."""
    if isinstance(value, bool):
        return value
    raise MismatchError("a boolean")


def integer(value: Any) -> int:
    """Read an integer."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise MismatchError("an integer")


def time_or_none(value: Any) -> datetime | None:
    """Read epoch seconds, a datetime in any zone or an ISO string as UTC; a naive time is UTC."""
    if value.__class__ is float:  # what the wire carries
        try:
            return _from_timestamp(value, UTC)
        except (ValueError, OverflowError, OSError):
            return _time(value)
    return None if value is None else _time(value)


def _time(value: Any) -> datetime | None:
    try:
        if isinstance(value, str):
            value = _time_from_text(value)
        if isinstance(value, datetime):  # what an existing client returns
            return None if _is_nat(value) else in_utc(value)
        if isinstance(value, float | int) and not isinstance(value, bool):
            return _from_seconds(value)
    except (ValueError, OverflowError, OSError):
        pass  # not finite, or no year that a datetime can hold
    raise MismatchError("a time")


def _from_seconds(value: float) -> datetime:
    try:
        return _from_timestamp(value, UTC)
    except OSError:  # Windows' C library has no time before 1970
        return _EPOCH + timedelta(seconds=value)


def _is_nat(value: datetime) -> bool:
    """Whether `value` is pandas' ``NaT``, which is a datetime that equals nothing."""
    return value != value  # noqa: PLR0124


def in_utc(value: datetime) -> datetime:
    """Return a time in UTC; one without a zone is in UTC already."""
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _time_from_text(text: str) -> float | datetime:
    try:
        return float(text)
    except ValueError:
        return _from_iso_format(text)


def values_by_name(value: Any) -> dict[str, tuple[str, ...]]:
    """Read one mapping of ``TaskParameters``, without its ``{"Values": […]}`` level."""
    return {string(name): _values(expression) for name, expression in mapping(value).items()}


def _values(expression: Any) -> tuple[str, ...]:
    values = None if expression is None else mapping(expression).get("Values")
    return () if values is None else tuple(string(item) for item in items(values))


def items(value: Any) -> Any:
    """Read a list."""
    if isinstance(value, list | tuple):
        return value  # pyright: ignore[reportUnknownVariableType]
    raise MismatchError("a list")


def mapping(value: Any) -> Any:
    """Read an object."""
    if isinstance(value, (dict, Mapping)):  # dict first: asking an ABC takes time
        return value  # pyright: ignore[reportUnknownVariableType]
    raise MismatchError("an object")


def read_enum(enum: type[OpenEnum]) -> Read:
    """Return what reads a member of `enum`."""
    known = dict(enum.__members__)

    def read(value: Any) -> OpenEnum:
        try:
            return known[value]
        except (KeyError, TypeError):
            return enum(string(value))

    return read


def or_default(read: Read, default: Any) -> Read:
    """Return what reads a value as `read` does, and None as `default`."""
    return lambda value: default if value is None else read(value)


# --- many values ---


def read_many(read: Read) -> ReadMany:
    """Return what reads many values as `read` does, in one step if all are of the usual type."""
    return _READ_MANY.get(read) or partial(_read_each, read)


def read_many_enums(enum: type[OpenEnum], read: Read) -> ReadMany:
    """Return what reads many members of `enum` as `read` does, in one step if all are known."""
    known = dict(enum.__members__)

    def read_all(values: list[Any]) -> list[Any]:
        members = [*map(known.get, values)]
        return _read_each(read, values) if None in members else members

    return read_all


def _read_each(read: Read, values: list[Any]) -> list[Any]:
    return [*map(read, values)]


def _strings_or_none(values: list[Any]) -> list[Any]:
    if {*map(type, values)} <= {str, NoneType}:
        return values
    return _read_each(string_or_none, values)


def _sensitive_strings_or_none(values: list[Any]) -> list[Any]:
    if REDACTED in values:
        return _read_each(sensitive_string_or_none, values)
    return _strings_or_none(values)


def _shared_strings_or_none(values: list[Any]) -> list[Any]:
    try:
        return [*map(sys.intern, values)]
    except TypeError:
        return _read_each(shared_string_or_none, values)


def _times_or_none(values: list[Any]) -> list[Any]:
    if {*map(type, values)} == {float}:
        return [*map(_from_timestamp, values, repeat(UTC))]
    return _read_each(time_or_none, values)


_READ_MANY: dict[Read, ReadMany] = {
    string_or_none: _strings_or_none,
    sensitive_string_or_none: _sensitive_strings_or_none,
    shared_string_or_none: _shared_strings_or_none,
    time_or_none: _times_or_none,
}
