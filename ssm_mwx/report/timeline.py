"""A report as a timeline: Altair draws, this module lays out.

Bars stand in lanes, one for each status, and in a lane by their start. Places are in pixels.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import attrs

from ssm_mwx.models import TaskInvocation
from ssm_mwx.optional import import_extra
from ssm_mwx.report import formatting
from ssm_mwx.report.sampling import MAX_BARS, Bars, sample

if TYPE_CHECKING:
    from altair import LayerChart

    from ssm_mwx.report.task_report import TaskReport

_WIDTH = 760
_HEADING = 26
_NAMED_STEP = 18  # bars so far apart have room for a name
_STEPS = ((30, _NAMED_STEP), (100, 7), (300, 3))  # up to so many bars: so many pixels for each
_LEAST_STEP = 2

_Row = dict[str, Any]


@attrs.frozen
class _Setting:
    """What a chart is drawn with and on."""

    ink: str
    paper: str
    padding: int


_ON_WHITE = _Setting(ink="#24292f", paper="white", padding=12)
_ON_A_PAGE = _Setting(ink="currentColor", paper="transparent", padding=0)


def chart(report: TaskReport, *, now: datetime | None, max_bars: int) -> LayerChart:
    """The timeline on white paper."""
    now = now or datetime.now(UTC)
    return _draw(report, now if now.tzinfo else now.replace(tzinfo=UTC), max_bars, _ON_WHITE)


def svg(report: TaskReport) -> str:
    """The timeline as an SVG element that takes the colour of the text around it.

    Raises:
        ImportError: What draws it is not installed.
    """
    import_extra("vl_convert", extra="notebook")
    drawing = _draw(report, datetime.now(UTC), MAX_BARS, _ON_A_PAGE)
    text = io.StringIO()
    drawing.save(text, format="svg")
    start, rest = text.getvalue().split(">", 1)
    start = re.sub(r' xmlns(:\w+)?="[^"]*"', "", start)  # which an SVG within HTML does not need
    return f'{start} role="img" style="max-width:100%;height:auto">{rest}'


# --- where they stand ---


def _layout(bars: Bars, now: datetime) -> tuple[list[_Row], list[_Row], float]:
    """The rows of the bars, those of the lanes' headings, and the height of it all."""
    rows: list[_Row] = []
    headings: list[_Row] = []
    y = 0.0
    for lane in bars.lanes:
        status = formatting.status_text(lane.status)
        headings.append({"status": status, "heading": lane.heading, "y": y + _HEADING / 2 + 2})
        y += _HEADING
        for invocation in lane.drawn:
            rows.append(_row(invocation, now) | _place(y, _step(bars)))
            y += _step(bars)
    return rows, headings, max(y, _HEADING)


def _step(bars: Bars) -> int:
    """Pixels from one bar to the next."""
    number = sum(len(lane.drawn) for lane in bars.lanes)
    return next((step for most, step in _STEPS if number <= most), _LEAST_STEP)


def _place(y: float, step: int) -> _Row:
    gap = 3 if step == _NAMED_STEP else 0.5  # the bar's outline takes as much again
    return {"y": y + gap, "y2": y + step - gap, "middle": y + step / 2}


def _row(invocation: TaskInvocation, now: datetime) -> _Row:
    start = invocation.start_time or now
    end = invocation.end_time or max(start, now)
    return {
        "instance": formatting.nodes_of(invocation),
        "status": formatting.status_text(invocation.status),
        "status_details": formatting.text_of(invocation.status_details),
        "start": _iso(start),
        "end": _iso(end),
        "started": f"{formatting.time_text(start)} UTC",
        "duration": formatting.duration_text(end - start)
        + ("" if invocation.end_time else ", so far"),
    }


def _iso(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds")


# --- the chart ---


def _draw(report: TaskReport, now: datetime, max_bars: int, setting: _Setting) -> LayerChart:
    alt = import_extra("altair", extra="notebook")
    ink = setting.ink
    bars = sample(report, now, max_bars)
    rows, headings, height = _layout(bars, now)
    y_scale = alt.Scale(domain=[0, height], reverse=True, nice=False, zero=False)
    y = {"scale": y_scale, "axis": None}
    status = alt.Color("status:N", scale=_colours(alt, bars), legend=None)

    base = alt.Chart(alt.Data(values=rows))
    drawing = base.mark_rect(strokeWidth=1, aria=False).encode(
        x=alt.X("start:T", scale=alt.Scale(type="utc", nice=True), axis=_time_axis(alt, rows, ink)),
        x2="end:T",
        y=alt.Y("y:Q", **y),
        y2="y2:Q",
        color=status,
        stroke=alt.Stroke("status:N", scale=_colours(alt, bars), legend=None),
        tooltip=[
            alt.Tooltip("instance:N", title="Target"),
            alt.Tooltip("status:N", title="Status"),
            alt.Tooltip("status_details:N", title="Details"),
            alt.Tooltip("started:N", title="Start"),
            alt.Tooltip("duration:N", title="Duration"),
        ],
    )
    heads = alt.Chart(alt.Data(values=headings)).encode(y=alt.Y("y:Q", **y))
    layers = [
        drawing,
        heads.mark_square(size=90, opacity=1, aria=False).encode(x=alt.value(6), color=status),
        heads.mark_text(align="left", fontWeight="bold", fontSize=12, color=ink).encode(
            x=alt.value(17), text="heading:N"
        ),
    ]
    if _step(bars) == _NAMED_STEP:
        names = base.mark_text(align="right", font="monospace", fontSize=11, limit=260, color=ink)
        layers.append(names.encode(x=alt.value(-8), y=alt.Y("middle:Q", **y), text="instance:N"))
    timeline: LayerChart = alt.layer(*layers).properties(
        width=_WIDTH,
        height=height,
        background=setting.paper,
        padding=setting.padding,
        view=alt.ViewBackground(stroke=None),
        title=_title(alt, report, bars.notes, ink),
    )
    return timeline


def _title(alt: Any, report: TaskReport, notes: Sequence[str], ink: str) -> Any:
    status = formatting.status_text(report.task.status)
    return alt.TitleParams(
        f"{formatting.title_of(report.task)}: {status}",
        subtitle=[formatting.period_text(report.task), *notes],
        anchor="start",
        frame="bounds",
        color=ink,
        subtitleColor=ink,
        fontSize=15,
        subtitleFontSize=12,
        subtitlePadding=5,
        offset=14,
        limit=_WIDTH,
    )


def _colours(alt: Any, bars: Bars) -> Any:
    statuses = [lane.status for lane in bars.lanes]
    return alt.Scale(
        domain=[formatting.status_text(status) for status in statuses],
        range=[formatting.colour_of(status) for status in statuses],
    )


def _time_axis(alt: Any, rows: Sequence[_Row], ink: str) -> Any:
    return alt.Axis(
        orient="top",
        title="Time (UTC)",
        titleAnchor="start",
        format=_time_format(rows),
        tickCount=8,
        labelColor=ink,
        titleColor=ink,
        domain=False,
        tickColor=ink,
        tickOpacity=0.3,
        gridColor=ink,
        gridOpacity=0.12,
        labelFontSize=11,
    )


def _time_format(rows: Sequence[_Row]) -> str:
    """As much of date and time as tells the axis's ticks apart."""
    times = [datetime.fromisoformat(row[end]) for row in rows for end in ("start", "end")]
    span = max(times) - min(times) if times else timedelta()
    if span < timedelta(minutes=5):
        return "%H:%M:%S"
    return "%H:%M" if span < timedelta(hours=20) else "%b %d, %H:%M"
