"""EventBridge events, plain and as SNS and SQS wrap them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from ssm_mwx import (
    INVOCATION_EVENT,
    TASK_EVENT,
    WINDOW_EVENT,
    ExecutionStatus,
    InvalidRequestError,
    MaintenanceWindowEvent,
    TaskIds,
    parse_event,
    task_ids_from_event,
)
from tests.support.fakes import SECRET

TASK = "Maintenance Window Task Execution State-change Notification"
INVOCATION = "Maintenance Window Task Target Invocation State-change Notification"
WINDOW = "Maintenance Window Execution State-change Notification"

SAMPLE_IDS = TaskIds(
    "b60fb56e-776c-4e5c-84ee-123456EXAMPLE", "6417e808-7f35-4d1a-843f-12345EXAMPLE"
)


def _event(detail_type: str = TASK, **changes: Any) -> dict[str, Any]:
    """Return an event like AWS's samples, with ids that are no UUIDs and a secret."""
    return {
        "version": "0",
        "source": "aws.ssm",
        "detail-type": detail_type,
        "detail": {
            "window-id": "mw-0123456789abcdef0",
            "window-execution-id": SAMPLE_IDS.window_execution_id,
            "task-execution-id": SAMPLE_IDS.task_execution_id,
            "status": "FAILED",
            "owner-information": SECRET,
        },
    } | changes


def _by_sns(event: object) -> dict[str, Any]:
    """Return what a Lambda function receives from SNS."""
    return {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": json.dumps(event)}}]}


def _by_sqs(event: object) -> dict[str, Any]:
    """Return what a Lambda function receives from SQS."""
    return {"Records": [{"eventSource": "aws:sqs", "body": json.dumps(event)}]}


def _by_sns_and_sqs(event: object) -> dict[str, Any]:
    """Return what a Lambda function receives from a queue that subscribes to a topic."""
    return _by_sqs({"Type": "Notification", "Message": json.dumps(event)})


def _received(event: object) -> dict[str, Any]:
    """Return one message as boto3's ``receive_message`` returns it."""
    return {"MessageId": "1", "Body": json.dumps(event)}


@pytest.mark.parametrize("wrapped", [dict, _by_sns, _by_sqs, _by_sns_and_sqs, _received])
@pytest.mark.parametrize("detail_type", [TASK, INVOCATION])
def test_event_has_the_task_ids(detail_type: str, wrapped: Any) -> None:
    """Both kinds of events have the two ids, however they are wrapped."""
    assert task_ids_from_event(wrapped(_event(detail_type))) == SAMPLE_IDS


@pytest.mark.parametrize("wrapped", [dict, _by_sns, _by_sqs])
def test_event_of_a_window_is_refused(wrapped: Any) -> None:
    """A window's event names no task, and the error says which events do."""
    with pytest.raises(InvalidRequestError, match="names no task execution") as caught:
        task_ids_from_event(wrapped(_event(WINDOW)))

    assert TASK in str(caught.value)
    assert INVOCATION in str(caught.value)
    assert caught.value.argument == "event"


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (_event("EC2 State-change"), "detail-type 'EC2 State-change'"),
        (_event(source="aws.ec2"), "source 'aws.ec2'"),
        (_event(WINDOW, source="my.test"), "source 'my.test'"),
        (_event() | {"detail-type": None}, "detail-type None"),
        (_event("x" * 101), "detail-type a str of length 101"),
        (_event(detail=None), "a NoneType as detail"),
        (_event(detail={"window-execution-id": "1"}), "no task-execution-id"),
        (_event(detail={"task-execution-id": "1"}), "no window-execution-id"),
        (_event(detail={"window-execution-id": ""}), "no window-execution-id"),
        (_event(detail={"window-execution-id": 1}), "no window-execution-id"),
        ({}, "no EventBridge event"),
        ({"Records": [{"s3": {"object": SECRET}}]}, "no EventBridge event"),
        ({"Records": SECRET}, "no EventBridge event"),
        ({"Records": []}, "a batch of 0 records"),
        ({"Records": [_received(_event())] * 3}, "a batch of 3 records"),
        ({"Records": [SECRET]}, "a str as event"),
        ({"body": SECRET}, "not JSON"),
        ({"body": None}, "not JSON"),
        ({"body": "[" * 100_000}, "not JSON"),
        ({"body": json.dumps([SECRET])}, "a str as event"),
        ([_event(), _event()], "a batch of 2 records"),
        ([], "a batch of 0 records"),
        ([SECRET], "a str as event"),
        (SECRET, "a str as event"),
        (SECRET.encode(), "a bytes as event"),
        (None, "a NoneType as event"),
    ],
)
def test_other_event_is_refused(event: Any, said: str) -> None:
    """Any other event is refused, and the error shows nothing of its contents."""
    with pytest.raises(InvalidRequestError, match=said) as caught:
        task_ids_from_event(event)

    shown = [caught.value, caught.value.__cause__, caught.value.__context__]
    assert [error for error in shown if SECRET in repr(error)] == []
    assert caught.value.argument == "event"


def _by_pipes(event: object) -> list[Any]:
    """Return the batch that EventBridge Pipes sends from a queue."""
    return [{"messageId": "1", "body": json.dumps(event)}]


def _as_list(event: object) -> list[object]:
    """Return a list of one event."""
    return [event]


WRAPPINGS: list[Any] = [
    dict,
    _by_sns,
    _by_sqs,
    _by_sns_and_sqs,
    _received,
    _by_pipes,
    _as_list,
]
TIMES = {"start-time": "2026-03-10T02:00:00.088Z", "end-time": "2026-03-10T04:30:00+02:00"}


@pytest.mark.parametrize("wrapped", WRAPPINGS)
@pytest.mark.parametrize("detail_type", [TASK, INVOCATION, WINDOW])
def test_parse_event_reads_every_kind(detail_type: str, wrapped: Any) -> None:
    """Window, task and target events are read, however they arrive."""
    event = _event(detail_type, account="123456789012", region="eu-west-1")
    event["detail"] |= TIMES

    parsed = parse_event(wrapped(event))

    assert parsed == MaintenanceWindowEvent(
        detail_type=detail_type,
        window_execution_id=SAMPLE_IDS.window_execution_id,
        task_execution_id=None if detail_type == WINDOW else SAMPLE_IDS.task_execution_id,
        window_id="mw-0123456789abcdef0",
        status=ExecutionStatus.FAILED,
        start_time=datetime(2026, 3, 10, 2, 0, 0, 88000, UTC),
        end_time=datetime(2026, 3, 10, 2, 30, tzinfo=UTC),
        account="123456789012",
        region="eu-west-1",
    )
    assert (parsed.start_time or parsed.end_time).tzinfo is UTC  # type: ignore[union-attr]


def test_parse_event_takes_what_is_there() -> None:
    """Of an event with the ids alone, all else is None; a time without a zone is UTC."""
    detail = {"window-execution-id": "a", "start-time": "2026-03-10T02:00:00", "end-time": ""}

    parsed = parse_event(_event(WINDOW, detail=detail))

    start = datetime(2026, 3, 10, 2, tzinfo=UTC)
    assert parsed == MaintenanceWindowEvent(WINDOW, "a", start_time=start)


def test_event_of_a_task_has_task_ids() -> None:
    """A task's event leads to the task, and a window's event names none."""
    assert parse_event(_event()).task_ids == SAMPLE_IDS
    with pytest.raises(ValueError, match="a window event names no task execution"):
        _ = parse_event(_event(WINDOW)).task_ids


@pytest.mark.parametrize("name", ["start-time", "end-time"])
def test_event_with_a_bad_time_is_refused(name: str) -> None:
    """A time that cannot be read is named, and not shown."""
    event = _event(detail={"window-execution-id": "a", "task-execution-id": "b", name: SECRET})

    with pytest.raises(InvalidRequestError, match=f"an event whose {name} is no time") as caught:
        parse_event(event)
    assert SECRET not in str(caught.value)


def test_parse_event_refuses_another_event() -> None:
    """The error names the three detail types."""
    with pytest.raises(InvalidRequestError, match="EC2 State-change") as caught:
        parse_event(_event("EC2 State-change"))

    assert [name in str(caught.value) for name in (WINDOW, TASK, INVOCATION)] == [True] * 3


def test_detail_types_are_aws_s_words() -> None:
    """The constants are the detail types that AWS documents."""
    assert (WINDOW_EVENT, TASK_EVENT, INVOCATION_EVENT) == (WINDOW, TASK, INVOCATION)
