"""The records of the logger ``ssm_mwx``."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest
from botocore.exceptions import EndpointConnectionError

from ssm_mwx import (
    DoesNotExistError,
    MaintenanceWindowClient,
    RepeatedTokenError,
    ResponseError,
    ServiceError,
    boto,
)
from tests.conftest import ClientMaker
from tests.support.clients import built
from tests.support.fakes import IDS, FakeSsmClient
from tests.support.servers import Answer, Request, answering

DESCRIBE = "DescribeMaintenanceWindowExecutionTaskInvocations"
GET = "GetMaintenanceWindowExecutionTask"
FIELDS = ("operation", "page_number", "count", "request_id", "attempts")


def _fields(record: logging.LogRecord) -> tuple[object, ...]:
    return tuple(vars(record)[name] for name in FIELDS)


@pytest.fixture(autouse=True)
def _debug(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "ssm_mwx")


def _two_pages(request: Request) -> Answer:
    token = "" if "NextToken" in request.members else "more"
    identities = [{"Parameters": "secret", "OwnerInformation": "secret"}] * 3
    return Answer.of_json(
        {"WindowExecutionTaskInvocationIdentities": identities, "NextToken": token}
    )


def test_call_logs_one_record(make_client: ClientMaker, caplog: pytest.LogCaptureFixture) -> None:
    """Each call logs one debug record, with its figures as fields and in the text."""
    with answering(_two_pages) as server, make_client(server.url) as client:
        list(client.iter_task_invocations(*IDS))
    assert [_fields(record) for record in caplog.records] == [
        (DESCRIBE, 1, 3, "request-1", 1),
        (DESCRIBE, 2, 3, "request-2", 1),
    ]
    for record in caplog.records:
        assert (record.name, record.levelno) == ("ssm_mwx", logging.DEBUG)
        assert 0 < vars(record)["milliseconds"] < 60_000
    message = caplog.messages[1]
    assert message.startswith(f"answered operation={DESCRIBE} page_number=2 count=3 ")
    assert "request_id=request-2 attempts=1 milliseconds=" in message


def test_record_has_the_milliseconds_of_the_call(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The duration of a call is logged in milliseconds, to one decimal."""
    clock = SimpleNamespace(perf_counter=iter([2.0, 7.34567]).__next__)
    monkeypatch.setattr(boto, "time", clock)
    MaintenanceWindowClient(FakeSsmClient()).get_task_execution(*IDS)

    (record,) = caplog.records
    assert vars(record)["milliseconds"] == 5345.7


def test_record_holds_nothing_of_the_answer(
    make_client: ClientMaker, caplog: pytest.LogCaptureFixture
) -> None:
    """No record holds a body or an id of the answer."""
    with answering(_two_pages) as server, make_client(server.url) as client:
        list(client.iter_task_invocations(*IDS))
    ours = [record for record in caplog.records if record.name == "ssm_mwx"]
    assert "secret" not in repr([vars(record) for record in ours])


def test_record_counts_the_attempts(
    make_client: ClientMaker, caplog: pytest.LogCaptureFixture
) -> None:
    """A call that was retried logs one record with the number of attempts."""

    def at_second(_request: Request) -> Answer:
        if len(server.requests) < 2:
            return Answer.of_error("InternalServerError", 500)
        return Answer.of_json({"Status": "SUCCESS"})

    with answering(at_second) as server, make_client(server.url) as client:
        client.get_task_execution(*IDS)
    assert [_fields(record) for record in caplog.records] == [(GET, None, None, "request-2", 2)]


@pytest.mark.parametrize(
    ("answer", "error", "shown"),
    [
        (Answer.of_error("DoesNotExistException"), DoesNotExistError, ("request-1", 1)),
        (Answer(b"<html>"), ResponseError, ("request-1", 1)),
        (Answer(b'["?"]', status=400), ServiceError, ("request-1", None)),
    ],
)
def test_failed_call_logs_one_record(
    answer: Answer,
    error: type[Exception],
    shown: tuple[object, ...],
    make_client: ClientMaker,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A failed call logs one record with what is known of it."""
    with answering(answer) as server, make_client(server.url) as client, pytest.raises(error):
        client.get_task_execution(*IDS)
    assert [_fields(record) for record in caplog.records] == [(GET, None, None, *shown)]
    assert caplog.messages[0].startswith(f"failed operation={GET} ")


def test_call_without_an_answer_logs_no_request_id(caplog: pytest.LogCaptureFixture) -> None:
    """A call without an answer logs a record without a request id."""
    with (
        built("http://127.0.0.1:9", retries={"total_max_attempts": 1}) as client,
        pytest.raises(EndpointConnectionError),
    ):
        client.get_task_execution(*IDS)
    assert [_fields(record) for record in caplog.records] == [(GET, None, None, None, None)]


def test_repeated_token_logs_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    """A repeated token logs a warning, which does not show the token."""
    body = b'{"WindowExecutionTaskInvocationIdentities": [], "NextToken": "again"}'
    with (
        answering(Answer(body)) as server,
        built(server.url) as client,
        pytest.raises(RepeatedTokenError),
    ):
        list(client.iter_task_invocations(*IDS))
    (warning,) = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert "page 2 has a NextToken" in warning.getMessage()
    assert "again" not in warning.getMessage()


def test_nothing_is_logged_above_debug(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is logged above the debug level, and the logger has a null handler."""
    caplog.set_level(logging.INFO, "ssm_mwx")
    with answering(_two_pages) as server, built(server.url) as client:
        list(client.iter_task_invocations(*IDS))
    assert caplog.records == []
    handlers = logging.getLogger("ssm_mwx").handlers
    assert any(isinstance(handler, logging.NullHandler) for handler in handlers)
