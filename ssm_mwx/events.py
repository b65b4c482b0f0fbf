"""From an EventBridge event of a maintenance window task to the two ids that name the task."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from ssm_mwx.errors import InvalidRequestError
from ssm_mwx.models import TaskIds

TASK_EVENT = "Maintenance Window Task Execution State-change Notification"
"""Detail type of the event that a task execution changed its state."""
INVOCATION_EVENT = "Maintenance Window Task Target Invocation State-change Notification"
"""Detail type of the event that an invocation changed its state."""

_WINDOW_EVENT = "Maintenance Window Execution State-change Notification"
_SOURCE = "aws.ssm"


def task_ids_from_event(event: Mapping[str, Any]) -> TaskIds:
    """The task execution that an EventBridge event of Systems Manager is about.

    Args:
        event: An event that a task execution changed its state, or one of its invocations, as a
            Lambda function gets it: as it stands, or in the one record of an SNS notification, of
            an SQS message, or of an SNS notification within an SQS message.

    Returns:
        The ids as they stand in the event, for a client's method as ``*ids``.

    Raises:
        InvalidRequestError: It is another event, or there are several records.
    """
    event = _unwrapped(event)
    detail_type, source = event.get("detail-type"), event.get("source")
    if source != _SOURCE:
        raise _refused(f"an event of source {source!r}")
    if detail_type == _WINDOW_EVENT:
        raise _refused(
            "the event of a whole window execution, which names no task execution",
            f"an event with detail-type {_ALLOWED}; let the rule listen to one of these",
        )
    if detail_type not in (TASK_EVENT, INVOCATION_EVENT):
        raise _refused(f"detail-type {detail_type!r}")
    detail = _mapping(event.get("detail"))
    return TaskIds(_id(detail, "window-execution-id"), _id(detail, "task-execution-id"))


def _unwrapped(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The EventBridge event, out of whatever SNS and SQS put around it."""
    event = _mapping(event)
    while "detail-type" not in event:
        match event:
            case {"Records": [record]}:
                event = _mapping(record)
            case {"Records": [*records]}:
                raise _refused(
                    f"a batch of {len(records)} records", "one record: give each by itself"
                )
            case {"Sns": {"Message": text}} | {"body": text} | {"Body": text} | {"Message": text}:
                event = _mapping(_json(text))
            case _:
                raise _refused("something that is no EventBridge event")
    return event


def _json(text: object) -> object:
    try:
        return json.loads(cast("str", text))
    except (TypeError, ValueError, RecursionError):
        pass  # json's errors carry the text, which may hold OwnerInformation
    raise _refused("a message that is not JSON")


def _mapping(value: object) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return cast("Mapping[str, Any]", value)
    raise _refused("something that is no JSON object, or a detail that is none")


def _id(detail: Mapping[str, Any], name: str) -> str:
    value = detail.get(name)
    if isinstance(value, str) and value:
        return value
    raise _refused(f"an event whose detail has no {name}")


# --- refusing ---

_ALLOWED = f"{TASK_EVENT!r} or {INVOCATION_EVENT!r}"


class _Told:
    """Stands for what was given, in an error that must not print it."""

    def __init__(self, description: str) -> None:
        self._description = description

    def __repr__(self) -> str:
        return self._description


def _refused(given: str, allowed: str | None = None) -> InvalidRequestError:
    return InvalidRequestError(
        "event",
        _Told(given),
        allowed or f"an event of source {_SOURCE!r} with detail-type {_ALLOWED}",
    )
