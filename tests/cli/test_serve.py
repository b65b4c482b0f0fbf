"""``ssm-mwx serve``."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading

import pytest

from ssm_mwx import MaintenanceWindowClient, TaskInvocation
from ssm_mwx.testing import Server
from tests.cli.conftest import Run
from tests.support.interrupts import press_ctrl_c


def exports(lines: list[str]) -> dict[str, str]:
    """Return the environment variables that printed shell commands export."""
    words = [word for line in lines if line.startswith("export ") for word in line.split()[1:]]
    return {name: value for name, _, value in (word.partition("=") for word in words)}


def test_serve_answers_until_ctrl_c(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """It prints shell commands with its URL and ids, answers there, and ends in good order."""
    printed: list[str] = []
    found: list[TaskInvocation] = []
    ready = threading.Event()

    def use_it() -> None:
        ready.wait(30)
        exported = exports(printed)
        ids = exported["WINDOW_EXECUTION_ID"], exported["TASK_EXECUTION_ID"]
        url = exported["AWS_ENDPOINT_URL_SSM"]
        region = exported["AWS_DEFAULT_REGION"]
        with MaintenanceWindowClient(endpoint_url=url, region_name=region) as client:
            found.extend(client.iter_task_invocations(*ids))
        press_ctrl_c()

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


HOSTILE = {
    "HTTP_PROXY": "http://127.0.0.1:9",
    "http_proxy": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "AWS_PROFILE": "nobody",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_ENDPOINT_URL_SSM": "nowhere",
    "AWS_CONFIG_FILE": __file__,
    "AWS_MAX_ATTEMPTS": "many",
    "AWS_REGION": "mars-1",
    "AWS_DEFAULT_REGION": "mars-1",
}
"""Settings with which nothing of AWS works."""


@pytest.mark.slow
def test_demo_needs_nothing_of_the_environment() -> None:
    """The demo works behind a proxy, and whatever the AWS settings are."""
    done = subprocess.run(
        [sys.executable, "-m", "ssm_mwx", "demo"],
        capture_output=True,
        check=False,
        env=os.environ | HOSTILE,
    )

    assert (done.returncode, done.stderr) == (0, b"")


def test_environment_is_restored(run: Run, server: Server) -> None:
    """After a failure, too, the environment is as it was."""
    before = dict(os.environ)

    assert run("serve", "--port", server.url.rpartition(":")[2]).status == 4
    assert dict(os.environ) == before


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to a single process")
def test_serve_simulates_runs() -> None:
    """With `--over` the runs start with it; it is a process that SIGINT ends.

    It works behind a proxy, and whatever the AWS settings are.
    """
    command = [sys.executable, "-m", "ssm_mwx", "serve", "--over", "3600", "--targets", "5"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=os.environ | HOSTILE
    ) as process:
        try:
            assert process.stdout is not None
            exported = exports([process.stdout.readline() for _ in range(15)])
            client = MaintenanceWindowClient(
                endpoint_url=exported["AWS_ENDPOINT_URL_SSM"],
                region_name=exported["AWS_REGION"],
            )
            with client:
                task = client.get_task_execution(
                    exported["WINDOW_EXECUTION_ID"], exported["TASK_EXECUTION_ID"]
                )
                (run,) = client.iter_window_executions(exported["WINDOW_ID"])
                tasks = list(client.iter_task_executions(str(run.window_execution_id)))
        finally:
            process.send_signal(signal.SIGINT)

    assert task.status == run.status == "PENDING"
    assert len(tasks) == 3
    assert exported["NO_PROXY"] == exported["no_proxy"] == "127.0.0.1"
    assert process.returncode == 0


def test_port_in_use_is_one_line(run: Run, server: Server) -> None:
    """A port that cannot be used is an error of one line."""
    port = server.url.rpartition(":")[2]
    with pytest.raises(OSError, match=r"\[(Errno|WinError) ") as expected:
        socket.create_server(("127.0.0.1", int(port)))

    done = run("serve", "--port", port)

    assert done.status == 4
    assert done.error == str(expected.value)


def test_port_out_of_range_is_a_wrong_argument(run: Run) -> None:
    """A port out of range is a wrong argument."""
    assert run("serve", "--port", "70000").status == 2
