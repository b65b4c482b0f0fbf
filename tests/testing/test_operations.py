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
    """A plain boto3 client that sends whatever it is given."""
    return plain(endpoint_url=server.url, config=NO_RETRY)


@pytest.fixture(name="request_ids")
def _request_ids(task: TaskExecution) -> dict[str, Any]:
    window_execution_id, task_execution_id = task.task_ids
    return {"WindowExecutionId": window_execution_id, "TaskId": task_execution_id}


def _describe(ssm: Any, request: dict[str, Any]) -> Any:
    return ssm.describe_maintenance_window_execution_task_invocations(**request)


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
