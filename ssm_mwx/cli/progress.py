"""A line on standard error that says how far a command is; a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager

import click

from ssm_mwx.cli import pager
from ssm_mwx.cli.terminal import is_live
from ssm_mwx.models import TaskExecution
from ssm_mwx.texts import number_of, status_text
from ssm_mwx.waiter import OnPoll


class Progress:
    """The number of items that have come, on one line that is replaced.

    Args:
        noun: What one item is.
        format_: The output format; of those that stream, the items show how far it is.
    """

    def __init__(self, noun: str, format_: str) -> None:
        self._noun = noun
        self._number = 0
        is_silent = format_ == "json" or (format_ == "table" and not sys.stdout.isatty())
        self._is_shown = is_silent and is_live() and not pager.is_active()

    def add(self, number: int) -> None:
        """Count more items."""
        self._number += number
        if self._is_shown:
            click.echo(f"\r{number_of(self._number, self._noun)} …", err=True, nl=False)

    def clear(self) -> None:
        """Remove the line."""
        if self._is_shown:
            click.echo("\r\x1b[K", err=True, nl=False)


@contextmanager
def of_a_wait() -> Generator[OnPoll[TaskExecution], None, None]:
    """Show the status on standard error: live on a terminal, else a line for each change."""
    if not is_live():
        yield _echo_changes()
        return
    from ssm_mwx.cli import tables

    with tables.spinner() as show:
        yield lambda seen: show(status_text(seen.status))


def _echo_changes() -> OnPoll[TaskExecution]:
    last: object = None

    def on_poll(seen: TaskExecution) -> None:
        nonlocal last
        if seen.status != last:
            click.echo(status_text(seen.status), err=True)
        last = seen.status

    return on_poll
