"""Requests and answers on the wire have AWS's form, whichever SDK sends and reads them."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.core import set_initial_no_auth_action_count

from ssm_mwx import AccessDeniedError, MaintenanceWindowClient, TaskExecution
from ssm_mwx.testing import ExecutionStore, Server, mock_maintenance_windows
from ssm_mwx.testing.operations import OPERATIONS
from tests.support.clients import plain
from tests.testing import raw_http
from tests.testing.raw_http import Response

GET = "GetMaintenanceWindowExecutionTask"
DESCRIBE = "DescribeMaintenanceWindowExecutionTaskInvocations"
UNKNOWN_ID = "11111111-2222-3333-4444-555555555555"


@pytest.fixture(name="ids")
def _ids(task: TaskExecution) -> dict[str, Any]:
    window_execution_id, task_execution_id = task.task_ids
    return {"WindowExecutionId": window_execution_id, "TaskId": task_execution_id}


def _assert_error(response: Response, code: str) -> None:
    assert (response.status, response.headers["x-amzn-errortype"]) == (400, code)
    assert response.headers["content-type"] == "application/x-amz-json-1.1"
    assert response.headers["x-amzn-requestid"]
    assert response.document["__type"] == code
    assert response.document["Message"] == response.document["message"]


@pytest.mark.parametrize("operation", ["DescribeMaintenanceWindows", *OPERATIONS])
def test_answer_has_the_content_type_of_aws(
    server: Server, ids: dict[str, Any], operation: str
) -> None:
    """Answers and errors have one content type, of moto's operations too."""
    response = raw_http.call(server.url, operation, ids)
    assert response.headers["content-type"] == "application/x-amz-json-1.1"
    assert response.headers["x-amzn-requestid"]


@pytest.mark.parametrize(
    ("operation", "members", "code"),
    [
        (GET, {"WindowExecutionId": UNKNOWN_ID, "TaskId": UNKNOWN_ID}, "DoesNotExistException"),
        (DESCRIBE, {}, "ValidationException"),
        (GET, b"{", "SerializationException"),
        (GET, b"\xff", "SerializationException"),
        (GET, b"[" * 100_000, "SerializationException"),
        (GET, [], "SerializationException"),
        (GET, "text", "SerializationException"),
        (GET, None, "SerializationException"),
        ("GetParameter", {"Name": 5}, "SerializationException"),
        ("GetParameter", {"Name": "unknown"}, "ParameterNotFound"),
        ("GetMaintenanceWindow", {"WindowId": "mw-12345678901234567"}, "DoesNotExistException"),
        ("GetConnectionStatus", {"Target": "i-12345678"}, "UnknownOperationException"),
        ("GetNonsense", {}, "UnknownOperationException"),
        ("", {}, "UnknownOperationException"),
    ],
)
def test_error_has_the_form_of_aws(
    server: Server, operation: str, members: object, code: str
) -> None:
    """Every error is JSON that names its code, and its message under both names."""
    _assert_error(raw_http.call(server.url, operation, members), code)


WRONG_TYPES: list[tuple[dict[str, Any], str]] = [
    ({"TaskId": 5}, "TaskId must be of the type string, got the number 5"),
    ({"MaxResults": "50"}, "MaxResults must be of the type integer, got a string"),
    ({"MaxResults": 50.5}, "MaxResults must be of the type integer, got the number 50.5"),
    ({"MaxResults": True}, "MaxResults must be of the type integer, got a boolean"),
    ({"Filters": {"Key": "STATUS"}}, "Filters must be of the type list, got an object"),
    ({"Filters": [5]}, "Filters[0] must be of the type structure, got the number 5"),
    ({"Filters": [None]}, "Filters[0] must be of the type structure, got null"),
    (
        {"Filters": [{"Values": [[]]}]},
        "Filters[0].Values[0] must be of the type string, got ",
    ),
    ({"NextToken": 5}, "NextToken must be of the type string, got the number 5"),
]


@pytest.mark.parametrize(("members", "expected"), WRONG_TYPES)
def test_member_of_the_wrong_json_type_is_refused(
    server: Server, ids: dict[str, Any], members: dict[str, Any], expected: str
) -> None:
    """What SDKs that check nothing send is a SerializationException that names the member."""
    response = raw_http.call(server.url, DESCRIBE, {**ids, **members})
    _assert_error(response, "SerializationException")
    assert expected in response.document["message"]


@pytest.mark.parametrize("members", [{"MaxResults": None}, {"Filters": None}, {"Other": [5]}])
def test_null_and_unknown_members_are_ignored(
    server: Server, ids: dict[str, Any], members: dict[str, Any]
) -> None:
    """A null is an absent member, and a member that the operation does not have is ignored."""
    assert raw_http.call(server.url, DESCRIBE, {**ids, **members}).status == 200
    assert server.executions.requests[-1] == (DESCRIBE, ids)


def test_missing_operation_is_an_error_of_aws_in_process(
    maintenance_window_executions: ExecutionStore,
) -> None:
    """Inside the process too, an operation that moto lacks is AWS's error."""
    with pytest.raises(ClientError, match=r"UnknownOperationException.*GetConnectionStatus"):
        plain().get_connection_status(Target="i-12345678")
    assert maintenance_window_executions.requests == [
        ("GetConnectionStatus", {"Target": "i-12345678"})
    ]


def test_parameters_of_every_type_reach_moto(
    maintenance_window_executions: ExecutionStore,
) -> None:
    """Maps, times, booleans and numbers of moto's operations pass the check of types."""
    parameters = {"commands": ["date"]}
    ids = {"InstanceIds": ["i-12345678"], "DocumentName": "AWS-RunShellScript"}
    plain().put_parameter(Name="a", Value="b", Type="String", Overwrite=True)
    plain().send_command(**ids, Parameters=parameters, TimeoutSeconds=60)
    assert maintenance_window_executions.requests == [
        ("PutParameter", {"Name": "a", "Value": "b", "Type": "String", "Overwrite": True}),
        ("SendCommand", {**ids, "Parameters": parameters, "TimeoutSeconds": 60}),
    ]


def test_denied_call_is_an_error_of_aws() -> None:
    """A call that moto's IAM denies is AWS's AccessDeniedException, whoever answers it."""
    with mock_maintenance_windows() as executions:
        task = executions.add_task()
        plain("iam").create_user(UserName="reader")
        key = plain("iam").create_access_key(UserName="reader")["AccessKey"]
        session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"])
        client = MaintenanceWindowClient(session=session)
        check_permissions: Any = set_initial_no_auth_action_count(0)
        with pytest.raises(AccessDeniedError, match="user/reader is not authorized") as caught:
            check_permissions(client.get_task_execution)(*task.task_ids)
    assert caught.value.code == "AccessDeniedException"
