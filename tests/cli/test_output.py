"""What CSV makes of a text."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from ssm_mwx import TaskInvocation
from ssm_mwx.cli.listings import invocations_listing
from ssm_mwx.cli.output import csv_text
from tests.support.reports import START, invocation_of


def cell_of(text: str) -> str:
    """Return what a text becomes in CSV."""
    (row,) = csv.DictReader(io.StringIO(csv_of(TaskInvocation(status_details=text))))
    return row["status_details"]


def csv_of(*invocations: TaskInvocation) -> str:
    """Write CSV without sensitive members."""
    return csv_text(invocations_listing(show_sensitive=False).columns_of(invocations))


@pytest.mark.parametrize("sign", list("=+-@＝＋－＠"))  # noqa: RUF001 - full-width signs
@pytest.mark.parametrize("before", ["", " ", "\t", "\r", "\n", "\r\n", "\u00a0", "\u3000"])
def test_formula_is_made_text(sign: str, before: str) -> None:
    """A cell that a spreadsheet would take for a formula starts with an apostrophe."""
    assert cell_of(f"{before}{sign}1+1") == f"'{sign}1+1"


@pytest.mark.parametrize("break_", ["\r", "\n", "\r\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_row_is_one_line(break_: str) -> None:
    """A line break within a text is a space."""
    text = csv_of(TaskInvocation(status_details=f"one{break_}=two"))

    assert len(text.splitlines()) == 2
    assert "one =two" in text


@pytest.mark.parametrize("character", ["\x1b", "\x07", "\x00", "\x7f", "\x9b", "\u202e", "\ud800"])
def test_cell_has_no_character_to_act_upon(character: str) -> None:
    """No escape, control or bidirectional character gets into a cell."""
    assert cell_of(f"a{character}b") == "a\N{REPLACEMENT CHARACTER}b"


def test_quotes_and_separators_are_kept() -> None:
    """What CSV itself uses is quoted."""
    assert cell_of('a "b", c; d') == 'a "b", c; d'


def test_values_are_for_programs() -> None:
    """Times are ISO 8601 in UTC, durations seconds, and a negative number is no formula."""
    (row,) = csv.DictReader(io.StringIO(csv_of(invocation_of(took=-1.5, nodes=("i-1", "i-2")))))

    assert row["start_time"] == START.isoformat() == "2026-03-10T02:00:00+00:00"
    assert row["end_time"] == (START - timedelta(seconds=1.5)).isoformat()
    assert row["duration_seconds"] == "-1.5"
    assert row["instance_ids"] == "i-1 i-2"
