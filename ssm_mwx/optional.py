"""Optional dependencies: one guard that names the extra to install."""

from __future__ import annotations

import importlib
import importlib.util
import traceback
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

try:
    orjson: Any = importlib.import_module("orjson")
except ImportError:
    orjson = None


@contextmanager
def extra(name: str) -> Generator[None, None, None]:
    """Guard the import of a module of this package that needs the dependencies of an extra.

    Inside that module the dependencies are imported like any other::

        with optional.extra("notebook"):
            from ssm_mwx.report import frames

    Args:
        name: The extra, such as ``notebook``.

    Raises:
        ModuleNotFoundError: A dependency is not installed.
        ImportError: A dependency is installed and its import fails.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if not missing or importlib.util.find_spec(missing) is not None:
            raise _broken(error) from error
        message = f"{missing} is not installed: pip install 'ssm_mwx[{name}]'"
        raise ModuleNotFoundError(message, name=missing) from error
    except Exception as error:
        raise _broken(error) from error


def _broken(error: Exception) -> ImportError:
    module = _outermost_dependency(error)
    return ImportError(f"{module} is installed but cannot be imported: {error}", name=module)


def _outermost_dependency(error: Exception) -> str:
    """Return the first package in the traceback that is neither ours nor the import system."""
    packages = (
        str(frame.f_globals.get("__name__")).partition(".")[0]
        for frame, _ in traceback.walk_tb(error.__traceback__)
    )
    ours = {"ssm_mwx", "importlib", "contextlib"}
    named = getattr(error, "name", None) or "a dependency"
    return next((package for package in packages if package not in ours), named)
