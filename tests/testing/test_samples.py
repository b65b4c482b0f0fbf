"""The sample runs."""

from __future__ import annotations

from typing import Any

import pytest

from ssm_mwx import (
    ExecutionStatus,
    TaskType,
)
from ssm_mwx.testing import samples


@pytest.mark.parametrize(
    ("sample", "task_type"),
    [
        (samples.patch_run, TaskType.RUN_COMMAND),
        (samples.automation_run, TaskType.AUTOMATION),
        (samples.lambda_run, TaskType.LAMBDA),
        (samples.step_functions_run, TaskType.STEP_FUNCTIONS),
    ],
)
def test_sample_of_each_task_type_is_consistent(sample: Any, task_type: TaskType) -> None:
    """The parameters are recognized without a remainder, and the ids agree."""
    task, invocations = sample(targets=20)
    assert {task_type} == {task.type, *(item.task_type for item in invocations)}
    assert {task.task_ids} == {item.task_ids for item in invocations}
    assert all(item.parameters.extra == {} for item in invocations)
    assert len(task.instance_ids) == 20


def test_sample_repeats_by_seed() -> None:
    """The same seed gives the same run, a different seed a different one."""
    assert samples.patch_run() == samples.patch_run(seed=0)
    assert samples.patch_run(seed=1) != samples.patch_run()


def test_patch_run_has_failures_and_timeouts() -> None:
    """Some targets fail, some time out, some commands are never sent."""
    task, invocations = samples.patch_run()
    statuses = [str(item.status) for item in invocations]
    assert tuple(map(statuses.count, ("SUCCESS", "FAILED", "TIMED_OUT"))) == (233, 12, 5)
    assert sum(item.command_id is None for item in invocations) == 3
    assert task.status == ExecutionStatus.FAILED
    assert task.status_details == "17 of 250 targets did not succeed"
    assert max(item.end_time for item in invocations if item.end_time) == task.end_time


def test_patch_run_of_few_targets_succeeds() -> None:
    """A run of no targets, or of one, is a success."""
    for targets in (0, 1):
        task, invocations = samples.patch_run(targets=targets)
        assert (targets, True) == (len(invocations), task.succeeded)
        assert task.duration is not None
