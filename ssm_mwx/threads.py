"""Background threads: how a call runs in one, sleeps there and is cancelled.

`as_they_end` runs many calls, some of them at a time.
"""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future
from itertools import islice
from queue import Empty, SimpleQueue
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")
_T = TypeVar("_T")

_POLL_INTERVAL = 0.1
"""Seconds after which a thread that waits looks whether it is cancelled."""

_cancellations: contextvars.ContextVar[tuple[threading.Event, ...]] = contextvars.ContextVar(
    "ssm_mwx_cancellations", default=()
)


class CancelledError(Exception):
    """Nobody waits for this background call any longer."""


class BackgroundCalls:
    """Calls in daemon threads of their own, which are cancelled together.

    Nothing waits for such a thread: neither the end of the process, nor that of an event loop, as
    both do for the threads of a pool.
    """

    def __init__(self) -> None:
        self._cancelled = threading.Event()

    def start(
        self, function: Callable[_P, _R], /, *args: _P.args, **kwargs: _P.kwargs
    ) -> Future[_R]:
        """Call `function` in a thread, in a copy of the caller's context.

        Returns:
            A future with what the call returns or raises.
        """
        outcome: Future[_R] = Future()
        outcome.set_running_or_notify_cancel()

        def run() -> None:
            _cancellations.set((*_cancellations.get(), self._cancelled))
            try:
                outcome.set_result(function(*args, **kwargs))
            except BaseException as error:  # noqa: BLE001 - raised where the result is asked for
                outcome.set_exception(error)

        context = contextvars.copy_context()  # what the caller's log filters may read
        threading.Thread(target=context.run, args=(run,), name="ssm_mwx", daemon=True).start()
        return outcome

    def cancel(self) -> None:
        """End the calls where they next sleep or ask `raise_if_cancelled`."""
        self._cancelled.set()


def as_they_end(
    start: Callable[[_T], Future[_R]], items: Iterable[_T], limit: int
) -> Generator[tuple[_T, Future[_R]], None, None]:
    """Start a call for each item, and yield the item with its future as each call ends.

    The next item is read when a call ends, before that call is yielded. Closing this generator
    cancels the calls that have not begun.

    Args:
        start: Starts the call for an item.
        items: The items, as many as there are.
        limit: Calls in flight at the same time, at most.

    Raises:
        Exception: What `items` or `start` raised, after the calls in flight have been yielded.
        CancelledError: This is a background call itself, and is cancelled.
    """
    in_flight: dict[Future[_R], _T] = {}
    ended: SimpleQueue[Future[_R]] = SimpleQueue()
    waiting = iter(items)
    failure: Exception | None = None

    def start_some() -> None:
        nonlocal failure, waiting
        try:
            for item in islice(waiting, limit - len(in_flight)):
                future = start(item)
                in_flight[future] = item
                future.add_done_callback(ended.put)
        except Exception as error:  # noqa: BLE001 - raised below
            failure, waiting = error, iter(())

    try:
        start_some()
        while in_flight:
            future = _next_of(ended)
            item = in_flight.pop(future)
            start_some()  # the caller may take its time with this one
            yield item, future
        if failure is not None:
            raise failure
    finally:
        for future in in_flight:
            future.cancel()


def _next_of(ended: SimpleQueue[_T]) -> _T:
    """Wait for the next one, and notice meanwhile that nobody waits for this thread any longer.

    Windows lets no Ctrl-C interrupt a wait that has no end.
    """
    while True:
        raise_if_cancelled()
        try:
            return ended.get(timeout=_POLL_INTERVAL)
        except Empty:
            continue


def raise_if_cancelled() -> None:
    """Raise `CancelledError` in a background call that is cancelled."""
    if any(event.is_set() for event in _cancellations.get()):
        raise CancelledError


def sleep(seconds: float) -> None:
    """Sleep; a background call that is cancelled wakes up with a `CancelledError`."""
    if not _cancellations.get():
        time.sleep(seconds)
        return
    end = monotonic() + seconds
    while (left := end - monotonic()) > 0:
        raise_if_cancelled()
        _cancellations.get()[-1].wait(min(left, _POLL_INTERVAL))
    raise_if_cancelled()


class _Clock:
    """Keeps ``time.monotonic`` where libraries that freeze the time do not replace it."""

    monotonic = staticmethod(time.monotonic)


def monotonic() -> float:
    """Return seconds that only grow, also while a test freezes the time."""
    return _Clock.monotonic()
