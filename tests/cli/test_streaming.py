"""Lists are written while their pages arrive, and can be resumed."""

from __future__ import annotations

import csv
import io
import json
import os
import shlex
import signal
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

import attrs
import pytest

from ssm_mwx import MaintenanceWindowClient
from ssm_mwx.cli.resuming import Place, option
from ssm_mwx.testing import Server, samples
from tests.cli.conftest import Done, Run
from tests.support.fakes import IDS
from tests.support.servers import Answer, Request, answering

ITEMS = "WindowExecutionTaskInvocationIdentities"
PAGE = 100
LIST = [sys.executable, "-m", "ssm_mwx", "invocations", *IDS]

Answers = Callable[[Request], Answer]


def page_of(request: Request, pages: int, *, status: str = "SUCCESS") -> Answer:
    """Return the page that a request asks for, of so many pages."""
    number = int(str(request.members.get("NextToken", "page 1")).removeprefix("page "))
    first = (number - 1) * PAGE
    items = [{"InvocationId": str(first + index), "Status": status} for index in range(PAGE)]
    following = {"NextToken": f"page {number + 1}"} if number < pages else {}
    return Answer.of_json({ITEMS: items, **following})


def ids_of(jsonl: str) -> list[str]:
    """Return the ids in lines of JSON."""
    return [json.loads(line)["InvocationId"] for line in jsonl.splitlines()]


def numbers(*bounds: int) -> list[str]:
    """Return the ids of a range of invocations."""
    return [str(number) for number in range(*bounds)]


def resumed_with(error: str) -> tuple[str, ...]:
    """Return the option at the end of a line on standard error."""
    return tuple(shlex.split(error[error.index("--starting-token") :]))


@attrs.define
class Broken:
    """Answers three pages; the second one fails until it is repaired."""

    is_repaired: bool = False

    def __call__(self, request: Request) -> Answer:
        """Answer a request."""
        if request.members.get("NextToken") == "page 2" and not self.is_repaired:
            return Answer.of_error("AccessDeniedException")
        return page_of(request, 3)


@pytest.fixture(name="broken")
def _broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[Broken]:
    """A server whose second page fails, which the environment points at."""
    broken = Broken()
    with answering(broken) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", server.url)
        yield broken


# --- as they arrive ---


@pytest.mark.parametrize(
    ("format_", "names"), [("jsonl", 0), pytest.param("csv", 1, marks=pytest.mark.slow)]
)
def test_items_are_written_as_they_arrive(format_: str, names: int) -> None:
    """The lines of the first page are there before the second page is."""
    read = threading.Event()

    def answers(request: Request) -> Answer:
        if "NextToken" in request.members:
            assert read.wait(30)
        return page_of(request, 2)

    with answering(answers) as server:
        command = [*LIST, "--format", format_, "--endpoint-url", server.url]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            first = [process.stdout.readline() for _ in range(PAGE + names)]
            read.set()
            rest = process.stdout.readlines()

    assert all(line.endswith("\n") for line in first)
    assert (len(rest), process.returncode) == (PAGE, 0)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to a single process")
def test_ctrl_c_keeps_what_came() -> None:
    """Ctrl-C in the middle leaves whole lines, and says how to go on."""
    asked, ended = threading.Event(), threading.Event()

    def answers(request: Request) -> Answer:
        if "NextToken" in request.members:
            asked.set()
            ended.wait(30)
        return page_of(request, 500)

    with answering(answers) as server:
        command = [*LIST, "--format", "jsonl", "--endpoint-url", server.url]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            assert asked.wait(30)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate()
            ended.set()

    assert process.returncode == 130
    assert ids_of(out) == numbers(PAGE)
    assert err.strip() == "ssm-mwx: interrupted; resume with --starting-token 'page 2'"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="others have another unit of memory, or none")
@pytest.mark.parametrize("format_", ["jsonl", "csv"])
def test_memory_does_not_grow_with_the_list(format_: str) -> None:
    """A list of 20,000 takes no more memory than one of 2,000."""

    def peak(pages: int) -> int:
        with answering(lambda request: page_of(request, pages)) as server:
            code = (
                "import resource, runpy, sys\n"
                "try: runpy.run_module('ssm_mwx', run_name='__main__')\n"
                "finally: sys.stderr.write("
                "str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))\n"
            )
            options = ["--format", format_, "--endpoint-url", server.url]
            done = subprocess.run(
                [sys.executable, "-c", code, *LIST[3:], *options],
                capture_output=True,
                check=True,
            )
        assert done.stdout.count(b"\n") == pages * PAGE + (format_ == "csv")
        return int(done.stderr)

    assert peak(200) - peak(20) < 4_000


# --- in the middle ---


def test_failure_keeps_lines_and_can_be_resumed(run: Run, broken: Broken) -> None:
    """What came before an error is printed, and the rest follows with the token."""
    failed = run("invocations", *IDS, "--format", "jsonl")
    broken.is_repaired = True
    resumed = run("invocations", *IDS, "--format", "jsonl", *resumed_with(failed.error))

    assert failed.status == 4
    assert "AccessDeniedException" in failed.error
    assert failed.error.endswith("; resume with --starting-token 'page 2'")
    assert ids_of(failed.out) == numbers(PAGE)
    assert (resumed.status, resumed.err) == (0, "")
    assert ids_of(resumed.out) == numbers(PAGE, 3 * PAGE)


def test_failure_keeps_csv(run: Run, broken: Broken) -> None:
    """CSV is whole up to an error; a resumed list has the names of the columns again."""
    failed = run("invocations", *IDS, "--format", "csv")
    broken.is_repaired = True
    resumed = run("invocations", *IDS, "--format", "csv", *resumed_with(failed.error))

    rows = [*csv.DictReader(io.StringIO(failed.out)), *csv.DictReader(io.StringIO(resumed.out))]
    assert [row["invocation_id"] for row in rows] == numbers(3 * PAGE)


@pytest.mark.usefixtures("broken")
def test_failure_keeps_json_and_tables(run: Run) -> None:
    """JSON has the token as AWS's page has it, and a table has the number of its rows."""
    json_, table = (run("invocations", *IDS, "--format", each) for each in ("json", "table"))

    document = json.loads(json_.out)
    assert (len(document[ITEMS]), document["NextToken"]) == (PAGE, "page 2")
    assert table.out.endswith("\n100 invocations\n")
    assert json_.status == table.status == 4
    assert json_.error == table.error


def test_refused_token_is_not_offered_again(run: Run, server: Server) -> None:
    """A token that AWS refuses is nothing to resume with."""
    ids = server.executions.add_run(*samples.patch_run(targets=1)).task_ids

    done = run("invocations", *ids, "--starting-token", "zzz")

    assert (done.status, done.out) == (4, "")
    assert done.error.endswith("The specified token is not valid")


@pytest.mark.usefixtures("broken")
def test_failure_at_the_first_page_keeps_the_token_given(run: Run) -> None:
    """If nothing came, nothing is printed, and the same token resumes."""
    done = run("invocations", *IDS, "--format", "json", "--starting-token", "page 2")

    assert (done.status, done.out) == (4, "")
    assert done.error.endswith("--starting-token 'page 2'")


def test_failure_without_a_token_names_none(run: Run, server: Server) -> None:
    """If the first page of a list fails, there is nothing to resume."""
    server.executions.add_task()

    done = run("invocations", *IDS, "--format", "csv")

    assert (done.status, done.out) == (4, "")
    assert "--starting-token" not in done.error


def test_repeated_token_is_nothing_to_resume(run: Run) -> None:
    """A token that leads into a loop is not offered."""

    def answers(_request: Request) -> Answer:
        return Answer.of_json({ITEMS: [{"Status": "SUCCESS"}], "NextToken": "again"})

    with answering(answers) as server:
        done = run("invocations", *IDS, "--format", "jsonl", "--endpoint-url", server.url)

    assert done.status == 4
    assert len(done.out.splitlines()) == 2
    assert "--starting-token" not in done.error


# --- part of a list ---


@pytest.fixture(name="ids")
def _ids(server: Server) -> tuple[str, str]:
    """The ids of a task with 250 invocations."""
    return server.executions.add_run(*samples.patch_run(targets=250)).task_ids


@pytest.mark.parametrize(
    "number", [7, *(pytest.param(each, marks=pytest.mark.slow) for each in (100, 130))]
)
def test_max_items_and_the_rest(run: Run, ids: tuple[str, str], number: int) -> None:
    """A list of at most N items and the rest together are the whole list."""
    arguments = ("invocations", *ids, "--format", "jsonl")
    whole = run(*arguments)
    part = run(*arguments, "--max-items", str(number))
    rest = run(*arguments, *resumed_with(part.error))

    assert part.error.startswith("more follow: --starting-token ")
    assert len(ids_of(part.out)) == number
    assert part.out + rest.out == whole.out
    assert (part.status, rest.status, rest.err) == (0, 0, "")


def test_max_items_as_json_has_the_token(run: Run, ids: tuple[str, str]) -> None:
    """The document has a NextToken, as the AWS CLI's has."""
    done = run("invocations", *ids, "--max-items", "3")

    document = json.loads(done.out)
    assert (done.status, done.err, len(document[ITEMS])) == (0, "", 3)
    assert run("invocations", *ids, "--starting-token", document["NextToken"]).status == 0


def test_max_items_of_all_that_there_are(run: Run, ids: tuple[str, str]) -> None:
    """A list that ends at the last item that is wanted has no token."""
    done = run("invocations", *ids, "--max-items", "250")

    assert json.loads(done.out).keys() == {ITEMS}


def test_token_is_botocore_s(run: Run, server: Server, ids: tuple[str, str]) -> None:
    """The AWS CLI, whose paging is botocore's, and this command take each other's tokens."""
    client = MaintenanceWindowClient(endpoint_url=server.url).boto_client
    paginator = client.get_paginator("describe_maintenance_window_execution_task_invocations")
    arguments = {"WindowExecutionId": ids[0], "TaskId": ids[1]}

    def botocore_s(**config: Any) -> Any:
        return paginator.paginate(**arguments, PaginationConfig=config).build_full_result()

    ours = json.loads(run("invocations", *ids, "--max-items", "13").out)
    theirs = botocore_s(MaxItems=13)
    after_ours = botocore_s(StartingToken=ours["NextToken"])
    after_theirs = json.loads(run("invocations", *ids, "--starting-token", theirs["NextToken"]).out)

    def listed(document: Any) -> list[str]:
        return [each["InvocationId"] for each in document[ITEMS]]

    assert listed(ours) == listed(theirs)
    assert listed(after_ours) == listed(after_theirs)
    assert len(listed(after_ours)) == 237


@pytest.mark.parametrize("token", ["AAEBcd==", "e30=", "W10=", "-dash", "a b"])
def test_token_of_aws_is_kept(token: str) -> None:
    """A token that is not botocore's is AWS's own, and the option is quoted for a shell."""
    assert Place.of_token(token) == Place(token)
    assert shlex.split(option(token))[-1].removeprefix("--starting-token=") == token


def test_token_of_a_page_can_be_botocore_s() -> None:
    """botocore writes a token of AWS's too in its own form."""
    botocore_s = b64encode(b'{"NextToken": "page 2"}').decode()

    assert Place.of_token(botocore_s) == Place("page 2")


def test_other_lists_have_parts(run: Run, server: Server) -> None:
    """Runs, tasks and nodes have parts too."""
    window = samples.window_run()
    server.executions.add_window_run(window)
    ids = window.runs[0].task.task_ids
    for command in (("executions", samples.WINDOW_ID), ("tasks", ids[0]), ("nodes", *ids)):
        arguments = (*command, "--format", "jsonl")
        whole, part = run(*arguments), run(*arguments, "--max-items", "1")
        rest = run(*arguments, *resumed_with(part.error)) if part.err else Done(0, "", "")
        assert part.out.count("\n") == 1
        assert part.out + rest.out == whole.out


def test_nodes_of_a_command_come_once(run: Run, server: Server) -> None:
    """Invocations on two pages that share a command have its nodes once."""
    task, invocations, commands = samples.tag_run(nodes=20, window_targets=1)
    many = [attrs.evolve(invocations[0], invocation_id=str(number)) for number in range(150)]
    ids = server.executions.add_run(task, many, commands).task_ids

    assert len(run("nodes", *ids, "--format", "jsonl").out.splitlines()) == 20


# --- tables of many pages, and progress ---


@pytest.mark.parametrize("width", [80, pytest.param(140, marks=pytest.mark.slow)])
def test_table_of_many_pages_is_one_table(
    run: Run, ids: tuple[str, str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    """All pages have the columns of the first one, one heading, and whole ids."""
    monkeypatch.setenv("COLUMNS", str(width))

    lines = run("invocations", *ids, "--format", "table").out.splitlines()

    rows = [line for line in lines if "i-" in line]
    assert sum("Status" in line for line in lines) == 1
    assert len(rows) == 250
    assert len({row.index("i-") for row in rows}) == 1
    assert all(len(row.split()[1]) == 19 for row in rows)
    assert max(map(len, lines)) <= width
    assert lines[-1] == "250 invocations"


@pytest.mark.slow
def test_table_of_many_pages_fits_in_ascii(ids: tuple[str, str]) -> None:
    """The lines between the columns, which ASCII needs, have room."""
    done = subprocess.run(
        [sys.executable, "-m", "ssm_mwx", "invocations", *ids, "--format", "table"],
        capture_output=True,
        check=True,
        env=os.environ | {"PYTHONIOENCODING": "ascii", "COLUMNS": "80"},
    )

    lines = done.stdout.decode("ascii").splitlines()
    assert sum("|i-" in line for line in lines) == 250
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("width", [80, pytest.param(140, marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    ("member", "command"),
    [
        ("WindowExecutions", ("executions", samples.WINDOW_ID)),
        ("WindowExecutionTaskIdentities", ("tasks", IDS[0])),
    ],
)
def test_table_of_many_pages_has_whole_ids(
    run: Run, monkeypatch: pytest.MonkeyPatch, width: int, member: str, command: tuple[str, ...]
) -> None:
    """In 80 columns an id is in one piece; details are left out where they have no room."""
    item = {
        "WindowExecutionId": IDS[0],
        "TaskExecutionId": IDS[0],
        "TaskArn": "A" * 30,
        "StartTime": 0.0,
        "EndTime": 3599.0,
        "Status": "SUCCESS",
    }

    def answers(request: Request) -> Answer:
        following = {} if "NextToken" in request.members else {"NextToken": "page 2"}
        return Answer.of_json({member: [item | {"StatusDetails": "D" * 30}] * 60} | following)

    monkeypatch.setenv("COLUMNS", str(width))
    with answering(answers) as server:
        out = run(*command, "--format", "table", "--endpoint-url", server.url).out

    assert out.count(IDS[0]) == 120
    assert out.count("1970-01-01") == 120
    assert max(map(len, out.splitlines())) <= width
    assert ("Details" in out) is (command[0] == "executions" and width == 140)


def test_table_goes_over_empty_pages(run: Run) -> None:
    """Empty pages, which AWS may send, leave no trace in a table."""

    def answers(request: Request) -> Answer:
        if "NextToken" not in request.members:
            return Answer.of_json({ITEMS: [], "NextToken": "page 2"})
        return page_of(request, 3)

    with answering(answers) as server:
        out = run("invocations", *IDS, "--format", "table", "--endpoint-url", server.url).out

    assert out.splitlines()[0].startswith("Status")
    assert out.endswith("\n200 invocations\n")


def test_progress_is_for_a_terminal(run: Run, ids: tuple[str, str]) -> None:
    """A terminal sees how many have come while JSON is collected."""
    arguments = ("invocations", *ids, "--format", "json")

    assert "\r200 invocations …" in run(*arguments, terminal=True).err
    assert run(*arguments).err == ""


def test_dumb_terminal_has_no_progress(
    run: Run, ids: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A terminal that cannot replace a line gets none."""
    monkeypatch.setenv("TERM", "dumb")

    assert run("invocations", *ids, "--format", "json", terminal=True).err == ""


@pytest.mark.slow
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_head_ends_the_list(unbuffered: str) -> None:
    """A reader that has enough ends the command with 141, with or without a buffer."""
    with answering(lambda request: page_of(request, 500, status="X" * 2_000)) as server:
        command = [*LIST, "--format", "jsonl", "--endpoint-url", server.url]
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            assert process.stdout.readline().endswith(b"\n")
            process.stdout.close()
            assert process.stderr.read() == b""

    assert process.returncode == 141
