"""Imports of what only an extra installs."""

from __future__ import annotations

import importlib
from typing import Any


def import_extra(module: str, *, extra: str) -> Any:
    """Import `module`.

    Raises:
        ImportError: It is not installed; the message names the extra that brings it.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        message = f"{module} is not installed: pip install 'ssm_mwx[{extra}]'"
        raise ImportError(message, name=module) from error
