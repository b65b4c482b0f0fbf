"""The timeline as an SVG element for a page of HTML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import altair as alt
import vl_convert

from ssm_mwx.report import timeline

if TYPE_CHECKING:
    from ssm_mwx.report.task_report import TaskReport


_PATH = re.compile(r'<path d="[^"]*"')  # text has no "<", so this is markup
_LONG_NUMBER = re.compile(r"-?\d+\.\d\d+")


def timeline_svg(report: TaskReport, *, max_bars: int) -> str:
    """Draw the timeline as an element that takes the colour of the text around it."""
    chart = timeline.chart(report, now=None, max_bars=max_bars, paper=timeline.TRANSPARENT)
    with alt.data_transformers.enable("default"):  # whatever the caller has enabled
        specification = chart.to_dict()
    start, rest = vl_convert.vegalite_to_svg(specification).split(">", 1)
    start = re.sub(r' xmlns(:\w+)?="[^"]*"', "", start)  # which an SVG within HTML does not need
    rest = _PATH.sub(_with_short_numbers, rest)
    return f'{start} role="img" style="max-width:100%;height:auto">{rest}'


def _with_short_numbers(path: re.Match[str]) -> str:
    """Round the places of a bar to a tenth of a pixel: they take most of the text."""
    return _LONG_NUMBER.sub(lambda number: f"{float(number[0]):.1f}", path[0])
