from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import attrs
import pytest

from ssm_mwx import ExecutionStatus, TaskExecution, TaskReport
from ssm_mwx.report import formatting
from ssm_mwx.testing import samples
from tests.support.fakes import SECRET
from tests.support.reports import (
    SCRIPT,
    START,
    hostile_report,
    invocation_of,
    patch_report,
    report_of,
    secret_report,
)

Rows = list[dict[str, Any]]
NOW = START + timedelta(minutes=5)


def chart_of(report: TaskReport, **options: Any) -> dict[str, Any]:
    """The chart as Vega-Lite has it."""
    return report.timeline(now=NOW, **options).to_dict()


def bars_of(report: TaskReport, **options: Any) -> Rows:
    """The bars of the chart."""
    return _values(chart_of(report, **options), layer=0)


def headings_of(report: TaskReport, **options: Any) -> list[str]:
    """The headings of the chart's lanes."""
    return [row["heading"] for row in _values(chart_of(report, **options), layer=1)]


def notes_of(report: TaskReport, **options: Any) -> list[str]:
    """What the chart's subtitle says after the task's period."""
    notes: list[str] = chart_of(report, **options)["title"]["subtitle"]
    return notes[1:]


def _values(chart: dict[str, Any], layer: int) -> Rows:
    data = chart["layer"][layer]["data"]
    values: Rows = data["values"] if "values" in data else chart["datasets"][data["name"]]
    return values


def test_bar() -> None:
    """A bar reaches from start to end, and tells its target, status, details and duration."""
    report = report_of(invocation_of("FAILED", nodes=("i-1",), start=5, status_details="Failed"))

    (bar,) = bars_of(report)

    expected = {
        "instance": "i-1",
        "status": "FAILED",
        "status_details": "Failed",
        "start": "2026-03-10T02:00:05.000+00:00",
        "end": "2026-03-10T02:01:05.000+00:00",
        "started": "2026-03-10 02:00:05 UTC",
        "duration": "1 min 00 s",
    }
    assert {name: bar[name] for name in expected} == expected


def test_tooltip() -> None:
    """The tooltip shows what the bar tells."""
    tooltip = chart_of(patch_report(20))["layer"][0]["encoding"]["tooltip"]

    assert [each["title"] for each in tooltip] == [
        "Target",
        "Status",
        "Details",
        "Start",
        "Duration",
    ]


def test_one_bar_for_each_invocation() -> None:
    """Every invocation has a bar, none over another, and the bars stand by status and start."""
    bars = bars_of(patch_report(250))

    ends = [0, *(bar["y2"] for bar in bars)]
    assert len(bars) == 250
    assert all(bar["y"] > end for bar, end in zip(bars, ends, strict=False))
    assert bars == sorted(
        bars,
        key=lambda bar: (("FAILED", "TIMED_OUT", "SUCCESS").index(bar["status"]), bar["start"]),
    )


def test_colours() -> None:
    """Each status has its colour, and its heading beside it."""
    chart = chart_of(patch_report(250))

    scale = chart["layer"][0]["encoding"]["color"]["scale"]
    statuses = formatting.in_order(patch_report(250).counts)
    assert scale["domain"] == statuses
    assert scale["range"] == [formatting.colour_of(status) for status in statuses]
    assert headings_of(patch_report(250)) == ["FAILED  12", "TIMED_OUT  5", "SUCCESS  233"]


def test_running_reach_to_now() -> None:
    """An invocation that has not ended reaches to now, and the chart says so."""
    report = report_of(invocation_of("IN_PROGRESS", took=None), invocation_of())

    running, _ = bars_of(report)

    assert running["end"] == "2026-03-10T02:05:00.000+00:00"
    assert running["duration"] == "5 min 00 s, so far"
    assert notes_of(report) == ["1 not ended: drawn up to 2026-03-10 02:05:00 UTC"]


def test_running_since_later_than_now() -> None:
    """No bar ends before it starts, though clocks differ."""
    (bar,) = bars_of(report_of(invocation_of("IN_PROGRESS", start=600, took=None)))

    assert bar["start"] == bar["end"]


def test_now_is_now() -> None:
    """Where no time is given, running bars reach to the time of the call."""
    chart = report_of(invocation_of("IN_PROGRESS", took=None)).timeline().to_dict()

    (bar,) = _values(chart, layer=0)
    assert bar["end"] > "2026-03-10T02:05"


def test_not_drawn() -> None:
    """An invocation whose bar has no known place is counted."""
    report = report_of(
        invocation_of("PENDING", start=None), invocation_of("FAILED", took=None), invocation_of()
    )

    assert [bar["status"] for bar in bars_of(report)] == ["SUCCESS"]
    assert notes_of(report) == ["2 not drawn: no start time, or ended at no known time"]


def test_empty_task(tmp_path: Path) -> None:
    """A task without invocations gives a chart without bars."""
    report = TaskReport(TaskExecution(), ())

    report.timeline().save(tmp_path / "empty.png")

    assert bars_of(report) == []
    assert notes_of(report) == []


def test_success_is_thinned_out_first() -> None:
    """Of too many, those in SUCCESS are sampled and all others drawn; the chart says so."""
    report = patch_report(5000)

    assert len(bars_of(report)) == 500
    assert headings_of(report) == ["FAILED  250", "TIMED_OUT  100", "SUCCESS  4,650 (150 drawn)"]
    assert notes_of(report) == [
        "500 of 5,000 drawn: SUCCESS as an even sample by start, the others in full"
    ]


def test_others_are_thinned_out_if_need_be() -> None:
    """Where the others alone are too many, they are sampled too, and SUCCESS keeps a fifth."""
    report = patch_report(5000)

    assert headings_of(report, max_bars=100) == [
        "FAILED  250 (57 drawn)",
        "TIMED_OUT  100 (22 drawn)",
        "SUCCESS  4,650 (20 drawn)",
    ]
    assert notes_of(report, max_bars=100) == [
        "99 of 5,000 drawn: FAILED, TIMED_OUT, SUCCESS as an even sample by start"
    ]


def test_no_success_at_all() -> None:
    """Where nothing succeeded, the others have all the room; a rare status keeps its bar."""
    failed = [invocation_of("FAILED", start=place) for place in range(1000)]
    report = report_of(*failed, invocation_of("CANCELLED"))

    assert headings_of(report) == ["FAILED  1,000 (499 drawn)", "CANCELLED  1"]
    assert notes_of(report) == [
        "500 of 1,001 drawn: FAILED as an even sample by start, the others in full"
    ]


def test_sample_is_even() -> None:
    """A sample is spread over the whole run."""
    report = report_of(*(invocation_of(start=place) for place in range(100)))

    starts = [bar["start"][17:19] for bar in bars_of(report, max_bars=4)]

    assert starts == ["00", "25", "50", "15"]


@pytest.mark.parametrize(("targets", "named"), [(20, True), (30, True), (31, False)])
def test_few_bars_are_named(targets: int, named: bool) -> None:
    """Where there is room, each bar has its target beside it."""
    layers = chart_of(patch_report(targets))["layer"]

    assert named == any(
        layer["encoding"].get("text", {}).get("field") == "instance" for layer in layers
    )


@pytest.mark.parametrize(
    ("took", "expected"), [(60, "%H:%M:%S"), (3600, "%H:%M"), (90_000, "%b %d, %H:%M")]
)
def test_time_axis(took: float, expected: str) -> None:
    """The axis tells seconds, or the day, where they are what differs."""
    chart = chart_of(report_of(invocation_of(took=took)))

    assert chart["layer"][0]["encoding"]["x"]["axis"]["format"] == expected


@pytest.mark.parametrize("targets", [20, 250, 5000])
def test_png(targets: int, tmp_path: Path) -> None:
    """The chart is saved as a PNG without a browser, however many targets."""
    path = tmp_path / "x.png"

    patch_report(targets).timeline().save(path)

    assert path.read_bytes().startswith(b"\x89PNG")


def test_many_bars(tmp_path: Path) -> None:
    """Altair's limit of 5,000 rows does not hold here."""
    path = tmp_path / "x.svg"
    report = patch_report(6000)

    report.timeline(max_bars=6000).save(path)

    assert len(bars_of(report, max_bars=6000)) == 6000
    assert "SUCCESS" in path.read_text()


def test_svg_escapes(tmp_path: Path) -> None:
    """Text from AWS stays text in the SVG."""
    path = tmp_path / "x.svg"

    hostile_report().timeline().save(path)

    elements = list(ET.parse(path).iter())
    assert not [element for element in elements if element.tag.endswith("script")]
    assert SCRIPT in [element.text for element in elements]


def test_control_characters(tmp_path: Path) -> None:
    """What XML does not allow does not reach the SVG."""
    path = tmp_path / "x.svg"
    report = report_of(invocation_of(nodes=("i-\x00\ud83d",)), task_arn="\x1b[31m")

    report.timeline().save(path)

    assert "i-��" in [element.text for element in ET.parse(path).iter()]


def test_shows_no_secret() -> None:
    """No sensitive value is in the chart's data."""
    assert SECRET not in str(chart_of(secret_report()))


def test_now_without_a_zone_is_utc() -> None:
    """As everywhere, a time without a zone is in UTC."""
    task, (invocation,) = samples.patch_run(targets=1)
    running = attrs.evolve(invocation, status=ExecutionStatus.IN_PROGRESS, end_time=None)
    report = TaskReport(task, [running])
    aware = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)

    naive = aware.replace(tzinfo=None)
    assert report.timeline(now=aware).to_json() == report.timeline(now=naive).to_json()
