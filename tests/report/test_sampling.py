"""Which invocations a timeline draws if they are too many."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ssm_mwx import ExecutionStatus, TaskReport
from ssm_mwx.report.sampling import Bars, Item, choose
from tests.support.reports import START, invocation_of, patch_report, report_of

NOW = START + timedelta(minutes=5)


def bars_of(report: TaskReport, max_bars: int = 500) -> Bars:
    """Choose the bars of a report."""
    return choose(report, NOW, max_bars)


def headings_of(bars: Bars) -> list[str]:
    """Return the headings of the lanes."""
    return [lane.heading for lane in bars.lanes]


def drawn(bars: Bars) -> list[Item]:
    """Return all invocations that are drawn."""
    return [invocation for lane in bars.lanes for invocation in lane.drawn]


def test_few_invocations_are_all_drawn() -> None:
    """Up to `max_bars` every invocation is drawn once, and no note says otherwise."""
    report = patch_report(250)

    bars = bars_of(report, 250)

    assert set(drawn(bars)) == set(report.invocations)
    assert len(drawn(bars)) == 250
    assert headings_of(bars) == ["FAILED  12", "TIMED_OUT  5", "SUCCESS  233"]
    assert bars.notes == ()


def test_success_is_thinned_out_first() -> None:
    """Of too many, those in SUCCESS are sampled and all others are drawn."""
    bars = bars_of(patch_report(5000))

    assert headings_of(bars) == ["FAILED  250", "TIMED_OUT  100", "SUCCESS  4,650 (150 drawn)"]
    assert bars.notes == (
        "500 of 5,000 drawn: SUCCESS as an even sample by start, the others in full",
    )


def test_others_are_thinned_out_if_they_are_too_many() -> None:
    """If the others alone are too many, they are sampled in proportion; SUCCESS has a fifth."""
    bars = bars_of(patch_report(5000), 100)

    assert headings_of(bars) == [
        "FAILED  250 (56 drawn)",
        "TIMED_OUT  100 (23 drawn)",
        "SUCCESS  4,650 (21 drawn)",
    ]
    assert bars.notes == (
        "100 of 5,000 drawn: FAILED, TIMED_OUT, SUCCESS as an even sample by start",
    )


def test_rare_status_keeps_its_bar() -> None:
    """Without SUCCESS the others have all the room, and one among many is still drawn."""
    failed = [invocation_of("FAILED", start=place) for place in range(1000)]

    bars = bars_of(report_of(*failed, invocation_of("CANCELLED")))

    assert headings_of(bars) == ["FAILED  1,000 (499 drawn)", "CANCELLED  1"]
    assert bars.notes == (
        "500 of 1,001 drawn: FAILED as an even sample by start, the others in full",
    )


@pytest.mark.parametrize("max_bars", [-1, 0, 1, 4, 5, 99, 100, 599, 600])
def test_max_bars_is_a_maximum(max_bars: int) -> None:
    """Whatever the number of statuses, no more bars than allowed are drawn."""
    success = [invocation_of() for _ in range(100)]
    unknown = [invocation_of(f"S{number}") for number in range(500)]

    bars = bars_of(report_of(*success, *unknown), max_bars)

    assert len(drawn(bars)) == max(max_bars, 0)
    assert all(lane.drawn for lane in bars.lanes)


def test_note_names_a_few_statuses_only() -> None:
    """A note on hundreds of statuses stays short."""
    bars = bars_of(report_of(*(invocation_of(f"S{number:03}") for number in range(600))), 100)

    (note,) = bars.notes
    assert note.startswith("100 of 600 drawn: S100, S101, S102, S103, S104 and 495 more statuses")


def test_statuses_that_read_alike_are_told_apart() -> None:
    """Statuses that differ in unprintable characters alone have a lane each, and lose no bar."""
    statuses = ("A\x00", "A\x01", "A\x00")
    report = report_of(*(invocation_of(each, start=i) for i, each in enumerate(statuses)))

    bars = bars_of(report)

    assert {lane.status: lane.total for lane in bars.lanes} == {"A\x00": 2, "A\x01": 1}


def test_sample_is_spread_over_the_run() -> None:
    """A sample takes invocations from the whole run, by start."""
    report = report_of(*(invocation_of(start=place) for place in range(100)))

    starts = [item.start_time for item in drawn(bars_of(report, 4))]

    assert starts == [START + timedelta(seconds=each) for each in (0, 25, 50, 75)]


def test_note_on_running_invocations() -> None:
    """Invocations that have not ended are counted, with the time that their bars reach."""
    bars = bars_of(report_of(invocation_of("IN_PROGRESS", took=None), invocation_of()))

    assert bars.notes == ("1 not ended: drawn up to 2026-03-10 02:05:00 UTC",)


def test_invocation_without_known_place_is_counted() -> None:
    """Without a start, or ended without an end, an invocation is not drawn; a note says so."""
    bars = bars_of(
        report_of(
            invocation_of("PENDING", start=None),
            invocation_of("FAILED", took=None),
            invocation_of(),
        )
    )

    assert [item.status for item in drawn(bars)] == [ExecutionStatus.SUCCESS]
    assert bars.notes == ("2 not drawn: no start time, or no end time",)
