"""A report as a value, and its numbers."""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from ssm_mwx import ExecutionStatus, TaskExecution, TaskInvocation, TaskReport
from ssm_mwx.report import Durations
from ssm_mwx.testing import samples
from tests.support.fakes import SECRET
from tests.support.reports import invocation_of, report_of, secret_report

STATUSES = [*ExecutionStatus, ExecutionStatus("PAUSED"), None]


@pytest.fixture(name="of_all_statuses")
def _of_all_statuses() -> TaskReport:
    return report_of(*(invocation_of(status) for status in STATUSES))


def statuses_of(invocations: tuple[TaskInvocation, ...]) -> list[str | None]:
    """Return the statuses of some invocations."""
    return [invocation.status for invocation in invocations]


def seconds_of(invocations: tuple[TaskInvocation, ...]) -> list[float | None]:
    """Return how long some invocations took."""
    return [item.duration.total_seconds() if item.duration else None for item in invocations]


def test_counts_are_by_status() -> None:
    """Invocations are counted by status, those without a status under None."""
    report = report_of(*map(invocation_of, ["FAILED", "SUCCESS", None, "SUCCESS"]))

    assert report.counts == {"SUCCESS": 2, "FAILED": 1, None: 1}
    assert report.counts["CANCELLED"] == 0  # type: ignore[index]  # a string is as good


def test_failed_are_those_that_ended_without_success(of_all_statuses: TaskReport) -> None:
    """Every terminal status but SUCCESS is a failure."""
    expected = ["FAILED", "TIMED_OUT", "CANCELLED", "SKIPPED_OVERLAPPING"]

    assert statuses_of(of_all_statuses.failed) == expected


def test_running_are_those_at_work(of_all_statuses: TaskReport) -> None:
    """IN_PROGRESS and CANCELLING run; pending and unknown statuses do not."""
    assert statuses_of(of_all_statuses.running) == ["IN_PROGRESS", "CANCELLING"]


def test_by_status_takes_statuses_and_strings(of_all_statuses: TaskReport) -> None:
    """Statuses are strings or members, one by one or in an iterable."""
    expected = ["SUCCESS", "FAILED"]

    assert statuses_of(of_all_statuses.by_status("FAILED")) == ["FAILED"]
    assert statuses_of(of_all_statuses.by_status("FAILED", ExecutionStatus.SUCCESS)) == expected
    assert statuses_of(of_all_statuses.by_status(iter(["FAILED", "SUCCESS"]))) == expected
    assert statuses_of(of_all_statuses.by_status("PAUSED")) == ["PAUSED"]
    assert of_all_statuses.by_status() == ()


def test_slowest_begins_with_the_longest() -> None:
    """The longest durations of ended invocations come first."""
    report = report_of(
        invocation_of(took=3), invocation_of(took=9), invocation_of(took=6), invocation_of(took=9)
    )

    assert seconds_of(report.slowest(3)) == [9, 9, 6]
    assert seconds_of(report.slowest()) == [9, 9, 6, 3]
    assert report.slowest(0) == report.slowest(-1) == ()


def test_slowest_leaves_out_what_has_no_duration() -> None:
    """An invocation that runs, or ended without an end time, has no duration."""
    report = report_of(
        invocation_of("IN_PROGRESS", took=None), invocation_of(took=None), invocation_of(took=1)
    )

    assert seconds_of(report.slowest()) == [1]


@pytest.mark.parametrize(
    ("took", "median", "p95", "longest"),
    [
        ([4], 4, 4, 4),
        ([2, 1], 1.5, 2, 2),
        ([3, 1, 2], 2, 3, 3),
        (range(1, 21), 10.5, 19, 20),
        (range(100, 0, -1), 50.5, 95, 100),
    ],
)
def test_durations_are_by_nearest_rank(
    took: list[float], median: float, p95: float, longest: float
) -> None:
    """The median halves them, and the 95th percentile is one of them."""
    report = report_of(*(invocation_of(took=each) for each in took))

    expected = Durations(*(timedelta(seconds=each) for each in (median, p95, longest)))
    assert report.durations == expected


def test_durations_of_running_invocations_are_none() -> None:
    """If nothing has ended, there are no durations."""
    report = report_of(invocation_of("IN_PROGRESS", took=None))

    assert report.durations == Durations(None, None, None)


def test_repr_has_task_and_counts() -> None:
    """The repr has the task and its counts: of nodes, where they are known."""
    task, invocations, commands = samples.tag_run(250)
    of_nodes = TaskReport(task, invocations, commands)
    of_invocations = TaskReport(task, invocations)

    start = "<TaskReport 'AWS-RunPatchBaseline' FAILED: 3 invocations"
    assert (
        repr(of_nodes)
        == str(of_nodes)
        == (f"{start}, 250 nodes (12 FAILED, 5 TIMED_OUT, 233 SUCCESS)>")
    )
    assert repr(of_invocations) == f"{start} (2 FAILED, 1 SUCCESS)>"


def test_repr_of_an_empty_task() -> None:
    """A task without any member has a repr too."""
    assert repr(TaskReport(TaskExecution(), ())) == "<TaskReport None (no status): 0 invocations>"


def test_repr_has_no_secret() -> None:
    """The repr holds no sensitive value."""
    assert SECRET not in repr(secret_report())


def test_repr_of_a_half_made_report() -> None:
    """A debugger can show a report whose invocations or nodes could not be fetched."""

    def fail() -> Iterator[Any]:
        yield invocation_of()
        raise ConnectionError

    several: list[list[Any]] = [[fail()], [[], fail()]]
    for parts in several:
        with pytest.raises(ConnectionError) as caught:
            TaskReport(TaskExecution(), *parts)

        shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
        assert "<TaskReport, not initialized>" in "".join(shown.format())


def test_report_is_a_value() -> None:
    """A report takes any iterable of invocations, is equal by value and can be pickled."""
    task, invocations, _ = samples.patch_run(3)
    report = TaskReport(task, iter(invocations))

    assert report.invocations == invocations
    assert report == TaskReport(task, invocations)
    assert pickle.loads(pickle.dumps(report)) == report
    assert {report} == {TaskReport(task, invocations)}
