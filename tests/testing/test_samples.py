"""The sample runs have the shapes that AWS produces."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from ssm_mwx import (
    ExecutionStatus,
    RunCommandParameters,
    TaskInvocation,
    TaskReport,
    TaskType,
)
from ssm_mwx.testing import samples

SAMPLES = [
    (samples.tag_run, {"nodes": 20}, TaskType.RUN_COMMAND),
    (samples.instance_run, {"nodes": 20}, TaskType.RUN_COMMAND),
    (samples.patch_run, {"targets": 20}, TaskType.RUN_COMMAND),
    (samples.automation_run, {"targets": 20}, TaskType.AUTOMATION),
    (samples.lambda_run, {"targets": 20}, TaskType.LAMBDA),
    (samples.step_functions_run, {"targets": 20}, TaskType.STEP_FUNCTIONS),
]


def _name(value: object) -> str | None:
    return getattr(value, "__name__", None)


@pytest.mark.parametrize(("sample", "size", "task_type"), SAMPLES, ids=_name)
def test_sample_is_consistent(sample: Any, size: dict[str, int], task_type: TaskType) -> None:
    """The parameters are recognized without a remainder, and the ids and times agree."""
    task, invocations, commands = run = sample(**size)
    assert {task_type} == {task.type, *(item.task_type for item in invocations)}
    assert {task.task_ids} == {item.task_ids for item in invocations}
    assert all(item.parameters.extra == {} for item in invocations)
    assert {item.command_id for item in commands} <= {item.execution_id for item in invocations}
    assert task.start_time <= min(item.start_time for item in invocations)
    assert task.end_time == max(item.end_time for item in invocations)
    assert TaskReport(*run).commands == commands


@pytest.mark.parametrize(("sample", "size", "_type"), SAMPLES, ids=_name)
def test_sample_repeats_by_seed(sample: Any, size: dict[str, int], _type: TaskType) -> None:
    """The same seed gives the same run, a different seed a different one."""
    assert sample(**size) == sample(**size, seed=0)
    assert sample(**size, seed=1).task.task_ids != sample(**size).task.task_ids


@pytest.mark.parametrize(("sample", "size", "_type"), SAMPLES, ids=_name)
def test_sample_without_targets_succeeds(
    sample: Any, size: dict[str, int], _type: TaskType
) -> None:
    """A run of no targets, or of one, is a success."""
    for targets in (0, 1):
        task, _, commands = sample(**dict.fromkeys(size, targets))
        assert (task.succeeded, len(commands) <= targets) == (True, True)
        assert task.duration is not None


def _node_counts(run: samples.Run, invocation: TaskInvocation) -> Counter[str]:
    return Counter(
        str(item.status) for item in run.commands if item.command_id == invocation.command_id
    )


def test_tag_run_has_a_command_for_each_window_target() -> None:
    """The invocations name no node, and a command can be a success although nodes failed."""
    run = samples.tag_run(nodes=250, window_targets=3)
    parameters = [item.parameters for item in run.invocations]
    assert [item.instance_ids for item in run.invocations] == [()] * 3
    assert len({item.window_target_id for item in run.invocations}) == 3
    assert [
        target["targetValues"]
        for each in parameters
        if isinstance(each, RunCommandParameters)
        for target in each.targets
    ] == [["web"], ["app"], ["db"]]
    assert [str(item.status) for item in run.invocations] == ["SUCCESS", "FAILED", "FAILED"]
    assert run.task.status_details == "2 of 3 targets did not succeed"
    counts = [_node_counts(run, item) for item in run.invocations]
    assert [sum(each.values()) for each in counts] == [84, 83, 83]
    assert [each["Success"] for each in counts] == [82, 75, 76]
    assert Counter(item.status_details for item in run.commands if not item.succeeded) == {
        "Failed": 9,
        "Undeliverable": 3,
        "ExecutionTimedOut": 5,
    }


@pytest.mark.parametrize(("nodes", "window_targets"), [(0, 1), (3, 2), (4, 5), (100, 90), (12, 7)])
def test_tag_run_spreads_any_number_of_nodes(nodes: int, window_targets: int) -> None:
    """Every node belongs to one window target, and host names are unique."""
    run = samples.tag_run(nodes, window_targets)
    assert (len(run.commands), len(run.invocations)) == (nodes, window_targets)
    assert len({item.instance_name for item in run.commands}) == nodes
    assert len({item.instance_id for item in run.commands}) == nodes


def test_instance_run_sends_a_command_to_fifty_nodes() -> None:
    """Each invocation names up to fifty nodes, and each has an outcome."""
    run = samples.instance_run(nodes=120)
    assert [len(item.instance_ids) for item in run.invocations] == [50, 50, 20]
    named = [node for item in run.invocations for node in item.instance_ids]
    assert named == [item.instance_id for item in run.commands]
    assert list(run.task.instance_ids) == named
    for invocation in samples.instance_run().invocations:
        assert sum(_node_counts(samples.instance_run(), invocation).values()) == 50


def test_patch_run_has_failures_and_timeouts() -> None:
    """Some targets fail, some time out, some commands are never sent."""
    task, invocations, commands = samples.patch_run()
    statuses = [str(item.status) for item in invocations]
    assert tuple(map(statuses.count, ("SUCCESS", "FAILED", "TIMED_OUT"))) == (233, 12, 5)
    assert sum(item.command_id is None for item in invocations) == 3
    assert len(commands) == 247
    assert task.status == ExecutionStatus.FAILED
    assert task.status_details == "17 of 250 targets did not succeed"
    of_node = {item.instance_id: item.execution_status for item in commands}
    assert all(
        of_node.get(item.instance_ids[0], item.status) == item.status for item in invocations
    )


def test_node_has_the_steps_of_the_document() -> None:
    """The step of the node's platform ran, the other is skipped; failures say why."""
    run = samples.tag_run()
    plugins = [item.command_plugins or () for item in run.commands]
    ran = [plugin for each in plugins for plugin in each if "skipped" not in (plugin.output or "")]
    assert {tuple(plugin.name for plugin in each) for each in plugins} == {
        (),
        ("PatchWindows", "PatchLinux"),
    }
    assert {plugin.name for plugin in ran} == {"PatchWindows", "PatchLinux"}
    assert len(ran) == 247
    failed = [plugin for plugin in ran if plugin.status == "Failed"]
    assert all("failed to run commands: exit status" in (item.output or "") for item in failed)
    assert {plugin.response_code for plugin in ran if plugin.succeeded} == {0}
    assert all(plugin.duration for plugin in ran)


def test_window_run_has_tasks_one_after_another() -> None:
    """The tasks of a window run follow each other, and another seed is another night."""
    run, next_night = samples.window_run(), samples.window_run(seed=1)
    tasks = [each.task for each in run.runs]
    assert [task.type for task in tasks] == ["RUN_COMMAND", "AUTOMATION", "LAMBDA"]
    assert [task.priority for task in tasks] == [1, 2, 3]
    assert [task.start_time for task in tasks] == sorted(
        task.start_time for task in tasks if task.start_time
    )
    execution = run.window_execution
    assert (execution.window_id, next_night.window_execution.window_id) == (samples.WINDOW_ID,) * 2
    assert execution.task_execution_ids == tuple(task.task_execution_id for task in tasks)
    assert (execution.start_time, execution.end_time) == (tasks[0].start_time, tasks[2].end_time)
    assert execution.status == "FAILED"
    (patch, *_), (later, *_) = run.runs, next_night.runs
    assert str(execution.window_execution_id) in str(patch.invocations[0].raw_parameters)
    assert patch.commands[0].requested_date_time == patch.invocations[0].start_time
    (_, plugin) = later.commands[0].command_plugins or (None, None)
    for model, field in (
        (later.task, "start_time"),
        (later.invocations[0], "start_time"),
        (later.commands[0], "requested_date_time"),
        (plugin, "response_start_date_time"),
    ):
        assert getattr(model, field).day == 11
