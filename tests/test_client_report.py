"""`MaintenanceWindowClient.report`, on the fake AWS."""

from __future__ import annotations

from pathlib import Path

import pytest

from ssm_mwx import (
    DoesNotExistError,
    InvalidRequestError,
    MaintenanceWindowClient,
    TaskReport,
    load_task_execution,
    load_task_invocations,
)
from ssm_mwx.testing import ExecutionStore, samples
from tests.support.reports import START, invocation_of

PAYLOADS = Path(__file__).parent / "payloads"


@pytest.fixture(name="client")
def _client(maintenance_window_executions: ExecutionStore) -> MaintenanceWindowClient:  # noqa: ARG001
    return MaintenanceWindowClient()


def test_report_has_all_invocations(
    client: MaintenanceWindowClient, maintenance_window_executions: ExecutionStore
) -> None:
    """A report has the task and its invocations from all pages."""
    task, invocations, _ = samples.patch_run(250)
    ids = maintenance_window_executions.add_run(task, invocations).task_ids

    assert client.report(*ids) == TaskReport(task, invocations)


def test_report_of_some_statuses(
    client: MaintenanceWindowClient, maintenance_window_executions: ExecutionStore
) -> None:
    """Only invocations in the given statuses are fetched."""
    ids = maintenance_window_executions.add_run(*samples.patch_run(250)).task_ids

    assert client.report(*ids, statuses="TIMED_OUT").counts == {"TIMED_OUT": 5}
    assert client.report(*ids, statuses=iter(["FAILED", "TIMED_OUT"])).counts == {
        "FAILED": 12,
        "TIMED_OUT": 5,
    }


def test_arguments_are_checked_before_any_call() -> None:
    """An argument that AWS would refuse is refused without a call."""
    client = MaintenanceWindowClient(client=object())

    with pytest.raises(InvalidRequestError):
        client.report("no id", "no id")
    with pytest.raises(InvalidRequestError):
        client.report(*[samples.patch_run(1)[0].task_ids[0]] * 2, statuses="BROKEN")


def test_missing_task_is_aws_s_error(client: MaintenanceWindowClient) -> None:
    """For a task that does not exist, AWS's error is raised."""
    with pytest.raises(DoesNotExistError):
        client.report(*samples.patch_run(1)[0].task_ids)


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [((), "100%"), ("FAILED", "12 targets")],
    ids=["all", "filtered"],
)
def test_progress_has_the_number_of_targets(
    statuses: str,
    expected: str,
    client: MaintenanceWindowClient,
    maintenance_window_executions: ExecutionStore,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The bar has the task's number of targets, unless `statuses` leaves some out."""
    ids = maintenance_window_executions.add_run(*samples.patch_run(250)).task_ids

    report = client.report(*ids, statuses=statuses, progress=True)

    last = capsys.readouterr().err.splitlines()[-1].rpartition("\r")[2]
    assert report == client.report(*ids, statuses=statuses)
    assert expected in last
    assert ("250/250" in last) == (not statuses)


def test_progress_counts_instances(
    client: MaintenanceWindowClient,
    maintenance_window_executions: ExecutionStore,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An invocation counts as its instances, and as one if it names none."""
    task = maintenance_window_executions.add_task(start_time=START)
    maintenance_window_executions.add_invocations(
        task, [invocation_of(nodes=("i-1", "i-2", "i-3")), invocation_of(nodes=())]
    )

    client.report(*task.task_ids, progress=True)

    assert "4 targets" in capsys.readouterr().err


def test_report_of_saved_answers() -> None:
    """Files that the AWS CLI wrote make a report, without a call."""
    report = TaskReport(
        load_task_execution(PAYLOADS / "get_task_cli.json"),
        load_task_invocations(PAYLOADS / "describe_invocations_cli.json"),
    )

    assert report.counts == {"SUCCESS": 1}
    assert report.to_arrow()["instance_ids"].to_pylist() == [["i-0000293ffd8c57862"]]
