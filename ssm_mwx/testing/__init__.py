"""A fake AWS for tests: moto, with the operations of this library added.

Needs the extra ``ssm_mwx[testing]``. moto is imported when a mock starts, not before.
"""

from ssm_mwx.testing import samples
from ssm_mwx.testing.mock import MockMaintenanceWindows, mock_maintenance_windows
from ssm_mwx.testing.server import Server, serve
from ssm_mwx.testing.store import ExecutionStore

__all__ = [
    "ExecutionStore",
    "MockMaintenanceWindows",
    "Server",
    "mock_maintenance_windows",
    "samples",
    "serve",
]
