"""The operations of the fake AWS behave as AWS documents, for any client."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

from ssm_mwx import (
    InternalServerError,
    MaintenanceWindowClient,
    TaskExecution,
    ThrottlingError,
    ValidationError,
    WindowExecution,
)
from ssm_mwx.testing import Server, samples
from ssm_mwx.testing.operations import OPERATIONS
from tests.support.clients import plain

NO_RETRY = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
OTHER_ID = "11111111-2222-3333-4444-555555555555"


@pytest.fixture(name="ssm")
def _ssm(server: Server) -> Any:
    """Return a plain boto3 client that checks no argument."""
    return plain(endpoint_url=server.url, config=NO_RETRY)


@pytest.fixture(name="request_ids")
def _request_ids(task: TaskExecution) -> dict[str, Any]:
    window_execution_id, task_execution_id = task.task_ids
    return {"WindowExecutionId": window_execution_id, "TaskId": task_execution_id}


def test_operation_accepts_an_empty_token(ssm: Any, request_ids: dict[str, Any]) -> None:
    """An empty token is the first page's, and a null member is an absent one."""
    first = _describe(ssm, request_ids)["WindowExecutionTaskInvocationIdentities"]
    again = _describe(ssm, {**request_ids, "NextToken": ""})
    assert again["WindowExecutionTaskInvocationIdentities"] == first


def _describe(ssm: Any, request: dict[str, Any]) -> Any:
    return ssm.describe_maintenance_window_execution_task_invocations(**request)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"WindowExecutionId": "short"}, "'short' at 'windowExecutionId'"),
        ({"TaskId": "z" * 36}, "at 'taskId'"),
        ({"TaskId": OTHER_ID + "0"}, "at 'taskId'"),
        ({"TaskId": OTHER_ID + "\n"}, "at 'taskId'"),
        ({"TaskId": None}, "Value null at 'taskId' failed to satisfy constraint: Member must not"),
        ({"TaskId": "z" * 40, "MaxResults": 0}, "3 validation errors detected: Value 'zzz"),
        ({"MaxResults": 9}, "'9' at 'maxResults'"),
        ({"MaxResults": 101}, "less than or equal to 100"),
        (
            {"Filters": [{"Key": "Statuss", "Values": ["FAILED"]}]},
            "'Statuss' at 'filters.1.member.key'",
        ),
        ({"Filters": [{"Key": "STATUS", "Values": ["Success"]}]}, "enum value set"),
        ({"Filters": [{"Key": "STATUS", "Values": ["SKIPPED_OVERLAPPING"]}]}, "enum value set"),
        ({"Filters": [{"Key": "STATUS"}]}, "Value null at 'filters.1.member.values'"),
        ({"Filters": [{"Values": ["FAILED"]}]}, "Value null at 'filters.1.member.key'"),
        ({"Filters": [{"Key": "STATUS", "Values": [""]}]}, "at 'filters.1.member.values.1.member'"),
        ({"Filters": [{"Key": "STATUS", "Values": ["FAILED"]}] * 6}, "less than or equal to 5"),
        ({"NextToken": "unknown"}, "token is not valid"),
        ({"NextToken": "not/hexadecimal"}, "token is not valid"),
        ({"NextToken": "ünlesbar"}, "token is not valid"),
        ({"NextToken": "\ud800"}, "token is not valid"),
    ],
)
def test_operation_refuses_invalid_member(
    ssm: Any, request_ids: dict[str, Any], members: dict[str, Any], expected: str
) -> None:
    """The ValidationException says which value is wrong."""
    with pytest.raises(ClientError, match="ValidationException") as caught:
        _describe(ssm, {**request_ids, **members})
    error = vars(caught.value)["response"]
    assert expected in error["Error"]["Message"]
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_filters_all_apply(ssm: Any, request_ids: dict[str, Any]) -> None:
    """An invocation must pass each of up to five filters."""
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
def test_operation_reports_unknown_ids(
    ssm: Any, request_ids: dict[str, Any], operation: str, wrong: str
) -> None:
    """Unknown ids are a DoesNotExistException."""
    with pytest.raises(ClientError, match="DoesNotExistException") as caught:
        getattr(ssm, operation)(**{**request_ids, wrong: OTHER_ID})
    assert vars(caught.value)["response"]["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_filter_selects_by_status(server: Server) -> None:
    """Each page has only invocations of the requested statuses."""
    task = server.executions.add_run(*samples.patch_run())
    wanted = {"FAILED", "TIMED_OUT"}
    with MaintenanceWindowClient(endpoint_url=server.url) as client:
        pager = client.iter_task_invocations(*task.task_ids, statuses=wanted, page_size=10)
        expected = [item for item in samples.patch_run()[1] if item.status in wanted]
        assert list(pager) == expected
        assert [len(page) for page in pager.pages()] == [10, 7]


def test_token_is_opaque_and_empty_on_the_last_page(ssm: Any, request_ids: dict[str, Any]) -> None:
    """The last page's token is empty, and the page size may change between pages."""
    first = _describe(ssm, {**request_ids, "MaxResults": 10})
    request = {**request_ids, "MaxResults": 15}
    second = _describe(ssm, {**request, "NextToken": first["NextToken"]})
    last = _describe(ssm, {**request, "NextToken": second["NextToken"]})
    assert len(first["NextToken"]) > 36
    assert last["NextToken"] == ""


def test_page_has_50_items_by_default(server: Server, ssm: Any) -> None:
    """A request without MaxResults is answered with 50 items."""
    ids = server.executions.add_run(*samples.patch_run(targets=60)).task_ids
    answer = _describe(ssm, {"WindowExecutionId": ids[0], "TaskId": ids[1]})
    assert len(answer["WindowExecutionTaskInvocationIdentities"]) == 50


def test_token_of_another_request_is_refused(
    server: Server, ssm: Any, request_ids: dict[str, Any]
) -> None:
    """A token is valid for its own task and filter only."""
    token = _describe(ssm, {**request_ids, "MaxResults": 10})["NextToken"]
    other = server.executions.add_run(*samples.patch_run(seed=1)).task_ids
    filters = [{"Key": "STATUS", "Values": ["FAILED"]}]
    for change in (
        {"WindowExecutionId": other[0], "TaskId": other[1]},
        {"Filters": filters},
    ):
        with pytest.raises(ClientError, match="token is not valid"):
            _describe(ssm, {**request_ids, "NextToken": token, **change})


def test_token_of_another_region_or_account_is_refused(
    server: Server, ssm: Any, request_ids: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token is valid in its own account and Region only, even if another has the same run."""
    run = samples.patch_run(targets=30)
    server.executions.add_run(*run, region_name="ap-south-1")
    server.executions.add_run(*run, account_id="111122223333")
    request = {**request_ids, "MaxResults": 10}
    request["NextToken"] = _describe(ssm, request)["NextToken"]
    _describe(ssm, request)
    far = plain(endpoint_url=server.url, config=NO_RETRY, region_name="ap-south-1")
    with pytest.raises(ClientError, match="token is not valid"):
        _describe(far, request)
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "111122223333")
    with pytest.raises(ClientError, match="token is not valid"):
        _describe(ssm, request)


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("ThrottlingException", 400, ThrottlingError),
        ("InternalServerError", 500, InternalServerError),
        ("ServiceUnavailable", 503, InternalServerError),
        ("ValidationException", 400, ValidationError),
    ],
)
def test_fail_next_injects_errors(
    server: Server, task: TaskExecution, code: str, status: int, error: type[Exception]
) -> None:
    """`fail_next` makes the given number of calls fail with the code."""
    server.executions.fail_next(code, times=2)
    with MaintenanceWindowClient(
        endpoint_url=server.url, config=NO_RETRY, retry_timeout=0
    ) as client:
        for _ in range(2):
            with pytest.raises(error) as caught:
                client.get_task_execution(*task.task_ids)
            assert getattr(caught.value, "http_status", None) == status
        assert task == client.get_task_execution(*task.task_ids)


# --- window executions ---


@pytest.fixture(name="window")
def _window(server: Server) -> WindowExecution:
    return server.executions.add_window_run(samples.window_run())


def _window_members(operation: str, window: WindowExecution) -> dict[str, Any]:
    if operation == "describe_maintenance_window_executions":
        return {"WindowId": window.window_id}
    return {"WindowExecutionId": window.window_execution_id}


WINDOW_OPERATIONS = (
    "describe_maintenance_window_executions",
    "get_maintenance_window_execution",
    "describe_maintenance_window_execution_tasks",
)
NIGHTS = [datetime(2026, 3, 10 + night, 2, tzinfo=UTC) for night in range(3)]


def test_window_execution_has_the_members_of_each_operation(
    ssm: Any, window: WindowExecution
) -> None:
    """A list names the window and no tasks, one execution its tasks and no window."""
    listed, got, tasks = (
        getattr(ssm, operation)(**_window_members(operation, window))
        for operation in WINDOW_OPERATIONS
    )
    (item,) = listed["WindowExecutions"]
    assert (item["WindowId"], "TaskIds" in item) == (window.window_id, False)
    assert ("WindowId" in got, tuple(got["TaskIds"])) == (False, window.task_execution_ids)
    assert [each["TaskType"] for each in tasks["WindowExecutionTaskIdentities"]] == [
        "RUN_COMMAND",
        "AUTOMATION",
        "LAMBDA",
    ]
    assert "TaskParameters" not in tasks["WindowExecutionTaskIdentities"][0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ([], [0, 1, 2]),
        ([("ExecutedAfter", NIGHTS[0])], [1, 2]),
        ([("ExecutedBefore", NIGHTS[2])], [0, 1]),
        ([("ExecutedAfter", NIGHTS[0]), ("ExecutedBefore", NIGHTS[2])], [1]),
        ([("ExecutedAfter", NIGHTS[0].replace(tzinfo=None))], [1, 2]),
        ([("ExecutedAfter", NIGHTS[2])], []),
    ],
)
def test_window_executions_are_filtered_by_time(
    server: Server, ssm: Any, filters: list[tuple[str, datetime]], expected: list[int]
) -> None:
    """Every filter applies, and a time without an offset is in UTC."""
    for seed in range(3):
        server.executions.add_window_run(samples.window_run(seed))
    server.executions.add_window_execution()
    answer = ssm.describe_maintenance_window_executions(
        WindowId=samples.WINDOW_ID,
        Filters=[{"Key": key, "Values": [time.isoformat()]} for key, time in filters],
    )
    assert [NIGHTS.index(item["StartTime"]) for item in answer["WindowExecutions"]] == expected
    assert answer["NextToken"] == ""


def test_window_executions_come_in_pages(server: Server) -> None:
    """Lists of window executions and of tasks are cut into pages."""
    store = server.executions
    first = store.add_window_execution(window_id=samples.WINDOW_ID)
    for _ in range(24):
        store.add_window_execution(window_id=samples.WINDOW_ID)
    for _ in range(25):
        store.add_task(window_execution_id=first.window_execution_id)
    with MaintenanceWindowClient(endpoint_url=server.url) as client:
        executions = client.iter_window_executions(samples.WINDOW_ID, page_size=10)
        tasks = client.iter_task_executions(str(first.window_execution_id), page_size=10)
        assert [len(page) for page in executions.pages()] == [10, 10, 5]
        assert [len(page) for page in tasks.pages()] == [10, 10, 5]


def test_unknown_window_has_no_executions(ssm: Any) -> None:
    """AWS does not say whether a window exists: the list is empty."""
    answer = ssm.describe_maintenance_window_executions(WindowId="mw-" + "0" * 17)
    assert answer["WindowExecutions"] == []


@pytest.mark.parametrize("operation", WINDOW_OPERATIONS[1:])
def test_unknown_window_execution_is_reported(ssm: Any, operation: str) -> None:
    """An unknown window execution is a DoesNotExistException."""
    with pytest.raises(ClientError, match="DoesNotExistException"):
        getattr(ssm, operation)(WindowExecutionId=OTHER_ID)


def test_tasks_are_filtered_by_status(ssm: Any, window: WindowExecution) -> None:
    """The STATUS filter is that of the invocations."""
    answer = ssm.describe_maintenance_window_execution_tasks(
        WindowExecutionId=window.window_execution_id,
        Filters=[{"Key": "STATUS", "Values": ["SUCCESS", "PENDING"]}],
    )
    assert [item["TaskType"] for item in answer["WindowExecutionTaskIdentities"]] == ["LAMBDA"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("operation", "members"),
    [
        (WINDOW_OPERATIONS[0], {"WindowId": "mw-0123"}),
        (WINDOW_OPERATIONS[0], {"WindowId": samples.WINDOW_ID.upper()}),
        (WINDOW_OPERATIONS[0], {"WindowId": samples.WINDOW_ID + "\n"}),
        (WINDOW_OPERATIONS[0], {"MaxResults": 9}),
        (WINDOW_OPERATIONS[0], {"MaxResults": 101}),
        (WINDOW_OPERATIONS[0], {"NextToken": "unknown"}),
        (WINDOW_OPERATIONS[0], {"Filters": [{"Key": "STATUS", "Values": ["FAILED"]}]}),
        (WINDOW_OPERATIONS[0], {"Filters": [{"Key": "ExecutedAfter", "Values": ["today"]}]}),
        (WINDOW_OPERATIONS[0], {"Filters": [{"Key": "ExecutedAfter"}]}),
        (WINDOW_OPERATIONS[1], {"WindowExecutionId": OTHER_ID + "\n"}),
        (WINDOW_OPERATIONS[2], {"MaxResults": 9}),
        (WINDOW_OPERATIONS[2], {"Filters": [{"Key": "ExecutedAfter", "Values": ["2026"]}]}),
        (WINDOW_OPERATIONS[2], {"Filters": [{"Key": "STATUS", "Values": ["GONE"]}]}),
    ],
)
def test_window_operation_refuses_invalid_member(
    ssm: Any, window: WindowExecution, operation: str, members: dict[str, Any]
) -> None:
    """Bounds, patterns and filters are checked for the new operations as for the others."""
    request = {**_window_members(operation, window), **members}
    with pytest.raises(ClientError, match="ValidationException"):
        getattr(ssm, operation)(**request)


def test_token_of_another_operation_is_refused(server: Server, ssm: Any) -> None:
    """A token of one operation cannot be used for another."""
    store = server.executions
    window = store.add_window_execution(window_id=samples.WINDOW_ID)
    for _ in range(11):
        store.add_window_execution(window_id=samples.WINDOW_ID)
    first = ssm.describe_maintenance_window_executions(WindowId=samples.WINDOW_ID, MaxResults=10)
    with pytest.raises(ClientError, match="token is not valid"):
        ssm.describe_maintenance_window_execution_tasks(
            WindowExecutionId=window.window_execution_id, NextToken=first["NextToken"]
        )


@pytest.mark.parametrize("operation", OPERATIONS)
def test_fail_next_applies_to_every_operation(server: Server, ssm: Any, operation: str) -> None:
    """An injected error hits each operation, whatever its members."""
    server.executions.fail_next("ThrottlingException")
    with pytest.raises(ClientError, match="ThrottlingException"):
        getattr(ssm, xform_name(operation))()
