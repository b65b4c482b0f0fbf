"""The asyncio twin, against the stand-in over HTTP and against a server that breaks."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
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
)
from ssm_mwx.testing import Server, samples, serve
from tests.support.clients import plain
from tests.support.fakes import IDS, FakeSsmClient, answers_of_sizes
from tests.support.servers import Answer, Request, answering


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
    """What comes back is what the sync client gives."""

    def test_task_and_page(self, server: Server, task: TaskExecution) -> None:
        """A task, and a page after another with a filter."""

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

    def test_all_invocations(self, server: Server, task: TaskExecution) -> None:
        """All pages, in the same order, walk after walk."""

        async def main() -> list[list[TaskInvocation]]:
            async with AsyncMaintenanceWindowClient(endpoint_url=server.url) as client:
                pager = client.iter_task_invocations(*task.task_ids)
                return [[item async for item in pager] for _ in range(2)]

        with MaintenanceWindowClient(endpoint_url=server.url) as client:
            expected = list(client.iter_task_invocations(*task.task_ids))
        assert asyncio.run(main()) == [expected, expected]

    def test_ready_client_is_used_and_left_open(self, server: Server, task: TaskExecution) -> None:
        """A boto3 client that is given works on after the block."""
        ready = plain(endpoint_url=server.url)

        async def main() -> None:
            async with AsyncMaintenanceWindowClient(ready) as client:
                await client.get_task_execution(*task.task_ids)

        asyncio.run(main())
        assert MaintenanceWindowClient(ready).get_task_execution(*task.task_ids) == task
        ready.close()

    def test_errors_are_the_same(self, server: Server) -> None:
        """Errors come out of the await, and bad arguments at the call."""

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
    def test_arguments_are_the_same(self, name: str) -> None:
        """Every method takes what the sync client's takes."""
        ours = _parameters(getattr(AsyncMaintenanceWindowClient, name))

        assert ours == _parameters(getattr(MaintenanceWindowClient, name))

    def test_names_are_the_same(self) -> None:
        """Nothing that the sync client has is missing; closing has asyncio's name, too."""
        sync = {name for name in vars(MaintenanceWindowClient) if not name.startswith("_")}
        twin = {name for name in vars(AsyncMaintenanceWindowClient) if not name.startswith("_")}

        assert sync - twin == set()
        assert twin - sync == {"aclose"}


def _parameters(function: Any) -> list[tuple[str, Any, Any]]:
    parameters = inspect.signature(function).parameters.values()
    return [(each.name, each.kind, each.default) for each in parameters]


class TestPager:
    """`AsyncTaskInvocationPager` knows where it is."""

    def _pager(self, fake: FakeSsmClient) -> AsyncTaskInvocationPager:
        return AsyncMaintenanceWindowClient(fake).iter_task_invocations(*IDS)

    def test_pages(self) -> None:
        """Pages come as AWS cut them, empty ones too, numbered."""

        async def main() -> list[tuple[int, int]]:
            pager = self._pager(FakeSsmClient(answers_of_sizes([2, 0, 1])))
            return [(page.number, len(page)) async for page in pager.pages()]

        assert asyncio.run(main()) == [(1, 2), (2, 0), (3, 1)]

    def test_resumes_after_an_error(self) -> None:
        """What is left after a failed page is what a new pager gives from `resume_token`."""
        fake = FakeSsmClient(answers_of_sizes([2, 2, 1]), fails_once=["token 2"])

        async def main() -> list[str | None]:
            client = AsyncMaintenanceWindowClient(fake)
            pager = client.iter_task_invocations(*IDS)
            seen: list[str | None] = []

            async def walk() -> None:
                async for item in pager:
                    seen.append(item.invocation_id)

            with pytest.raises(InternalServerError):
                await walk()
            assert (pager.finished, pager.resume_token) == (False, "token 2")
            rest = client.iter_task_invocations(*IDS, starting_token=pager.resume_token)
            seen += [item.invocation_id async for item in rest]
            assert rest.finished
            return seen

        assert asyncio.run(main()) == ["1.1", "1.2", "2.1", "2.2", "3.1"]

    def test_fetches_nothing_before_it_is_asked(self) -> None:
        """No page is fetched before the first item, and none ahead."""
        fake = FakeSsmClient(answers_of_sizes([2, 2]))

        async def main() -> None:
            items = aiter(self._pager(fake))
            assert fake.requests == []
            await anext(items)
            await anext(items)
            assert len(fake.requests) == 1

        asyncio.run(main())

    def test_items_of_a_page_come_without_a_thread(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A thread is taken once per page (and once for the end), not once per item."""
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

    def test_prefetch(self) -> None:
        """A page fetched ahead changes nothing of what comes, nor of where it could be resumed."""
        fake = FakeSsmClient(answers_of_sizes([2, 2, 1]), fails_once=["token 3"])

        async def main() -> list[str | None]:
            pager = AsyncMaintenanceWindowClient(fake).iter_task_invocations(*IDS, prefetch=True)
            seen: list[str | None] = []

            async def walk() -> None:
                async for item in pager:
                    seen.append(item.invocation_id)  # noqa: PERF401 - the error comes between

            with pytest.raises(InternalServerError):
                await walk()
            assert pager.resume_token == "token 3"
            return seen

        assert asyncio.run(main()) == ["1.1", "1.2", "2.1", "2.2"]

    def test_leaving_early_leaves_no_thread(self) -> None:
        """A walk that is left while a page is on its way waits for it beside the event loop."""
        pages = answers_of_sizes([1, 1])

        def answer(request: Request) -> Answer:
            document = Answer.of_json(pages[request.members.get("NextToken")])
            return attrs.evolve(document, delay=0.5 if "NextToken" in request.members else 0)

        async def main(url: str) -> float:
            async with AsyncMaintenanceWindowClient(endpoint_url=url) as client:
                items: Any = aiter(client.iter_task_invocations(*IDS, prefetch=True).pages())
                await anext(items)
                leaving: asyncio.Future[None] = asyncio.ensure_future(items.aclose())
                longest, last = 0.0, time.perf_counter()
                while not leaving.done():
                    await asyncio.sleep(0.005)
                    now = time.perf_counter()
                    longest, last = max(longest, now - last), now
                return longest

        with answering(answer) as server:
            assert asyncio.run(main(server.url)) < 0.4
            assert [thread for thread in threading.enumerate() if "ssm_mwx" in thread.name] == []

    def test_repr(self) -> None:
        """It says what it is and where it is."""
        assert repr(self._pager(FakeSsmClient())) == "<AsyncTaskInvocationPager resume_token=None>"


class TestLoop:
    """The event loop stays free."""

    def test_loop_goes_on_while_a_page_is_awaited(self) -> None:
        """Others get their turn all the time that an answer takes."""
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

    def test_many_tasks_at_once_under_a_limit(self, server: Server) -> None:
        """Twenty tasks are read together, no more than five at a time."""
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

    def test_cancelling_waits_for_nothing(self) -> None:
        """A cancelled walk asks for no page more, and neither loop nor process waits for it."""
        pages = answers_of_sizes([1, 1, 1])
        released = threading.Event()

        def answer(request: Request) -> Answer:
            if "NextToken" in request.members:
                released.wait(20)
            return Answer.of_json(pages[request.members.get("NextToken")])

        async def main(client: AsyncMaintenanceWindowClient) -> AsyncTaskInvocationPager:
            pager = client.iter_task_invocations(*IDS)
            seen = asyncio.Event()

            async def walk() -> None:
                async for _ in pager:
                    seen.set()

            walking = asyncio.ensure_future(walk())
            await seen.wait()
            await asyncio.sleep(0.1)
            walking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await walking
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

    def test_context_goes_along(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Context variables, which tracing libraries use, are seen in the thread."""
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
    """`report` is the sync client's, page by page."""

    @pytest.mark.parametrize("statuses", [(), "FAILED"])
    @pytest.mark.parametrize("progress", [False, True])
    def test_same_report(
        self,
        server: Server,
        task: TaskExecution,
        statuses: Any,
        progress: bool,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """The same task and invocations, with a bar if it is asked for."""

        async def main() -> TaskReport:
            async with AsyncMaintenanceWindowClient(endpoint_url=server.url) as client:
                return await client.report(*task.task_ids, statuses=statuses, progress=progress)

        with MaintenanceWindowClient(endpoint_url=server.url) as client:
            assert asyncio.run(main()) == client.report(*task.task_ids, statuses=statuses)
        assert ("invocations: " in capsys.readouterr().err) is progress

    def test_one_thread_at_a_time(self) -> None:
        """Cancelling a report asks for no page more."""
        fake = FakeSsmClient(answers_of_sizes([100] * 5))

        async def main() -> None:
            making = asyncio.ensure_future(AsyncMaintenanceWindowClient(fake).report(*IDS))
            while len(fake.requests) < 3:
                await asyncio.sleep(0)
            making.cancel()
            with pytest.raises(asyncio.CancelledError):
                await making
            list(map(threading.Thread.join, _threads()))

        asyncio.run(main())
        assert len(fake.requests) < 6


class TestWait:
    """`wait_for_task` goes by the same rules as the sync client's."""

    def test_waits_for_the_end_of_a_played_run(self, server: Server) -> None:
        """A run is followed to its end, and `on_poll` is called in the loop's thread."""
        task = server.executions.add_run(*samples.patch_run(targets=3), over=0.5)
        seen: list[tuple[str, threading.Thread]] = []

        def on_poll(polled: TaskExecution) -> None:
            seen.append((str(polled.status), threading.current_thread()))

        async def main() -> TaskExecution:
            async with AsyncMaintenanceWindowClient(endpoint_url=server.url) as client:
                return await client.wait_for_task(
                    *task.task_ids, timeout=30, poll_interval=0.05, on_poll=on_poll
                )

        assert asyncio.run(main()).status == "FAILED"
        assert "IN_PROGRESS" in {status for status, _ in seen}
        assert {thread for _, thread in seen} == {threading.main_thread()}

    def test_times_out(self, server: Server) -> None:
        """The last state is in the error."""
        task = server.executions.add_task(status="PENDING")

        async def main() -> None:
            async with AsyncMaintenanceWindowClient(endpoint_url=server.url) as client:
                await client.wait_for_task(*task.task_ids, timeout=0)

        with pytest.raises(WaitTimeoutError) as caught:
            asyncio.run(main())
        assert caught.value.task == task

    def test_failure_can_be_an_error(self, server: Server, task: TaskExecution) -> None:
        """`raise_on_failure` is the sync client's."""

        async def main() -> None:
            async with AsyncMaintenanceWindowClient(endpoint_url=server.url) as client:
                await client.wait_for_task(*task.task_ids, timeout=5, raise_on_failure=True)

        with pytest.raises(TaskFailedError):
            asyncio.run(main())

    def test_passing_faults_are_ridden_out(self) -> None:
        """Throttling costs a look, and no more."""
        answers = [Answer.of_error("ThrottlingException"), Answer.of_json({"Status": "SUCCESS"})]

        async def main(url: str) -> TaskExecution:
            config = Config(retries={"total_max_attempts": 1})
            async with AsyncMaintenanceWindowClient(endpoint_url=url, config=config) as client:
                return await client.wait_for_task(*IDS, timeout=5, poll_interval=0)

        with answering(lambda _: answers.pop(0)) as server:
            assert asyncio.run(main(server.url)).succeeded


def test_asyncio_is_not_imported_with_the_package() -> None:
    """Those who do not use it do not pay for it."""
    code = "import sys, ssm_mwx; sys.exit('asyncio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
