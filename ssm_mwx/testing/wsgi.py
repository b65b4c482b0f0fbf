"""The HTTP side of the test server: moto's, closed to web pages and to moto's own API."""

from __future__ import annotations

import ipaddress
import logging
import socket
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

import attrs
from moto.moto_server.werkzeug_app import (  # pyright: ignore[reportMissingTypeStubs]
    DomainDispatcherApplication,
    create_backend_app,
)
from werkzeug.serving import WSGIRequestHandler, make_server

from ssm_mwx.testing.interception import own_servers
from ssm_mwx.testing.protocol import AwsError, HttpResponse

_LOG = logging.getLogger("ssm_mwx")

Environ = dict[str, Any]
"""A request, as WSGI defines it."""
StartResponse = Callable[..., Any]
"""The function that takes an answer's status and headers, as WSGI defines it."""


@attrs.frozen
class Address:
    """Where a test server listens."""

    host: str
    """The host that it was asked to listen on."""
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address
    """The address that its socket has."""
    port: int

    @property
    def url(self) -> str:
        """The URL for clients on this machine."""
        host = self.host
        if self.ip.is_unspecified:
            host = "127.0.0.1" if self.ip.version == 4 else "::1"
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    def is_own_url(self, url: str) -> bool:
        """Return whether a URL leads to this server."""
        parts = urlsplit(url)
        return parts.port == self.port and self.is_own_name(parts.hostname)

    def is_own_name(self, name: str | None) -> bool:
        """Return whether a name in a ``Host`` header is one of this server.

        A web page can make a name of its own domain lead here, but neither an address nor
        ``localhost``.
        """
        name = (name or "").lower()
        if name in ("localhost", self.host.lower()) or name.endswith(".localhost"):
            return True
        try:
            ip = ipaddress.ip_address(name)
        except ValueError:
            return self.ip.is_unspecified and name == socket.gethostname().lower()
        return ip == self.ip or ip.is_loopback or self.ip.is_unspecified


class Application:
    """The fake AWS as a WSGI application."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._moto = DomainDispatcherApplication(create_backend_app)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""

        def start_without_cors(status: str, headers: list[tuple[str, str]], *args: Any) -> Any:
            kept = [item for item in headers if not item[0].lower().startswith("access-control-")]
            return start_response(status, kept, *args)

        if reason := self._refusal(environ):
            error = AwsError("AccessDeniedException", reason)
            return _send(error.response()._replace(status=HTTPStatus.FORBIDDEN), start_response)
        try:
            answer: Iterable[bytes] = self._moto(environ, start_without_cors)
        except Exception as error:  # noqa: BLE001 - moto raises what it likes; the client gets it
            return _send(_error_of_moto(error, environ), start_response)
        return answer

    def _refusal(self, environ: Environ) -> str | None:
        """Return why a request is refused: it is for another host, or it comes from a web page."""
        host = environ.get("HTTP_HOST", "")
        origin = environ.get("HTTP_ORIGIN")
        if not self._address.is_own_name(_name_in(host)):
            return f"Host must be a name of this server, got {host!r}"
        if origin not in (None, f"http://{host}"):
            return f"Origin must be absent: web pages may not use this server, got {origin!r}"
        if environ.get("HTTP_SEC_FETCH_SITE", "none") not in ("none", "same-origin"):
            return "web pages may not use this server"
        if environ.get("PATH_INFO", "").startswith("/moto-api"):
            return "moto's own API is not available on this server"
        return None


def _name_in(host: str) -> str | None:
    """Return the name in a ``Host`` header, without the port."""
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _error_of_moto(error: Exception, environ: Environ) -> HttpResponse:
    """Return an exception of moto's as an error in AWS's form."""
    if isinstance(error, NotImplementedError):
        answer = AwsError("UnknownOperationException", f"the fake AWS does not have this: {error}")
    else:
        _LOG.error("moto failed to answer a request", exc_info=error)
        answer = AwsError("InternalFailure", f"moto failed: {type(error).__name__}: {error}")
    has_query_protocol = "x-www-form-urlencoded" in environ.get("CONTENT_TYPE", "")
    return _as_xml(answer) if has_query_protocol else answer.response()


def _as_xml(error: AwsError) -> HttpResponse:
    """Return an error as services with AWS's query protocol send it."""
    details = f"<Code>{error.code}</Code><Message>{escape(str(error))}</Message>"
    body = f"<ErrorResponse><Error>{details}</Error></ErrorResponse>"
    return HttpResponse(error.http_status, {"Content-Type": "text/xml"}, body)


def _send(response: HttpResponse, start_response: StartResponse) -> Iterable[bytes]:
    status = HTTPStatus(response.status)
    start_response(f"{status.value} {status.phrase}", list(response.headers.items()))
    return [response.body.encode()]


class _QuietHandler(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002
        """Write nothing: the client's log shows the requests."""


@contextmanager
def listening(host: str, port: int) -> Generator[Address, None, None]:
    """Serve the fake AWS in a thread, and yield its address.

    Raises:
        OSError: The address cannot be used.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # werkzeug ends the process if it cannot bind, so the socket is bound here.
    with socket.create_server((host, port), family=family) as listener:
        ip, bound_port, *_ = listener.getsockname()
        address = Address(host, ipaddress.ip_address(ip), bound_port)
        server = make_server(
            host,
            bound_port,
            Application(address),
            threaded=True,
            request_handler=_QuietHandler,
            fd=listener.fileno(),
        )
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        own_servers.append(address.is_own_url)
        try:
            yield address
        finally:
            own_servers.remove(address.is_own_url)
            server.shutdown()
            server.server_close()
            thread.join()
