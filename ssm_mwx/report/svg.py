"""The timeline as an SVG element for a page of HTML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import altair as alt
import vl_convert

from ssm_mwx.report import timeline
from ssm_mwx.report.sampling import MAX_BARS

if TYPE_CHECKING:
    from ssm_mwx.report.task_report import TaskReport


def timeline_svg(report: TaskReport) -> str:
    """Draw the timeline as an element that takes the colour of the text around it."""
    chart = timeline.chart(report, now=None, max_bars=MAX_BARS, paper=timeline.TRANSPARENT)
    with alt.data_transformers.enable("default"):  # whatever the caller has enabled
        specification = chart.to_dict()
    start, rest = vl_convert.vegalite_to_svg(specification).split(">", 1)
    start = re.sub(r' xmlns(:\w+)?="[^"]*"', "", start)  # which an SVG within HTML does not need
    return f'{start} role="img" style="max-width:100%;height:auto">{rest}'
