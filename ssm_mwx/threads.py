"""Background threads."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")


def run_in_background(
    function: Callable[_P, _R], /, *args: _P.args, **kwargs: _P.kwargs
) -> Future[_R]:
    """Call `function` in a daemon thread of its own, in a copy of the caller's context.

    Nothing waits for the thread: neither the end of the process, nor that of an event loop, as
    both do for the threads of a pool.

    Returns:
        A future with what the call returns or raises. It cannot be cancelled.
    """
    outcome: Future[_R] = Future()
    outcome.set_running_or_notify_cancel()

    def run() -> None:
        try:
            outcome.set_result(function(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001 - raised where the result is asked for
            outcome.set_exception(error)

    context = contextvars.copy_context()  # what the caller's log filters may read
    threading.Thread(target=context.run, args=(run,), name="ssm_mwx", daemon=True).start()
    return outcome
