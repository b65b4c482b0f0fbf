"""What the library logs, as lines on standard error: why a command waits."""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import contextmanager

import click

from ssm_mwx.cli import pager, terminal
from ssm_mwx.redaction import clean

_LOGGER = logging.getLogger("ssm_mwx")

_NOTICED = 1.0
"""Seconds from which a person notices a delay."""


@contextmanager
def shown() -> Generator[None, None, None]:
    """Show warnings, and on a terminal each retry that makes somebody wait."""
    handler, level = _Lines(), _LOGGER.level
    _LOGGER.addHandler(handler)
    _LOGGER.setLevel(logging.INFO)
    try:
        yield
    finally:
        _LOGGER.setLevel(level)
        _LOGGER.removeHandler(handler)


class _Lines(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, unless nobody waits, or the command ends with the error that is logged."""
        is_live = terminal.is_live()
        if record.levelno >= logging.WARNING:
            is_wanted = not any(isinstance(each, Exception) for each in record.args or ())
        else:
            delay: float = getattr(record, "delay", 0.0)
            is_wanted = delay >= _NOTICED and is_live and not pager.is_active()
        if is_wanted:
            start = "\r" if is_live else ""  # over the line of the progress
            click.echo(f"{start}ssm-mwx: {clean(record.getMessage())}", err=True)
