"""Retries: an outage of seconds loses nothing, and a persistent error is raised immediately."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from botocore.config import Config
from freezegun import freeze_time

from ssm_mwx import (
    AccessDeniedError,
    InternalServerError,
    InvalidRequestError,
    MaintenanceWindowClient,
    ServiceError,
    SsmMwxError,
    ThrottlingError,
    WaitTimeoutError,
)
from tests.support.clients import built, existing, plain
from tests.support.fakes import IDS
from tests.support.servers import Answer, Break, Request, answering

PAGES = 4
EXPECTED = [f"target-{number}" for number in range(PAGES)]
ONE_ATTEMPT: Any = {"total_max_attempts": 1}
pytestmark = pytest.mark.slow  # most of them wait


def _page(request: Request) -> Answer:
    number = int(request.members.get("NextToken", "0"))
    item = {"WindowTargetId": f"target-{number}"}
    token = str(number + 1) if number + 1 < PAGES else ""
    return Answer.of_json({"WindowExecutionTaskInvocationIdentities": [item], "NextToken": token})


def _html(body: bytes) -> Answer:
    return Answer(body, status=503)


FAULTS: dict[str, Callable[[Request], Answer]] = {
    "500": lambda _: Answer.of_error("InternalServerError", 500),
    "throttling": lambda _: Answer.of_error("ThrottlingException"),
    "reset": lambda request: Answer(_page(request).body, broken=Break.BEFORE_ANSWER),
    "truncated": lambda request: Answer(_page(request).body, broken=Break.TRUNCATED),
    "latin-1": lambda _: _html(b"<h1>Dienst nicht verf\xfcgbar</h1>"),
    "null": lambda _: _html(b"null"),
    "list": lambda _: _html(b"[]"),
    "string": lambda _: _html(b'"Service Unavailable"'),
    "type": lambda _: _html(b'{"__type": 3}'),
}


def _existing_legacy(url: str, **arguments: Any) -> MaintenanceWindowClient:
    return existing(url, retries={"mode": "legacy"}, **arguments)


CLIENTS: dict[str, Callable[..., MaintenanceWindowClient]] = {
    "built": built,
    "existing": existing,
    "legacy": _existing_legacy,
}


@pytest.mark.parametrize("make", CLIENTS.values(), ids=CLIENTS)
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_outage_loses_nothing(
    fault: Callable[[Request], Answer], make: Callable[..., MaintenanceWindowClient]
) -> None:
    """Twenty threads on one client come through an outage: nothing is lost, nothing comes twice."""
    start = time.monotonic()

    def answer(request: Request) -> Answer:
        is_out = 0.1 < time.monotonic() - start < 0.9
        return fault(request) if is_out else _page(request)

    def iterate(_number: int) -> list[list[str | None]]:
        rounds: list[list[str | None]] = []
        while time.monotonic() - start < 1:
            pager = client.iter_task_invocations(*IDS, prefetch=True)
            rounds.append([item.window_target_id for item in pager])
            time.sleep(0.05)
        return rounds

    with answering(answer) as server:
        client = make(server.url, retry_timeout=60, max_pool_connections=50)
        with ThreadPoolExecutor(20) as pool:
            rounds = [each for result in pool.map(iterate, range(20)) for each in result]

    assert [each for each in rounds if each != EXPECTED] == []


@pytest.mark.parametrize("make", [built, existing])
def test_lasting_outage_is_raised_at_the_retry_timeout(
    make: Callable[..., MaintenanceWindowClient],
) -> None:
    """The last error is raised after `retry_timeout`, and `resume_token` is at its place."""

    def answer(request: Request) -> Answer:
        failing = request.members.get("NextToken") == "2"
        return FAULTS["500"](request) if failing else _page(request)

    with answering(answer) as server:
        client = make(server.url, retry_timeout=timedelta(seconds=1.5), retries=ONE_ATTEMPT)
        pager = client.iter_task_invocations(*IDS)
        items: list[str | None] = []
        start = time.monotonic()
        with pytest.raises(InternalServerError):
            items.extend(item.window_target_id for item in pager)
        took = time.monotonic() - start

    assert items == EXPECTED[:2]
    assert pager.resume_token == "2"
    assert 1.5 <= took < 20


def test_retry_timeout_of_zero_leaves_retries_to_botocore() -> None:
    """Without our retries, the first error that botocore raises is raised."""
    with answering(FAULTS["500"]) as server:
        client = built(server.url, retry_timeout=0, retries=ONE_ATTEMPT)
        with pytest.raises(InternalServerError):
            client.get_task_execution(*IDS)

    assert len(server.requests) == 1


@pytest.mark.parametrize("given", [-1, "60", None, float("inf"), float("nan"), True])
def test_bad_retry_timeout_is_refused(given: Any) -> None:
    """`retry_timeout` is a finite time of 0 or more."""
    with pytest.raises(InvalidRequestError, match="retry_timeout must be a finite"):
        MaintenanceWindowClient(region_name="us-east-1", retry_timeout=given)


@pytest.mark.parametrize("code", ["AccessDeniedException", "ExpiredTokenException", "Other"])
def test_persistent_error_is_raised_immediately(code: str) -> None:
    """An error that a retry does not fix is raised after one attempt."""
    with answering(Answer.of_error(code)) as server, pytest.raises(ServiceError):
        built(server.url, retry_timeout=60).get_task_execution(*IDS)

    assert len(server.requests) == 1


def test_persistent_error_ends_the_retries() -> None:
    """A persistent error after a transient one is raised immediately."""

    def answer(_request: Request) -> Answer:
        first = len(server.requests) == 1
        return Answer.of_error("ThrottlingException" if first else "AccessDeniedException")

    with answering(answer) as server, pytest.raises(AccessDeniedError):
        built(server.url, retry_timeout=60, retries=ONE_ATTEMPT).get_task_execution(*IDS)

    assert len(server.requests) == 2


def _throttled_once(retry_after: str) -> Callable[[Request], Answer]:
    """Throttle the first request with a ``Retry-After``; then answer."""
    seen: list[Request] = []

    def answer(request: Request) -> Answer:
        seen.append(request)
        if len(seen) > 1:
            return _page(request)
        return Answer.of_error("ThrottlingException", retry_after=retry_after)

    return answer


def _in_two_seconds() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)


@pytest.mark.parametrize("retry_after", [lambda: "1", _in_two_seconds], ids=["seconds", "date"])
def test_retry_after_is_honoured(retry_after: Callable[[], str]) -> None:
    """The next attempt waits for what ``Retry-After`` asks for."""
    with answering(_throttled_once(retry_after())) as server:
        client = built(server.url, retry_timeout=60, retries=ONE_ATTEMPT)
        start = time.monotonic()
        client.describe_task_invocations(*IDS)

    assert time.monotonic() - start >= 0.9


@pytest.mark.parametrize("retry_after", ["soon", "", "-5", "1e3", "Mon, 99 Nov 2026"])
def test_retry_after_of_another_form_is_ignored(retry_after: str) -> None:
    """A ``Retry-After`` that cannot be read does not end the retries."""
    with answering(_throttled_once(retry_after)) as server:
        client = built(server.url, retry_timeout=60, retries=ONE_ATTEMPT)
        assert len(client.describe_task_invocations(*IDS)) == 1


def test_retry_after_beyond_the_timeout_raises_immediately() -> None:
    """If AWS asks for more patience than `retry_timeout` has left, the error is raised."""
    with answering(_throttled_once("61")) as server:
        start = time.monotonic()
        with pytest.raises(ThrottlingError):
            built(server.url, retry_timeout=60, retries=ONE_ATTEMPT).get_task_execution(*IDS)

    assert time.monotonic() - start < 30


def test_retry_writes_an_info_record(caplog: pytest.LogCaptureFixture) -> None:
    """Each retry is one INFO record with what failed and the delay."""
    caplog.set_level(logging.INFO, "ssm_mwx")
    with answering(_throttled_once("0")) as server:
        built(server.url, retry_timeout=60, retries=ONE_ATTEMPT).describe_task_invocations(*IDS)

    (record,) = caplog.records
    name = "DescribeMaintenanceWindowExecutionTaskInvocations"
    assert record.levelno == logging.INFO
    assert record.getMessage().startswith(f"retrying {name} in ")
    assert record.getMessage().endswith(" s after ThrottlingError (ThrottlingException)")
    fields = vars(record)
    assert (fields["operation"], fields["attempts"]) == (name, 1)
    assert 0 <= fields["delay"] <= 0.5


def test_retry_names_botocore_s_error(caplog: pytest.LogCaptureFixture) -> None:
    """A broken connection is named by botocore's class."""
    caplog.set_level(logging.INFO, "ssm_mwx")

    def answer(request: Request) -> Answer:
        return FAULTS["reset" if len(server.requests) == 1 else "500"](request)

    with answering(answer) as server:
        client = built(server.url, retry_timeout=0.5, retries=ONE_ATTEMPT)
        with pytest.raises(InternalServerError):
            client.get_task_execution(*IDS)

    assert caplog.messages[0].endswith(" s after ConnectionClosedError")


def test_wait_reaches_into_the_retries() -> None:
    """A wait during an outage ends at its own deadline, not at `retry_timeout`."""
    with answering(FAULTS["500"]) as server:
        client = built(server.url, retry_timeout=60, retries=ONE_ATTEMPT)
        polled: list[Any] = []
        start = time.monotonic()
        with pytest.raises(WaitTimeoutError):
            client.wait_for_task(*IDS, timeout=1, poll_interval=0.1, on_poll=polled.append)

    assert time.monotonic() - start < 20
    assert polled == []


def test_retries_go_on_while_time_is_frozen() -> None:
    """A clock that a test freezes does not make retries endless."""
    with freeze_time("2026-03-10"), answering(FAULTS["500"]) as server:
        client = built(server.url, retry_timeout=0.5, retries=ONE_ATTEMPT)
        with pytest.raises(InternalServerError):
            client.get_task_execution(*IDS)


def test_interrupt_ends_a_delay_immediately(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C during a delay is raised, and no further attempt is made."""

    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("ssm_mwx.threads.time.sleep", interrupted)
    with answering(FAULTS["500"]) as server, pytest.raises(KeyboardInterrupt):
        built(server.url, retry_timeout=60, retries=ONE_ATTEMPT).get_task_execution(*IDS)

    assert len(server.requests) == 1


def test_leaving_a_prefetching_loop_ends_its_retries() -> None:
    """The page on its way is not asked for again once the loop is left."""
    asked = threading.Event()

    def answer(request: Request) -> Answer:
        if "NextToken" not in request.members:
            return _page(request)
        asked.set()
        return FAULTS["500"](request)

    with answering(answer) as server:
        pages = built(server.url, retry_timeout=60, retries=ONE_ATTEMPT).iter_task_invocations(
            *IDS, prefetch=True
        )
        items = iter(pages)
        next(items)
        assert asked.wait(10)
        del items
        time.sleep(0.3)
        seen = len(server.requests)
        time.sleep(2)
        assert len(server.requests) - seen <= 1


# --- what a retry does not fix ---


def _client(url: str, *, verify: Any = None, **config: Any) -> MaintenanceWindowClient:
    settings = Config(connect_timeout=2, read_timeout=2, retries=ONE_ATTEMPT, **config)
    return MaintenanceWindowClient(
        plain(region_name="us-east-1", endpoint_url=url, config=settings, verify=verify)
    )


@pytest.mark.parametrize(
    ("scheme", "arguments"),
    [
        ("https", {}),
        ("https", {"verify": "/missing/ca.pem"}),
        ("https", {"verify": __file__}),
        ("https", {"client_cert": "/missing/client.pem"}),
        ("https", {"client_cert": __file__}),
    ],
    ids=["HTTPS to an HTTP port", "no CA file", "junk CA", "no certificate", "junk certificate"],
)
def test_mistake_in_the_configuration_is_raised_immediately(
    scheme: str, arguments: dict[str, Any]
) -> None:
    """TLS files that are missing or junk, and HTTPS to an HTTP port, are not waited for."""
    with answering(_page) as server:
        client = _client(server.url.replace("http", scheme, 1), **arguments)
        start = time.monotonic()
        with pytest.raises(Exception, match=r".") as caught:
            client.wait_for_task(*IDS, timeout=20, poll_interval=1)

    assert time.monotonic() - start < 10
    assert not isinstance(caught.value, SsmMwxError)


@pytest.mark.parametrize(
    ("status", "is_transient"), [(407, False), (403, False), (503, True), (502, True)]
)
def test_proxy_that_refuses_is_raised_immediately(status: int, is_transient: bool) -> None:
    """A proxy that asks for authentication is not waited for; one that is overloaded is."""
    with answering(Answer(b"", status=status)) as proxy:
        client = _client("https://ssm.invalid", proxies={"https": proxy.url})
        start = time.monotonic()
        with pytest.raises(Exception, match=r".") as caught:
            client.wait_for_task(*IDS, timeout=1.5, poll_interval=0.2)

    assert isinstance(caught.value, WaitTimeoutError) is is_transient
    assert (time.monotonic() - start > 1.4) is is_transient


@pytest.mark.parametrize(
    "proxy", ["http://127.0.0.1:port", "socks5://127.0.0.1:1", "http://proxy.invalid:3128"]
)
def test_proxy_that_cannot_be_found_is_raised_immediately(proxy: str) -> None:
    """A proxy's URL that cannot be read, or names an unknown host, is not waited for."""
    client = _client("https://ssm.invalid", proxies={"https": proxy})
    start = time.monotonic()
    with pytest.raises(Exception, match=r".") as caught:
        client.wait_for_task(*IDS, timeout=20, poll_interval=1)

    assert time.monotonic() - start < 10
    assert not isinstance(caught.value, SsmMwxError)


def test_tls_answer_to_plain_http_is_raised_immediately() -> None:
    """HTTP to an HTTPS port is not waited for."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:

        def alert() -> None:
            connection, _ = listener.accept()
            with connection:
                request = b""
                while not request.endswith(b"}"):  # what is left unread at the end is a reset
                    request += connection.recv(65536)
                connection.sendall(b"\x15\x03\x03\x00\x02\x02\x46")

        threading.Thread(target=alert, daemon=True).start()
        start = time.monotonic()
        with pytest.raises(Exception, match=r".") as caught:
            _client(f"http://127.0.0.1:{listener.getsockname()[1]}").wait_for_task(*IDS, timeout=20)

    assert time.monotonic() - start < 10
    assert not isinstance(caught.value, SsmMwxError)


@pytest.mark.parametrize("make", [built, existing])
def test_unknown_host_is_raised_immediately_at_the_first_call(
    make: Callable[..., MaintenanceWindowClient],
) -> None:
    """A host name that was never resolved is a mistake."""
    client = make("http://ssm.invalid", retry_timeout=60, retries=ONE_ATTEMPT)
    start = time.monotonic()
    with pytest.raises(Exception, match=r"ssm\.invalid"):
        client.wait_for_task(*IDS, timeout=60)

    assert time.monotonic() - start < 20


def test_unknown_host_is_retried_after_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host name that was resolved before is an outage of the name service."""
    import socket

    real = socket.getaddrinfo
    failures = iter(range(3))

    def getaddrinfo(*args: Any, **kwargs: Any) -> Any:
        if next(failures, None) is not None:
            raise socket.gaierror(-2, "Name or service not known")
        return real(*args, **kwargs)

    def close(request: Request) -> Answer:
        return Answer(_page(request).body, headers={"Connection": "close"})

    with answering(close) as server:
        client = built(server.url, retry_timeout=60, retries=ONE_ATTEMPT)
        client.describe_task_invocations(*IDS)
        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        assert len(client.describe_task_invocations(*IDS)) == 1
