"""`AsyncMaintenanceWindowClient`: the client's methods as coroutines and async iterators.

boto3 has no asyncio, so each call of the sync client runs in a background thread. The coroutines
import asyncio, which is slow to import and which most users of the package do not need.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, cast

from ssm_mwx import waiter
from ssm_mwx.client import MaintenanceWindowClient
from ssm_mwx.models import TaskExecution, TaskInvocation, WindowExecution
from ssm_mwx.operations import (
    DESCRIBE_INVOCATIONS,
    DESCRIBE_TASKS,
    DESCRIBE_WINDOW_EXECUTIONS,
    LIST_COMMAND_INVOCATIONS,
)
from ssm_mwx.retries import RETRY_TIMEOUT
from ssm_mwx.threads import BackgroundCalls

if TYPE_CHECKING:
    from datetime import datetime

    import boto3
    from botocore.config import Config

    from ssm_mwx.boto import SsmClientLike
    from ssm_mwx.models import CommandInvocation, InvocationPage, Page, TaskExecutionIdentity
    from ssm_mwx.pagination import Pager
    from ssm_mwx.report import TaskReport
    from ssm_mwx.validation import Duration, Id, Statuses

_R = TypeVar("_R")
_T = TypeVar("_T")
_E = TypeVar("_E", TaskExecution, WindowExecution)


class AsyncMaintenanceWindowClient:
    """The async counterpart of `MaintenanceWindowClient`: the same names, arguments and errors.

    Each call takes a thread for as long as it lasts, and the event loop stays free. Nothing waits
    for the thread of a cancelled call: it ends with the answer or at botocore's time limits.

    Limit the number of calls at a time, for example by an ``asyncio.Semaphore``: botocore keeps
    10 connections unless `config` sets ``max_pool_connections``.

    As an async context manager it closes on exit the connections of a client that it built.

    Args:
        client: As for `MaintenanceWindowClient`, like all others. boto3 takes a fraction of a
            second to build a client from them, in the caller's thread.
        session: A ``boto3.Session``.
        region_name: AWS Region.
        profile_name: Profile for a new session.
        endpoint_url: URL to call instead of AWS's own endpoint.
        config: A ``botocore.config.Config``.
        retry_timeout: Seconds, or a `timedelta`, of retries after transient errors.

    Raises:
        InvalidRequestError: Arguments exclude each other.
        TypeError: `client`, `session` or `config` is something else, such as a client of
            aiobotocore.
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
        retry_timeout: Duration = RETRY_TIMEOUT,
    ) -> None:
        self._client = MaintenanceWindowClient(
            client,
            session=session,
            region_name=region_name,
            profile_name=profile_name,
            endpoint_url=endpoint_url,
            config=config,
            retry_timeout=retry_timeout,
        )

    @property
    def boto_client(self) -> Any:
        """See `MaintenanceWindowClient.boto_client`; its calls block."""
        return self._client.boto_client

    async def get_task_execution(
        self, window_execution_id: Id, task_execution_id: Id
    ) -> TaskExecution:
        """See `MaintenanceWindowClient.get_task_execution`."""
        return await _in_thread(
            self._client.get_task_execution, window_execution_id, task_execution_id
        )

    async def describe_task_invocations(
        self,
        window_execution_id: Id,
        task_execution_id: Id,
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
        window_execution_id: Id,
        task_execution_id: Id,
        *,
        statuses: Statuses = (),
        page_size: int = DESCRIBE_INVOCATIONS.page_sizes[-1],
        starting_token: str | None = None,
        prefetch: bool = False,
    ) -> AsyncTaskInvocationPager:
        """See `MaintenanceWindowClient.iter_task_invocations`; iterate it, do not await it."""
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
        window_execution_id: Id,
        task_execution_id: Id,
        *,
        timeout: Duration,
        poll_interval: Duration = waiter.POLL_INTERVAL,
        on_poll: waiter.OnPoll[TaskExecution] | None = None,
        raise_on_failure: bool = False,
    ) -> TaskExecution:
        """See `MaintenanceWindowClient.wait_for_task`.

        `on_poll` is called in the event loop, and awaited if it is a coroutine function.
        """
        get = partial(self._client.get_task_execution, window_execution_id, task_execution_id)
        wait = waiter.Wait(
            f"task execution {task_execution_id}",
            timeout=timeout,
            poll_interval=poll_interval,
            on_poll=on_poll,
            awaits=True,
            raise_on_failure=raise_on_failure,
        )
        return await _wait_until_ended(get, wait)

    def iter_window_executions(
        self,
        window_id: Id,
        *,
        executed_after: datetime | None = None,
        executed_before: datetime | None = None,
        page_size: int = DESCRIBE_WINDOW_EXECUTIONS.page_sizes[-1],
        starting_token: str | None = None,
    ) -> AsyncPager[WindowExecution]:
        """See `MaintenanceWindowClient.iter_window_executions`; iterate it, do not await it."""
        return AsyncPager(
            self._client.iter_window_executions(
                window_id,
                executed_after=executed_after,
                executed_before=executed_before,
                page_size=page_size,
                starting_token=starting_token,
            )
        )

    async def get_window_execution(self, window_execution_id: Id) -> WindowExecution:
        """See `MaintenanceWindowClient.get_window_execution`."""
        return await _in_thread(self._client.get_window_execution, window_execution_id)

    def iter_task_executions(
        self,
        window_execution_id: Id,
        *,
        statuses: Statuses = (),
        page_size: int = DESCRIBE_TASKS.page_sizes[-1],
        starting_token: str | None = None,
    ) -> AsyncPager[TaskExecutionIdentity]:
        """See `MaintenanceWindowClient.iter_task_executions`; iterate it, do not await it."""
        return AsyncPager(
            self._client.iter_task_executions(
                window_execution_id,
                statuses=statuses,
                page_size=page_size,
                starting_token=starting_token,
            )
        )

    async def wait_for_window_execution(
        self,
        window_execution_id: Id,
        *,
        timeout: Duration,
        poll_interval: Duration = waiter.POLL_INTERVAL,
        on_poll: waiter.OnPoll[WindowExecution] | None = None,
        raise_on_failure: bool = False,
    ) -> WindowExecution:
        """See `MaintenanceWindowClient.wait_for_window_execution`.

        `on_poll` is called in the event loop, and awaited if it is a coroutine function.
        """
        get = partial(self._client.get_window_execution, window_execution_id)
        wait = waiter.Wait(
            f"window execution {window_execution_id}",
            timeout=timeout,
            poll_interval=poll_interval,
            on_poll=on_poll,
            awaits=True,
            raise_on_failure=raise_on_failure,
        )
        return await _wait_until_ended(get, wait)

    def iter_command_invocations(
        self,
        command_id: Id,
        *,
        details: bool = False,
        page_size: int = LIST_COMMAND_INVOCATIONS.page_sizes[-1],
        starting_token: str | None = None,
    ) -> AsyncPager[CommandInvocation]:
        """See `MaintenanceWindowClient.iter_command_invocations`; iterate it, do not await it."""
        return AsyncPager(
            self._client.iter_command_invocations(
                command_id, details=details, page_size=page_size, starting_token=starting_token
            )
        )

    async def report(
        self,
        window_execution_id: Id,
        task_execution_id: Id,
        *,
        statuses: Statuses = (),
        nodes: bool = False,
        details: bool = False,
        progress: bool = False,
    ) -> TaskReport:
        """See `MaintenanceWindowClient.report`."""
        return await _in_thread(
            self._client.report,
            window_execution_id,
            task_execution_id,
            statuses=statuses,
            nodes=nodes,
            details=details,
            progress=progress,
        )

    async def close(self) -> None:
        """Close the connections of a client that was built here; an existing one stays open."""
        await _in_thread(self._client.close)

    async def aclose(self) -> None:
        """Call `close`, under the name that ``contextlib.aclosing`` uses."""
        await self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


class AsyncPager(Generic[_T]):
    """The async counterpart of `Pager`, for ``async for``; lazy, and iterable again.

    It fetches one page at a time, when it is asked for.
    """

    def __init__(self, pager: Pager[_T]) -> None:
        self._pager = pager

    def __aiter__(self) -> AsyncIterator[_T]:
        pages = self.pages()
        return (item async for page in pages for item in page)

    def pages(self) -> AsyncIterator[Page[_T]]:
        """See `Pager.pages`."""
        return _each(self._pager.pages())

    @property
    def resume_token(self) -> str | None:
        """See `Pager.resume_token`."""
        return self._pager.resume_token

    @property
    def finished(self) -> bool:
        """See `Pager.finished`."""
        return self._pager.finished

    def __repr__(self) -> str:
        return repr(self._pager).replace("<", "<Async", 1)


class AsyncTaskInvocationPager(AsyncPager[TaskInvocation]):
    """All invocations of a task execution: an `AsyncPager` whose pages are `InvocationPage`."""

    def pages(self) -> AsyncIterator[InvocationPage]:
        """See `Pager.pages`."""
        return cast("AsyncIterator[InvocationPage]", super().pages())


async def _each(pages: Iterator[_T]) -> AsyncIterator[_T]:
    background = BackgroundCalls()

    def next_page() -> _T | None:
        return next(pages, None)

    try:
        while (page := await _in_thread(next_page, background=background)) is not None:
            yield page
    finally:
        background.cancel()  # a page on its way, a prefetched one too, is not asked for again


async def _wait_until_ended(get: Callable[[], _E], wait: waiter.Wait[_E]) -> _E:
    import asyncio

    while True:
        seen = await _in_thread(wait.poll, get)
        shown = wait.show(seen)
        if isinstance(shown, Awaitable):
            await shown
        delay = wait.delay_after(seen)
        if delay is None:
            return wait.result()
        await asyncio.sleep(delay)


async def _in_thread(
    function: Callable[..., _R],
    /,
    *args: Any,
    background: BackgroundCalls | None = None,
    **kwargs: Any,
) -> _R:
    """Run a blocking function in a background thread; cancelling ends its retries and pages."""
    import asyncio

    background = background or BackgroundCalls()
    await asyncio.sleep(0)  # other tasks get their turn, even if the answer comes immediately
    try:
        return await asyncio.wrap_future(background.start(function, *args, **kwargs))
    except asyncio.CancelledError:
        background.cancel()
        raise
