"""No request leaves this process while a mock is active."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import RefreshableCredentials
from botocore.httpsession import URLLib3Session
from botocore.session import Session

from ssm_mwx import MaintenanceWindowClient, ThrottlingError
from ssm_mwx.testing import ExecutionStore, mock_maintenance_windows, serve
from tests.support.clients import plain
from tests.support.servers import Answer, AnswerServer, answering


@pytest.fixture(name="elsewhere")
def _elsewhere() -> Generator[AnswerServer, None, None]:
    """Run a server that stands for a real endpoint or a proxy, and must not be asked."""
    with answering(Answer.of_error("Elsewhere")) as server:
        yield server
        assert server.requests == []


def _works(client: MaintenanceWindowClient, executions: ExecutionStore) -> bool:
    task = executions.add_task(status="SUCCESS")
    return client.get_task_execution(*task.task_ids).succeeded


ENVIRONMENTS = [
    {"AWS_ENDPOINT_URL": "{url}"},
    {"AWS_ENDPOINT_URL_SSM": "{url}/prefix"},
    {"AWS_ENDPOINT_URL_SSM": "https://vpce-1.ssm.eu-west-1.vpce.amazonaws.com"},
    {"AWS_USE_FIPS_ENDPOINT": "true"},
    {"AWS_USE_DUALSTACK_ENDPOINT": "true"},
    {"HTTP_PROXY": "{url}", "HTTPS_PROXY": "{url}"},
    {"AWS_PROFILE": "prod"},
    {"AWS_DEFAULT_PROFILE": "prod"},
    {"AWS_CA_BUNDLE": "/no/such/file"},
    {"MOTO_ACCOUNT_ID": "111122223333"},
]


@pytest.mark.slow
@pytest.mark.parametrize("made", ["before", "within"])
@pytest.mark.parametrize("environment", ENVIRONMENTS, ids="-".join)
def test_mock_answers_whatever_the_environment(
    made: str,
    environment: dict[str, str],
    elsewhere: AnswerServer,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """The environment leads no client elsewhere, made before the mock or within."""
    profile = f"[profile prod]\nregion = eu-west-1\nendpoint_url = {elsewhere.url}\n"
    (tmp_path / "config").write_text(profile)
    for name, value in environment.items():
        monkeypatch.setenv(name, value.format(url=elsewhere.url))
    client = MaintenanceWindowClient() if made == "before" else None
    with mock_maintenance_windows() as executions:
        assert _works(client or MaintenanceWindowClient(), executions)


@pytest.mark.parametrize("variable", ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"])
def test_mock_ignores_a_profile_that_is_missing(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A profile of the environment need not exist within the mock."""
    monkeypatch.setenv(variable, "missing")
    with mock_maintenance_windows() as executions:
        assert _works(MaintenanceWindowClient(), executions)


@pytest.mark.slow
def test_mock_ignores_the_server_mode_of_moto(elsewhere: AnswerServer) -> None:
    """A setting that sends moto's own mock to a server in another process changes nothing."""
    code = """
from ssm_mwx import MaintenanceWindowClient
from ssm_mwx.testing import mock_maintenance_windows
with mock_maintenance_windows() as executions:
    task = executions.add_task(status="SUCCESS")
    print(MaintenanceWindowClient().get_task_execution(*task.task_ids).status)
"""
    mode = {"TEST_SERVER_MODE": "true", "TEST_SERVER_MODE_ENDPOINT": elsewhere.url}
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, env={**os.environ, **mode}
    )
    assert printed.stdout.strip() == b"SUCCESS"


@pytest.mark.parametrize("made", ["before", "within"])
def test_mock_answers_a_client_with_an_endpoint(made: str, elsewhere: AnswerServer) -> None:
    """An endpoint or a proxy that is given to the client leads nowhere else either."""
    arguments: dict[str, Any] = {
        "endpoint_url": elsewhere.url,
        "config": Config(proxies={"http": elsewhere.url}),
    }
    client = MaintenanceWindowClient(**arguments) if made == "before" else None
    with mock_maintenance_windows() as executions:
        assert _works(client or MaintenanceWindowClient(**arguments), executions)


def test_mock_answers_other_services_whatever_the_endpoint(elsewhere: AnswerServer) -> None:
    """moto's other services answer at any endpoint too, for presigned URLs as well."""
    with mock_maintenance_windows():
        config = Config(signature_version="s3v4")
        s3 = plain("s3", endpoint_url=elsewhere.url, region_name="us-east-1", config=config)
        s3.create_bucket(Bucket="reports")
        s3.put_object(Bucket="reports", Key="one", Body=b"content")
        url = s3.generate_presigned_url("get_object", Params={"Bucket": "reports", "Key": "one"})
        response = URLLib3Session().send(AWSRequest("GET", url).prepare())
        assert response.content == b"content"


@pytest.mark.slow
@pytest.mark.slow
def test_mock_answers_a_client_older_than_moto() -> None:
    """A client that was made before moto was imported is under the mock, even a retried call."""
    code = """
import socket
def refuse(host, *_, **__):
    raise OSError(f"a request left the process for {host}")
socket.getaddrinfo = refuse
from ssm_mwx import MaintenanceWindowClient
client = MaintenanceWindowClient(region_name="eu-west-1")
from ssm_mwx.testing import mock_maintenance_windows
with mock_maintenance_windows() as executions:
    task = executions.add_task(status="SUCCESS", region_name="eu-west-1")
    executions.fail_next("InternalServerError")
    print(client.get_task_execution(*task.task_ids).status)
"""
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert printed.stdout.strip() == b"SUCCESS"


def test_mock_answers_a_client_without_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that found no credentials before the mock needs none within."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    client = MaintenanceWindowClient()
    with mock_maintenance_windows() as executions:
        assert _works(client, executions)


def test_mock_does_not_refresh_credentials() -> None:
    """Expired credentials of a client are not refreshed, which would need a real call."""

    def refresh() -> dict[str, str]:
        raise AssertionError("refreshed")  # pragma: no cover

    expired = RefreshableCredentials(
        "key", "secret", "token", datetime.now(UTC) - timedelta(hours=1), refresh, "sso"
    )
    session: Any = Session()
    session._credentials = expired
    client = MaintenanceWindowClient(session=boto3.Session(botocore_session=session))
    with mock_maintenance_windows() as executions:
        assert _works(client, executions)


@pytest.mark.parametrize(
    ("more", "account"), [("", "111122223333"), ("mfa_serial = arn:of:mfa", "123456789012")]
)
def test_mock_assumes_role_of_a_profile(tmp_path: Path, more: str, account: str) -> None:
    """A role leads to its own account, unless somebody would have to type a code."""
    (tmp_path / "config").write_text(
        "[profile hub]\naws_access_key_id = key\naws_secret_access_key = secret\n"
        "[profile spoke]\nrole_arn = arn:aws:iam::111122223333:role/Reader\n"
        f"source_profile = hub\n{more}\n"
    )
    with mock_maintenance_windows() as executions:
        task = executions.add_task(account_id=account)
        client = MaintenanceWindowClient(profile_name="spoke")
        assert client.get_task_execution(*task.task_ids) == task


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/path?token=secret",
        "https://portal.sso.eu-west-1.amazonaws.com/federation/credentials",
        "http://169.254.170.2/v2/credentials",
    ],
)
def test_mock_refuses_what_moto_cannot_answer(url: str) -> None:
    """A request of botocore for anything else is refused with the reason."""
    with (
        mock_maintenance_windows(),
        pytest.raises(RuntimeError, match="no request may leave this process") as caught,
    ):
        URLLib3Session().send(AWSRequest("GET", url).prepare())
    assert "secret" not in str(caught.value)


def test_mock_refuses_a_service_that_moto_lacks() -> None:
    """A service that moto does not have is refused, not asked."""
    with mock_maintenance_windows(), pytest.raises(RuntimeError, match="ssm-contacts"):
        plain("ssm-contacts").list_contacts()


def test_mock_answers_requests_to_aws_only() -> None:
    """The package ``requests`` gets moto's answer for AWS, and other hosts are left to it."""
    headers = {
        "X-Amz-Target": "AmazonSSM.DescribeMaintenanceWindows",
        "Content-Type": "application/x-amz-json-1.1",
    }
    with answering(Answer(b"elsewhere")) as server, mock_maintenance_windows():
        answers = [
            requests.post(url, headers=headers, data="{}", timeout=10).text
            for url in ("https://ssm.eu-west-1.amazonaws.com/", server.url)
        ]
    assert ("WindowIdentities" in answers[0], answers[1]) == (True, "elsewhere")


def test_mock_ends_for_an_older_client() -> None:
    """After the mock a client goes to its own endpoint again."""
    with answering(Answer.of_error("ThrottlingException")) as server:
        config = Config(retries={"total_max_attempts": 1})
        client = MaintenanceWindowClient(endpoint_url=server.url, config=config, retry_timeout=0)
        with mock_maintenance_windows() as executions:
            task = executions.add_task()
            client.get_task_execution(*task.task_ids)
        with pytest.raises(ThrottlingError):
            client.get_task_execution(*task.task_ids)
        assert len(server.requests) == 1


def test_server_is_reached_within_its_own_mock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests to a server of this process go over HTTP, past any proxy; others do not."""
    with answering(Answer.of_error("Elsewhere")) as proxy, serve() as server, serve() as second:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        port = server.url.rpartition(":")[2]
        for url in (server.url, second.url, f"http://localhost:{port}"):
            assert _connection_of_answer(url) == "close"
        elsewhere = f"http://elsewhere.example:{port}"
        assert _connection_of_answer(elsewhere) is None
        assert proxy.requests == []


def _connection_of_answer(url: str) -> str | None:
    """Return a header that only a real server sends."""
    answer = plain(endpoint_url=url).describe_maintenance_windows()
    return dict(answer["ResponseMetadata"]["HTTPHeaders"]).get("connection")
