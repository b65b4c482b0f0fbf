"""Waiting for a task: the rules on a fake clock, and the client on the fake AWS."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ConnectionClosedError,
    EndpointConnectionError,
    NoCredentialsError,
    SSLError,
)

from ssm_mwx import (
    AccessDeniedError,
    DoesNotExistError,
    Duration,
    ExecutionStatus,
    InternalServerError,
    InvalidRequestError,
    MaintenanceWindowClient,
    ServiceError,
    TaskExecution,
    TaskFailedError,
    ThrottlingError,
    WaitTimeoutError,
    waiter,
)
from ssm_mwx.testing import ExecutionStore, samples
from tests.support.clocks import FakeClock
from tests.support.fakes import IDS
from tests.support.servers import Answer, Break, Request, answering

URL = "https://ssm.example"


def _task(status: str) -> TaskExecution:
    return TaskExecution(*IDS, status=ExecutionStatus(status))


def _throttled() -> ServiceError:
    return ThrottlingError({"Error": {"Code": "ThrottlingException"}}, "Op")


def _looks(*outcomes: TaskExecution | Exception) -> Callable[[], TaskExecution]:
    """Return a call that has these outcomes, the last one forever."""
    left = list(outcomes)

    def get() -> TaskExecution:
        outcome = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return get


def _wait(
    *outcomes: TaskExecution | Exception,
    clock: FakeClock,
    timeout: Duration = 60,
    poll_interval: Duration = 15,
    on_poll: waiter.OnPoll[TaskExecution] | None = None,
    raise_on_failure: bool = False,
) -> TaskExecution:
    rules = waiter.Wait(
        f"task execution {IDS[1]}",
        timeout=timeout,
        poll_interval=poll_interval,
        on_poll=on_poll,
        raise_on_failure=raise_on_failure,
        clock=clock.time,
    )
    return waiter.wait_until_ended(_looks(*outcomes), rules, sleep=clock.sleep)


@pytest.fixture(name="clock")
def _clock() -> FakeClock:
    return FakeClock()


class TestEnds:
    """How a wait ends."""

    def test_ended_task_is_returned_without_a_delay(self, clock: FakeClock) -> None:
        """A task that has already ended is returned immediately."""
        assert _wait(_task("FAILED"), clock=clock) == _task("FAILED")
        assert clock.sleeps == []

    def test_wait_polls_until_the_end(self, clock: FakeClock) -> None:
        """While the status is not final, the wait polls once per interval."""
        seen = [_task(status) for status in ("PENDING", "IN_PROGRESS", "CANCELLING", "CANCELLED")]

        assert _task("CANCELLED") == _wait(*seen, clock=clock)
        assert clock.sleeps == [15, 15, 15]

    def test_unknown_status_does_not_end_the_wait(self, clock: FakeClock) -> None:
        """A status of a newer AWS, or none at all, does not end the wait."""
        assert _wait(_task("PAUSED"), TaskExecution(*IDS), _task("SUCCESS"), clock=clock) == _task(
            "SUCCESS"
        )

    def test_on_poll_receives_every_state(self, clock: FakeClock) -> None:
        """`on_poll` receives every state, the last one included, but no failed poll."""
        shown: list[TaskExecution] = []
        _wait(_task("PENDING"), _throttled(), _task("SUCCESS"), clock=clock, on_poll=shown.append)

        assert shown == [_task("PENDING"), _task("SUCCESS")]

    @pytest.mark.parametrize("on_poll", [5, "print", [print]])
    def test_on_poll_that_cannot_be_called_is_refused(self, clock: FakeClock, on_poll: Any) -> None:
        """`on_poll` is checked before the first poll."""
        with pytest.raises(InvalidRequestError, match=r"^on_poll must be a function, got "):
            _wait(AssertionError("polled"), clock=clock, on_poll=on_poll)

    def test_on_poll_that_nobody_awaits_is_refused(self, clock: FakeClock) -> None:
        """A wait that awaits nothing takes no coroutine function."""
        on_poll: Any = asyncio.sleep

        with pytest.raises(InvalidRequestError, match=r"^on_poll must be a plain function; Async"):
            _wait(AssertionError("polled"), clock=clock, on_poll=on_poll)

    @pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "CANCELLED", "SKIPPED_OVERLAPPING"])
    def test_raise_on_failure_raises_for_every_other_end(
        self, clock: FakeClock, status: str
    ) -> None:
        """With `raise_on_failure`, every end but SUCCESS is an error."""
        with pytest.raises(TaskFailedError, match=f"{IDS[1]} ended in {status}$") as caught:
            _wait(_task(status), clock=clock, raise_on_failure=True)

        assert _task(status) == caught.value.task

    def test_failure_message_has_the_details(self, clock: FakeClock) -> None:
        """The message of a failure has AWS's StatusDetails."""
        task = TaskExecution(*IDS, status=ExecutionStatus.FAILED, status_details="2 of 3 failed")

        with pytest.raises(TaskFailedError, match=r"ended in FAILED: 2 of 3 failed$"):
            _wait(task, clock=clock, raise_on_failure=True)

    def test_success_is_returned_with_raise_on_failure(self, clock: FakeClock) -> None:
        """SUCCESS is returned with `raise_on_failure` too."""
        assert _wait(_task("SUCCESS"), clock=clock, raise_on_failure=True).succeeded

    def test_failure_is_returned_by_default(self) -> None:
        """By default, a failed task is returned."""
        wait = waiter.Wait[TaskExecution]("the task", timeout=1)

        assert waiter.wait_until_ended(_looks(_task("FAILED")), wait) == _task("FAILED")

    def test_result_needs_an_end(self) -> None:
        """A wait that has not ended has no result."""
        wait = waiter.Wait[TaskExecution]("the task", timeout=1)

        with pytest.raises(AssertionError, match="only when it has ended"):
            wait.result()


class TestDeadline:
    """What happens at the deadline."""

    def test_last_poll_is_at_the_deadline(self, clock: FakeClock) -> None:
        """The last delay is shortened, and one poll follows it."""
        with pytest.raises(WaitTimeoutError) as caught:
            _wait(_task("IN_PROGRESS"), clock=clock, timeout=40)

        assert clock.sleeps == [15, 15, 10]
        assert _task("IN_PROGRESS") == caught.value.task
        assert (
            str(caught.value)
            == f"task execution {IDS[1]} had not ended after 40 seconds: last status IN_PROGRESS"
        )

    def test_end_seen_by_the_last_poll_counts(self, clock: FakeClock) -> None:
        """A task that ends within the last delay is in time."""
        assert _wait(_task("PENDING"), _task("SUCCESS"), clock=clock, timeout=10).succeeded
        assert clock.sleeps == [10]

    def test_poll_that_takes_until_the_deadline_is_the_last(self, clock: FakeClock) -> None:
        """A wait overshoots by one call at the most."""

        def get() -> TaskExecution:
            clock.now += 100
            return _task("PENDING")

        rules = waiter.Wait[TaskExecution]("the task", timeout=60, clock=clock.time)

        with pytest.raises(WaitTimeoutError):
            waiter.wait_until_ended(get, rules, sleep=clock.sleep)
        assert clock.sleeps == []

    def test_poll_after_the_deadline_is_the_last(self, clock: FakeClock) -> None:
        """A poll that begins after the deadline is the last one."""

        def oversleep(seconds: float) -> None:
            clock.sleep(seconds + 0.5)

        rules = waiter.Wait[TaskExecution]("the task", timeout=10, clock=clock.time)
        looks = _looks(_task("PENDING"), _task("PENDING"), _task("SUCCESS"))

        with pytest.raises(WaitTimeoutError):
            waiter.wait_until_ended(looks, rules, sleep=oversleep)

        assert clock.sleeps == [10.5]

    def test_zero_timeout_polls_once(self, clock: FakeClock) -> None:
        """A timeout of 0 polls exactly once."""
        with pytest.raises(TimeoutError, match="after 0 seconds"):
            _wait(_task("PENDING"), clock=clock, timeout=0)

        assert clock.sleeps == []

    def test_durations_may_be_timedeltas(self, clock: FakeClock) -> None:
        """`timeout` and `poll_interval` may be timedeltas."""
        with pytest.raises(WaitTimeoutError):
            _wait(
                _task("PENDING"),
                clock=clock,
                timeout=timedelta(minutes=1),
                poll_interval=timedelta(seconds=40),
            )

        assert clock.sleeps == [40, 20]

    @pytest.mark.parametrize("timeout", [1e300, sys.float_info.max])
    def test_delay_is_at_most_a_day(self, clock: FakeClock, timeout: float) -> None:
        """No delay is longer than the system's sleep accepts."""
        _wait(_task("PENDING"), _task("SUCCESS"), clock=clock, timeout=timeout, poll_interval=1e200)

        assert clock.sleeps == [86_400]


class TestFaults:
    """Which errors a wait continues after, and which end it."""

    @pytest.mark.parametrize(
        "fault",
        [
            _throttled(),
            ServiceError({"ResponseMetadata": {"HTTPStatusCode": 500}}, "Op"),
            ServiceError({"ResponseMetadata": {"HTTPStatusCode": 503}}, "Op"),
            InternalServerError({}, "Op"),
            EndpointConnectionError(endpoint_url=URL, error="no route"),
            ConnectionClosedError(endpoint_url=URL),
            SSLError(endpoint_url=URL, error=OSError("EOF occurred in violation of protocol")),
        ],
        ids=repr,
    )
    def test_transient_error_does_not_end_the_wait(
        self, clock: FakeClock, fault: Exception
    ) -> None:
        """Throttling, server errors and broken connections cost a poll interval each."""
        assert _wait(fault, fault, _task("SUCCESS"), clock=clock).succeeded
        assert clock.sleeps == [15, 15]

    @pytest.mark.parametrize(
        "error",
        [
            DoesNotExistError({}, "Op"),
            AccessDeniedError({}, "Op"),
            ServiceError({}, "Op"),
            ServiceError({"ResponseMetadata": {"HTTPStatusCode": 499}}, "Op"),
            NoCredentialsError(),
            SSLError(endpoint_url=URL, error=OSError("[SSL: CERTIFICATE_VERIFY_FAILED]")),
            InvalidRequestError("window_execution_id", "", "a UUID"),
            RuntimeError("a bug"),
        ],
        ids=repr,
    )
    def test_persistent_error_is_raised_immediately(
        self, clock: FakeClock, error: Exception
    ) -> None:
        """An error that waiting cannot fix is raised immediately."""
        with pytest.raises(type(error)) as caught:
            _wait(_task("PENDING"), error, clock=clock)

        assert caught.value is error
        assert clock.sleeps == [15]

    def test_timeout_names_the_last_error(self, clock: FakeClock) -> None:
        """The timeout names and chains the last error, and has no task if none was seen."""
        fault = EndpointConnectionError(endpoint_url=URL, error="no route")

        with pytest.raises(WaitTimeoutError, match="no poll succeeded, and the last") as e:
            _wait(fault, clock=clock)

        assert e.value.__cause__ is fault
        assert e.value.task is None

    def test_timeout_does_not_name_an_earlier_error(self, clock: FakeClock) -> None:
        """Only an error of the last poll is named by a timeout."""
        with pytest.raises(WaitTimeoutError) as caught:
            _wait(_throttled(), _task("PENDING"), clock=clock)

        assert caught.value.__cause__ is None

    def test_timeout_keeps_the_last_state_after_an_error(self, clock: FakeClock) -> None:
        """The timeout has the last state seen, even if an error came after it."""
        with pytest.raises(WaitTimeoutError) as caught:
            _wait(_task("IN_PROGRESS"), _throttled(), clock=clock)

        assert _task("IN_PROGRESS") == caught.value.task


@pytest.mark.slow
@pytest.mark.parametrize("argument", ["timeout", "poll_interval"])
@pytest.mark.parametrize(
    "given",
    [-1, -0.001, float("nan"), float("inf"), 10**400, True, None, "15", timedelta(seconds=-1)],
    ids=repr,
)
def test_bad_duration_is_refused_before_any_call(argument: str, given: object) -> None:
    """A duration that is not finite and 0 or more is refused by name, before any call."""
    durations = {"timeout": 1, argument: given}

    with answering(Answer.of_json({})) as server:
        client = MaintenanceWindowClient(region_name="us-east-1", endpoint_url=server.url)
        with client, pytest.raises(InvalidRequestError) as caught:
            client.wait_for_task(*IDS, **durations)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

    assert caught.value.argument == argument
    assert server.requests == []


class TestClient:
    """`wait_for_task` of the client, on the fake AWS and on a broken server."""

    @pytest.fixture(name="client")
    def _client(self) -> Iterator[MaintenanceWindowClient]:
        with MaintenanceWindowClient() as client:
            yield client

    def test_wait_follows_a_simulated_run_to_its_end(
        self,
        maintenance_window_executions: ExecutionStore,  # first: moto sees no client older than it
        client: MaintenanceWindowClient,
    ) -> None:
        """A simulated run is followed to its end, with no delay between polls."""
        clock = iter(datetime(2026, 1, 1, 0, minute, tzinfo=UTC) for minute in range(60))
        task = maintenance_window_executions.add_run(
            *samples.patch_run(targets=3), over=timedelta(minutes=20), clock=lambda: next(clock)
        )
        seen: list[str] = []

        ended = client.wait_for_task(
            *task.task_ids,
            timeout=60,
            poll_interval=0,
            on_poll=lambda polled: seen.append(str(polled.status)),
        )

        assert ended.status == "FAILED"
        assert sorted(set(seen), reverse=True) == ["IN_PROGRESS", "FAILED"]

    def test_wait_calls_time_sleep(
        self,
        maintenance_window_executions: ExecutionStore,
        client: MaintenanceWindowClient,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """The wait calls ``time.sleep``, so that tests can replace it."""
        task = maintenance_window_executions.add_task(status="IN_PROGRESS")
        naps: list[float] = []

        def sleep(seconds: float) -> None:
            naps.append(seconds)
            maintenance_window_executions.set_status(task, "SUCCESS")

        monkeypatch.setattr(time, "sleep", sleep)

        assert client.wait_for_task(*task.task_ids, timeout=3600).succeeded
        assert naps == [15]

    @pytest.mark.usefixtures("maintenance_window_executions")
    def test_missing_task_is_an_error_immediately(self, client: MaintenanceWindowClient) -> None:
        """A task that does not exist is an error immediately."""
        with pytest.raises(DoesNotExistError):
            client.wait_for_task(*IDS, timeout=3600)

    @pytest.mark.slow
    def test_wait_continues_after_broken_connections(self) -> None:
        """Resets, truncated and slow answers, throttling and a proxy's page do not end the wait."""
        done = Answer.of_json({"Status": "SUCCESS"})
        answers = [
            Answer(b"", broken=Break.BEFORE_ANSWER),
            Answer(done.body, broken=Break.MID_ANSWER),
            Answer(done.body, broken=Break.TRUNCATED),
            Answer(done.body, delay=1),
            Answer.of_error("ThrottlingException"),
            Answer(b"<html>", status=503),
            done,
        ]

        def answer(_: Request) -> Answer:
            return answers.pop(0)

        config = Config(read_timeout=0.5, retries={"total_max_attempts": 1})
        with answering(answer) as server:
            client = MaintenanceWindowClient(
                region_name="us-east-1", endpoint_url=server.url, config=config
            )
            with client:
                assert client.wait_for_task(*IDS, timeout=60, poll_interval=0).succeeded

        assert len(server.requests) == 7


def test_refused_connection_is_transient(clock: FakeClock) -> None:
    """The error of a real refused connection does not end the wait."""
    config = Config(connect_timeout=0.2, retries={"total_max_attempts": 1})
    client = MaintenanceWindowClient(
        region_name="us-east-1",
        endpoint_url="http://127.0.0.1:9",
        config=config,
        retry_timeout=0,
    )
    with client, pytest.raises(BotoCoreError) as caught:
        client.get_task_execution(*IDS)

    assert _wait(caught.value, _task("SUCCESS"), clock=clock).succeeded
