"""Sample runs with the shapes that AWS produces; the same seed gives the same run.

AWS documents the form of a Run Command's ``Parameters`` for nodes named by id. ``targets`` of a run
by tag follow what users report. No public example of the other task types is known: theirs follow
the members that such tasks are registered with, and are a guess.
"""

from __future__ import annotations

import base64
import itertools
import json
from datetime import datetime, timedelta

import attrs

from ssm_mwx.enums import ExecutionStatus, TaskType
from ssm_mwx.models import TaskIds, TaskInvocation, WindowExecution
from ssm_mwx.testing.region import with_state_of_tasks
from ssm_mwx.testing.sample_nodes import (
    DOCUMENT,
    ROLES,
    START,
    Node,
    command_invocation,
    host_name,
    new_id,
    new_node,
    outcomes,
    role_names,
    seeded,
    spread,
)
from ssm_mwx.testing.sample_runs import (
    Command,
    Run,
    WindowRun,
    moved_run,
    patch_parameters,
    run_by_command,
    run_by_target,
)

__all__ = [
    "WINDOW_ID",
    "Run",
    "WindowRun",
    "automation_run",
    "instance_run",
    "lambda_run",
    "patch_run",
    "step_functions_run",
    "tag_run",
    "window_run",
]

WINDOW_ID = "mw-0f3e1a2b4c5d6e7f8"
"""The maintenance window of every `window_run`."""

_PATCHING: dict[str, tuple[str, ...]] = {
    "Operation": ("Install",),
    "RebootOption": ("RebootIfNeeded",),
}


def tag_run(nodes: int = 250, window_targets: int = 3, seed: int = 0) -> Run:
    """Return a patch run by tag: one invocation and one command for each window target.

    The invocations name no node: their nodes are in ``commands`` alone. Nodes failed in every
    command, but few enough in the first to make it a success.

    Args:
        nodes: Number of managed nodes.
        window_targets: Number of window targets, each with a tag of its own.
        seed: A different seed gives different ids, nodes and times.
    """
    chance = seeded("tags", seed)
    ids = TaskIds(new_id(chance), new_id(chance))
    groups = spread(outcomes(nodes, chance), window_targets, chance)
    commands = [
        Command(
            [new_node(role, number, each, chance) for number, each in enumerate(group, start=1)],
            {"targets": [{"key": "tag:PatchGroup", "targetValues": [role]}]},
        )
        for role, group in zip(role_names(window_targets), groups, strict=True)
    ]
    return run_by_command(ids, commands, _PATCHING, chance)


def instance_run(nodes: int = 50, seed: int = 0) -> Run:
    """Return a patch run by id: one invocation and one command for up to 50 nodes.

    Args:
        nodes: Number of managed nodes.
        seed: As for `tag_run`.
    """
    chance = seeded("ids", seed)
    ids = TaskIds(new_id(chance), new_id(chance))
    every = [
        new_node(role, number, each, chance)
        for number, (role, each) in enumerate(
            zip(itertools.cycle(ROLES), outcomes(nodes, chance), strict=False), start=1
        )
    ]
    names = [node.instance_id for node in every]
    commands = [
        Command(every[at : at + 50], {"instanceIds": names[at : at + 50]})
        for at in range(0, nodes, 50)
    ]
    parameters = {**_PATCHING, "aws:InstanceId": tuple(names)}
    return run_by_command(ids, commands, parameters, chance)


def patch_run(targets: int = 250, seed: int = 0) -> Run:
    """Return a patch run with an invocation for each node, to exercise paging.

    Args:
        targets: Number of invocations, each of one managed node.
        seed: As for `tag_run`.
    """
    run = run_by_target(
        TaskType.RUN_COMMAND,
        DOCUMENT,
        targets,
        seed,
        task_parameters=_PATCHING,
        parameters=lambda node: patch_parameters({"instanceIds": [node]}),
    )
    roles = itertools.cycle(ROLES)
    nodes = (
        (item, Node(item.instance_ids[0], host_name(role, number), *_course_of(item)))
        for number, (role, item) in enumerate(zip(roles, run.invocations, strict=False), start=1)
    )
    return run._replace(
        commands=tuple(
            command_invocation(node, item.command_id, node.start)
            for item, node in nodes
            if item.command_id
        )
    )


def _course_of(invocation: TaskInvocation) -> tuple[ExecutionStatus, str, datetime, datetime]:
    """Return the outcome and the times of an invocation of one node."""
    start, end = invocation.start_time or START, invocation.end_time or START
    status = invocation.status or ExecutionStatus.SUCCESS
    return status, invocation.status_details or "", start, end


def automation_run(
    targets: int = 12, seed: int = 0, *, window_execution_id: str | None = None
) -> Run:
    """Return an AUTOMATION task that restarts instances; the form of ``Parameters`` is synthetic.

    Args:
        targets: Number of invocations.
        seed: As for `tag_run`.
        window_execution_id: The window execution it belongs to; default: a new one.
    """
    run = run_by_target(
        TaskType.AUTOMATION,
        "AWS-RestartEC2Instance",
        targets,
        seed,
        task_parameters={"InstanceId": ("{{ TARGET_ID }}",)},
        parameters=lambda node: {
            "documentVersion": "$DEFAULT",
            "parameters": {"InstanceId": [node]},
        },
    )
    return moved_run(run, window_execution_id) if window_execution_id else run


def lambda_run(targets: int = 10, seed: int = 0) -> Run:
    """Return a LAMBDA task; the form of ``Parameters`` is synthetic.

    Args:
        targets: Number of invocations.
        seed: As for `tag_run`.
    """
    return run_by_target(
        TaskType.LAMBDA,
        "arn:aws:lambda:us-east-1:123456789012:function:drain-node",
        targets,
        seed,
        task_parameters={},
        parameters=lambda node: {
            "qualifier": "$LATEST",
            "payload": base64.b64encode(json.dumps({"node": node}).encode()).decode(),
        },
    )


def step_functions_run(targets: int = 10, seed: int = 0) -> Run:
    """Return a STEP_FUNCTIONS task; the form of ``Parameters`` is synthetic.

    Args:
        targets: Number of invocations.
        seed: As for `tag_run`.
    """
    return run_by_target(
        TaskType.STEP_FUNCTIONS,
        "arn:aws:states:us-east-1:123456789012:stateMachine:roll-cluster",
        targets,
        seed,
        task_parameters={},
        parameters=lambda node: {"name": f"roll-{node}", "input": json.dumps({"node": node})},
    )


def window_run(seed: int = 0) -> WindowRun:
    """Return a run of a maintenance window: it patches by tag, restarts, then calls a function.

    Args:
        seed: A different seed gives a different run of the same window, on a different night.
    """
    chance = seeded("window", seed)
    window_execution_id = new_id(chance)
    start = START + timedelta(days=seed % 365)
    runs: list[Run] = []
    for run in (tag_run(seed=seed), automation_run(seed=seed), lambda_run(1, seed=seed)):
        moved = moved_run(run, window_execution_id, start - START)
        runs.append(moved)
        start = (moved.task.end_time or start) + timedelta(seconds=5)
    execution = WindowExecution(window_execution_id, WINDOW_ID)
    return WindowRun(
        with_state_of_tasks(execution, [run.task for run in runs]),
        tuple(
            run._replace(task=attrs.evolve(run.task, priority=number))
            for number, run in enumerate(runs, start=1)
        ),
    )
