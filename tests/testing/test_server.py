"""The fake AWS over HTTP."""

from __future__ import annotations

import pytest

from ssm_mwx import (
    MaintenanceWindowClient,
    TaskExecution,
)
from ssm_mwx.testing import Server, samples, serve


def test_server_returns_what_is_stored(server: Server, task: TaskExecution) -> None:
    """A stored run comes back over HTTP unchanged."""
    expected_task, expected_invocations, _ = samples.patch_run(targets=30)
    with MaintenanceWindowClient(endpoint_url=server.url) as client:
        assert client.get_task_execution(*task.task_ids) == expected_task
        pager = client.iter_task_invocations(*task.task_ids, page_size=10)
        assert [len(page) for page in pager.pages()] == [10, 10, 10]
        assert tuple(pager) == expected_invocations


def test_server_listens_on_loopback_by_default(server: Server) -> None:
    """By default only this machine reaches the server."""
    assert server.url.startswith("http://127.0.0.1:")


def test_server_port_in_use_is_an_os_error(server: Server) -> None:
    """A port in use raises an OSError, and nothing stays running."""
    port = int(server.url.rpartition(":")[2])
    with pytest.raises(OSError, match="in use"), serve(port=port):
        raise AssertionError("not reached")  # pragma: no cover
