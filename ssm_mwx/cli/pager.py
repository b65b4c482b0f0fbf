"""Show what a command prints in the pager that AWS_PAGER names, on a terminal only."""

from __future__ import annotations

import io
import os
import shlex
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from ssm_mwx.cli import pipes
from ssm_mwx.cli.pipes import ignore_closed_pipe

if TYPE_CHECKING:
    import subprocess


class _PagerInput(io.TextIOWrapper):
    """The input of a pager, which shows it on a terminal."""

    def isatty(self) -> bool:
        """Return True, so that the output has colours."""
        return True


def is_active() -> bool:
    """Whether standard output goes to a pager."""
    return isinstance(sys.stdout, _PagerInput)


@contextmanager
def paged(*, is_wanted: bool) -> Generator[None, None, None]:
    """Send standard output to the pager, if there is one; leaving the pager ends the block."""
    command = os.environ.get("AWS_PAGER")
    if not command or not is_wanted or not sys.stdout.isatty():
        yield
        return
    import subprocess

    environment = {"LESS": "FRX"} | os.environ  # the AWS CLI's: leave a short output on the screen
    stdout, encoding = sys.stdout, sys.stdout.encoding
    with subprocess.Popen(  # noqa: S603 - the user's own command
        split_command(command), stdin=subprocess.PIPE, env=environment
    ) as process:
        assert process.stdin is not None  # noqa: S101 - for type checkers
        sys.stdout = _PagerInput(process.stdin, encoding=encoding, errors="replace")
        try:
            with ignore_closed_pipe():  # the user has seen enough
                yield
        finally:
            with ignore_closed_pipe():
                sys.stdout.close()
            sys.stdout = stdout
            _wait_for(process)


def split_command(command: str) -> str | list[str]:
    """Return the command as this system runs it: Windows' paths have backslashes."""
    return command if pipes.IS_WINDOWS else shlex.split(command)


def _wait_for(process: subprocess.Popen[bytes]) -> None:
    """Wait until the user leaves the pager, which Ctrl-C does not end."""
    while True:
        with suppress(KeyboardInterrupt):
            process.wait()
            return
