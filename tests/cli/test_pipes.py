"""A pipe whose reader has gone."""

from __future__ import annotations

import errno

import pytest

from ssm_mwx.cli import pipes


def test_closed_pipe_ends_the_block() -> None:
    """The error of a closed pipe is taken for the end."""
    with pipes.ignore_closed_pipe():
        raise BrokenPipeError


def test_other_error_is_raised() -> None:
    """A full disk is no closed pipe."""
    with pytest.raises(OSError, match="No space"), pipes.ignore_closed_pipe():
        raise OSError(errno.ENOSPC, "No space left on device")
