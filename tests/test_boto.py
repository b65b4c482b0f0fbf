"""One call, over real HTTP on loopback: what comes back, and what is refused."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError
from botocore.stub import Stubber

from ssm_mwx import (
    DoesNotExistError,
    ExecutionStatus,
    InternalServerError,
    InvocationPage,
    MaintenanceWindowClient,
    ResponseError,
    ServiceError,
    TaskExecution,
    TaskInvocation,
    ThrottlingError,
    boto,
    structure,
)
from tests.conftest import ClientMaker
from tests.support.clients import built, plain
from tests.support.fakes import FakeSsmClient
from tests.support.servers import Answer, Request, answering

PAYLOADS = Path(__file__).parent / "payloads"
IDS = ("b40a588d-32a7-4ea7-9a6b-b4ef436e1111", "0c9ac961-dafd-4a94-b6c7-1bef3e222222")
NO_RETRY = {"retries": {"total_max_attempts": 1}}


@pytest.mark.parametrize("name", ["get_task_api_reference", "get_task_cli"])
def test_documented_task_over_the_wire(name: str, make_client: ClientMaker) -> None:
    """AWS's documented tasks come over HTTP as they come through `structure`."""
    body = (PAYLOADS / f"{name}.json").read_bytes()
    with answering(Answer(body)) as server, make_client(server.url) as client:
        actual = client.get_task_execution(*IDS)
    assert structure(json.loads(body), TaskExecution) == actual


@pytest.mark.parametrize("name", ["describe_invocations_api_reference", "describe_invocations_cli"])
def test_documented_invocations_over_the_wire(name: str, make_client: ClientMaker) -> None:
    """AWS's documented invocations come over HTTP as they come through `structure`."""
    body = (PAYLOADS / f"{name}.json").read_bytes()
    with answering(Answer(body)) as server, make_client(server.url) as client:
        actual = client.describe_task_invocations(*IDS)
    assert structure(json.loads(body), InvocationPage) == actual
    assert actual.request_id == "request-1"


def test_times_and_states_are_the_same_on_both_ways(
    monkeypatch: pytest.MonkeyPatch, make_client: ClientMaker
) -> None:
    """Epoch numbers become UTC, whatever the machine's zone makes of them on the ordinary way."""
    monkeypatch.setenv("TZ", "America/New_York")
    answer = Answer.of_json({"StartTime": 1793511000.123456, "Status": "NEW_STATE", "Priority": 0})
    with answering(answer) as server, make_client(server.url) as client:
        actual = client.get_task_execution(*IDS)
    start = datetime(2026, 11, 1, 5, 30, 0, 123456, tzinfo=UTC)
    expected = TaskExecution(start_time=start, status=ExecutionStatus("NEW_STATE"), priority=0)
    assert actual == expected


def test_unknown_and_null_members_are_passed_over(make_client: ClientMaker) -> None:
    """A member of a newer service is no error, and null is as good as absent."""
    identity = {"Status": "SUCCESS", "StatusDetails": None, "Novelty": {"a": [1]}}
    answer = Answer.of_json(
        {"WindowExecutionTaskInvocationIdentities": [identity, {}], "Other": 1, "NextToken": None}
    )
    with answering(answer) as server, make_client(server.url) as client:
        actual = client.describe_task_invocations(*IDS)
    succeeded = TaskInvocation(status=ExecutionStatus.SUCCESS)
    assert InvocationPage((succeeded, TaskInvocation())) == actual


def test_an_empty_object_is_an_answer_without_members(make_client: ClientMaker) -> None:
    """No member is required, so ``{}`` is a well-formed answer."""
    with answering(Answer(b"{}")) as server, make_client(server.url) as client:
        assert client.get_task_execution(*IDS) == TaskExecution()
        assert client.describe_task_invocations(*IDS) == InvocationPage()


BAD_BODIES = {
    "truncated": b'{"Status": "SUCCESS", "TaskArn": "secret',
    "html": b"<html>secret</html>",
    "error document": b'{"__type": "InternalServerError", "message": "secret"}',
    "foreign object": b'{"hello": "secret"}',
    "only null members": b'{"Status": null}',
    "list": b'["secret"]',
    "string": b'"secret"',
    "null": b"null",
    "number": b"1234",
    "no utf-8": b'{"Status": "\xff\xfe"}',
    "byte order mark": b'\xef\xbb\xbf{"Status": "SUCCESS"}',
    "too deep": b'{"Status": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "huge number": b'{"Priority": ' + b"9" * 5_000 + b"}",
    "wrong string": b'{"Status": 5}',
    "wrong time": b'{"StartTime": "secret"}',
    "time beyond all years": b'{"StartTime": 1e300}',
    "time not a number": b'{"StartTime": NaN}',
    "wrong integer": b'{"Priority": "secret"}',
    "wrong list": b'{"TriggeredAlarms": "secret"}',
    "wrong item": b'{"TriggeredAlarms": ["secret"]}',
    "wrong map": b'{"TaskParameters": [["secret"]]}',
    "missing required": b'{"AlarmConfiguration": {"IgnorePollAlarmFailure": true}}',
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
def test_answers_that_the_service_does_not_promise(body: bytes, make_client: ClientMaker) -> None:
    """A 2xx answer that is no such answer is a `ResponseError`, and its values do not show."""
    with (
        answering(Answer(body)) as server,
        make_client(server.url) as client,
        pytest.raises(ResponseError) as caught,
    ):
        client.get_task_execution(*IDS)
    error = caught.value
    assert error.operation_name == "GetMaintenanceWindowExecutionTask"
    assert (error.__cause__, error.__context__) == (None, None)
    assert "secret" not in str(error)


@pytest.mark.parametrize("items", ['"secret"', "5", '{"a": {}}', '["secret"]', "[[]]", "[null]"])
def test_pages_that_the_service_does_not_promise(items: str, make_client: ClientMaker) -> None:
    """A page of failed targets is never read as an empty one."""
    body = f'{{"WindowExecutionTaskInvocationIdentities": {items}}}'.encode()
    with (
        answering(Answer(body)) as server,
        make_client(server.url) as client,
        pytest.raises(ResponseError, match="DescribeMaintenanceWindowExecutionTaskInvocations"),
    ):
        client.describe_task_invocations(*IDS)


def test_the_path_of_the_member_at_fault(make_client: ClientMaker) -> None:
    """The error names the member by AWS's names, and the request."""
    identities = [{}, {"StatusDetails": 5}]
    answer = Answer.of_json({"WindowExecutionTaskInvocationIdentities": identities})
    with (
        answering(answer) as server,
        make_client(server.url) as client,
        pytest.raises(ResponseError) as caught,
    ):
        client.describe_task_invocations(*IDS)
    path = "WindowExecutionTaskInvocationIdentities[1].StatusDetails"
    assert (path, "request-1") == (caught.value.path, caught.value.request_id)
    assert f"{path}: not a string" in str(caught.value)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b""),
        Answer(b"", status=204),
        Answer(b"<html>hello</html>", headers={"Content-Length": ""}),
        Answer(b'{"a": 1}', headers={"Content-Length": "?"}),
    ],
    ids=["nothing", "204", "no length", "bad length"],
)
def test_answers_of_no_or_unknown_length(answer: Answer, make_client: ClientMaker) -> None:
    """Nothing but ``{}`` is an answer without members, on either way."""
    with (
        answering(answer) as server,
        make_client(server.url) as client,
        pytest.raises(ResponseError),
    ):
        client.describe_task_invocations(*IDS)


@pytest.mark.parametrize("status", [200, 201, 299])
def test_an_error_document_with_a_member_of_an_answer(status: int) -> None:
    """For a client we build, ``__type`` makes an error document, whatever else is in it."""
    answer = Answer.of_json({"__type": "InternalServerError", "Status": "SUCCESS"}, status)
    with (
        answering(answer) as server,
        built(server.url) as client,
        pytest.raises(ResponseError, match="an error document"),
    ):
        client.get_task_execution(*IDS)


def test_an_answer_of_untold_length_and_no_member(make_client: ClientMaker) -> None:
    """Where no Content-Length tells that nothing was said, nothing is taken to be lost."""
    chunked = {"Transfer-Encoding": "chunked"}
    answer = Answer(b"9\r\n<secret/>\r\n0\r\n\r\n", headers=chunked)
    with (
        answering(answer) as server,
        make_client(server.url) as client,
        pytest.raises(ResponseError),
    ):
        client.get_task_execution(*IDS)


def test_a_content_length_that_tells_nothing(make_client: ClientMaker) -> None:
    """A length that is no number does not get in the way of reading what came."""
    answer = Answer(b'{"Status": "SUCCESS"}', headers={"Content-Length": "some"})
    with answering(answer) as server, make_client(server.url) as client:
        assert client.get_task_execution(*IDS).succeeded


def test_an_empty_answer_of_untold_length_is_not_repeated() -> None:
    """Only an answer that is shorter than it said is asked for again."""
    answer = Answer(b"", headers={"Content-Length": "some"})
    with (
        answering(answer) as server,
        built(server.url) as client,
        pytest.raises(ResponseError, match="not JSON"),
    ):
        client.get_task_execution(*IDS)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "metadata",
    [{}, {"HTTPHeaders": {}}, {"HTTPStatusCode": 200, "HTTPHeaders": {"content-length": "2"}}],
    ids=["no HTTP", "no headers", "as long as {}"],
)
def test_a_ready_client_s_answer_that_says_nothing(metadata: dict[str, Any]) -> None:
    """An answer as long as ``{}``, or one that came over no HTTP, may have no member."""
    client = MaintenanceWindowClient(FakeSsmClient(task={"ResponseMetadata": metadata}))
    assert client.get_task_execution(*IDS) == TaskExecution()


@pytest.mark.parametrize(
    ("status", "length"), [(200, "0"), (200, "1"), (200, "3"), (200, "?"), (204, "2")]
)
def test_a_ready_client_s_answer_that_was_lost(status: int, length: str) -> None:
    """Any other answer of which nothing is left is not taken for an empty one."""
    metadata = {"HTTPStatusCode": status, "HTTPHeaders": {"content-length": length}}
    client = MaintenanceWindowClient(FakeSsmClient(task={"ResponseMetadata": metadata}))
    with pytest.raises(ResponseError, match="no member of TaskExecution is there"):
        client.get_task_execution(*IDS)


def test_botocore_does_not_check_requests_again() -> None:
    """A client we build leaves out botocore's own walk over each request: ours are checked."""
    with answering(Answer.of_json({})) as server:
        client = boto.build_client(
            session=None, region_name=None, profile_name=None, endpoint_url=server.url, config=None
        )
        client.get_maintenance_window_execution_task()
    assert [request.members for request in server.requests] == [{}]


def test_with_and_without_orjson() -> None:
    """Any body is read alike, whether the fast decoder is installed or not."""
    code = """
import sys
if sys.argv[2] == "without":
    sys.modules["orjson"] = None
from ssm_mwx import MaintenanceWindowClient, SsmMwxError
import json
ids = json.loads(sys.argv[3])
with MaintenanceWindowClient(endpoint_url=sys.argv[1]) as client:
    for _ in range(int(sys.argv[4])):
        try:
            print(ascii(repr(client.get_task_execution(*ids))))
        except SsmMwxError as error:
            print(type(error).__name__, str(error).partition("(")[0])
"""
    bodies = [
        *BAD_BODIES.values(),
        *(path.read_bytes() for path in sorted(PAYLOADS.glob("get_task*"))),
        b'{"StatusDetails": "\\ud800", "Status": "SUCCESS"}',
        b'{"Other": [1e400, NaN, 18446744073709551616], "Status": "SUCCESS"}',
        b'{"Status": "FAILED", "Status": "SUCCESS", "StartTime": -0.5}',
    ]

    def answer(_request: Request) -> Answer:
        return Answer(bodies[(len(server.requests) - 1) % len(bodies)])

    with answering(answer) as server:
        arguments = [json.dumps(IDS), str(len(bodies))]
        printed = [
            subprocess.run(
                [sys.executable, "-c", code, server.url, how, *arguments],
                capture_output=True,
                check=True,
            ).stdout
            for how in ("with", "without")
        ]
    assert printed[0] == printed[1]
    assert len(bodies) == len(printed[0].splitlines())


def test_errors_of_the_service_are_typed(make_client: ClientMaker) -> None:
    """An error answer becomes the class of its code, with all that AWS told."""
    with (
        answering(Answer.of_error("DoesNotExistException")) as server,
        make_client(server.url) as client,
        pytest.raises(DoesNotExistError) as caught,
    ):
        client.get_task_execution(*IDS)
    error = caught.value
    assert isinstance(error, ClientError)
    assert (error.code, error.message) == ("DoesNotExistException", "told by the test server")
    assert (error.request_id, error.http_status) == ("request-1", 400)
    assert error.operation_name == "GetMaintenanceWindowExecutionTask"
    assert error.response == pickle.loads(pickle.dumps(error)).response


def test_an_unknown_error_code_is_a_plain_service_error(make_client: ClientMaker) -> None:
    """A code that has no class of its own keeps its name in `code`."""
    with (
        answering(Answer.of_error("SomethingNew")) as server,
        make_client(server.url) as client,
        pytest.raises(ServiceError) as caught,
    ):
        client.get_task_execution(*IDS)
    assert (ServiceError, "SomethingNew") == (type(caught.value), caught.value.code)


def test_http_429_is_throttling_whatever_the_code(make_client: ClientMaker) -> None:
    """A proxy's 429 without AWS's code is a `ThrottlingError` all the same."""
    with (
        answering(Answer(b"", status=429)) as server,
        make_client(server.url, **NO_RETRY) as client,
        pytest.raises(ThrottlingError) as caught,
    ):
        client.get_task_execution(*IDS)
    assert caught.value.is_throttling


def test_error_answers_that_cannot_be_parsed(make_client: ClientMaker) -> None:
    """What botocore's parser stumbles over in an error answer is a `ResponseError`."""
    with (
        answering(Answer(b'["secret"]', status=400)) as server,
        make_client(server.url, **NO_RETRY) as client,
        pytest.raises(ResponseError, match="GetMaintenanceWindowExecutionTask"),
    ):
        client.get_task_execution(*IDS)


def test_passing_errors_are_retried_by_botocore(make_client: ClientMaker) -> None:
    """An error answer keeps botocore's handling, retries included."""

    def answer_at_third(_request: Request) -> Answer:
        if len(server.requests) < 3:
            return Answer.of_error("InternalServerError", 500)
        return Answer.of_json({"Status": "SUCCESS"})

    with answering(answer_at_third) as server, make_client(server.url) as client:
        assert client.get_task_execution(*IDS).succeeded
    assert len(server.requests) == 3


def test_lasting_errors_are_raised_after_the_attempts(make_client: ClientMaker) -> None:
    """Where the retries do not help, the last error is raised."""
    with (
        answering(Answer.of_error("InternalServerError", 500)) as server,
        make_client(server.url, retries={"total_max_attempts": 2}) as client,
        pytest.raises(InternalServerError),
    ):
        client.get_task_execution(*IDS)
    assert len(server.requests) == 2


def test_connection_errors_pass_through(make_client: ClientMaker) -> None:
    """Botocore's own connection errors are not dressed up."""
    with answering(Answer(b"")) as server:
        pass
    with (
        make_client(server.url, **NO_RETRY) as client,
        pytest.raises(EndpointConnectionError),
    ):
        client.get_task_execution(*IDS)


def test_credential_errors_pass_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """Botocore's own credential errors are not dressed up."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with (
        MaintenanceWindowClient(endpoint_url="http://127.0.0.1:1") as client,
        pytest.raises(NoCredentialsError),
    ):
        client.get_task_execution(*IDS)


def test_errors_of_the_callers_own_handlers_pass_through() -> None:
    """Only what botocore's parser raises is called a fault of the answer."""

    def fail(**_: Any) -> None:
        raise RuntimeError("the caller's own")

    ssm = plain(endpoint_url="http://127.0.0.1:1")
    ssm.meta.events.register("before-send.ssm.*", fail)
    with pytest.raises(RuntimeError, match="the caller's own"):
        MaintenanceWindowClient(ssm).get_task_execution(*IDS)


def test_a_stubbed_client() -> None:
    """A client under botocore's Stubber goes the ordinary way."""
    ssm = plain()
    with Stubber(ssm) as stubber:
        expected = {"WindowExecutionId": IDS[0], "TaskId": IDS[1]}
        answer = {"StartTime": datetime(2026, 5, 1, tzinfo=UTC), "Type": "LAMBDA"}
        stubber.add_response("get_maintenance_window_execution_task", answer, expected)
        task = MaintenanceWindowClient(ssm).get_task_execution(*IDS)
    assert structure(answer, TaskExecution) == task
