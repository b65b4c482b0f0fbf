"""A report as HTML: a fragment for notebooks, a whole page for mail.

All styles are inline. Text takes the colour of its surroundings and lines are translucent, so that
the fragment fits any theme, light or dark.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from itertools import islice
from typing import TYPE_CHECKING

from ssm_mwx import optional
from ssm_mwx.enums import ExecutionStatus, TaskType
from ssm_mwx.models import TaskExecution, TaskInvocation
from ssm_mwx.redaction import clean
from ssm_mwx.report import formatting

if TYPE_CHECKING:
    from ssm_mwx.report.task_report import TaskReport

FRAGMENT_ROWS = 25
"""Rows of the table in a notebook, at most."""
PAGE_ROWS = 100
"""Rows of the table on a page, at most: mail programs cut long messages."""

_FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_MONOSPACE = "font-family:ui-monospace,Menlo,Consolas,monospace;font-size:12px"
_RESET = "background:none;border:0;padding:0;color:inherit"
_QUIET = "opacity:.75"
_LINE = "1px solid rgba(128,128,128,.35)"
_ABOUT = ("type", "status_details")
_CELL = "text-align:left;vertical-align:top;padding:5px 16px 5px 0"


def fragment(report: TaskReport, max_rows: int | None = FRAGMENT_ROWS) -> str:
    """Write the report as one element."""
    return (
        f'<section style="{_FONT};font-size:13px;line-height:1.5;text-align:left;max-width:1060px">'
        f"{_heading(report)}{_counts(report)}{_table(report, max_rows)}</section>"
    )


def page(report: TaskReport, max_rows: int | None, *, timeline: bool = True) -> str:
    """Write the report as a document of its own, with or without its timeline."""
    picture = _timeline(report) if timeline else ""
    return (
        '<!DOCTYPE html>\n<html lang="en" style="color-scheme:light dark">\n<head>\n'
        '<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{_text(_page_title(report))}</title>\n</head>\n"
        '<body style="background:Canvas;color:CanvasText;max-width:1060px;margin:0 auto;'
        f'padding:24px 20px 40px">\n{fragment(report, max_rows)}\n{picture}</body>\n'
        "</html>\n"
    )


def _page_title(report: TaskReport) -> str:
    return f"{formatting.title_of(report.task)}: {formatting.status_text(report.task.status)}"


def _text(text: str) -> str:
    return escape(clean(text))


def _member(model: TaskExecution | TaskInvocation, name: str) -> str:
    return _text(formatting.member_text(model, name))


def _heading(report: TaskReport) -> str:
    task = report.task
    about = "".join(f" · {_member(task, name)}" for name in _ABOUT if getattr(task, name))
    return (
        '<h2 style="font-size:18px;line-height:1.3;font-weight:600;margin:0 0 4px;'
        f'overflow-wrap:anywhere">{_text(formatting.title_of(task))}</h2>'
        f'<p style="margin:0">{_swatch(task.status)}<strong>'
        f"{_text(formatting.status_text(task.status))}</strong>{about}</p>"
        f'<p style="margin:0">{_text(formatting.period_text(task))}{_durations(report)}</p>'
        f'<p style="margin:0 0 12px;{_QUIET}">Window execution '
        f"{_code(_member(task, 'window_execution_id'))}, task execution "
        f"{_code(_member(task, 'task_execution_id'))}</p>"
    )


def _durations(report: TaskReport) -> str:
    took = report.durations
    if took.median is None:
        return ""
    median, p95, longest = map(formatting.duration_text, (took.median, took.p95, took.longest))
    return f" · durations {median} (median), {p95} (95th percentile), {longest} (longest)"


def _code(content: str) -> str:
    return f'<code style="{_MONOSPACE};{_RESET}">{content}</code>'


def _swatch(status: ExecutionStatus | None) -> str:
    colour = formatting.colour_of(status)
    return (
        '<span style="display:inline-block;width:10px;height:10px;border-radius:2px;'
        f'margin-right:6px;background:{colour}"></span>'
    )


# --- the counts ---


def _counts(report: TaskReport) -> str:
    counts = report.counts
    statuses = formatting.in_order(counts)
    segments = "".join(
        f'<span style="flex:{counts[status]} 0 4px;height:12px;'
        f'background:{formatting.colour_of(status)}"></span>'
        for status in statuses
    )
    words = "".join(
        f'<li style="margin:0 20px 0 0;padding:0">{_swatch(status)}'
        f"{counts[status]:,} {_text(formatting.status_text(status))}</li>"
        for status in statuses
    )
    if not words:
        return '<p style="margin:0">No invocations.</p>'
    return (
        f'<div style="display:flex;gap:2px;border-radius:3px;overflow:hidden">{segments}</div>'
        '<ul style="display:flex;flex-wrap:wrap;list-style:none;margin:6px 0 12px;padding:0">'
        f"{words}</ul>"
    )


# --- the table ---


def _table(report: TaskReport, max_rows: int | None) -> str:
    rows = formatting.attention_first(report.invocations)
    shown = len(rows) if max_rows is None else max(max_rows, 0)
    if not rows:
        return ""
    is_command = report.task.type == TaskType.RUN_COMMAND
    headings = (
        "Status",
        "Target",
        "Details",
        "Start (UTC)",
        "Duration",
        "Command id" if is_command else "Execution id",
    )
    head = "".join(
        f'<th scope="col" style="{_CELL};font-weight:600;white-space:nowrap;border:0;'
        f'border-bottom:{_LINE}">{heading}</th>'
        for heading in headings
    )
    body = "".join(_row(invocation) for invocation in islice(rows, shown))
    return (
        '<div style="overflow-x:auto"><table style="border-collapse:collapse;border:0;'
        'table-layout:auto;width:100%;margin:0;font-size:13px;color:inherit">'
        f'<thead style="border:0"><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
        f"{_hidden(rows[shown:])}"
    )


def _row(invocation: TaskInvocation) -> str:
    cells = "".join(_cells(invocation))
    return f"<tr>{cells}</tr>"


def _cells(invocation: TaskInvocation) -> Iterator[str]:
    status = formatting.status_text(invocation.status)
    yield _cell(_swatch(invocation.status) + _text(status), "white-space:nowrap")
    nodes = _text(formatting.nodes_of(invocation)).replace(", ", ",<br>")
    yield _cell(nodes, f"white-space:nowrap;{_MONOSPACE}")
    details = _member(invocation, "status_details")
    yield _cell(details, "overflow-wrap:break-word;min-width:160px")
    yield _cell(_member(invocation, "start_time"), "white-space:nowrap")
    yield _cell(formatting.duration_text(invocation.duration), "white-space:nowrap")
    yield _cell(_member(invocation, "execution_id"), f"white-space:nowrap;{_MONOSPACE}")


def _cell(content: str, style: str) -> str:
    return f'<td style="{_CELL};border:0;border-bottom:{_LINE};{style}">{content}</td>'


def _hidden(invocations: Sequence[TaskInvocation]) -> str:
    """Say how many invocations the table does not show, by status."""
    if not invocations:
        return ""
    counts = Counter(invocation.status for invocation in invocations)
    words = _text(formatting.counts_text(counts))
    return f'<p style="margin:8px 0 0;{_QUIET}">{len(invocations):,} more not shown: {words}.</p>'


def _timeline(report: TaskReport) -> str:
    """Draw the timeline as inline SVG; nothing where its extra is not installed.

    A picture that cannot be drawn is left out with a warning: the page matters more.
    """
    try:
        with optional.extra("notebook"):
            from ssm_mwx.report.svg import timeline_svg
        svg = timeline_svg(report)
    except ModuleNotFoundError:
        return ""
    except Exception as error:  # noqa: BLE001 - whatever Altair or vl-convert meets
        reason = formatting.shorten(clean(str(error)), 250)
        warnings.warn(f"the page has no timeline, which cannot be drawn: {reason}", stacklevel=4)
        return ""
    return f'<figure style="margin:28px 0 0">{svg}</figure>\n'
