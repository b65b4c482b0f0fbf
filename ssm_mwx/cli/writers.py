"""Write the items of a list in each format, page by page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import attrs

from ssm_mwx import optional, texts
from ssm_mwx.cli import output
from ssm_mwx.cli.options import Choices

if TYPE_CHECKING:
    from rich.table import Table

    from ssm_mwx.report.columns import Column

_T = TypeVar("_T")
_T_contra = TypeVar("_T_contra", contravariant=True)


@attrs.frozen
class Listing(Generic[_T]):
    """What is listed, and how each format shows an item."""

    member: str
    """The member of AWS's JSON document that holds the items."""
    noun: str
    """What one item is."""
    members_of: Callable[[_T], dict[str, Any]]
    """Makes JSON of an item."""
    columns_of: Callable[[Sequence[_T]], list[Column]]
    """Makes columns of some items, for CSV."""
    table_of: Callable[[Sequence[_T], bool], Table]
    """Makes a table of some items; the flag says whether there are no others."""
    appendix_of: Callable[[Sequence[_T]], Table | None] | None = None
    """Makes a second table of all items, to follow the first."""


class Writer(Protocol[_T_contra]):
    """Writes the items of a list in one format."""

    def write(self, items: Sequence[_T_contra], *, is_last: bool) -> None:
        """Write the items of a page."""

    def finish(self, token: str | None) -> bool:
        """Write what ends the list; return whether it names the token of what follows."""
        ...


def writer_for(listing: Listing[_T], choices: Choices) -> Writer[_T]:
    """Return the writer for the chosen format."""
    match choices.format:
        case "json":
            return _Json(listing, choices)
        case "jsonl":
            return _JsonLines(listing, choices)
        case "csv":
            return _Csv(listing, choices)
        case _:
            return _Table(listing)


class _Json(Generic[_T]):
    """One document, at the end."""

    def __init__(self, listing: Listing[_T], choices: Choices) -> None:
        self._listing = listing
        self._choices = choices
        self._members: list[dict[str, Any]] = []

    def write(self, items: Sequence[_T], *, is_last: bool) -> None:  # noqa: ARG002
        self._members += map(self._listing.members_of, items)

    def finish(self, token: str | None) -> bool:
        document = {self._listing.member: self._members}
        following = {} if token is None else {"NextToken": token}
        output.echo(output.json_text(document | following, self._choices.query))
        return self._choices.query is None


class _JsonLines(Generic[_T]):
    """A line for each item."""

    def __init__(self, listing: Listing[_T], choices: Choices) -> None:
        self._listing = listing
        self._choices = choices

    def write(self, items: Sequence[_T], *, is_last: bool) -> None:  # noqa: ARG002
        query, members_of = self._choices.query, self._listing.members_of
        output.echo("".join(output.json_line(members_of(item), query) for item in items))

    def finish(self, token: str | None) -> bool:  # noqa: ARG002
        return False


class _Csv(Generic[_T]):
    """A line for each item, below a line with the names of the columns."""

    def __init__(self, listing: Listing[_T], choices: Choices) -> None:
        self._listing = listing
        self._choices = choices
        self._is_begun = False

    def write(self, items: Sequence[_T], *, is_last: bool) -> None:  # noqa: ARG002
        is_first, self._is_begun = not self._is_begun, True
        text = output.csv_text(self._listing.columns_of(items), with_names=is_first)
        if self._choices.excel:
            output.echo(text.encode("utf-8-sig" if is_first else "utf-8"))
        else:
            output.echo(text)

    def finish(self, token: str | None) -> bool:  # noqa: ARG002
        return False


class _Table(Generic[_T]):
    """A row for each item, and their number; all rows have the widths of the first page."""

    def __init__(self, listing: Listing[_T]) -> None:
        with optional.extra("cli"):
            from ssm_mwx.cli import tables

        self._tables = tables
        self._listing = listing
        self._widths: list[int] | None = None
        self._number = 0
        self._all: list[_T] = []

    def write(self, items: Sequence[_T], *, is_last: bool) -> None:
        is_only = is_last and self._widths is None
        if not items and not is_only:
            return  # an empty page has no widths to show
        table = self._listing.table_of(items, is_only)
        if not is_only:
            is_first = self._widths is None
            self._widths = self._widths or self._tables.widths_of(table)
            self._tables.set_widths(table, self._widths, with_heading=is_first)
        output.echo(self._tables.drawn(table))
        self._number += len(items)
        if self._listing.appendix_of:
            self._all += items

    def finish(self, token: str | None) -> bool:  # noqa: ARG002
        appendix = self._listing.appendix_of and self._listing.appendix_of(self._all)
        if appendix:
            output.echo(f"\n{self._tables.drawn(appendix)}")
        output.echo(f"{texts.number_of(self._number, self._listing.noun)}\n")
        return False
