"""Which nodes and invocations have a bar, and which bars a timeline draws if they are too many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import attrs

from ssm_mwx import texts
from ssm_mwx.enums import ExecutionStatus
from ssm_mwx.models import TaskInvocation
from ssm_mwx.report import formatting
from ssm_mwx.report.nodes import NodeOutcome

if TYPE_CHECKING:
    from ssm_mwx.report.task_report import TaskReport

MAX_BARS = 500
"""Bars that can still be told apart on a chart of about a screen's height."""

_SUCCESS = ExecutionStatus.SUCCESS
_SHARE_OF_SUCCESS = 0.2  # the part of `max_bars` that the others leave to it
_STATUSES_NAMED = 5

Item = NodeOutcome | TaskInvocation
"""What has a bar."""

_Totals = dict[ExecutionStatus | None, int]


@attrs.frozen
class Lane:
    """The bars of one status."""

    status: ExecutionStatus | None
    total: int
    drawn: tuple[Item, ...]

    @property
    def heading(self) -> str:
        """The status and its number of bars, and how many are drawn if not all."""
        words = f"{texts.status_text(self.status)}  {self.total:,}"
        return words if len(self.drawn) == self.total else f"{words} ({len(self.drawn):,} drawn)"


@attrs.frozen
class Bars:
    """What is drawn, and what the chart says of the rest."""

    lanes: tuple[Lane, ...]
    notes: tuple[str, ...]


def choose(report: TaskReport, now: datetime, max_bars: int) -> Bars:
    """Choose at most `max_bars` nodes or invocations, those in SUCCESS last."""
    items = items_of(report)
    drawable = [item for item in items if _can_be_drawn(item)]
    groups = formatting.grouped(drawable)
    totals = {status: len(group) for status, group in groups.items()}
    shares = shares_of(totals, max(max_bars, 0))
    lanes = (
        Lane(
            status, totals[status], tuple(_even_sample(formatting.by_start(group), shares[status]))
        )
        for status, group in groups.items()
        if shares[status]
    )
    notes = (
        _note_on_sample(totals, shares),
        _note_on_running(drawable, now),
        _note_on_commands(drawable, report),
        _note_on_missing(len(items) - len(drawable)),
    )
    return Bars(tuple(lanes), tuple(note for note in notes if note))


def items_of(report: TaskReport) -> list[Item]:
    """Return what has a bar: the nodes whose times are known, else the invocation as a whole."""
    of_invocation: dict[int, list[NodeOutcome]] = {}
    for node in report.nodes or ():
        of_invocation.setdefault(id(node.invocation), []).append(node)
    items: list[Item] = []
    for invocation in report.invocations:
        nodes = of_invocation.get(id(invocation), [])
        has_times = any(node.start_time is not None for node in nodes)
        items += nodes if has_times else [invocation]
    return items


def shares_of(totals: Mapping[ExecutionStatus | None, int], most: int) -> _Totals:
    """Return how many of each status to draw: at most `most` in all.

    SUCCESS is thinned out first. If the other statuses alone are too many, they are thinned out in
    proportion, so that each keeps one as long as there is room; SUCCESS then has a fifth.
    """
    others = {status: number for status, number in totals.items() if status != _SUCCESS}
    success = totals.get(_SUCCESS, 0)
    room = most - min(success, int(_SHARE_OF_SUCCESS * most))
    if sum(others.values()) > room:
        others = _thinned(others, room)
    shares = others | {_SUCCESS: min(success, most - sum(others.values()))}
    return {status: shares[status] for status in totals}


def _thinned(totals: _Totals, room: int) -> _Totals:
    """Give one to each status while there is room, and the rest in proportion."""
    kept = list(totals)[:room]
    above_one = sum(totals[status] - 1 for status in kept) or 1
    rest = room - len(kept)
    shares = {status: 1 + (totals[status] - 1) * rest // above_one for status in kept}
    return dict.fromkeys(totals, 0) | shares


def _can_be_drawn(item: Item) -> bool:
    """Whether it is known where the bar begins and ends."""
    if item.start_time is None:
        return False
    return item.end_time is not None or not item.is_terminal


def _even_sample(items: Sequence[Item], number: int) -> Iterator[Item]:
    return (items[place * len(items) // number] for place in range(number))


def _note_on_sample(totals: _Totals, shares: _Totals) -> str:
    sampled = [texts.status_text(each) for each in totals if shares[each] < totals[each]]
    if not sampled:
        return ""
    named = ", ".join(sampled[:_STATUSES_NAMED])
    if len(sampled) > _STATUSES_NAMED:
        named += f" and {len(sampled) - _STATUSES_NAMED:,} more statuses"
    number, total = sum(shares.values()), sum(totals.values())
    note = f"{number:,} of {total:,} drawn: {named} as an even sample by start"
    return note if len(sampled) == len(totals) else f"{note}, the others in full"


def _note_on_commands(items: Sequence[Item], report: TaskReport) -> str:
    """Say that a bar is a whole command, where nodes are known without their times."""
    if report.nodes is None:
        return ""
    commands = sum(isinstance(item, TaskInvocation) for item in items)
    if not commands:
        return ""
    bars = texts.number_of(commands, "bar")
    return f"{bars} of whole commands, in the command's status: the times of nodes need details"


def _note_on_running(items: Sequence[Item], now: datetime) -> str:
    running = sum(not item.is_terminal and item.end_time is None for item in items)
    return f"{running:,} not ended: drawn up to {texts.time_text(now)} UTC" if running else ""


def _note_on_missing(number: int) -> str:
    return f"{number:,} not drawn: no start time, or no end time" if number else ""
