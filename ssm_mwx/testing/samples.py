"""Sample runs, as ``(task, invocations)``; the same seed gives the same run.

The form of a Run Command's ``Parameters`` is AWS's. No public example of the other task types is
known: theirs follow the members that such tasks are registered with, and are a guess.
"""

from __future__ import annotations

import base64
import json
import random
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from ssm_mwx.enums import ExecutionStatus, TaskType
from ssm_mwx.models import TaskExecution, TaskInvocation

Run = tuple[TaskExecution, tuple[TaskInvocation, ...]]
"""The arguments of `ExecutionStore.add_run`."""

_START = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
_ROLE = "arn:aws:iam::123456789012:role/MaintenanceWindowRole"
_TIMEOUT = timedelta(hours=1)


def patch_run(targets: int = 250, seed: int = 0) -> Run:
    """Return a RUN_COMMAND task that installs patches: a few targets failed, a few timed out.

    Args:
        targets: Number of invocations, each of one managed node.
        seed: A different seed gives different ids, nodes and times.
    """
    return _run(
        TaskType.RUN_COMMAND,
        "AWS-RunPatchBaseline",
        targets,
        seed,
        task_parameters={"Operation": ("Install",), "RebootOption": ("RebootIfNeeded",)},
        parameters=_patch_parameters,
    )


def automation_run(
    targets: int = 12, seed: int = 0, *, window_execution_id: str | None = None
) -> Run:
    """Return an AUTOMATION task that restarts instances; the form of ``Parameters`` is synthetic.

    Args:
        targets: Number of invocations.
        seed: As for `patch_run`.
        window_execution_id: The window execution it belongs to; default: a new one.
    """
    return _run(
        TaskType.AUTOMATION,
        "AWS-RestartEC2Instance",
        targets,
        seed,
        task_parameters={"InstanceId": ("{{ TARGET_ID }}",)},
        parameters=lambda node: {
            "documentVersion": "$DEFAULT",
            "parameters": {"InstanceId": [node]},
        },
        window_execution_id=window_execution_id,
    )


def lambda_run(targets: int = 10, seed: int = 0) -> Run:
    """Return a LAMBDA task; the form of its ``Parameters`` is synthetic.

    Args:
        targets: Number of invocations.
        seed: As for `patch_run`.
    """
    return _run(
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
    """Return a STEP_FUNCTIONS task; the form of its ``Parameters`` is synthetic.

    Args:
        targets: Number of invocations.
        seed: As for `patch_run`.
    """
    return _run(
        TaskType.STEP_FUNCTIONS,
        "arn:aws:states:us-east-1:123456789012:stateMachine:roll-cluster",
        targets,
        seed,
        task_parameters={},
        parameters=lambda node: {"name": f"roll-{node}", "input": json.dumps({"node": node})},
    )


def _patch_parameters(node: str) -> dict[str, Any]:
    return {
        "comment": "",
        "documentName": "AWS-RunPatchBaseline",
        "instanceIds": [node],
        "maxConcurrency": "10%",
        "maxErrors": "5%",
        "parameters": {"Operation": ["Install"], "RebootOption": ["RebootIfNeeded"]},
        "timeoutSeconds": 600,
    }


def _run(
    task_type: TaskType,
    task_arn: str,
    targets: int,
    seed: int,
    *,
    parameters: Callable[[str], dict[str, Any]],
    task_parameters: dict[str, tuple[str, ...]],
    window_execution_id: str | None = None,
) -> Run:
    chance = random.Random(f"{task_type}:{seed}")  # noqa: S311 - sample data, no secrets
    window_execution_id = window_execution_id or _id(chance)
    task_execution_id = _id(chance)
    window_target_ids = [_id(chance) for _ in range(3)]
    nodes = [f"i-{chance.getrandbits(68):017x}" for _ in range(targets)]
    starts = [_START + timedelta(milliseconds=chance.randrange(1_800_000)) for _ in range(targets)]
    outcomes = _outcomes(targets, chance)
    invocations = tuple(
        TaskInvocation(
            window_execution_id=window_execution_id,
            task_execution_id=task_execution_id,
            invocation_id=_id(chance),
            execution_id="" if details == "Undeliverable" else _id(chance),
            task_type=task_type,
            raw_parameters=json.dumps(parameters(node)),
            status=status,
            status_details=details,
            start_time=start,
            end_time=start + _took(details, chance),
            owner_information="Fleet team" if chance.random() < 0.2 else None,
            window_target_id=chance.choice(window_target_ids),
        )
        for node, start, (status, details) in zip(nodes, starts, outcomes, strict=True)
    )
    unsuccessful = sum(status != ExecutionStatus.SUCCESS for status, _ in outcomes)
    task = TaskExecution(
        window_execution_id=window_execution_id,
        task_execution_id=task_execution_id,
        task_arn=task_arn,
        service_role=_ROLE,
        type=task_type,
        task_parameters=({**task_parameters, "aws:InstanceId": tuple(nodes)},),
        priority=1,
        max_concurrency="10%",
        max_errors="5%",
        status=ExecutionStatus.FAILED if unsuccessful else ExecutionStatus.SUCCESS,
        status_details=f"{unsuccessful} of {targets} targets did not succeed",
        start_time=_START,
        end_time=max((item.end_time for item in invocations if item.end_time), default=_START),
    )
    return task, invocations


def _outcomes(targets: int, chance: random.Random) -> list[tuple[ExecutionStatus, str]]:
    """Return how the targets end: one in 20 fails, one in 50 times out, at least one of each."""
    at_least = min(1, targets // 3)
    failed = targets // 20 or at_least
    timed_out = targets // 50 or at_least
    undeliverable = failed // 4
    outcomes = [
        *[(ExecutionStatus.FAILED, "Undeliverable")] * undeliverable,
        *[(ExecutionStatus.FAILED, "Failed")] * (failed - undeliverable),
        *[(ExecutionStatus.TIMED_OUT, "ExecutionTimedOut")] * timed_out,
        *[(ExecutionStatus.SUCCESS, "Success")] * (targets - failed - timed_out),
    ]
    chance.shuffle(outcomes)
    return outcomes


def _took(details: str, chance: random.Random) -> timedelta:
    """Return how long a target took, in whole milliseconds as AWS reports it."""
    if details == "ExecutionTimedOut":
        return _TIMEOUT
    typical = 6 if details == "Undeliverable" else 12.3  # e to the power of it: 0.4 s or 220 s
    return timedelta(milliseconds=round(chance.lognormvariate(typical, 0.6)))


def _id(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))
