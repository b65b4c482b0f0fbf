"""The async client, on the fake AWS over HTTP and on a server that breaks."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import itertools
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from botocore.config import Config

from ssm_mwx import (
    AsyncMaintenanceWindowClient,
    AsyncTaskInvocationPager,
    DoesNotExistError,
    InternalServerError,
    InvalidRequestError,
    MaintenanceWindowClient,
    TaskExecution,
    TaskFailedError,
    TaskInvocation,
    TaskReport,
    WaitTimeoutError,
    WindowExecution,
)
from ssm_mwx.testing import Server, samples, serve
from tests.support.clients import plain
from tests.support.fakes import IDS, FakeSsmClient, answers_of_sizes
from tests.support.servers import Answer, AnswerServer, Request, answering


@pytest.fixture(name="server")
def _server() -> Iterator[Server]:
    with serve() as server:
        yield server


@pytest.fixture(name="task")
def _task(server: Server) -> TaskExecution:
    return server.executions.add_run(*samples.patch_run(targets=250))


def _threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "ssm_mwx"]


class TestSameAsSync:
    """The async client returns what the sync client returns."""

    def test_task_and_pages_come_back(self, server: Server, task: TaskExecution) -> None:
        """A task and two filtered pages come back."""

        async def main() -> None:
            async with AsyncMaintenanceWindowClient(endpoint_url=server.url) as client:
                first = await client.describe_task_invocations(
                    *task.task_ids, statuses="SUCCESS", max_results=50
                )
                second = await client.describe_task_invocations(
                    *task.task_ids, statuses="SUCCESS", max_results=50, next_token=first.next_token
                )
                assert await client.get_task_execution(*task.task_ids) == task
                assert len({item.invocation_id for item in (*first, *second)}) == 100

        asyncio.run(main())

    def test_iteration_equals_the_sync_client_s(self, server: Server, task: TaskExecution) -> None:
        """Every iteration has all invocations in the sync client's order."""

        async def main() -> list[list[TaskInvocation]]:
            async with AsyncMaintenanceWindowClient(endpoint_url=server.url) as client:
                pager = client.iter_task_invocations(*task.task_ids)
                return [[item async for item in pager] for _ in range(2)]

        with MaintenanceWindowClient(endpoint_url=server.url) as client:
            expected = list(client.iter_task_invocations(*task.task_ids))
        assert asyncio.run(main()) == [expected, expected]

    def test_existing_client_is_used_and_left_open(
        self, server: Server, task: TaskExecution
    ) -> None:
        """An existing boto3 client still works after the block."""
        ready = plain(endpoint_url=server.url)

        async def main() -> None:
            async with AsyncMaintenanceWindowClient(ready) as client:
                await client.get_task_execution(*task.task_ids)

        asyncio.run(main())
        assert MaintenanceWindowClient(ready).get_task_execution(*task.task_ids) == task
        ready.close()

    def test_errors_are_the_sync_client_s(self, server: Server) -> None:
        """Errors are raised by the await, and bad arguments at the call."""

        async def main() -> None:
            async with AsyncMaintenanceWindowClient(endpoint_url=server.url) as client:
                with pytest.raises(DoesNotExistError):
                    await client.get_task_execution(*IDS)
                with pytest.raises(InvalidRequestError):
                    client.iter_task_invocations(*IDS, page_size=1)

        asyncio.run(main())

    @pytest.mark.parametrize(
        "name",
        [
            "__init__",
            "get_task_execution",
            "describe_task_invocations",
            "iter_task_invocations",
            "wait_for_task",
            "report",
        ],
    )
    def test_arguments_are_the_sync_client_s(self, name: str) -> None:
        """Every method has the sync client's arguments."""
        ours = _parameters(getattr(AsyncMaintenanceWindowClient, name))

        assert ours == _parameters(getattr(MaintenanceWindowClient, name))

    def test_methods_are_the_sync_client_s(self) -> None:
        """Every method of the sync client exists, and `aclose` besides."""
        sync = {name for name in vars(MaintenanceWindowClient) if not name.startswith("_")}
        async_names = {
            name for name in vars(AsyncMaintenanceWindowClient) if not name.startswith("_")
        }

        assert sync - async_names == set()
        assert async_names - sync == {"aclose"}


def _parameters(function: Any) -> list[tuple[str, Any, Any]]:
    parameters = inspect.signature(function).parameters.values()
    return [(each.name, each.kind, each.default) for each in parameters]


class TestPager:
    """The pages of `AsyncTaskInvocationPager`, and where to resume."""

    def _pager(self, fake: FakeSsmClient) -> AsyncTaskInvocationPager:
        return AsyncMaintenanceWindowClient(fake).iter_task_invocations(*IDS)

    def test_pages_are_numbered(self) -> None:
        """Pages come as AWS sends them, empty ones too, and are numbered."""

        async def main() -> list[tuple[int, int]]:
            pager = self._pager(FakeSsmClient(answers_of_sizes([2, 0, 1])))
            return [(page.number, len(page)) async for page in pager.pages()]

        assert asyncio.run(main()) == [(1, 2), (2, 0), (3, 1)]

    def test_resume_token_after_an_error_brings_the_rest(self) -> None:
        """After a failed page, a new pager at `resume_token` brings the rest."""
        fake = FakeSsmClient(answers_of_sizes([2, 2, 1]), fails_once=["token 2"])

        async def main() -> list[str | None]:
            client = AsyncMaintenanceWindowClient(fake, retry_timeout=0)
            pager = client.iter_task_invocations(*IDS)
            seen: list[str | None] = []

            async def iterate() -> None:
                async for item in pager:
                    seen.append(item.invocation_id)

            with pytest.raises(InternalServerError):
                await iterate()
            assert (pager.finished, pager.resume_token) == (False, "token 2")
            rest = client.iter_task_invocations(*IDS, starting_token=pager.resume_token)
            seen += [item.invocation_id async for item in rest]
            assert rest.finished
            return seen

        assert asyncio.run(main()) == ["1.1", "1.2", "2.1", "2.2", "3.1"]

    def test_pager_fetches_lazily(self) -> None:
        """No page is fetched before its first item is requested."""
        fake = FakeSsmClient(answers_of_sizes([2, 2]))

        async def main() -> None:
            items = aiter(self._pager(fake))
            assert fake.requests == []
            await anext(items)
            await anext(items)
            assert len(fake.requests) == 1

        asyncio.run(main())

    def test_items_of_a_page_need_no_thread(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Each page (and the end) takes one thread; the items in it take none."""
        started: list[threading.Thread] = []
        start = threading.Thread.start

        def counting_start(thread: threading.Thread) -> None:
            started.append(thread)
            start(thread)

        async def main() -> int:
            return len(
                [item async for item in self._pager(FakeSsmClient(answers_of_sizes([9, 9])))]
            )

        monkeypatch.setattr(threading.Thread, "start", counting_start)
        assert asyncio.run(main()) == 18
        assert len([thread for thread in started if thread.name == "ssm_mwx"]) == 3

    def test_prefetch_keeps_items_and_resume_token(self) -> None:
        """Prefetching changes neither the items nor where to resume."""
        fake = FakeSsmClient(answers_of_sizes([2, 2, 1]), fails_once=["token 3"])

        async def main() -> list[str | None]:
            client = AsyncMaintenanceWindowClient(fake, retry_timeout=0)
            pager = client.iter_task_invocations(*IDS, prefetch=True)
            seen: list[str | None] = []

            async def iterate() -> None:
                async for item in pager:
                    seen.append(item.invocation_id)  # noqa: PERF401 - the error comes between

            with pytest.raises(InternalServerError):
                await iterate()
            assert pager.resume_token == "token 3"
            return seen

        assert asyncio.run(main()) == ["1.1", "1.2", "2.1", "2.2"]

    @pytest.mark.slow
    def test_leaving_early_does_not_wait(self) -> None:
        """Leaving an iteration during a fetch waits for nothing."""
        pages = answers_of_sizes([1, 1])

        def answer(request: Request) -> Answer:
            document = Answer.of_json(pages[request.members.get("NextToken")])
            return attrs.evolve(document, delay=0.5 if "NextToken" in request.members else 0)

        async def main(url: str) -> float:
            async with AsyncMaintenanceWindowClient(endpoint_url=url) as client:
                items: Any = aiter(client.iter_task_invocations(*IDS, prefetch=True).pages())
                await anext(items)
                start = time.perf_counter()
                await items.aclose()
                return time.perf_counter() - start

        with answering(answer) as server:
            assert asyncio.run(main(server.url)) < 0.4

    def test_repr_shows_the_resume_token(self) -> None:
        """The repr shows the class and the resume token."""
        assert repr(self._pager(FakeSsmClient())) == "<AsyncTaskInvocationPager resume_token=None>"


class TestLoop:
    """The event loop is never blocked."""

    @pytest.mark.slow
    def test_loop_runs_while_a_page_is_awaited(self) -> None:
        """The loop runs other tasks while an answer is awaited."""
        page = Answer.of_json({"WindowExecutionTaskInvocationIdentities": []})
        slow = Answer(page.body, delay=0.5)

        async def main(url: str) -> float:
            async with AsyncMaintenanceWindowClient(endpoint_url=url) as client:
                call = asyncio.ensure_future(client.describe_task_invocations(*IDS))
                longest, last = 0.0, time.perf_counter()
                while not call.done():
                    await asyncio.sleep(0.005)
                    now = time.perf_counter()
                    longest, last = max(longest, now - last), now
                return longest

        with answering(slow) as server:
            assert asyncio.run(main(server.url)) < 0.4

    def test_many_tasks_run_under_a_semaphore(self, server: Server) -> None:
        """Twenty tasks are read together, at most five at a time."""
        tasks = [
            server.executions.add_run(*samples.patch_run(targets=12, seed=seed))
            for seed in range(20)
        ]
        most = 0

        async def main() -> list[int]:
            limit = asyncio.Semaphore(5)

            async def count(client: AsyncMaintenanceWindowClient, task: TaskExecution) -> int:
                nonlocal most
                async with limit:
                    found = [item async for item in client.iter_task_invocations(*task.task_ids)]
                    most = max(most, len(_threads()))
                    return len(found)

            async with AsyncMaintenanceWindowClient(endpoint_url=server.url) as client:
                return await asyncio.gather(*(count(client, task) for task in tasks))

        assert asyncio.run(main()) == [12] * 20
        assert most <= 5

    def test_cancelling_an_iteration_does_not_wait(self) -> None:
        """A cancelled iteration fetches no further page, and nothing waits for it."""
        pages = answers_of_sizes([1, 1, 1])
        released = threading.Event()

        def answer(request: Request) -> Answer:
            if "NextToken" in request.members:
                released.wait(20)
            return Answer.of_json(pages[request.members.get("NextToken")])

        async def main(client: AsyncMaintenanceWindowClient) -> AsyncTaskInvocationPager:
            pager = client.iter_task_invocations(*IDS)
            seen = asyncio.Event()

            async def iterate() -> None:
                async for _ in pager:
                    seen.set()

            iterating = asyncio.ensure_future(iterate())
            await seen.wait()
            await asyncio.sleep(0.1)
            iterating.cancel()
            with pytest.raises(asyncio.CancelledError):
                await iterating
            return pager

        with answering(answer) as server:
            client = AsyncMaintenanceWindowClient(endpoint_url=server.url)
            began = time.perf_counter()
            pager = asyncio.run(main(client))
            took = time.perf_counter() - began
            left = _threads()
            released.set()
            for thread in left:
                thread.join()
            asyncio.run(client.aclose())

        assert took < 5
        assert all(thread.daemon for thread in left)
        assert _threads() == []
        assert len(server.requests) == 2
        assert pager.resume_token == "token 2"

    def test_context_variables_reach_the_thread(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Context variables, which tracing libraries use, reach the thread."""
        tracing = contextvars.ContextVar("tracing", default="none")
        seen: list[str] = []
        fake = FakeSsmClient()
        get = fake.get_maintenance_window_execution_task

        def traced(**request: Any) -> Any:
            seen.append(tracing.get())
            return get(**request)

        monkeypatch.setattr(fake, "get_maintenance_window_execution_task", traced)

        async def main() -> None:
            tracing.set("request 7")
            await AsyncMaintenanceWindowClient(fake).get_task_execution(*IDS)

        asyncio.run(main())
        assert seen == ["request 7"]


class TestReport:
    """`report` returns the sync client's report."""

    @pytest.mark.slow
    @pytest.mark.parametrize("statuses", [(), "FAILED"])
    @pytest.mark.parametrize("progress", [False, True])
    def test_report_equals_the_sync_client_s(
        self,
        server: Server,
        task: TaskExecution,
        statuses: Any,
        progress: bool,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """The report is the same, with a progress bar on request."""

        async def main() -> TaskReport:
            async with AsyncMaintenanceWindowClient(endpoint_url=server.url) as client:
                return await client.report(*task.task_ids, statuses=statuses, progress=progress)

        with MaintenanceWindowClient(endpoint_url=server.url) as client:
            assert asyncio.run(main()) == client.report(*task.task_ids, statuses=statuses)
        assert ("invocations: " in capsys.readouterr().err) is progress

    def test_cancelled_report_fetches_no_further_page(self) -> None:
        """A cancelled report fetches no further page."""
        pages = answers_of_sizes([1] * 50)

        def answer(request: Request) -> Answer:
            if "Filters" not in request.members and "MaxResults" not in request.members:
                return Answer.of_json({"Status": "SUCCESS"})
            return attrs.evolve(Answer.of_json(pages[request.members.get("NextToken")]), delay=0.02)

        async def main(server: AnswerServer) -> None:
            client = AsyncMaintenanceWindowClient(endpoint_url=server.url)
            making = asyncio.ensure_future(client.report(*IDS))
            while len(server.requests) < 3:
                await asyncio.sleep(0.01)
            making.cancel()
            with pytest.raises(asyncio.CancelledError):
                await making
            list(map(threading.Thread.join, _threads()))

        with answering(answer) as server:
            asyncio.run(main(server))
        assert len(server.requests) < 10


class TestWait:
    """`wait_for_task` follows the sync client's rules."""

    def test_wait_follows_a_simulated_run_to_its_end(self, server: Server) -> None:
        """A simulated run is followed to its end, and `on_poll` runs in the loop's thread."""
        moments = itertools.count()
        task = server.executions.add_run(
            *samples.patch_run(targets=3),
            over=20,
            clock=lambda: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=next(moments)),
        )
        seen: list[tuple[str, threading.Thread]] = []

        def on_poll(polled: TaskExecution) -> None:
            seen.append((str(polled.status), threading.current_thread()))

        async def main() -> TaskExecution:
            async with AsyncMaintenanceWindowClient(endpoint_url=server.url) as client:
                return await client.wait_for_task(
                    *task.task_ids, timeout=30, poll_interval=0, on_poll=on_poll
                )

        assert asyncio.run(main()).status == "FAILED"
        assert "IN_PROGRESS" in {status for status, _ in seen}
        assert {thread for _, thread in seen} == {threading.main_thread()}

    def test_wait_awaits_on_poll(self, server: Server) -> None:
        """An `on_poll` that is a coroutine function has ended before the wait goes on."""
        task = server.executions.add_task(status="SUCCESS")
        seen: list[object] = []

        async def on_poll(polled: TaskExecution | WindowExecution) -> None:
            await asyncio.sleep(0)
            seen.append(polled)

        async def main() -> list[TaskExecution | WindowExecution]:
            async with AsyncMaintenanceWindowClient(endpoint_url=server.url) as client:
                return [
                    await client.wait_for_task(*task.task_ids, timeout=30, on_poll=on_poll),
                    await client.wait_for_window_execution(
                        task.window_execution_id, timeout=30, on_poll=on_poll
                    ),
                ]

        assert asyncio.run(main()) == seen

    def test_wait_refuses_what_cannot_be_called(self) -> None:
        """`on_poll` is checked before the first poll."""
        on_poll: Any = 5

        async def main() -> None:
            async with AsyncMaintenanceWindowClient(plain()) as client:
                await client.wait_for_task(*IDS, timeout=30, on_poll=on_poll)

        with pytest.raises(InvalidRequestError, match=r"^on_poll must be a function, got "):
            asyncio.run(main())

    def test_wait_timeout_has_the_last_state(self, server: Server) -> None:
        """The timeout error has the last state."""
        task = server.executions.add_task(status="PENDING")

        async def main() -> None:
            async with AsyncMaintenanceWindowClient(endpoint_url=server.url) as client:
                await client.wait_for_task(*task.task_ids, timeout=0)

        with pytest.raises(WaitTimeoutError) as caught:
            asyncio.run(main())
        assert caught.value.task == task

    def test_wait_raises_on_failure_on_request(self, server: Server, task: TaskExecution) -> None:
        """With `raise_on_failure`, a failed task is an error."""

        async def main() -> None:
            async with AsyncMaintenanceWindowClient(endpoint_url=server.url) as client:
                await client.wait_for_task(*task.task_ids, timeout=5, raise_on_failure=True)

        with pytest.raises(TaskFailedError):
            asyncio.run(main())

    def test_wait_continues_after_a_transient_error(self) -> None:
        """A throttled poll does not end the wait."""
        answers = [Answer.of_error("ThrottlingException"), Answer.of_json({"Status": "SUCCESS"})]

        async def main(url: str) -> TaskExecution:
            config = Config(retries={"total_max_attempts": 1})
            async with AsyncMaintenanceWindowClient(endpoint_url=url, config=config) as client:
                return await client.wait_for_task(*IDS, timeout=5, poll_interval=0)

        with answering(lambda _: answers.pop(0)) as server:
            assert asyncio.run(main(server.url)).succeeded


def test_package_does_not_import_asyncio() -> None:
    """Importing the package does not import asyncio."""
    code = "import sys, ssm_mwx; sys.exit('asyncio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
