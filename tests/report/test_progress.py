"""The progress bar of a report."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ssm_mwx import TaskExecution, TaskInvocation
from ssm_mwx.report.progress import for_report
from tests.support.reports import invocation_of

TASK = TaskExecution(task_parameters=({"aws:InstanceId": ("i-1", "i-2")},))


def test_no_bar_unless_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    """Without `progress` the invocations are passed on, and nothing is written."""
    invocations = [invocation_of()]

    passed_on = list(for_report(TASK, invocations, all_of_them=True, progress=False))

    assert passed_on == invocations
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("all_of_them", "expected"), [(True, "1/2"), (False, "1 targets")])
def test_bar_has_a_total_if_all_are_fetched(
    all_of_them: bool, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The total is the number of the task's instances, unless a filter leaves some out."""
    list(for_report(TASK, [invocation_of()], all_of_them=all_of_them, progress=True))

    assert expected in capsys.readouterr().err.splitlines()[-1]


def test_bar_is_closed_on_errors(capsys: pytest.CaptureFixture[str]) -> None:
    """If fetching fails, the bar ends its line and the error is raised."""

    def fail_after_first() -> Iterator[TaskInvocation]:
        yield invocation_of()
        raise ConnectionError

    with pytest.raises(ConnectionError):
        list(for_report(TASK, fail_after_first(), all_of_them=True, progress=True))

    assert "1/2" in capsys.readouterr().err.splitlines()[-1]
