"""What standard error can show."""

from __future__ import annotations

import os
import sys


def is_live() -> bool:
    """Whether standard error is a terminal that can replace a line."""
    return sys.stderr.isatty() and os.environ.get("TERM") not in ("dumb", "unknown")
