"""A client that is used before a fork, and after it in the parent and in its children."""

from __future__ import annotations

import os
import uuid

import pytest

from ssm_mwx import MaintenanceWindowClient, ResponseError, boto
from tests.conftest import ClientMaker
from tests.support.clients import built, existing
from tests.support.fakes import IDS
from tests.support.servers import Answer, Request, answering

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork"),
    # A process that runs tests may have threads: xdist's, polars'.
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]

CALLS = 60


def _echo(request: Request) -> Answer:
    """Answer with the ids that were asked for, as AWS does."""
    members = request.members
    return Answer.of_json(
        {
            "WindowExecutionId": members["WindowExecutionId"],
            "TaskExecutionId": members["TaskId"],
            "Status": "SUCCESS",
        }
    )


def _wrong_answers(client: MaintenanceWindowClient) -> int:
    """Return how many of many calls, each with ids of its own, get another answer."""
    wrong = 0
    for _ in range(CALLS):
        ids = (str(uuid.uuid4()), str(uuid.uuid4()))
        wrong += client.get_task_execution(*ids).task_ids != ids
    return wrong


@pytest.mark.slow
def test_client_answers_rightly_in_parent_and_children() -> None:
    """Four children and the parent share no connection: every answer is for its own question."""
    with answering(_echo) as server:
        client = built(server.url)
        assert _wrong_answers(client) == 0
        children: list[int] = []
        for _ in range(4):
            child = os.fork()
            if child == 0:  # pragma: no cover - the child's coverage is not collected
                try:
                    os._exit(min(_wrong_answers(client), 100))
                finally:
                    os._exit(101)
            children.append(child)
        wrong = [_wrong_answers(client)]
        wrong += [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    assert wrong == [0] * 5


def test_client_is_built_anew_in_a_child() -> None:
    """The child builds a boto3 client of its own, and the parent keeps its client."""
    client = MaintenanceWindowClient(region_name="us-east-1")
    before = client.boto_client
    child = os.fork()
    if child == 0:  # pragma: no cover - the child's coverage is not collected
        os._exit(int(client.boto_client is before))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert client.boto_client is before


@pytest.mark.parametrize("member", ["WindowExecutionId", "TaskExecutionId"])
@pytest.mark.parametrize("make", [built, existing])
def test_answer_to_another_request_is_refused(member: str, make: ClientMaker) -> None:
    """An answer with another id than was asked for is refused, for every client."""

    def answer(request: Request) -> Answer:
        right = {
            "WindowExecutionId": request.members["WindowExecutionId"].upper(),
            "TaskExecutionId": request.members["TaskId"].upper(),
        }
        return Answer.of_json(right | {member: "0" * 36})

    with (
        answering(answer) as server,
        make(server.url) as client,
        pytest.raises(ResponseError, match="answers another request") as caught,
    ):
        client.get_task_execution(*IDS)
    assert "0" * 36 not in str(caught.value)


def test_answer_without_ids_is_taken() -> None:
    """An answer that names no ids is taken."""
    with answering(Answer.of_json({"Status": "SUCCESS"})) as server:
        assert built(server.url).get_task_execution(*IDS).succeeded


def test_window_execution_of_another_request_is_refused() -> None:
    """GetMaintenanceWindowExecution is checked in the same way."""
    with (
        answering(Answer.of_json({"WindowExecutionId": IDS[1]})) as server,
        built(server.url) as client,
        pytest.raises(ResponseError, match="answers another request"),
    ):
        client.get_window_execution(IDS[0])


def test_forgotten_client_is_built_anew() -> None:
    """What a child does after a fork makes every client of this process anew."""
    client = MaintenanceWindowClient(region_name="us-east-1")
    before = client.boto_client
    vars(boto)["_forget_clients"]()
    assert client.boto_client is not before
    assert client.boto_client.meta.region_name == "us-east-1"
