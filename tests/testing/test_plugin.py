"""The pytest plug-in."""

from __future__ import annotations

import subprocess
import sys

from ssm_mwx import MaintenanceWindowClient
from ssm_mwx.testing import ExecutionStore, samples


def test_fixture_provides_an_empty_store(
    maintenance_window_executions: ExecutionStore,
) -> None:
    """The pytest fixture mocks AWS inside the process."""
    task = maintenance_window_executions.add_run(*samples.patch_run(targets=30))
    client = MaintenanceWindowClient()
    assert task == client.get_task_execution(*task.task_ids)
    assert samples.patch_run(targets=30)[1] == tuple(client.iter_task_invocations(*task.task_ids))


def test_plugin_imports_next_to_nothing() -> None:
    """A pytest run that does not use the fixture pays for a few small modules only."""
    code = """
import sys, pytest
before = set(sys.modules)
import ssm_mwx.testing.plugin
print(*sorted(set(sys.modules) - before))
"""
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )
    assert printed.stdout.split() == [
        "ssm_mwx",
        "ssm_mwx.lazy",
        "ssm_mwx.testing",
        "ssm_mwx.testing.plugin",
    ]
