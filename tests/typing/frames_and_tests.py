"""A user's script with data frames, and tests of it; `nox -s types` checks it."""

from __future__ import annotations

from typing import assert_type

import pandas as pd
import polars as pl

from ssm_mwx import ExecutionStatus, TaskExecution, TaskInvocation, TaskReport
from ssm_mwx.testing import ExecutionStore, mock_maintenance_windows, samples, serve


def frames(report: TaskReport) -> None:
    """Frames have their libraries' own types."""
    assert_type(report.to_pandas(explode_instances=True), pd.DataFrame)
    assert_type(report.to_polars(), pl.DataFrame)
    report.timeline(max_bars=100).save("timeline.svg")


def test_script(maintenance_window_executions: ExecutionStore) -> None:
    """The fixture gives a store."""
    task = maintenance_window_executions.add_run(*samples.patch_run(targets=10))
    assert_type(task, TaskExecution)
    added = maintenance_window_executions.add_invocations(task, [TaskInvocation()])
    assert_type(added, tuple[TaskInvocation, ...])
    ended = maintenance_window_executions.set_status(added[0], ExecutionStatus.FAILED)
    assert_type(ended, TaskInvocation)


def without_pytest() -> str:
    """So do the context managers."""
    with mock_maintenance_windows() as executions:
        assert_type(executions, ExecutionStore)
    with serve(port=0) as server:
        assert_type(server.executions, ExecutionStore)
        return server.url


@mock_maintenance_windows()
def decorated(number: int) -> str:
    """The decorator passes nothing, and leaves the signature as it is."""
    return str(number)


assert_type(decorated(1), str)
