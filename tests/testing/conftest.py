"""A running test server."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from ssm_mwx import TaskExecution
from ssm_mwx.testing import Server, samples, serve


@pytest.fixture(name="server")
def _server() -> Generator[Server, None, None]:
    with serve() as server:
        yield server


@pytest.fixture(name="task")
def _task(server: Server) -> TaskExecution:
    return server.executions.add_run(*samples.patch_run(targets=30))
