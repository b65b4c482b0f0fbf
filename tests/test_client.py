"""The client: how it is built, what it sends, and which arguments it refuses."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.config import Config

from ssm_mwx import InvalidRequestError, MaintenanceWindowClient
from tests.conftest import ClientMaker
from tests.support.clients import plain
from tests.support.fakes import IDS
from tests.support.servers import Answer, Request, answering

EMPTY_PAGE = Answer.of_json({"WindowExecutionTaskInvocationIdentities": [], "NextToken": ""})
PROFILE = "[profile {}]\naws_access_key_id = AKIA\naws_secret_access_key = made-up\n{}\n"
FAILING = Answer.of_error("InternalServerError", 500)


@pytest.fixture(name="quick_retries")
def _quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make botocore's delays between attempts take no time."""
    waits: list[float] = []
    monkeypatch.setattr("botocore.endpoint.time.sleep", waits.append)


def _attempts(**arguments: Any) -> int:
    """Return how often a client built with `arguments` tries a call that always fails."""
    with answering(FAILING) as server:
        client = MaintenanceWindowClient(endpoint_url=server.url, retry_timeout=0, **arguments)
        with client, pytest.raises(Exception, match="InternalServerError"):
            client.get_task_execution(*IDS)
    return len(server.requests)


def _user_agent(**arguments: Any) -> str:
    with (
        answering(EMPTY_PAGE) as server,
        MaintenanceWindowClient(endpoint_url=server.url, **arguments) as client,
    ):
        client.describe_task_invocations(*IDS)
    return server.requests[0].headers["user-agent"]


@pytest.mark.usefixtures("quick_retries")
def test_attempts_default_to_eight() -> None:
    """If botocore does the retries, a call is tried 8 times by default."""
    assert _attempts() == 8


def test_botocore_tries_once_between_our_retries() -> None:
    """The library's own retries ask botocore for a single attempt."""
    with answering(FAILING) as server:
        client = MaintenanceWindowClient(endpoint_url=server.url)
        attempts = client.boto_client.meta.config.retries["total_max_attempts"]
    assert attempts == 1


@pytest.mark.usefixtures("quick_retries")
def test_attempts_follow_the_caller_s_config() -> None:
    """The caller's `config` sets the number of attempts."""
    assert _attempts(config=Config(retries={"total_max_attempts": 2})) == 2
    assert _attempts(config=Config(retries={"max_attempts": 2})) == 3


@pytest.mark.usefixtures("quick_retries")
def test_attempts_keep_the_default_with_a_retry_mode() -> None:
    """A retry mode without a number keeps the default number."""
    assert _attempts(config=Config(retries={"mode": "adaptive"})) == 8


@pytest.mark.usefixtures("quick_retries")
def test_attempts_follow_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """``AWS_MAX_ATTEMPTS`` sets the number of attempts."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
    assert _attempts() == 2


@pytest.mark.usefixtures("quick_retries")
def test_attempts_follow_the_profile(tmp_path: Path) -> None:
    """``max_attempts`` of the profile sets the number of attempts."""
    (tmp_path / "config").write_text(PROFILE.format("few", "max_attempts = 2"))
    assert _attempts(profile_name="few") == 2


@pytest.mark.usefixtures("quick_retries")
def test_attempts_follow_the_session_s_config() -> None:
    """The session's default client config applies, and the session is not altered."""
    botocore_session: Any = botocore.session.get_session()
    session = boto3.Session(botocore_session=botocore_session)
    config = Config(retries={"total_max_attempts": 2}, user_agent_extra="theirs/1")
    botocore_session.set_default_client_config(config)
    assert _attempts(session=session) == 2
    assert botocore_session.get_default_client_config() is config
    assert "theirs/1 ssm_mwx/" in _user_agent(session=session)


def test_user_agent_names_the_library() -> None:
    """Requests carry ``ssm_mwx/<version>`` after the caller's own name."""
    ours = f"ssm_mwx/{version('ssm_mwx')}"
    assert ours in _user_agent()
    assert f"mine/2 {ours}" in _user_agent(config=Config(user_agent_extra="mine/2"))


def test_existing_client_is_not_altered() -> None:
    """An existing client keeps its user agent, and is neither altered nor closed."""
    with answering(EMPTY_PAGE) as server:
        ssm = plain(endpoint_url=server.url)
        with MaintenanceWindowClient(ssm) as client:
            client.describe_task_invocations(*IDS)
        raw = ssm.describe_maintenance_window_execution_task_invocations(
            WindowExecutionId=IDS.window_execution_id, TaskId=IDS.task_execution_id
        )
    assert "ssm_mwx" not in server.requests[0].headers["user-agent"]
    assert raw["WindowExecutionTaskInvocationIdentities"] == []


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("session", boto3.Session()),
        ("region_name", "eu-west-1"),
        ("profile_name", "other"),
        ("endpoint_url", "http://127.0.0.1:1"),
        ("config", Config()),
    ],
)
def test_existing_client_excludes_the_other_arguments(argument: str, value: Any) -> None:
    """Arguments that an existing client would ignore are refused."""
    ssm = plain()
    with pytest.raises(InvalidRequestError, match="None beside an existing client") as caught:
        MaintenanceWindowClient(ssm, **{argument: value})
    assert caught.value.argument == argument


def test_session_excludes_a_profile() -> None:
    """A session has its own profile, so that a profile is refused beside it."""
    with pytest.raises(InvalidRequestError, match="profile_name"):
        MaintenanceWindowClient(session=boto3.Session(), profile_name="other")


def _region(request: Request) -> str:
    return request.headers["authorization"].split("/")[2]


def test_client_is_built_from_session_default_session_or_profile(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The session goes before boto3's default session, and a Region before both."""
    (tmp_path / "config").write_text(PROFILE.format("far", "region = ap-south-1"))
    with answering(EMPTY_PAGE) as server:

        def call(**arguments: Any) -> str:
            with MaintenanceWindowClient(endpoint_url=server.url, **arguments) as client:
                client.describe_task_invocations(*IDS)
            return _region(server.requests[-1])

        assert call() == "eu-west-1"
        boto3.setup_default_session(region_name="us-west-2")
        assert call() == "us-west-2"
        session = boto3.Session(region_name="sa-east-1")
        assert call(session=session) == "sa-east-1"
        assert call(session=session, region_name="ca-central-1") == "ca-central-1"
        monkeypatch.delenv("AWS_DEFAULT_REGION")
        assert call(profile_name="far") == "ap-south-1"


def test_client_sets_up_no_default_session() -> None:
    """Building a client does not set up boto3's default session."""
    MaintenanceWindowClient().close()
    assert boto3.DEFAULT_SESSION is None


def test_arguments_become_members_of_the_request(make_client: ClientMaker) -> None:
    """Arguments become members of the request, and absent ones are left out."""
    with answering(EMPTY_PAGE) as server, make_client(server.url) as client:
        client.describe_task_invocations(*IDS)
        client.describe_task_invocations(*IDS, statuses="FAILED", max_results=10, next_token="abc")
        client.describe_task_invocations(*IDS, statuses=["FAILED", "TIMED_OUT", "FAILED"])
        list(client.iter_task_invocations(*IDS, starting_token="abc"))
    ids = {"WindowExecutionId": IDS[0], "TaskId": IDS[1]}
    filters = [{"Key": "STATUS", "Values": ["FAILED"]}]
    two = [{"Key": "STATUS", "Values": ["FAILED", "TIMED_OUT"]}]
    assert [request.members for request in server.requests] == [
        ids,
        {**ids, "Filters": filters, "MaxResults": 10, "NextToken": "abc"},
        {**ids, "Filters": two},
        {**ids, "MaxResults": 100, "NextToken": "abc"},
    ]


def test_iteration_checks_arguments_at_the_call() -> None:
    """`iter_task_invocations` refuses bad arguments at the call, and makes no request."""
    with answering(EMPTY_PAGE) as server:
        client = MaintenanceWindowClient(endpoint_url=server.url)
        with client, pytest.raises(InvalidRequestError, match=r"page_size must be .* got 101"):
            client.iter_task_invocations(*IDS, page_size=101)
    assert server.requests == []
