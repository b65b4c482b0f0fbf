"""Ctrl-C, from a thread of the process that gets it."""

from __future__ import annotations

import os
import signal


def press_ctrl_c() -> None:
    """Interrupt this process; on Windows `os.kill` would end it instead."""
    if os.name == "nt":  # pragma: no cover - covered on Windows alone
        signal.raise_signal(signal.SIGINT)
    else:  # pragma: no cover - covered everywhere else
        os.kill(os.getpid(), signal.SIGINT)
