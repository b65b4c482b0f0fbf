"""A report as a timeline: this module lays out the bars, Altair describes the chart.

Bars are grouped in lanes, one for each status, and ordered by start. Places are in pixels. Texts
are cut here: Vega measures a text again and again to cut it, and may split an emoji.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import altair as alt
import attrs

from ssm_mwx import texts
from ssm_mwx.enums import ExecutionStatus
from ssm_mwx.report import formatting, headline
from ssm_mwx.report.nodes import NodeOutcome
from ssm_mwx.report.sampling import Bars, Item, Lane, choose

if TYPE_CHECKING:
    from ssm_mwx.report.task_report import TaskReport

_WIDTH = 700  # with names, as wide as the output of JupyterLab beside its file browser
_HEADING = 26
_NAMED_STEP = 18  # bars so far apart have room for a name
_STEPS = ((30, _NAMED_STEP), (100, 7), (300, 3))  # up to so many bars: so many pixels for each
_NAMED_FAILURES = 40  # in a lane
_LEAST_STEP = 2

_TITLE_COLUMNS = 80
_NAME_COLUMNS = 40
_STATUS_COLUMNS = 60
_TOOLTIP_COLUMNS = 250  # as long as AWS makes status details

_Row = dict[str, Any]


@attrs.frozen
class Paper:
    """What a chart is drawn with and on."""

    ink: str
    background: str
    padding: int


WHITE = Paper(ink="#24292f", background="white", padding=12)
TRANSPARENT = Paper(ink="currentColor", background="transparent", padding=0)


class Timeline(alt.LayerChart):
    """A chart that a notebook shows as SVG, for which it loads nothing from the internet.

    With another renderer than Altair's default enabled, Altair shows it as any chart.
    """

    def _repr_mimebundle_(self, *args: Any, **options: Any) -> Any:
        if alt.renderers.active != "default":
            return super()._repr_mimebundle_(*args, **options)
        try:
            import vl_convert

            picture = vl_convert.vegalite_to_svg(self.to_dict())
        except Exception:  # noqa: BLE001 - whatever vl-convert meets; Altair may still show it
            return super()._repr_mimebundle_(*args, **options)
        return {"image/svg+xml": picture, "text/plain": repr(self)}


def chart(
    report: TaskReport, *, now: datetime | None, max_bars: int, paper: Paper = WHITE
) -> Timeline:
    """Return the timeline; open bars reach to `now`, by default when the report was fetched."""
    now = now or report.fetched_at
    now = now if now.tzinfo else now.replace(tzinfo=UTC)
    bars = choose(report, now, max_bars)
    rows, headings, height = _layout(bars, now, report)
    return Timeline(
        layer=_layers(bars, rows, headings, height, paper.ink),
        width=_WIDTH,
        height=height,
        background=paper.background,
        padding=paper.padding,
        view=alt.ViewBackground(stroke=None),
        title=_title(report, bars.notes, paper.ink),
    )


# --- where the bars are ---


def _layout(bars: Bars, now: datetime, report: TaskReport) -> tuple[list[_Row], list[_Row], float]:
    """Return the rows of the bars, those of the lanes' headings, and the height of it all."""
    rows: list[_Row] = []
    headings: list[_Row] = []
    nodes = _nodes_by_invocation(report)
    y = 0.0
    for lane in bars.lanes:
        step = _step(lane, bars)
        headings.append(
            {
                "status": _status(lane.status),
                "heading": texts.shorten(lane.heading, _TITLE_COLUMNS),
                "y": y + _HEADING / 2 + 2,
            }
        )
        y += _HEADING
        for item in lane.drawn:
            rows.append(_row(item, now, nodes) | _place(y, step))
            y += step
    return rows, headings, max(y, _HEADING)


def _step(lane: Lane, bars: Bars) -> int:
    """Return the pixels from one bar of a lane to the next; a few failures have room for names."""
    if lane.status != ExecutionStatus.SUCCESS and len(lane.drawn) <= _NAMED_FAILURES:
        return _NAMED_STEP
    number = sum(len(lane.drawn) for lane in bars.lanes)
    return next((step for most, step in _STEPS if number <= most), _LEAST_STEP)


def _place(y: float, step: int) -> _Row:
    gap = 3 if step == _NAMED_STEP else 0.5  # the bar's outline takes as much again
    return {"y": y + gap, "y2": y + step - gap, "middle": y + step / 2}


def _nodes_by_invocation(report: TaskReport) -> dict[int, str]:
    """Write the number of an invocation's nodes by status, under the invocation's ``id()``."""
    counts: defaultdict[int, Counter[ExecutionStatus | None]] = defaultdict(Counter)
    for node in report.nodes or ():
        counts[id(node.invocation)][node.status] += 1
    return {of: formatting.counts_text(number) for of, number in counts.items()}


def _row(item: Item, now: datetime, nodes: Mapping[int, str]) -> _Row:
    start = item.start_time or now
    end = item.end_time or max(start, now)
    if isinstance(item, NodeOutcome):
        id_, name = (formatting.node_text(item, field) for field in ("instance_id", "name"))
        details = formatting.node_text(item, "status_details")
        label, target, of_nodes = (id_ if item.name is None else name), id_, name
    else:
        label = target = formatting.nodes_of(item)
        details = texts.member_text(item, "status_details")
        of_nodes = nodes.get(id(item), texts.NOTHING)
    return {
        "label": texts.shorten(label, _NAME_COLUMNS),
        "target": texts.shorten(target, _TOOLTIP_COLUMNS),
        "nodes": texts.shorten(of_nodes, _TOOLTIP_COLUMNS),
        "status": _status(item.status),
        "status_details": texts.shorten(details, _TOOLTIP_COLUMNS),
        "start": _iso(start),
        "end": _iso(end),
        "started": f"{texts.time_text(start)} UTC",
        "duration": texts.duration_text(end - start) + ("" if item.end_time else ", so far"),
    }


def _status(status: ExecutionStatus | None) -> str:
    return texts.shorten(texts.status_text(status), _STATUS_COLUMNS)


def _iso(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds")


# --- the chart ---


def _layers(
    bars: Bars, rows: list[_Row], headings: list[_Row], height: float, ink: str
) -> list[alt.Chart]:
    colours = _colours(bars)
    colour = alt.Color("status:N", scale=colours, legend=None)

    def vertical(field: str) -> alt.Y:
        scale = alt.Scale(domain=[0, height], reverse=True, nice=False, zero=False)
        return alt.Y(field, scale=scale, axis=None)

    base = alt.Chart(alt.InlineData(values=rows))
    heads = alt.Chart(alt.InlineData(values=headings)).encode(y=vertical("y:Q"))
    layers = [
        base.mark_rect(strokeWidth=1, aria=False).encode(
            x=alt.X("start:T", scale=alt.Scale(type="utc", nice=True), axis=_time_axis(rows, ink)),
            x2="end:T",
            y=vertical("y:Q"),
            y2="y2:Q",
            color=colour,
            stroke=alt.Stroke("status:N", scale=colours, legend=None),
            tooltip=[
                alt.Tooltip("target:N", title="Target"),
                alt.Tooltip("nodes:N", title="Nodes"),
                alt.Tooltip("status:N", title="Status"),
                alt.Tooltip("status_details:N", title="Details"),
                alt.Tooltip("started:N", title="Start"),
                alt.Tooltip("duration:N", title="Duration"),
            ],
        ),
        heads.mark_square(size=90, opacity=1, aria=False).encode(x=alt.value(6), color=colour),
        heads.mark_text(align="left", fontWeight="bold", fontSize=12, color=ink).encode(
            x=alt.value(17), text="heading:N"
        ),
    ]
    named = [row for row in rows if row["y2"] - row["y"] > _NAMED_STEP / 2]
    if named:
        names = alt.Chart(alt.InlineData(values=named))
        marks = names.mark_text(align="right", font="monospace", fontSize=11, color=ink)
        layers.append(marks.encode(x=alt.value(-8), y=vertical("middle:Q"), text="label:N"))
    return layers


def _title(report: TaskReport, notes: Sequence[str], ink: str) -> alt.TitleParams:
    title = texts.shorten(formatting.title_of(report.task), _TITLE_COLUMNS)
    return alt.TitleParams(
        f"{title}: {_status(report.task.status)}",
        subtitle=[formatting.period_text(report.task), *headline.lines_of(report), *notes],
        anchor="start",
        frame="bounds",
        color=ink,
        subtitleColor=ink,
        fontSize=15,
        subtitleFontSize=12,
        subtitlePadding=5,
        offset=14,
    )


def _colours(bars: Bars) -> alt.Scale:
    statuses = [lane.status for lane in bars.lanes]
    return alt.Scale(
        domain=[_status(status) for status in statuses],
        range=[texts.colour_of(status) for status in statuses],
    )


def _time_axis(rows: Sequence[_Row], ink: str) -> alt.Axis:
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
    """Choose as much of date and time as tells the axis's ticks apart."""
    times = [datetime.fromisoformat(row[end]) for row in rows for end in ("start", "end")]
    span = max(times) - min(times) if times else timedelta()
    if span < timedelta(minutes=5):
        return "%H:%M:%S"
    return "%H:%M" if span < timedelta(hours=20) else "%b %d, %H:%M"
