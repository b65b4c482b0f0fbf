"""The operations of the fake AWS behave as AWS documents, for any client."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from ssm_mwx import (
    InternalServerError,
    MaintenanceWindowClient,
    TaskExecution,
    ThrottlingError,
    ValidationError,
)
from ssm_mwx.testing import Server, samples
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
        ({"Filters": [{"Key": "STATUS"}]}, "enum value set"),
        ({"Filters": [{"Values": ["FAILED"]}]}, "Value null at 'filters.1.member.key'"),
        ({"Filters": [{"Key": "STATUS", "Values": [""]}]}, "at 'filters.1.member.values.1.member'"),
        ({"Filters": [{"Key": "STATUS", "Values": ["FAILED"]}] * 6}, "less than or equal to 5"),
        ({"NextToken": "unknown"}, "token is not valid"),
        ({"NextToken": "not/base64*"}, "token is not valid"),
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


def test_filter_selects_by_status(server: Server, task: TaskExecution) -> None:
    """Each page has only invocations of the requested statuses."""
    wanted = {"FAILED", "TIMED_OUT"}
    with MaintenanceWindowClient(endpoint_url=server.url) as client:
        pager = client.iter_task_invocations(*task.task_ids, statuses=wanted, page_size=10)
        expected = [item for item in samples.patch_run()[1] if item.status in wanted]
        assert list(pager) == expected
        assert [len(page) for page in pager.pages()] == [10, 7]


def test_token_is_opaque_and_empty_on_the_last_page(ssm: Any, request_ids: dict[str, Any]) -> None:
    """The last page's token is empty, and the page size may change between pages."""
    request = {**request_ids, "MaxResults": 100}
    first = _describe(ssm, request)
    second = _describe(ssm, {**request, "NextToken": first["NextToken"]})
    last = _describe(ssm, {**request, "NextToken": second["NextToken"]})
    unsized = _describe(ssm, request_ids)
    assert len(first["NextToken"]) > 36
    assert last["NextToken"] == ""
    assert len(unsized["WindowExecutionTaskInvocationIdentities"]) == 50


def test_token_of_another_request_is_refused(
    server: Server, ssm: Any, request_ids: dict[str, Any]
) -> None:
    """A token is valid for its own task, filter and Region only."""
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
def test_fail_next_injects_errors(
    server: Server, task: TaskExecution, code: str, status: int, error: type[Exception]
) -> None:
    """`fail_next` makes the given number of calls fail with the code."""
    server.executions.fail_next(code, times=2)
    with MaintenanceWindowClient(endpoint_url=server.url, config=NO_RETRY) as client:
        for _ in range(2):
            with pytest.raises(error) as caught:
                client.get_task_execution(*task.task_ids)
            assert getattr(caught.value, "http_status", None) == status
        assert task == client.get_task_execution(*task.task_ids)
