"""How the command line fails: one line on standard error, and an exit status that tells why.

0 is success; 1 says that `wait` saw another end than SUCCESS, 2 that an argument is bad, 3 that
`wait` ran out of time, 4 that a call or anything else failed, 130 is Ctrl-C, and 141 a reader that
has gone away, as in ``… | head``.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import click
from botocore.exceptions import BotoCoreError

from ssm_mwx.cli.output import one_line
from ssm_mwx.errors import InvalidRequestError, SsmMwxError, WaitTimeoutError


class Failing(click.Group):
    """A group of commands that ends the process in this way; a command returns its status."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command that the arguments name, and exit."""
        sys.exit(self._status(*args, **extra))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; where nobody reads what it prints, end silently."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # What is left to flush has to go somewhere, or Python complains at its end.
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
        return status or 0


def _fail(problem: object, status: int) -> int:
    click.echo(f"ssm-mwx: {one_line(str(problem))}", err=True)
    return status
