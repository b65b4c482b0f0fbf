"""One call for each of many items: in what order, how many at a time, and how they fail."""

from __future__ import annotations

import contextvars
import gc
import pickle
import threading
import time
import weakref
from collections.abc import Generator, Iterator
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from itertools import islice
from typing import Any

import attrs
import pytest

from ssm_mwx import InvalidRequestError, MaintenanceWindowClient, Outcome, TaskIds, gather
from ssm_mwx.testing import ExecutionStore, samples
from ssm_mwx.threads import BackgroundCalls
from ssm_mwx.threads import CancelledError as CancelledInBackground
from tests.support.fakes import IDS
from tests.support.interrupts import press_ctrl_c


@pytest.fixture(name="executor", params=["threads", "executor"])
def _executor(request: pytest.FixtureRequest) -> Generator[Executor | None, None, None]:
    """Return no executor, and one of two threads."""
    if request.param == "threads":
        yield None
        return
    with ThreadPoolExecutor(2) as executor:
        yield executor


def divide(dividend: int, divisor: int) -> float:
    """Divide; by 0 it fails."""
    return dividend / divisor


def test_gather_yields_results_and_errors(executor: Executor | None) -> None:
    """Each item has one outcome: what the call returned, or what it raised."""
    items = [(6, 2), (1, 0), (8, 2)]

    outcomes = {outcome.arguments: outcome for outcome in gather(divide, items, executor=executor)}

    assert outcomes.keys() == set(items)
    assert outcomes[6, 2] == Outcome((6, 2), 3.0, None)
    assert outcomes[8, 2].result_or_raise() == 4.0
    assert (outcomes[1, 0].result, type(outcomes[1, 0].error)) == (None, ZeroDivisionError)
    with pytest.raises(ZeroDivisionError):
        outcomes[1, 0].result_or_raise()


def test_result_may_be_none() -> None:
    """A call that returns None has succeeded."""
    (outcome,) = gather(print, [()])

    assert outcome == Outcome((), None, None)
    assert outcome.result_or_raise() is None


def test_outcome_pickles() -> None:
    """An outcome can be sent to another process."""
    outcome = Outcome(IDS, 3, None)

    assert pickle.loads(pickle.dumps(outcome)) == outcome


def test_outcomes_come_as_calls_complete() -> None:
    """A call that takes longer does not keep back the others."""
    last = threading.Event()

    def call(number: int) -> int:
        if number == 0:
            assert last.wait(10)
        return number

    numbers: list[int] = []
    for outcome in gather(call, [(number,) for number in range(20)], max_workers=2):
        numbers.append(outcome.result_or_raise())
        if len(numbers) == 19:
            last.set()

    assert numbers == [*range(1, 20), 0]


def test_gather_calls_method_of_client_with_task_ids(
    maintenance_window_executions: ExecutionStore,
) -> None:
    """The ids of a task are the arguments of a client's method, and stay `TaskIds`."""
    task = maintenance_window_executions.add_run(*samples.patch_run(targets=12))
    client = MaintenanceWindowClient()

    (outcome,) = gather(client.report, [task.task_ids])

    assert isinstance(outcome.arguments, TaskIds)
    assert outcome.arguments == task.task_ids
    assert outcome.result_or_raise() == client.report(*task.task_ids)


def test_items_may_be_lists() -> None:
    """Arguments that were read from JSON are lists; those of an outcome are a tuple."""
    items: Any = [[6, 2]]

    assert list(gather(divide, items)) == [Outcome((6, 2), 3.0, None)]


# --- how many at a time ---


def test_no_more_than_max_workers_are_in_flight(executor: Executor | None) -> None:
    """Items are pulled as calls complete, and workers are never idle."""
    lock = threading.Lock()
    pulled = running = most = 0

    def items() -> Iterator[tuple[int]]:
        nonlocal pulled
        for number in range(30):
            pulled += 1
            yield (number,)

    def call(number: int) -> int:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.005)
        with lock:
            running -= 1
        return number

    done = 0
    for _ in gather(call, items(), executor=executor, max_workers=2):
        done += 1
        assert pulled <= done + 2

    assert (pulled, done, most) == (30, 30, 2)


def test_next_call_begins_before_caller_asks() -> None:
    """While the caller handles one outcome, as many calls as before are in flight."""
    begun = [threading.Event(), threading.Event()]

    def call(number: int) -> None:
        begun[number].set()

    outcomes = gather(call, [(0,), (1,)], max_workers=1)
    next(outcomes)

    assert begun[1].wait(10)
    outcomes.close()


def test_items_may_be_endless() -> None:
    """Items are read as calls complete, and results are not kept."""

    class Result:
        """Something that can be watched."""

    def items() -> Iterator[tuple[()]]:
        while True:
            yield ()

    outcomes = gather(Result, items(), max_workers=3)
    results = [weakref.ref(outcome.result_or_raise()) for outcome in islice(outcomes, 500)]
    outcomes.close()
    gc.collect()

    assert sum(result() is not None for result in results) <= 3


def test_no_call_begins_before_iteration() -> None:
    """Nothing is called, and no item is read, until the first outcome is asked for."""
    outcomes = gather(divide, iter([(1, 0)]))

    assert [type(outcome.error) for outcome in outcomes] == [ZeroDivisionError]
    assert list(gather(divide, [])) == []


def test_calls_see_context_of_caller() -> None:
    """A call in a thread sees the context variables of the caller."""
    variable = contextvars.ContextVar("variable", default="none")
    variable.set("the caller's")

    assert [outcome.result for outcome in gather(variable.get, [()])] == ["the caller's"]


# --- the end ---


def test_stopping_early_cancels_what_has_not_begun() -> None:
    """Calls that wait for a worker of the executor are never made; the executor can go on."""
    begun, release = threading.Event(), threading.Event()
    called: list[int] = []

    def call(number: int) -> None:
        called.append(number)
        if number == 1:
            begun.set()
            release.wait(10)

    with ThreadPoolExecutor(1) as executor:
        outcomes = gather(call, [(number,) for number in range(10)], executor=executor)
        next(outcomes)
        assert begun.wait(10)
        outcomes.close()
        release.set()
        assert executor.submit(divide, 4, 2).result() == 2

    assert called == [0, 1]


def test_stopping_early_ends_calls_in_threads(
    maintenance_window_executions: ExecutionStore,
) -> None:
    """A call that waits to retry ends, and makes no further request."""
    store = maintenance_window_executions
    task = store.add_run(*samples.patch_run(targets=12))
    store.fail_next("ThrottlingException", times=1000)
    client = MaintenanceWindowClient(retry_timeout=60)

    def call(number: int) -> None:
        if number:
            client.report(*task.task_ids)

    next(outcomes := gather(call, [(0,), (1,)]))
    outcomes.close()
    threads = [thread for thread in threading.enumerate() if thread.name == "ssm_mwx"]
    for thread in threads:
        thread.join(10)

    assert [thread.is_alive() for thread in threads] == [False] * len(threads)


def test_cancelled_background_call_ends_its_gather() -> None:
    """A gather inside a background call, as asyncio makes them, ends when that is cancelled."""
    background = BackgroundCalls()

    def call(_number: int) -> None:
        background.cancel()

    def gather_all() -> int:
        return len(list(gather(call, ((number,) for number in range(10_000)), max_workers=1)))

    with pytest.raises(CancelledInBackground):
        background.start(gather_all).result(10)


def test_cancelled_background_call_does_not_wait_for_its_gather() -> None:
    """A gather inside a background call ends when that is cancelled, whatever its calls do."""
    background = BackgroundCalls()
    release = threading.Event()

    with ThreadPoolExecutor(1) as executor:

        def gather_all() -> None:
            list(gather(release.wait, [(10.0,)], executor=executor))

        waiting = background.start(gather_all)
        background.cancel()
        with pytest.raises(CancelledInBackground):
            waiting.result(5)
        release.set()


def test_ctrl_c_waits_for_no_call() -> None:
    """Ctrl-C is raised while calls are in progress."""
    release = threading.Event()

    def call() -> None:
        press_ctrl_c()
        release.wait(10)

    with pytest.raises(KeyboardInterrupt):
        list(gather(call, [()]))
    release.set()


def test_slow_calls_are_waited_for() -> None:
    """Waiting has no time limit."""
    outcomes = gather(time.sleep, [(0.25,)])

    assert [outcome.error for outcome in outcomes] == [None]


def test_executor_is_not_shut_down() -> None:
    """The caller's executor works on after the last outcome."""
    with ThreadPoolExecutor(1) as executor:
        list(gather(divide, [(1, 1)], executor=executor))

        assert executor.submit(divide, 4, 2).result() == 2


def test_threads_are_daemons() -> None:
    """A call that hangs does not keep the process alive."""
    outcomes = gather(lambda: threading.current_thread().daemon, [()])

    assert [outcome.result for outcome in outcomes] == [True]


# --- errors ---


def test_error_of_items_is_raised_after_what_has_begun(executor: Executor | None) -> None:
    """If the items fail in the middle, no outcome of the calls before is lost."""

    def items() -> Iterator[tuple[int, int]]:
        yield 4, 2
        yield 6, 2
        raise ConnectionError

    results: list[float] = []

    with pytest.raises(ConnectionError):
        results.extend(
            each.result_or_raise() for each in gather(divide, items(), executor=executor)
        )
    assert sorted(results) == [2.0, 3.0]


def test_executor_that_refuses_calls_is_an_error() -> None:
    """An executor that is shut down raises its own error."""
    executor = ThreadPoolExecutor(1)
    executor.shutdown()

    with pytest.raises(RuntimeError, match="shutdown"):
        list(gather(divide, [(1, 1)], executor=executor))


def test_call_that_executor_cancels_is_an_error_of_its_item() -> None:
    """If somebody else cancels a call, for example by a shutdown, its outcome says so."""

    class Cancelling(Executor):
        def submit(self, *_args: Any, **_kwargs: Any) -> Future[Any]:
            future = Future[Any]()
            future.cancel()
            return future

    (outcome,) = gather(divide, [(1, 1)], executor=Cancelling())

    assert isinstance(outcome.error, CancelledError)


def test_keyboard_interrupt_ends_the_iteration(executor: Executor | None) -> None:
    """What is no `Exception` is raised, and is no outcome."""

    def call(number: int) -> None:
        if number == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(gather(call, [(number,) for number in range(100)], executor=executor))


@pytest.mark.parametrize("items", [["mw-1"], "mw-1", [b"mw-1"], [7], [None], [{"a": 1}]])
def test_item_without_arguments_is_refused(items: Any) -> None:
    """A string is not taken apart, and the error says what to write instead."""
    with pytest.raises(InvalidRequestError) as caught:
        list(gather(divide, items))

    assert str(caught.value).startswith(
        "items must be tuples of arguments, such as (argument,), got "
    )


@pytest.mark.parametrize("max_workers", [0, -1, True, 1.5, "8", None])
def test_invalid_max_workers_is_refused_at_the_call(max_workers: Any) -> None:
    """`max_workers` is a positive integer."""
    with pytest.raises(InvalidRequestError, match=r"max_workers must be an integer of 1 or more"):
        gather(divide, [], max_workers=max_workers)


def test_what_is_no_function_is_refused_at_the_call() -> None:
    """The function and the items, in the wrong order, are an error."""
    swapped: tuple[Any, Any] = ([(1, 2)], divide)

    with pytest.raises(InvalidRequestError, match=r"^function must be a function, got "):
        gather(*swapped)


def test_executor_of_another_kind_is_refused_at_the_call() -> None:
    """Dask's client is no executor; its `get_executor` returns one."""
    client: Any = attrs.make_class("Client", [])()

    with pytest.raises(InvalidRequestError, match=r"executor must be a concurrent.futures.Executo"):
        gather(divide, [], executor=client)


def test_items_that_cannot_be_iterated_are_refused_at_the_call() -> None:
    """`items` must be iterable."""
    items: Any = 7

    with pytest.raises(TypeError, match="not iterable"):
        gather(divide, items)


# --- progress ---


@pytest.mark.parametrize(("has_length", "expected"), [(True, "2/2"), (False, "2 items")])
def test_progress_counts_items(
    has_length: bool, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bar counts outcomes, of a total if the items have a length."""
    items = [(6, 2), (1, 0)]

    list(gather(divide, items if has_length else iter(items), progress=True))

    assert expected in capsys.readouterr().err.splitlines()[-1]


def test_no_progress_unless_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    """Without `progress` nothing is written."""
    list(gather(divide, [(6, 2)]))

    assert capsys.readouterr().err == ""
