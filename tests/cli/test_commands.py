"""``task``, ``invocations``, ``wait`` and ``report``, against the fake AWS over HTTP."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from ssm_mwx import (
    ExecutionStatus,
    MaintenanceWindowClient,
    TaskExecution,
    TaskInvocation,
    load_task_execution,
    load_task_invocations,
)
from ssm_mwx.testing import Server, samples
from tests.cli.conftest import PARAMETERS, Run
from tests.support.fakes import IDS, SECRET
from tests.support.interrupts import press_ctrl_c
from tests.support.servers import Answer, answering

RUNNING = ["IN_PROGRESS"] * 30
ANSI = re.compile(r"\x1b\[[0-9;]*m")


# --- task ---


@pytest.mark.slow
def test_task_is_json_without_secrets(run: Run, task: TaskExecution, tmp_path: Path) -> None:
    """The output of a pipe loads again, without the sensitive members."""
    done = run("task", *task.task_ids)
    (tmp_path / "task.json").write_text(done.out)

    assert (done.status, done.err) == (0, "")
    assert SECRET not in done.out
    expected = attrs.evolve(task, task_parameters=None, status=ExecutionStatus.SUCCESS)
    assert load_task_execution(tmp_path / "task.json") == expected


@pytest.mark.slow
def test_task_has_secrets_if_asked_for(run: Run, task: TaskExecution, tmp_path: Path) -> None:
    """With `--show-sensitive` the whole task loads again."""
    (tmp_path / "task.json").write_text(run("task", *task.task_ids, "--show-sensitive").out)

    expected = attrs.evolve(task, status=ExecutionStatus.SUCCESS)
    assert load_task_execution(tmp_path / "task.json") == expected


def test_task_is_a_table_on_a_terminal(run: Run, task: TaskExecution) -> None:
    """A terminal gets a row for each member, in colour, without secrets."""
    done = run("task", *task.task_ids, terminal=True)

    text = ANSI.sub("", done.out)
    assert f"TaskExecutionId     {task.task_execution_id}" in text
    assert "TaskParameters      <sensitive>" in text
    assert '{"Alarms": [{"Name": "cpu"}]}' in text
    assert text != done.out


def test_task_table_in_a_pipe_is_plain_text(run: Run, task: TaskExecution) -> None:
    """A table can be asked for, and has no colour where no terminal shows it."""
    done = run("task", *task.task_ids, "--format", "table", "--show-sensitive")

    assert "\x1b" not in done.out
    assert SECRET in done.out


# --- invocations ---


def test_invocations_are_json_without_secrets(
    run: Run, server: Server, task: TaskExecution, tmp_path: Path
) -> None:
    """The output of a pipe loads again, with what is not sensitive of ``Parameters``."""
    done = run("invocations", *task.task_ids)
    (tmp_path / "all.json").write_text(done.out)

    assert SECRET not in done.out
    assert "<sensitive>" not in done.out
    saved = load_task_invocations(tmp_path / "all.json")
    with MaintenanceWindowClient(endpoint_url=server.url) as client:
        live = tuple(client.iter_task_invocations(*task.task_ids))
    assert saved[0].instance_ids == live[0].instance_ids == ("i-1", "i-2")
    assert [attrs.evolve(each, raw_parameters=None) for each in saved] == [
        attrs.evolve(each, raw_parameters=None, owner_information=None) for each in live
    ]


def test_invocations_have_secrets_if_asked_for(
    run: Run, server: Server, task: TaskExecution, tmp_path: Path
) -> None:
    """With `--show-sensitive` all of them load again."""
    done = run("invocations", *task.task_ids, "--show-sensitive")
    (tmp_path / "all.json").write_text(done.out)

    with MaintenanceWindowClient(endpoint_url=server.url) as client:
        expected = tuple(client.iter_task_invocations(*task.task_ids))
    assert load_task_invocations(tmp_path / "all.json") == expected


def test_invocations_come_from_all_pages(run: Run, server: Server) -> None:
    """However many pages there are, all of their invocations are listed."""
    ids = server.executions.add_run(*samples.patch_run(targets=250)).task_ids

    listed = json.loads(run("invocations", *ids).out)

    assert len(listed["WindowExecutionTaskInvocationIdentities"]) == 250


def test_invocations_of_some_statuses(run: Run, server: Server) -> None:
    """`--status` can be repeated."""
    ids = server.executions.add_run(*samples.patch_run(targets=250)).task_ids

    done = run("invocations", *ids, "--status", "FAILED", "--status", "TIMED_OUT")

    assert len(json.loads(done.out)["WindowExecutionTaskInvocationIdentities"]) == 17


def test_invocations_as_csv(run: Run, task: TaskExecution) -> None:
    """CSV has a line for each invocation: no secret, no formula, no escape sequence."""
    done = run("invocations", *task.task_ids, "--format", "csv")
    first, second, third = csv.DictReader(io.StringIO(done.out))

    assert SECRET not in done.out
    assert first["instance_ids"] == "i-1 i-2"
    assert first["status"] == "SUCCESS"
    assert second["status_details"] == "'=2+5[red]�[31m�"
    assert second["duration_seconds"] == ""
    assert third["start_time"] == third["instance_ids"] == third["execution_id"] == ""


def test_invocations_as_csv_with_secrets(run: Run, task: TaskExecution) -> None:
    """With `--show-sensitive` the sensitive members are columns."""
    done = run("invocations", *task.task_ids, "--format", "csv", "--show-sensitive")
    first, _, third = csv.DictReader(io.StringIO(done.out))

    assert (first["raw_parameters"], first["owner_information"]) == (PARAMETERS, SECRET)
    assert (third["raw_parameters"], third["owner_information"]) == ("", "'-1")


@pytest.mark.slow
def test_invocations_as_csv_for_excel(server: Server, task: TaskExecution) -> None:
    """With `--excel` CSV is UTF-8 with a byte order mark, whatever the encoding of the locale."""
    server.executions.add_invocations(task, [TaskInvocation(status_details="Échec")])
    command = [sys.executable, "-m", "ssm_mwx", "invocations", *task.task_ids]

    done = subprocess.run(
        [*command, "--format", "csv", "--excel"],
        capture_output=True,
        check=True,
        env=os.environ | {"PYTHONIOENCODING": "cp1252"},
    )

    assert done.stdout.startswith(b"\xef\xbb\xbfinstance_ids,")
    assert "Échec" in done.stdout.decode("utf-8-sig")


@pytest.mark.slow
def test_output_has_no_character_that_ascii_lacks(server: Server, task: TaskExecution) -> None:
    """A stream of ASCII has a question mark for what it lacks, and no UTF-8."""
    server.executions.add_invocations(task, [TaskInvocation(status_details="gelöscht")])
    command = [sys.executable, "-m", "ssm_mwx", "invocations", *task.task_ids, "--format"]

    for chosen in ("csv", "table"):
        done = subprocess.run(
            [*command, chosen],
            capture_output=True,
            check=True,
            env=os.environ | {"PYTHONIOENCODING": "ascii"},
        )
        assert b"gel?scht" in done.stdout
        assert done.stdout.isascii()


def test_excel_is_for_csv_only(run: Run) -> None:
    """`--excel` with another format is a wrong argument."""
    done = run("invocations", *IDS, "--excel", "--format", "json")

    assert (done.status, done.error) == (2, "--excel needs --format csv")


def test_invocations_as_a_table(run: Run, task: TaskExecution) -> None:
    """A table has what a terminal can show, and their number."""
    done = run("invocations", *task.task_ids, "--format", "table")

    assert SECRET not in done.out
    assert "i-1, i-2" in done.out
    assert "=2+5[red]\N{REPLACEMENT CHARACTER}[31m\N{REPLACEMENT CHARACTER}" in done.out
    assert done.out.endswith("3 invocations\n")


def test_invocations_as_a_table_with_secrets(
    run: Run, task: TaskExecution, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With `--show-sensitive` the sensitive members are columns."""
    monkeypatch.setenv("COLUMNS", "250")

    done = run("invocations", *task.task_ids, "--format", "table", "--show-sensitive")

    assert "OwnerInformation" in done.out
    assert PARAMETERS in done.out


def test_task_without_invocations_is_no_error(run: Run, server: Server) -> None:
    """A task without invocations has an empty list in every format."""
    ids = server.executions.add_task().task_ids

    assert json.loads(run("invocations", *ids).out) == {
        "WindowExecutionTaskInvocationIdentities": []
    }
    assert run("invocations", *ids, "--format", "csv").out.count("\n") == 1
    assert run("invocations", *ids, "--format", "table").out.endswith("0 invocations\n")


def test_one_invocation_is_counted_as_one(run: Run, server: Server) -> None:
    """The number has the right noun."""
    ids = server.executions.add_run(*samples.patch_run(targets=1)).task_ids

    assert run("invocations", *ids, "--format", "table").out.endswith("\n1 invocation\n")


# --- wait ---


@pytest.mark.parametrize(
    ("status", "expected"),
    [("SUCCESS", 0), ("FAILED", 1), ("TIMED_OUT", 1), ("CANCELLED", 1)],
)
def test_wait_exits_with_how_the_task_ended(
    run: Run, server: Server, status: str, expected: int
) -> None:
    """The exit status is 0 for SUCCESS and 1 for any other end; the task is shown either way."""
    task = server.executions.add_task(status=status)

    done = run("wait", *task.task_ids)

    assert done.status == expected
    assert json.loads(done.out)["Status"] == status
    assert done.err == f"{status}\n"


def test_wait_exits_with_3_at_the_timeout(run: Run, server: Server) -> None:
    """The error of a timeout has the last status."""
    task = server.executions.add_task(status="IN_PROGRESS")

    done = run("wait", *task.task_ids, "--timeout", "0")

    first, last = done.err.splitlines()
    assert (done.status, done.out) == (3, "")
    assert first == "IN_PROGRESS"
    assert "0 seconds" in last
    assert "IN_PROGRESS" in last


def test_wait_exits_with_4_if_a_call_fails(run: Run, server: Server) -> None:
    """A task that does not exist is not taken for a task that failed."""
    server.executions.add_task()

    done = run("wait", *IDS)

    assert done.status == 4
    assert "DoesNotExistException" in done.error


@pytest.fixture(name="ending")
def _ending() -> Iterator[tuple[str, ...]]:
    """The arguments for a task that is pending, then runs, then fails."""
    answers = (Answer.of_json({"Status": each}) for each in ("PENDING", *RUNNING, "FAILED"))
    with answering(lambda _request: next(answers)) as server:
        yield (*IDS, "--endpoint-url", server.url, "--poll-interval", "0.01")


def test_wait_writes_a_line_for_each_change(run: Run, ending: tuple[str, ...]) -> None:
    """In a pipe, each change of the status is a line on standard error."""
    done = run("wait", *ending)

    assert done.err.splitlines() == ["PENDING", "IN_PROGRESS", "FAILED"]


def test_wait_shows_a_live_line_on_a_terminal(run: Run, ending: tuple[str, ...]) -> None:
    """A terminal gets a line with the status, and the table at the end."""
    done = run("wait", *ending, terminal=True)

    assert done.status == 1
    assert "IN_PROGRESS" in done.err
    assert "FAILED" in done.out


@pytest.mark.slow
def test_wait_exits_with_130_on_ctrl_c(run: Run, server: Server) -> None:
    """Ctrl-C ends it without a word."""
    task = server.executions.add_task(status="IN_PROGRESS")
    threading.Timer(1, press_ctrl_c).start()

    done = run("wait", *task.task_ids, "--poll-interval", "0.05")

    assert done.status == 130
    assert done.err.strip() == "IN_PROGRESS"


# --- report ---


@pytest.fixture(name="ids")
def _ids(server: Server) -> tuple[str, str]:
    """The ids of a patch run."""
    return server.executions.add_run(*samples.patch_run(targets=60)).task_ids


def test_report_is_shown_in_80_columns(run: Run, ids: tuple[str, str]) -> None:
    """Without a file, the report's view for terminals is printed."""
    done = run("report", *ids)

    assert (done.status, done.err) == (0, "")
    assert "AWS-RunPatchBaseline" in done.out
    assert "TIMED_OUT" in done.out
    assert max(len(line) for line in done.out.splitlines()) <= 80


@pytest.mark.slow
def test_report_is_written_as_a_page(
    run: Run, server: Server, ids: tuple[str, str], tmp_path: Path
) -> None:
    """With `--html` the file has the report's page, and nothing is printed."""
    page = tmp_path / "report.html"

    done = run("report", *ids, "--html", str(page))

    with MaintenanceWindowClient(endpoint_url=server.url) as client:
        expected = client.report(*ids, nodes=True).to_html()
    assert (done.status, done.out, done.err) == (0, "", "")
    assert page.read_text(encoding="utf-8") == expected


@pytest.mark.slow
def test_report_is_written_to_standard_output(run: Run, ids: tuple[str, str]) -> None:
    """A dash stands for standard output, as in other tools."""
    done = run("report", *ids, "--html", "-")

    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("<!DOCTYPE html>")
    assert done.out.endswith("</html>\n")


def test_report_warns_on_one_line(
    run: Run, ids: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the picture cannot be drawn, the page comes without it, and one line says so."""
    monkeypatch.setattr("vl_convert.vegalite_to_svg", None)

    done = run("report", *ids, "--html", "-")

    assert done.status == 0
    assert "<svg" not in done.out
    assert done.error.startswith("warning: the page has no timeline, which cannot be drawn: ")


@pytest.mark.slow
@pytest.mark.parametrize(("name", "status"), [(".", 2), ("no/such/folder/report.html", 4)])
def test_report_that_cannot_be_written_is_one_line(
    run: Run, ids: tuple[str, str], tmp_path: Path, name: str, status: int
) -> None:
    """A file that cannot be written is an error of one line."""
    done = run("report", *ids, "--html", str(tmp_path / name))

    assert done.status == status
    assert done.error


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "cp932"])
@pytest.mark.parametrize(
    "command",
    [
        ("report",),
        ("report", "--html", "-"),
        ("task", "--format", "table"),
        ("invocations", "--format", "table"),
        ("invocations", "--format", "csv"),
        ("invocations", "--format", "json"),
    ],
    ids=" ".join,
)
def test_output_suits_any_encoding(encoding: str, command: tuple[str, ...], server: Server) -> None:
    """No character is an error for a pipe that is not UTF-8; a page is UTF-8 in any case."""
    odd = TaskInvocation(status_details="Échec 失敗 \U0001f600")
    task = server.executions.add_run(TaskExecution(status_details="Échec 失敗 \U0001f600"), [odd])
    name, *options = command

    done = subprocess.run(
        [sys.executable, "-m", "ssm_mwx", name, *task.task_ids, *options],
        capture_output=True,
        check=True,
        env=os.environ | {"PYTHONIOENCODING": encoding},
    )

    assert done.stdout.decode("utf-8" if "--html" in command else encoding)
    assert done.stderr == b""
