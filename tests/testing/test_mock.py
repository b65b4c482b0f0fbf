"""The fake AWS inside this process."""

from __future__ import annotations

import asyncio
import os
import sys
import unittest

import pytest

from ssm_mwx import (
    DoesNotExistError,
    MaintenanceWindowClient,
    ValidationError,
)
from ssm_mwx.testing import ExecutionStore, mock_maintenance_windows
from tests.support.clients import plain

OTHER_ID = "11111111-2222-3333-4444-555555555555"


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


@mock_maintenance_windows()
def test_decorator_passes_no_argument() -> None:
    """The decorated function gets no argument from the mock."""
    with pytest.raises(DoesNotExistError):
        MaintenanceWindowClient().get_task_execution(OTHER_ID, OTHER_ID)


@mock_maintenance_windows()
class TestClassUnderTheMock:
    """Each test of a decorated class runs under the mock."""

    region = "eu-west-1"

    def test_one(self) -> None:
        """The call reaches the fake AWS."""
        with pytest.raises(DoesNotExistError):
            MaintenanceWindowClient(region_name=self.region).get_task_execution(OTHER_ID, OTHER_ID)


def test_decorator_covers_set_up_of_a_unittest_case() -> None:
    """The set-up and the test of a `unittest` case share a mock."""
    ran: list[bool] = []

    @mock_maintenance_windows()
    class Case(unittest.TestCase):
        def setUp(self) -> None:
            self.task = ExecutionStore().add_task(status="SUCCESS")

        def test_it(self) -> None:
            client = MaintenanceWindowClient()
            ran.append(client.get_task_execution(*self.task.task_ids).succeeded)

    assert Case("test_it").run().wasSuccessful()  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]
    assert ran == [True]


def test_decorator_covers_a_coroutine_to_its_end() -> None:
    """The mock lasts until the coroutine ends."""

    @mock_maintenance_windows()
    async def work() -> bool:
        task = ExecutionStore().add_task(status="SUCCESS")
        return MaintenanceWindowClient().get_task_execution(*task.task_ids).succeeded

    assert asyncio.run(work())


def test_mock_ends_without_its_default_region(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mock ends without an error if a test deletes the default Region."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "")
    with mock_maintenance_windows() as executions:
        executions.add_task()
        monkeypatch.delenv("AWS_DEFAULT_REGION")


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


def test_mock_without_moto_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ImportError names the extra to install."""
    monkeypatch.setitem(sys.modules, "moto", None)
    with (
        pytest.raises(ImportError, match=r"pip install 'ssm_mwx\[testing\]'"),
        mock_maintenance_windows(),
    ):
        raise AssertionError("not reached")  # pragma: no cover
