from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssm_mwx import (
    InternalServerError,
    MaintenanceWindowClient,
    RepeatedTokenError,
    TaskInvocation,
    TaskInvocationPager,
)
from tests.support.fakes import IDS, FakeSsmClient, answers_of_sizes, invocations_answer
from tests.support.strategies import page_sizes

last_tokens = st.sampled_from(["", None])


def pager_of(ssm: FakeSsmClient, starting_token: str | None = None) -> TaskInvocationPager:
    """A pager over what a fake client answers."""
    client = MaintenanceWindowClient(client=ssm)
    return client.iter_task_invocations(*IDS, starting_token=starting_token)


def pager_of_sizes(*sizes: int) -> TaskInvocationPager:
    """A pager over pages of these many invocations."""
    return pager_of(FakeSsmClient(answers_of_sizes(sizes)))


def names(invocations: Iterable[TaskInvocation]) -> list[str | None]:
    """What tells the invocations of `answers_of_sizes` apart: page and place."""
    return [invocation.invocation_id for invocation in invocations]


def names_of_sizes(sizes: Sequence[int]) -> list[str]:
    """What `names` is to give for all invocations of such pages."""
    return [f"{page}.{n}" for page, size in enumerate(sizes, 1) for n in range(1, size + 1)]


def state(pager: TaskInvocationPager) -> tuple[str | None, bool]:
    """Where a pager says that it stands."""
    return pager.resume_token, pager.finished


# --- the walk ---


def test_lazy() -> None:
    """Nothing is fetched until the first item is asked for, and then a page at a time."""
    ssm = FakeSsmClient(answers_of_sizes([2, 1]))
    pager = pager_of(ssm)
    calls: list[int] = []

    iterator = iter(pager)
    calls.append(len(ssm.requests))
    for _ in iterator:
        calls.append(len(ssm.requests))  # noqa: PERF401 - read at each step

    assert calls == [0, 1, 1, 2]


def test_iterable_again() -> None:
    """Each iteration walks all pages from the start."""
    pager = pager_of_sizes(2, 0, 1)

    walks = [names(pager), names(pager), names(pager)]

    assert walks == [["1.1", "1.2", "3.1"]] * 3


def test_interleaved() -> None:
    """Two walks of one pager do not disturb each other; the pager speaks of the later one."""
    pager = pager_of_sizes(1, 1, 1)
    first = iter(pager)
    early = names(islice(first, 2))

    second = iter(pager)

    assert state(pager) == (None, False)
    assert early + names(first) == ["1.1", "2.1", "3.1"]
    assert state(pager) == (None, False)
    assert names(second) == ["1.1", "2.1", "3.1"]
    assert state(pager) == (None, True)


def test_pages() -> None:
    """Pages come as AWS cut them, numbered, with token and request id."""
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


def test_starting_token() -> None:
    """A walk can start at a token; its pages are numbered from there."""
    pager = pager_of(FakeSsmClient(answers_of_sizes([1, 1, 1])), "token 2")

    before = state(pager)
    pages = [(page.number, names(page)) for page in pager.pages()]

    assert before == ("token 2", False)
    assert pages == [(1, ["2.1"]), (2, ["3.1"])]


@given(sizes=page_sizes, last_token=last_tokens)
def test_all_in_order(sizes: list[int], last_token: str | None) -> None:
    """However AWS cuts the pages, items and pages give all invocations in order."""
    pager = pager_of(FakeSsmClient(answers_of_sizes(sizes, last_token=last_token)))

    pages = list(pager.pages())

    assert names_of_sizes(sizes) == names(pager)
    assert names_of_sizes(sizes) == [name for page in pages for name in names(page)]
    assert sizes == [len(page) for page in pages]
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
def test_repeated_token(
    starting_token: str | None,
    following: dict[str | None, str],
    seen: list[str | None],
    repeated: str,
    page_number: int,
) -> None:
    """A token seen before in the walk ends it with an error, after all of its items were given."""
    answers = {at: invocations_answer(f"at {at}", next_token=to) for at, to in following.items()}
    ssm = FakeSsmClient(answers)
    got: list[str | None] = []

    with pytest.raises(RepeatedTokenError) as caught:
        got.extend(
            invocation.invocation_id for invocation in pager_of(ssm, starting_token=starting_token)
        )

    assert (repeated, page_number) == (caught.value.token, caught.value.page_number)
    assert [f"at {token}" for token in seen] == got
    assert len(seen) == len(ssm.requests)


def test_token_of_an_earlier_walk() -> None:
    """Only tokens of the same walk count as repeated."""
    pager = pager_of_sizes(1, 1)

    assert names(pager) == names(pager)


# --- where it stands ---


def test_state_while_iterating_items() -> None:
    """A page counts as handed out once the item after its last one is asked for."""
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


def test_state_while_iterating_pages() -> None:
    """A page counts as handed out once the next page is asked for."""
    pager = pager_of_sizes(2, 0, 1)

    states = [state(pager) for _ in pager.pages()]

    assert states == [(None, False), ("token 2", False), ("token 3", False)]
    assert state(pager) == (None, True)


def test_state_of_a_new_walk() -> None:
    """Beginning another walk forgets how far the one before had come."""
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
def test_repr(steps: int, shown: str) -> None:
    """The repr says how far the walk has come."""
    pager = pager_of_sizes(1, 1)

    list(islice(pager, steps))

    assert repr(pager) == f"<TaskInvocationPager {shown}>"


# --- resuming ---


@given(data=st.data(), sizes=page_sizes, last_token=last_tokens)
def test_resume_after_stopping(
    data: st.DataObject, sizes: list[int], last_token: str | None
) -> None:
    """Stopping anywhere and resuming loses nothing and repeats a part of one page at most."""
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
def test_resume_from_a_page(data: st.DataObject, sizes: list[int]) -> None:
    """A page's own token resumes right after it, without loss or repetition."""
    ssm = FakeSsmClient(answers_of_sizes(sizes))
    stop = data.draw(st.integers(1, len(sizes)))

    pages = list(islice(pager_of(ssm).pages(), stop))
    token = pages[-1].next_token
    rest = names(pager_of(ssm, token)) if token else []

    assert names_of_sizes(sizes) == [name for page in pages for name in names(page)] + rest


@given(data=st.data(), sizes=page_sizes, by_page=st.booleans())
def test_resume_after_failed_fetch(data: st.DataObject, sizes: list[int], by_page: bool) -> None:
    """After a fetch that failed, resuming loses nothing and repeats nothing."""
    answers = answers_of_sizes(sizes)
    failing = data.draw(st.sampled_from(list(answers)))
    ssm = FakeSsmClient(answers, fails_once=[failing])
    pager = pager_of(ssm)
    got: list[str | None] = []

    with pytest.raises(InternalServerError):  # noqa: PT012 - what came before it counts
        for invocations in pager.pages() if by_page else ([item] for item in pager):
            got += names(invocations)

    assert (failing, False) == state(pager)
    assert names_of_sizes(sizes) == got + names(pager_of(ssm, pager.resume_token))
    assert names_of_sizes(sizes) == names(pager)
