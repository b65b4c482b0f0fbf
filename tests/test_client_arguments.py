"""What a client is made of: a boto3 client or a session, and nothing that is mistaken for one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from unittest import mock

import boto3
import botocore.session
import pytest

from ssm_mwx import AsyncMaintenanceWindowClient, InvalidRequestError, MaintenanceWindowClient
from tests.support.clients import plain
from tests.support.fakes import IDS, FakeSsmClient

CLIENTS = [MaintenanceWindowClient, AsyncMaintenanceWindowClient]
FOR_ASYNCIO = "which is for asyncio: pass one of boto3; AsyncMaintenanceWindowClient calls it in"


class _AsyncClient(FakeSsmClient):
    """Has the methods of boto3's client; as with aiobotocore, the call behind them is async."""

    async def _make_api_call(self, name: str, members: object) -> None: ...


class _AsyncContext:
    """What aiobotocore returns for a client, until ``async with`` enters it."""

    async def __aenter__(self) -> None: ...


async def _create_client() -> None: ...


class _AsyncSession(boto3.Session):
    """A session whose clients are for asyncio, as aioboto3's."""

    def __init__(self) -> None:
        super().__init__()
        vars(self)["_session"] = SimpleNamespace(_create_client=_create_client)


@pytest.mark.parametrize("make", CLIENTS)
@pytest.mark.parametrize(
    ("given", "message"),
    [
        (boto3.Session(), r"got boto3\.session\.Session: pass a boto3\.Session as session="),
        (botocore.session.get_session(), r"got .*Session: pass a boto3\.Session as session="),
        (boto3.Session, "got the class Session"),
        (FakeSsmClient, "got the class FakeSsmClient"),
        (_AsyncClient(), f"got .*_AsyncClient, {FOR_ASYNCIO}"),
        (_AsyncContext(), f"got .*_AsyncContext, {FOR_ASYNCIO}"),
        (mock.AsyncMock(), f"got .*AsyncMock, {FOR_ASYNCIO}"),
        ("eu-west-1", "got str: pass a Region as region_name=, a profile as profile_name="),
        (4, r'got int: pass boto3\.client\("ssm"\), or nothing to have one built'),
        ({"region_name": "eu-west-1"}, r'got dict: pass boto3\.client\("ssm"\)'),
        (repr, r'got builtin_function_or_method: pass boto3\.client\("ssm"\)'),
    ],
)
def test_client_of_another_kind_is_refused(make: Any, given: object, message: str) -> None:
    """What is no boto3 SSM client is refused immediately; the error says what to pass instead."""
    with pytest.raises(TypeError, match=f"client must be a boto3 SSM client, {message}"):
        make(given)


def test_client_of_another_service_is_refused() -> None:
    """A client of another service is refused by the name of that service."""
    with pytest.raises(TypeError, match=r"got botocore\.client\.EC2 of the service ec2: pass"):
        MaintenanceWindowClient(plain("ec2", region_name="us-east-1"))


def test_resource_is_refused() -> None:
    """A resource of boto3 is refused."""
    boto: Any = boto3
    with pytest.raises(TypeError, match=r"ec2\.ServiceResource: pass boto3\.client\(\"ssm\"\)"):
        MaintenanceWindowClient(boto.resource("ec2", region_name="us-east-1"))


def test_client_of_this_library_is_refused() -> None:
    """A client of this library is no boto3 client."""
    client = MaintenanceWindowClient(region_name="us-east-1")

    with pytest.raises(TypeError, match=r"got ssm_mwx\.client\.MaintenanceWindowClient: pass"):
        MaintenanceWindowClient(client)
    assert MaintenanceWindowClient(client.boto_client).boto_client is client.boto_client


def test_refusal_shows_no_value() -> None:
    """The error names the class of what is refused, since its value may be a secret."""
    with pytest.raises(TypeError) as caught:
        MaintenanceWindowClient("AKIAIOSFODNN7EXAMPLE")

    assert "AKIA" not in str(caught.value)


@pytest.mark.parametrize("given", [FakeSsmClient(), mock.Mock(), mock.MagicMock(), object()])
def test_fakes_of_tests_are_clients(given: object) -> None:
    """Fakes and mocks that tests pass are taken as they are."""
    assert MaintenanceWindowClient(given).boto_client is given


@pytest.mark.parametrize("make", CLIENTS)
@pytest.mark.parametrize(
    ("session", "message"),
    [
        ("default", "str$"),
        (botocore.session.get_session(), r"botocore\.session\.Session$"),
        (FakeSsmClient(), "FakeSsmClient$"),
        (_AsyncSession(), f"_AsyncSession, {FOR_ASYNCIO}"),
    ],
)
def test_session_of_another_kind_is_refused(make: Any, session: object, message: str) -> None:
    """What is no boto3 session is refused as `session`."""
    with pytest.raises(TypeError, match=rf"session must be a boto3\.Session, got .*{message}"):
        make(session=session)


@pytest.mark.parametrize("make", CLIENTS)
def test_config_of_another_kind_is_refused(make: Any) -> None:
    """A dict is no ``Config`` of botocore."""
    with pytest.raises(TypeError, match=r"config must be a botocore\.config\.Config, got dict$"):
        make(config={"read_timeout": 5})


@pytest.mark.parametrize(
    ("method", "ids"),
    [
        ("get_task_execution", (None, IDS[1])),
        ("get_task_execution", (IDS[0], None)),
        ("iter_task_invocations", (None, IDS[1])),
        ("describe_task_invocations", (None, IDS[1])),
        ("report", (IDS[0], None)),
        ("iter_task_executions", (None,)),
        ("get_window_execution", (None,)),
        ("iter_command_invocations", (None,)),
        ("iter_window_executions", (None,)),
    ],
)
def test_absent_id_is_refused_before_the_call(method: str, ids: tuple[str | None, ...]) -> None:
    """An id that AWS left out of an answer may be passed on, and raises before any call."""
    client = MaintenanceWindowClient(object())

    with pytest.raises(InvalidRequestError, match=r"id must be .*, got None"):
        getattr(client, method)(*ids)
