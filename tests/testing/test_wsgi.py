"""The test server refuses web pages and moto's own API, and its errors have AWS's form."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.ssm.responses import SimpleSystemManagerResponse

from ssm_mwx import MaintenanceWindowClient, TaskExecution
from ssm_mwx.testing import Server, serve
from tests.support.clients import plain
from tests.testing import raw_http
from tests.testing.raw_http import Response

GET = "GetMaintenanceWindowExecutionTask"
NO_RETRY = Config(retries={"total_max_attempts": 1})

Get = Callable[..., Response]


@pytest.fixture(name="get")
def _get(server: Server, task: TaskExecution) -> Get:
    """Return a function that gets the stored task, with further headers."""
    members = {"WindowExecutionId": task.window_execution_id, "TaskId": task.task_execution_id}

    def get(**headers: str) -> Response:
        return raw_http.call(server.url, GET, members, **headers)

    return get


def _port(server: Server) -> str:
    return server.url.rpartition(":")[2]


def _assert_refused(response: Response, reason: str) -> None:
    assert (response.status, response.document["__type"]) == (403, "AccessDeniedException")
    assert reason in response.document["message"]
    assert [name for name in response.headers if name.startswith("access-control")] == []


@pytest.mark.parametrize(
    "host",
    [
        "rebound.evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "10.0.0.5",
        "ssm.eu-west-1.amazonaws.com",
        "[half",
        "",
    ],
)
def test_server_refuses_other_host_names(get: Get, server: Server, host: str) -> None:
    """Only requests to its own host names are answered, on whatever port they were sent to."""
    for name in (host, f"{host}:{_port(server)}"):
        _assert_refused(get(Host=name), "Host must be a name of this server")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "LOCALHOST", "s3.localhost", "[::1]"])
def test_server_answers_its_own_host_names(get: Get, host: str) -> None:
    """Loopback addresses and ``localhost`` are its own names, on any port of a forwarder."""
    assert get(Host=f"{host}:1234").status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:3000"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
def test_server_refuses_web_pages(get: Get, headers: dict[str, str]) -> None:
    """A request that a page of another origin causes is refused, with no CORS header."""
    _assert_refused(get(**headers), "web pages may not use this server")


def test_server_refuses_preflight_requests(server: Server) -> None:
    """A browser that asks whether a page may send its request is refused."""
    headers = {"Origin": "https://evil.example", "Access_Control_Request_Method": "POST"}
    _assert_refused(raw_http.send(server.url, "OPTIONS", "/", b"", **headers), "web pages")


def test_server_answers_its_own_origin(get: Get, server: Server) -> None:
    """A request of its own origin is answered, and no answer carries a CORS header."""
    for response in (get(Origin=server.url, Sec_Fetch_Site="same-origin"), get()):
        assert response.status == 200
        assert [name for name in response.headers if name.startswith("access-control")] == []


@pytest.mark.parametrize(
    "path",
    [
        "/moto-api/",
        "/moto-api/data.json",
        "/moto-api/reset",
        "/%6doto-api/reset",
        "/moto-api/recorder/upload-recording",
    ],
)
def test_server_refuses_the_api_of_moto(
    get: Get, server: Server, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No request empties the server, records with it or reads all of its data."""
    monkeypatch.chdir(tmp_path)
    for method in ("GET", "POST"):
        _assert_refused(raw_http.send(server.url, method, path, b"bytes"), "moto's own API")
    assert list(tmp_path.iterdir()) == []
    assert get().status == 200


# --- addresses ---


def test_server_on_all_addresses_answers_to_addresses_and_its_own_name() -> None:
    """Bound to all addresses, it answers to any address, which no web page can fake."""
    with serve(host="0.0.0.0") as server, MaintenanceWindowClient(endpoint_url=server.url) as own:
        task = server.executions.add_task(status="SUCCESS")
        assert server.url.startswith("http://127.0.0.1:")
        assert own.get_task_execution(*task.task_ids).succeeded
        for host in ("192.0.2.7", socket.gethostname()):
            assert raw_http.call(server.url, GET, {}, Host=host).status == 400
        refused = raw_http.call(server.url, GET, {}, Host="evil.example")
        _assert_refused(refused, "Host must be")


def test_server_listens_on_ipv6() -> None:
    """An IPv6 address can be bound, and stands in brackets in the URL."""
    with serve(host="::1") as server, MaintenanceWindowClient(endpoint_url=server.url) as client:
        task = server.executions.add_task(status="SUCCESS")
        assert server.url.startswith("http://[::1]:")
        assert client.get_task_execution(*task.task_ids).succeeded
    with serve(host="::") as server:
        assert server.url.startswith("http://[::1]:")


# --- errors of moto ---


@pytest.mark.slow
@pytest.mark.parametrize(
    ("service", "method", "arguments"),
    [
        ("ssm", "describe_effective_instance_associations", {"InstanceId": "i-12345678"}),
        ("sns", "list_origination_numbers", {}),
        ("ec2", "describe_fpga_images", {}),
        ("dynamodb", "list_global_tables", {}),
    ],
)
def test_server_reports_what_moto_lacks(
    server: Server, service: str, method: str, arguments: dict[str, Any]
) -> None:
    """An operation that moto does not have is an error in the form of its service."""
    client = plain(service, endpoint_url=server.url, config=NO_RETRY)
    with pytest.raises(ClientError, match="UnknownOperationException") as caught:
        getattr(client, method)(**arguments)
    assert "the fake AWS does not have" in str(caught.value)


def test_server_reports_a_failure_of_moto(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    """An exception within moto is AWS's InternalFailure, and is in the log."""

    def fail(_: object) -> None:
        raise struct.error("broken")

    with mock.patch.object(SimpleSystemManagerResponse, "describe_maintenance_windows", fail):
        response = raw_http.call(server.url, "DescribeMaintenanceWindows", {})
    assert (response.status, response.document["__type"]) == (500, "InternalFailure")
    assert response.document["Message"] == "moto failed: error: broken"
    assert "moto failed to answer a request" in caplog.text
