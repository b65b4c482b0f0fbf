"""The command line, against the stand-in over HTTP."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import pytest

import ssm_mwx.cli
from ssm_mwx import (
    AlarmConfiguration,
    ExecutionStatus,
    MaintenanceWindowClient,
    TaskExecution,
    TaskInvocation,
    load_task_execution,
    load_task_invocations,
)
from ssm_mwx.cli import main
from ssm_mwx.models import Alarm
from ssm_mwx.testing import Server, samples, serve
from tests.support.fakes import IDS, SECRET

PARAMETERS = json.dumps({"documentName": "AWS-X", "instanceIds": ["i-1", "i-2"], "secret": SECRET})
ANSI = re.compile(r"\x1b\[[0-9;]*m")


@attrs.frozen
class Done:
    """How a command ended, and what it printed."""

    status: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The one line on standard error."""
        (line,) = self.err.splitlines()
        assert line.startswith("ssm-mwx: ")
        return line.removeprefix("ssm-mwx: ")


Run = Callable[..., Done]


@pytest.fixture(name="run")
def _run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command line in this process; on a terminal, if that is asked for."""

    def run(*args: str, terminal: bool = False) -> Done:
        for stream in (sys.stdout, sys.stderr):
            monkeypatch.setattr(stream, "isatty", lambda: terminal)
        with pytest.raises(SystemExit) as ended:
            main(args)
        status = ended.value.code
        assert isinstance(status, int)
        printed = capsys.readouterr()
        return Done(status, printed.out, printed.err)

    monkeypatch.setenv("TERM", "xterm")

    return run


@pytest.fixture(name="server")
def _server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with serve() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", server.url)
        yield server


@pytest.fixture(name="task")
def _task(server: Server) -> TaskExecution:
    """A task with secrets in every sensitive place, and three invocations."""
    task = server.executions.add_run(
        TaskExecution(
            task_parameters=({"password": (SECRET,)},),
            alarm_configuration=AlarmConfiguration((Alarm("cpu"),)),
            status=None,
        ),
        [],
    )
    server.executions.set_status(task, "SUCCESS")
    _, (sample, *_) = samples.patch_run(targets=1)
    first = attrs.evolve(
        sample,
        window_execution_id=None,
        task_execution_id=None,
        raw_parameters=PARAMETERS,
        owner_information=SECRET,
    )
    server.executions.add_invocations(
        task,
        [
            first,
            attrs.evolve(
                first, invocation_id=None, status_details="=2+5[red]\x1b[31m\ud800", end_time=None
            ),
            TaskInvocation(owner_information="-1"),
        ],
    )
    return task


class TestTask:
    """``ssm-mwx task``."""

    def test_json_is_aws_s_without_secrets(
        self, run: Run, task: TaskExecution, tmp_path: Path
    ) -> None:
        """What goes into a pipe loads again, but for the sensitive members."""
        done = run("task", *task.task_ids)
        (tmp_path / "task.json").write_text(done.out)

        assert (done.status, done.err) == (0, "")
        assert SECRET not in done.out
        expected = attrs.evolve(task, task_parameters=None, status=ExecutionStatus.SUCCESS)
        assert load_task_execution(tmp_path / "task.json") == expected

    def test_secrets_are_shown_where_asked_for(
        self, run: Run, task: TaskExecution, tmp_path: Path
    ) -> None:
        """With `--show-sensitive` the whole task loads again."""
        (tmp_path / "task.json").write_text(run("task", *task.task_ids, "--show-sensitive").out)

        expected = attrs.evolve(task, status=ExecutionStatus.SUCCESS)
        assert load_task_execution(tmp_path / "task.json") == expected

    def test_table_on_a_terminal(self, run: Run, task: TaskExecution) -> None:
        """A terminal gets a row for each member, in colour, and still no secret."""
        done = run("task", *task.task_ids, terminal=True)

        assert f"TaskExecutionId     {task.task_execution_id}" in ANSI.sub("", done.out)
        assert "\x1b[32mSUCCESS" in done.out
        assert '{"Alarms": [{"Name": "cpu"}]}' in done.out
        assert SECRET not in done.out

    def test_table_can_be_asked_for(self, run: Run, task: TaskExecution) -> None:
        """A table in a pipe is plain text."""
        done = run("task", *task.task_ids, "--format", "table", "--show-sensitive")

        assert "\x1b" not in done.out
        assert SECRET in done.out


class TestInvocations:
    """``ssm-mwx invocations``."""

    def test_json_is_aws_s_without_secrets(
        self, run: Run, server: Server, task: TaskExecution, tmp_path: Path
    ) -> None:
        """What goes into a pipe loads again, but for the sensitive members."""
        done = run("invocations", *task.task_ids)
        (tmp_path / "all.json").write_text(done.out)

        assert SECRET not in done.out
        with MaintenanceWindowClient(endpoint_url=server.url) as client:
            assert load_task_invocations(tmp_path / "all.json") == tuple(
                attrs.evolve(item, raw_parameters=None, owner_information=None)
                for item in client.iter_task_invocations(*task.task_ids)
            )

    def test_secrets_are_shown_where_asked_for(
        self, run: Run, server: Server, task: TaskExecution, tmp_path: Path
    ) -> None:
        """With `--show-sensitive` all of them load again."""
        done = run("invocations", *task.task_ids, "--show-sensitive")
        (tmp_path / "all.json").write_text(done.out)

        with MaintenanceWindowClient(endpoint_url=server.url) as client:
            expected = tuple(client.iter_task_invocations(*task.task_ids))
        assert load_task_invocations(tmp_path / "all.json") == expected

    def test_all_pages(self, run: Run, server: Server) -> None:
        """However many pages there are, all of their invocations are listed."""
        ids = server.executions.add_run(*samples.patch_run(targets=250)).task_ids
        listed = json.loads(run("invocations", *ids).out)

        assert len(listed["WindowExecutionTaskInvocationIdentities"]) == 250

    def test_status(self, run: Run, server: Server) -> None:
        """`--status` can be given several times."""
        ids = server.executions.add_run(*samples.patch_run(targets=250)).task_ids
        done = run("invocations", *ids, "--status", "FAILED", "--status", "TIMED_OUT")

        assert len(json.loads(done.out)["WindowExecutionTaskInvocationIdentities"]) == 17

    def test_csv(self, run: Run, task: TaskExecution) -> None:
        """A row for each: no secret, no formula, no order to a terminal, nothing but UTF-8."""
        done = run("invocations", *task.task_ids, "--format", "csv")
        first, second, third = csv.DictReader(io.StringIO(done.out))

        assert SECRET not in done.out
        assert first["instance_ids"] == "i-1 i-2"
        assert first["status"] == "SUCCESS"
        assert first["start_time"].endswith("+00:00")
        assert float(first["duration_seconds"]) > 0
        assert second["status_details"] == "'=2+5[red]?"
        assert second["duration_seconds"] == ""
        assert third["start_time"] == third["instance_ids"] == third["execution_id"] == ""

    def test_csv_with_secrets(self, run: Run, task: TaskExecution) -> None:
        """With `--show-sensitive` there are two columns more."""
        done = run("invocations", *task.task_ids, "--format", "csv", "--show-sensitive")
        first, _, third = csv.DictReader(io.StringIO(done.out))

        assert (first["parameters"], first["owner_information"]) == (PARAMETERS, SECRET)
        assert (third["parameters"], third["owner_information"]) == ("", "'-1")

    def test_table(self, run: Run, task: TaskExecution) -> None:
        """A terminal gets what it can show, and obeys nothing that AWS sent."""
        done = run("invocations", *task.task_ids, terminal=True)

        assert SECRET not in done.out
        assert "i-1 i-2" in done.out
        assert "=2+5[red]\N{REPLACEMENT CHARACTER}[31m\N{REPLACEMENT CHARACTER}" in done.out
        assert "not ended" in done.out
        assert done.out.endswith("3 invocations\n")

    def test_table_with_secrets(
        self, run: Run, task: TaskExecution, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """With `--show-sensitive` there are two columns more."""
        monkeypatch.setenv("COLUMNS", "250")
        done = run("invocations", *task.task_ids, "--format", "table", "--show-sensitive")

        assert "Owner information" in done.out
        assert PARAMETERS in done.out

    def test_table_of_a_patch_run_fits_80_columns(self, run: Run, server: Server) -> None:
        """Real ids and details take one line each."""
        ids = server.executions.add_run(*samples.patch_run(targets=60)).task_ids
        lines = run("invocations", *ids, "--format", "table").out.splitlines()

        assert len(lines) == 1 + 60 + 1
        assert max(len(line.rstrip()) for line in lines) <= 80

    def test_none(self, run: Run, server: Server) -> None:
        """A task without invocations is no error in any format."""
        ids = server.executions.add_task().task_ids

        assert json.loads(run("invocations", *ids).out) == {
            "WindowExecutionTaskInvocationIdentities": []
        }
        assert run("invocations", *ids, "--format", "csv").out.count("\n") == 1
        assert run("invocations", *ids, "--format", "table").out.endswith("0 invocations\n")

    def test_one(self, run: Run, server: Server) -> None:
        """One invocation is counted as one."""
        ids = server.executions.add_run(*samples.patch_run(targets=1)).task_ids

        assert run("invocations", *ids, "--format", "table").out.endswith("\n1 invocation\n")


class TestWait:
    """``ssm-mwx wait``: its exit status is what a CI step goes by."""

    @pytest.mark.parametrize(
        ("status", "expected"),
        [("SUCCESS", 0), ("FAILED", 1), ("TIMED_OUT", 1), ("CANCELLED", 1)],
    )
    def test_end(self, run: Run, server: Server, status: str, expected: int) -> None:
        """0 for SUCCESS and 1 for another end; the task is shown either way."""
        task = server.executions.add_task(status=status)
        done = run("wait", *task.task_ids)

        assert done.status == expected
        assert json.loads(done.out)["Status"] == status
        assert done.err == f"{status}\n"

    def test_timeout(self, run: Run, server: Server) -> None:
        """3 where the time is up, with the last state in the error."""
        task = server.executions.add_task(status="IN_PROGRESS")
        done = run("wait", *task.task_ids, "--timeout", "0")

        subject = f"task execution {task.task_execution_id}"
        assert (done.status, done.out) == (3, "")
        assert done.err.splitlines() == [
            "IN_PROGRESS",
            f"ssm-mwx: {subject} had not ended after 0 seconds: last status IN_PROGRESS",
        ]

    @pytest.mark.parametrize(
        "args",
        [
            (),
            (IDS[0],),
            (*IDS, "third"),
            ("not-a-uuid", IDS[1]),
            (*IDS, "--timeout", "soon"),
            (*IDS, "--timeout", "-1"),
            (*IDS, "--poll-interval", "nan"),
            (*IDS, "--format", "csv"),
            (*IDS, "--nonsense"),
            (*IDS, "--profile", "nobody"),
            (*IDS, "--endpoint-url", "nowhere"),
        ],
    )
    @pytest.mark.usefixtures("server")
    def test_bad_arguments(self, run: Run, args: tuple[str, ...]) -> None:
        """2 where an argument is bad, in one line."""
        done = run("wait", *args)

        assert (done.status, done.out) == (2, "")
        assert done.error

    def test_aws_cannot_be_asked(self, run: Run, server: Server) -> None:
        """4 where the task does not exist, so that it is not taken for a task that failed."""
        server.executions.add_task()
        done = run("wait", *IDS)

        assert done.status == 4
        assert "DoesNotExistException" in done.error

    def test_progress_in_a_pipe(self, run: Run, server: Server) -> None:
        """Each change of the status is a line on standard error."""
        task = server.executions.add_run(*samples.patch_run(targets=3), over=0.8)
        done = run("wait", *task.task_ids, "--poll-interval", "0.01")

        assert done.err.splitlines()[-2:] == ["IN_PROGRESS", "FAILED"]
        assert len(done.err.splitlines()) <= 3

    def test_progress_on_a_terminal(self, run: Run, server: Server) -> None:
        """A terminal gets a line that is alive, and the table at the end."""
        task = server.executions.add_run(*samples.patch_run(targets=3), over=0.8)
        done = run("wait", *task.task_ids, "--poll-interval", "0.01", terminal=True)

        assert done.status == 1
        assert "IN_PROGRESS" in done.err
        assert "\x1b[1;31mFAILED" in done.out

    def test_ctrl_c(self, run: Run, server: Server) -> None:
        """130, as for any command, and nothing said."""
        task = server.executions.add_task(status="IN_PROGRESS")
        threading.Timer(1, os.kill, [os.getpid(), signal.SIGINT]).start()
        done = run("wait", *task.task_ids, "--poll-interval", "0.05")

        assert done.status == 130
        assert done.err.strip() == "IN_PROGRESS"


class TestConnection:
    """Options and environment variables are the AWS CLI's."""

    @pytest.fixture(name="elsewhere")
    def _elsewhere(self, server: Server) -> tuple[str, str]:
        """A task in another Region than the environment's."""
        return server.executions.add_task(region_name="us-west-2").task_ids

    @pytest.mark.parametrize("before", [False, True])
    def test_region(self, run: Run, elsewhere: tuple[str, str], before: bool) -> None:
        """`--region` may stand before the command or after it."""
        region = ("--region", "us-west-2")
        args = (*region, "task", *elsewhere) if before else ("task", *elsewhere, *region)

        assert run(*args).status == 0

    def test_region_after_the_command_wins(self, run: Run, elsewhere: tuple[str, str]) -> None:
        """What stands nearer to the command counts."""
        args = ("--region", "eu-north-1", "task", *elsewhere, "--region", "us-west-2")

        assert run(*args).status == 0

    def test_region_of_the_environment(
        self, run: Run, elsewhere: tuple[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """AWS_REGION goes before AWS_DEFAULT_REGION, and `--region` before both."""
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
        monkeypatch.setenv("AWS_REGION", "us-west-2")

        assert run("task", *elsewhere).status == 0
        assert run("task", *elsewhere, "--region", "eu-north-1").status == 4

    @pytest.mark.parametrize("by_option", [False, True])
    def test_profile(
        self,
        run: Run,
        elsewhere: tuple[str, str],
        monkeypatch: pytest.MonkeyPatch,
        by_option: bool,
    ) -> None:
        """A profile's Region and credentials count, by `--profile` or AWS_PROFILE."""
        monkeypatch.delenv("AWS_DEFAULT_REGION")
        Path(os.environ["AWS_CONFIG_FILE"]).write_text(
            "[profile ops]\nregion = us-west-2\n"
            "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = made-up\n"
        )
        if by_option:
            assert run("task", *elsewhere, "--profile", "ops").status == 0
        else:
            monkeypatch.setenv("AWS_PROFILE", "ops")
            assert run("task", *elsewhere).status == 0

    def test_endpoint_url(
        self, run: Run, server: Server, task: TaskExecution, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """AWS_ENDPOINT_URL is read, and `--endpoint-url` goes before it."""
        monkeypatch.delenv("AWS_ENDPOINT_URL_SSM")
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        assert run("task", *task.task_ids).status == 0

        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        assert run("task", *task.task_ids, "--endpoint-url", server.url).status == 0

    def test_no_region(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where nothing names a Region, that is said."""
        monkeypatch.delenv("AWS_DEFAULT_REGION")
        done = run("task", *IDS)

        assert (done.status, done.error) == (2, "You must specify a region.")

    def test_nobody_listens(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        """A connection that cannot be made is one line, too."""
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        done = run("task", *IDS, "--endpoint-url", "http://127.0.0.1:9")

        assert (done.status, done.out) == (4, "")
        assert "Could not connect" in done.error


class TestServe:
    """``ssm-mwx serve``."""

    def test_serves_until_ctrl_c(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        """It prints shell that names its URL and ids, answers there, and ends in good order."""
        printed: list[str] = []
        found: list[TaskInvocation] = []
        ready = threading.Event()

        def use_it() -> None:
            ready.wait(30)
            exported = _exports(printed)
            ids = exported["WINDOW_EXECUTION_ID"], exported["TASK_EXECUTION_ID"]
            url = exported["AWS_ENDPOINT_URL_SSM"]
            client = MaintenanceWindowClient(
                endpoint_url=url, region_name=exported["AWS_DEFAULT_REGION"]
            )
            with client:
                found.extend(client.iter_task_invocations(*ids))
            os.kill(os.getpid(), signal.SIGINT)

        def echo(line: str) -> None:
            printed.append(line)
            if "STEP_FUNCTIONS" in line:
                ready.set()

        monkeypatch.setattr("click.echo", echo)
        monkeypatch.delenv("AWS_DEFAULT_REGION")
        user = threading.Thread(target=use_it)
        user.start()
        done = run("serve", "--targets", "120")
        user.join()

        assert (done.status, done.err) == (0, "")
        assert len(found) == 120
        assert [line for line in printed if not line.startswith(("export ", "#"))] == []

    def test_plays_the_runs(self) -> None:
        """With `--over` the runs begin when it starts; it is a process that SIGINT ends."""
        command = [sys.executable, "-m", "ssm_mwx", "serve", "--over", "3600", "--targets", "5"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                exported = _exports([process.stdout.readline() for _ in range(15)])
                client = MaintenanceWindowClient(
                    endpoint_url=exported["AWS_ENDPOINT_URL_SSM"],
                    region_name=exported["AWS_REGION"],
                )
                with client:
                    task = client.get_task_execution(
                        exported["WINDOW_EXECUTION_ID"], exported["TASK_EXECUTION_ID"]
                    )
            finally:
                process.send_signal(signal.SIGINT)

        assert task.status == "PENDING"
        assert process.returncode == 0

    def test_port_is_taken(self, run: Run, server: Server) -> None:
        """A port that cannot be had is one line."""
        done = run("serve", "--port", server.url.rpartition(":")[2])

        assert done.status == 4
        assert "Address already in use" in done.error

    def test_port_that_is_none(self, run: Run) -> None:
        """A port out of range is a bad argument."""
        assert run("serve", "--port", "70000").status == 2


def _exports(lines: list[str]) -> dict[str, str]:
    """The environment variables that the printed shell exports."""
    words = [word for line in lines if line.startswith("export ") for word in line.split()[1:]]
    return {name: value for name, _, value in (word.partition("=") for word in words)}


class TestProgram:
    """The program as such."""

    def test_help_without_a_command(self, run: Run) -> None:
        """Without a command it says what commands there are."""
        done = run()

        assert done.status == 2
        for command in ("demo", "task", "invocations", "wait", "report", "serve"):
            assert f"\n  {command} " in done.err

    @pytest.mark.parametrize("command", ["demo", "task", "invocations", "wait", "report", "serve"])
    def test_help(self, run: Run, command: str) -> None:
        """Every command explains itself."""
        done = run(command, "--help")

        assert done.status == 0
        assert f"ssm-mwx {command}" in done.out or f"{command} [OPTIONS]" in done.out

    def test_version(self, run: Run) -> None:
        """It knows its version."""
        assert "0.1.0" in run("--version").out

    def test_no_such_command(self, run: Run) -> None:
        """A command that is none is a bad argument."""
        done = run("describe")

        assert (done.status, done.error) == (2, "No such command 'describe'.")

    def test_reader_that_goes_away(self, server: Server) -> None:
        """Like any other program it ends silently when nobody reads on."""
        ids = server.executions.add_run(*samples.patch_run(targets=5)).task_ids
        command = [sys.executable, "-W", "error", "-m", "ssm_mwx", "invocations", *ids]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.close()
            assert process.stderr.read() == b""

        assert process.returncode == 141

    def test_missing_extra_is_named(self) -> None:
        """Without click and rich, the import says what to install."""
        code = "import sys; sys.modules['rich'] = None; import ssm_mwx.cli"
        code = f"import importlib.util as u; f = u.find_spec; u.find_spec = {LACKING}; {code}"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)

        assert b"ImportError: the command line needs click and rich" in done.stderr
        assert b"ssm_mwx[cli]" in done.stderr

    def test_main_is_all_there_is(self) -> None:
        """The package has one name to import."""
        assert ssm_mwx.cli.__all__ == ["main"]


LACKING = "lambda name, *rest: None if name == 'rich' else f(name, *rest)"
