"""Follow ``NextToken`` from page to page, and know at each moment where to resume.

The call to make is an argument: nothing here knows of AWS.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any, Generic, TypeVar, cast

from ssm_mwx.errors import RepeatedTokenError
from ssm_mwx.models import InvocationPage, Page, TaskInvocation
from ssm_mwx.threads import BackgroundCalls

_LOGGER = logging.getLogger("ssm_mwx")

_EMPTY_PAGES_TO_WARN_OF = frozenset(10**exponent for exponent in range(2, 10))

_T = TypeVar("_T")

FetchPage = Callable[[str | None, int], Page[_T]]
"""Fetches the page for a token (None for the first page), which gets the number."""


class Pager(Generic[_T]):
    """All items of a listing, from all its pages; lazy, and iterable again.

    It fetches nothing until you iterate, then one page at a time. Each iteration starts from the
    beginning. `resume_token` and `finished` describe the latest iteration.

    An iteration raises what the call raises, and `RepeatedTokenError`. After that error there is
    nothing to resume: the token leads into the same loop.
    """

    def __init__(
        self,
        fetch_page: FetchPage[_T],
        starting_token: str | None = None,
        *,
        prefetch: bool = False,
    ) -> None:
        self._fetch_page = fetch_page
        self._starting_token = starting_token
        self._prefetch = prefetch
        self._iteration = _Iteration(starting_token)

    def __iter__(self) -> Iterator[_T]:
        iteration = self._begin()
        return (item for page in self._pages(iteration) for item in page)

    def pages(self) -> Iterator[Page[_T]]:
        """Iterate over the pages as AWS cut them, empty pages included.

        A page counts as consumed when the next one is asked for. To save the place inside the
        loop's body, save ``page.next_token``.
        """
        return self._pages(self._begin())

    @property
    def resume_token(self) -> str | None:
        """Token of the first page that is not yet consumed, for a new pager's ``starting_token``.

        A page is consumed when the item after its last one is asked for. Resuming from here skips
        nothing. It repeats nothing after a failed call, and at most one page after an error in
        the loop's body. None is the beginning: check `finished` first.
        """
        return self._iteration.token

    @property
    def finished(self) -> bool:
        """Whether the iteration reached the last page, so that nothing is left to resume."""
        return self._iteration.finished

    def __repr__(self) -> str:
        state = "finished" if self.finished else f"resume_token={self.resume_token!r}"
        return f"<{type(self).__name__} {state}>"

    def _begin(self) -> _Iteration:
        self._iteration = _Iteration(self._starting_token)
        return self._iteration

    def _pages(self, iteration: _Iteration) -> Iterator[Page[_T]]:
        background = BackgroundCalls()
        ahead: Future[Page[_T]] | None = None
        try:
            while not iteration.finished:
                if ahead is None:
                    page = self._fetch_page(iteration.token, iteration.page_number)
                else:
                    page = ahead.result()
                ahead = None
                if self._prefetch and iteration.will_ask_after(page):
                    number = iteration.page_number + 1
                    ahead = background.start(self._fetch_page, page.next_token, number)
                yield page
                iteration.advance(page)
        finally:
            background.cancel()  # nothing waits: leaving the loop early takes no time


class TaskInvocationPager(Pager[TaskInvocation]):
    """All invocations of a task execution: a `Pager` whose pages are `InvocationPage`."""

    def pages(self) -> Iterator[InvocationPage]:
        """See `Pager.pages`."""
        return cast("Iterator[InvocationPage]", super().pages())


class _Iteration:
    """How far one iteration has come."""

    def __init__(self, starting_token: str | None) -> None:
        self.token = starting_token
        self.finished = False
        self.page_number = 1
        self._tokens_seen = {starting_token}
        self._empty_pages = 0

    def will_ask_after(self, page: Page[Any]) -> bool:
        """Whether there is a page after `page` that this iteration follows."""
        return page.next_token is not None and page.next_token not in self._tokens_seen

    def advance(self, page: Page[Any]) -> None:
        self._warn_of_empty_pages(page)
        self.token = page.next_token
        if page.next_token is None:
            self.finished = True
        elif page.next_token in self._tokens_seen:
            error = RepeatedTokenError(page.next_token, page.number)
            _LOGGER.warning("%s", error)
            raise error
        else:
            self._tokens_seen.add(page.next_token)
            self.page_number += 1

    def _warn_of_empty_pages(self, page: Page[Any]) -> None:
        self._empty_pages = 0 if len(page) else self._empty_pages + 1
        if self._empty_pages in _EMPTY_PAGES_TO_WARN_OF:
            _LOGGER.warning("%d empty pages in a row, each with a new token", self._empty_pages)
