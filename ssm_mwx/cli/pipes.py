"""Pipes whose reader has gone, as in ``… | head``; Windows says that in another way."""

from __future__ import annotations

import errno
import os
from collections.abc import Generator
from contextlib import contextmanager

IS_WINDOWS = os.name == "nt"


def is_closed_pipe(error: OSError) -> bool:
    """Return whether the reader of a pipe has gone. Windows has no error of its own for that."""
    is_invalid_write = error.errno == errno.EINVAL and error.filename is None
    return isinstance(error, BrokenPipeError) or (IS_WINDOWS and is_invalid_write)


@contextmanager
def ignore_closed_pipe() -> Generator[None, None, None]:
    """End the block if the reader of a pipe has gone."""
    try:
        yield
    except OSError as error:
        if not is_closed_pipe(error):
            raise
