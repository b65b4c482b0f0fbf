"""One call over real HTTP on loopback: answers, errors, and bodies that are no answer."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from datetime import UTC, datetime
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
from tests.support.fakes import IDS, PAYLOADS, FakeSsmClient
from tests.support.servers import Answer, Request, answering

NO_RETRY = {"retries": {"total_max_attempts": 1}}


@pytest.mark.parametrize("name", ["get_task_api_reference", "get_task_cli"])
def test_documented_task_equals_structure(name: str, make_client: ClientMaker) -> None:
    """AWS's documented tasks come over HTTP as `structure` reads them."""
    document = json.loads((PAYLOADS / f"{name}.json").read_bytes())
    document |= {"WindowExecutionId": IDS[0], "TaskExecutionId": IDS[1].upper()}  # as requested
    body = json.dumps(document).encode()
    with answering(Answer(body)) as server, make_client(server.url) as client:
        actual = client.get_task_execution(*IDS)
    assert actual == structure(json.loads(body), TaskExecution)


@pytest.mark.parametrize("name", ["describe_invocations_api_reference", "describe_invocations_cli"])
def test_documented_invocations_equal_structure(name: str, make_client: ClientMaker) -> None:
    """AWS's documented invocations come over HTTP as `structure` reads them."""
    body = (PAYLOADS / f"{name}.json").read_bytes()
    with answering(Answer(body)) as server, make_client(server.url) as client:
        actual = client.describe_task_invocations(*IDS)
    assert actual == structure(json.loads(body), InvocationPage)
    assert actual.request_id == "request-1"


def test_times_are_utc_on_both_decode_paths(
    monkeypatch: pytest.MonkeyPatch, make_client: ClientMaker
) -> None:
    """Times are in UTC on both decode paths, whatever the machine's zone."""
    monkeypatch.setenv("TZ", "America/New_York")
    answer = Answer.of_json({"StartTime": 1793511000.123456, "Status": "NEW_STATE", "Priority": 0})
    with answering(answer) as server, make_client(server.url) as client:
        actual = client.get_task_execution(*IDS)
    start = datetime(2026, 11, 1, 5, 30, 0, 123456, tzinfo=UTC)
    expected = TaskExecution(start_time=start, status=ExecutionStatus("NEW_STATE"), priority=0)
    assert actual == expected


def test_unknown_and_null_members_are_ignored(make_client: ClientMaker) -> None:
    """An unknown member and a null one are treated as absent."""
    identity = {"Status": "SUCCESS", "StatusDetails": None, "Novelty": {"a": [1]}}
    answer = Answer.of_json(
        {"WindowExecutionTaskInvocationIdentities": [identity, {}], "Other": 1, "NextToken": None}
    )
    with answering(answer) as server, make_client(server.url) as client:
        actual = client.describe_task_invocations(*IDS)
    succeeded = TaskInvocation(status=ExecutionStatus.SUCCESS)
    assert actual == InvocationPage((succeeded, TaskInvocation()))


def test_empty_object_is_an_answer(make_client: ClientMaker) -> None:
    """No member is required, so ``{}`` is an answer."""
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
}


@pytest.mark.slow
@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
def test_bad_body_is_a_response_error(body: bytes, make_client: ClientMaker) -> None:
    """A 2xx body that is no answer is a `ResponseError`, which shows no value."""
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
def test_bad_page_is_a_response_error(items: str, make_client: ClientMaker) -> None:
    """A page of the wrong type is never read as an empty one."""
    body = f'{{"WindowExecutionTaskInvocationIdentities": {items}}}'.encode()
    with (
        answering(Answer(body)) as server,
        make_client(server.url) as client,
        pytest.raises(ResponseError, match="DescribeMaintenanceWindowExecutionTaskInvocations"),
    ):
        client.describe_task_invocations(*IDS)


def test_response_error_names_path_and_request(make_client: ClientMaker) -> None:
    """The error names the member's path and the request id."""
    identities = [{}, {"StatusDetails": 5}]
    answer = Answer.of_json({"WindowExecutionTaskInvocationIdentities": identities})
    with (
        answering(answer) as server,
        make_client(server.url) as client,
        pytest.raises(ResponseError) as caught,
    ):
        client.describe_task_invocations(*IDS)
    path = "WindowExecutionTaskInvocationIdentities[1].StatusDetails"
    assert (caught.value.path, caught.value.request_id) == (path, "request-1")
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
def test_empty_body_is_a_response_error(answer: Answer, make_client: ClientMaker) -> None:
    """A body without content or length is no answer, on either decode path."""
    with (
        answering(answer) as server,
        make_client(server.url) as client,
        pytest.raises(ResponseError),
    ):
        client.describe_task_invocations(*IDS)


@pytest.mark.parametrize("status", [200, 201, 299])
def test_error_document_in_a_2xx_answer_is_a_response_error(status: int) -> None:
    """For a client built here, ``__type`` marks an error document, whatever else is in it."""
    answer = Answer.of_json({"__type": "InternalServerError", "Status": "SUCCESS"}, status)
    with (
        answering(answer) as server,
        built(server.url) as client,
        pytest.raises(ResponseError, match="an error document"),
    ):
        client.get_task_execution(*IDS)


def test_chunked_body_that_is_no_answer_is_a_response_error(make_client: ClientMaker) -> None:
    """A chunked body that is no JSON is no answer, on either decode path."""
    chunked = {"Transfer-Encoding": "chunked"}
    answer = Answer(b"9\r\n<secret/>\r\n0\r\n\r\n", headers=chunked)
    with (
        answering(answer) as server,
        make_client(server.url, **NO_RETRY) as client,
        pytest.raises(ResponseError),
    ):
        client.get_task_execution(*IDS)


def test_bad_content_length_is_ignored(make_client: ClientMaker) -> None:
    """A Content-Length that is not a number does not stop a good answer."""
    answer = Answer(b'{"Status": "SUCCESS"}', headers={"Content-Length": "some"})
    with answering(answer) as server, make_client(server.url) as client:
        assert client.get_task_execution(*IDS).succeeded


def test_empty_body_of_unknown_length_is_not_retried() -> None:
    """Only a body shorter than its Content-Length is requested again."""
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
def test_existing_client_s_empty_answer_is_accepted(metadata: dict[str, Any]) -> None:
    """An existing client's answer may have no member if it came without HTTP or was ``{}``."""
    client = MaintenanceWindowClient(FakeSsmClient(task={"ResponseMetadata": metadata}))
    assert client.get_task_execution(*IDS) == TaskExecution()


@pytest.mark.parametrize(
    ("status", "length"), [(200, "0"), (200, "1"), (200, "3"), (200, "?"), (204, "2")]
)
def test_existing_client_s_lost_answer_is_a_response_error(status: int, length: str) -> None:
    """An existing client's answer of another length and without members was lost."""
    metadata = {"HTTPStatusCode": status, "HTTPHeaders": {"content-length": length}}
    client = MaintenanceWindowClient(FakeSsmClient(task={"ResponseMetadata": metadata}))
    with pytest.raises(ResponseError, match="no member of TaskExecution is there"):
        client.get_task_execution(*IDS)


def test_built_client_skips_botocore_s_validation() -> None:
    """A client built here skips botocore's parameter validation."""
    with answering(Answer.of_json({})) as server:
        client = boto.build_client(
            session=None,
            region_name=None,
            profile_name=None,
            endpoint_url=server.url,
            config=None,
            attempts=1,
        )
        client.get_maintenance_window_execution_task()
    assert [request.members for request in server.requests] == [{}]


@pytest.mark.slow
def test_bodies_are_read_alike_with_and_without_orjson() -> None:
    """Every body is read in the same way with and without orjson."""
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
    assert len(printed[0].splitlines()) == len(bodies)


def test_service_error_has_its_class_and_data(make_client: ClientMaker) -> None:
    """An error answer raises the class of its code, with AWS's data."""
    with (
        answering(Answer.of_error("DoesNotExistException")) as server,
        make_client(server.url) as client,
        pytest.raises(DoesNotExistError) as caught,
    ):
        client.get_task_execution(*IDS)
    error = caught.value
    assert isinstance(error, ClientError)
    assert (error.code, error.message) == ("DoesNotExistException", "an error of the test server")
    assert (error.request_id, error.http_status) == ("request-1", 400)
    assert error.operation_name == "GetMaintenanceWindowExecutionTask"
    assert pickle.loads(pickle.dumps(error)).response == error.response


def test_unknown_code_is_a_service_error(make_client: ClientMaker) -> None:
    """An unknown code raises a plain `ServiceError` with that code."""
    with (
        answering(Answer.of_error("SomethingNew")) as server,
        make_client(server.url) as client,
        pytest.raises(ServiceError) as caught,
    ):
        client.get_task_execution(*IDS)
    assert (type(caught.value), caught.value.code) == (ServiceError, "SomethingNew")


def test_http_429_is_throttling(make_client: ClientMaker) -> None:
    """A proxy's 429 without AWS's code is a `ThrottlingError`."""
    with (
        answering(Answer(b"", status=429)) as server,
        make_client(server.url, **NO_RETRY) as client,
        pytest.raises(ThrottlingError) as caught,
    ):
        client.get_task_execution(*IDS)
    assert caught.value.is_throttling


@pytest.mark.slow
@pytest.mark.parametrize("status", [300, 304, 400, 407, 500, 503])
@pytest.mark.parametrize(
    "body", [b'["secret"]', b'"secret"', b"null", b"3", b"secret \xfc", b'{"__type": 3}', b""]
)
def test_unreadable_error_answer_keeps_its_status(
    body: bytes, status: int, make_client: ClientMaker
) -> None:
    """An error answer that botocore cannot parse is a `ServiceError` with status and request."""
    headers = {"x-amzn-requestid": "request-x"}
    with (
        answering(Answer(body if status != 304 else b"", status=status, headers=headers)) as server,
        make_client(server.url, **NO_RETRY) as client,
        pytest.raises(ServiceError) as caught,
    ):
        client.get_task_execution(*IDS)
    assert caught.value.http_status == status
    assert caught.value.is_transient is (status >= 500)
    assert "secret" not in repr(vars(caught.value)) or body == b"secret \xfc"


def test_transient_error_is_retried(make_client: ClientMaker) -> None:
    """A transient error is retried until the call succeeds."""

    def answer_at_third(_request: Request) -> Answer:
        if len(server.requests) < 3:
            return Answer.of_error("InternalServerError", 500)
        return Answer.of_json({"Status": "SUCCESS"})

    with answering(answer_at_third) as server, make_client(server.url) as client:
        assert client.get_task_execution(*IDS).succeeded
    assert len(server.requests) == 3


def test_persistent_error_is_raised_after_the_attempts(make_client: ClientMaker) -> None:
    """When the attempts are used up, the last error is raised."""
    with (
        answering(Answer.of_error("InternalServerError", 500)) as server,
        make_client(server.url, retries={"total_max_attempts": 2}) as client,
        pytest.raises(InternalServerError),
    ):
        client.get_task_execution(*IDS)
    assert len(server.requests) == 2


def test_connection_error_is_botocore_s(make_client: ClientMaker) -> None:
    """botocore's connection errors pass through unchanged."""
    with answering(Answer(b"")) as server:
        pass
    with (
        make_client(server.url, **NO_RETRY) as client,
        pytest.raises(EndpointConnectionError),
    ):
        client.get_task_execution(*IDS)


def test_credential_error_is_botocore_s(monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore's credential errors pass through unchanged."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with (
        MaintenanceWindowClient(endpoint_url="http://127.0.0.1:1") as client,
        pytest.raises(NoCredentialsError),
    ):
        client.get_task_execution(*IDS)


def test_error_of_the_caller_s_handler_passes_through() -> None:
    """An error of the caller's own event handler passes through unchanged."""

    def fail(**_: Any) -> None:
        raise RuntimeError("the caller's own")

    ssm = plain(endpoint_url="http://127.0.0.1:1")
    ssm.meta.events.register("before-send.ssm.*", fail)
    with pytest.raises(RuntimeError, match="the caller's own"):
        MaintenanceWindowClient(ssm).get_task_execution(*IDS)


def test_stubbed_client_works() -> None:
    """A client under botocore's Stubber returns the stubbed answer."""
    ssm = plain()
    with Stubber(ssm) as stubber:
        expected = {"WindowExecutionId": IDS[0], "TaskId": IDS[1]}
        answer = {"StartTime": datetime(2026, 5, 1, tzinfo=UTC), "Type": "LAMBDA"}
        stubber.add_response("get_maintenance_window_execution_task", answer, expected)
        task = MaintenanceWindowClient(ssm).get_task_execution(*IDS)
    assert task == structure(answer, TaskExecution)
