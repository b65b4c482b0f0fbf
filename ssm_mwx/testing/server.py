"""Serve the fake AWS over real HTTP."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import attrs

from ssm_mwx import optional
from ssm_mwx.testing.mock import mock_maintenance_windows
from ssm_mwx.testing.store import ExecutionStore


@attrs.frozen
class Server:
    """A running test server."""

    url: str
    """Its address, for ``endpoint_url``."""
    executions: ExecutionStore
    """The executions it answers from."""


@contextmanager
def serve(host: str = "127.0.0.1", port: int = 0) -> Generator[Server, None, None]:
    """Serve `mock_maintenance_windows` over real HTTP, for any client in any process.

    The server refuses requests of web pages, for host names other than its own, and to moto's own
    API.

    Args:
        host: The address to listen on. Only this machine reaches the default.
        port: The port; 0 takes a free one.

    Raises:
        ImportError: moto or its server is not installed.
        OSError: The address cannot be used.
    """
    with optional.extra("testing"):
        from ssm_mwx.testing import wsgi
    with mock_maintenance_windows() as executions, wsgi.listening(host, port) as address:
        yield Server(address.url, executions)
