"""What the command line says while it waits."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Run
from tests.support.fakes import IDS
from tests.support.models import ITEMS
from tests.support.servers import Answer, Request, answering

_NAME = "DescribeMaintenanceWindowExecutionTaskInvocations"


def _run(run: Run, seconds: str, *, terminal: bool) -> str:
    """Run a command whose first call is throttled; return what it wrote to standard error."""
    throttled = Answer.of_error("ThrottlingException", retry_after=seconds)
    answers = [throttled, Answer.of_json({ITEMS: []})]
    with answering(lambda _request: answers.pop(0)) as server:
        url = ("--endpoint-url", server.url)
        done = run("invocations", *IDS, "--format", "jsonl", *url, terminal=terminal)
    assert (done.status, answers) == (0, [])
    return done.err


def test_terminal_sees_why_a_command_waits(run: Run) -> None:
    """A delay of a second or more is shown, with its cause."""
    assert _run(run, "1", terminal=True) == (
        f"\rssm-mwx: retrying {_NAME} in 1.0 s after ThrottlingError (ThrottlingException)\n"
    )


@pytest.mark.parametrize(("seconds", "terminal"), [("0", True), ("1", False)])
def test_nothing_is_said_if_nobody_waits(run: Run, seconds: str, terminal: bool) -> None:
    """No short delay is shown, and none outside a terminal, such as in a cron job."""
    assert _run(run, seconds, terminal=terminal) == ""


def test_pager_is_not_written_over(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a pager shows the output, no delay is shown."""
    monkeypatch.setenv("AWS_PAGER", "sed d")

    assert _run(run, "1", terminal=True) == ""


def test_warning_is_a_line(run: Run) -> None:
    """What the library warns of in its log is a line on standard error."""

    def answer(_request: Request) -> Answer:
        number = len(server.requests)
        token = None if number > 100 else f"token {number}"
        return Answer.of_json({ITEMS: [], "NextToken": token})

    with answering(answer) as server:
        done = run("invocations", *IDS, "--format", "jsonl", "--endpoint-url", server.url)

    assert done.error == "100 empty pages in a row, each with a new token"
