"""`gather`: one call for each of many items, on threads or any executor, with the errors beside.

What the call does, and how a client gets to its processes, is no concern of this module.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence, Sized
from concurrent.futures import CancelledError, Executor, Future
from contextlib import AbstractContextManager, closing
from typing import Any, Generic, TypeVar, TypeVarTuple, cast

import attrs

from ssm_mwx import validation
from ssm_mwx.errors import InvalidRequestError
from ssm_mwx.report import progress as progress_bars
from ssm_mwx.threads import BackgroundCalls, as_they_end

_A = TypeVar("_A", bound=tuple[Any, ...])
_R = TypeVar("_R")
_Arguments = TypeVarTuple("_Arguments")


@attrs.frozen
class Outcome(Generic[_A, _R]):
    """How the call for one item of `gather` ended: either with a result or with an error."""

    arguments: _A
    """The item: the arguments of the call. `TaskIds` stay `TaskIds`."""
    result: _R | None
    """What the call returned; None if it failed."""
    error: Exception | None
    """What the call raised; None if it succeeded."""

    def result_or_raise(self) -> _R:
        """Return the result, which has its own type here; raise the error if there is one.

        Raises:
            Exception: What the call raised.
        """
        if self.error is not None:
            raise self.error
        return cast("_R", self.result)


def gather(
    function: Callable[[*_Arguments], _R],
    items: Iterable[tuple[*_Arguments]],
    *,
    executor: Executor | None = None,
    max_workers: int = 8,
    progress: bool = False,
) -> Generator[Outcome[tuple[*_Arguments], _R], None, None]:
    """Call ``function(*item)`` for each item, and yield an `Outcome` for each as it completes.

    An error of one call is in its `Outcome`, and the other calls go on. Calls begin when the
    iteration does. Closing it, as leaving its loop does, cancels what has not begun; a call that
    runs in a thread of this function also ends, at its next page or retry.

    If `items` raises, or the executor refuses a call, that error is raised after the outcomes of
    all calls that have begun. An exception that is no `Exception`, such as KeyboardInterrupt, is
    raised immediately.

    Args:
        function: What to call. For processes and clusters it must be picklable: a function of a
            module, or a method of a client that is built from plain arguments.
        items: The arguments of each call, as a tuple or another sequence, such as `TaskIds`. One
            argument is ``(argument,)``. An iterator of any length is read as calls complete.
        executor: Any ``concurrent.futures.Executor``, such as a ``ProcessPoolExecutor`` or Dask's
            ``Client.get_executor()``. It is not shut down. By default each call runs in a
            background thread, which sees the caller's context variables.
        max_workers: Calls that are in flight at the same time, at most, on an executor too: ask
            for at least as many as it has workers.
        progress: Show a tqdm bar. It knows its total if `items` has a length.

    Raises:
        InvalidRequestError: `function`, `executor` or `max_workers` is invalid; or, during the
            iteration, an item is no sequence of arguments.
        ImportError: `progress` needs tqdm, which is not installed.
    """
    if not (executor is None or isinstance(executor, Executor)):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidRequestError("executor", executor, "a concurrent.futures.Executor or None")
    validation.function("function", function)
    limit = validation.positive_integer("max_workers", max_workers)
    total = len(items) if isinstance(items, Sized) else None
    bar = progress_bars.counter("items", total, progress=progress)
    return _outcomes(function, iter(items), executor, limit, bar)


def _outcomes(
    function: Callable[..., _R],
    items: Iterator[Any],
    executor: Executor | None,
    limit: int,
    bar: AbstractContextManager[progress_bars.Count],
) -> Generator[Outcome[Any, _R], None, None]:
    background = BackgroundCalls()
    submit = background.start if executor is None else executor.submit

    def start(item: Any) -> Future[_R]:
        return submit(function, *_checked(item))

    try:
        with bar as count, closing(as_they_end(start, items, limit)) as ended:
            for item, future in ended:
                outcome = _outcome(item, future)
                count(1)
                yield outcome
    finally:
        background.cancel()


def _checked(item: Any) -> Any:
    """Refuse an item that would be taken apart by mistake, such as an id."""
    if isinstance(item, str | bytes) or not isinstance(item, Sequence):
        raise InvalidRequestError("items", item, "tuples of arguments, such as (argument,)")
    return item  # pyright: ignore[reportUnknownVariableType]


def _outcome(item: Sequence[Any], future: Future[_R]) -> Outcome[Any, _R]:
    """Return how an ended call ended. A list of arguments becomes a tuple.

    Raises:
        BaseException: The call raised one that is no `Exception`.
    """
    arguments: Any = item if isinstance(item, tuple) else tuple(item)
    error = CancelledError() if future.cancelled() else future.exception()
    if error is None:
        return Outcome(arguments, future.result(), None)
    if isinstance(error, Exception):
        return Outcome(arguments, None, error)
    raise error
