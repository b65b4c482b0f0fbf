from __future__ import annotations

import sys
from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from ssm_mwx import TaskExecution, TaskInvocation, TaskReport
from ssm_mwx.testing import samples
from tests.support.fakes import SECRET
from tests.support.reports import (
    SCRIPT,
    hostile_report,
    invocation_of,
    patch_report,
    report_of,
    secret_report,
)

VOID = {"br", "meta"}


class Document(HTMLParser):
    """What is in an HTML text; fails where an element is not closed in good order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.rows: list[list[str]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self._open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        """Close an element."""
        assert tag == self._open.pop()

    def handle_data(self, data: str) -> None:
        """Note the text."""
        self.text += data
        if {"td", "th"} & set(self._open):
            self.rows[-1][-1] += data


def shown(report: TaskReport) -> Document:
    """What a notebook shows."""
    return Document(report._repr_html_())  # pyright: ignore[reportPrivateUsage]


def page(report: TaskReport) -> Document:
    """The page."""
    return Document(report.to_html())


View = Callable[[TaskReport], Document]
VIEWS = [shown, page]


@pytest.fixture(name="no_extras")
def _no_extras(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("altair", "pandas", "pyarrow", "vl_convert"):
        monkeypatch.setitem(sys.modules, module, None)


def test_heading() -> None:
    """The heading tells the document, the status, the times and the ids."""
    text = shown(patch_report(250)).text

    assert text.startswith(
        "AWS-RunPatchBaselineFAILED · RUN_COMMAND · 17 of 250 targets did not succeed"
        "2026-03-10 02:00:00 to 03:27:28 UTC (1 h 27 min) · durations 3 min 52 s (median)"
    )
    assert f"task execution {patch_report(250).task.task_execution_id}" in text


def test_counts() -> None:
    """The counts by status are there as text, what needs attention first."""
    assert "12 FAILED5 TIMED_OUT233 SUCCESS" in shown(patch_report(250)).text


def test_table() -> None:
    """The table is a real one, with what needs attention first."""
    report = report_of(
        invocation_of("SUCCESS", nodes=("i-1",), execution_id="c-1", status_details="Success"),
        invocation_of("FAILED", nodes=("i-2",), start=5, took=0.4, execution_id=""),
        invocation_of("IN_PROGRESS", nodes=("i-3",), took=None),
    )

    assert shown(report).rows == [
        ["Status", "Target", "Details", "Start (UTC)", "Duration", "Command id"],
        ["FAILED", "i-2", "—", "2026-03-10 02:00:05", "0.4 s", "—"],
        ["IN_PROGRESS", "i-3", "—", "2026-03-10 02:00:00", "—", "—"],
        ["SUCCESS", "i-1", "Success", "2026-03-10 02:00:00", "1 min 00 s", "c-1"],
    ]


def test_execution_id_of_other_tasks() -> None:
    """Only a Run Command's execution id is called a command id."""
    report = TaskReport(TaskExecution(), [TaskInvocation(execution_id="x")])

    assert [row[-1] for row in shown(report).rows] == ["Execution id", "x"]


def test_notebook_is_capped() -> None:
    """A notebook shows 25 rows and says how many are hidden."""
    document = shown(patch_report(5000))

    assert len(document.rows) == 1 + 25
    assert {row[0] for row in document.rows[1:]} == {"FAILED"}
    assert document.text.endswith("4,975 more not shown: 225 FAILED, 100 TIMED_OUT, 4,650 SUCCESS.")


@pytest.mark.parametrize(
    ("max_rows", "rows", "note"),
    [
        (10, 10, "240 more not shown: 2 FAILED, 5 TIMED_OUT, 233 SUCCESS."),
        (0, 0, "250 more not shown"),
        (249, 249, "1 more not shown"),
        (250, 250, ""),
        (None, 250, ""),
    ],
)
def test_page_is_capped(max_rows: int | None, rows: int, note: str) -> None:
    """A page has as many rows as it is allowed, and says how many are hidden."""
    document = Document(patch_report(250).to_html(max_rows=max_rows))

    assert 1 + rows == len(document.rows)
    assert note in document.text
    assert bool(note) == ("not shown" in document.text)


def test_page_cap_by_default() -> None:
    """A page has 100 rows where nothing else is said."""
    assert len(page(patch_report(250)).rows) == 1 + 100


@pytest.mark.parametrize("view", VIEWS)
def test_empty_task(view: View) -> None:
    """A task without invocations is shown as such."""
    document = view(TaskReport(TaskExecution(), ()))

    assert "No invocations." in document.text
    assert "table" not in document.tags


@pytest.mark.parametrize("view", VIEWS)
def test_escapes(view: View) -> None:
    """No text from AWS becomes an element or an attribute."""
    document = view(hostile_report())

    assert "script" not in document.tags
    assert document.text.count(SCRIPT) > 10


def test_escapes_whole_page() -> None:
    """There is no script tag in the text of the page, its picture included."""
    assert "<script" not in hostile_report().to_html().lower()


@pytest.mark.parametrize("view", VIEWS)
def test_shows_no_secret(view: View) -> None:
    """No sensitive value is shown."""
    document = view(secret_report())

    assert SECRET not in document.text
    assert SECRET not in str(document.attributes)


def test_is_self_contained() -> None:
    """The page has no script, no style sheet, and no address of anything outside."""
    document = page(patch_report(250))

    names = {name for name, _ in document.attributes}
    assert not {"script", "style", "link", "img", "iframe", "object"} & set(document.tags)
    assert not {"href", "src", "onload", "onclick"} & names
    assert "http" not in patch_report(250).to_html()


def test_fits_any_theme() -> None:
    """The page follows the reader's theme, and the fragment leaves colours to its surroundings."""
    html = patch_report(20).to_html()

    assert '<meta name="color-scheme" content="light dark">' in html
    assert "background:Canvas;color:CanvasText" in html
    assert "currentColor" in html
    assert "color:#" not in html.replace("background:#", "")


def test_timeline_is_inline() -> None:
    """Where the extra is installed, the timeline is on the page."""
    assert page(patch_report(20)).tags.count("svg") == 1


@pytest.mark.usefixtures("no_extras")
def test_without_extras() -> None:
    """Without the extra, the page is the same but for the timeline."""
    document = page(patch_report(20))

    assert "svg" not in document.tags
    assert len(document.rows) == 1 + 20


def test_display_imports_no_extra(no_extras: None) -> None:  # noqa: ARG001 - a fixture
    """A notebook's display needs no extra, and draws no timeline."""
    assert "svg" not in shown(patch_report(20)).tags


def test_a_negative_cap_is_none_shown() -> None:
    """Fewer than no rows are no rows."""
    report = TaskReport(*samples.patch_run(targets=3))

    assert "3 more not shown" in report.to_html(max_rows=-1)
