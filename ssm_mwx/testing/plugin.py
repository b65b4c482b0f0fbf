"""The pytest plug-in. Every pytest run loads it, so it imports next to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ssm_mwx.testing import ExecutionStore


@pytest.fixture
def maintenance_window_executions() -> Iterator[ExecutionStore]:
    """Mock AWS for one test; return its empty `ExecutionStore`."""
    from ssm_mwx.testing import mock_maintenance_windows

    with mock_maintenance_windows() as executions:
        yield executions
