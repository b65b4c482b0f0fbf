"""The tables that a terminal shows."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from rich.console import Console

from ssm_mwx import (
    Alarm,
    AlarmConfiguration,
    ExecutionStatus,
    TaskExecution,
    TaskExecutionIdentity,
    TaskInvocation,
    TaskReport,
)
from ssm_mwx.report import terminal
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

View = Callable[[TaskReport], object]
VIEWS: dict[str, View] = {
    "report": lambda report: report,
    "task": lambda report: terminal.task_table(report.task),
    "invocations": lambda report: terminal.invocations_table(report.invocations),
}
each_view = pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)


def shown(renderable: object, width: int = 160) -> str:
    """Return what a terminal without colours shows."""
    console = Console(width=width, color_system=None)
    with console.capture() as capture:
        console.print(renderable)
    return capture.get()


def rows_of(renderable: object) -> list[list[str]]:
    """Return the cells of a table that are separated by more than one space."""
    lines = shown(renderable).splitlines()
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in lines]


# --- a report ---


def test_report_begins_with_task_status_and_times() -> None:
    """The heading has the document, the status and the times."""
    assert shown(patch_report(250)).splitlines()[:4] == [
        "AWS-RunPatchBaseline",
        "FAILED  17 of 250 targets did not succeed",
        "2026-03-10 02:00:00 to 03:27:28 UTC (1 h 27 min)",
        "250 invocations: 17 failed",
    ]


def test_report_counts_statuses() -> None:
    """Each status has its number and a bar."""
    lines = [line.split() for line in shown(patch_report(250)).splitlines()[6:9]]

    assert [line[:2] for line in lines] == [
        ["FAILED", "12"],
        ["TIMED_OUT", "5"],
        ["SUCCESS", "233"],
    ]
    assert [len(line[2]) for line in lines] == [2, 1, 37]


def test_report_shows_20_invocations() -> None:
    """The table has what needs attention first, and says how many it hides."""
    text = shown(patch_report(5000))

    assert text.count("FAILED  ") == 2 + 20  # the heading, the counts and the rows
    assert text.endswith("Not listed: 230 FAILED, 100 TIMED_OUT, 4,650 SUCCESS.\n")


def test_report_that_shows_all_says_nothing_more() -> None:
    """If all invocations are shown, no line says that some are not."""
    assert "Not listed" not in shown(patch_report(10))


def test_report_without_invocations_has_no_table() -> None:
    """A task without invocations is shown by its heading."""
    expected = "Task execution\n(no status)\nno start time\nNo invocations.\n"
    assert shown(TaskReport(TaskExecution(), ())) == expected


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp932"])
def test_report_is_drawn_in_ascii_for_other_encodings(encoding: str) -> None:
    """Bars and lines have no characters that a terminal without UTF-8 lacks."""
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)

    Console(file=file, width=80).print(patch_report(20))

    file.seek(0)
    assert "#####" in file.read()


# --- a task ---


def test_task_has_a_row_for_each_member() -> None:
    """Members have AWS's names, values the form of every view, and absent ones no row."""
    task = TaskExecution(
        task_execution_id="t",
        status=ExecutionStatus.FAILED,
        priority=0,
        start_time=START,
        end_time=START.replace(hour=3),
        alarm_configuration=AlarmConfiguration((Alarm("cpu"),)),
    )

    assert rows_of(terminal.task_table(task)) == [
        ["TaskExecutionId", "t"],
        ["Priority", "0"],
        ["Status", "FAILED"],
        ["StartTime", "2026-03-10 02:00:00 UTC"],
        ["EndTime", "2026-03-10 03:00:00 UTC"],
        ["AlarmConfiguration", '{"Alarms": [{"Name": "cpu"}]}'],
        ["Duration", "1 h 00 min"],
    ]


def test_task_names_its_sensitive_members() -> None:
    """A sensitive member is a placeholder unless asked for."""
    task = secret_report().task

    assert ["TaskParameters", "<sensitive>"] in rows_of(terminal.task_table(task))
    assert SECRET in shown(terminal.task_table(task, include_sensitive=True))


# --- invocations ---


@pytest.mark.parametrize(
    ("invocation", "duration"),
    [
        (invocation_of("FAILED", took=None), "—"),
        (invocation_of("IN_PROGRESS", took=None), "1 h 05 min so far"),
        (invocation_of("IN_PROGRESS", start=9999, took=None), "0.0 s so far"),
        (invocation_of(took=-5), "-5.0 s"),
        (invocation_of(took=0.44), "0.4 s"),
        (invocation_of(took=180_000), "2 d 2 h"),
    ],
)
def test_invocation_has_the_form_of_every_view(invocation: TaskInvocation, duration: str) -> None:
    """A row has status, target, details, start and duration, an absent one as a dash."""
    table = terminal.invocations_table([invocation], as_of=START + timedelta(minutes=65))

    status, *_, start, shown_duration = rows_of(table)[-1]
    assert [status, shown_duration] == [str(invocation.status), duration]
    assert start in ("02:00:00", "04:46:39")


def test_day_of_all_starts_is_in_the_heading() -> None:
    """If all invocations started on one day, rows have the time alone."""
    one, two = invocation_of(start=0), invocation_of(start=60)
    headings = rows_of(terminal.invocations_table([one, two, TaskInvocation()]))[:2]

    assert headings == [
        ["Start (UTC)"],
        ["Status", "Target", "Details", "2026-03-10", "Duration"],
    ]


def test_starts_on_several_days_have_the_day_each() -> None:
    """If the starts are on several days, each row has its own."""
    table = terminal.invocations_table([invocation_of(start=0), invocation_of(start=86_400)])

    assert [row[3] for row in rows_of(table) if len(row) == 5] == [
        "Start (UTC)",
        "2026-03-10 02:00:00",
        "2026-03-11 02:00:00",
    ]


def test_sensitive_members_are_columns_if_asked_for() -> None:
    """Each sensitive member has a column of AWS's name, with the whole value."""
    (invocation,) = secret_report().invocations

    text = shown(terminal.invocations_table([invocation], include_sensitive=True), width=300)

    assert "OwnerInformation" in text
    assert str(invocation.raw_parameters) in text


def test_patch_run_fits_80_columns() -> None:
    """Real ids and details take one line each."""
    lines = shown(terminal.invocations_table(patch_report(60).invocations), width=80).splitlines()

    assert len(lines) == 3 + 60


def test_tasks_keep_every_letter_at_80_columns() -> None:
    """A long ARN goes on in the next lines; nothing of it is left out."""
    arn = "arn:aws:lambda:us-east-1:123456789012:function:drain-node"
    task = TaskExecutionIdentity(
        task_execution_id="b78e75d4-8aac-4512-9671-dd16f1f6a387",
        task_arn=arn,
        status=ExecutionStatus.SUCCESS,
        start_time=START,
    )
    lines = shown(terminal.tasks_table([task]), width=80).splitlines()[3:]

    assert "".join(line[60:].strip() for line in lines) == arn


# --- all of them ---


@each_view
def test_view_has_texts_of_aws_as_text(view: View) -> None:
    """Markup in a text from AWS is shown, not obeyed, and no escape sequence gets through."""
    text = "\x1b[31mred \x9b1m [link=x]y [bold]z[/bold]"
    report = report_of(
        invocation_of("FAILED", nodes=(text,), status_details=text),
        task_arn=text,
        status_details=text,
        service_role=text,
    )

    assert "�[31mred �1m [link=x]y [bold]z[/bold]" in shown(view(report), width=300)
    assert SCRIPT in shown(view(hostile_report()), width=300)


@each_view
def test_view_has_no_secret(view: View) -> None:
    """No sensitive value is shown unless asked for."""
    assert SECRET not in shown(view(secret_report()))


@pytest.mark.slow
@each_view
@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
def test_odd_text_is_shown_in_time(view: View, text: str) -> None:
    """The time for a text grows no faster than its length."""
    odd = invocation_of("FAILED", nodes=(text,), status_details=text)
    report = report_of(odd, task_arn=text, status_details=text)
    began = time.process_time()

    assert shown(view(report), width=80)
    assert time.process_time() - began < 5


@pytest.mark.slow
def test_thousands_of_statuses_are_counted_in_time() -> None:
    """The time for a report grows no faster than the number of statuses."""
    report = report_of(*(invocation_of(f"S{number}") for number in range(5000)))
    began = time.process_time()

    assert "S4999" in shown(report)
    assert time.process_time() - began < 5
