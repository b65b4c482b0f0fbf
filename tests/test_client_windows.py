"""Which run, which task, which machines: the requests, and what the answers become."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from ssm_mwx import (
    NOT_SUCCEEDED,
    AsyncMaintenanceWindowClient,
    CommandInvocation,
    CommandPlugin,
    ExecutionStatus,
    InvalidRequestError,
    MaintenanceWindowClient,
    TaskExecutionIdentity,
    TaskFailedError,
    WaitTimeoutError,
    WindowExecution,
)
from tests.conftest import ClientMaker
from tests.support.clients import built
from tests.support.fakes import IDS
from tests.support.servers import Answer, AnswerServer, Request, answering

WINDOW = "mw-0123456789abcdef0"
WINDOW_EXECUTION, TASK = IDS
WEST = timezone(timedelta(hours=-5))
START = datetime(2026, 3, 10, 2, tzinfo=UTC)


def _answer(request: Request) -> Answer:
    """Answer every listing with two pages of one item each."""
    first = "NextToken" not in request.members
    token = {"NextToken": "more" if first else ""}
    name = request.operation
    if name == "DescribeMaintenanceWindowExecutions":
        item = {"WindowId": WINDOW, "WindowExecutionId": IDS[not first], "StartTime": 1.5}
        return Answer.of_json({"WindowExecutions": [item]} | token)
    if name == "DescribeMaintenanceWindowExecutionTasks":
        item = {"WindowExecutionId": WINDOW_EXECUTION, "TaskExecutionId": IDS[not first]}
        return Answer.of_json(
            {"WindowExecutionTaskIdentities": [item | {"Status": "FAILED"}]} | token
        )
    if name == "ListCommandInvocations":
        plugin = {"Name": "PatchLinux", "Status": "Failed", "ResponseCode": 1, "Output": "E: dpkg"}
        item = {"InstanceId": f"i-{int(first)}", "Status": "Failed", "TraceOutput": "trace"}
        plugins = [plugin] if request.members.get("Details") else []
        return Answer.of_json({"CommandInvocations": [item | {"CommandPlugins": plugins}]} | token)
    status = "SUCCESS" if len(_polls) > 1 else "IN_PROGRESS"
    _polls.append(status)
    return Answer.of_json(
        {"WindowExecutionId": WINDOW_EXECUTION, "TaskIds": [TASK], "Status": status}
    )


_polls: list[str] = []


@pytest.fixture(autouse=True)
def _no_polls() -> None:
    _polls.clear()


def _members(server: AnswerServer) -> list[dict[str, Any]]:
    return [request.members for request in server.requests]


def test_iter_window_executions_follows_all_pages(make_client: ClientMaker) -> None:
    """The runs of a window come from all pages, between the times that are given."""
    with answering(_answer) as server, make_client(server.url) as client:
        pager = client.iter_window_executions(
            WINDOW,
            executed_after=START,
            executed_before=START.astimezone(timezone(timedelta(hours=5))) + timedelta(days=1),
            page_size=10,
        )
        runs = list(pager)

    assert [run.window_execution_id for run in runs] == list(IDS)
    assert isinstance(runs[0], WindowExecution)
    assert runs[0].start_time == datetime(1970, 1, 1, 0, 0, 1, 500_000, UTC)
    assert pager.finished
    filters = [
        {"Key": "ExecutedAfter", "Values": ["2026-03-10T02:00:00.000Z"]},
        {"Key": "ExecutedBefore", "Values": ["2026-03-11T02:00:00.000Z"]},
    ]
    request = {"WindowId": WINDOW, "MaxResults": 10, "Filters": filters}
    assert _members(server) == [request, request | {"NextToken": "more"}]


def test_iter_task_executions_leads_to_the_task(make_client: ClientMaker) -> None:
    """The tasks of a run come from all pages, filtered by status, with their two ids."""
    with answering(_answer) as server, make_client(server.url) as client:
        tasks = list(client.iter_task_executions(WINDOW_EXECUTION, statuses=NOT_SUCCEEDED))

    assert [task.task_ids for task in tasks] == [(WINDOW_EXECUTION, id_) for id_ in IDS]
    assert isinstance(tasks[0], TaskExecutionIdentity)
    assert tasks[0].status == ExecutionStatus.FAILED
    statuses = ["FAILED", "TIMED_OUT", "CANCELLED", "CANCELLING"]
    assert _members(server)[0] == {
        "WindowExecutionId": WINDOW_EXECUTION,
        "MaxResults": 100,
        "Filters": [{"Key": "STATUS", "Values": statuses}],
    }


@pytest.mark.parametrize("details", [False, True])
def test_iter_command_invocations_brings_every_node(
    details: bool, make_client: ClientMaker
) -> None:
    """The outcome on every node comes from all pages, with its plugins if asked for."""
    with answering(_answer) as server, make_client(server.url) as client:
        nodes = list(client.iter_command_invocations(TASK, details=details))

    assert [node.instance_id for node in nodes] == ["i-1", "i-0"]
    assert isinstance(nodes[0], CommandInvocation)
    assert nodes[0].execution_status is ExecutionStatus.FAILED
    plugin = CommandPlugin(
        name="PatchLinux", status=nodes[0].status, response_code=1, output="E: dpkg"
    )
    assert nodes[0].command_plugins == ((plugin,) if details else ())
    assert "E: dpkg" not in repr(nodes)
    assert "trace" not in repr(nodes).replace("trace_output", "")
    assert _members(server)[0] == {"CommandId": TASK, "MaxResults": 50} | (
        {"Details": True} if details else {}
    )


def test_get_window_execution_has_the_ids_of_its_tasks(make_client: ClientMaker) -> None:
    """The answer's ``TaskIds`` are the ids of the task executions."""
    with answering(_answer) as server, make_client(server.url) as client:
        run = client.get_window_execution(WINDOW_EXECUTION)

    assert run.task_execution_ids == (TASK,)
    assert (run.is_terminal, run.succeeded, run.duration) == (False, False, None)


def test_wait_for_window_execution_polls_until_it_has_ended() -> None:
    """The wait returns the ended run, and calls `on_poll` with each state."""
    seen: list[WindowExecution] = []
    with answering(_answer) as server:
        run = built(server.url).wait_for_window_execution(
            WINDOW_EXECUTION, timeout=60, poll_interval=0, on_poll=seen.append
        )

    assert run.succeeded
    assert [each.status for each in seen] == ["IN_PROGRESS", "IN_PROGRESS", "SUCCESS"]


def test_wait_for_window_execution_names_it_in_errors() -> None:
    """The errors of a wait name the window execution and hold the last state."""
    client_answers = Answer.of_json({"Status": "FAILED", "StatusDetails": "2 of 3 tasks failed"})
    with answering(client_answers) as server, pytest.raises(TaskFailedError) as failed:
        built(server.url).wait_for_window_execution(
            WINDOW_EXECUTION, timeout=60, raise_on_failure=True
        )
    with answering(_answer) as server, pytest.raises(WaitTimeoutError) as timeout:
        built(server.url).wait_for_window_execution(WINDOW_EXECUTION, timeout=0)

    name = f"window execution {WINDOW_EXECUTION}"
    assert str(failed.value) == f"{name} ended in FAILED: 2 of 3 tasks failed"
    assert failed.value.task.status == "FAILED"
    message = "had not ended after 0 seconds: last status IN_PROGRESS"
    assert str(timeout.value) == f"{name} {message}"
    assert isinstance(timeout.value.task, WindowExecution)


def test_async_client_has_the_same_reads() -> None:
    """The async client reads runs, tasks and nodes, and waits for a run."""

    async def main(url: str) -> tuple[int, int, int, WindowExecution, WindowExecution]:
        async with AsyncMaintenanceWindowClient(endpoint_url=url) as client:
            assert client.boto_client.meta.service_model.service_name == "ssm"
            runs = [run async for run in client.iter_window_executions(WINDOW)]
            tasks = [task async for task in client.iter_task_executions(WINDOW_EXECUTION)]
            nodes = [node async for node in client.iter_command_invocations(TASK)]
            first = await client.get_window_execution(WINDOW_EXECUTION)
            ended = await client.wait_for_window_execution(
                WINDOW_EXECUTION, timeout=60, poll_interval=0
            )
            return len(runs), len(tasks), len(nodes), first, ended

    with answering(_answer) as server:
        runs, tasks, nodes, first, ended = asyncio.run(main(server.url))

    assert (runs, tasks, nodes) == (2, 2, 2)
    assert (first.status, ended.status) == ("IN_PROGRESS", "SUCCESS")


@pytest.mark.parametrize(
    ("method", "arguments", "message"),
    [
        ("iter_window_executions", {"window_id": TASK}, "window_id must be mw- and 17 hex"),
        ("iter_window_executions", {"window_id": WINDOW + "\n"}, "window_id must be mw-"),
        ("iter_window_executions", {"window_id": WINDOW.upper()}, "window_id must be mw-"),
        (
            "iter_window_executions",
            {"window_id": WINDOW, "executed_after": datetime(2026, 1, 1)},  # noqa: DTZ001
            "executed_after must be a datetime with a time zone, or None, got datetime.datetime",
        ),
        (
            "iter_window_executions",
            {"window_id": WINDOW, "executed_before": datetime.max.replace(tzinfo=WEST)},
            "executed_before must be a time that UTC can express, got",
        ),
        (
            "iter_window_executions",
            {"window_id": WINDOW, "executed_before": "2026-01-01"},
            "executed_before must be a datetime with a time zone, or None, got '2026-01-01'",
        ),
        ("iter_window_executions", {"window_id": WINDOW, "page_size": 9}, "from 10 to 100"),
        ("get_window_execution", {"window_execution_id": WINDOW}, "window_execution_id must be a"),
        ("iter_task_executions", {"window_execution_id": 5}, "window_execution_id must be a UUID"),
        (
            "iter_task_executions",
            {"window_execution_id": TASK, "statuses": "Success"},
            "did you mean SUCCESS",
        ),
        ("iter_command_invocations", {"command_id": "i-1"}, "command_id must be a UUID"),
        ("iter_command_invocations", {"command_id": TASK, "page_size": 51}, "from 1 to 50"),
        ("iter_command_invocations", {"command_id": TASK, "starting_token": 5}, "starting_token"),
    ],
)
def test_bad_argument_is_refused_before_any_call(
    method: str, arguments: dict[str, Any], message: str
) -> None:
    """A bad argument is refused by name at the call."""
    with answering(_answer) as server, built(server.url) as client:
        with pytest.raises(InvalidRequestError, match=message):
            getattr(client, method)(**arguments)
        assert server.requests == []


def test_boto_client_is_the_existing_client() -> None:
    """`boto_client` is the client that was given, and cannot be set."""
    existing = built("http://127.0.0.1:9").boto_client
    client = MaintenanceWindowClient(existing)
    other: Any = client

    assert client.boto_client is existing
    with pytest.raises(AttributeError):
        other.boto_client = None


TIMES = (START, START + timedelta(seconds=90))


@pytest.mark.parametrize(
    ("plugins", "expected"),
    [
        (None, None),
        ((), None),
        ((CommandPlugin(response_start_date_time=START),), None),
        (
            (
                CommandPlugin(
                    response_start_date_time=TIMES[0], response_finish_date_time=TIMES[1]
                ),
                CommandPlugin(
                    response_start_date_time=TIMES[1],
                    response_finish_date_time=TIMES[1] + timedelta(seconds=5),
                ),
                CommandPlugin(),
            ),
            timedelta(seconds=95),
        ),
    ],
)
def test_command_duration_spans_its_plugins(
    plugins: tuple[CommandPlugin, ...] | None, expected: timedelta | None
) -> None:
    """The duration on a node is from the first start to the last end of its plugins."""
    assert CommandInvocation(command_plugins=plugins).duration == expected


def test_plugin_duration_needs_both_times() -> None:
    """A plugin's duration is None if a time is absent."""
    both = CommandPlugin(response_start_date_time=TIMES[0], response_finish_date_time=TIMES[1])

    assert both.duration == timedelta(seconds=90)
    assert CommandPlugin(response_start_date_time=START).duration is None
    assert CommandPlugin(response_finish_date_time=START).duration is None
