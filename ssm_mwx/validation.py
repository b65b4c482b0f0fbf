"""Check arguments before a call, so that a mistake costs none.

Each function takes the argument's name, for the error, and returns what a request takes.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from ssm_mwx.enums import ExecutionStatus
from ssm_mwx.errors import InvalidRequestError

Id = str | None
"""An id as an answer has it. AWS may leave ids out, and no method takes None: it raises an
`InvalidRequestError`."""
Statuses = Iterable[ExecutionStatus | str]
"""Statuses to filter by; a single status or string counts as one."""
Duration = float | timedelta
"""Seconds, or a `timedelta`."""

FILTER_STATUSES = (
    ExecutionStatus.PENDING,
    ExecutionStatus.IN_PROGRESS,
    ExecutionStatus.SUCCESS,
    ExecutionStatus.FAILED,
    ExecutionStatus.TIMED_OUT,
    ExecutionStatus.CANCELLING,
    ExecutionStatus.CANCELLED,
)
"""What AWS's STATUS filter takes; SKIPPED_OVERLAPPING is a status, but not one of them."""

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_WINDOW_ID = re.compile(r"mw-[0-9a-f]{17}")
_OF_BOTO3 = "pass one of boto3; AsyncMaintenanceWindowClient calls it in threads"


def uuid(argument: str, given: object) -> str:
    """Check an id of 36 characters."""
    if isinstance(given, str) and _UUID.fullmatch(given):
        return given
    raise InvalidRequestError(argument, given, "a UUID of 36 characters")


def window_id(argument: str, given: object) -> str:
    """Check the id of a maintenance window."""
    if isinstance(given, str) and _WINDOW_ID.fullmatch(given):
        return given
    raise InvalidRequestError(argument, given, "mw- and 17 hexadecimal digits")


def time_filter(argument: str, given: object, key: str) -> list[dict[str, Any]]:
    """Check a time and return the filter for it; none for None."""
    if given is None:
        return []
    if isinstance(given, datetime) and given.utcoffset() is not None:
        try:
            text = given.astimezone(UTC).isoformat(timespec="milliseconds")
        except OverflowError:
            raise InvalidRequestError(argument, given, "a time that UTC can express") from None
        return [{"Key": key, "Values": [text.replace("+00:00", "Z")]}]
    raise InvalidRequestError(argument, given, "a datetime with a time zone, or None")


def page_size(argument: str, given: object, allowed: range) -> int:
    """Check a ``MaxResults``."""
    if isinstance(given, int) and not isinstance(given, bool) and given in allowed:
        return given
    bounds = f"an integer from {allowed[0]} to {allowed[-1]}"
    raise InvalidRequestError(argument, given, bounds)


def positive_integer(argument: str, given: object) -> int:
    """Check a number of things."""
    if isinstance(given, int) and not isinstance(given, bool) and given > 0:
        return given
    raise InvalidRequestError(argument, given, "an integer of 1 or more")


def token(argument: str, given: object) -> str | None:
    """Check a ``NextToken``; an empty one is None, as on AWS's last page."""
    if given is None or isinstance(given, str):
        return given or None
    raise InvalidRequestError(argument, given, "a token from AWS or None")


def status_filter(argument: str, given: object) -> list[dict[str, Any]]:
    """Check statuses and return the one STATUS filter; none for no statuses."""
    if isinstance(given, str):
        given = (given,)
    if not isinstance(given, Iterable):
        raise InvalidRequestError(argument, given, _allowed_statuses())
    statuses = cast("Iterable[object]", given)
    values = list(dict.fromkeys(_status(argument, status) for status in statuses))
    return [{"Key": "STATUS", "Values": values}] if values else []


def _status(argument: str, given: object) -> str:
    allowed = _allowed_statuses()
    if isinstance(given, str):
        if given in FILTER_STATUSES:
            return str(given)
        from difflib import get_close_matches  # only after a mistake

        close = get_close_matches(given.upper(), FILTER_STATUSES, n=1, cutoff=0.75)
        allowed += f" (did you mean {close[0]}?)" if close else ""
    raise InvalidRequestError(argument, given, allowed)


def _allowed_statuses() -> str:
    return "one of " + ", ".join(FILTER_STATUSES)


def seconds(argument: str, given: object) -> float:
    """Check a duration and return it in seconds."""
    value = given.total_seconds() if isinstance(given, timedelta) else given
    if (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and 0 <= value <= sys.float_info.max
    ):
        return float(value)
    raise InvalidRequestError(argument, given, "a finite number of seconds, 0 or more")


def function(argument: str, given: object) -> None:
    """Refuse what cannot be called."""
    if not callable(given):
        raise InvalidRequestError(argument, given, "a function")


def plain_function(argument: str, given: object) -> None:
    """Refuse what cannot be called, and what has to be awaited."""
    if inspect.iscoroutinefunction(given):
        wanted = "a plain function; AsyncMaintenanceWindowClient awaits coroutines"
        raise InvalidRequestError(argument, given, wanted, description="a coroutine function")
    function(argument, given)


def boto_client(argument: str, given: Any, methods: Collection[str]) -> None:
    """Refuse what is no boto3 SSM client, and say what to write instead.

    An object with any of the methods is one, since tests pass fakes. So is a bare ``object()``,
    which tests pass as a client that is never called.

    Raises:
        TypeError: It is a class, a session, a resource, a client for asyncio or of another
            service, or something else.
    """
    if isinstance(given, type):
        raise TypeError(f"{argument} must be a boto3 SSM client, got the class {given.__name__}")
    is_client = type(given) is object or any(hasattr(given, method) for method in methods)
    if not is_client or inspect.iscoroutinefunction(getattr(given, "_make_api_call", None)):
        instead = _instead_of_client(given, is_for_asyncio=is_client)
        raise TypeError(f"{argument} must be a boto3 SSM client, got {_kind(given)}{instead}")


def _instead_of_client(given: Any, *, is_for_asyncio: bool) -> str:
    """Return what to write instead of an object that is no boto3 SSM client."""
    if is_for_asyncio or hasattr(given, "__aenter__"):
        return f", which is for asyncio: {_OF_BOTO3}"
    if callable(getattr(given, "client", None)) or hasattr(given, "create_client"):
        return ": pass a boto3.Session as session="
    if isinstance(given, str):
        return ": pass a Region as region_name=, a profile as profile_name="
    model: Any = getattr(getattr(given, "meta", None), "service_model", None)
    service = f" of the service {model.service_name}" if model else ""
    return f'{service}: pass boto3.client("ssm"), or nothing to have one built'


def of_class(argument: str, given: object, kind: type, name: str) -> None:
    """Refuse an object of another class than the one of this name.

    Raises:
        TypeError: It is something else, or a session for asyncio.
    """
    if not isinstance(given, kind):
        raise TypeError(f"{argument} must be a {name}, got {_kind(given)}")
    below = getattr(given, "_session", None)
    if inspect.iscoroutinefunction(getattr(below, "_create_client", None)):
        instead = f", which is for asyncio: {_OF_BOTO3}"
        raise TypeError(f"{argument} must be a {name}, got {_kind(given)}{instead}")


def _kind(given: object) -> str:
    """Return the name of a value's class; the value itself may hold a secret."""
    kind = type(given)
    return f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
