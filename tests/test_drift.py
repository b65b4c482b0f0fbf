"""The models against the service model of the botocore that is installed.

At run time, a member or value of a newer service is ignored or kept. Once botocore knows it, one of
these tests fails and names it.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any

import attrs
import botocore.session
import pytest

from ssm_mwx import (
    Alarm,
    AlarmConfiguration,
    AlarmStateInformation,
    CloudWatchOutputConfig,
    CommandInvocation,
    CommandInvocationPage,
    CommandInvocationStatus,
    CommandPlugin,
    ExecutionStatus,
    ExternalAlarmState,
    InvalidRequestError,
    InvocationPage,
    MaintenanceWindowClient,
    NotificationConfig,
    ServiceError,
    TaskExecution,
    TaskExecutionIdentity,
    TaskExecutionPage,
    TaskInvocation,
    TaskType,
    WindowExecution,
    WindowExecutionPage,
    structure,
    unstructure,
)
from ssm_mwx.operations import (
    DESCRIBE_INVOCATIONS,
    DESCRIBE_TASKS,
    DESCRIBE_WINDOW_EXECUTIONS,
    GET_WINDOW_EXECUTION,
    LIST_COMMAND_INVOCATIONS,
    OPERATION_NAMES,
    Operation,
)
from tests.support.fakes import SECRET, FakeSsmClient, client_error

GET = "GetMaintenanceWindowExecutionTask"
DESCRIBE = "DescribeMaintenanceWindowExecutionTaskInvocations"
SERVICE: Any = botocore.session.get_session().get_service_model("ssm")

SHAPES = {
    "DescribeMaintenanceWindowExecutionsResult": WindowExecutionPage,
    "DescribeMaintenanceWindowExecutionTasksResult": TaskExecutionPage,
    "ListCommandInvocationsResult": CommandInvocationPage,
    "MaintenanceWindowExecutionTaskIdentity": TaskExecutionIdentity,
    "CommandInvocation": CommandInvocation,
    "CommandPlugin": CommandPlugin,
    "NotificationConfig": NotificationConfig,
    "CloudWatchOutputConfig": CloudWatchOutputConfig,
    "GetMaintenanceWindowExecutionTaskResult": TaskExecution,
    "DescribeMaintenanceWindowExecutionTaskInvocationsResult": InvocationPage,
    "MaintenanceWindowExecutionTaskInvocationIdentity": TaskInvocation,
    "AlarmConfiguration": AlarmConfiguration,
    "Alarm": Alarm,
    "AlarmStateInformation": AlarmStateInformation,
}
OUTPUT_OF_COMMANDS = {"Output", "TraceOutput"}
"""Members that the service model does not mark as sensitive, and that are redacted too."""
ENUMS = {
    "CommandInvocationStatus": CommandInvocationStatus,
    "MaintenanceWindowExecutionStatus": ExecutionStatus,
    "MaintenanceWindowTaskType": TaskType,
    "ExternalAlarmState": ExternalAlarmState,
}


def _example(shape: Any) -> Any:
    """Return a value of the shape with every member set, and a secret as every free text."""
    match shape.type_name:
        case "structure":
            return {name: _example(member) for name, member in shape.members.items()}
        case "list":
            return [_example(shape.member)]
        case "map":
            return {"Name": _example(shape.value)}
        case "string":
            return shape.enum[0] if shape.enum else SECRET
        case plain:
            return {"integer": 1, "boolean": True, "timestamp": 1.5}[plain]


def _is_sensitive(shape: Any) -> bool:
    return bool(shape.metadata.get("sensitive"))


@pytest.mark.parametrize(("name", "model"), SHAPES.items(), ids=SHAPES)
def test_output_member_has_a_field(name: str, model: type[Any]) -> None:
    """Every member of the service model, and no other, round-trips through a model."""
    example = _example(SERVICE.shape_for(name))
    instance = structure(example, model)
    fields = [field for field in attrs.fields(model) if field.init and field.eq]
    assert unstructure(instance).keys() == example.keys()
    assert len(example) == len(fields)
    assert [field.name for field in fields if getattr(instance, field.name) is None] == []


@pytest.mark.parametrize(("name", "enum"), ENUMS.items(), ids=ENUMS)
def test_enum_value_has_a_member(name: str, enum: type[StrEnum]) -> None:
    """Every value of the service model is a known member, in the same order."""
    assert SERVICE.shape_for(name).enum == [member.value for member in enum]


@pytest.mark.parametrize(("name", "model"), SHAPES.items(), ids=SHAPES)
def test_sensitive_member_is_redacted(name: str, model: type[Any]) -> None:
    """Exactly the members that the service model marks as sensitive are redacted."""
    shape = SERVICE.shape_for(name)
    instance = structure(_example(shape), model)
    shown = unstructure(instance, redact_sensitive=True)
    expected = {name for name, member in shape.members.items() if _is_sensitive(member)}
    expected |= OUTPUT_OF_COMMANDS & shape.members.keys()
    assert {name for name, value in shown.items() if value == "<sensitive>"} == expected
    free = {name for name in shown if name not in expected}
    without_them = structure({name: _example(shape.members[name]) for name in free}, model)
    assert repr(without_them).count(SECRET) == repr(instance).count(SECRET)


def test_window_execution_has_the_members_of_both_operations() -> None:
    """`WindowExecution` has every member of the listing's items and of the answer."""
    item = SERVICE.shape_for("MaintenanceWindowExecution")
    answer = SERVICE.shape_for("GetMaintenanceWindowExecutionResult")
    example = _example(item) | _example(answer)
    instance = structure(example, WindowExecution)
    assert unstructure(instance).keys() == example.keys()
    assert len(attrs.fields(WindowExecution)) == len(example)
    assert repr(instance).count("<sensitive>") == 0


def test_plugin_status_is_a_command_status() -> None:
    """Every status of a plugin is one of a command on a node."""
    plugin = SERVICE.shape_for("CommandPluginStatus").enum
    assert set(plugin) <= set(CommandInvocationStatus)


@pytest.mark.parametrize("operation", sorted(OPERATION_NAMES))
def test_declared_error_has_a_class(operation: str) -> None:
    """Every error that the operation declares has a class of its own."""
    declared = {shape.error_code for shape in SERVICE.operation_model(operation).error_shapes}
    assert "InternalServerError" in declared
    raised = [ServiceError.from_client_error(client_error(code)) for code in declared]
    assert [error.code for error in raised if type(error) is ServiceError] == []


def test_request_member_is_known() -> None:
    """The requests have the members that are sent, and no more."""
    get = SERVICE.operation_model(GET).input_shape.members
    describe = SERVICE.operation_model(DESCRIBE).input_shape.members
    assert set(get) == {"WindowExecutionId", "TaskId"}
    assert set(describe) == {*get, "Filters", "MaxResults", "NextToken"}


@pytest.mark.parametrize(
    "operation",
    [DESCRIBE_INVOCATIONS, DESCRIBE_TASKS, DESCRIBE_WINDOW_EXECUTIONS, LIST_COMMAND_INVOCATIONS],
    ids=lambda operation: operation.name,
)
def test_page_sizes_are_the_service_model_s(operation: Operation[Any]) -> None:
    """The bounds of ``MaxResults`` are those of the service model."""
    members = SERVICE.operation_model(operation.name).input_shape.members
    size = members["MaxResults"].metadata
    assert operation.page_sizes == range(size["min"], size["max"] + 1)


def test_window_id_is_checked_as_the_service_does() -> None:
    """The pattern of a window's id is that of the service model."""
    members = SERVICE.operation_model("DescribeMaintenanceWindowExecutions").input_shape.members
    pattern = members["WindowId"].metadata["pattern"]
    client = MaintenanceWindowClient(FakeSsmClient())
    good = "mw-0123456789abcdef0"
    assert re.search(pattern, good)
    client.iter_window_executions(good)
    for bad in (
        good[:-1],
        good + "0",
        good.upper(),
        "mw_0123456789abcdef0",
        "mw-0123456789abcdeg0",
    ):
        assert not re.search(pattern, bad)
        with pytest.raises(InvalidRequestError):
            client.iter_window_executions(bad)


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (DESCRIBE_WINDOW_EXECUTIONS, {"WindowId", "Filters", "MaxResults", "NextToken"}),
        (GET_WINDOW_EXECUTION, {"WindowExecutionId"}),
        (DESCRIBE_TASKS, {"WindowExecutionId", "Filters", "MaxResults", "NextToken"}),
        (
            LIST_COMMAND_INVOCATIONS,
            {"CommandId", "InstanceId", "MaxResults", "NextToken", "Filters", "Details"},
        ),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_request_members_are_the_service_model_s(
    operation: Operation[Any], expected: set[str]
) -> None:
    """AWS takes no member that this library does not know of."""
    assert set(SERVICE.operation_model(operation.name).input_shape.members) == expected


def test_request_bounds_are_the_service_model_s() -> None:
    """Lengths, pattern and page size are those of the service model."""
    members = SERVICE.operation_model(DESCRIBE).input_shape.members
    size = members["MaxResults"].metadata
    ids = members["WindowExecutionId"].metadata
    assert members["TaskId"].metadata == ids
    client = MaintenanceWindowClient(FakeSsmClient({None: {}}))
    good = "0c9ac961-dafd-4a94-b6c7-1bef3E222222"
    assert (ids["min"], ids["max"]) == (36, 36)
    for value in (size["min"], size["max"]):
        client.describe_task_invocations(good, good, max_results=value)
    for value in (size["min"] - 1, size["max"] + 1):
        with pytest.raises(InvalidRequestError, match=f"{size['min']} to {size['max']}"):
            client.describe_task_invocations(good, good, max_results=value)
    for bad in (good[:-1], good + "0", "g" + good[1:], good.replace("-", "_")):
        with pytest.raises(InvalidRequestError):
            client.describe_task_invocations(bad, good)


def test_protocol_is_the_one_decoded_here() -> None:
    """The protocol is JSON 1.1, with times as epoch seconds."""
    assert "json" in SERVICE.metadata.get("protocols", [SERVICE.metadata["protocol"]])
    assert SERVICE.metadata["jsonVersion"] == "1.1"
    assert SERVICE.shape_for("DateTime").serialization.get("timestampFormat") is None
