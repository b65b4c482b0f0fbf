from __future__ import annotations

from rich.console import Console

from ssm_mwx import TaskExecution, TaskReport
from tests.support.fakes import SECRET
from tests.support.reports import (
    SCRIPT,
    hostile_report,
    invocation_of,
    patch_report,
    report_of,
    secret_report,
)


def shown(report: TaskReport, width: int = 160) -> str:
    """What a terminal without colours shows."""
    console = Console(width=width, color_system=None)
    with console.capture() as capture:
        console.print(report)
    return capture.get()


def test_heading() -> None:
    """The heading tells the document, the status and the times."""
    assert shown(patch_report(250)).splitlines()[:3] == [
        "AWS-RunPatchBaseline",
        "FAILED  17 of 250 targets did not succeed",
        "2026-03-10 02:00:00 to 03:27:28 UTC (1 h 27 min)",
    ]


def test_counts() -> None:
    """Each status has its number and a bar."""
    lines = [line.split() for line in shown(patch_report(250)).splitlines()[4:7]]

    assert [line[:2] for line in lines] == [
        ["FAILED", "12"],
        ["TIMED_OUT", "5"],
        ["SUCCESS", "233"],
    ]
    assert [len(line[2]) for line in lines] == [2, 1, 37]


def test_table_is_capped() -> None:
    """The table shows what needs attention first, and says how many it hides."""
    text = shown(patch_report(5000))

    assert text.count("FAILED  ") == 2 + 20  # the heading, the counts and the rows
    assert text.endswith("4,980 more not shown.\n")


def test_table_with_room() -> None:
    """Where all are shown, nothing is said of any more."""
    assert "more" not in shown(patch_report(20))


def test_empty_task() -> None:
    """A task without invocations is shown without a table."""
    assert (
        shown(TaskReport(TaskExecution(), ())) == "Task execution\n(no status)\nno start time\n\n\n"
    )


def test_markup_is_text() -> None:
    """Text from AWS is neither markup nor an escape sequence."""
    report = report_of(
        invocation_of("FAILED", nodes=("[bold]i[/bold]",), status_details="\x1b[31mred [link=x]y")
    )

    text = shown(report)

    assert "[bold]i[/bold]" in text
    assert "�[31mred [link=x]y" in text
    assert SCRIPT in shown(hostile_report(), width=300)


def test_shows_no_secret() -> None:
    """No sensitive value is shown."""
    assert SECRET not in shown(secret_report())
