"""Look up what many commands did on each node, some of them at a time.

The call to make is an argument: nothing here knows of AWS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future

from ssm_mwx.errors import DoesNotExistError, InvalidRequestError
from ssm_mwx.models import CommandInvocation, Page
from ssm_mwx.threads import BackgroundCalls, as_they_end

MAX_CALLS = 8
"""Commands that are looked up at a time, at most: botocore keeps 10 connections."""

PagesOf = Callable[[str], Iterator[Page[CommandInvocation]]]
"""Returns the pages of a command's nodes."""
Count = Callable[[int], object]
"""Is called with the number of nodes on each page, from the threads that fetch them."""


def look_up(command_ids: Sequence[str], pages_of: PagesOf, count: Count) -> list[CommandInvocation]:
    """Return what these commands did on each node, in the order of the commands.

    The first error ends the other calls. So does an exception in the waiting thread, such as
    Ctrl-C, or its cancellation.
    """
    found: dict[str, list[CommandInvocation]] = {}
    background = BackgroundCalls()

    def start(command_id: str) -> Future[list[CommandInvocation]]:
        return background.start(_look_up, command_id, pages_of, count)

    try:
        for command_id, ended in as_they_end(start, command_ids, MAX_CALLS):
            found[command_id] = ended.result()
    finally:
        background.cancel()
    return [node for command_id in command_ids for node in found[command_id]]


def _look_up(command_id: str, pages_of: PagesOf, count: Count) -> list[CommandInvocation]:
    """Return what one command did; nothing if AWS does not know it, or not any longer."""
    nodes: list[CommandInvocation] = []
    try:
        for page in pages_of(command_id):
            nodes += page
            count(len(page))
    except (DoesNotExistError, InvalidRequestError):  # the latter: an id that AWS would refuse
        return []
    return nodes
