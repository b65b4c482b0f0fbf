"""Iterating over pages: order, tokens, and how to resume."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssm_mwx import (
    InternalServerError,
    InvocationPage,
    MaintenanceWindowClient,
    RepeatedTokenError,
    ResponseError,
    TaskInvocation,
    TaskInvocationPager,
)
from tests.support.fakes import IDS, FakeSsmClient, answers_of_sizes, invocations_answer
from tests.support.strategies import page_sizes

last_tokens = st.sampled_from(["", None])


def pager_of(ssm: FakeSsmClient, starting_token: str | None = None) -> TaskInvocationPager:
    """Return a pager over the pages of a fake client."""
    client = MaintenanceWindowClient(client=ssm, retry_timeout=0)
    return client.iter_task_invocations(*IDS, starting_token=starting_token)


def pager_of_sizes(*sizes: int) -> TaskInvocationPager:
    """Return a pager over pages with these numbers of invocations."""
    return pager_of(FakeSsmClient(answers_of_sizes(sizes)))


def names(invocations: Iterable[TaskInvocation]) -> list[str | None]:
    """Return the ids of invocations, which tell page and place."""
    return [invocation.invocation_id for invocation in invocations]


def names_of_sizes(sizes: Sequence[int]) -> list[str]:
    """Return the ids of all invocations of pages of these sizes."""
    return [f"{page}.{n}" for page, size in enumerate(sizes, 1) for n in range(1, size + 1)]


def state(pager: TaskInvocationPager) -> tuple[str | None, bool]:
    """Return what a pager says of its position."""
    return pager.resume_token, pager.finished


# --- an iteration ---


def test_pager_fetches_lazily() -> None:
    """A page is fetched only when its first item is needed."""
    ssm = FakeSsmClient(answers_of_sizes([2, 1]))
    pager = pager_of(ssm)
    calls: list[int] = []

    iterator = iter(pager)
    calls.append(len(ssm.requests))
    for _ in iterator:
        calls.append(len(ssm.requests))  # noqa: PERF401 - read at each step

    assert calls == [0, 1, 1, 2]


def test_pager_can_be_iterated_again() -> None:
    """Each iteration starts at the first page."""
    pager = pager_of_sizes(2, 0, 1)

    walks = [names(pager), names(pager), names(pager)]

    assert walks == [["1.1", "1.2", "3.1"]] * 3


def test_interleaved_iterations_are_independent() -> None:
    """Two iterations do not disturb each other, and the pager describes the later one."""
    pager = pager_of_sizes(1, 1, 1)
    first = iter(pager)
    early = names(islice(first, 2))

    second = iter(pager)

    assert state(pager) == (None, False)
    assert early + names(first) == ["1.1", "2.1", "3.1"]
    assert state(pager) == (None, False)
    assert names(second) == ["1.1", "2.1", "3.1"]
    assert state(pager) == (None, True)


def test_pages_are_numbered_and_have_token_and_request_id() -> None:
    """Pages come as AWS sends them, with number, token and request id."""
    pager = pager_of_sizes(2, 0, 1)

    pages = [
        (names(page), len(page), page.next_token, page.number, page.request_id)
        for page in pager.pages()
    ]

    assert pages == [
        (["1.1", "1.2"], 2, "token 2", 1, "request before 'token 2'"),
        ([], 0, "token 3", 2, "request before 'token 3'"),
        (["3.1"], 1, None, 3, "request before ''"),
    ]


def test_starting_token_selects_the_first_page() -> None:
    """An iteration can start at a token, and numbers its pages from there."""
    pager = pager_of(FakeSsmClient(answers_of_sizes([1, 1, 1])), "token 2")

    before = state(pager)
    pages = [(page.number, names(page)) for page in pager.pages()]

    assert before == ("token 2", False)
    assert pages == [(1, ["2.1"]), (2, ["3.1"])]


@pytest.mark.slow
@given(sizes=page_sizes, last_token=last_tokens)
def test_items_come_in_order_for_any_page_sizes(sizes: list[int], last_token: str | None) -> None:
    """Items and pages have all invocations in order, whatever the sizes of the pages."""
    pager = pager_of(FakeSsmClient(answers_of_sizes(sizes, last_token=last_token)))

    pages = list(pager.pages())

    assert names(pager) == names_of_sizes(sizes)
    assert [name for page in pages for name in names(page)] == names_of_sizes(sizes)
    assert [len(page) for page in pages] == sizes
    assert state(pager) == (None, True)


# --- tokens that repeat ---


@pytest.mark.parametrize(
    ("starting_token", "following", "seen", "repeated", "page_number"),
    [
        (None, {None: "A", "A": "A"}, [None, "A"], "A", 2),
        (None, {None: "A", "A": "B", "B": "A"}, [None, "A", "B"], "A", 3),
        ("A", {"A": "A"}, ["A"], "A", 1),
        ("A", {"A": "B", "B": "C", "C": "A"}, ["A", "B", "C"], "A", 3),
        ("A", {"A": "B", "B": "C", "C": "B"}, ["A", "B", "C"], "B", 3),
    ],
)
def test_repeated_token_is_an_error_after_its_page(
    starting_token: str | None,
    following: dict[str | None, str],
    seen: list[str | None],
    repeated: str,
    page_number: int,
) -> None:
    """A repeated token raises an error after the items of its page."""
    answers = {at: invocations_answer(f"at {at}", next_token=to) for at, to in following.items()}
    ssm = FakeSsmClient(answers)
    got: list[str | None] = []

    with pytest.raises(RepeatedTokenError) as caught:
        got.extend(
            invocation.invocation_id for invocation in pager_of(ssm, starting_token=starting_token)
        )

    assert (caught.value.token, caught.value.page_number) == (repeated, page_number)
    assert got == [f"at {token}" for token in seen]
    assert len(ssm.requests) == len(seen)


def test_token_of_an_earlier_iteration_is_no_repetition() -> None:
    """Only tokens of the same iteration count as repeated."""
    pager = pager_of_sizes(1, 1)

    assert names(pager) == names(pager)


# --- where it stands ---


def test_resume_token_moves_after_the_last_item_of_a_page() -> None:
    """A page counts as consumed when the item after its last one is requested."""
    pager = pager_of_sizes(2, 0, 1)
    states = [state(pager)]

    iterator = iter(pager)
    for _ in iterator:
        states.append(state(pager))  # noqa: PERF401 - read at each step
    states.append(state(pager))

    assert states == [
        (None, False),  # before
        (None, False),  # at 1.1
        (None, False),  # at 1.2
        ("token 3", False),  # at 3.1
        (None, True),  # after
    ]


def test_resume_token_moves_when_the_next_page_is_requested() -> None:
    """A page counts as consumed when the next page is requested."""
    pager = pager_of_sizes(2, 0, 1)

    states = [state(pager) for _ in pager.pages()]

    assert states == [(None, False), ("token 2", False), ("token 3", False)]
    assert state(pager) == (None, True)


def test_new_iteration_resets_the_resume_token() -> None:
    """A new iteration resets `resume_token` and `finished`."""
    pager = pager_of_sizes(1, 1)
    states = [names(pager) and state(pager)]

    iter(pager)
    states.append(state(pager))
    states.append(names(pager) and state(pager))
    pager.pages()
    states.append(state(pager))

    assert states == [(None, True), (None, False), (None, True), (None, False)]


@pytest.mark.parametrize(
    ("steps", "shown"),
    [(0, "resume_token=None"), (2, "resume_token='token 2'"), (3, "finished")],
)
def test_repr_shows_the_resume_token(steps: int, shown: str) -> None:
    """The repr shows where the latest iteration can be resumed."""
    pager = pager_of_sizes(1, 1)

    list(islice(pager, steps))

    assert repr(pager) == f"<TaskInvocationPager {shown}>"


# --- resuming ---


@given(data=st.data(), sizes=page_sizes, last_token=last_tokens)
def test_resuming_loses_nothing_and_repeats_at_most_a_page(
    data: st.DataObject, sizes: list[int], last_token: str | None
) -> None:
    """Stopping anywhere and resuming skips nothing, and repeats a part of one page at most."""
    ssm = FakeSsmClient(answers_of_sizes(sizes, last_token=last_token))
    everything = names_of_sizes(sizes)
    steps = data.draw(st.integers(0, len(everything) + 1))
    pager = pager_of(ssm)

    got = names(islice(pager, steps))
    rest = [] if pager.finished else names(pager_of(ssm, pager.resume_token))

    begun_again = len(everything) - len(rest)
    assert everything == got[:begun_again] + rest
    assert len({str(name).partition(".")[0] for name in got[begun_again:]}) <= 1
    assert (steps > len(everything)) == pager.finished


@given(data=st.data(), sizes=page_sizes)
def test_resuming_at_the_token_of_a_page_is_exact(data: st.DataObject, sizes: list[int]) -> None:
    """Resuming at a page's own token skips nothing and repeats nothing."""
    ssm = FakeSsmClient(answers_of_sizes(sizes))
    stop = data.draw(st.integers(1, len(sizes)))

    pages = list(islice(pager_of(ssm).pages(), stop))
    token = pages[-1].next_token
    rest = names(pager_of(ssm, token)) if token else []

    assert [name for page in pages for name in names(page)] + rest == names_of_sizes(sizes)


@pytest.mark.slow
@given(data=st.data(), sizes=page_sizes, by_page=st.booleans())
def test_resuming_after_a_failed_fetch_is_exact(
    data: st.DataObject, sizes: list[int], by_page: bool
) -> None:
    """Resuming after a failed fetch skips nothing and repeats nothing."""
    answers = answers_of_sizes(sizes)
    failing = data.draw(st.sampled_from(list(answers)))
    ssm = FakeSsmClient(answers, fails_once=[failing])
    pager = pager_of(ssm)
    got: list[str | None] = []

    with pytest.raises(InternalServerError):  # noqa: PT012 - what came before it counts
        for invocations in pager.pages() if by_page else ([item] for item in pager):
            got += names(invocations)

    assert state(pager) == (failing, False)
    assert got + names(pager_of(ssm, pager.resume_token)) == names_of_sizes(sizes)
    assert names(pager) == names_of_sizes(sizes)


def test_empty_pages_in_a_row_are_followed_with_a_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Empty pages with new tokens are followed; the log warns at 100 of them."""
    last = 250

    def fetch(_token: str | None, number: int) -> InvocationPage:
        items = (TaskInvocation(),) if number == last else ()
        return InvocationPage(items, None if number == last else f"token {number}", number=number)

    assert len(list(TaskInvocationPager(fetch))) == 1
    assert caplog.messages == ["100 empty pages in a row, each with a new token"]


def test_pager_collected_in_its_own_thread_is_silent(capfd: pytest.CaptureFixture[str]) -> None:
    """A pager whose last reference goes in its own background thread prints nothing."""
    pagers: list[Any] = []

    def fetch(token: str | None, number: int) -> InvocationPage:
        if token is not None:
            pagers.clear()
            gc.collect()
        return InvocationPage((TaskInvocation(),), f"token {number}", number=number)

    pagers.append(iter(TaskInvocationPager(fetch, prefetch=True)))
    next(pagers[0])
    for thread in threading.enumerate():
        if thread.name == "ssm_mwx":
            thread.join(10)

    assert pagers == []
    assert capfd.readouterr().err == ""


def test_empty_object_in_answer_to_a_token_is_no_end() -> None:
    """``{}`` in answer to a token is refused, and the place is kept."""
    ssm = FakeSsmClient({None: invocations_answer(next_token="more"), "more": {}})
    pager = pager_of(ssm)

    with pytest.raises(ResponseError, match="no member of InvocationPage is there"):
        list(pager)
    assert (pager.resume_token, pager.finished) == ("more", False)
