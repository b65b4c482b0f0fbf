"""The timeline as Vega-Lite has it, and as a file."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import altair as alt
import attrs
import pytest

from ssm_mwx import ExecutionStatus, TaskExecution, TaskReport, texts
from ssm_mwx.report import formatting
from ssm_mwx.testing import samples
from tests.support.fakes import SECRET
from tests.support.reports import (
    ODD_TEXTS,
    SCRIPT,
    START,
    hostile_report,
    invocation_of,
    node_id,
    patch_report,
    report_of,
    secret_report,
    tag_report,
    values_of,
)

NOW = START + timedelta(minutes=5)


def chart_of(report: TaskReport, **options: Any) -> dict[str, Any]:
    """Return the chart as Vega-Lite has it."""
    return report.timeline(now=NOW, **options).to_dict()


def bars_of(report: TaskReport, **options: Any) -> list[dict[str, Any]]:
    """Return the bars of the chart."""
    return values_of(chart_of(report, **options), layer=0)


def shown_by_notebook(report: TaskReport) -> Any:
    """Return what a notebook gets of the chart, by media type."""
    return report.timeline()._repr_mimebundle_()  # pyright: ignore[reportPrivateUsage]


def texts_of(path: Path) -> list[str | None]:
    """Return the texts of an SVG file."""
    return [element.text for element in ET.parse(path).iter()]


def test_bar_has_what_its_tooltip_shows() -> None:
    """A bar goes from start to end, and has its target, status, details and duration."""
    report = report_of(invocation_of("FAILED", nodes=("i-1",), start=5, status_details="Failed"))

    (bar,) = bars_of(report)

    tooltip = chart_of(report)["layer"][0]["encoding"]["tooltip"]
    assert {each["title"]: bar[each["field"]] for each in tooltip} == {
        "Target": "i-1",
        "Nodes": "—",
        "Status": "FAILED",
        "Details": "Failed",
        "Start": "2026-03-10 02:00:05 UTC",
        "Duration": "1 min 00 s",
    }
    assert (bar["start"], bar["end"]) == (
        "2026-03-10T02:00:05.000+00:00",
        "2026-03-10T02:01:05.000+00:00",
    )


def test_bars_do_not_overlap() -> None:
    """Every invocation has a bar below the one before, ordered by status and start."""
    bars = bars_of(patch_report(250))

    ends = [0, *(bar["y2"] for bar in bars)]
    assert len(bars) == 250
    assert all(bar["y"] > end for bar, end in zip(bars, ends, strict=False))
    assert bars == sorted(
        bars,
        key=lambda bar: (("FAILED", "TIMED_OUT", "SUCCESS").index(bar["status"]), bar["start"]),
    )


def test_status_has_its_colour_and_heading() -> None:
    """Each status has the colour of every view, and a heading with its number."""
    report = patch_report(250)
    chart = chart_of(report)

    scale = chart["layer"][0]["encoding"]["color"]["scale"]
    statuses = formatting.in_order(report.counts)
    assert dict(zip(scale["domain"], scale["range"], strict=True)) == {
        status: texts.colour_of(status) for status in statuses
    }
    assert [row["heading"] for row in values_of(chart, layer=1)] == [
        "FAILED  12",
        "TIMED_OUT  5",
        "SUCCESS  233",
    ]


def test_title_has_the_notes() -> None:
    """The subtitle has the task's period, and what is left out."""
    title = chart_of(report_of(invocation_of(start=None), invocation_of()))["title"]

    assert (title["text"], *title["subtitle"]) == (
        "AWS-RunShellScript: FAILED",
        "2026-03-10 02:00:00 to 03:00:00 UTC (1 h 00 min)",
        "2 invocations: 0 failed",
        "1 not drawn: no start time, or no end time",
    )


def test_running_bar_ends_now() -> None:
    """The bar of an invocation that has not ended goes up to `now`."""
    (bar,) = bars_of(report_of(invocation_of("IN_PROGRESS", took=None)))

    assert bar["end"] == "2026-03-10T02:05:00.000+00:00"
    assert bar["duration"] == "5 min 00 s, so far"


def test_bar_that_starts_after_now_has_no_length() -> None:
    """No bar ends before it starts, even if clocks differ."""
    (bar,) = bars_of(report_of(invocation_of("IN_PROGRESS", start=600, took=None)))

    assert bar["end"] == bar["start"]


def test_now_is_the_time_of_the_call_by_default() -> None:
    """Without `now`, running bars end at the present."""
    before = datetime.now(UTC)

    chart = report_of(invocation_of("IN_PROGRESS", took=None)).timeline().to_dict()

    (bar,) = values_of(chart, layer=0)
    assert before - timedelta(seconds=1) < datetime.fromisoformat(bar["end"]) <= datetime.now(UTC)


def test_now_without_a_zone_is_utc() -> None:
    """A time without a zone is in UTC, as everywhere."""
    task, (invocation,), _ = samples.patch_run(targets=1)
    running = attrs.evolve(invocation, status=ExecutionStatus.IN_PROGRESS, end_time=None)
    report = TaskReport(task, [running])
    aware = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)

    naive = aware.replace(tzinfo=None)
    assert report.timeline(now=naive).to_json() == report.timeline(now=aware).to_json()


def test_empty_task_is_drawn(tmp_path: Path) -> None:
    """A task without invocations has a chart without bars."""
    report = TaskReport(TaskExecution(), ())

    report.timeline().save(tmp_path / "empty.png")

    assert bars_of(report) == []


@pytest.mark.parametrize("max_bars", [0, 1, 100])
def test_max_bars_is_a_maximum(max_bars: int) -> None:
    """No layer of the chart has more rows than `max_bars`, even with more statuses than that."""
    report = report_of(*(invocation_of(f"S{number}") for number in range(600)))

    chart = chart_of(report, max_bars=max_bars)

    layers = range(len(chart["layer"]))
    assert max(len(values_of(chart, layer)) for layer in layers) == max_bars


@pytest.mark.parametrize(("targets", "named"), [(20, 20), (30, 30), (40, 3), (250, 17)])
def test_bars_with_room_are_named(targets: int, named: int) -> None:
    """If they are few, each bar has its target beside it; else those that failed have."""
    chart = chart_of(patch_report(targets))

    assert chart["layer"][-1]["encoding"]["text"]["field"] == "label"
    assert len(values_of(chart, layer=-1)) == named


def test_many_failures_are_not_named() -> None:
    """Hundreds of failures have no room for names."""
    layers = chart_of(report_of(*[invocation_of("FAILED")] * 41, *[invocation_of()] * 60))["layer"]

    fields = [layer["encoding"].get("text", {}).get("field") for layer in layers]
    assert "label" not in fields


def test_node_has_a_bar_if_its_times_are_known() -> None:
    """With details each node has a bar in its own status, named after it."""
    report = tag_report(40, 4, details=True)

    bars = bars_of(report)

    assert len(bars) == 40
    assert [bar["label"] for bar in bars if bar["status"] == "FAILED"] == [
        *("web-0", "web-1", "web-20", "web-21")
    ]
    assert bars[0]["target"] == node_id(0)
    assert "whole command" not in str(chart_of(report)["title"])


def test_command_has_a_bar_if_the_times_of_its_nodes_are_not_known() -> None:
    """Without details a command is one bar, whose tooltip counts its nodes by their own status."""
    report = tag_report(250, 20)

    bars = bars_of(report)

    assert [(bar["label"], bar["status"], bar["nodes"]) for bar in bars] == [
        ("by tag:PatchGroup", "FAILED", "10 FAILED, 115 SUCCESS"),
        ("by tag:PatchGroup", "SUCCESS", "10 FAILED, 115 SUCCESS"),
    ]
    note = "2 bars of whole commands, in the command's status: the times of nodes need details"
    assert note in chart_of(report)["title"]["subtitle"]
    assert "2 invocations, 250 nodes: 20 failed" in chart_of(report)["title"]["subtitle"]


def test_open_bar_reaches_to_the_time_of_the_report() -> None:
    """The bars of a report that was kept do not grow."""
    report = attrs.evolve(
        report_of(invocation_of("IN_PROGRESS", took=None)), fetched_at=START + timedelta(minutes=7)
    )

    (bar,) = values_of(report.timeline().to_dict(), layer=0)
    assert bar["end"] == "2026-03-10T02:07:00.000+00:00"


def test_notebook_shows_the_timeline_as_a_picture() -> None:
    """A chart that ends a cell is SVG, which needs no script from the internet."""
    bundle = shown_by_notebook(patch_report(5))

    assert bundle["image/svg+xml"].startswith("<svg")
    assert "text/html" not in bundle


def test_notebook_takes_another_renderer() -> None:
    """What a caller enables for charts holds for the timeline too."""
    with alt.renderers.enable("mimetype"):
        bundle = shown_by_notebook(patch_report(5))

    assert "image/svg+xml" not in bundle


def test_notebook_shows_the_chart_if_the_picture_cannot_be_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without vl-convert Altair shows the chart in its own way."""
    monkeypatch.setattr("vl_convert.vegalite_to_svg", None)

    assert "text/html" in shown_by_notebook(patch_report(5))


@pytest.mark.parametrize(
    ("took", "expected"), [(60, "%H:%M:%S"), (3600, "%H:%M"), (90_000, "%b %d, %H:%M")]
)
def test_time_axis_shows_what_differs(took: float, expected: str) -> None:
    """The axis shows seconds in a short run, and the day in a long one."""
    chart = chart_of(report_of(invocation_of(took=took)))

    assert chart["layer"][0]["encoding"]["x"]["axis"]["format"] == expected


@pytest.mark.slow
@pytest.mark.parametrize("targets", [20, 250, 5000])
def test_png_needs_no_browser(targets: int, tmp_path: Path) -> None:
    """The chart is saved as PNG, however many targets there are."""
    path = tmp_path / "x.png"

    patch_report(targets).timeline().save(path)

    assert path.read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_more_bars_than_altair_allows_are_drawn(tmp_path: Path) -> None:
    """Altair's limit of 5,000 rows does not apply."""
    path = tmp_path / "x.svg"
    report = patch_report(6000)

    report.timeline(max_bars=6000).save(path)

    assert len(bars_of(report, max_bars=6000)) == 6000
    assert "TIMED_OUT  120" in texts_of(path)


def test_svg_has_texts_of_aws_as_text(tmp_path: Path) -> None:
    """Markup in a text from AWS is shown, not obeyed."""
    path = tmp_path / "x.svg"

    hostile_report().timeline().save(path)

    assert not [element for element in ET.parse(path).iter() if element.tag.endswith("script")]
    assert SCRIPT in texts_of(path)


def test_svg_has_no_control_characters(tmp_path: Path) -> None:
    """What XML does not allow does not reach the SVG."""
    path = tmp_path / "x.svg"
    report = report_of(invocation_of(nodes=("i-\x00\ud83d",)), task_arn="\x1b[31m")

    report.timeline().save(path)

    assert "i-��" in texts_of(path)


@pytest.mark.slow
@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
def test_odd_text_is_drawn_in_time(text: str, tmp_path: Path) -> None:
    """Emoji, combining marks and very long words are drawn within seconds, cut where they end."""
    odd = invocation_of(text, nodes=(text,), status_details=text)
    report = report_of(odd, odd, task_arn=text, status=ExecutionStatus(text), status_details=text)
    path = tmp_path / "x.svg"
    began = time.process_time()

    report.timeline().save(path)

    assert time.process_time() - began < 5
    assert len(path.read_text()) < 20_000


def test_chart_has_no_secret() -> None:
    """No sensitive value is in the chart's data."""
    assert SECRET not in str(chart_of(secret_report()))
