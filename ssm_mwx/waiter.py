"""Polling a task execution until it ends or the time is up.

The call to make is given, and so are clock and sleep: nothing here knows of AWS or of threads.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from datetime import timedelta

from ssm_mwx.errors import InvalidRequestError, TaskFailedError, WaitTimeoutError
from ssm_mwx.models import TaskExecution

Duration = float | timedelta
"""Seconds, or a `timedelta`."""
OnPoll = Callable[[TaskExecution], object]
"""Told of each `TaskExecution` seen; what it returns is passed over."""
Clock = Callable[[], float]
"""Seconds that only ever grow."""

POLL_INTERVAL = 15.0
"""Seconds between two looks, where nobody says how many."""

_LONGEST_PAUSE = 86_400.0  # far below what the system's sleep takes


def wait_for_task(
    get: Callable[[], TaskExecution],
    wait: Wait,
    *,
    sleep: Callable[[float], object] | None = None,
) -> TaskExecution:
    """Look, sleep and look again, as `wait` says, until the task has ended.

    Args:
        get: Makes the call.
        wait: The rules, and how far this wait has come.
        sleep: Sleeps for so many seconds; ``time.sleep`` where not given.

    Raises:
        WaitTimeoutError: The task had not ended at the deadline.
        TaskFailedError: It ended otherwise than in SUCCESS, and `wait` is to raise then.
    """
    sleep = sleep or time.sleep
    while (pause := wait.pause_after(wait.look(get))) is not None:
        sleep(pause)
    return wait.result()


class Wait:
    """The rules of one wait, and how far it has come; the sync and the async loop both ask it.

    The time starts when it is made. A loop looks (`look`), asks how long to sleep
    (`pause_after`), and takes the `result` when there is nothing to sleep for any more.

    Args:
        timeout: Time until the deadline; 0 looks once.
        poll_interval: Time from one look to the next; 0 looks again at once.
        is_passing: Whether a fault may be over at the next look; others end the wait.
        on_poll: Told of each `TaskExecution` seen.
        raise_on_failure: Whether an end other than SUCCESS is an error.
        clock: A monotonic clock; ``time.monotonic`` where not given.

    Raises:
        InvalidRequestError: `timeout` or `poll_interval` is not a finite time of 0 or more.
    """

    def __init__(
        self,
        *,
        timeout: Duration,
        poll_interval: Duration = POLL_INTERVAL,
        is_passing: Callable[[Exception], bool],
        on_poll: OnPoll | None = None,
        raise_on_failure: bool = False,
        clock: Clock | None = None,
    ) -> None:
        self._timeout = _seconds("timeout", timeout)
        self._poll_interval = _seconds("poll_interval", poll_interval)
        self._is_passing = is_passing
        self._on_poll = on_poll
        self._raise_on_failure = raise_on_failure
        self._clock = clock or time.monotonic
        self._deadline = self._clock() + self._timeout
        self._looked_at = -math.inf
        self._task: TaskExecution | None = None
        self._fault: Exception | None = None

    def look(self, get: Callable[[], TaskExecution]) -> TaskExecution | None:
        """Make the call; None where a passing fault came between. May run in another thread."""
        self._looked_at = self._clock()
        self._fault = None
        try:
            return get()
        except Exception as error:
            if not self._is_passing(error):
                raise
            self._fault = error
            return None

    def pause_after(self, seen: TaskExecution | None) -> float | None:
        """Seconds to sleep until the next look; None where `seen` has ended.

        The last look is one that begins when the time is up, not before.

        Raises:
            WaitTimeoutError: That was the last look.
        """
        if seen is not None:
            self._task = seen
            if self._on_poll is not None:
                self._on_poll(seen)
            if seen.is_terminal:
                return None
        if self._looked_at >= self._deadline:
            raise WaitTimeoutError(self._told(), self._task) from self._fault
        left = max(0.0, self._deadline - self._clock())
        return min(self._poll_interval, left, _LONGEST_PAUSE)

    def result(self) -> TaskExecution:
        """The ended task.

        Raises:
            TaskFailedError: It ended otherwise than in SUCCESS, and that is to be an error.
        """
        task = self._task
        assert task is not None, "a wait without an end has no result"  # noqa: S101
        if self._raise_on_failure and not task.succeeded:
            details = f": {task.status_details}" if task.status_details else ""
            raise TaskFailedError(
                f"task execution {task.task_execution_id} ended in {task.status}{details}", task
            )
        return task

    def _told(self) -> str:
        seen = "it was never seen" if self._task is None else f"it was {self._task.status}"
        fault = f", and the last look failed: {self._fault}" if self._fault else ""
        return f"the task had not ended after {self._timeout:g} seconds: {seen}{fault}"


def _seconds(argument: str, given: object) -> float:
    """`given` in seconds."""
    seconds = given.total_seconds() if isinstance(given, timedelta) else given
    if isinstance(seconds, int | float) and not isinstance(seconds, bool):  # noqa: SIM102 - one thought each
        if 0 <= seconds <= sys.float_info.max:
            return float(seconds)
    raise InvalidRequestError(argument, given, "a finite number of seconds, 0 or more")
