"""A report with nodes beside its calls one after another, where a call takes 60 ms."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ssm_mwx import MaintenanceWindowClient
from ssm_mwx.testing import mock_maintenance_windows, samples
from tests.benchmarks.server import Server

_CALL_DELAY = 0.06
_COMMANDS = 3


def elapsed(_server: Server, runs: int, count: int) -> list[tuple[float, ...]]:
    """Seconds of the report, and of the same calls in turn."""
    run = samples.tag_run(count, window_targets=_COMMANDS)
    ids = run.task.task_ids
    with mock_maintenance_windows() as executions:
        executions.add_run(*run)
        client = MaintenanceWindowClient(region_name="us-east-1")
        events: Any = client.boto_client.meta.events
        events.register_first("before-send.ssm", _delay)

        def report() -> int:
            return len(client.report(*ids, nodes=True).nodes or ())

        def in_turn() -> int:
            client.get_task_execution(*ids)
            invocations = list(client.iter_task_invocations(*ids))
            return sum(
                len(list(client.iter_command_invocations(invocation.command_id or "")))
                for invocation in invocations
            )

        if report() != in_turn():
            raise RuntimeError("the calls do not agree on the number of nodes")
        return [(_seconds(report), _seconds(in_turn)) for _ in range(runs)]


def _delay(**_: object) -> None:
    time.sleep(_CALL_DELAY)


def _seconds(do: Callable[[], object]) -> float:
    start = time.perf_counter()
    do()
    return time.perf_counter() - start
