"""Serve the fake AWS over real HTTP."""

from __future__ import annotations

import socket
import threading
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

    Args:
        host: The address to listen on. Only this machine reaches the default.
        port: The port; 0 takes a free one.

    Raises:
        ImportError: moto or its server is not installed.
        OSError: The address cannot be used.
    """
    with mock_maintenance_windows() as executions:
        with optional.extra("testing"):
            from moto.moto_server.werkzeug_app import (  # pyright: ignore[reportMissingTypeStubs]
                DomainDispatcherApplication,
                create_backend_app,
            )
            from werkzeug.serving import WSGIRequestHandler, make_server

        class QuietHandler(WSGIRequestHandler):
            def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002
                """Write nothing: the client's log shows the requests."""

        # werkzeug ends the process if it cannot bind, so the socket is bound here.
        with socket.create_server((host, port)) as listener:
            server = make_server(
                host,
                listener.getsockname()[1],
                DomainDispatcherApplication(create_backend_app),
                threaded=True,
                request_handler=QuietHandler,
                fd=listener.fileno(),
            )
            thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
            thread.start()
            try:
                yield Server(f"http://{host}:{server.port}", executions)
            finally:
                server.shutdown()
                server.server_close()
                thread.join()
