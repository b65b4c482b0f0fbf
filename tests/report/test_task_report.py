from __future__ import annotations

import pickle
from datetime import timedelta

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
    """The statuses of some invocations."""
    return [invocation.status for invocation in invocations]


def seconds_of(invocations: tuple[TaskInvocation, ...]) -> list[float | None]:
    """How long some invocations took."""
    return [item.duration.total_seconds() if item.duration else None for item in invocations]


def test_counts() -> None:
    """The invocations are counted by status, those without one under None."""
    report = report_of(*map(invocation_of, ["FAILED", "SUCCESS", None, "SUCCESS"]))

    assert report.counts == {"SUCCESS": 2, "FAILED": 1, None: 1}
    assert report.counts["CANCELLED"] == 0  # type: ignore[index]  # a string is as good


def test_failed(of_all_statuses: TaskReport) -> None:
    """Those have failed that ended otherwise than in SUCCESS."""
    expected = ["FAILED", "TIMED_OUT", "CANCELLED", "SKIPPED_OVERLAPPING"]

    assert statuses_of(of_all_statuses.failed) == expected


def test_running(of_all_statuses: TaskReport) -> None:
    """Those run that are at work; what is pending or has no known status does not."""
    assert statuses_of(of_all_statuses.running) == ["IN_PROGRESS", "CANCELLING"]


def test_by_status(of_all_statuses: TaskReport) -> None:
    """Statuses can be given as strings or members, one by one or together."""
    expected = ["SUCCESS", "FAILED"]

    assert statuses_of(of_all_statuses.by_status("FAILED")) == ["FAILED"]
    assert statuses_of(of_all_statuses.by_status("FAILED", ExecutionStatus.SUCCESS)) == expected
    assert statuses_of(of_all_statuses.by_status(iter(["FAILED", "SUCCESS"]))) == expected
    assert statuses_of(of_all_statuses.by_status("PAUSED")) == ["PAUSED"]
    assert of_all_statuses.by_status() == ()


def test_slowest() -> None:
    """The longest durations of ended invocations come first."""
    report = report_of(
        invocation_of(took=3), invocation_of(took=9), invocation_of(took=6), invocation_of(took=9)
    )

    assert seconds_of(report.slowest(3)) == [9, 9, 6]
    assert seconds_of(report.slowest()) == [9, 9, 6, 3]
    assert () == report.slowest(0) == report.slowest(-1)


def test_slowest_leaves_out_what_has_no_duration() -> None:
    """What runs on, or ended at no known time, is none of the slowest."""
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
def test_durations(took: list[float], median: float, p95: float, longest: float) -> None:
    """The median halves them, and the 95th percentile is one of them, by nearest rank."""
    report = report_of(*(invocation_of(took=each) for each in took))

    expected = Durations(*(timedelta(seconds=each) for each in (median, p95, longest)))
    assert report.durations == expected


def test_durations_of_none() -> None:
    """Where nothing has ended, there are no durations."""
    report = report_of(invocation_of("IN_PROGRESS", took=None))

    assert report.durations == Durations(None, None, None)


def test_repr() -> None:
    """A report tells its task and its counts on one line, what needs attention first."""
    report = TaskReport(*samples.patch_run(250))

    expected = (
        "<TaskReport 'AWS-RunPatchBaseline' FAILED: "
        "250 invocations (12 FAILED, 5 TIMED_OUT, 233 SUCCESS)>"
    )
    assert expected == repr(report) == str(report)


def test_repr_of_nothing() -> None:
    """A task of which nothing is known has a repr too."""
    assert repr(TaskReport(TaskExecution(), ())) == "<TaskReport None (no status): 0 invocations>"


def test_repr_keeps_secrets() -> None:
    """The repr holds no sensitive value."""
    assert SECRET not in repr(secret_report())


def test_is_a_value() -> None:
    """A report takes any iterable of invocations, is equal by value and can be pickled."""
    task, invocations = samples.patch_run(3)
    report = TaskReport(task, iter(invocations))

    assert invocations == report.invocations
    assert TaskReport(task, invocations) == report == pickle.loads(pickle.dumps(report))
    assert {report} == {TaskReport(task, invocations)}
