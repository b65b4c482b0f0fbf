"""Simulated runs, on a clock that the test sets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import attrs
import pytest

from ssm_mwx import (
    AlarmStateInformation,
    ExecutionStatus,
    ExternalAlarmState,
    MaintenanceWindowClient,
    TaskExecution,
    TaskInvocation,
)
from ssm_mwx.testing import ExecutionStore, samples

BEGIN = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@attrs.define
class _Clock:
    now: datetime = BEGIN

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(name="clock")
def _clock() -> _Clock:
    return _Clock()


@pytest.fixture(name="store")
def _store(maintenance_window_executions: ExecutionStore) -> ExecutionStore:
    return maintenance_window_executions


def _seen(task: TaskExecution) -> tuple[TaskExecution, list[TaskInvocation]]:
    """Return the task and its invocations as a client gets them now."""
    with MaintenanceWindowClient() as client:
        return client.get_task_execution(*task.task_ids), list(
            client.iter_task_invocations(*task.task_ids)
        )


def test_simulation_begins_pending(store: ExecutionStore, clock: _Clock) -> None:
    """At first nothing has started, and no command is sent."""
    added = store.add_run(*samples.patch_run(targets=20), over=HOUR, clock=clock)
    task, invocations = _seen(added)

    assert task == added
    assert (task.status, task.status_details, task.start_time, task.end_time) == (
        "PENDING",
        None,
        None,
        None,
    )
    assert {(item.status, item.start_time, item.execution_id) for item in invocations} == {
        (ExecutionStatus.PENDING, None, None)
    }


def test_simulation_proceeds_target_by_target(store: ExecutionStore, clock: _Clock) -> None:
    """Midway some targets have ended, some run, and the task is in progress."""
    added = store.add_run(*samples.patch_run(targets=200), over=HOUR, clock=clock)
    clock.now += HOUR / 5
    task, invocations = _seen(added)

    assert (task.status, task.end_time) == ("IN_PROGRESS", None)
    assert {str(item.status) for item in invocations} > {"PENDING", "IN_PROGRESS", "SUCCESS"}
    started = [item.start_time for item in invocations if item.start_time]
    ended = [item for item in invocations if item.end_time]
    assert BEGIN < min(started) <= max(started) <= clock.now
    assert all(item.is_terminal and item.duration is not None for item in ended)


def test_simulation_ends_as_the_sample(store: ExecutionStore, clock: _Clock) -> None:
    """The end equals the sample, with times inside the simulation."""
    whole = samples.patch_run(targets=20)
    added = store.add_run(*whole, over=HOUR, clock=clock)
    clock.now += HOUR
    task, invocations = _seen(added)

    times = {"start_time": None, "end_time": None}
    assert attrs.evolve(task, **times) == attrs.evolve(whole[0], **times)
    assert [attrs.evolve(item, **times) for item in invocations] == [
        attrs.evolve(item, **times) for item in whole[1]
    ]
    assert task.end_time == BEGIN + HOUR
    assert task.start_time == BEGIN + HOUR / 20


def test_simulation_status_never_goes_back(store: ExecutionStore, clock: _Clock) -> None:
    """Each invocation goes from PENDING through IN_PROGRESS to its end, and stays there."""
    rank = {"PENDING": 0, "IN_PROGRESS": 1}
    added = store.add_run(*samples.patch_run(targets=10), over=100, clock=clock)
    ranks: list[list[int]] = []
    for _ in range(12):
        ranks.append([rank.get(str(item.status), 2) for item in _seen(added)[1]])
        clock.now += timedelta(seconds=10)

    courses = list(zip(*ranks, strict=True))
    assert all(list(course) == sorted(course) for course in courses)
    assert {(course[0], course[-1]) for course in courses} == {(0, 2)}


def test_simulation_filters_by_current_status(store: ExecutionStore, clock: _Clock) -> None:
    """The filter compares the current status."""
    added = store.add_run(*samples.patch_run(targets=10), over=HOUR, clock=clock)
    with MaintenanceWindowClient() as client:
        before = client.describe_task_invocations(*added.task_ids, statuses="PENDING")
        clock.now += HOUR
        after = client.describe_task_invocations(*added.task_ids, statuses="PENDING")

    assert (len(before), len(after)) == (10, 0)


def test_simulation_shows_alarms_at_the_end(store: ExecutionStore, clock: _Clock) -> None:
    """The triggered alarms show at the end."""
    alarms = (AlarmStateInformation("cpu", ExternalAlarmState.ALARM),)
    run = samples.patch_run(targets=1)
    added = store.add_run(
        attrs.evolve(run[0], triggered_alarms=alarms), run[1], over=HOUR, clock=clock
    )
    clock.now += HOUR / 2
    midway, _ = _seen(added)
    clock.now += HOUR
    ended, _ = _seen(added)

    assert (midway.triggered_alarms, ended.triggered_alarms) == (None, alarms)


def test_simulation_of_a_run_without_times(store: ExecutionStore, clock: _Clock) -> None:
    """Without times everything starts and ends together, and no times are made up."""
    task = TaskExecution(status=ExecutionStatus.SUCCESS)
    item = TaskInvocation(status=ExecutionStatus.SUCCESS)
    added = store.add_run(task, [item], over=HOUR, clock=clock)
    statuses: list[list[str]] = []
    for _ in range(3):
        seen, items = _seen(added)
        statuses.append([str(seen.status), *(str(item.status) for item in items)])
        clock.now += HOUR / 2

    assert statuses == [[status] * 2 for status in ("PENDING", "IN_PROGRESS", "SUCCESS")]
    ended, _ = _seen(added)
    assert (ended.start_time, ended.end_time) == (None, None)


def test_simulation_ends_when_a_status_is_set(store: ExecutionStore, clock: _Clock) -> None:
    """After `set_status` the run stays as it was at that moment."""
    added = store.add_run(*samples.patch_run(targets=10), over=HOUR, clock=clock)
    store.set_status(added, "CANCELLED")
    clock.now += HOUR
    task, invocations = _seen(added)

    assert task.status == "CANCELLED"
    assert {str(item.status) for item in invocations} == {"PENDING"}


def test_simulation_ends_when_an_invocation_is_added(store: ExecutionStore, clock: _Clock) -> None:
    """After `add_invocations` the run stays as it was at that moment."""
    added = store.add_run(*samples.patch_run(targets=10), over=HOUR, clock=clock)
    store.add_invocations(added, [TaskInvocation()])
    clock.now += HOUR

    assert _seen(added)[0].status == "PENDING"
    assert len(_seen(added)[1]) == 11


def test_simulation_uses_real_time_by_default(store: ExecutionStore) -> None:
    """Without a clock, a simulation of no length ends immediately."""
    task = store.add_run(*samples.patch_run(targets=1), over=0)

    assert task.is_terminal
    assert task.end_time is not None
    assert abs(datetime.now(UTC) - task.end_time) < timedelta(minutes=1)
