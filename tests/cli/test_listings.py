"""``executions``, ``tasks`` and ``nodes``, against the fake AWS over HTTP."""

from __future__ import annotations

import csv
import io
import json

import pytest

from ssm_mwx import TaskExecutionIdentity, WindowExecution, structure
from ssm_mwx.testing import Server, samples
from tests.cli.conftest import Run
from tests.support.fakes import SECRET
from tests.support.reports import by_tag, commands_of

WINDOW = samples.window_run()


@pytest.fixture(name="ids")
def _ids(server: Server) -> tuple[str, str]:
    """The ids of the patch task of a window's run."""
    server.executions.add_window_run(WINDOW)
    return WINDOW.runs[0].task.task_ids


# --- executions ---


@pytest.mark.usefixtures("ids")
def test_executions_are_those_of_the_window(run: Run) -> None:
    """The output of a pipe is AWS's JSON."""
    listed = json.loads(run("executions", samples.WINDOW_ID).out)["WindowExecutions"]

    (execution,) = (structure(each, WindowExecution) for each in listed)
    assert execution.window_execution_id == WINDOW.window_execution.window_execution_id
    assert json.loads(run("executions", "mw-00000000000000000").out) == {"WindowExecutions": []}


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize(
    ("option", "time", "expected"),
    [
        ("--after", "2026-03-10T01:59", 1),
        ("--after", "2026-03-10T02:30+00:00", 0),
        ("--before", "2026-03-11", 1),
        ("--before", "2026-03-10T03:59+02:00", 0),
    ],
)
def test_executions_of_some_time(run: Run, option: str, time: str, expected: int) -> None:
    """Times are ISO 8601, in UTC if they have no zone."""
    done = run("executions", samples.WINDOW_ID, option, time)

    assert len(json.loads(done.out)["WindowExecutions"]) == expected


def test_time_that_is_none_is_a_wrong_argument(run: Run) -> None:
    """What is no time is refused before any call."""
    done = run("executions", samples.WINDOW_ID, "--after", "yesterday")

    assert (done.status, done.out) == (2, "")
    assert "'yesterday' is no time such as 2026-03-10T02:00" in done.error


@pytest.mark.usefixtures("ids")
def test_executions_as_table_and_csv(run: Run) -> None:
    """A table has the id in one piece in 80 columns; CSV has the fields."""
    table = run("executions", samples.WINDOW_ID, "--format", "table").out
    (row,) = csv.DictReader(
        io.StringIO(run("executions", samples.WINDOW_ID, "--format", "csv").out)
    )

    assert str(WINDOW.window_execution.window_execution_id) in table
    assert table.endswith("\n1 run\n")
    assert max(map(len, table.splitlines())) <= 80
    assert (row["window_id"], row["status"]) == (samples.WINDOW_ID, "FAILED")
    assert float(row["duration_seconds"]) > 0


@pytest.mark.parametrize("format_", ["table", "csv"])
def test_window_without_runs_is_no_error(run: Run, server: Server, format_: str) -> None:
    """A window without runs has none."""
    server.executions.add_task()

    done = run("executions", samples.WINDOW_ID, "--format", format_)

    assert (done.status, done.err) == (0, "")
    assert "FAILED" not in done.out


# --- tasks ---


def test_tasks_are_those_of_the_run(run: Run, ids: tuple[str, str]) -> None:
    """The output of a pipe is AWS's JSON, of some statuses if asked for."""
    key = "WindowExecutionTaskIdentities"
    listed = json.loads(run("tasks", ids[0]).out)[key]
    failed = json.loads(run("tasks", ids[0], "--status", "FAILED").out)[key]

    tasks = [structure(each, TaskExecutionIdentity) for each in listed]
    assert [task.task_ids for task in tasks] == [each.task.task_ids for each in WINDOW.runs]
    assert len(failed) == 2


def test_tasks_as_table_and_csv(run: Run, ids: tuple[str, str]) -> None:
    """A table has the ids in one piece in 80 columns; CSV has the fields."""
    table = run("tasks", ids[0], "--format", "table").out
    rows = list(csv.DictReader(io.StringIO(run("tasks", ids[0], "--format", "csv").out)))

    assert all(str(each.task.task_execution_id) in table for each in WINDOW.runs)
    assert table.endswith("\n3 tasks\n")
    assert max(map(len, table.splitlines())) <= 80
    assert [row["task_type"] for row in rows] == ["RUN_COMMAND", "AUTOMATION", "LAMBDA"]


# --- nodes ---


def test_nodes_have_their_own_status(run: Run, ids: tuple[str, str]) -> None:
    """Every node is there; with `--failed` those that failed."""
    nodes = json.loads(run("nodes", *ids).out)["Nodes"]
    failed = json.loads(run("nodes", *ids, "--failed").out)["Nodes"]

    assert len(nodes) == 250
    assert {node["Status"] for node in failed} == {"FAILED", "TIMED_OUT"}
    assert len(failed) == 17
    assert failed[0].keys() == {
        *("InstanceId", "InstanceName", "Status", "StatusDetails", "CommandId", "InvocationId")
    }


def test_nodes_have_plugins_if_asked_for(run: Run, ids: tuple[str, str]) -> None:
    """With `--details` nodes have their plugins, and the output only with `--show-sensitive`."""
    arguments = ("nodes", *ids, "--failed", "--details")
    plain, whole = run(*arguments).out, run(*arguments, "--show-sensitive").out

    assert '"ResponseCode"' in plain
    assert '"Output"' not in plain
    assert '"Output"' in whole


def test_nodes_as_a_table(run: Run, ids: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A table has a row for each node, with the command where there is room."""
    narrow = run("nodes", *ids, "--failed", "--format", "table").out
    monkeypatch.setenv("COLUMNS", "140")
    wide = run("nodes", *ids, "--failed", "--format", "table").out

    assert max(map(len, narrow.splitlines())) <= 80
    assert narrow.endswith("\n17 nodes\n")
    assert ("Command id" in narrow, "Command id" in wide) == (False, True)


def test_plugins_as_a_table(run: Run, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second table has the plugins, and what they put out if asked for."""
    monkeypatch.setenv("COLUMNS", "200")
    command_id = str(WINDOW.window_execution.window_execution_id)
    commands = commands_of(command_id, range(2), failed=1, details=True)
    task = server.executions.add_run(WINDOW.runs[0].task, [by_tag(command_id)], commands)

    arguments = ("nodes", *task.task_ids, "--details", "--format", "table")
    plain, whole = run(*arguments).out, run(*arguments, "--show-sensitive").out

    assert plain.count("PatchLinux") == 2
    assert (SECRET in plain, whole.count(SECRET)) == (False, 2)


def test_nodes_as_csv(run: Run, ids: tuple[str, str]) -> None:
    """CSV has the columns of an exploded frame."""
    rows = list(csv.DictReader(io.StringIO(run("nodes", *ids, "--format", "csv").out)))

    assert len(rows) == 250
    assert sum(row["status"] == "FAILED" for row in rows) == 12
    assert {row["invocation_status"] for row in rows} == {"FAILED", "SUCCESS"}


def test_unknown_nodes_are_counted_on_standard_error(run: Run, server: Server) -> None:
    """A line says how many invocations have no known nodes."""
    lost = WINDOW.runs[0]._replace(commands=())
    ids = server.executions.add_run(*lost).task_ids

    done = run("nodes", *ids)

    assert (done.status, json.loads(done.out)) == (0, {"Nodes": []})
    assert done.error == "warning: 3 invocations have no known nodes."


# --- report ---


def test_report_has_nodes_unless_told_otherwise(run: Run, ids: tuple[str, str]) -> None:
    """A report looks the nodes up; with `--no-nodes` it counts invocations."""
    assert "3 invocations, 250 nodes: 17 failed" in run("report", *ids).out
    assert "3 invocations: 2 failed" in run("report", *ids, "--no-nodes").out
