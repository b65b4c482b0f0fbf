"""Simulated runs, on a clock that the test sets."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import attrs
import pytest

from ssm_mwx import (
    AlarmStateInformation,
    CommandInvocation,
    CommandInvocationStatus,
    CommandPlugin,
    ExecutionStatus,
    ExternalAlarmState,
    MaintenanceWindowClient,
    ServiceError,
    TaskExecution,
    TaskInvocation,
    WindowExecution,
)
from ssm_mwx.testing import ExecutionStore, samples

BEGIN = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
COMMAND_ID = "b8eac879-0541-439d-94ec-47a80d554f44"


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
        attrs.evolve(run.task, triggered_alarms=alarms), run.invocations, over=HOUR, clock=clock
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


@pytest.mark.slow
def test_simulation_counts_real_time_from_the_first_call(store: ExecutionStore) -> None:
    """Without a clock the first call sees the run PENDING, however late it comes."""
    added = store.add_run(*samples.patch_run(targets=1), over=0.01)
    time.sleep(0.05)
    first, _ = _seen(added)
    time.sleep(0.05)
    ended, _ = _seen(added)

    assert (added.status, first.status, ended.is_terminal) == ("PENDING", "PENDING", True)
    assert ended.end_time is not None
    assert abs(datetime.now(UTC) - ended.end_time) < timedelta(minutes=1)


def test_simulation_stays_pending_until_the_first_call(store: ExecutionStore) -> None:
    """Calls of the store do not start the time."""
    added = store.add_window_run(samples.window_run(), over=0)
    (task, *_) = samples.window_run().runs
    changed = store.set_status(task.invocations[0], "FAILED")

    assert (added.status, changed.start_time) == ("PENDING", None)
    assert _window(added).status == "PENDING"


# --- nodes ---


def test_simulation_of_commands_proceeds_node_by_node(store: ExecutionStore, clock: _Clock) -> None:
    """A command is unknown until it is sent; then its nodes wait, run and end one by one."""
    whole = samples.tag_run(nodes=60, window_targets=1)
    (invocation,) = whole.invocations
    command_id = str(invocation.command_id)
    added = store.add_run(*whole, over=HOUR, clock=clock)
    with MaintenanceWindowClient() as client:
        with pytest.raises(ServiceError, match="InvalidCommandId"):
            list(client.iter_command_invocations(command_id))
        clock.now += HOUR / 5
        midway = list(client.iter_command_invocations(command_id, details=True))
        clock.now += HOUR
        ended = list(client.iter_command_invocations(command_id, details=True))

    assert added.status == "PENDING"
    assert {str(item.status) for item in midway} >= {"Pending", "InProgress", "Success"}
    for item in midway:
        plugins = item.command_plugins or ()
        unfinished = [plugin for plugin in plugins if not plugin.is_terminal]
        assert bool(unfinished) is not item.is_terminal
        assert {(plugin.output, plugin.response_finish_date_time) for plugin in unfinished} <= {
            ("", None)
        }
    assert [_without_times(item) for item in ended] == [
        _without_times(item) for item in whole.commands
    ]
    finished = [
        plugin.response_finish_date_time
        for item in ended
        for plugin in item.command_plugins or ()
        if plugin.response_finish_date_time
    ]
    assert max(finished) == BEGIN + HOUR


def _without_times(item: CommandInvocation) -> CommandInvocation:
    no_times = {"response_start_date_time": None, "response_finish_date_time": None}
    plugins = tuple(attrs.evolve(each, **no_times) for each in item.command_plugins or ())
    return attrs.evolve(item, requested_date_time=None, command_plugins=plugins)


def test_simulation_of_a_step_without_times(store: ExecutionStore, clock: _Clock) -> None:
    """A step without times takes the whole simulation, and gets none."""
    success = CommandInvocationStatus.SUCCESS
    plugins = (CommandPlugin(name="step", status=success, output="done"),)
    command = CommandInvocation(COMMAND_ID, status=success, command_plugins=plugins)
    store.add_run(
        TaskExecution(status=ExecutionStatus.SUCCESS), [], [command], over=60, clock=clock
    )
    seen: list[CommandInvocation] = []
    with MaintenanceWindowClient() as client:
        for _ in range(3):
            seen += client.iter_command_invocations(COMMAND_ID, details=True)
            clock.now += timedelta(seconds=30)

    assert [str(item.status) for item in seen] == ["Pending", "InProgress", "Success"]
    assert [item.status_details for item in seen] == ["Pending", "InProgress", None]
    assert seen[2].command_plugins == plugins


# --- window executions ---


def _window(added: WindowExecution) -> WindowExecution:
    """Return the window execution as a client gets it now."""
    with MaintenanceWindowClient() as client:
        return client.get_window_execution(str(added.window_execution_id))


@pytest.mark.slow
def test_simulation_of_a_window_follows_its_tasks(store: ExecutionStore, clock: _Clock) -> None:
    """The tasks run one after another, and the window execution has the state that follows."""
    added = store.add_window_run(samples.window_run(), over=HOUR, clock=clock)
    seen: list[tuple[str, ...]] = []
    for _ in range(12):
        window = _window(added)
        with MaintenanceWindowClient() as client:
            tasks = list(client.iter_task_executions(str(added.window_execution_id)))
        seen.append((str(window.status), *(str(task.status) for task in tasks)))
        starts = [task.start_time for task in tasks if task.start_time]
        assert window.start_time == min(starts, default=None)
        assert (window.end_time is None) == any(task.end_time is None for task in tasks)
        clock.now += HOUR / 10

    assert seen[0] == ("PENDING",) * 4
    assert ("IN_PROGRESS", "IN_PROGRESS", "PENDING", "PENDING") in seen
    assert ("IN_PROGRESS", "FAILED", "IN_PROGRESS", "PENDING") in seen
    assert seen[-1] == ("FAILED", "FAILED", "FAILED", "SUCCESS")
    ended = _window(added)
    assert (ended.start_time, ended.end_time) == (BEGIN + HOUR / 20, BEGIN + HOUR)


def test_simulation_of_a_window_is_filtered_by_its_times(
    store: ExecutionStore, clock: _Clock
) -> None:
    """A window execution that has not started passes no filter by time."""
    added = store.add_window_run(samples.window_run(), over=HOUR, clock=clock)
    before, after = BEGIN - HOUR, BEGIN + HOUR
    found: list[int] = []
    with MaintenanceWindowClient() as client:
        for _ in range(2):
            pager = client.iter_window_executions(
                str(added.window_id), executed_after=before, executed_before=after
            )
            found.append(len(list(pager)))
            clock.now += HOUR / 2

    assert found == [0, 1]
