"""No frame of this library keeps an answer in its local variables when an error is raised."""

from __future__ import annotations

import asyncio
import json
import traceback
from pathlib import Path
from typing import Any

import pytest

from ssm_mwx import (
    AsyncMaintenanceWindowClient,
    MaintenanceWindowClient,
    TaskInvocation,
    load_task_invocations,
    structure,
    task_ids_from_event,
)
from tests.conftest import ClientMaker
from tests.support.fakes import IDS, SECRET
from tests.support.servers import Answer, Request, answering

ITEM = {"Parameters": SECRET, "OwnerInformation": SECRET, "StartTime": "noon"}
PAGE = {"WindowExecutionTaskInvocationIdentities": [ITEM]}
EVENT = {"source": SECRET * 50, "detail-type": "x", "detail": {"owner-information": SECRET}}
TASK = {"TaskParameters": [{"commands": {"Values": [SECRET]}}], "Status": "SUCCESS"}
BODIES = {
    "wrong type": json.dumps(PAGE | TASK | {"Status": 5}).encode(),
    "no member": json.dumps({"Other": SECRET}).encode(),
    "error document": json.dumps(PAGE | {"__type": SECRET}).encode(),
    "a list": json.dumps([SECRET]).encode(),
    "not JSON": SECRET.encode(),
    "truncated": json.dumps(PAGE | TASK).encode()[:-5],
    "another id": json.dumps(TASK | {"WindowExecutionId": SECRET} | PAGE).encode(),
}


def _secrets_in_our_frames(error: BaseException) -> list[str]:
    """Return where a tool that shows local variables would show the secret."""
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    return [
        f"{frame.filename}:{frame.name}:{name}"
        for frame in shown.stack
        for name, value in (frame.locals or {}).items()
        if "/ssm_mwx/" in frame.filename and SECRET in value
    ]


@pytest.mark.slow
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("method", ["get_task_execution", "iter_task_invocations", "report"])
def test_frames_of_a_call_hold_no_secret(
    body: bytes, method: str, make_client: ClientMaker
) -> None:
    """Whatever is wrong with an answer, our frames do not keep it."""

    def answer(request: Request) -> Answer:
        good = method == "report" and request.operation.startswith("Get")
        return Answer.of_json({"Status": "SUCCESS"}) if good else Answer(body)

    with answering(answer) as server, make_client(server.url) as client:
        call: Any = getattr(client, method)
        with pytest.raises(Exception, match=r".") as caught:
            list(call(*IDS))
        assert _secrets_in_our_frames(caught.value) == []


def test_frames_of_an_async_call_hold_no_secret() -> None:
    """The coroutine's frames do not keep the answer either."""

    async def main(url: str) -> None:
        async with AsyncMaintenanceWindowClient(endpoint_url=url, retry_timeout=0) as client:
            with pytest.raises(Exception, match=r".") as caught:
                await client.describe_task_invocations(*IDS)
            assert _secrets_in_our_frames(caught.value) == []

    with answering(Answer(BODIES["wrong type"])) as server:
        asyncio.run(main(server.url))


def test_frames_of_saved_and_given_data_hold_no_secret(tmp_path: Path) -> None:
    """Neither do those of `structure`, of the loaders and of events."""
    file = tmp_path / "saved.json"
    file.write_text(json.dumps(PAGE))
    calls: dict[str, Any] = {
        "structure": lambda: structure(ITEM, TaskInvocation),
        "load": lambda: load_task_invocations(file),
        "event": lambda: task_ids_from_event(EVENT),
    }
    found: dict[str, list[str]] = {}
    for name, call in calls.items():
        with pytest.raises(Exception, match=r".") as caught:
            call()
        found[name] = _secrets_in_our_frames(caught.value)

    assert found == {name: [] for name in calls}


def test_misuse_shows_no_value() -> None:
    """Arguments in the wrong place are described by their type."""
    client = MaintenanceWindowClient(region_name="us-east-1")
    swapped: Any = ITEM
    model: Any = TaskInvocation
    calls: list[Any] = [
        lambda: structure(model, swapped),
        lambda: client.get_task_execution(swapped, IDS[1]),
        lambda: client.describe_task_invocations(*IDS, next_token=swapped),
        lambda: client.describe_task_invocations(*IDS, statuses=swapped),
        lambda: client.wait_for_task(*IDS, timeout=swapped),
    ]
    for call in calls:
        with pytest.raises((TypeError, ValueError)) as caught:
            call()
        assert SECRET not in str(caught.value)
