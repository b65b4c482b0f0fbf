"""What changes in this process while a mock is active, so that no request reaches a real endpoint.

All mocks of the process share it: the first one applies the changes, the last one undoes them.
"""

from __future__ import annotations

import copy
import os
import re
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock
from urllib.parse import unquote, urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSResponse
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    ReadOnlyCredentials,
    RefreshableCredentials,
)
from botocore.httpsession import URLLib3Session
from moto.core.botocore_stubber import MockRawResponse
from moto.core.models import MockAWS, botocore_stubber

_SCOPE = re.compile(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/aws4_request")
_CREDENTIALS = ReadOnlyCredentials("FOOBARKEY", "FOOBARSECRET", None)
_NOT_IN_MOTO: tuple[int, dict[str, str], str] = (404, {}, "Not yet implemented")
_LOOPBACK = "127.0.0.1,localhost,[::1]"
_CREDENTIAL_VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_SET = ("AWS_DEFAULT_REGION", "NO_PROXY", "no_proxy", *_CREDENTIAL_VARIABLES)
_REMOVED = ("AWS_DEFAULT_PROFILE", "AWS_PROFILE", "AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN")

DEFAULT_REGION = "us-east-1"
"""The Region while a mock is active, if ``AWS_DEFAULT_REGION`` sets none."""

OwnServer = Callable[[str], bool]
"""Says whether a URL is that of a test server of this process."""

own_servers: list[OwnServer] = []
"""The test servers of this process; requests to them go over the network."""

_lock = threading.Lock()
_active = 0
_changes = ExitStack()


def start() -> bool:
    """Mock AWS in this process, until `stop` has been called as often.

    Returns:
        Whether this is the first mock, which begins empty.
    """
    global _active  # noqa: PLW0603 - there is one process
    with _lock:
        if _active == 0:
            _apply_changes()
        _active += 1
        return _active == 1


def stop() -> None:
    """End what `start` began.

    Raises:
        RuntimeError: No mock is active.
    """
    global _active  # noqa: PLW0603
    with _lock:
        if _active == 0:
            raise RuntimeError("stop() was called without start()")
        _active -= 1
        if _active == 0:
            _changes.close()


def is_active() -> bool:
    """Return whether a mock is active in this process."""
    return _active > 0


def _apply_changes() -> None:
    with ExitStack() as stack:
        stack.enter_context(_environment())
        stack.enter_context(_moto())
        replacements: tuple[tuple[Any, str, Any], ...] = (
            (botocore_stubber, "process_request", _route_with(botocore_stubber.process_request)),
            (URLLib3Session, "send", _send_with(URLLib3Session.send)),
            (SigV4Auth, "add_auth", _sign_with(SigV4Auth.add_auth)),
            (
                RefreshableCredentials,
                "get_frozen_credentials",
                _credentials_with(RefreshableCredentials.get_frozen_credentials),
            ),
        )
        for owner, name, replacement in replacements:
            stack.enter_context(mock.patch.object(owner, name, replacement))
        _changes.push(stack.pop_all())


# --- the environment ---


@contextmanager
def _environment() -> Generator[None, None, None]:
    """Remove what leads to a real account, endpoint or proxy; set a missing default Region."""
    endpoints = [name for name in os.environ if name.startswith("AWS_ENDPOINT_URL")]
    removed = {name: os.environ.pop(name, None) for name in (*_REMOVED, *endpoints)}
    kept = {name: os.environ.get(name) for name in _SET}
    os.environ["AWS_DEFAULT_REGION"] = kept["AWS_DEFAULT_REGION"] or DEFAULT_REGION
    direct = ",".join(filter(None, (kept["no_proxy"] or kept["NO_PROXY"], _LOOPBACK)))
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "*" if direct[0] == "*" else direct
    try:
        yield
    finally:
        for name, value in {**removed, **kept}.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


@contextmanager
def _moto() -> Generator[None, None, None]:
    # Not mock_aws: a setting makes that one of a server in another process.
    moto = MockAWS()
    moto.start()
    try:
        yield
    finally:
        for name in _CREDENTIAL_VARIABLES:
            os.environ.setdefault(name, "")  # moto deletes them, whether or not they are there
        moto.stop()


# --- requests of botocore ---


def _route_with(answer_of_moto: Any) -> Any:
    """Return a function that answers every request from moto, whatever its endpoint."""

    def process_request(request: Any) -> Any:
        if any(is_own(request.url) for is_own in own_servers):
            return None
        for url in _urls_at_aws(request):
            moved = copy.copy(request)
            moved.url = url
            answer = answer_of_moto(moved)
            if answer not in (None, _NOT_IN_MOTO):
                return answer
        raise RuntimeError(
            "a mock of AWS is active, so no request may leave this process, and moto has no answer "
            f"to {request.method} {request.url.partition('?')[0]}"
        )

    return process_request


def _urls_at_aws(request: Any) -> Iterator[str]:
    """Yield the URLs under which moto may know the service of a request.

    The signature names the service and the Region, even if the endpoint is one of FIPS, of a VPC,
    of a proxy, or of another fake.
    """
    authorization = request.headers.get("Authorization") or ""
    if isinstance(authorization, bytes):
        authorization = authorization.decode()
    scope = _SCOPE.search(authorization) or _SCOPE.search(unquote(request.url))
    if scope is None:
        yield request.url
        return
    region, service = scope.groups()
    url: str = request.url
    at_aws = urlsplit(url)._replace(scheme="https", netloc=f"{service}.{region}.amazonaws.com")
    if service == "ssm":
        yield at_aws._replace(path="/").geturl()
    else:
        yield url
        yield at_aws.geturl()


def _send_with(send_for_real: Any) -> Any:
    """Return a function that sends only to the test servers of this process.

    moto answers clients that are made after its import before they send; this covers the others.
    """

    def send(self: Any, request: Any) -> Any:
        answer: Any = botocore_stubber.process_request(request)
        if answer is None:
            return send_for_real(self, request)
        status, headers, body = answer
        return AWSResponse(request.url, status, headers, MockRawResponse(body))

    return send


def _credentials_with(refresh: Any) -> Any:
    """Return a function that takes credentials from moto alone.

    moto assumes the role of a profile, so that each account keeps its own data. To refresh other
    credentials might need a real service or program, or somebody who types a code.
    """

    def credentials_of(self: Any) -> Any:
        fetcher: Any = getattr(self._refresh_using, "__self__", None)
        if isinstance(fetcher, AssumeRoleCredentialFetcher) and not _needs_code(fetcher):
            return refresh(self)
        return _CREDENTIALS

    return credentials_of


def _needs_code(fetcher: Any) -> bool:
    return "SerialNumber" in fetcher._assume_kwargs  # noqa: SLF001 - botocore has no public way


def _sign_with(sign: Any) -> Any:
    """Return a function that signs also for a client that found no credentials."""

    def add_auth(self: Any, request: Any) -> Any:
        self.credentials = self.credentials or _CREDENTIALS
        return sign(self, request)

    return add_auth
