"""The store that the fake AWS answers from."""

from __future__ import annotations

from datetime import UTC, datetime

import attrs
import pytest

from ssm_mwx import (
    DoesNotExistError,
    ExecutionStatus,
    MaintenanceWindowClient,
    ResponseError,
    TaskInvocation,
    TaskType,
)
from ssm_mwx.testing import ExecutionStore, samples

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
    unknown = samples.patch_run(targets=1)
    with pytest.raises(KeyError):
        store.set_status(unknown[0], "FAILED")
    with pytest.raises(KeyError):
        store.add_invocations(*unknown)
    task = store.add_task()
    stray = TaskInvocation(*task.task_ids, invocation_id=OTHER_ID)
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
