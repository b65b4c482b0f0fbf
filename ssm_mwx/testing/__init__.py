"""A fake AWS for tests: moto, with the operations of this library added.

Needs the extra ``ssm_mwx[testing]``. moto is imported when a mock starts, not before.
"""

from typing import TYPE_CHECKING

from ssm_mwx import lazy

if TYPE_CHECKING:
    from ssm_mwx.testing import samples
    from ssm_mwx.testing.mock import MockMaintenanceWindows, mock_maintenance_windows
    from ssm_mwx.testing.region import Request
    from ssm_mwx.testing.server import Server, serve
    from ssm_mwx.testing.store import ExecutionStore

__all__ = [
    "ExecutionStore",
    "MockMaintenanceWindows",
    "Request",
    "Server",
    "mock_maintenance_windows",
    "samples",
    "serve",
]

if not TYPE_CHECKING:
    __getattr__ = lazy.attribute_getter(
        __name__, __all__, modules=("mock", "server", "region", "store", "samples")
    )

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
