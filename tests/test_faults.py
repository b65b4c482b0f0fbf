"""Nothing is lost and nothing comes twice, whatever fails on the way.

The server on loopback really breaks connections, and the client really retries.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import attrs
import pytest
from botocore.exceptions import ConnectionClosedError, HTTPClientError, ReadTimeoutError

from ssm_mwx import (
    ExpiredCredentialsError,
    InternalServerError,
    RepeatedTokenError,
    ResponseError,
    ServiceError,
    ThrottlingError,
)
from tests.conftest import ClientMaker
from tests.support.clients import built
from tests.support.fakes import IDS
from tests.support.pages import PER_PAGE, PagedTask, page_number
from tests.support.servers import Answer, AnswerServer, Break, Request, answering

TASK = PagedTask(pages=5)
READ_TIMEOUT = 0.5
SLOW = "slower than the read timeout"


@pytest.fixture(autouse=True)
def _quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make botocore's delays between attempts take no time."""
    waits: list[float] = []
    monkeypatch.setattr("botocore.endpoint.time.sleep", waits.append)


@attrs.define
class Service:
    """Answers page by page; one page fails a given number of times."""

    fault: Callable[[int], Answer]
    at_page: int
    times: int

    def __call__(self, request: Request) -> Answer:
        """Answer one request."""
        number = page_number(request)
        if number == self.at_page and self.times > 0:
            self.times -= 1
            return self.fault(number)
        return Answer.of_json(TASK.page(number))


def _broken(how: Break) -> Callable[[int], Answer]:
    return lambda number: attrs.evolve(Answer.of_json(TASK.page(number)), broken=how)


def _error(code: str, status: int = 400) -> Callable[[int], Answer]:
    return lambda _number: Answer.of_error(code, status)


def _slow(number: int) -> Answer:
    return attrs.evolve(Answer.of_json(TASK.page(number)), delay=2 * READ_TIMEOUT)


def _truncated(number: int) -> Answer:
    whole = Answer.of_json(TASK.page(number)).body
    return Answer(whole[: len(whole) // 2])


def _html(_number: int) -> Answer:
    return Answer(b"<html>Service Unavailable</html>", status=503)


def _no_json(_number: int) -> Answer:
    return Answer(b"the backend is down", status=503)


TRANSIENT: dict[str, tuple[Callable[[int], Answer], type[Exception]]] = {
    "throttling": (_error("ThrottlingException"), ThrottlingError),
    "internal server error": (_error("InternalServerError", 500), InternalServerError),
    "reset before the answer": (_broken(Break.BEFORE_ANSWER), HTTPClientError),
    "reset in the answer": (_broken(Break.MID_ANSWER), HTTPClientError),
    "503 with HTML": (_html, ServiceError),
    "503 with no JSON": (_no_json, ServiceError),
    SLOW: (_slow, ReadTimeoutError),
}
Errors = type[Exception] | tuple[type[Exception], ...]
PERSISTENT: dict[str, tuple[Callable[[int], Answer], Errors]] = {
    **TRANSIENT,
    # An older botocore, with urllib3 2, notices a truncated body itself.
    "truncated body": (_broken(Break.TRUNCATED), (ResponseError, ConnectionClosedError)),
    "truncated JSON": (_truncated, ResponseError),
    "expired credentials": (_error("ExpiredTokenException"), ExpiredCredentialsError),
}


def _names(faults: Iterable[str]) -> list[Any]:
    """Return the names of faults as parameters; a slow answer makes a slow test."""
    return [pytest.param(name, marks=[pytest.mark.slow] * (name == SLOW)) for name in faults]


def _timeout_of(fault: str) -> dict[str, float]:
    """Return a short read timeout for the slow answer; a busy machine may delay the others."""
    return {"read_timeout": READ_TIMEOUT} if fault == SLOW else {}


at_each_page = pytest.mark.parametrize("at_page", [0, 2, TASK.pages - 1], ids="page {}".format)


def _targets(items: Any) -> Iterator[str]:
    return (item.window_target_id for item in items)


@pytest.mark.slow
@at_each_page
@pytest.mark.parametrize("fault", _names(TRANSIENT))
def test_iteration_continues_after_a_transient_error(
    fault: str, at_page: int, make_client: ClientMaker
) -> None:
    """An error that passes after two attempts is not seen: every target comes once, in order."""
    service = Service(TRANSIENT[fault][0], at_page, times=2)
    with (
        answering(service) as server,
        make_client(server.url, **_timeout_of(fault)) as client,
    ):
        assert list(_targets(client.iter_task_invocations(*IDS))) == TASK.targets
    assert len(server.requests) == TASK.pages + 2


@at_each_page
def test_built_client_retries_a_truncated_body(at_page: int) -> None:
    """A client built here notices a truncated body, which botocore alone does not."""
    service = Service(_broken(Break.TRUNCATED), at_page, times=2)
    with answering(service) as server, built(server.url) as client:
        assert list(_targets(client.iter_task_invocations(*IDS))) == TASK.targets
    assert len(server.requests) == TASK.pages + 2


GO_ON = """
import json, sys
from ssm_mwx import MaintenanceWindowClient
_, url, ids, token = sys.argv
client = MaintenanceWindowClient(endpoint_url=url)
pager = client.iter_task_invocations(*json.loads(ids), starting_token=json.loads(token))
print(json.dumps([invocation.window_target_id for invocation in pager]))
"""


def _go_on_in_a_new_process(server: AnswerServer, token: str | None) -> list[str]:
    arguments = [server.url, json.dumps(IDS), json.dumps(token)]
    command = [sys.executable, "-c", GO_ON, *arguments]
    done = subprocess.run(command, capture_output=True, check=True)
    targets: list[str] = json.loads(done.stdout)
    return targets


@pytest.mark.slow
@at_each_page
@pytest.mark.parametrize("fault", _names(PERSISTENT))
def test_resume_token_after_a_persistent_error_brings_exactly_the_rest(
    fault: str, at_page: int, make_client: ClientMaker
) -> None:
    """After an error, `resume_token` brings every target that did not come, once."""
    answer, error = PERSISTENT[fault]
    service = Service(answer, at_page, times=1_000)
    got: list[str] = []
    retries = {"total_max_attempts": 2}
    with (
        answering(service) as server,
        make_client(server.url, retries=retries, **_timeout_of(fault)) as client,
    ):
        pager = client.iter_task_invocations(*IDS)
        with pytest.raises(error):
            got.extend(_targets(pager))
        assert not pager.finished
        assert got == TASK.targets[: at_page * PER_PAGE]
        service.times = 0
        rest = client.iter_task_invocations(*IDS, starting_token=pager.resume_token)
        assert got + list(_targets(rest)) == TASK.targets
        assert rest.finished


@pytest.mark.slow
@at_each_page
def test_resume_token_works_in_a_new_process(at_page: int) -> None:
    """A new process needs only `resume_token` to bring the rest."""
    service = Service(_error("ExpiredTokenException"), at_page, times=1)
    got: list[str] = []
    with answering(service) as server, built(server.url) as client:
        pager = client.iter_task_invocations(*IDS)
        with pytest.raises(ExpiredCredentialsError):
            got.extend(_targets(pager))
        assert got + _go_on_in_a_new_process(server, pager.resume_token) == TASK.targets


@pytest.mark.slow
@pytest.mark.parametrize("stop", [KeyboardInterrupt, ValueError], ids=lambda stop: stop.__name__)
@pytest.mark.parametrize("after", [1, 9, 10, 11, 25, 49, 50])
def test_failing_consumer_repeats_at_most_one_page(stop: type[BaseException], after: int) -> None:
    """If the consumer fails at an item, that item's page comes again."""
    got: list[str] = []

    def consume(pager: Any) -> None:
        for target in _targets(pager):  # pragma: no branch - it stops before the end
            got.append(target)
            if len(got) == after:
                raise stop

    with answering(Service(_html, 0, times=0)) as server, built(server.url) as client:
        pager = client.iter_task_invocations(*IDS)
        with pytest.raises(stop):
            consume(pager)
        rest = list(_targets(client.iter_task_invocations(*IDS, starting_token=pager.resume_token)))
    first_of_page = (after - 1) // PER_PAGE * PER_PAGE
    assert got == TASK.targets[:after]
    assert rest == TASK.targets[first_of_page:]


def test_loop_left_by_break_can_be_resumed() -> None:
    """A loop left by ``break`` can be resumed like one that failed."""
    with answering(Service(_html, 0, times=0)) as server, built(server.url) as client:
        pager = client.iter_task_invocations(*IDS)
        for target in _targets(pager):  # pragma: no branch - it stops before the end
            if target == "target-20":
                break
        assert (pager.resume_token, pager.finished) == ("page-2", False)
        rest = _go_on_in_a_new_process(server, pager.resume_token)
    assert rest == TASK.targets[20:]


@pytest.mark.parametrize(
    ("tokens", "pages"),
    [
        ({None: "a", "a": "a"}, 2),
        ({None: "a", "a": "b", "b": "a"}, 3),
        ({None: "a", "a": "b", "b": "c", "c": "d", "d": "b"}, 5),
    ],
    ids=["repeated", "cycle of two", "cycle of three"],
)
def test_token_cycle_is_an_error(
    tokens: dict[str | None, str], pages: int, make_client: ClientMaker
) -> None:
    """A token seen before is an error after the page that has it."""

    def answer(request: Request) -> Answer:
        assert len(server.requests) < 20, "the iteration goes on forever"
        token = tokens[request.members.get("NextToken")]
        page = {**TASK.page(0), "NextToken": token}
        return Answer.of_json(page)

    got: list[Any] = []
    with answering(answer) as server, make_client(server.url) as client:
        with pytest.raises(RepeatedTokenError) as caught:
            got.extend(client.iter_task_invocations(*IDS).pages())
        assert (len(got), len(server.requests)) == (pages, pages)
    assert (caught.value.page_number, caught.value.token) == (pages, got[-1].next_token)


def test_repeated_starting_token_is_an_error() -> None:
    """The starting token counts as seen."""

    def answer(_request: Request) -> Answer:
        assert len(server.requests) < 20, "the iteration goes on forever"
        return Answer.of_json({**TASK.page(0), "NextToken": "start"})

    with answering(answer) as server, built(server.url) as client:
        pager = client.iter_task_invocations(*IDS, starting_token="start")
        with pytest.raises(RepeatedTokenError):
            list(pager)
    assert len(server.requests) == 1


@pytest.mark.slow
def test_client_is_safe_to_share_between_threads() -> None:
    """Sixteen threads with a pager each get their own items only."""

    def iterate(number: int) -> tuple[list[str], bool]:
        ids = (f"{number:08}-32a7-4ea7-9a6b-b4ef436e1111", IDS[1])
        pager = client.iter_task_invocations(*ids, page_size=10 + number)
        targets = list(_targets(pager))
        return targets, pager.finished

    def answer(request: Request) -> Answer:
        thread = request.members["WindowExecutionId"][:8]
        page = TASK.page(page_number(request))
        for identity in page["WindowExecutionTaskInvocationIdentities"]:
            identity["WindowTargetId"] += f" of {thread}"
        return Answer.of_json(page)

    with answering(answer) as server, built(server.url, max_pool_connections=16) as client:
        with ThreadPoolExecutor(16) as threads:
            iterations = list(threads.map(iterate, range(16)))
        expected = [
            ([f"{name} of {thread:08}" for name in TASK.targets], True) for thread in range(16)
        ]
        assert iterations == expected
    sizes = {
        (request.members["WindowExecutionId"][:8], request.members["MaxResults"])
        for request in server.requests
    }
    assert sizes == {(f"{thread:08}", 10 + thread) for thread in range(16)}
