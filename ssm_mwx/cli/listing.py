"""Write a list while its pages arrive, and say where it stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, TypeVar

import attrs
import click

from ssm_mwx.cli.options import Choices
from ssm_mwx.cli.pipes import is_closed_pipe
from ssm_mwx.cli.progress import Progress
from ssm_mwx.cli.resuming import Place, StoppedListError, option
from ssm_mwx.cli.writers import Listing, writer_for
from ssm_mwx.errors import RepeatedTokenError, ValidationError
from ssm_mwx.operations import DESCRIBE_INVOCATIONS

_T = TypeVar("_T")

Batch = tuple[Sequence[_T], str | None]
"""The items of a page, and the token of the next one."""
FetchBatches = Callable[[str | None, int], Iterable[Batch[_T]]]
"""Yields the pages from a token on, with so many items on a page at most."""


_PAGE_SIZES = DESCRIBE_INVOCATIONS.page_sizes  # those of all lists


def write_list(listing: Listing[_T], fetch: FetchBatches[_T], choices: Choices) -> None:
    """Write a list as its pages arrive, up to the items that are wanted.

    Args:
        listing: What is listed.
        fetch: Fetches the pages.
        choices: The format, and how much of the list is wanted.

    Raises:
        StoppedListError: It stopped in the middle; what came is written.
    """
    place = Place.of_token(choices.starting_token)
    batches = fetch(place.next_token, _page_size(place, choices.max_items))
    writer = writer_for(listing, choices)
    progress = Progress(listing.noun, choices.format)
    began = False
    try:
        for part in _parts(batches, place, choices.max_items):
            progress.add(len(part.items))
            writer.write(part.items, is_last=part.is_last)
            place = part.end
            began = True
    except (Exception, KeyboardInterrupt) as error:
        progress.clear()
        if _is_not_of_the_list(error):
            raise
        token = None if isinstance(error, RepeatedTokenError) else place.token
        if began:
            writer.finish(token)
        if token is None or (not began and isinstance(error, ValidationError)):
            raise  # the token itself was refused
        raise StoppedListError(error, token) from error
    progress.clear()
    if not writer.finish(place.token) and place.token is not None:
        click.echo(f"ssm-mwx: more follow: {option(place.token)}", err=True)


def _is_not_of_the_list(error: BaseException) -> bool:
    """Whether what failed is the output or the query: then nothing more is printed."""
    return isinstance(error, click.UsageError) or (
        isinstance(error, OSError) and is_closed_pipe(error)
    )


def _page_size(start: Place, max_items: int | None) -> int:
    """Return how many items to ask for at a time: no more than are wanted."""
    smallest, largest = _PAGE_SIZES[0], _PAGE_SIZES[-1]
    wanted = largest if max_items is None else max_items + start.skipped
    return min(max(wanted, smallest), largest)


@attrs.frozen
class _Part(Generic[_T]):
    """Some items to write."""

    items: Sequence[_T]
    end: Place
    """Where the list goes on; without a token after its last item."""
    is_last: bool


def _parts(
    batches: Iterable[Batch[_T]], start: Place, max_items: int | None
) -> Iterator[_Part[_T]]:
    """Yield the items of each page from `start` on, up to so many."""
    token, skipped, left = start.next_token, start.skipped, max_items
    for items, next_token in batches:
        fresh = items[skipped:]
        if left is not None and len(fresh) > left:
            yield _Part(fresh[:left], Place(token, skipped + left), is_last=True)
            return
        left = None if left is None else left - len(fresh)
        skipped = max(skipped - len(items), 0) if next_token else 0
        token = next_token
        yield _Part(fresh, Place(token, skipped), is_last=token is None or left == 0)
        if left == 0:
            return
