"""Read EventBridge events of maintenance windows, plain or as SNS, SQS and Pipes wrap them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

import attrs

from ssm_mwx.enums import ExecutionStatus
from ssm_mwx.errors import InvalidRequestError, without_context
from ssm_mwx.models import TaskIds
from ssm_mwx.redaction import describe

WINDOW_EVENT = "Maintenance Window Execution State-change Notification"
"""Detail type of the event for a new state of a window execution."""
TASK_EVENT = "Maintenance Window Task Execution State-change Notification"
"""Detail type of the event for a new state of a task execution."""
INVOCATION_EVENT = "Maintenance Window Task Target Invocation State-change Notification"
"""Detail type of the event for a new state of an invocation."""

_SOURCE = "aws.ssm"
_OF_A_TASK = (TASK_EVENT, INVOCATION_EVENT)
_ALLOWED = f"an event of source {_SOURCE!r} with detail-type "


@attrs.frozen
class MaintenanceWindowEvent:
    """A new state of a window execution, of one of its tasks or of an invocation.

    A member is None if the event has none. Times are aware datetimes in UTC.
    """

    detail_type: str
    """`WINDOW_EVENT`, `TASK_EVENT` or `INVOCATION_EVENT` (``detail-type``)."""
    window_execution_id: str
    """Id of the window execution (``window-execution-id``)."""
    task_execution_id: str | None = None
    """Id of the task execution (``task-execution-id``); None for a window event."""
    window_id: str | None = None
    """Id of the maintenance window (``window-id``)."""
    status: ExecutionStatus | None = None
    """The new state (``status``)."""
    start_time: datetime | None = None
    """When it started, in UTC (``start-time``)."""
    end_time: datetime | None = None
    """When it ended, in UTC (``end-time``)."""
    account: str | None = None
    """Id of the AWS account."""
    region: str | None = None
    """The AWS Region."""

    @property
    def task_ids(self) -> TaskIds:
        """The two ids that a client's methods take, as ``*ids``.

        Raises:
            ValueError: It is a window event, which names no task execution.
        """
        if self.task_execution_id is None:
            raise ValueError("a window event names no task execution")
        return TaskIds(self.window_execution_id, self.task_execution_id)


@without_context
def parse_event(event: Mapping[str, Any]) -> MaintenanceWindowEvent:
    """Read an EventBridge event of a maintenance window.

    Args:
        event: The event, as a Lambda function receives it: plain, or in the one record of an SNS
            notification, of an SQS message, of an SNS notification within an SQS message, or of
            a list, as Pipes sends it.

    Raises:
        InvalidRequestError: It is another event, or there are several records.
    """
    return _parsed(event, (WINDOW_EVENT, *_OF_A_TASK))


@without_context
def task_ids_from_event(event: Mapping[str, Any]) -> TaskIds:
    """Return the ids of the task execution that an EventBridge event is about.

    Args:
        event: As for `parse_event`, but for a new state of a task execution or of an invocation.

    Returns:
        The ids as in the event, for a client's method as ``*ids``.

    Raises:
        InvalidRequestError: It is another event, or there are several records.
    """
    return _parsed(event, _OF_A_TASK).task_ids


def _parsed(event: object, detail_types: tuple[str, ...]) -> MaintenanceWindowEvent:
    allowed = _ALLOWED + " or ".join(map(repr, detail_types))
    try:
        return _read(_unwrapped(event), detail_types)
    except _RefusedError as error:
        raise InvalidRequestError("event", None, allowed, description=str(error)) from error


def _read(event: Mapping[str, Any], detail_types: tuple[str, ...]) -> MaintenanceWindowEvent:
    detail_type, source = event.get("detail-type"), event.get("source")
    if source != _SOURCE:
        raise _RefusedError(f"an event of source {_shown(source)}")
    if detail_type == WINDOW_EVENT and WINDOW_EVENT not in detail_types:
        raise _RefusedError("an event of a whole window execution, which names no task execution")
    if detail_type not in detail_types:
        raise _RefusedError(f"an event with detail-type {_shown(detail_type)}")
    detail = _mapping(event.get("detail"), "detail")
    status = _text(detail, "status")
    return MaintenanceWindowEvent(
        detail_type=detail_type,
        window_execution_id=_id(detail, "window-execution-id"),
        task_execution_id=_id(detail, "task-execution-id") if detail_type in _OF_A_TASK else None,
        window_id=_text(detail, "window-id"),
        status=None if status is None else ExecutionStatus(status),
        start_time=_time(detail, "start-time"),
        end_time=_time(detail, "end-time"),
        account=_text(event, "account"),
        region=_text(event, "region"),
    )


class _RefusedError(Exception):
    """The event is refused; the message says what it is."""


def _unwrapped(event: object) -> Mapping[str, Any]:
    """Return the EventBridge event without what SNS, SQS and Pipes put around it."""
    while _is_list(event) or "detail-type" not in _mapping(event, "event"):
        event = _content(event)
    return _mapping(event, "event")


def _content(wrapping: object) -> object:
    """Return what is in one wrapping."""
    if _is_list(wrapping):
        return _only(cast("list[object]", wrapping))
    match _mapping(wrapping, "event"):
        case {"Records": [*records]}:
            return _only(records)
        case {"Sns": {"Message": text}} | {"body": text} | {"Body": text} | {"Message": text}:
            return _json(text)
        case _:
            raise _RefusedError("an object that is no EventBridge event")


def _is_list(value: object) -> bool:
    return isinstance(value, list)


def _only(records: list[object]) -> object:
    if len(records) != 1:
        raise _RefusedError(f"a batch of {len(records)} records; pass each by itself")
    return records[0]


def _json(text: object) -> object:
    try:
        return json.loads(cast("str", text))
    except (TypeError, ValueError, RecursionError) as error:
        raise _RefusedError("a message that is not JSON") from error


def _mapping(value: object, name: str) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return cast("Mapping[str, Any]", value)
    raise _RefusedError(f"a {type(value).__name__} as {name}")


def _id(detail: Mapping[str, Any], name: str) -> str:
    value = _text(detail, name)
    if value is None:
        raise _RefusedError(f"an event whose detail has no {name}")
    return value


def _text(members: Mapping[str, Any], name: str) -> str | None:
    value = members.get(name)
    return value if isinstance(value, str) and value else None


def _time(detail: Mapping[str, Any], name: str) -> datetime | None:
    text = _text(detail, name)
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise _RefusedError(f"an event whose {name} is no time") from error
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def _shown(value: object) -> str:
    """Show AWS's short words; anything else may hold a secret."""
    is_short = isinstance(value, str) and len(value) <= 100 and value.isprintable()
    return repr(value) if is_short else describe(value)
