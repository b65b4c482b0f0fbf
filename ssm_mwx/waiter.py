"""Poll an execution until it has ended or the time is up.

The call to make, the clock and the sleep are arguments: nothing here knows of AWS or of threads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from ssm_mwx import threads, validation
from ssm_mwx.errors import TaskFailedError, WaitTimeoutError, is_transient
from ssm_mwx.models import TaskExecution, WindowExecution
from ssm_mwx.retries import no_later_than
from ssm_mwx.threads import monotonic
from ssm_mwx.validation import Duration

_T = TypeVar("_T", TaskExecution, WindowExecution)

OnPoll = Callable[[_T], object]
"""Called with each execution seen. The async client awaits the result if that is awaitable; any
other result is ignored."""
Clock = Callable[[], float]
"""Returns seconds that only grow."""

POLL_INTERVAL = 15.0
"""Default seconds between two polls."""

_LONGEST_DELAY = 86_400.0  # far below what the system's sleep takes


def wait_until_ended(
    get: Callable[[], _T],
    wait: Wait[_T],
    *,
    sleep: Callable[[float], object] | None = None,
) -> _T:
    """Poll and sleep, as `wait` says, until the execution has ended.

    Args:
        get: Makes the call.
        wait: The rules and the state of this wait.
        sleep: Sleeps for a number of seconds; `threads.sleep` by default.

    Raises:
        WaitTimeoutError: It had not ended at the deadline.
        TaskFailedError: It did not succeed, and `wait` raises on failure.
    """
    sleep = sleep or threads.sleep
    while True:
        seen = wait.poll(get)
        wait.show(seen)
        delay = wait.delay_after(seen)
        if delay is None:
            return wait.result()
        sleep(delay)


class Wait(Generic[_T]):
    """The rules and the state of one wait, for a sync and an async loop.

    The time starts when it is made. A loop polls (`poll`), shows what it saw (`show`), asks how
    long to sleep (`delay_after`), and takes the `result` when there is no further delay.

    Args:
        subject: What is waited for, for the errors: "task execution" and its id.
        timeout: Time until the deadline; 0 polls once.
        poll_interval: Time from one poll to the next; 0 polls again immediately.
        on_poll: Called with each execution seen.
        awaits: Whether the loop awaits what `on_poll` returns.
        raise_on_failure: Whether to raise if it does not succeed.
        clock: A monotonic clock; by default one that keeps going while a test freezes the time.

    Raises:
        InvalidRequestError: `timeout` or `poll_interval` is not a finite time of 0 or more, or
            `on_poll` is no function that the loop can call.
    """

    def __init__(
        self,
        subject: str,
        *,
        timeout: Duration,
        poll_interval: Duration = POLL_INTERVAL,
        on_poll: OnPoll[_T] | None = None,
        awaits: bool = False,
        raise_on_failure: bool = False,
        clock: Clock | None = None,
    ) -> None:
        self._subject = subject
        self._timeout = validation.seconds("timeout", timeout)
        self._poll_interval = validation.seconds("poll_interval", poll_interval)
        self._on_poll: OnPoll[_T] | None = on_poll
        if on_poll is not None:
            check = validation.function if awaits else validation.plain_function
            check("on_poll", on_poll)
        self._raise_on_failure = raise_on_failure
        self._clock = clock or monotonic
        self._deadline = self._clock() + self._timeout
        self._seen: _T | None = None
        self._error: Exception | None = None

    def poll(self, get: Callable[[], _T]) -> _T | None:
        """Make the call; None after a transient error. May run in another thread."""
        self._error = None
        try:
            with no_later_than(self._deadline):
                return get()
        except Exception as error:
            if not is_transient(error):
                raise
            self._error = error
            return None

    def show(self, seen: _T | None) -> object:
        """Call `on_poll` with what a poll has returned, and return its result."""
        return None if seen is None or self._on_poll is None else self._on_poll(seen)

    def delay_after(self, seen: _T | None) -> float | None:
        """Return the seconds until the next poll, or None if `seen` has ended.

        The last poll starts when the time is up. If a poll takes until then, it was the last.

        Raises:
            WaitTimeoutError: That was the last poll.
        """
        if seen is not None:
            self._seen = seen
            if seen.is_terminal:
                return None
        if self._clock() >= self._deadline:
            raise WaitTimeoutError(self._timeout_message(), self._seen) from self._error
        return min(self._poll_interval, self._deadline - self._clock(), _LONGEST_DELAY)

    def result(self) -> _T:
        """Return the ended execution.

        Raises:
            TaskFailedError: It did not succeed, and this wait raises on failure.
        """
        ended = self._seen
        assert ended is not None, "a wait has a result only when it has ended"  # noqa: S101
        if self._raise_on_failure and not ended.succeeded:
            details = f": {ended.status_details}" if ended.status_details else ""
            raise TaskFailedError(f"{self._subject} ended in {ended.status}{details}", ended)
        return ended

    def _timeout_message(self) -> str:
        last = f"last status {self._seen.status}" if self._seen else "no poll succeeded"
        error = f", and the last poll failed: {self._error}" if self._error else ""
        return f"{self._subject} had not ended after {self._timeout:g} seconds: {last}{error}"
