"""Clients, their methods and pagers on their way to other processes."""

from __future__ import annotations

import asyncio
import pickle
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from ssm_mwx import (
    AsyncMaintenanceWindowClient,
    MaintenanceWindowClient,
    TaskInvocationPager,
    ThrottlingError,
)
from ssm_mwx.testing import Server, samples, serve
from tests.support.clients import plain
from tests.support.fakes import IDS
from tests.support.servers import Answer, answering


@pytest.fixture(name="server", scope="module")
def _server() -> Any:
    with serve() as server:
        yield server


def _copy(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


def _get_task(client: Any) -> None:
    if isinstance(client, AsyncMaintenanceWindowClient):
        asyncio.run(client.get_task_execution(*IDS))
    else:
        client.get_task_execution(*IDS)


def test_client_pickles_as_its_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy is built from the same arguments when it is first used; no credential is in it."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-the-environment")
    client = MaintenanceWindowClient(
        region_name="eu-north-1",
        endpoint_url="http://127.0.0.1:9",
        config=Config(read_timeout=7),
        retry_timeout=5,
    )
    dump = pickle.dumps(client)
    copy: MaintenanceWindowClient = pickle.loads(dump)
    meta = copy.boto_client.meta

    assert b"secret-of-the-environment" not in dump
    assert b"EXAMPLE" not in dump
    assert (meta.region_name, meta.endpoint_url) == ("eu-north-1", "http://127.0.0.1:9")
    assert meta.config.read_timeout == 7
    assert copy.boto_client is not client.boto_client


@pytest.mark.slow
@pytest.mark.parametrize("kind", [MaintenanceWindowClient, AsyncMaintenanceWindowClient])
def test_profile_and_retry_timeout_travel(
    kind: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy has the profile, and so its Region and credentials, and retries for as long."""
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    (tmp_path / "config").write_text(
        "[profile prod]\nregion = ap-south-1\n"
        "aws_access_key_id = key-of-profile\naws_secret_access_key = secret-of-profile\n"
    )
    answer = Answer.of_error("ThrottlingException")
    with answering(answer) as server:
        url = server.url
        original = kind(profile_name="prod", endpoint_url=url, retry_timeout=timedelta(seconds=0.1))
        with pytest.raises(ThrottlingError):
            _get_task(original)  # has its credentials now
        dump = pickle.dumps(original)
        before = len(server.requests)
        with pytest.raises(ThrottlingError):
            _get_task(pickle.loads(dump))
        requests = server.requests[before:]

    assert b"secret-of-profile" not in dump
    assert len(requests) > 1
    assert "Credential=key-of-profile/" in requests[0].headers["authorization"]
    assert "/ap-south-1/ssm/" in requests[0].headers["authorization"]


def test_copy_is_built_when_it_is_first_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy needs no configuration until it is used."""
    dump = pickle.dumps(MaintenanceWindowClient(region_name="eu-north-1", profile_name=None))
    monkeypatch.setattr(boto3, "Session", None)
    copy: MaintenanceWindowClient = pickle.loads(dump)

    with pytest.raises(TypeError, match="NoneType"):
        _ = copy.boto_client


@pytest.mark.parametrize(
    "client",
    [
        MaintenanceWindowClient(plain(region_name="us-east-1")),
        MaintenanceWindowClient(session=boto3.Session(region_name="us-east-1")),
        AsyncMaintenanceWindowClient(plain(region_name="us-east-1")),
    ],
    ids=["client", "session", "async"],
)
def test_client_of_a_client_or_session_does_not_pickle(client: object) -> None:
    """The error says what to build a client from instead."""
    with pytest.raises(TypeError, match="build it from region_name, profile_name"):
        pickle.dumps(client)


def test_pager_pickles_with_its_place(server: Server) -> None:
    """A copy of a pager has its place, and iterates from the beginning."""
    task = server.executions.add_run(*samples.patch_run(targets=25))
    client = MaintenanceWindowClient(endpoint_url=server.url)
    pager = client.iter_task_invocations(*task.task_ids, page_size=10)
    pages = pager.pages()
    next(pages)
    next(pages)

    copy = _copy(pager)

    assert isinstance(copy, TaskInvocationPager)
    assert copy.resume_token == pager.resume_token is not None
    assert list(copy) == list(pager)
    rest = client.iter_task_invocations(*task.task_ids, starting_token=_copy(pager).resume_token)
    assert rest.resume_token is None or len(list(rest)) <= 25


def test_async_client_and_its_pager_pickle(server: Server) -> None:
    """The async client travels as the sync client does."""
    task = server.executions.add_run(*samples.patch_run(targets=12))
    client = _copy(AsyncMaintenanceWindowClient(endpoint_url=server.url))

    async def count() -> int:
        pager = _copy(client.iter_task_invocations(*task.task_ids))
        return len([item async for item in pager])

    assert asyncio.run(count()) == 12


@pytest.mark.slow
def test_bound_method_runs_in_other_processes(server: Server) -> None:
    """``executor.map(client.report, …)`` runs on fresh processes, with equal results."""
    tasks = [
        server.executions.add_run(*samples.patch_run(targets=5, seed=seed)) for seed in range(4)
    ]
    client = MaintenanceWindowClient(endpoint_url=server.url)
    columns = list(zip(*(task.task_ids for task in tasks), strict=True))

    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        reports = list(pool.map(client.report, *columns))

    assert reports == [client.report(*task.task_ids) for task in tasks]
