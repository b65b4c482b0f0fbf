"""Following ``NextToken`` from page to page, and knowing at every moment where to go on."""

from __future__ import annotations

import contextvars
import functools
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future

from ssm_mwx.errors import RepeatedTokenError
from ssm_mwx.models import InvocationPage, TaskInvocation

_LOGGER = logging.getLogger("ssm_mwx")

FetchPage = Callable[[str | None, int], InvocationPage]
"""Gives the page at a token (None for the first), which is to have the number told."""


class TaskInvocationPager:
    """All invocations of a task execution, however many pages; lazy, and iterable again and again.

    Nothing is fetched until it is iterated, and then one page at a time. Each iteration is a walk
    of its own from the start. `resume_token` and `finished` speak of the walk begun last.

    Iterating may raise what the call may raise, and `RepeatedTokenError`; after that one there is
    nothing to resume, for the token leads into the same loop again.
    """

    def __init__(
        self, fetch_page: FetchPage, starting_token: str | None = None, *, prefetch: bool = False
    ) -> None:
        self._fetch_page = fetch_page
        self._starting_token = starting_token
        self._prefetch = prefetch
        self._walk = _Walk(self._starting_token)

    def __iter__(self) -> Iterator[TaskInvocation]:
        walk = self._begin()
        return (invocation for page in self._pages(walk) for invocation in page.invocations)

    def pages(self) -> Iterator[InvocationPage]:
        """The same walk page by page, empty pages included, as AWS cut them.

        A page counts as handed out once the next one is asked for. To note in the loop's body
        how far it has come, take ``page.next_token``.
        """
        return self._pages(self._begin())

    @property
    def resume_token(self) -> str | None:
        """Token of the first page not wholly handed out yet, for a new pager's ``starting_token``.

        A page is handed out once the item after its last one is asked for. So going on from here
        loses nothing; it repeats nothing after a failed fetch, and after the consumer's own
        failure no more than one page. None means the beginning: look at `finished` first.
        """
        return self._walk.token

    @property
    def finished(self) -> bool:
        """Whether the walk has come to its end, so that nothing is left to resume."""
        return self._walk.finished

    def __repr__(self) -> str:
        state = "finished" if self.finished else f"resume_token={self.resume_token!r}"
        return f"<{type(self).__name__} {state}>"

    def _begin(self) -> _Walk:
        self._walk = _Walk(self._starting_token)
        return self._walk

    def _pages(self, walk: _Walk) -> Iterator[InvocationPage]:
        ahead: _PageAhead | None = None
        try:
            while not walk.finished:
                if ahead is None:
                    page = self._fetch_page(walk.token, walk.page_number)
                else:
                    page = ahead.get()
                ahead = self._fetch_ahead(walk, page) if self._prefetch else None
                yield page
                walk.go_on_after(page)
        finally:
            if ahead is not None:
                ahead.join()

    def _fetch_ahead(self, walk: _Walk, page: InvocationPage) -> _PageAhead | None:
        """Begin to fetch the page after `page`, if `walk` will ask for it."""
        if page.next_token is None or walk.has_seen(page.next_token):
            return None
        return _PageAhead(self._fetch_page, page.next_token, walk.page_number + 1)


class _Walk:
    """How far one iteration has come."""

    def __init__(self, starting_token: str | None) -> None:
        self.token = starting_token
        self.finished = False
        self.page_number = 1
        self._tokens_seen = {starting_token}

    def has_seen(self, token: str) -> bool:
        return token in self._tokens_seen

    def go_on_after(self, page: InvocationPage) -> None:
        self.token = page.next_token
        if page.next_token is None:
            self.finished = True
        elif self.has_seen(page.next_token):
            error = RepeatedTokenError(page.next_token, page.number)
            _LOGGER.warning("%s", error)
            raise error
        else:
            self._tokens_seen.add(page.next_token)
            self.page_number += 1


class _PageAhead:
    """A page on its way, fetched in a background thread that ends with the fetch."""

    def __init__(self, fetch_page: FetchPage, token: str, number: int) -> None:
        self._future: Future[InvocationPage] = Future()
        fetch = functools.partial(fetch_page, token, number)
        run = contextvars.copy_context().run  # what the caller's log filters may look at
        self._thread = threading.Thread(
            target=run, args=(self._fulfil, fetch), name="ssm_mwx-prefetch", daemon=True
        )
        self._thread.start()

    def _fulfil(self, fetch: Callable[[], InvocationPage]) -> None:
        try:
            self._future.set_result(fetch())
        except BaseException as error:  # noqa: BLE001 - it is raised where the page is asked for
            self._future.set_exception(error)

    def get(self) -> InvocationPage:
        """Wait for the page; raises what fetching it raised."""
        page = self._future.result()
        self.join()
        return page

    def join(self) -> None:
        """Wait for the thread to end."""
        self._thread.join()
