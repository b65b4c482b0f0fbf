"""What users of the AWS CLI expect: names of options, queries, the pager, the terminal."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

from ssm_mwx import MaintenanceWindowClient, TaskExecution
from ssm_mwx.cli import pager, pipes
from ssm_mwx.cli.options import Seconds
from ssm_mwx.testing import Server, samples
from tests.cli.conftest import Run
from tests.support.fakes import IDS

ITEMS = "WindowExecutionTaskInvocationIdentities"


@pytest.fixture(name="ids")
def _ids(server: Server) -> tuple[str, str]:
    """The ids of a task with 30 invocations."""
    return server.executions.add_run(*samples.patch_run(targets=30)).task_ids


# --- ids ---


@pytest.mark.parametrize(
    "arguments",
    [
        ("--window-execution-id", "{0}", "--task-id", "{1}"),
        ("--task-id", "{1}", "{0}"),
        ("--window-execution-id", "{0}", "{1}"),
        ("{0}", "{1}"),
    ],
    ids=" ".join,
)
def test_ids_are_options_or_positions(
    run: Run, ids: tuple[str, str], arguments: tuple[str, ...]
) -> None:
    """An id is given as an option of the AWS CLI, or by its position."""
    done = run("task", *(each.format(*ids) for each in arguments))

    assert json.loads(done.out)["TaskExecutionId"] == ids[1]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ((), "Missing --window-execution-id, or argument WINDOW_EXECUTION_ID."),
        ((IDS[0],), "Missing --task-id, or argument TASK_EXECUTION_ID."),
        ((*IDS, "third"), "Got an unexpected extra argument (third)."),
        (("x", IDS[1]), "--window-execution-id must be a UUID of 36 characters, got 'x'"),
        ((IDS[0], "x"), "--task-id must be a UUID of 36 characters, got 'x'"),
    ],
)
@pytest.mark.usefixtures("server")
def test_message_names_the_option(run: Run, arguments: tuple[str, ...], problem: str) -> None:
    """An error in an id names the option, not an argument of Python's."""
    done = run("task", *arguments)

    assert (done.status, done.error) == (2, problem)


@pytest.mark.usefixtures("server")
def test_message_names_other_options(run: Run) -> None:
    """An error in any other argument names its option too."""
    assert run("executions", "x").error.startswith("--window-id must be mw- and 17 ")
    assert run("invocations", *IDS, "--status", "X").error.startswith("--status must be one of ")


# --- durations ---


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("1.5", 1.5),
        (".5s", 0.5),
        ("30m", 1800),
        ("2h", 7200),
        ("1H30M", 5400),
        ("1d", 86400),
        ("1h30m15s", 5415),
    ],
)
def test_duration_is_read(text: str, seconds: float) -> None:
    """A duration is a number of seconds, or has units."""
    assert Seconds().convert(text, None, None) == seconds


@pytest.mark.parametrize("text", ["", "h", "1h30", "2 weeks", "nan", "inf", "-1", "1e3", "2hh"])
def test_duration_that_is_none_is_a_wrong_argument(run: Run, text: str) -> None:
    """What is no duration is refused, with examples."""
    done = run("wait", *IDS, f"--timeout={text}")

    assert done.status == 2
    assert "is no duration such as 90, 30m, 2h or 1h30m" in done.error


# --- format and query ---


def test_output_is_the_same_as_format(run: Run, ids: tuple[str, str]) -> None:
    """`--output` is the AWS CLI's name of `--format`."""
    arguments = ("invocations", *ids)

    assert run(*arguments, "--output", "csv") == run(*arguments, "--format", "csv")


def test_query_of_json_is_that_of_the_document(run: Run, ids: tuple[str, str]) -> None:
    """With JSON a query searches the document, as that of the AWS CLI does; the default is JSON."""
    done = run("invocations", *ids, "--query", f"length({ITEMS})", terminal=True)
    assert (done.status, done.out) == (0, "30\n")

    done = run("task", *ids, "--query", "Status", "--format", "json")
    assert done.out == '"FAILED"\n'


def test_query_of_lines_is_that_of_each_item(run: Run, ids: tuple[str, str]) -> None:
    """With jsonl a query searches each item, so that lines appear as they arrive."""
    done = run("invocations", *ids, "--format", "jsonl", "--query", "[Status, TaskType]")

    lines = [json.loads(line) for line in done.out.splitlines()]
    assert len(lines) == 30
    assert {kind for _, kind in lines} == {"RUN_COMMAND"}


def test_query_says_that_more_follow(run: Run, ids: tuple[str, str]) -> None:
    """The token that a query leaves out is on standard error."""
    done = run("invocations", *ids, "--max-items", "2", "--query", f"{ITEMS}[].Status")

    assert len(json.loads(done.out)) == 2
    assert done.error.startswith("more follow: --starting-token ")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--query", "[", "--format", "json"), "Invalid value for '--query'"),
        (("--query", "length(@.Nothing)"), "--query: "),
        (("--query", "length(@.Nothing)", "--format", "jsonl"), "--query: "),
        (("--query", "a", "--format", "csv"), "--query needs --format json or jsonl"),
        (("--excel",), "--excel needs --format csv"),
        (("--max-items", "0"), "Invalid value for '--max-items'"),
    ],
)
def test_wrong_options_of_output(
    run: Run, ids: tuple[str, str], arguments: tuple[str, ...], problem: str
) -> None:
    """Options that cannot be are wrong arguments."""
    done = run("invocations", *ids, *arguments)

    assert (done.status, done.out) == (2, "")
    assert done.error.startswith(problem)


# --- Region ---


@pytest.mark.parametrize("region", ["mars-1", "us-esat-1"])
@pytest.mark.parametrize(
    "by",
    [
        "option",
        pytest.param("AWS_REGION", marks=pytest.mark.slow),
        pytest.param("AWS_DEFAULT_REGION", marks=pytest.mark.slow),
    ],
)
def test_unknown_region_is_a_wrong_argument(
    run: Run, monkeypatch: pytest.MonkeyPatch, region: str, by: str
) -> None:
    """A Region that nobody knows is refused before any call, however it is named."""

    def not_found(host: str, _port: int) -> None:
        raise OSError(host)

    monkeypatch.setattr("socket.getaddrinfo", not_found)
    if by != "option":
        monkeypatch.setenv(by, region)
    done = run("task", *IDS, *(["--region", region] if by == "option" else []))

    problem = f"--region must be an AWS Region, got '{region}': there is no ssm.{region}."
    assert done.status == 2
    assert done.error.startswith(problem)


@pytest.mark.parametrize("proxy", [False, True])
def test_new_region_is_used_if_it_may_exist(
    run: Run, monkeypatch: pytest.MonkeyPatch, proxy: bool
) -> None:
    """A Region newer than botocore is used if its endpoint is found, or a proxy may find it."""
    found: list[str] = []

    def stop(self: MaintenanceWindowClient, *_ids: str) -> TaskExecution:
        raise SystemError(self.boto_client.meta.region_name)

    def find(host: str, _port: int) -> None:
        found.append(host)

    monkeypatch.setattr("socket.getaddrinfo", find)
    monkeypatch.setattr(MaintenanceWindowClient, "get_task_execution", stop)
    if proxy:
        monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid:3128")
    done = run("task", *IDS, "--region", "xx-new-9")

    assert done.error.startswith("SystemError: xx-new-9")
    assert found == ([] if proxy else ["ssm.xx-new-9.amazonaws.com"])


# --- debugging ---


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("before", [False, True])
def test_debug_shows_the_traceback(run: Run, before: bool) -> None:
    """With `--debug`, before the command or after it, the traceback goes before the one line."""
    arguments = ("--debug", "task", *IDS) if before else ("task", *IDS, "--debug")

    done = run(*arguments)

    assert done.status == 4
    assert done.err.startswith("Traceback")
    assert done.err.splitlines()[-1].startswith("ssm-mwx: ")


@pytest.mark.usefixtures("server")
def test_debug_has_nothing_to_show_of_a_wrong_argument(run: Run) -> None:
    """A wrong argument needs no traceback."""
    assert run("task", "x", "y", "--debug").error.startswith("--task-id must be ")


# --- pager ---


needs_terminals = pytest.mark.skipif(
    not hasattr(os, "openpty"), reason="this system has no pseudo-terminals"
)


def on_a_terminal(*command: str, **environment: str) -> tuple[int, str]:
    """Run the real command on a pseudo-terminal; return its status and what the terminal got."""
    ours, theirs = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "ssm_mwx", *command],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm-256color", "COLUMNS": "80"} | environment,
    ) as process:
        os.close(theirs)
        shown = b""
        while part := _read(ours):
            shown += part
    os.close(ours)
    return process.returncode, shown.decode()


def _read(terminal: int) -> bytes:
    """Return what a terminal got; nothing when no process has it any longer."""
    try:
        return os.read(terminal, 65_536)
    except OSError:
        return b""


@needs_terminals
@pytest.mark.slow
@pytest.mark.parametrize("command", ["task", "invocations", "report"])
def test_pager_is_that_of_aws_pager(ids: tuple[str, str], command: str) -> None:
    """On a terminal the output goes to AWS_PAGER, in colour, unless `--no-cli-pager` is given."""
    sed = "sed 's/^/> /'"

    status, paged = on_a_terminal(command, *ids, AWS_PAGER=sed)
    _, plain = on_a_terminal(command, *ids, "--no-cli-pager", AWS_PAGER=sed)
    _, without = on_a_terminal(command, *ids, AWS_PAGER="")

    assert status == 0
    assert all(line.startswith("> ") for line in paged.splitlines())
    assert "\x1b[" in paged
    assert re.sub("^> ", "", paged, flags=re.MULTILINE) == plain == without


@needs_terminals
@pytest.mark.slow
def test_pager_that_is_left_ends_the_command(ids: tuple[str, str]) -> None:
    """Leaving the pager is no error."""
    assert on_a_terminal("invocations", *ids, AWS_PAGER="true") == (0, "")


@needs_terminals
@pytest.mark.slow
def test_pager_that_is_missing_is_one_line(ids: tuple[str, str]) -> None:
    """A pager that cannot be run is an error of one line."""
    status, shown = on_a_terminal("task", *ids, AWS_PAGER="no-such-pager")

    assert status == 4
    assert "no-such-pager" in shown
    assert len(shown.splitlines()) == 1


@pytest.mark.parametrize(
    ("is_windows", "arguments"),
    [(True, r"C:\bin\less.exe -R"), (False, ["C:binless.exe", "-R"])],
)
def test_pager_of_windows_has_backslashes(
    monkeypatch: pytest.MonkeyPatch, is_windows: bool, arguments: object
) -> None:
    """On Windows the command of the pager is not split as a POSIX shell does."""
    monkeypatch.setattr(pipes, "IS_WINDOWS", is_windows)

    assert pager.split_command(r"C:\bin\less.exe -R") == arguments


def test_pager_is_for_a_terminal(
    run: Run, ids: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pipe has no pager."""
    monkeypatch.setenv("AWS_PAGER", "no-such-pager")

    assert run("task", *ids).status == 0


# --- terminal ---


@pytest.mark.parametrize(
    "command",
    [
        ("task",),
        pytest.param(("invocations",), marks=pytest.mark.slow),
        pytest.param(("report", "--no-nodes"), marks=pytest.mark.slow),
    ],
)
def test_no_color_is_no_escape_sequence(
    run: Run, ids: tuple[str, str], monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    """NO_COLOR and a dumb terminal get plain text."""
    name, *options = command
    assert "\x1b" in run(name, *ids, *options, terminal=True).out

    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in run(name, *ids, *options, terminal=True).out
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b" not in run(name, *ids, *options, terminal=True).out


@pytest.mark.parametrize("term", ["xterm", pytest.param("dumb", marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    "columns", ["140", "80", *(pytest.param(each, marks=pytest.mark.slow) for each in ("0", ""))]
)
def test_columns_are_those_of_the_environment(
    run: Run, ids: tuple[str, str], monkeypatch: pytest.MonkeyPatch, columns: str, term: str
) -> None:
    """COLUMNS is the width on any terminal, and ids stay whole in each."""
    width = int(columns or 0) or 80
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("TERM", term)

    out = run("report", *ids, "--max-rows", "30").out

    assert max(map(len, out.splitlines())) <= width
    assert "…" not in out
    assert len(re.findall(r"\bi-[0-9a-f]{17}\b", out)) > 1


@pytest.mark.slow
def test_report_has_rows_as_asked_for(run: Run, ids: tuple[str, str]) -> None:
    """`--max-rows` is the number of rows, of a terminal's table and of a page's."""
    node = re.compile(r"\bi-[0-9a-f]{17}\b")
    drawn = [run("report", *ids, "--max-rows", number).out for number in ("0", "1")]
    pages = [run("report", *ids, "--html", "-", *rows).out for rows in ((), ("--max-rows", "1"))]

    assert [len(node.findall(each)) for each in drawn] == [0, 1]
    assert pages[0].count("<tr") > pages[1].count("<tr")


# --- what is missing ---


@pytest.mark.slow
@pytest.mark.parametrize("command", [("invocations", "--format", "table"), ("nodes",), ("task",)])
def test_json_needs_no_rich(ids: tuple[str, str], command: tuple[str, ...]) -> None:
    """Without rich JSON is written; a table is an error of one line."""
    name, *options = command
    code = "import sys; sys.modules['rich'] = None; from ssm_mwx.__main__ import main; main()"

    done = subprocess.run(
        [sys.executable, "-c", code, name, *ids, *options],
        capture_output=True,
        check=False,
        text=True,
    )

    if options:
        assert done.returncode == 4
        assert done.stderr == "ssm-mwx: rich is not installed: pip install 'ssm_mwx[cli]'\n"
    else:
        assert (done.returncode, done.stderr) == (0, "")
