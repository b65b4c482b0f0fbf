"""`AsyncMaintenanceWindowClient`: the client's methods as coroutines and async iterators.

boto3 has no asyncio, so each call runs in a thread. What a call does is the sync client's
business alone. asyncio is imported by the coroutines, where it is there already: it is slow to
import, and most who import the package do not need it.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import AsyncIterator, Callable, Generator
from concurrent.futures import Future
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, ParamSpec, Self, TypeVar, cast

from ssm_mwx import boto, validation, waiter
from ssm_mwx.client import MaintenanceWindowClient

if TYPE_CHECKING:
    import boto3
    from botocore.config import Config

    from ssm_mwx.boto import SsmClientLike
    from ssm_mwx.client import Statuses
    from ssm_mwx.models import InvocationPage, TaskExecution, TaskInvocation
    from ssm_mwx.pagination import TaskInvocationPager
    from ssm_mwx.report import TaskReport

_P = ParamSpec("_P")
_R = TypeVar("_R")


class AsyncMaintenanceWindowClient:
    """The twin of `MaintenanceWindowClient` for asyncio: the same names, arguments and errors.

    It is the sync client in threads, since boto3 has no asyncio: each call of AWS's takes a
    thread for as long as it lasts, and the event loop stays free. A cancelled call is left alone:
    its thread ends with the answer, or at botocore's time limits, and nothing waits for it.

    Put a limit, such as an ``asyncio.Semaphore``, on many at once: botocore keeps 10 connections
    unless `config` sets ``max_pool_connections``.

    As an async context manager it closes on exit the connections of a client that it built.

    Args:
        client: As for `MaintenanceWindowClient`, like all the others. Building a client from them
            takes boto3 a fraction of a second and is done here at once, in the caller's thread.
        session: A ``boto3.Session``.
        region_name: AWS Region.
        profile_name: Profile for a new session.
        endpoint_url: Where to call instead of AWS's own endpoint.
        config: A ``botocore.config.Config``.

    Raises:
        InvalidRequestError: Arguments that exclude each other.
    """

    def __init__(
        self,
        client: SsmClientLike | Any | None = None,
        *,
        session: boto3.Session | None = None,
        region_name: str | None = None,
        profile_name: str | None = None,
        endpoint_url: str | None = None,
        config: Config | None = None,
    ) -> None:
        self._client = MaintenanceWindowClient(
            client,
            session=session,
            region_name=region_name,
            profile_name=profile_name,
            endpoint_url=endpoint_url,
            config=config,
        )

    async def get_task_execution(
        self, window_execution_id: str, task_execution_id: str
    ) -> TaskExecution:
        """See `MaintenanceWindowClient.get_task_execution`."""
        return await _in_thread(
            self._client.get_task_execution, window_execution_id, task_execution_id
        )

    async def describe_task_invocations(
        self,
        window_execution_id: str,
        task_execution_id: str,
        *,
        statuses: Statuses = (),
        max_results: int | None = None,
        next_token: str | None = None,
    ) -> InvocationPage:
        """See `MaintenanceWindowClient.describe_task_invocations`."""
        return await _in_thread(
            self._client.describe_task_invocations,
            window_execution_id,
            task_execution_id,
            statuses=statuses,
            max_results=max_results,
            next_token=next_token,
        )

    def iter_task_invocations(
        self,
        window_execution_id: str,
        task_execution_id: str,
        *,
        statuses: Statuses = (),
        page_size: int = validation.MAX_PAGE_SIZE,
        starting_token: str | None = None,
        prefetch: bool = False,
    ) -> AsyncTaskInvocationPager:
        """See `MaintenanceWindowClient.iter_task_invocations`; not to be awaited, but iterated."""
        return AsyncTaskInvocationPager(
            self._client.iter_task_invocations(
                window_execution_id,
                task_execution_id,
                statuses=statuses,
                page_size=page_size,
                starting_token=starting_token,
                prefetch=prefetch,
            )
        )

    async def wait_for_task(
        self,
        window_execution_id: str,
        task_execution_id: str,
        *,
        timeout: waiter.Duration,
        poll_interval: waiter.Duration = waiter.POLL_INTERVAL,
        on_poll: waiter.OnPoll | None = None,
        raise_on_failure: bool = False,
    ) -> TaskExecution:
        """See `MaintenanceWindowClient.wait_for_task`; `on_poll` is called in the event loop."""
        import asyncio

        wait = waiter.Wait(
            timeout=timeout,
            poll_interval=poll_interval,
            is_passing=boto.is_passing_fault,
            on_poll=on_poll,
            raise_on_failure=raise_on_failure,
        )
        get = partial(self._client.get_task_execution, window_execution_id, task_execution_id)
        while (pause := wait.pause_after(await _in_thread(wait.look, get))) is not None:
            await asyncio.sleep(pause)
        return wait.result()

    async def report(
        self,
        window_execution_id: str,
        task_execution_id: str,
        *,
        statuses: Statuses = (),
        progress: bool = False,
    ) -> TaskReport:
        """See `MaintenanceWindowClient.report`."""
        from ssm_mwx.report import TaskReport
        from ssm_mwx.report.progress import for_report

        ids = (window_execution_id, task_execution_id)
        pager = self._client.iter_task_invocations(*ids, statuses=statuses)
        task = await self.get_task_execution(*ids)
        left = for_report(task, pager, all_of_them=not statuses, progress=progress)
        invocations: list[TaskInvocation] = []
        while batch := await _in_thread(list, islice(left, validation.MAX_PAGE_SIZE)):
            invocations += batch
        return TaskReport(task, invocations)

    async def close(self) -> None:
        """Close the connections of a client that was built here; a ready one is left alone."""
        await _in_thread(self._client.close)

    async def aclose(self) -> None:
        """The same under the name that ``contextlib.aclosing`` calls."""
        await self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


class AsyncTaskInvocationPager:
    """The twin of `TaskInvocationPager` for ``async for``; lazy, and iterable again and again.

    One page is fetched at a time, when it is asked for and not before.
    """

    def __init__(self, pager: TaskInvocationPager) -> None:
        self._pager = pager

    def __aiter__(self) -> AsyncIterator[TaskInvocation]:
        pages = self.pages()
        return (invocation async for page in pages for invocation in page.invocations)

    def pages(self) -> AsyncIterator[InvocationPage]:
        """See `TaskInvocationPager.pages`."""
        return _each(cast("Generator[InvocationPage, None, None]", self._pager.pages()))

    @property
    def resume_token(self) -> str | None:
        """See `TaskInvocationPager.resume_token`."""
        return self._pager.resume_token

    @property
    def finished(self) -> bool:
        """See `TaskInvocationPager.finished`."""
        return self._pager.finished

    def __repr__(self) -> str:
        return repr(self._pager).replace("<", "<Async", 1)


async def _each(pages: Generator[InvocationPage, None, None]) -> AsyncIterator[InvocationPage]:
    while (page := await _in_thread(next, pages, None)) is not None:
        try:
            yield page
        except GeneratorExit:
            await _in_thread(pages.close)  # it may wait for a page that is on its way
            raise


async def _in_thread(function: Callable[_P, _R], /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
    """Run a blocking function in a thread of its own, as ``asyncio.to_thread`` does in a pool.

    A pool's threads are waited for when the loop or the process ends, also those whose caller was
    cancelled long ago; nothing waits for these.
    """
    import asyncio

    outcome: Future[_R] = Future()
    outcome.set_running_or_notify_cancel()

    def run() -> None:
        try:
            outcome.set_result(function(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001 - raised again where it is awaited
            outcome.set_exception(error)

    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(run,), name="ssm_mwx", daemon=True).start()
    return await asyncio.wrap_future(outcome)
