"""Build sample runs: a task with an invocation for each command, or for each target."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

import attrs

from ssm_mwx.enums import ExecutionStatus, TaskType
from ssm_mwx.models import (
    CommandInvocation,
    CommandPlugin,
    TaskExecution,
    TaskIds,
    TaskInvocation,
    WindowExecution,
)
from ssm_mwx.testing.sample_nodes import (
    DOCUMENT,
    MAX_ERRORS_PERCENT,
    START,
    Node,
    command_invocation,
    new_id,
    new_instance_id,
    outcomes,
    seeded,
    start_time,
    status_of_command,
    time_taken,
)

_T = TypeVar("_T", TaskExecution, TaskInvocation, CommandInvocation, CommandPlugin)
_ROLE = "arn:aws:iam::123456789012:role/MaintenanceWindowRole"


class Run(NamedTuple):
    """A task execution, for `ExecutionStore.add_run` and `TaskReport` as ``*run``."""

    task: TaskExecution
    """The task execution."""
    invocations: tuple[TaskInvocation, ...]
    """Its invocations."""
    commands: tuple[CommandInvocation, ...] = ()
    """What their commands did on each node, with plugins and output."""


class WindowRun(NamedTuple):
    """A window execution with its tasks, for `ExecutionStore.add_window_run`."""

    window_execution: WindowExecution
    """The window execution."""
    runs: tuple[Run, ...]
    """Its tasks, in the order in which they ran."""


@attrs.frozen
class Command:
    """A command that an invocation sends: its nodes, and the parameters that name them."""

    nodes: list[Node]
    targets: dict[str, Any]


def run_by_command(
    ids: TaskIds,
    commands: list[Command],
    task_parameters: dict[str, tuple[str, ...]],
    chance: random.Random,
) -> Run:
    """Return a RUN_COMMAND task with an invocation for each command."""
    invocations: list[TaskInvocation] = []
    per_node: list[CommandInvocation] = []
    for command in commands:
        status, details = status_of_command(command.nodes)
        command_id = new_id(chance)
        starts = [node.start for node in command.nodes]
        start = min(starts, default=START)
        invocation = TaskInvocation(
            window_execution_id=ids.window_execution_id,
            task_execution_id=ids.task_execution_id,
            invocation_id=new_id(chance),
            execution_id=command_id,
            task_type=TaskType.RUN_COMMAND,
            raw_parameters=_compact(
                patch_parameters(command.targets, snapshot_id=ids.window_execution_id)
            ),
            status=status,
            status_details=details,
            start_time=start,
            end_time=max((node.end for node in command.nodes), default=start),
            owner_information="Fleet team" if not invocations else None,
            window_target_id=new_id(chance),
        )
        invocations.append(invocation)
        per_node += (command_invocation(node, command_id, start) for node in command.nodes)
    task = _task(ids, TaskType.RUN_COMMAND, DOCUMENT, task_parameters, invocations)
    return Run(task, tuple(invocations), tuple(per_node))


def _compact(parameters: dict[str, Any]) -> str:
    """Return the text as AWS's examples have it: without spaces between the members."""
    return json.dumps(parameters, separators=(",", ":"))


def run_by_target(
    task_type: TaskType,
    task_arn: str,
    targets: int,
    seed: int,
    *,
    parameters: Callable[[str], dict[str, Any]],
    task_parameters: dict[str, tuple[str, ...]],
) -> Run:
    """Return a task with an invocation for each node."""
    chance = seeded(task_type, seed)
    ids = TaskIds(new_id(chance), new_id(chance))
    window_target_ids = [new_id(chance) for _ in range(3)]
    nodes = [new_instance_id(chance) for _ in range(targets)]
    starts = [start_time(chance) for _ in range(targets)]
    ended = outcomes(targets, chance)
    invocations = [
        TaskInvocation(
            window_execution_id=ids.window_execution_id,
            task_execution_id=ids.task_execution_id,
            invocation_id=new_id(chance),
            execution_id="" if details == "Undeliverable" else new_id(chance),
            task_type=task_type,
            raw_parameters=_compact(parameters(node)),
            status=status,
            status_details=details,
            start_time=start,
            end_time=start + time_taken(details, chance),
            owner_information="Fleet team" if chance.random() < 0.2 else None,
            window_target_id=chance.choice(window_target_ids),
        )
        for node, start, (status, details) in zip(nodes, starts, ended, strict=True)
    ]
    by_id = {**task_parameters, "aws:InstanceId": tuple(nodes)}
    return Run(_task(ids, task_type, task_arn, by_id, invocations), tuple(invocations))


def _task(
    ids: TaskIds,
    task_type: TaskType,
    task_arn: str,
    task_parameters: dict[str, tuple[str, ...]],
    invocations: list[TaskInvocation],
) -> TaskExecution:
    """Return the task execution that these invocations belong to."""
    unsuccessful = sum(not invocation.succeeded for invocation in invocations)
    return TaskExecution(
        window_execution_id=ids.window_execution_id,
        task_execution_id=ids.task_execution_id,
        task_arn=task_arn,
        service_role=_ROLE,
        type=task_type,
        task_parameters=(task_parameters,),
        priority=1,
        max_concurrency="10%",
        max_errors=f"{MAX_ERRORS_PERCENT}%",
        status=ExecutionStatus.FAILED if unsuccessful else ExecutionStatus.SUCCESS,
        status_details=f"{unsuccessful} of {len(invocations)} targets did not succeed",
        start_time=START,
        end_time=max((item.end_time for item in invocations if item.end_time), default=START),
    )


def patch_parameters(targets: dict[str, Any], *, snapshot_id: str | None = None) -> dict[str, Any]:
    """Return the ``Parameters`` of an invocation that patches, with those that name its nodes."""
    parameters = {"Operation": ["Install"], "RebootOption": ["RebootIfNeeded"]}
    if snapshot_id:
        parameters["SnapshotId"] = [snapshot_id]
    return {
        "comment": "",
        "documentName": DOCUMENT,
        **targets,
        "maxConcurrency": "10%",
        "maxErrors": f"{MAX_ERRORS_PERCENT}%",
        "parameters": parameters,
        "timeoutSeconds": 600,
    }


def moved_run(run: Run, window_execution_id: str, by: timedelta = timedelta()) -> Run:
    """Return a run as a part of this window execution, so much later."""
    old_id = str(run.task.window_execution_id)
    owner: dict[str, Any] = {"window_execution_id": window_execution_id}
    return Run(
        _later(attrs.evolve(run.task, **owner), by),
        tuple(
            _later(
                attrs.evolve(
                    item,
                    **owner,
                    raw_parameters=str(item.raw_parameters).replace(old_id, window_execution_id),
                ),
                by,
            )
            for item in run.invocations
        ),
        tuple(
            attrs.evolve(
                _later(item, by),
                command_plugins=tuple(_later(each, by) for each in item.command_plugins or ()),
            )
            for item in run.commands
        ),
    )


def _later(model: _T, by: timedelta) -> _T:
    """Return a model with all of its times so much later."""
    times: dict[str, Any] = {
        field.name: value + by
        for field in attrs.fields(type(model))
        if isinstance(value := getattr(model, field.name), datetime)
    }
    return attrs.evolve(model, **times)
