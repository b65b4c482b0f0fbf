"""Prefetching: the same pages, one of them fetched ahead in the background."""

from __future__ import annotations

import contextvars
import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest

from ssm_mwx import (
    ExpiredCredentialsError,
    InvocationPage,
    RepeatedTokenError,
    TaskInvocationPager,
)
from tests.support.clients import built
from tests.support.fakes import IDS
from tests.support.pages import PER_PAGE, PagedTask, page_number
from tests.support.servers import Answer, AnswerServer, Request, answering

TASK = PagedTask(pages=4)


def _good(request: Request) -> Answer:
    return Answer.of_json(TASK.page(page_number(request)))


def _fails_at(page: int) -> Callable[[Request], Answer]:
    def answer(request: Request) -> Answer:
        if page_number(request) == page:
            return Answer.of_error("ExpiredTokenException")
        return _good(request)

    return answer


def _pager(server: AnswerServer, **arguments: Any) -> TaskInvocationPager:
    client = built(server.url, retries={"total_max_attempts": 1})
    return client.iter_task_invocations(*IDS, prefetch=True, **arguments)


def test_prefetch_keeps_items_and_order() -> None:
    """Every item comes once and in order, also in a second iteration."""
    with answering(_good) as server:
        pager = _pager(server)
        assert [item.window_target_id for item in pager] == TASK.targets
        assert pager.finished
        assert [page.number for page in pager.pages()] == [1, 2, 3, 4]
    assert len(server.requests) == 2 * TASK.pages


def test_prefetch_threads_are_daemons() -> None:
    """A thread that fetches ahead does not keep the process alive."""
    daemons: list[bool] = []

    def fetch(token: str | None, number: int) -> InvocationPage:
        daemons.append(threading.current_thread().daemon)
        return InvocationPage(next_token="more" if token is None else None, number=number)

    list(TaskInvocationPager(fetch, prefetch=True))

    assert daemons == [False, True]


def test_prefetch_is_off_by_default() -> None:
    """Without `prefetch`, each page is fetched in the caller's thread."""
    threads: list[threading.Thread] = []

    def fetch(token: str | None, number: int) -> InvocationPage:
        threads.append(threading.current_thread())
        return InvocationPage(next_token="more" if token is None else None, number=number)

    list(TaskInvocationPager(fetch))

    assert [threading.current_thread()] * 2 == threads


def test_prefetch_fetches_nothing_before_the_first_item() -> None:
    """Nothing is fetched before the first item is requested."""
    with answering(_good) as server:
        iter(_pager(server))
    assert server.requests == []


def test_next_page_is_fetched_while_the_caller_works() -> None:
    """The second page is requested while the caller has the first."""
    asked = threading.Event()

    def answer(request: Request) -> Answer:
        if "NextToken" in request.members:
            asked.set()
        return _good(request)

    with answering(answer) as server:
        pages = _pager(server).pages()
        next(pages)
        assert asked.wait(10)
        assert next(pages).number == 2


def test_leaving_early_wastes_at_most_one_page() -> None:
    """A loop that stops early has fetched at most one more page, and waits for nothing."""
    with answering(_good) as server:
        pager = _pager(server)
        items = iter(pager)
        assert next(items).window_target_id == "target-0"
        del items
        assert (pager.resume_token, pager.finished) == (None, False)
    assert len(server.requests) <= 2


@pytest.mark.parametrize("page", [1, 3])
def test_error_is_raised_when_its_page_is_reached(page: int) -> None:
    """All items before the failed page come first, and `resume_token` names that page."""
    got: list[str | None] = []
    with answering(_fails_at(page)) as server:
        pager = _pager(server)
        with pytest.raises(ExpiredCredentialsError):
            got.extend(item.window_target_id for item in pager)
    assert got == TASK.targets[: page * PER_PAGE]
    assert (pager.resume_token, pager.finished) == (f"page-{page}", False)


def test_error_of_a_page_never_reached_is_not_raised() -> None:
    """A loop that stops before the failed page sees no error."""
    with answering(_fails_at(1)) as server:
        pages = _pager(server).pages()
        assert next(pages).number == 1
        del pages


def test_resume_token_moves_as_without_prefetch() -> None:
    """A page counts as consumed when the next item is requested, as without prefetching."""
    with answering(_good) as server:
        pager = _pager(server)
        tokens = [pager.resume_token for _ in pager]
        rest = _pager(server, starting_token=tokens[25])
        assert [item.window_target_id for item in rest] == TASK.targets[20:]
    expected = [None, "page-1", "page-2", "page-3"]
    assert tokens == [token for token in expected for _ in range(PER_PAGE)]


def test_repeated_token_is_not_fetched_ahead() -> None:
    """A repeated token is not followed in the background."""
    body = b'{"WindowExecutionTaskInvocationIdentities": [], "NextToken": "again"}'
    with answering(Answer(body)) as server, pytest.raises(RepeatedTokenError):
        list(_pager(server))
    assert len(server.requests) == 2


def test_log_records_keep_the_caller_s_context(caplog: pytest.LogCaptureFixture) -> None:
    """Each page writes its log record, in the caller's context."""
    job = contextvars.ContextVar("job", default="none")
    seen: list[str] = []

    def note_job(_record: logging.LogRecord) -> bool:
        seen.append(job.get())
        return True

    caplog.set_level(logging.DEBUG, "ssm_mwx")
    job.set("patching")
    logger = logging.getLogger("ssm_mwx")
    logger.addFilter(note_job)
    try:
        with answering(_good) as server:
            list(_pager(server))
    finally:
        logger.removeFilter(note_job)
    assert [vars(record)["page_number"] for record in caplog.records] == [1, 2, 3, 4]
    assert seen == ["patching"] * TASK.pages
