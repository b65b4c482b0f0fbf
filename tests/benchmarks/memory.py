"""How much memory a process has."""

from __future__ import annotations

import re
from pathlib import Path

_MIB = 2**20


def resident() -> float:
    """MiB of this process that are in memory, as Linux reports it."""
    status = Path("/proc/self/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0]) * 1024 / _MIB
