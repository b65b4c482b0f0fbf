"""What the library writes into the log ``ssm_mwx``."""

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
    boto,
)
from tests.conftest import ClientMaker
from tests.support.clients import built
from tests.support.fakes import FakeSsmClient
from tests.support.servers import Answer, Request, answering

IDS = ("b40a588d-32a7-4ea7-9a6b-b4ef436e1111", "0c9ac961-dafd-4a94-b6c7-1bef3e222222")
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


def test_one_record_for_each_call(
    make_client: ClientMaker, caplog: pytest.LogCaptureFixture
) -> None:
    """Each page leaves one debug record, with its figures as fields and in the text."""
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


def test_milliseconds(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time that a call took is told in milliseconds, to the tenth."""
    clock = SimpleNamespace(perf_counter=iter([2.0, 7.34567]).__next__)
    monkeypatch.setattr(boto, "time", clock)
    MaintenanceWindowClient(FakeSsmClient()).get_task_execution(*IDS)

    (record,) = caplog.records
    assert vars(record)["milliseconds"] == 5345.7


def test_nothing_of_the_answer_is_logged(
    make_client: ClientMaker, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither bodies nor ids of the answer stand in a record of ours."""
    with answering(_two_pages) as server, make_client(server.url) as client:
        list(client.iter_task_invocations(*IDS))
    ours = [record for record in caplog.records if record.name == "ssm_mwx"]
    assert "secret" not in repr([vars(record) for record in ours])


def test_attempts_are_counted(make_client: ClientMaker, caplog: pytest.LogCaptureFixture) -> None:
    """A call that botocore had to repeat leaves one record, and says how often it tried."""

    def at_second(_request: Request) -> Answer:
        if len(server.requests) < 2:
            return Answer.of_error("InternalServerError", 500)
        return Answer.of_json({"Status": "SUCCESS"})

    with answering(at_second) as server, make_client(server.url) as client:
        client.get_task_execution(*IDS)
    assert [_fields(record) for record in caplog.records] == [(GET, None, None, "request-2", 2)]


@pytest.mark.parametrize(
    ("answer", "error", "told"),
    [
        (Answer.of_error("DoesNotExistException"), DoesNotExistError, ("request-1", 1)),
        (Answer(b"<html>"), ResponseError, ("request-1", 1)),
        (Answer(b'["?"]', status=400), ResponseError, (None, None)),
    ],
)
def test_a_call_that_fails_is_logged_too(
    answer: Answer,
    error: type[Exception],
    told: tuple[object, ...],
    make_client: ClientMaker,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A failed call leaves a record with what is known of it."""
    with answering(answer) as server, make_client(server.url) as client, pytest.raises(error):
        client.get_task_execution(*IDS)
    assert [_fields(record) for record in caplog.records] == [(GET, None, None, *told)]
    assert caplog.messages[0].startswith(f"failed operation={GET} ")


def test_a_call_without_an_answer_is_logged_too(caplog: pytest.LogCaptureFixture) -> None:
    """Where no answer came there is no request id to tell."""
    with (
        built("http://127.0.0.1:9", retries={"total_max_attempts": 1}) as client,
        pytest.raises(EndpointConnectionError),
    ):
        client.get_task_execution(*IDS)
    assert [_fields(record) for record in caplog.records] == [(GET, None, None, None, None)]


def test_a_repeated_token_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    """A walk that would never end is told at the level of a warning, too."""
    body = b'{"WindowExecutionTaskInvocationIdentities": [], "NextToken": "again"}'
    with (
        answering(Answer(body)) as server,
        built(server.url) as client,
        pytest.raises(RepeatedTokenError),
    ):
        list(client.iter_task_invocations(*IDS))
    (warning,) = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert "page 2 carries a NextToken" in warning.getMessage()
    assert "again" not in warning.getMessage()


def test_silent_unless_asked(caplog: pytest.LogCaptureFixture) -> None:
    """Above the debug level nothing is written, and the library's logger has a null handler."""
    caplog.set_level(logging.INFO, "ssm_mwx")
    with answering(_two_pages) as server, built(server.url) as client:
        list(client.iter_task_invocations(*IDS))
    assert caplog.records == []
    handlers = logging.getLogger("ssm_mwx").handlers
    assert any(isinstance(handler, logging.NullHandler) for handler in handlers)
