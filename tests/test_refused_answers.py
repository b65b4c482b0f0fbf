"""Answers that are not what the service promises."""

from __future__ import annotations

import traceback
from datetime import datetime, timedelta, timezone
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssm_mwx import (
    Alarm,
    AlarmConfiguration,
    AlarmStateInformation,
    ExecutionStatus,
    ExternalAlarmState,
    InvocationPage,
    ResponseError,
    RunCommandParameters,
    TaskExecution,
    TaskInvocation,
    structure,
    unstructure,
)
from tests.support.fakes import SECRET, payload
from tests.support.models import (
    EPOCH,
    ITEMS,
)
from tests.support.strategies import json_values


def fault(data: Any, cls: type) -> ResponseError:
    """Return the error that refuses data; it has no cause or context that could hold a value."""
    with pytest.raises(ResponseError) as caught:
        structure(data, cls)
    error = caught.value
    assert (
        error.__cause__,
        error.__context__,
        getattr(error, "__notes__", []),
    ) == (None, None, [])
    return error


@pytest.mark.parametrize(
    "given",
    [
        "nan",
        float("nan"),
        float("inf"),
        "-inf",
        1e18,
        -1e18,
        10**400,
        "9" * 400,
        "9" * 5000,
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-1))),
        "2017-02-30T00:00:00Z",
        "noon",
        "",
        True,
        [EPOCH],
        b"1487692834",
    ],
)
def test_bad_time_is_refused(given: object) -> None:
    """A value that no datetime can hold is refused."""
    error = fault({"StartTime": given}, TaskExecution)

    assert str(error) == "StartTime: not a time"
    assert error.path == "StartTime"


FAULTS: list[tuple[dict[str, Any], type, str, str]] = [
    ({"TaskArn": 5}, TaskExecution, "TaskArn", "not a string"),
    ({"TaskArn": b"arn"}, TaskExecution, "TaskArn", "not a string"),
    ({"Status": 5}, TaskExecution, "Status", "not a string"),
    ({"Type": True}, TaskExecution, "Type", "not a string"),
    ({"Priority": "0"}, TaskExecution, "Priority", "not an integer"),
    ({"Priority": 1.0}, TaskExecution, "Priority", "not an integer"),
    ({"Priority": False}, TaskExecution, "Priority", "not an integer"),
    ({"EndTime": {}}, TaskExecution, "EndTime", "not a time"),
    ({"TaskParameters": {}}, TaskExecution, "TaskParameters", "not a list"),
    ({"TaskParameters": "ab"}, TaskExecution, "TaskParameters", "not a list"),
    ({"TaskParameters": ["ab"]}, TaskExecution, "TaskParameters[0]", "not an object"),
    ({"TaskParameters": [{"a": ["b"]}]}, TaskExecution, "TaskParameters[0]", "not an object"),
    ({"TaskParameters": [{5: {}}]}, TaskExecution, "TaskParameters[0]", "not a string"),
    (
        {"TaskParameters": [{"a": {"Values": "b"}}]},
        TaskExecution,
        "TaskParameters[0]",
        "not a list",
    ),
    (
        {"TaskParameters": [{"a": {"Values": [5]}}]},
        TaskExecution,
        "TaskParameters[0]",
        "not a string",
    ),
    ({"AlarmConfiguration": []}, TaskExecution, "AlarmConfiguration", "not an object"),
    (
        {"AlarmConfiguration": {"Alarms": [], "IgnorePollAlarmFailure": 0}},
        TaskExecution,
        "AlarmConfiguration.IgnorePollAlarmFailure",
        "not a boolean",
    ),
    ({"TriggeredAlarms": {}}, TaskExecution, "TriggeredAlarms", "not a list"),
    ({"Parameters": {}}, TaskInvocation, "Parameters", "not a string"),
    ({"OwnerInformation": 5}, TaskInvocation, "OwnerInformation", "not a string"),
    ({"NextToken": 5}, InvocationPage, "NextToken", "not a string"),
    ({ITEMS: {}}, InvocationPage, ITEMS, "not a list"),
    ({ITEMS: "ab"}, InvocationPage, ITEMS, "not a list"),
    ({ITEMS: [{}, None]}, InvocationPage, f"{ITEMS}[1]", "not an object"),
    (
        {ITEMS: [{}, {}, {}, {"StartTime": "noon"}]},
        InvocationPage,
        f"{ITEMS}[3].StartTime",
        "not a time",
    ),
    ({"Name": 5}, Alarm, "Name", "not a string"),
    ({"Alarms": [[]]}, AlarmConfiguration, "Alarms[0]", "not an object"),
    ({"Alarms": {}}, AlarmConfiguration, "Alarms", "not a list"),
]


@pytest.mark.parametrize(
    ("data", "cls", "path", "problem"),
    FAULTS,
)
def test_wrong_type_is_named_by_its_path(data: object, cls: type, path: str, problem: str) -> None:
    """A member of the wrong type, or a missing required one, is named by its path."""
    error = fault(data, cls)

    assert str(error) == f"{path}: {problem}"
    assert error.path == path


def test_shared_string_of_an_unusual_invocation_is_checked() -> None:
    """Beside an unknown status, None stays None and a value that is no string is refused."""
    item: dict[str, Any] = {"Status": "BRAND_NEW", "StatusDetails": None}

    assert structure(item, TaskInvocation) == TaskInvocation(status=ExecutionStatus("BRAND_NEW"))
    assert str(fault(item | {"StatusDetails": 5}, TaskInvocation)) == "StatusDetails: not a string"


def test_first_of_several_problems_is_named() -> None:
    """If several members are wrong, the first in the model's order is named."""
    error = fault({"EndTime": "noon", "TaskArn": 5, "Priority": "high"}, TaskExecution)

    assert str(error) == "TaskArn: not a string"


def test_status_that_is_a_list_is_refused() -> None:
    """A status that is a list is refused like any other wrong type."""
    error = fault({ITEMS: [{"Status": ["FAILED"]}]}, InvocationPage)

    assert error.path == f"{ITEMS}[0].Status"


@pytest.mark.parametrize("data", [None, 5, "Status", ["Status"], [{"Status": "FAILED"}]])
@pytest.mark.parametrize("cls", [TaskExecution, TaskInvocation, InvocationPage, Alarm])
def test_data_that_is_no_mapping_is_refused(data: object, cls: type) -> None:
    """Data that is not a mapping is refused as a whole."""
    error = fault(data, cls)

    assert (str(error), error.path) == ("not an object", None)


@pytest.mark.parametrize(
    ("data", "cls"),
    [
        ({}, TaskExecution),
        ({"ResponseMetadata": {"RequestId": "request-1"}}, TaskExecution),
        ({"status": "FAILED"}, TaskExecution),
        (payload("describe_invocations_cli.json"), TaskExecution),
        (payload("get_task_cli.json"), InvocationPage),
        ({"Number": 1, "RequestId": "request-1"}, InvocationPage),
        ({"RawParameters": "{}"}, TaskInvocation),
        ({}, AlarmConfiguration),
        ({"Alarms": []}, Alarm),
        ({}, AlarmStateInformation),
    ],
)
def test_mapping_without_a_member_is_refused(data: dict[str, Any], cls: type) -> None:
    """A mapping without any member of the class is refused."""
    assert str(fault(data, cls)) == f"no member of {cls.__name__} is there"


TWO_ALARMS = AlarmConfiguration((Alarm(), Alarm()))
TRIGGERED = (AlarmStateInformation("", ExternalAlarmState.ALARM),)


@pytest.mark.parametrize(
    ("member", "value", "expected"),
    [
        ("AlarmConfiguration", {}, AlarmConfiguration()),
        ("AlarmConfiguration", {"Alarms": None}, AlarmConfiguration()),
        (
            "AlarmConfiguration",
            {"Alarms": [{}, {"Name": None}]},
            AlarmConfiguration((Alarm(), Alarm())),
        ),
        (
            "TriggeredAlarms",
            [{"State": "ALARM"}],
            TRIGGERED,
        ),
        ("TriggeredAlarms", [{"Name": "a", "State": None}], (AlarmStateInformation("a"),)),
    ],
)
def test_incomplete_alarm_leaves_the_status(member: str, value: object, expected: object) -> None:
    """An alarm without its required members does not take the task's status with it."""
    task = structure({"Status": "FAILED", member: value}, TaskExecution)

    assert task.status == "FAILED"
    assert expected in (task.alarm_configuration, task.triggered_alarms)


@pytest.mark.parametrize("cls", [dict, str, object, RunCommandParameters])
def test_class_that_is_no_model_is_refused(cls: type) -> None:
    """Only models can be structured and unstructured."""
    models = ".*TaskExecution, TaskInvocation, .*InvocationPage.*"

    with pytest.raises(TypeError, match=f"^cls must be one of {models}, got the class"):
        structure({"Status": "FAILED"}, cls)
    with pytest.raises(TypeError, match=f"^obj must be one of {models}, got .*{cls.__name__}|''$"):
        unstructure(cls())


@pytest.mark.parametrize(
    ("data", "cls"),
    [
        (SECRET, TaskExecution),
        ([SECRET], InvocationPage),
        ({SECRET: SECRET}, TaskExecution),
        ({"TaskParameters": SECRET}, TaskExecution),
        ({"TaskParameters": [{SECRET: {"Values": [SECRET, 5]}}]}, TaskExecution),
        ({"TaskParameters": [{SECRET: {SECRET: SECRET, "Values": {SECRET: 5}}}]}, TaskExecution),
        ({"Status": [SECRET]}, TaskExecution),
        ({"StartTime": SECRET}, TaskExecution),
        ({"Parameters": [SECRET]}, TaskInvocation),
        ({"Parameters": {SECRET: SECRET}}, TaskInvocation),
        ({"OwnerInformation": [SECRET]}, TaskInvocation),
        ({"OwnerInformation": SECRET, "Parameters": SECRET, "StartTime": SECRET}, TaskInvocation),
        ({ITEMS: [{"Parameters": SECRET, "OwnerInformation": [SECRET]}]}, InvocationPage),
        ({ITEMS: [{"Parameters": SECRET}, SECRET]}, InvocationPage),
        ({ITEMS: SECRET}, InvocationPage),
        ({"AlarmConfiguration": {"Alarms": [{"Name": {SECRET: SECRET}}]}}, TaskExecution),
    ],
)
def test_response_error_holds_no_value(data: object, cls: type) -> None:
    """The error names the path, and holds no value that a log would show."""
    error = fault(data, cls)

    shown = [*traceback.format_exception_only(error), repr(error), str(vars(error))]
    assert [each for each in shown if SECRET in each] == []


class BrokenMapping(dict[str, Any]):
    """A caller's own mapping, whose error contains a secret."""

    def __getitem__(self, _key: str) -> Any:
        error = RuntimeError(SECRET)
        error.add_note(SECRET)
        raise error


def test_error_of_a_broken_mapping_names_only_the_path() -> None:
    """If reading the data itself fails, the error names only the path."""
    error = fault({ITEMS: [{}, BrokenMapping(Parameters="{}")]}, InvocationPage)

    assert str(error) == f"{ITEMS}[1].Parameters: cannot be read"


@pytest.mark.slow
@given(
    cls=st.sampled_from([TaskExecution, TaskInvocation, InvocationPage, AlarmConfiguration]),
    data=st.data(),
)
def test_any_json_is_structured_or_refused(cls: type[Any], data: st.DataObject) -> None:
    """Any JSON in the members becomes a model or a `ResponseError`."""
    fields: tuple[Any, ...] = attrs.fields(cls)
    names = ["".join(word.capitalize() for word in field.name.split("_")) for field in fields]
    members = data.draw(
        st.dictionaries(st.sampled_from([*names, ITEMS, "Parameters"]), json_values)
    )

    try:
        result = structure(members, cls)
    except ResponseError as error:
        result = error

    assert type(result) in (cls, ResponseError)
    assert result.__class__ is cls or result.__context__ is None
