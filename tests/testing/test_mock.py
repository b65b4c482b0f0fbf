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


def test_other_services_work_under_the_same_mock() -> None:
    """Moto's other services, and SSM's other operations, are there too."""
    with mock_maintenance_windows():
        plain("s3").create_bucket(
            Bucket="reports", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        buckets = plain("s3").list_buckets()["Buckets"]
        assert [bucket.get("Name") for bucket in buckets] == ["reports"]
        windows = plain().describe_maintenance_windows()
        assert windows["WindowIdentities"] == []


@mock_maintenance_windows()
def test_as_a_decorator_it_passes_nothing() -> None:
    """As a decorator it sets up the mock, like moto's."""
    with pytest.raises(DoesNotExistError):
        MaintenanceWindowClient().get_task_execution(OTHER_ID, OTHER_ID)


@mock_maintenance_windows()
class TestClassUnderTheMock:
    """As a decorator of a class it encloses each test."""

    region = "eu-west-1"

    def test_one(self) -> None:
        """A test of the class is under the mock."""
        with pytest.raises(DoesNotExistError):
            MaintenanceWindowClient(region_name=self.region).get_task_execution(OTHER_ID, OTHER_ID)


def test_a_unittest_case_is_enclosed_with_its_set_up() -> None:
    """A case of `unittest` runs as it is, with set-up and test under one mock."""
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


def test_a_coroutine_function_is_enclosed_to_its_end() -> None:
    """The mock lasts until the coroutine has ended, not just until it is made."""

    @mock_maintenance_windows()
    async def work() -> bool:
        task = ExecutionStore().add_task(status="SUCCESS")
        return MaintenanceWindowClient().get_task_execution(*task.task_ids).succeeded

    assert asyncio.run(work())


def test_a_region_that_a_test_takes_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaving the mock is no error where the default Region is gone; an empty one is none."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "")
    with mock_maintenance_windows() as executions:
        executions.add_task()
        monkeypatch.delenv("AWS_DEFAULT_REGION")


def test_a_mock_within_a_mock_shares_what_is_to_fail() -> None:
    """As the tasks, the errors to come are forgotten when the outermost mock ends."""
    with mock_maintenance_windows() as executions:
        task = executions.add_task()
        executions.fail_next("ValidationException")
        with mock_maintenance_windows(), pytest.raises(ValidationError):
            MaintenanceWindowClient().get_task_execution(*task.task_ids)


def test_what_was_stored_is_forgotten_at_the_end() -> None:
    """Each mock begins empty, rehearsed errors included."""
    with mock_maintenance_windows() as executions:
        task = executions.add_task()
        executions.fail_next("ThrottlingException", times=5)
    with mock_maintenance_windows():
        client = MaintenanceWindowClient()
        with pytest.raises(DoesNotExistError):
            client.get_task_execution(*task.task_ids)


def test_a_default_region_is_set_only_where_there_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A Region of the caller's stands; without one there is one, for as long as the mock lasts."""
    with mock_maintenance_windows():
        assert plain().meta.region_name == "eu-west-1"
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with mock_maintenance_windows() as executions:
        task = executions.add_task()
        assert task == MaintenanceWindowClient().get_task_execution(*task.task_ids)
    assert "AWS_DEFAULT_REGION" not in os.environ


def test_it_needs_moto(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without moto the error names the extra."""
    monkeypatch.setitem(sys.modules, "moto", None)
    with (
        pytest.raises(ImportError, match=r"pip install 'ssm_mwx\[testing\]'"),
        mock_maintenance_windows(),
    ):
        raise AssertionError("not reached")  # pragma: no cover
