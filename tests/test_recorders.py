"""What recorders of boto3's calls see of a client, and what they can replay to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import boto3
import pytest

from ssm_mwx import MaintenanceWindowClient, TaskInvocation
from ssm_mwx.testing import Server, samples, serve
from tests.support.clients import plain

Make = Callable[[Any, str], MaintenanceWindowClient]


def _built(session: Any, url: str) -> MaintenanceWindowClient:
    return MaintenanceWindowClient(session=session, endpoint_url=url, retry_timeout=0)


def _existing(session: Any, url: str) -> MaintenanceWindowClient:
    return MaintenanceWindowClient(session.client("ssm", endpoint_url=url), retry_timeout=0)


@pytest.fixture(name="server")
def _server() -> Any:
    with serve() as server:
        yield server


def test_after_call_sees_the_answer_of_aws(server: Server) -> None:
    """A handler of ``after-call`` gets the members that AWS sent, and nothing of this library."""
    ids = server.executions.add_run(*samples.tag_run(nodes=5)).task_ids
    seen: list[dict[str, Any]] = []
    session: Any = boto3.Session()

    def observe(parsed: dict[str, Any], **_: object) -> None:
        seen.append(parsed)

    session.events.register("after-call.ssm", observe)

    _built(session, server.url).get_task_execution(*ids)

    (answer,) = seen
    expected = plain(endpoint_url=server.url).get_maintenance_window_execution_task(
        WindowExecutionId=ids.window_execution_id, TaskId=ids.task_execution_id
    )
    assert answer.keys() == expected.keys()
    times = {"StartTime", "EndTime"}
    for member in expected.keys() - times - {"ResponseMetadata"}:
        assert answer[member] == expected[member]
    for member in times:
        assert answer[member] == expected[member].timestamp()


@pytest.mark.slow
@pytest.mark.parametrize("replay", [_built, _existing])
@pytest.mark.parametrize("record", [_built, _existing])
def test_placebo_replays_what_it_recorded(
    server: Server, record: Make, replay: Make, tmp_path: Path
) -> None:
    """A report that placebo recorded is replayed without AWS, to both kinds of clients."""
    ids = server.executions.add_run(*samples.instance_run(nodes=70)).task_ids
    placebo = import_module("placebo")
    session: Any = boto3.Session()
    placebo.attach(session, data_path=str(tmp_path)).record()
    recorded = record(session, server.url).report(*ids)

    other: Any = boto3.Session()
    placebo.attach(other, data_path=str(tmp_path)).playback()
    replayed = replay(other, "http://127.0.0.1:9").report(*ids)

    assert replayed.task == recorded.task
    assert replayed.invocations == recorded.invocations
    assert isinstance(replayed.invocations[0], TaskInvocation)


def test_placebo_records_members_by_their_names(server: Server, tmp_path: Path) -> None:
    """A file of placebo holds AWS's members alone."""
    ids = server.executions.add_run(*samples.patch_run(targets=3)).task_ids
    session: Any = boto3.Session()
    import_module("placebo").attach(session, data_path=str(tmp_path)).record()

    list(_built(session, server.url).iter_task_invocations(*ids))

    (file,) = tmp_path.iterdir()
    assert json.loads(file.read_bytes())["data"].keys() == {
        "WindowExecutionTaskInvocationIdentities",
        "NextToken",
        "ResponseMetadata",
    }
