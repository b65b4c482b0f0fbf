"""The store that the fake AWS answers from."""

from __future__ import annotations

from datetime import UTC, datetime

import attrs
import pytest

from ssm_mwx import (
    AccessDeniedError,
    DoesNotExistError,
    ExecutionStatus,
    MaintenanceWindowClient,
    ResponseError,
    TaskInvocation,
    TaskType,
    ValidationError,
    WindowExecution,
)
from ssm_mwx.testing import ExecutionStore, samples
from tests.support.clients import plain

DESCRIBE = "DescribeMaintenanceWindowExecutionTaskInvocations"

OTHER_ID = "11111111-2222-3333-4444-555555555555"


def test_store_generates_missing_ids(maintenance_window_executions: ExecutionStore) -> None:
    """What is added without ids gets ids."""
    store = maintenance_window_executions
    task = store.add_task(type="LAMBDA", status=ExecutionStatus.PENDING, priority=0)
    added = store.add_invocations(task, [TaskInvocation(), TaskInvocation(invocation_id=OTHER_ID)])
    assert (task.type, task.priority, task.is_terminal) == (TaskType.LAMBDA, 0, False)
    assert added[1].invocation_id == OTHER_ID
    assert [task.task_ids] * 2 == [invocation.task_ids for invocation in added]
    actual = MaintenanceWindowClient().iter_task_invocations(*task.task_ids)
    assert added == tuple(actual)


def test_store_keeps_two_tasks_of_a_window_execution(
    maintenance_window_executions: ExecutionStore,
) -> None:
    """A window execution can have several tasks."""
    patch = maintenance_window_executions.add_run(*samples.patch_run(targets=10))
    restart = maintenance_window_executions.add_run(
        *samples.automation_run(targets=3, window_execution_id=patch.window_execution_id)
    )
    client = MaintenanceWindowClient()
    assert patch.window_execution_id == restart.window_execution_id
    assert len(list(client.iter_task_invocations(*patch.task_ids))) == 10
    assert len(list(client.iter_task_invocations(*restart.task_ids))) == 3


def test_store_refuses_values_of_the_wrong_type(
    maintenance_window_executions: ExecutionStore,
) -> None:
    """The fake AWS stores only what AWS could return."""
    with pytest.raises(ResponseError, match="Priority: not an integer"):
        maintenance_window_executions.add_task(priority="first")
    with pytest.raises(TypeError, match="color"):
        maintenance_window_executions.add_task(color="red")


def test_set_status_changes_the_answers(maintenance_window_executions: ExecutionStore) -> None:
    """`set_status` changes a task and an invocation."""
    store = maintenance_window_executions
    task = store.add_task(status="IN_PROGRESS", status_details="on it")
    first, second = store.add_invocations(task, [TaskInvocation(), TaskInvocation()])
    end = datetime(2026, 5, 1, tzinfo=UTC)
    ended = store.set_status(task, "FAILED", end_time=end)
    failed = store.set_status(second, "FAILED", status_details="exit status 1")
    client = MaintenanceWindowClient()
    assert attrs.evolve(task, status=ExecutionStatus.FAILED, end_time=end) == ended
    assert ended == client.get_task_execution(*task.task_ids)
    assert [first, failed] == list(client.iter_task_invocations(*task.task_ids))
    assert failed.status_details == "exit status 1"


def test_store_raises_key_error_for_what_it_lacks(
    maintenance_window_executions: ExecutionStore,
) -> None:
    """A task or an invocation that is not stored is a `KeyError`."""
    store = maintenance_window_executions
    task, invocations, _ = samples.patch_run(targets=1)
    with pytest.raises(KeyError):
        store.set_status(task, "FAILED")
    with pytest.raises(KeyError):
        store.add_invocations(task, invocations)
    stored = store.add_task()
    stray = TaskInvocation(*stored.task_ids, invocation_id=OTHER_ID)
    with pytest.raises(KeyError):
        store.set_status(stray, "FAILED")


def test_store_separates_regions_and_accounts(
    maintenance_window_executions: ExecutionStore,
) -> None:
    """An execution is found in its own account and Region only."""
    here = maintenance_window_executions.add_task()
    far = maintenance_window_executions.add_task(region_name="ap-south-1")
    theirs = maintenance_window_executions.add_task(account_id="111122223333")
    client = MaintenanceWindowClient()
    far_client = MaintenanceWindowClient(region_name="ap-south-1")
    assert here == client.get_task_execution(*here.task_ids)
    assert far == far_client.get_task_execution(*far.task_ids)
    for lost in (far, theirs):
        with pytest.raises(DoesNotExistError):
            client.get_task_execution(*lost.task_ids)
    with pytest.raises(DoesNotExistError):
        far_client.get_task_execution(*here.task_ids)


def test_store_needs_an_active_mock() -> None:
    """Outside of a mock the store says what it needs."""
    store = ExecutionStore()
    for function in (store.add_task, store.add_window_execution, lambda: store.requests):
        with pytest.raises(RuntimeError, match="no mock is active"):
            function()


def test_store_uses_the_account_of_moto(
    maintenance_window_executions: ExecutionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The default account is the one that moto gives the caller."""
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "111122223333")
    task = maintenance_window_executions.add_task()
    assert plain("sts").get_caller_identity()["Account"] == "111122223333"
    assert task == MaintenanceWindowClient().get_task_execution(*task.task_ids)


def test_store_lists_requests(maintenance_window_executions: ExecutionStore) -> None:
    """Every call of SSM is listed with its members, refused ones too."""
    store = maintenance_window_executions
    task = store.add_run(*samples.patch_run(targets=30))
    client = MaintenanceWindowClient()
    assert store.requests == []
    assert len(list(client.iter_task_invocations(*task.task_ids, page_size=20))) == 30
    with pytest.raises(DoesNotExistError):
        client.get_task_execution(OTHER_ID, OTHER_ID)
    first, second, refused = store.requests
    ids = {"WindowExecutionId": task.window_execution_id, "TaskId": task.task_execution_id}
    members = {**ids, "MaxResults": 20}
    assert first == (DESCRIBE, members)
    assert {*second.members} == {*members, "NextToken"}
    assert refused.members == {"WindowExecutionId": OTHER_ID, "TaskId": OTHER_ID}


def test_fail_next_can_name_an_operation(maintenance_window_executions: ExecutionStore) -> None:
    """An error for one operation waits for it, and does not hit others."""
    store = maintenance_window_executions
    task = store.add_task()
    client = MaintenanceWindowClient()
    store.fail_next("AccessDeniedException", operation=DESCRIBE)
    store.fail_next("ValidationException")
    with pytest.raises(ValidationError):
        client.get_task_execution(*task.task_ids)
    assert client.get_task_execution(*task.task_ids) == task
    with pytest.raises(AccessDeniedError):
        client.describe_task_invocations(*task.task_ids)
    assert list(client.iter_task_invocations(*task.task_ids)) == []


def test_fail_next_can_name_a_region_and_an_account(
    maintenance_window_executions: ExecutionStore,
) -> None:
    """An error for one Region or account does not hit others."""
    store = maintenance_window_executions
    task = store.add_task()
    client = MaintenanceWindowClient()
    store.fail_next("AccessDeniedException", region_name="ap-south-1")
    store.fail_next("AccessDeniedException", account_id="111122223333")
    store.fail_next("AccessDeniedException", times=0)
    assert client.get_task_execution(*task.task_ids) == task
    with pytest.raises(AccessDeniedError):
        MaintenanceWindowClient(region_name="ap-south-1").get_task_execution(*task.task_ids)
    store.fail_next("ValidationException", region_name="eu-west-1", account_id="123456789012")
    with pytest.raises(ValidationError):
        client.get_task_execution(*task.task_ids)


# --- window executions ---


def test_window_execution_is_made_for_a_task(
    maintenance_window_executions: ExecutionStore,
) -> None:
    """A task that is added alone has a window execution, of a window of its own."""
    store = maintenance_window_executions
    first = store.add_task(status="SUCCESS")
    store.add_task(window_execution_id=first.window_execution_id, status="SUCCESS")
    client = MaintenanceWindowClient()
    execution = client.get_window_execution(str(first.window_execution_id))
    assert (execution.status, len(execution.task_execution_ids or ())) == ("SUCCESS", 2)


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (["SUCCESS", "SUCCESS"], "SUCCESS"),
        (["SUCCESS", "FAILED", "TIMED_OUT"], "FAILED"),
        (["SUCCESS", "TIMED_OUT", "CANCELLED"], "TIMED_OUT"),
        (["SUCCESS", "CANCELLED"], "CANCELLED"),
        (["PENDING", "PENDING"], "PENDING"),
        (["FAILED", "PENDING"], "IN_PROGRESS"),
        (["SUCCESS", "IN_PROGRESS"], "IN_PROGRESS"),
        (["IN_PROGRESS", "CANCELLING"], "CANCELLING"),
        (["SUCCESS", None], "IN_PROGRESS"),
        ([None], "TIMED_OUT"),
        ([], "TIMED_OUT"),
    ],
)
def test_window_execution_has_the_status_of_its_tasks(
    maintenance_window_executions: ExecutionStore, statuses: list[str | None], expected: str
) -> None:
    """The status follows from those of the tasks, or is its own if no task has any."""
    store = maintenance_window_executions
    added = store.add_window_execution(status="TIMED_OUT", status_details="its own")
    window_execution_id = str(added.window_execution_id)
    for status in statuses:
        store.add_task(window_execution_id=window_execution_id, status=status)
    execution = MaintenanceWindowClient().get_window_execution(window_execution_id)
    assert execution.status == expected
    assert execution.status_details == ("its own" if execution.is_terminal else None)


def test_window_execution_has_the_times_of_its_tasks(
    maintenance_window_executions: ExecutionStore,
) -> None:
    """It starts with the first task, and ends with the last one once all have ended."""
    store = maintenance_window_executions
    times = [datetime(2026, 5, 1, hour, tzinfo=UTC) for hour in range(4)]
    first = store.add_task(status="SUCCESS", start_time=times[1], end_time=times[2])
    window_execution_id = str(first.window_execution_id)
    other = store.add_task(
        window_execution_id=window_execution_id, status="IN_PROGRESS", start_time=times[0]
    )
    client = MaintenanceWindowClient()
    running = client.get_window_execution(window_execution_id)
    store.set_status(other, "FAILED", end_time=times[3])
    ended = client.get_window_execution(window_execution_id)
    assert (running.start_time, running.end_time) == (times[0], None)
    assert (ended.status, ended.start_time, ended.end_time) == ("FAILED", times[0], times[3])


def test_window_run_is_stored_whole(maintenance_window_executions: ExecutionStore) -> None:
    """A sample window run comes back with its tasks, their invocations and nodes."""
    store = maintenance_window_executions
    run = samples.window_run()
    added = store.add_window_run(run)
    client = MaintenanceWindowClient()
    (listed,) = client.iter_window_executions(samples.WINDOW_ID)
    got = client.get_window_execution(str(added.window_execution_id))
    assert added == run.window_execution
    assert listed == attrs.evolve(added, task_execution_ids=None)
    assert got == attrs.evolve(added, window_id=None)
    for task_execution_id, (task, invocations, commands) in zip(
        got.task_execution_ids or (), run.runs, strict=True
    ):
        ids = (str(got.window_execution_id), task_execution_id)
        assert client.get_task_execution(*ids) == task
        assert tuple(client.iter_task_invocations(*ids)) == invocations
        for command_id in {item.command_id for item in commands}:
            expected = [item for item in commands if item.command_id == command_id]
            assert [*client.iter_command_invocations(str(command_id), details=True)] == expected


def test_window_run_gives_its_id_to_its_tasks(
    maintenance_window_executions: ExecutionStore,
) -> None:
    """Runs of any window execution can be put together, and missing ids are generated."""
    runs = (samples.tag_run(9), samples.lambda_run(2))
    added = maintenance_window_executions.add_window_run(
        samples.WindowRun(WindowExecution(), runs), region_name="ap-south-1"
    )
    client = MaintenanceWindowClient(region_name="ap-south-1")
    tasks = list(client.iter_task_executions(str(added.window_execution_id)))
    assert [item.window_id for item in client.iter_window_executions(str(added.window_id))] == [
        added.window_id
    ]
    assert [task.task_type for task in tasks] == ["RUN_COMMAND", "LAMBDA"]
    assert {task.window_execution_id for task in tasks} == {added.window_execution_id}
    invocations = client.iter_task_invocations(*tasks[0].task_ids)
    assert {item.window_execution_id for item in invocations} == {added.window_execution_id}


def test_skipped_window_execution_has_no_tasks(
    maintenance_window_executions: ExecutionStore,
) -> None:
    """A window execution that was skipped is there, without tasks."""
    start = datetime(2026, 5, 1, tzinfo=UTC)
    added = maintenance_window_executions.add_window_execution(
        window_id=samples.WINDOW_ID, status="SKIPPED_OVERLAPPING", start_time=start, end_time=start
    )
    client = MaintenanceWindowClient()
    window_execution_id = str(added.window_execution_id)
    assert [*client.iter_window_executions(samples.WINDOW_ID)] == [added]
    assert client.get_window_execution(window_execution_id) == attrs.evolve(
        added, window_id=None, task_execution_ids=()
    )
    assert list(client.iter_task_executions(window_execution_id)) == []
