from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ssm_mwx import (
    DoesNotExistError,
    InvalidRequestError,
    MaintenanceWindowClient,
    TaskInvocation,
    TaskReport,
    load_task_execution,
    load_task_invocations,
)
from ssm_mwx.report.progress import with_progress
from ssm_mwx.testing import ExecutionStore, samples
from tests.support.reports import START, invocation_of

PAYLOADS = Path(__file__).parent / "payloads"


@pytest.fixture(name="client")
def _client(maintenance_window_executions: ExecutionStore) -> MaintenanceWindowClient:  # noqa: ARG001
    return MaintenanceWindowClient()


def test_report(
    client: MaintenanceWindowClient, maintenance_window_executions: ExecutionStore
) -> None:
    """A report is the task and all its invocations, of all pages."""
    task, invocations = samples.patch_run(250)
    ids = maintenance_window_executions.add_run(task, invocations).task_ids

    assert TaskReport(task, invocations) == client.report(*ids)


def test_statuses(
    client: MaintenanceWindowClient, maintenance_window_executions: ExecutionStore
) -> None:
    """Only invocations in the statuses asked for are fetched."""
    ids = maintenance_window_executions.add_run(*samples.patch_run(250)).task_ids

    assert client.report(*ids, statuses="TIMED_OUT").counts == {"TIMED_OUT": 5}
    assert client.report(*ids, statuses=iter(["FAILED", "TIMED_OUT"])).counts == {
        "FAILED": 12,
        "TIMED_OUT": 5,
    }


def test_arguments_are_checked_first() -> None:
    """What AWS would refuse is refused before any call."""
    client = MaintenanceWindowClient(client=object())

    with pytest.raises(InvalidRequestError):
        client.report("no id", "no id")
    with pytest.raises(InvalidRequestError):
        client.report(*[samples.patch_run(1)[0].task_ids[0]] * 2, statuses="BROKEN")


def test_no_such_task(client: MaintenanceWindowClient) -> None:
    """A task that is not there is AWS's error."""
    with pytest.raises(DoesNotExistError):
        client.report(*samples.patch_run(1)[0].task_ids)


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [((), "100%"), ("FAILED", "12 targets")],
    ids=["all", "filtered"],
)
def test_progress(
    statuses: str,
    expected: str,
    client: MaintenanceWindowClient,
    maintenance_window_executions: ExecutionStore,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The bar's total is the task's number of targets, unless some are left out."""
    ids = maintenance_window_executions.add_run(*samples.patch_run(250)).task_ids

    report = client.report(*ids, statuses=statuses, progress=True)

    last = capsys.readouterr().err.splitlines()[-1].rpartition("\r")[2]
    assert client.report(*ids, statuses=statuses) == report
    assert expected in last
    assert ("250/250" in last) == (not statuses)


def test_progress_counts_targets(
    client: MaintenanceWindowClient,
    maintenance_window_executions: ExecutionStore,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An invocation of several instances is as many targets, and one of none is one."""
    task = maintenance_window_executions.add_task(start_time=START)
    maintenance_window_executions.add_invocations(
        task, [invocation_of(nodes=("i-1", "i-2", "i-3")), invocation_of(nodes=())]
    )

    client.report(*task.task_ids, progress=True)

    assert "4 targets" in capsys.readouterr().err


def test_progress_is_closed_on_errors(
    client: MaintenanceWindowClient,
    maintenance_window_executions: ExecutionStore,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Where the invocations cannot be had, the bar ends its line and the error comes through."""
    ids = maintenance_window_executions.add_run(*samples.patch_run(250)).task_ids
    invocations = iter(client.iter_task_invocations(*ids))
    first = next(invocations)

    def fail_after_first() -> Iterator[TaskInvocation]:
        yield first
        raise ConnectionError

    with pytest.raises(ConnectionError):
        list(with_progress(fail_after_first(), 250))
    assert "1/250" in capsys.readouterr().err.splitlines()[-1]


def test_from_saved_answers() -> None:
    """What the AWS CLI saved makes a report, without AWS."""
    report = TaskReport(
        load_task_execution(PAYLOADS / "get_task_cli.json"),
        load_task_invocations(PAYLOADS / "describe_invocations_cli.json"),
    )

    assert report.counts == {"SUCCESS": 1}
    assert report.to_arrow()["instance_ids"].to_pylist() == [["i-0000293ffd8c57862"]]
