"""Repeat a call after transient errors. Every call of this library is a read, so it is safe."""

from __future__ import annotations

import contextvars
import logging
import math
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from ssm_mwx.errors import ServiceError, is_transient
from ssm_mwx.threads import monotonic, sleep

if TYPE_CHECKING:
    from tenacity import RetryCallState

_LOGGER = logging.getLogger("ssm_mwx")

RETRY_TIMEOUT = 60.0
"""Default seconds, from a call's first failure, until its error is raised."""

_FIRST_DELAY = 0.5
_LONGEST_DELAY = 10.0

_T = TypeVar("_T")

_deadline: contextvars.ContextVar[float] = contextvars.ContextVar(
    "ssm_mwx_deadline", default=math.inf
)


@contextmanager
def no_later_than(deadline: float) -> Generator[None, None, None]:
    """Start no retry after `deadline`, a time of `monotonic`, inside the block."""
    token = _deadline.set(deadline)
    try:
        yield
    finally:
        _deadline.reset(token)


def call_with_retries(call: Callable[[], _T], *, name: str, timeout: float) -> _T:
    """Make a call, and repeat it after transient errors.

    The delays grow exponentially, with full jitter. A ``Retry-After`` is honoured: if it goes
    beyond the time that is left, the error is raised immediately.

    Args:
        call: The call.
        name: Its name, for the log.
        timeout: Seconds, from the first failure, until the last error is raised; 0 for no retry.

    Raises:
        Exception: What the last attempt raised.
    """
    try:
        return call()
    except Exception as error:
        end = min(monotonic() + timeout, _deadline.get())
        if not is_transient(error) or monotonic() >= end:
            raise
        first: Exception | None = error

    def attempt() -> _T:
        nonlocal first
        if first is not None:
            error, first = first, None
            raise error
        return call()

    return _repeat(attempt, name, end)


def _repeat(attempt: Callable[[], _T], name: str, end: float) -> _T:
    import tenacity  # only after a failure: most programs never need it

    backoff = tenacity.wait_random_exponential(multiplier=_FIRST_DELAY, max=_LONGEST_DELAY)

    def delay(state: RetryCallState) -> float:
        left = max(0.0, end - monotonic())
        return max(min(backoff(state), left), _retry_after(_error_of(state)))

    def is_over(state: RetryCallState) -> bool:
        return monotonic() + _retry_after(_error_of(state)) >= end

    def log(state: RetryCallState) -> None:
        error, seconds = _error_of(state), state.upcoming_sleep
        fields = {"operation": name, "attempts": state.attempt_number, "delay": seconds}
        _LOGGER.info("retrying %s in %.1f s after %s", name, seconds, _summary(error), extra=fields)

    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception(is_transient),
        wait=delay,
        stop=is_over,
        sleep=sleep,
        before_sleep=log,
        reraise=True,
    )
    return retrying(attempt)


def _error_of(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _summary(error: BaseException | None) -> str:
    code = error.code if isinstance(error, ServiceError) else ""
    return f"{type(error).__name__} ({code})" if code else type(error).__name__


def _retry_after(error: BaseException | None) -> float:
    """Return the seconds that a ``Retry-After`` asks for; 0 without one."""
    if not isinstance(error, ServiceError):
        return 0.0
    headers: Any = error.response.get("ResponseMetadata", {}).get("HTTPHeaders") or {}
    value = str(headers.get("retry-after", ""))
    if value.isascii() and value.isdecimal():
        return float(value[:9])
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    return max(
        0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    )
