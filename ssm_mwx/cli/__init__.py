"""The command line. Needs the extra ``ssm_mwx[cli]``."""

from ssm_mwx import optional

with optional.extra("cli"):
    from ssm_mwx.cli.commands import main

__all__ = ["main"]
