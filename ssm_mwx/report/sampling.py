"""Which invocations a timeline draws, where they are too many for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

import attrs

from ssm_mwx.enums import ExecutionStatus
from ssm_mwx.models import TaskInvocation
from ssm_mwx.report import formatting

if TYPE_CHECKING:
    from ssm_mwx.report.task_report import TaskReport

MAX_BARS = 500
"""Bars that can still be told apart on a chart of about a screen's height."""

_SUCCESS = ExecutionStatus.SUCCESS
_SHARE_OF_SUCCESS = 0.2  # the part of MAX_BARS that the others leave to it

_Totals = dict[ExecutionStatus | None, int]


@attrs.frozen
class Lane:
    """The bars of one status."""

    status: ExecutionStatus | None
    total: int
    drawn: tuple[TaskInvocation, ...]

    @property
    def heading(self) -> str:
        """Status and number, and how many of them are drawn where it is not all."""
        words = f"{formatting.status_text(self.status)}  {self.total:,}"
        return words if len(self.drawn) == self.total else f"{words} ({len(self.drawn):,} drawn)"


@attrs.frozen
class Bars:
    """What is drawn, and what the chart says of the rest."""

    lanes: tuple[Lane, ...]
    notes: tuple[str, ...]


def sample(report: TaskReport, now: datetime, max_bars: int) -> Bars:
    """Choose at most `max_bars` invocations to draw, and say what is left out."""
    drawable = [
        item for item in formatting.attention_first(report.invocations) if _can_be_drawn(item)
    ]
    groups = {
        status: list(group) for status, group in groupby(drawable, key=lambda item: item.status)
    }
    totals = {status: len(group) for status, group in groups.items()}
    drawn = _drawn(totals, max_bars)
    lanes = tuple(
        Lane(status, totals[status], tuple(_even_sample(group, drawn[status])))
        for status, group in groups.items()
    )
    notes = (
        _note_on_sample(totals, drawn),
        _note_on_running(drawable, now),
        _note_on_missing(len(report.invocations) - len(drawable)),
    )
    return Bars(lanes, tuple(note for note in notes if note))


def _can_be_drawn(invocation: TaskInvocation) -> bool:
    """Whether it is known where the bar begins and ends."""
    if invocation.start_time is None:
        return False
    return invocation.end_time is not None or not invocation.is_terminal


def _drawn(totals: _Totals, max_bars: int) -> _Totals:
    """How many of each status to draw: SUCCESS is thinned out first, and the others if need be."""
    total = sum(totals.values())
    if total <= max_bars:
        return totals
    success = totals.get(_SUCCESS, 0)
    others = total - success
    room = max_bars - min(success, int(_SHARE_OF_SUCCESS * max_bars))
    if others <= room:
        return totals | {_SUCCESS: max_bars - others}
    thinned = {status: max(1, number * room // others) for status, number in totals.items()}
    return thinned | {_SUCCESS: max_bars - room}


def _even_sample(items: Sequence[TaskInvocation], number: int) -> Iterator[TaskInvocation]:
    return (items[place * len(items) // number] for place in range(number))


def _note_on_sample(totals: _Totals, drawn: _Totals) -> str:
    sampled = [formatting.status_text(each) for each in totals if drawn[each] < totals[each]]
    if not sampled:
        return ""
    number, total = sum(drawn[each] for each in totals), sum(totals.values())
    note = f"{number:,} of {total:,} drawn: {', '.join(sampled)} as an even sample by start"
    return note if len(sampled) == len(totals) else f"{note}, the others in full"


def _note_on_running(invocations: Sequence[TaskInvocation], now: datetime) -> str:
    running = sum(item.end_time is None for item in invocations)
    return f"{running:,} not ended: drawn up to {formatting.time_text(now)} UTC" if running else ""


def _note_on_missing(number: int) -> str:
    return f"{number:,} not drawn: no start time, or ended at no known time" if number else ""
