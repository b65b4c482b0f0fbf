"""EventBridge events, plain and as SNS and SQS wrap them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ssm_mwx import InvalidRequestError, TaskIds, task_ids_from_event
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
        ({"body": json.dumps([SECRET])}, "a list as event"),
        ([_event()], "a list as event"),
        (None, "a NoneType as event"),
    ],
)
def test_other_event_is_refused(event: Any, said: str) -> None:
    """Any other event is refused, and the error shows nothing of its contents."""
    with pytest.raises(InvalidRequestError, match=said) as caught:
        task_ids_from_event(event)

    told = [caught.value, caught.value.__cause__, caught.value.__context__]
    assert [error for error in told if SECRET in repr(error)] == []
    assert caught.value.argument == "event"
