"""Read the two ids of a task out of an EventBridge event."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from ssm_mwx.errors import InvalidRequestError, without_context
from ssm_mwx.models import TaskIds
from ssm_mwx.redaction import describe

TASK_EVENT = "Maintenance Window Task Execution State-change Notification"
"""Detail type of the event for a new state of a task execution."""
INVOCATION_EVENT = "Maintenance Window Task Target Invocation State-change Notification"
"""Detail type of the event for a new state of an invocation."""

_WINDOW_EVENT = "Maintenance Window Execution State-change Notification"
_SOURCE = "aws.ssm"
_ALLOWED = f"an event of source {_SOURCE!r} with detail-type {TASK_EVENT!r} or {INVOCATION_EVENT!r}"


@without_context
def task_ids_from_event(event: Mapping[str, Any]) -> TaskIds:
    """Return the ids of the task execution that an EventBridge event is about.

    Args:
        event: An event for a new state of a task execution or of one of its invocations, as a
            Lambda function receives it: plain, or in the one record of an SNS notification, of an
            SQS message, or of an SNS notification within an SQS message.

    Returns:
        The ids as in the event, for a client's method as ``*ids``.

    Raises:
        InvalidRequestError: It is another event, or there are several records.
    """
    event = _unwrapped(event)
    detail_type, source = event.get("detail-type"), event.get("source")
    if source != _SOURCE:
        raise _refused(f"an event of source {_shown(source)}")
    if detail_type == _WINDOW_EVENT:
        raise _refused("an event of a whole window execution, which names no task execution")
    if detail_type not in (TASK_EVENT, INVOCATION_EVENT):
        raise _refused(f"an event with detail-type {_shown(detail_type)}")
    detail = _mapping(event.get("detail"), "detail")
    return TaskIds(_id(detail, "window-execution-id"), _id(detail, "task-execution-id"))


def _unwrapped(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the EventBridge event without what SNS and SQS put around it."""
    event = _mapping(event)
    while "detail-type" not in event:
        match event:
            case {"Records": [record]}:
                event = _mapping(record)
            case {"Records": [*records]}:
                raise _refused(f"a batch of {len(records)} records; pass each by itself")
            case {"Sns": {"Message": text}} | {"body": text} | {"Body": text} | {"Message": text}:
                event = _mapping(_json(text))
            case _:
                raise _refused("an object that is no EventBridge event")
    return event


def _json(text: object) -> object:
    try:
        return json.loads(cast("str", text))
    except (TypeError, ValueError, RecursionError) as error:
        raise _refused("a message that is not JSON") from error


def _mapping(value: object, name: str = "event") -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return cast("Mapping[str, Any]", value)
    raise _refused(f"a {type(value).__name__} as {name}")


def _id(detail: Mapping[str, Any], name: str) -> str:
    value = detail.get(name)
    if isinstance(value, str) and value:
        return value
    raise _refused(f"an event whose detail has no {name}")


def _shown(value: object) -> str:
    """Show AWS's short words; anything else may hold a secret."""
    is_short = isinstance(value, str) and len(value) <= 100 and value.isprintable()
    return repr(value) if is_short else describe(value)


def _refused(description: str) -> InvalidRequestError:
    return InvalidRequestError("event", None, _ALLOWED, description=description)
