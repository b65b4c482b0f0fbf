"""Starting the stand-in: inside this process as moto's mock, or over real HTTP."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager

import attrs

from ssm_mwx.testing.store import ExecutionStore

_DEFAULT_REGION = "us-east-1"


@contextmanager
def mock_maintenance_windows() -> Generator[ExecutionStore, None, None]:
    """Moto's ``mock_aws`` with the two operations, a default Region and an empty store.

    A context manager that gives the `ExecutionStore`; as a decorator it passes nothing. All other
    services of moto work under it too. Nothing leaves the process, and what was stored is
    forgotten at the end.

    Raises:
        ImportError: moto is not installed.
    """
    try:
        from moto import mock_aws

        from ssm_mwx.testing.operations import add_operations_to_moto
    except ImportError as error:
        raise ImportError(
            "the stand-in needs moto and its server: pip install 'ssm_mwx[testing]'"
        ) from error
    add_operations_to_moto()
    with _default_region(), mock_aws():
        yield ExecutionStore()


@contextmanager
def _default_region() -> Generator[None, None, None]:
    if "AWS_DEFAULT_REGION" in os.environ:
        yield
        return
    os.environ["AWS_DEFAULT_REGION"] = _DEFAULT_REGION
    try:
        yield
    finally:
        del os.environ["AWS_DEFAULT_REGION"]


@attrs.frozen
class Server:
    """A running stand-in."""

    url: str
    """Where it listens, for ``endpoint_url``."""
    executions: ExecutionStore
    """What it answers from."""


@contextmanager
def serve(host: str = "127.0.0.1", port: int = 0) -> Generator[Server, None, None]:
    """`mock_maintenance_windows` over real HTTP, for any client in any process.

    Args:
        host: The address to listen on. The default is reached from this machine alone.
        port: The port; 0 takes a free one.

    Raises:
        ImportError: moto or its server is not installed.
        OSError: The address cannot be had.
    """
    with mock_maintenance_windows() as executions:
        from moto.moto_server.werkzeug_app import (  # pyright: ignore[reportMissingTypeStubs]
            DomainDispatcherApplication,
            create_backend_app,
        )
        from werkzeug.serving import WSGIRequestHandler, make_server

        class QuietHandler(WSGIRequestHandler):
            def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002
                """Write nothing: one who wants to see the requests looks at the client's log."""

        # werkzeug ends the process where it cannot bind, so the socket is bound here.
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
