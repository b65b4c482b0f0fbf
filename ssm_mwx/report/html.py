"""A report as HTML: a fragment for notebooks, a whole page for mail.

All styles are inline. Text takes the colour of its surroundings and lines are translucent, so that
the fragment fits any theme, light or dark.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from ssm_mwx import optional, texts
from ssm_mwx.enums import ExecutionStatus, TaskType
from ssm_mwx.models import TaskExecution, TaskInvocation
from ssm_mwx.redaction import clean
from ssm_mwx.report import formatting, headline
from ssm_mwx.report.nodes import NodeOutcome

if TYPE_CHECKING:
    from ssm_mwx.report.task_report import TaskReport

FRAGMENT_ROWS = 25
"""Rows of the table in a notebook, at most."""
PAGE_ROWS = 100
"""Rows of the table on a page, at most: mail programs cut long messages."""
_PAGE_BARS = 250

_FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_MONOSPACE = "font-family:ui-monospace,Menlo,Consolas,monospace;font-size:12px"
_RESET = "background:none;border:0;padding:0;color:inherit"
_QUIET = "opacity:.75"
_LINE = "1px solid #8886"
_ABOUT = ("type", "status_details")
# Cells have as few styles as a notebook's style sheet allows: a page has hundreds of them.
_ROW = f"background:none;border:0;border-bottom:{_LINE}"
_CELL = "text-align:left;vertical-align:top;padding:5px 12px 5px 0"
_WIDTHS = {
    "Status": "100px",
    "Failed nodes": "100px",
    "Node": "165px",
    "Start (UTC)": "130px",
    "Duration": "85px",
    "Command id": "27%",
}
"""Widths of columns; the others share the rest."""


def fragment(report: TaskReport, max_rows: int | None = FRAGMENT_ROWS) -> str:
    """Write the report as one element."""
    return (
        f'<section style="{_FONT};font-size:13px;line-height:1.5;text-align:left;max-width:1060px;'
        'print-color-adjust:exact;-webkit-print-color-adjust:exact">'
        f"{_heading(report)}{_counts(report)}{_causes(report)}{_tables(report, max_rows)}</section>"
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
    return f"{formatting.title_of(report.task)}: {texts.status_text(report.task.status)}"


def _text(text: str) -> str:
    return escape(clean(text))


def _member(model: TaskExecution | TaskInvocation, name: str) -> str:
    return _text(texts.member_text(model, name))


def _heading(report: TaskReport) -> str:
    task = report.task
    about = "".join(f" · {_member(task, name)}" for name in _ABOUT if getattr(task, name))
    return (
        '<h2 style="font-size:18px;line-height:1.3;font-weight:600;margin:0 0 4px;'
        f'overflow-wrap:anywhere">{_text(formatting.title_of(task))}</h2>'
        f'<p style="margin:0">{_swatch(task.status)}<strong>'
        f"{_text(texts.status_text(task.status))}</strong>{about}</p>"
        f'<p style="margin:0">{_text(formatting.period_text(task))}{_durations(report)}</p>'
        f"{_headline(report)}"
        f'<p style="margin:0 0 12px;{_QUIET}">Window execution '
        f"{_code(_member(task, 'window_execution_id'))}, task execution "
        f"{_code(_member(task, 'task_execution_id'))}</p>"
    )


def _headline(report: TaskReport) -> str:
    first, *others = headline.lines_of(report)
    lines = [f"<strong>{_text(first)}</strong>", *map(_text, others)]
    return f'<p style="margin:8px 0 4px">{"<br>".join(lines)}</p>'


def _durations(report: TaskReport) -> str:
    took = report.durations
    if took.median is None:
        return ""
    median, p95, longest = map(texts.duration_text, (took.median, took.p95, took.longest))
    return f" · durations {median} (median), {p95} (95th percentile), {longest} (longest)"


def _code(content: str) -> str:
    return f'<code style="{_MONOSPACE};{_RESET}">{content}</code>'


def _swatch(status: ExecutionStatus | None) -> str:
    return (
        '<span style="display:inline-block;width:10px;height:10px;border-radius:2px;'
        f'margin-right:6px;{_background(status)}"></span>'
    )


def _background(status: ExecutionStatus | None) -> str:
    """Return the style that fills an element with the colour of a status, on paper too."""
    return f"background:{texts.colour_of(status)}"


# --- the counts ---


def _counts(report: TaskReport) -> str:
    counts = headline.counts_of(report)
    statuses = formatting.in_order(counts)
    segments = "".join(
        f'<span style="flex:{counts[status]} 0 4px;height:12px;{_background(status)}"></span>'
        for status in statuses
    )
    words = "".join(
        f'<li style="margin:0 20px 0 0;padding:0">{_swatch(status)}'
        f"{counts[status]:,} {_text(texts.status_text(status))}</li>"
        for status in statuses
    )
    if not words:
        return ""
    return (
        f'<div style="display:flex;gap:2px;border-radius:3px;overflow:hidden">{segments}</div>'
        '<ul style="display:flex;flex-wrap:wrap;list-style:none;margin:6px 0 12px;padding:0">'
        f"{words}</ul>"
    )


def _causes(report: TaskReport) -> str:
    """Write how many nodes failed of each cause, the most frequent first."""
    causes, rest = headline.causes_of(report)
    rows = (
        (f"{number:,}", _status(status), _text(texts.value_text(details)))
        for (status, details), number in causes
    )
    return _table(("Failed nodes", "Status", "Cause"), rows) + _note(rest)


# --- the tables ---


def _tables(report: TaskReport, max_rows: int | None) -> str:
    """Write a table of the nodes, and one of the invocations whose nodes are not known."""
    if report.nodes is None:
        return _invocations(report, report.invocations, max_rows)
    return _nodes(report.nodes, max_rows) + _invocations(
        report, report.invocations_without_nodes, max_rows
    )


def _nodes(nodes: Sequence[NodeOutcome], max_rows: int | None) -> str:
    chosen, hidden = formatting.listed(nodes, max_rows)
    rows = (
        (
            _status(node.status),
            _text(formatting.node_text(node, "instance_id")),
            *(_text(formatting.node_text(node, name)) for name in ("name", "status_details")),
            _text(formatting.node_text(node, "command_id")),
        )
        for node in chosen
    )
    return _table(("Status", "Node", "Name", "Details", "Command id"), rows) + _hidden(hidden)


def _invocations(
    report: TaskReport, invocations: Sequence[TaskInvocation], max_rows: int | None
) -> str:
    chosen, hidden = formatting.listed(invocations, max_rows)
    is_command = report.task.type == TaskType.RUN_COMMAND
    headings = ("Status", "Target", "Details", "Start (UTC)", "Duration")
    rows = (
        (
            _status(invocation.status),
            _text(formatting.nodes_of(invocation)),
            _member(invocation, "status_details"),
            _member(invocation, "start_time"),
            formatting.duration_so_far(invocation, report.fetched_at),
            _member(invocation, "execution_id"),
        )
        for invocation in chosen
    )
    id_ = "Command id" if is_command else "Execution id"
    return _table((*headings, id_), rows) + _hidden(hidden)


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table; nothing without a row.

    The widths of the columns do not depend on their texts, so that a long word breaks and leaves
    the others their room. On a narrow screen the table scrolls.
    """
    body = "".join(f'<tr style="{_ROW}">{"".join(map(_cell, row))}</tr>' for row in rows)
    if not body:
        return ""
    return (
        '<div style="overflow-x:auto"><table style="border-collapse:collapse;border:0;'
        "table-layout:fixed;width:100%;min-width:600px;margin:0 0 12px;font-size:13px;"
        f'color:inherit;overflow-wrap:anywhere"><thead style="border:0"><tr style="{_ROW}">'
        f"{''.join(map(_heading_cell, headings))}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _heading_cell(name: str) -> str:
    width = f";width:{_WIDTHS[name]}" if name in _WIDTHS else ""
    return f'<th scope="col" style="{_CELL};font-weight:600{width}">{name}</th>'


def _cell(content: str) -> str:
    return f'<td style="{_CELL}">{content}</td>'


def _status(status: ExecutionStatus | None) -> str:
    text = _text(texts.status_text(status))
    return f'<span style="color:{texts.colour_of(status)}">■</span> {text}'


def _hidden(counts: Mapping[ExecutionStatus | None, int]) -> str:
    return _note(f"Not listed: {formatting.counts_text(counts)}." if counts else "")


def _note(text: str) -> str:
    return f'<p style="margin:0 0 12px;{_QUIET}">{_text(text)}</p>' if text else ""


def _timeline(report: TaskReport) -> str:
    """Draw the timeline as inline SVG; nothing where its extra is not installed.

    A picture that cannot be drawn is left out with a warning: the page matters more.
    """
    try:
        with optional.extra("notebook"):
            from ssm_mwx.report.svg import timeline_svg
        svg = timeline_svg(report, max_bars=_PAGE_BARS)
    except ModuleNotFoundError:
        return ""
    except Exception as error:  # noqa: BLE001 - whatever Altair or vl-convert meets
        reason = texts.shorten(clean(str(error)), 250)
        warnings.warn(f"the page has no timeline, which cannot be drawn: {reason}", stacklevel=4)
        return ""
    # Its texts have sizes of their own. Where a mail program drops the SVG, the rest stays hidden.
    return f'<figure style="margin:28px 0 0;font-size:0;line-height:0">{svg}</figure>\n'
