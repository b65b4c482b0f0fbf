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
from typing import Any

import click
from botocore.exceptions import BotoCoreError

from ssm_mwx.errors import InvalidRequestError, SsmMwxError, WaitTimeoutError
from ssm_mwx.redaction import clean


class Failing(click.Group):
    """A group of commands that ends the process like this; a command returns its status."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command that the arguments name, and exit."""
        _replace_what_cannot_be_encoded()
        sys.exit(self._status(*args, **extra))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; if the reader of its output is gone, end silently."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # What is left to flush has to go somewhere, or Python complains when it ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 141

    def _status(self, *args: Any, **extra: Any) -> int:
        try:
            status: int | None = super().main(*args, **extra | {"standalone_mode": False})
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            return error.exit_code
        except click.ClickException as error:
            return _fail(error.format_message(), error.exit_code)
        except InvalidRequestError as error:
            return _fail(error, 2)
        except WaitTimeoutError as error:
            return _fail(error, 3)
        except (SsmMwxError, BotoCoreError, ImportError, OSError) as error:
            return _fail(error, 4)
        except click.Abort:
            return 130
        except Exception as error:  # noqa: BLE001 - never 1, which says how a task ended
            if os.environ.get("SSM_MWX_DEBUG"):
                traceback.print_exc()
            return _fail(f"{type(error).__name__}: {error} (SSM_MWX_DEBUG=1 shows more)", 4)
        return status or 0


def _replace_what_cannot_be_encoded() -> None:
    """Print a question mark for a character that the encoding of standard output lacks."""
    stdout: object = sys.stdout
    if isinstance(stdout, io.TextIOWrapper):
        stdout.reconfigure(errors="replace")


def _fail(problem: object, status: int) -> int:
    click.echo(f"ssm-mwx: {clean(str(problem))}", err=True)
    return status
