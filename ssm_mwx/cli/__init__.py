"""The command line. Needs the extra ``ssm_mwx[cli]``."""

from importlib import import_module

from ssm_mwx import optional

with optional.extra("cli"):
    import_module("rich")  # the commands import its parts when they print a table
    from ssm_mwx.cli.commands import main

__all__ = ["main"]
