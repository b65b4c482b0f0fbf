"""The notebook display and the page: their text, their escaping, and what they leave out."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from html.parser import HTMLParser

import altair as alt
import attrs
import pytest

from ssm_mwx import ExecutionStatus, TaskExecution, TaskInvocation, TaskReport, texts
from tests.support.fakes import SECRET
from tests.support.reports import (
    ODD_TEXTS,
    SCRIPT,
    START,
    hostile_report,
    invocation_of,
    patch_report,
    report_of,
    secret_report,
)

VOID = {"br", "meta"}


class Document(HTMLParser):
    """The content of an HTML text; fails if an element is not closed in order."""

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
    """Parse what a notebook shows."""
    return Document(report._repr_html_())  # pyright: ignore[reportPrivateUsage]


def page(report: TaskReport) -> Document:
    """Parse the page."""
    return Document(report.to_html())


View = Callable[[TaskReport], Document]
VIEWS = [shown, page]


def test_heading_has_task_status_times_and_ids() -> None:
    """The heading says what ran, how it ended, when, and under which ids."""
    report = patch_report(250)
    text = shown(report).text

    assert text.startswith(
        "AWS-RunPatchBaselineFAILED · RUN_COMMAND · 17 of 250 targets did not succeed"
        "2026-03-10 02:00:00 to 03:27:28 UTC (1 h 27 min) · durations 3 min 52 s (median)"
    )
    assert f"task execution {report.task.task_execution_id}" in text


def test_counts_are_text() -> None:
    """The counts by status are there as text, what needs attention first."""
    assert "12 FAILED5 TIMED_OUT233 SUCCESS" in shown(patch_report(250)).text


def test_table_begins_with_what_needs_attention() -> None:
    """The table has a row for each invocation, in the words of every view."""
    report = report_of(
        invocation_of("SUCCESS", nodes=("i-1",), execution_id="c-1", status_details="Success"),
        invocation_of("FAILED", nodes=("i-2",), start=5, took=0.4, execution_id=""),
        invocation_of("IN_PROGRESS", nodes=("i-3",), took=None),
    )
    report = attrs.evolve(report, fetched_at=START + timedelta(minutes=5))

    assert shown(report).rows == [
        ["Status", "Target", "Details", "Start (UTC)", "Duration", "Command id"],
        ["■ FAILED", "i-2", "—", "2026-03-10 02:00:05", "0.4 s", "—"],
        ["■ IN_PROGRESS", "i-3", "—", "2026-03-10 02:00:00", "5 min 00 s so far", "—"],
        ["■ SUCCESS", "i-1", "Success", "2026-03-10 02:00:00", "1 min 00 s", "c-1"],
    ]


def test_execution_id_of_other_tasks_is_no_command_id() -> None:
    """Only the execution id of a Run Command task is called a command id."""
    report = TaskReport(TaskExecution(), [TaskInvocation(execution_id="x")])

    assert [row[-1] for row in shown(report).rows] == ["Execution id", "x"]


@pytest.mark.slow
def test_notebook_shows_25_rows() -> None:
    """A notebook shows 25 rows and says how many are hidden."""
    document = shown(patch_report(5000))

    assert len(document.rows) == 1 + 25
    assert {row[0] for row in document.rows[1:]} == {"■ FAILED"}
    assert document.text.endswith("Not listed: 225 FAILED, 100 TIMED_OUT, 4,650 SUCCESS.")


@pytest.mark.parametrize(
    ("max_rows", "rows", "note"),
    [
        (10, 10, "Not listed: 2 FAILED, 5 TIMED_OUT, 233 SUCCESS."),
        (16, 16, "Not listed: 1 TIMED_OUT, 233 SUCCESS."),
        (17, 17, "Not listed: 233 SUCCESS."),
        (250, 17, "Not listed: 233 SUCCESS."),
        (None, 250, ""),
    ],
)
def test_page_has_as_many_rows_as_allowed(max_rows: int | None, rows: int, note: str) -> None:
    """A page lists what needs attention, up to `max_rows`, and counts the rest."""
    document = Document(patch_report(250).to_html(max_rows=max_rows, timeline=False))

    assert len(document.rows) == 1 + rows
    assert note in document.text
    assert ("Not listed" in document.text) == bool(note)


@pytest.mark.parametrize("max_rows", [0, -1])
def test_page_without_rows_counts_all(max_rows: int) -> None:
    """Without a row there is no table, and everything is counted."""
    document = Document(patch_report(250).to_html(max_rows=max_rows, timeline=False))

    assert "table" not in document.tags
    assert "Not listed: 12 FAILED, 5 TIMED_OUT, 233 SUCCESS." in document.text


def test_page_shows_100_rows_by_default() -> None:
    """A page has 100 rows unless asked otherwise."""
    assert len(page(patch_report(5000)).rows) == 1 + 100


@pytest.mark.parametrize("view", VIEWS)
def test_empty_task_has_no_table(view: View) -> None:
    """A task without invocations says so."""
    document = view(TaskReport(TaskExecution(), ()))

    assert "No invocations." in document.text
    assert "table" not in document.tags


@pytest.mark.parametrize("view", VIEWS)
def test_text_of_aws_is_escaped(view: View) -> None:
    """No text from AWS becomes an element or an attribute."""
    document = view(hostile_report())

    assert "script" not in document.tags
    assert document.text.count(SCRIPT) > 10


def test_picture_is_escaped() -> None:
    """There is no script tag in the text of the page, its picture included."""
    assert "<script" not in hostile_report().to_html().lower()


@pytest.mark.parametrize("view", VIEWS)
def test_view_has_no_secret(view: View) -> None:
    """No sensitive value is shown."""
    document = view(secret_report())

    assert SECRET not in document.text
    assert SECRET not in str(document.attributes)


@pytest.mark.slow
@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
def test_odd_text_is_shown_in_time(text: str) -> None:
    """Emoji, combining marks and very long words are shown, and the picture is drawn."""
    odd = invocation_of(text, nodes=(text,), status_details=text)
    report = report_of(odd, odd, task_arn=text, status_details=text)
    began = time.process_time()

    document = page(report)

    assert time.process_time() - began < 5
    assert document.tags.count("svg") == 1


@pytest.mark.slow
def test_thousands_of_statuses_are_shown_in_time() -> None:
    """The time for a page grows no faster than the number of statuses."""
    report = report_of(*(invocation_of(f"S{number}") for number in range(5000)))
    began = time.process_time()

    document = page(report)

    assert time.process_time() - began < 5
    assert "1 S4999" in document.text


def test_page_is_self_contained() -> None:
    """The page has no script, no style sheet, and no address of anything outside."""
    document = page(patch_report(250))

    names = {name for name, _ in document.attributes}
    assert not {"script", "style", "link", "img", "iframe", "object"} & set(document.tags)
    assert not {"href", "src", "onload", "onclick"} & names
    assert "http" not in patch_report(250).to_html()


def test_page_fits_any_theme() -> None:
    """The page follows the reader's theme, and takes colours from its surroundings."""
    html = patch_report(20).to_html()

    assert '<meta name="color-scheme" content="light dark">' in html
    assert "background:Canvas;color:CanvasText" in html
    assert "currentColor" in html
    palette = {texts.colour_of(status) for status in ExecutionStatus}
    assert set(re.findall(r"color:(#\w+)", html)) <= palette


def test_page_has_the_timeline() -> None:
    """With the extra installed, the timeline is on the page."""
    assert page(patch_report(20)).tags.count("svg") == 1


def test_labels_are_hidden_where_the_picture_is_dropped() -> None:
    """Where a mail program drops SVG and keeps its texts, they have no size."""
    _, _, picture = patch_report(20).to_html().partition("<figure")

    style, _, svg = picture.partition(">")
    labels = re.findall(r"<text[^>]*>", svg)
    assert "font-size:0;" in style
    assert len(labels) > 20
    assert [label for label in labels if not re.search(r'font-size="\d+px"', label)] == []


def test_page_without_timeline_is_otherwise_the_same() -> None:
    """`timeline=False` leaves the picture out, for mail programs that drop SVG."""
    report = patch_report(20)
    before, _, rest = report.to_html().partition("<figure")

    assert report.to_html(timeline=False) == before + rest.partition("</figure>\n")[2]


def test_page_takes_any_data_transformer() -> None:
    """What a caller sets up for charts of its own does not matter for the page."""
    with alt.data_transformers.enable("csv"):
        assert page(patch_report(3)).tags.count("svg") == 1


def page_in_a_process(*options: str, prepare: str = "", closed: str = "") -> tuple[str, str]:
    """Make a page in a process of its own, and return it with standard error."""
    code = f"""
{prepare}
from ssm_mwx import TaskReport
from ssm_mwx.testing import samples
print(TaskReport(*samples.patch_run(targets=5)[:2]).to_html())
"""
    command = [sys.executable, *options, "-X", "utf8", "-c", code]
    shell = ["sh", "-c", f'exec "$@" {closed}', "sh", *command]
    done = subprocess.run(shell, capture_output=True, text=True, check=True, encoding="utf-8")
    return done.stdout, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("module", ["altair", "vl_convert"])
def test_page_without_extra_has_no_timeline(module: str) -> None:
    """Without the extra the page is the same but for the timeline, and nothing is said."""
    html, stderr = page_in_a_process(prepare=f"import sys; sys.modules[{module!r}] = None")

    assert html == f"{patch_report(5).to_html(timeline=False)}\n"
    assert stderr == ""


WARNING = "UserWarning: the page has no timeline, which cannot be drawn: "


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "prepare"),
    [("-OO", ""), ("-B", "import vl_convert; vl_convert.vegalite_to_svg = None")],
    ids=["without docstrings", "of another version"],
)
def test_picture_that_cannot_be_drawn_is_left_out_with_a_warning(
    options: str, prepare: str
) -> None:
    """Whatever Altair or vl-convert meets, the page comes, and a warning says what is missing."""
    html, stderr = page_in_a_process(options, prepare=prepare)

    assert html == f"{patch_report(5).to_html(timeline=False)}\n"
    assert WARNING in stderr


@pytest.mark.slow
def test_page_comes_without_standard_input() -> None:
    """Without standard input, vl-convert fails most of the time; the page comes in any case."""
    html, stderr = page_in_a_process(closed="<&-")

    assert html.endswith("</html>\n\n")
    assert ("<svg" in html) != (WARNING in stderr)


def test_notebook_display_draws_no_timeline() -> None:
    """A notebook's display is a fragment without the picture, which takes time to draw."""
    assert "svg" not in shown(patch_report(20)).tags
