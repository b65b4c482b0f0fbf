"""The command line in this process, and a fake AWS for it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator

import attrs
import pytest

from ssm_mwx import (
    Alarm,
    AlarmConfiguration,
    TaskExecution,
    TaskInvocation,
)
from ssm_mwx.cli import main
from ssm_mwx.testing import Server, samples, serve
from tests.support.fakes import SECRET

PARAMETERS = json.dumps({"documentName": "AWS-X", "instanceIds": ["i-1", "i-2"], "secret": SECRET})


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
    """Run the command line in this process, on a terminal if asked."""

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
    """A fake AWS that the environment points at."""
    with serve() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", server.url)
        yield server


@pytest.fixture(name="task")
def _task(server: Server) -> TaskExecution:
    """A task with secrets in every sensitive member, and three invocations."""
    task = server.executions.add_run(
        TaskExecution(
            task_parameters=({"password": (SECRET,)},),
            alarm_configuration=AlarmConfiguration((Alarm("cpu"),)),
            status=None,
        ),
        [],
    )
    server.executions.set_status(task, "SUCCESS")
    _, (sample, *_), _ = samples.patch_run(targets=1)
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
