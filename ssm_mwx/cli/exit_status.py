"""How the command line fails: one line on standard error, and an exit status that says why.

0 is success. 1: `wait` saw a task that did not succeed. 2: an argument is wrong. 3: `wait` timed
out. 4: a call or anything else failed, whatever it was. 130: Ctrl-C. 141: the reader closed the
pipe, as in ``… | head``.
"""

from __future__ import annotations

import io
import os
import sys
import traceback
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, cast

import click
from botocore.exceptions import BotoCoreError

from ssm_mwx.cli import log
from ssm_mwx.cli.options import OPTION_OF_ARGUMENT, Connection
from ssm_mwx.cli.pipes import is_closed_pipe
from ssm_mwx.cli.resuming import StoppedListError, option
from ssm_mwx.errors import InvalidRequestError, SsmMwxError, WaitTimeoutError
from ssm_mwx.redaction import clean


class _ClosedPipeError(Exception):
    """The reader of the output has gone. click itself would exit with status 1."""


@contextmanager
def _closed_pipe_as_error() -> Generator[None, None, None]:
    try:
        yield
    except OSError as error:
        if is_closed_pipe(error):
            raise _ClosedPipeError from None
        raise


class Failing(click.Group):
    """A group of commands that ends the process like this; a command returns its status."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command that the arguments name, and exit."""
        _prepare_output()
        status = self._status(*args, **extra)
        _discard_what_cannot_be_written()
        sys.exit(status)

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the arguments, which prints a help page that is asked for."""
        with _closed_pipe_as_error():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        with _closed_pipe_as_error():
            return super().invoke(ctx)

    def _status(self, *args: Any, **extra: Any) -> int:
        connection = Connection(debug=os.environ.get("SSM_MWX_DEBUG", "") not in ("", "0"))
        defaults = {"standalone_mode": False, "obj": connection}
        try:
            with log.shown():
                status: int | None = super().main(*args, **extra | defaults)
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            return error.exit_code
        except _ClosedPipeError:
            return 141
        except StoppedListError as error:
            return _fail(error.reason, connection, f"; resume with {option(error.token)}")
        except Exception as error:  # noqa: BLE001 - never 1, which says how a task ended
            return _fail(error, connection)
        return status or 0


def _fail(error: BaseException, connection: Connection, advice: str = "") -> int:
    """Write what is wrong on one line, and return the exit status for it."""
    status, problem = _explain(error)
    if connection.debug and status == 4:
        traceback.print_exception(error)
    if problem:
        click.echo(f"ssm-mwx: {clean(problem)}{advice}", err=True)
    elif advice:
        click.echo(f"ssm-mwx: interrupted{advice}", err=True)
    return status


def _explain(error: BaseException) -> tuple[int, str]:
    """Return the exit status for an error, and its message."""
    match error:
        case click.ClickException():
            return error.exit_code, error.format_message()
        case InvalidRequestError():
            message = str(error).removeprefix(error.argument)
            return 2, f"{_option_of(error.argument)}{message}"
        case WaitTimeoutError():
            return 3, str(error)
        case SsmMwxError() | BotoCoreError() | ImportError() | OSError():
            return 4, str(error)
        case click.Abort() | KeyboardInterrupt():
            return 130, ""
        case _:
            return 4, f"{type(error).__name__}: {error} (--debug shows more)"


def _option_of(argument: str) -> str:
    return OPTION_OF_ARGUMENT.get(argument) or f"--{argument.replace('_', '-')}"


def _prepare_output() -> None:
    """Print a question mark for a character that the encoding lacks, and write every byte.

    Without a buffer, as PYTHONUNBUFFERED=1 asks for, Python takes a write that a closed pipe has
    stopped half-way for complete. Of streams that were closed before the start there is no trace.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123
    stdout: object = sys.stdout
    if not isinstance(stdout, io.TextIOWrapper):
        return
    stdout.reconfigure(errors="replace")
    raw: object = cast("object", stdout.buffer)  # pyright: ignore[reportUnknownMemberType]
    if isinstance(raw, io.RawIOBase):
        sys.stdout = io.TextIOWrapper(
            io.BufferedWriter(raw), stdout.encoding, "replace", line_buffering=True
        )


def _discard_what_cannot_be_written() -> None:
    """Empty the buffer of standard output, or Python complains of it at the end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
