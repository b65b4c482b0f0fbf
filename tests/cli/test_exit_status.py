"""Exit statuses, and errors of one line."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import shlex
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import ssm_mwx.cli
from ssm_mwx.cli import pipes
from ssm_mwx.cli.options import Connection
from ssm_mwx.testing import Server, samples
from tests.cli.conftest import Run
from tests.support.fakes import IDS

COMMANDS = ["demo", "task", "invocations", "wait", "report", "serve"]


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
    ids=" ".join,
)
@pytest.mark.usefixtures("server")
def test_wrong_argument_is_2(run: Run, args: tuple[str, ...]) -> None:
    """A wrong argument is an error of one line."""
    done = run("wait", *args)

    assert (done.status, done.out) == (2, "")
    assert done.error


def test_unknown_command_is_2(run: Run) -> None:
    """A command that does not exist is a wrong argument."""
    done = run("describe")

    assert (done.status, done.error) == (2, "No such command 'describe'.")


def test_failed_connection_is_4(run: Run) -> None:
    """A connection that cannot be made is an error of one line."""
    done = run("task", *IDS, "--endpoint-url", "http://ssm.invalid")

    assert (done.status, done.out) == (4, "")
    assert "Could not connect" in done.error


@pytest.mark.usefixtures("server")
def test_error_has_no_character_to_act_upon(run: Run) -> None:
    """An argument that is quoted in an error is cleaned."""
    done = run("describe\x1b[2J\x9b")

    assert done.status == 2
    assert done.error.isprintable()


def test_output_goes_to_any_object_that_stands_for_standard_output() -> None:
    """A program that calls the command line can collect its output."""
    collected = io.StringIO()

    with contextlib.redirect_stdout(collected), pytest.raises(SystemExit) as ended:
        ssm_mwx.cli.main(["--help"])

    assert ended.value.code == 0
    assert "Commands:" in collected.getvalue()


@pytest.mark.slow
def test_closed_pipe_is_141(server: Server) -> None:
    """Like any other program it ends silently if the reader of its output has gone."""
    ids = server.executions.add_run(*samples.patch_run(targets=5)).task_ids
    command = [sys.executable, "-W", "error", "-m", "ssm_mwx", "invocations", *ids]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""

    assert process.returncode == 141


@pytest.mark.parametrize(
    ("is_windows", "error", "status"),
    [
        (False, BrokenPipeError(errno.EPIPE, "Broken pipe"), 141),
        (True, BrokenPipeError(errno.EPIPE, "Broken pipe"), 141),
        (True, OSError(errno.EINVAL, "Invalid argument"), 141),
        (False, OSError(errno.EINVAL, "Invalid argument"), 4),
        (True, OSError(errno.EINVAL, "Invalid argument", "a:file"), 4),
        (True, OSError(errno.ENOSPC, "No space left on device"), 4),
    ],
)
def test_closed_pipe_is_known_on_windows(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    is_windows: bool,
    error: OSError,
    status: int,
) -> None:
    """On Windows a write to a closed pipe is an invalid argument, without a file's name."""

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(pipes, "IS_WINDOWS", is_windows)
    monkeypatch.setattr(Connection, "open", fail)

    assert run("task", *IDS).status == status


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device here is always full")
@pytest.mark.parametrize("format_", ["json", "jsonl", "csv", "table"])
def test_full_disk_is_4(server: Server, format_: str) -> None:
    """Output that cannot be written is an error of one line."""
    ids = server.executions.add_run(*samples.patch_run(targets=5)).task_ids

    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "ssm_mwx", "invocations", *ids, "--format", format_],
            check=False,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )

    assert done.returncode == 4
    assert done.stderr == "ssm-mwx: [Errno 28] No space left on device\n"


@pytest.mark.slow
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
@pytest.mark.parametrize("format_", ["json", "table"])
def test_closed_streams_are_no_error(server: Server, closed: str, format_: str) -> None:
    """A command without an output, or without standard error, does its work."""
    ids = server.executions.add_run(*samples.patch_run(targets=5)).task_ids
    command = shlex.join([sys.executable, "-m", "ssm_mwx", "invocations", *ids])

    done = subprocess.run(
        ["sh", "-c", f"{command} --format {format_} {closed}"], capture_output=True, check=True
    )

    assert done.stderr == b""
    assert bool(done.stdout) is (closed == "2>&-")


@pytest.mark.slow
@pytest.mark.parametrize("command", ["--help", "--version", "task --help", "demo"])
def test_closed_pipe_is_141_for_every_output(command: str) -> None:
    """A help page and the version are outputs too."""
    reader, writer = os.pipe()
    os.close(reader)

    done = subprocess.run(
        [sys.executable, "-m", "ssm_mwx", *command.split()],
        check=False,
        stdout=writer,
        stderr=subprocess.PIPE,
    )
    os.close(writer)

    assert (done.returncode, done.stderr) == (141, b"")


def test_help_is_shown_without_a_command(run: Run) -> None:
    """Without a command it lists the commands."""
    done = run()

    assert done.status == 2
    for command in COMMANDS:
        assert f"\n  {command} " in done.err


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command(run: Run, command: str) -> None:
    """Every command explains itself."""
    done = run(command, "--help")

    assert done.status == 0
    assert f"{command} [OPTIONS]" in done.out


def test_version_is_the_package_s(run: Run) -> None:
    """It knows its version."""
    assert version("ssm_mwx") in run("--version").out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "missing"), [("task", "click"), ("demo", "moto"), ("serve", "moto")]
)
def test_missing_extra_is_one_line(command: str, missing: str) -> None:
    """Without its extra a command says in one line what to install, and exits with 4."""
    code = f"import sys; sys.modules[{missing!r}] = None; from ssm_mwx.__main__ import main; main()"

    done = subprocess.run(
        [sys.executable, "-c", code, command], capture_output=True, check=False, text=True
    )

    (line,) = done.stderr.splitlines()
    assert done.returncode == 4
    assert line.startswith(f"ssm-mwx: {missing} is not installed: pip install 'ssm_mwx[")


def test_package_has_one_name() -> None:
    """The package of the command line has one name to import."""
    assert ssm_mwx.cli.__all__ == ["main"]
