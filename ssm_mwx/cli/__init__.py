"""The command line: a thin face of the library, with the extra ``ssm_mwx[cli]``."""

from importlib.util import find_spec

if any(find_spec(needed) is None for needed in ("click", "rich")):
    raise ImportError("the command line needs click and rich: pip install 'ssm_mwx[cli]'")

from ssm_mwx.cli.commands import main

__all__ = ["main"]
