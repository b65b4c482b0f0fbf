"""Looking up what many commands did."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from ssm_mwx import CommandInvocation, CommandInvocationPage, InvalidRequestError, Page
from ssm_mwx.report.lookups import MAX_CALLS, look_up
from ssm_mwx.threads import BackgroundCalls, CancelledError, sleep
from tests.support.reports import command_of


def page_of(command_id: str, *nodes: int) -> CommandInvocationPage:
    """Return a page of a command's nodes."""
    return CommandInvocationPage(tuple(command_of(node, command_id) for node in nodes))


def test_nodes_come_in_the_order_of_the_commands() -> None:
    """All pages of all commands are there, in order, and their nodes are counted."""
    counted: list[int] = []

    def pages_of(command_id: str) -> Iterator[Page[CommandInvocation]]:
        if command_id == "c-0":
            time.sleep(0.05)
        yield page_of(command_id, 1, 2)
        yield page_of(command_id, 3)

    commands = [f"c-{number}" for number in range(20)]
    found = look_up(commands, pages_of, counted.append)

    assert [(node.command_id, node.instance_name) for node in found] == [
        (command, name) for command in commands for name in ("web-1", "web-2", "web-3")
    ]
    assert sum(counted) == 60


def test_eight_commands_are_looked_up_at_a_time() -> None:
    """Calls run side by side, at most eight of them."""
    lock = threading.Lock()
    together = threading.Barrier(MAX_CALLS)
    running = most = 0

    def pages_of(command_id: str) -> Iterator[Page[CommandInvocation]]:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        together.wait(timeout=10)
        time.sleep(0.02)
        with lock:
            running -= 1
        yield page_of(command_id, 1)

    assert len(look_up([f"c-{number}" for number in range(24)], pages_of, print)) == 24
    assert most == MAX_CALLS == 8


def test_first_error_is_raised_and_ends_the_others() -> None:
    """An error is raised as it is, and commands that wait are not looked up."""
    asked: list[str] = []

    def pages_of(command_id: str) -> Iterator[Page[CommandInvocation]]:
        asked.append(command_id)
        raise PermissionError(command_id)

    with pytest.raises(PermissionError):
        look_up([f"c-{number}" for number in range(100)], pages_of, print)

    assert len(asked) <= MAX_CALLS + 1  # one begins when another ends


def test_id_that_aws_would_refuse_has_no_nodes() -> None:
    """An execution id that is no command id is no error: AWS documents no form of it."""

    def pages_of(command_id: str) -> Iterator[Page[CommandInvocation]]:
        raise InvalidRequestError("command_id", command_id, "a UUID")

    assert look_up(["no id"], pages_of, print) == []


def test_nothing_to_look_up_needs_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a command there is no call."""
    monkeypatch.delattr(threading, "Thread")

    assert look_up([], lambda _command_id: iter(()), print) == []


def test_cancelled_look_up_ends_its_calls() -> None:
    """If nobody waits for a look-up any longer, its calls end where they next sleep."""
    background = BackgroundCalls()
    started = threading.Event()

    def pages_of(command_id: str) -> Iterator[Page[CommandInvocation]]:
        started.set()
        sleep(60)
        yield page_of(command_id, 1)  # pragma: no cover - the sleep is ended

    running = background.start(look_up, ["c-1", "c-2"], pages_of, print)
    started.wait(timeout=10)
    background.cancel()

    assert isinstance(running.exception(timeout=10), CancelledError)
