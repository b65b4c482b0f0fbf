"""The fake AWS inside this process."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import moto
import pytest

from ssm_mwx import (
    DoesNotExistError,
    MaintenanceWindowClient,
    ValidationError,
)
from ssm_mwx.testing import mock_maintenance_windows
from tests.support.clients import plain

CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


def test_mock_includes_other_services() -> None:
    """Moto's other services, and SSM's other operations, work too."""
    with mock_maintenance_windows():
        plain("s3").create_bucket(
            Bucket="reports", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        buckets = plain("s3").list_buckets()["Buckets"]
        assert [bucket.get("Name") for bucket in buckets] == ["reports"]
        windows = plain().describe_maintenance_windows()
        assert windows["WindowIdentities"] == []


def test_nested_mock_shares_injected_errors() -> None:
    """A nested mock shares the injected errors of the outer one."""
    with mock_maintenance_windows() as executions:
        task = executions.add_task()
        executions.fail_next("ValidationException")
        with mock_maintenance_windows(), pytest.raises(ValidationError):
            MaintenanceWindowClient().get_task_execution(*task.task_ids)


def test_mock_discards_data_at_the_end() -> None:
    """Each mock begins empty, without injected errors."""
    with mock_maintenance_windows() as executions:
        task = executions.add_task()
        executions.fail_next("ThrottlingException", times=5)
    with mock_maintenance_windows():
        client = MaintenanceWindowClient()
        with pytest.raises(DoesNotExistError):
            client.get_task_execution(*task.task_ids)


def test_mock_sets_a_missing_default_region(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The mock keeps the caller's Region, or sets one until it ends."""
    with mock_maintenance_windows():
        assert plain().meta.region_name == "eu-west-1"
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with mock_maintenance_windows() as executions:
        task = executions.add_task()
        assert task == MaintenanceWindowClient().get_task_execution(*task.task_ids)
    assert "AWS_DEFAULT_REGION" not in os.environ


def test_mock_restores_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the mock sets or removes is as before when it ends, empty values included."""
    for name in (*CREDENTIALS, "AWS_DEFAULT_REGION", "NO_PROXY"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("no_proxy", "intranet.example")
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SSM", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "before")
    monkeypatch.delenv("AWS_DEFAULT_PROFILE", raising=False)
    before = dict(os.environ)
    with mock_maintenance_windows():
        assert "before" not in os.environ.values()
        assert os.environ["NO_PROXY"] == "intranet.example,127.0.0.1,localhost,[::1]"
    assert dict(os.environ) == before


@pytest.mark.parametrize("gone", ["AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "NO_PROXY"])
def test_mock_ends_where_a_variable_is_gone(gone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mock ends without an error if a test deletes a variable that the mock set."""
    for name in CREDENTIALS:
        monkeypatch.delenv(name)
    before = dict(os.environ)
    with mock_maintenance_windows() as executions:
        del os.environ[gone]
        executions.add_task()
    assert dict(os.environ) == before


def test_mock_starts_and_stops_without_a_block() -> None:
    """`start` and `stop` do what the block does, as often as they are called."""
    mock = mock_maintenance_windows()
    task = mock.start().add_task(status="SUCCESS")
    mock.start()
    mock.stop()
    assert MaintenanceWindowClient().get_task_execution(*task.task_ids).succeeded
    mock.stop()
    with pytest.raises(RuntimeError, match="without start"):
        mock.stop()


def test_overlapping_mocks_share_a_store() -> None:
    """The mock of one thread outlives that of another, which began before and ends before."""
    first_began, second_began = threading.Event(), threading.Event()
    before = dict(os.environ)

    def first() -> None:
        with mock_maintenance_windows():
            first_began.set()
            assert second_began.wait(10)

    thread = threading.Thread(target=first)
    thread.start()
    assert first_began.wait(10)
    with mock_maintenance_windows() as executions:
        task = executions.add_task(status="SUCCESS")
        second_began.set()
        thread.join(10)
        executions.set_status(task, "FAILED")
        status = MaintenanceWindowClient().get_task_execution(*task.task_ids).status
    assert (status, dict(os.environ)) == ("FAILED", before)


def test_mock_works_within_moto_and_around_it() -> None:
    """A mock of moto's own may be active before, or start within."""
    before = dict(os.environ)
    with moto.mock_aws():
        plain("sqs").create_queue(QueueName="one")
        with mock_maintenance_windows() as executions, moto.mock_aws():
            task = executions.add_task(status="SUCCESS")
            assert MaintenanceWindowClient().get_task_execution(*task.task_ids).succeeded
        assert len(plain("sqs").list_queues()["QueueUrls"]) == 1
    assert dict(os.environ) == before


def test_mock_begins_empty_within_moto() -> None:
    """Each mock begins empty, even if one of moto's own outlives it."""
    with moto.mock_aws():
        with mock_maintenance_windows() as executions:
            task = executions.add_task()
            executions.add_task(region_name="ap-south-1")
            executions.fail_next("ThrottlingException")
        with mock_maintenance_windows() as executions:
            assert executions.requests == []
            with pytest.raises(DoesNotExistError):
                MaintenanceWindowClient().get_task_execution(*task.task_ids)


def test_mock_without_moto_names_the_extra() -> None:
    """The ImportError names the extra to install, and stopping raises the same."""
    code = """
import sys
sys.modules["moto"] = None
from ssm_mwx.testing import ExecutionStore, mock_maintenance_windows, serve
mock = mock_maintenance_windows()
for function in (mock.start, mock.stop, serve().__enter__, ExecutionStore().add_task):
    try:
        function()
    except ImportError as error:
        print(error)
"""
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    error = b"moto is not installed: pip install 'ssm_mwx[testing]'"
    assert printed.stdout.splitlines() == [error] * 4
