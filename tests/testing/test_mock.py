"""The stand-in: it behaves as AWS documents, for any client."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import unittest
from collections.abc import Generator
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from ssm_mwx import (
    DoesNotExistError,
    ExecutionStatus,
    InternalServerError,
    MaintenanceWindowClient,
    ResponseError,
    TaskExecution,
    TaskInvocation,
    TaskType,
    ThrottlingError,
    ValidationError,
)
from ssm_mwx.testing import ExecutionStore, Server, mock_maintenance_windows, samples, serve
from tests.support.clients import plain

NO_RETRY = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
OTHER_ID = "11111111-2222-3333-4444-555555555555"


@pytest.fixture(name="server")
def _server() -> Generator[Server, None, None]:
    with serve() as server:
        yield server


@pytest.fixture(name="ssm")
def _ssm(server: Server) -> Any:
    """A plain boto3 client that sends whatever it is given."""
    return plain(endpoint_url=server.url, config=NO_RETRY)


@pytest.fixture(name="task")
def _task(server: Server) -> TaskExecution:
    return server.executions.add_run(*samples.patch_run())


@pytest.fixture(name="request_ids")
def _request_ids(task: TaskExecution) -> dict[str, Any]:
    window_execution_id, task_execution_id = task.task_ids
    return {"WindowExecutionId": window_execution_id, "TaskId": task_execution_id}


def _describe(ssm: Any, request: dict[str, Any]) -> Any:
    return ssm.describe_maintenance_window_execution_task_invocations(**request)


def test_what_is_stored_is_what_comes_back(server: Server, task: TaskExecution) -> None:
    """A run goes through HTTP and the library without a change."""
    expected_task, expected_invocations = samples.patch_run()
    with MaintenanceWindowClient(endpoint_url=server.url) as client:
        assert client.get_task_execution(*task.task_ids) == expected_task
        pager = client.iter_task_invocations(*task.task_ids)
        assert [len(page) for page in pager.pages()] == [100, 100, 50]
        assert tuple(pager) == expected_invocations


def test_the_mock_gives_what_the_server_gives(
    maintenance_window_executions: ExecutionStore,
) -> None:
    """Inside the process it is the same, through the pytest fixture too."""
    task = maintenance_window_executions.add_run(*samples.patch_run(targets=30))
    client = MaintenanceWindowClient()
    assert task == client.get_task_execution(*task.task_ids)
    assert samples.patch_run(targets=30)[1] == tuple(client.iter_task_invocations(*task.task_ids))


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


def test_regions_and_accounts_are_apart(maintenance_window_executions: ExecutionStore) -> None:
    """An execution is found in its own account and Region alone."""
    here = maintenance_window_executions.add_task()
    far = maintenance_window_executions.add_task(region_name="ap-south-1")
    theirs = maintenance_window_executions.add_task(account_id="111122223333")
    client = MaintenanceWindowClient()
    far_client = MaintenanceWindowClient(region_name="ap-south-1")
    assert here == client.get_task_execution(*here.task_ids)
    assert far == far_client.get_task_execution(*far.task_ids)
    for lost in (far, theirs):
        with pytest.raises(DoesNotExistError):
            client.get_task_execution(*lost.task_ids)
    with pytest.raises(DoesNotExistError):
        far_client.get_task_execution(*here.task_ids)


def test_the_server_is_on_loopback_unless_asked_otherwise(server: Server) -> None:
    """Nobody but this machine reaches it."""
    assert server.url.startswith("http://127.0.0.1:")


def test_a_port_in_use_is_an_os_error(server: Server) -> None:
    """A port that is taken is an error one can catch, and nothing is left running."""
    port = int(server.url.rpartition(":")[2])
    with pytest.raises(OSError, match="in use"), serve(port=port):
        raise AssertionError("not reached")  # pragma: no cover


def test_it_needs_moto(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without moto the error names the extra."""
    monkeypatch.setitem(sys.modules, "moto", None)
    with (
        pytest.raises(ImportError, match=r"pip install 'ssm_mwx\[testing\]'"),
        mock_maintenance_windows(),
    ):
        raise AssertionError("not reached")  # pragma: no cover


def test_the_plug_in_does_not_import_moto() -> None:
    """A pytest run that does not use the fixture does not pay for moto."""
    code = "import sys, ssm_mwx.testing.plugin; print('moto' in sys.modules)"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert printed.stdout.strip() == b"False"


# --- errors ---


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"WindowExecutionId": "short"}, "'short' at 'windowExecutionId'"),
        ({"TaskId": "z" * 36}, "at 'taskId'"),
        ({"TaskId": OTHER_ID + "0"}, "at 'taskId'"),
        ({"TaskId": 5}, "'5' at 'taskId'"),
        ({"MaxResults": 9}, "'9' at 'maxResults'"),
        ({"MaxResults": 101}, "less than or equal to 100"),
        ({"Filters": [{"Key": "Statuss", "Values": ["FAILED"]}]}, "'Statuss' at 'filters'"),
        ({"Filters": [{"Key": "STATUS", "Values": ["Success"]}]}, "enum value set"),
        ({"Filters": [{"Key": "STATUS", "Values": ["SKIPPED_OVERLAPPING"]}]}, "enum value set"),
        ({"Filters": [{"Key": "STATUS"}]}, "enum value set"),
        ({"Filters": [{"Key": "STATUS", "Values": ["FAILED"]}] * 6}, "less than or equal to 5"),
        ({"NextToken": "foreign"}, "token is not valid"),
        ({"NextToken": "not/base64*"}, "token is not valid"),
        ({"NextToken": "ünlesbar"}, "token is not valid"),
    ],
)
def test_what_aws_refuses(
    ssm: Any, request_ids: dict[str, Any], members: dict[str, Any], said: str
) -> None:
    """A malformed request is answered with a ValidationException that says what is wrong."""
    with pytest.raises(ClientError, match="ValidationException") as caught:
        _describe(ssm, {**request_ids, **members})
    error = vars(caught.value)["response"]
    assert said in error["Error"]["Message"]
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_five_filters_pass_and_all_of_them_hold(ssm: Any, request_ids: dict[str, Any]) -> None:
    """Up to five filters are taken, and an invocation has to pass each."""
    failed = {"Key": "STATUS", "Values": ["FAILED", "TIMED_OUT"]}
    timed_out = {"Key": "STATUS", "Values": ["TIMED_OUT"]}
    answer = _describe(ssm, {**request_ids, "Filters": [*[failed] * 4, timed_out]})
    statuses = {item["Status"] for item in answer["WindowExecutionTaskInvocationIdentities"]}
    assert statuses == {"TIMED_OUT"}


@pytest.mark.parametrize("wrong", ["WindowExecutionId", "TaskId"])
@pytest.mark.parametrize(
    "operation",
    [
        "get_maintenance_window_execution_task",
        "describe_maintenance_window_execution_task_invocations",
    ],
)
def test_what_does_not_exist(
    ssm: Any, request_ids: dict[str, Any], operation: str, wrong: str
) -> None:
    """Ids that name no task execution of this account and Region do not exist."""
    with pytest.raises(ClientError, match="DoesNotExistException") as caught:
        getattr(ssm, operation)(**{**request_ids, wrong: OTHER_ID})
    assert vars(caught.value)["response"]["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_the_status_filter(server: Server, task: TaskExecution) -> None:
    """Only the invocations in the statuses asked for come, page after page."""
    wanted = {"FAILED", "TIMED_OUT"}
    with MaintenanceWindowClient(endpoint_url=server.url) as client:
        pager = client.iter_task_invocations(*task.task_ids, statuses=wanted, page_size=10)
        expected = [item for item in samples.patch_run()[1] if item.status in wanted]
        assert list(pager) == expected
        assert [len(page) for page in pager.pages()] == [10, 7]


def test_tokens_are_opaque_and_end_in_an_empty_one(ssm: Any, request_ids: dict[str, Any]) -> None:
    """As AWS documents, the last page's token is empty, and the page size is free to change."""
    request = {**request_ids, "MaxResults": 100}
    first = _describe(ssm, request)
    second = _describe(ssm, {**request, "NextToken": first["NextToken"]})
    last = _describe(ssm, {**request, "NextToken": second["NextToken"]})
    unsized = _describe(ssm, request_ids)
    assert len(first["NextToken"]) > 36
    assert last["NextToken"] == ""
    assert len(unsized["WindowExecutionTaskInvocationIdentities"]) == 50


def test_tokens_of_another_question_are_refused(
    server: Server, ssm: Any, request_ids: dict[str, Any]
) -> None:
    """A token holds for its own task, filter and Region only."""
    token = _describe(ssm, {**request_ids, "MaxResults": 10})["NextToken"]
    other = server.executions.add_run(*samples.patch_run(seed=1)).task_ids
    filters = [{"Key": "STATUS", "Values": ["FAILED"]}]
    for change in (
        {"WindowExecutionId": other[0], "TaskId": other[1]},
        {"Filters": filters},
    ):
        with pytest.raises(ClientError, match="token is not valid"):
            _describe(ssm, {**request_ids, "NextToken": token, **change})


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("ThrottlingException", 400, ThrottlingError),
        ("InternalServerError", 500, InternalServerError),
        ("ServiceUnavailable", 503, InternalServerError),
        ("ValidationException", 400, ValidationError),
    ],
)
def test_rehearsed_errors(
    server: Server, task: TaskExecution, code: str, status: int, error: type[Exception]
) -> None:
    """`fail_next` lets the next calls fail with a code, as often as it is told."""
    server.executions.fail_next(code, times=2)
    with MaintenanceWindowClient(endpoint_url=server.url, config=NO_RETRY) as client:
        for _ in range(2):
            with pytest.raises(error) as caught:
                client.get_task_execution(*task.task_ids)
            assert getattr(caught.value, "http_status", None) == status
        assert task == client.get_task_execution(*task.task_ids)


# --- the store ---


def test_ids_are_made_where_none_are_given(maintenance_window_executions: ExecutionStore) -> None:
    """What is added without ids can be asked for."""
    store = maintenance_window_executions
    task = store.add_task(type="LAMBDA", status=ExecutionStatus.PENDING, priority=0)
    added = store.add_invocations(task, [TaskInvocation(), TaskInvocation(invocation_id=OTHER_ID)])
    assert (task.type, task.priority, task.is_terminal) == (TaskType.LAMBDA, 0, False)
    assert added[1].invocation_id == OTHER_ID
    assert [task.task_ids] * 2 == [invocation.task_ids for invocation in added]
    actual = MaintenanceWindowClient().iter_task_invocations(*task.task_ids)
    assert added == tuple(actual)


def test_a_second_task_in_the_same_window_execution(
    maintenance_window_executions: ExecutionStore,
) -> None:
    """A window execution has as many tasks as are added to it."""
    patch = maintenance_window_executions.add_run(*samples.patch_run(targets=10))
    restart = maintenance_window_executions.add_run(
        *samples.automation_run(targets=3, window_execution_id=patch.window_execution_id)
    )
    client = MaintenanceWindowClient()
    assert patch.window_execution_id == restart.window_execution_id
    assert len(list(client.iter_task_invocations(*patch.task_ids))) == 10
    assert len(list(client.iter_task_invocations(*restart.task_ids))) == 3


def test_values_of_the_wrong_type_are_refused(
    maintenance_window_executions: ExecutionStore,
) -> None:
    """The stand-in answers nothing that the service could not."""
    with pytest.raises(ResponseError, match="Priority: not an integer"):
        maintenance_window_executions.add_task(priority="first")
    with pytest.raises(TypeError, match="color"):
        maintenance_window_executions.add_task(color="red")


def test_states_can_be_changed(maintenance_window_executions: ExecutionStore) -> None:
    """`set_status` changes what is answered, of a task and of an invocation."""
    store = maintenance_window_executions
    task = store.add_task(status="IN_PROGRESS", status_details="on it")
    first, second = store.add_invocations(task, [TaskInvocation(), TaskInvocation()])
    end = datetime(2026, 5, 1, tzinfo=UTC)
    ended = store.set_status(task, "FAILED", end_time=end)
    failed = store.set_status(second, "FAILED", status_details="exit status 1")
    client = MaintenanceWindowClient()
    assert attrs.evolve(task, status=ExecutionStatus.FAILED, end_time=end) == ended
    assert ended == client.get_task_execution(*task.task_ids)
    assert [first, failed] == list(client.iter_task_invocations(*task.task_ids))
    assert failed.status_details == "exit status 1"


def test_what_is_not_stored_cannot_be_changed(
    maintenance_window_executions: ExecutionStore,
) -> None:
    """A task or an invocation that the store does not know is a `KeyError`."""
    store = maintenance_window_executions
    foreign = samples.patch_run(targets=1)
    with pytest.raises(KeyError):
        store.set_status(foreign[0], "FAILED")
    with pytest.raises(KeyError):
        store.add_invocations(*foreign)
    task = store.add_task()
    stray = TaskInvocation(*task.task_ids, invocation_id=OTHER_ID)
    with pytest.raises(KeyError):
        store.set_status(stray, "FAILED")


# --- samples ---


@pytest.mark.parametrize(
    ("sample", "task_type"),
    [
        (samples.patch_run, TaskType.RUN_COMMAND),
        (samples.automation_run, TaskType.AUTOMATION),
        (samples.lambda_run, TaskType.LAMBDA),
        (samples.step_functions_run, TaskType.STEP_FUNCTIONS),
    ],
)
def test_samples_of_each_task_type(sample: Any, task_type: TaskType) -> None:
    """Every sample's parameters are recognised, without a remainder, and its ids agree."""
    task, invocations = sample(targets=20)
    assert {task_type} == {task.type, *(item.task_type for item in invocations)}
    assert {task.task_ids} == {item.task_ids for item in invocations}
    assert all(item.parameters.extra == {} for item in invocations)
    assert len(task.instance_ids) == 20


def test_samples_repeat_by_seed() -> None:
    """The same seed gives the same run, another seed another."""
    assert samples.patch_run() == samples.patch_run(seed=0)
    assert samples.patch_run(seed=1) != samples.patch_run()


def test_a_patch_run_has_what_people_look_for() -> None:
    """Some failed, some timed out, one was never sent; and the task says so."""
    task, invocations = samples.patch_run()
    statuses = [str(item.status) for item in invocations]
    assert tuple(map(statuses.count, ("SUCCESS", "FAILED", "TIMED_OUT"))) == (233, 12, 5)
    assert sum(item.command_id is None for item in invocations) == 3
    assert task.status == ExecutionStatus.FAILED
    assert task.status_details == "17 of 250 targets did not succeed"
    assert max(item.end_time for item in invocations if item.end_time) == task.end_time


def test_small_samples() -> None:
    """A run of no targets, or of one, is a success."""
    for targets in (0, 1):
        task, invocations = samples.patch_run(targets=targets)
        assert (targets, True) == (len(invocations), task.succeeded)
        assert task.duration is not None
