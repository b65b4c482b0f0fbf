from __future__ import annotations

import codecs
import json
import time
import traceback
import warnings
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import attrs
import botocore.session
import pytest
from botocore.utils import parse_timestamp
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
    TaskType,
    load_task_execution,
    load_task_invocations,
    structure,
    unstructure,
    wire,
)
from tests.support.fakes import PAYLOADS, SECRET, payload
from tests.support.strategies import json_values, models

ITEMS = "WindowExecutionTaskInvocationIdentities"
EPOCH = 1487692834.723
TIME = datetime(2017, 2, 21, 16, 0, 34, 723000, tzinfo=UTC)

TASK_OF_API_REFERENCE = TaskExecution(
    window_execution_id="b40a588d-32a7-4ea7-9a6b-b4ef436EXAMPLE",
    task_execution_id="0c9ac961-dafd-4a94-b6c7-1bef3EXAMPLE",
    task_arn="AWS-RunPatchBaseline",
    service_role=(
        "arn:aws:iam::111122223333:role/aws-service-role/ssm.amazonaws.com/"
        "AWSServiceRoleForAmazonSSM"
    ),
    type=TaskType.RUN_COMMAND,
    task_parameters=(
        {
            "BaselineOverride": ("",),
            "InstallOverrideList": ("",),
            "Operation": ("Scan",),
            "RebootOption": ("RebootIfNeeded",),
            "SnapshotId": ("{{ aws:ORCHESTRATION_ID }}",),
            "aws:InstanceId": ("i-02573cafcfEXAMPLE", "i-0471e04240EXAMPLE", "i-07782c72faEXAMPLE"),
        },
    ),
    priority=1,
    max_concurrency="1",
    max_errors="3",
    status=ExecutionStatus.SUCCESS,
    start_time=datetime(2021, 8, 4, 18, 45, 35, 88000, tzinfo=UTC),
    end_time=datetime(2021, 8, 4, 18, 48, 9, 79000, tzinfo=UTC),
)
TASK_OF_CLI = TaskExecution(
    window_execution_id="518d5565-5969-4cca-8f0e-da3b2a638355",
    task_execution_id="ac0c6ae1-daa3-4a89-832e-d384503b6586",
    task_arn="AWS-RunShellScript",
    service_role="arn:aws:iam::812345678901:role/MaintenanceWindowsRole",
    type=TaskType.RUN_COMMAND,
    task_parameters=({"commands": ("df",), "aws:InstanceId": ("i-0000293ffd8c57862",)},),
    priority=10,
    max_concurrency="1",
    max_errors="1",
    status=ExecutionStatus.SUCCESS,
    start_time=datetime(2017, 2, 21, 16, 0, 34, 684000, tzinfo=UTC),
    end_time=datetime(2017, 2, 21, 16, 0, 35, 5000, tzinfo=UTC),
)
INVOCATION_OF_API_REFERENCE = TaskInvocation(
    window_execution_id="b40a588d-32a7-4ea7-9a6b-b4ef4EXAMPLE",
    task_execution_id="0c9ac961-dafd-4a94-b6c7-1bef3EXAMPLE",
    invocation_id="0e466033-290b-4d74-9ae0-f33e3EXAMPLE",
    execution_id="1203cf98-5a79-4ec3-97e9-12e0bEXAMPLE",
    task_type=TaskType.RUN_COMMAND,
    raw_parameters=(
        '{"comment":"","documentName":"AWS-ApplyPatchBaseline",'
        '"instanceIds":["i-00ec29b21eEXAMPLE","i-09911ddd90EXAMPLE"],"maxConcurrency":"1",'
        '"maxErrors":"1","parameters":{"SnapshotId":[""],"Operation":["Install"]},'
        '"timeoutSeconds":600}'
    ),
    status=ExecutionStatus.SUCCESS,
    status_details="Success",
    start_time=datetime(2024, 8, 4, 18, 35, 35, 170000, tzinfo=UTC),
    end_time=datetime(2024, 8, 4, 18, 42, 11, 330000, tzinfo=UTC),
)
INVOCATION_OF_CLI = TaskInvocation(
    window_execution_id="518d5565-5969-4cca-8f0e-da3b2a638355",
    task_execution_id="ac0c6ae1-daa3-4a89-832e-d384503b6586",
    invocation_id="e274b6e1-fe56-4e32-bd2a-8073c6381d8b",
    raw_parameters=(
        '{"documentName":"AWS-RunShellScript","instanceIds":["i-0000293ffd8c57862"],'
        '"parameters":{"commands":["df"]},"maxConcurrency":"1","maxErrors":"1"}'
    ),
    status=ExecutionStatus.SUCCESS,
    start_time=TIME,
    end_time=datetime(2017, 2, 21, 16, 0, 34, 871000, tzinfo=UTC),
)
DOCUMENTED: list[tuple[str, TaskExecution | InvocationPage]] = [
    ("get_task_api_reference.json", TASK_OF_API_REFERENCE),
    ("get_task_cli.json", TASK_OF_CLI),
    ("describe_invocations_api_reference.json", InvocationPage((INVOCATION_OF_API_REFERENCE,))),
    ("describe_invocations_cli.json", InvocationPage((INVOCATION_OF_CLI,))),
]

FAILED = TaskInvocation(status=ExecutionStatus.FAILED)
FULL_TASK = TaskExecution(
    window_execution_id="window",
    task_execution_id="task",
    task_arn="arn",
    service_role="role",
    type=TaskType("BRAND_NEW"),
    task_parameters=({"commands": ("df", SECRET), "none": ()}, {}),
    priority=0,
    max_concurrency="10%",
    max_errors="1",
    status=ExecutionStatus.FAILED,
    status_details="Failed",
    start_time=TIME,
    end_time=TIME + timedelta(seconds=1.277),
    alarm_configuration=AlarmConfiguration((Alarm("alarm-1"),), ignore_poll_alarm_failure=False),
    triggered_alarms=(AlarmStateInformation("alarm-1", ExternalAlarmState.ALARM),),
)
FULL_INVOCATION = TaskInvocation(
    window_execution_id="window",
    task_execution_id="task",
    invocation_id="invocation",
    execution_id="execution",
    task_type=TaskType.LAMBDA,
    raw_parameters=SECRET,
    status=ExecutionStatus.PENDING,
    status_details="",
    start_time=TIME,
    end_time=TIME,
    owner_information=SECRET,
    window_target_id="target",
)
FULL_PAGE = InvocationPage((FULL_INVOCATION, TaskInvocation()), "token 2")


def start_time(value: object) -> datetime | None:
    """What a time becomes."""
    return structure({"StartTime": value}, TaskExecution).start_time


def fault(data: Any, cls: type) -> ResponseError:
    """The error that data is refused with; it has nothing behind it that could hold a value."""
    with pytest.raises(ResponseError) as caught:
        structure(data, cls)
    error = caught.value
    assert (
        error.__cause__,
        error.__context__,
        getattr(error, "__notes__", []),
    ) == (None, None, [])
    return error


# --- what AWS documents ---


@pytest.mark.parametrize(("name", "model"), DOCUMENTED, ids=[name for name, _ in DOCUMENTED])
def test_documented_answers(name: str, model: TaskExecution | InvocationPage) -> None:
    """AWS's documented answers become models, and those become the same answers again."""
    result = structure(payload(name), type(model))

    assert model == result
    assert result == structure(unstructure(result), type(model))
    assert payload(name).keys() == unstructure(result).keys()


def test_documented_parameters() -> None:
    """The documented `Parameters` are read to the last member, with and without a TaskType."""
    assert (
        RunCommandParameters(
            document_name="AWS-ApplyPatchBaseline",
            instance_ids=("i-00ec29b21eEXAMPLE", "i-09911ddd90EXAMPLE"),
            comment="",
            max_concurrency="1",
            max_errors="1",
            parameters={"SnapshotId": ("",), "Operation": ("Install",)},
            timeout_seconds=600,
        )
        == INVOCATION_OF_API_REFERENCE.parameters
    )
    assert (
        RunCommandParameters(
            document_name="AWS-RunShellScript",
            instance_ids=("i-0000293ffd8c57862",),
            max_concurrency="1",
            max_errors="1",
            parameters={"commands": ("df",)},
        )
        == INVOCATION_OF_CLI.parameters
    )


# Of the service model's members, those that a model of ours stands for.
SHAPES: list[tuple[Any, str]] = [
    (FULL_TASK, "GetMaintenanceWindowExecutionTaskResult"),
    (FULL_INVOCATION, "MaintenanceWindowExecutionTaskInvocationIdentity"),
    (FULL_PAGE, "DescribeMaintenanceWindowExecutionTaskInvocationsResult"),
    (FULL_TASK.alarm_configuration, "AlarmConfiguration"),
    (Alarm("alarm-1"), "Alarm"),
    (AlarmStateInformation("alarm-1", ExternalAlarmState.ALARM), "AlarmStateInformation"),
]


@pytest.mark.parametrize(("model", "name"), SHAPES, ids=[name for _, name in SHAPES])
def test_service_model(model: object, name: str) -> None:
    """Every member of botocore's service model has a field, and is sensitive where AWS says so."""
    shape: Any = botocore.session.get_session().get_service_model("ssm").shape_for(name)

    shown = unstructure(model, redact_sensitive=True)

    assert set(shape.members) == set(shown)
    assert {
        member for member, inner in shape.members.items() if inner.metadata.get("sensitive")
    } == {member for member, value in shown.items() if value == "<sensitive>"}


# --- values in ---


def test_structure_all() -> None:
    """Every member becomes its field, of its type."""
    assert (
        structure(
            {
                "WindowExecutionId": "window",
                "TaskExecutionId": "task",
                "TaskArn": "arn",
                "ServiceRole": "role",
                "Type": "BRAND_NEW",
                "TaskParameters": [{"commands": {"Values": ["df", SECRET]}, "none": {}}, {}],
                "Priority": 0,
                "MaxConcurrency": "10%",
                "MaxErrors": "1",
                "Status": "FAILED",
                "StatusDetails": "Failed",
                "StartTime": EPOCH,
                "EndTime": EPOCH + 1.277,
                "AlarmConfiguration": {
                    "Alarms": [{"Name": "alarm-1"}],
                    "IgnorePollAlarmFailure": False,
                },
                "TriggeredAlarms": [{"Name": "alarm-1", "State": "ALARM"}],
                "ResponseMetadata": {"RequestId": "request-1"},
            },
            TaskExecution,
        )
        == FULL_TASK
    )


@pytest.mark.parametrize("cls", [TaskExecution, TaskInvocation])
def test_structure_nothing(cls: type[TaskExecution | TaskInvocation]) -> None:
    """A member that is null is as good as absent."""
    names = unstructure(cls())

    assert set(names.values()) == {None}
    assert cls() == structure(names, cls)
    assert [cls()] * len(names) == [structure({name: None}, cls) for name in names]


def test_structure_enums() -> None:
    """A known status is the enum's own member, so that it may be compared in any way."""
    assert structure({"Status": "FAILED"}, TaskExecution).status is ExecutionStatus.FAILED


TASK_PARAMETERS: list[tuple[Any, Any]] = [
    (None, None),
    ([], ()),
    ([{}], ({},)),
    ([{"a": {"Values": ["b", "c"]}}, {"a": {"Values": []}}], ({"a": ("b", "c")}, {"a": ()})),
    ([{"a": {}, "b": None, "c": {"Values": None}}], ({"a": (), "b": (), "c": ()},)),
    (({"a": {"Values": ("b",)}},), ({"a": ("b",)},)),
]


@pytest.mark.parametrize(
    ("given", "expected"),
    TASK_PARAMETERS,
)
def test_task_parameters(given: object, expected: object) -> None:
    """The level of `Values` is folded away; empty is not absent."""
    assert structure({"TaskParameters": given}, TaskExecution).task_parameters == expected


PAGES: list[tuple[dict[str, Any], InvocationPage]] = [
    ({ITEMS: []}, InvocationPage()),
    ({ITEMS: None, "NextToken": None}, InvocationPage()),
    ({"NextToken": ""}, InvocationPage()),
    ({"NextToken": "token 2"}, InvocationPage(next_token="token 2")),
    ({ITEMS: [{}]}, InvocationPage((TaskInvocation(),))),
    ({ITEMS: ({"Status": "FAILED"},)}, InvocationPage((FAILED,))),
]


@pytest.mark.parametrize(
    ("answer", "page"),
    PAGES,
)
def test_pages(answer: dict[str, Any], page: InvocationPage) -> None:
    """A page has what AWS sent; an empty token is none."""
    assert page == structure(answer, InvocationPage)


def test_any_mapping() -> None:
    """Any mapping will do, not only a dict."""
    data: Mapping[str, Any] = MappingProxyType(
        {"TaskParameters": (MappingProxyType({"a": MappingProxyType({"Values": ("b",)})}),)}
    )

    assert structure(data, TaskExecution) == TaskExecution(task_parameters=({"a": ("b",)},))


# --- times ---


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (-1.5, datetime(1969, 12, 31, 23, 59, 58, 500000, tzinfo=UTC)),
        (1487692834, TIME.replace(microsecond=0)),
        (EPOCH, TIME),
        (str(EPOCH), TIME),
        ("1487692834", TIME.replace(microsecond=0)),
        (TIME, TIME),
        (TIME.astimezone(timezone(timedelta(hours=-7))), TIME),
        (TIME.astimezone(timezone(timedelta(hours=5, minutes=45))), TIME),
        (TIME.replace(tzinfo=None), TIME),
        ("2017-02-21T16:00:34.723000+00:00", TIME),
        ("2017-02-21T16:00:34.723Z", TIME),
        ("2017-02-21T09:00:34.723000-07:00", TIME),
        ("2017-02-21T21:45:34.723+05:45", TIME),
        ("2017-02-21T16:00:34.723", TIME),
        ("0001-01-01T00:00:00+00:00", datetime.min.replace(tzinfo=UTC)),
        ("9999-12-31T23:59:59.999999+00:00", datetime.max.replace(tzinfo=UTC)),
        (None, None),
    ],
)
def test_times(given: object, expected: datetime | None) -> None:
    """However a time is written, it is the same moment, aware and in UTC; naive means UTC."""
    result = start_time(given)

    assert result == expected
    assert getattr(expected, "tzinfo", None) is getattr(result, "tzinfo", None)


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
def test_no_times(given: object) -> None:
    """What is no moment that a datetime can hold is a fault of the answer."""
    error = fault({"StartTime": given}, TaskExecution)

    assert str(error) == "StartTime: not a time"
    assert error.path == "StartTime"


@pytest.fixture(name="_new_york")
def _new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The machine's zone is that of New York, whatever zone files it has."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "EST5EDT,M3.2.0,M11.1.0")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("_new_york")
def test_ambiguous_times() -> None:
    """An hour that a local clock shows twice is told apart, as botocore's local times allow."""
    moments = [datetime(2024, 11, 3, hour, 30, tzinfo=UTC) for hour in (5, 6)]
    local: list[datetime] = [parse_timestamp(str(moment.timestamp())) for moment in moments]
    clock = [each.replace(tzinfo=None, fold=0).isoformat() for each in local]

    assert clock == ["2024-11-03T01:30:00"] * 2
    assert moments == [start_time(each) for each in local]
    assert moments == [start_time(moment.timestamp()) for moment in moments]


# --- what is refused ---


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
    ({"TaskParameters": ["ab"]}, TaskExecution, "TaskParameters", "not an object"),
    ({"TaskParameters": [{"a": ["b"]}]}, TaskExecution, "TaskParameters", "not an object"),
    ({"TaskParameters": [{5: {}}]}, TaskExecution, "TaskParameters", "not a string"),
    (
        {"TaskParameters": [{"a": {"Values": "b"}}]},
        TaskExecution,
        "TaskParameters",
        "not a list",
    ),
    (
        {"TaskParameters": [{"a": {"Values": [5]}}]},
        TaskExecution,
        "TaskParameters",
        "not a string",
    ),
    ({"AlarmConfiguration": []}, TaskExecution, "AlarmConfiguration", "not an object"),
    (
        {"AlarmConfiguration": {}},
        TaskExecution,
        "AlarmConfiguration.Alarms",
        "a required member is missing",
    ),
    (
        {"AlarmConfiguration": {"Alarms": None}},
        TaskExecution,
        "AlarmConfiguration.Alarms",
        "not a list",
    ),
    (
        {"AlarmConfiguration": {"Alarms": [{"Name": "a"}, {}]}},
        TaskExecution,
        "AlarmConfiguration.Alarms[1].Name",
        "a required member is missing",
    ),
    (
        {"AlarmConfiguration": {"Alarms": [], "IgnorePollAlarmFailure": 0}},
        TaskExecution,
        "AlarmConfiguration.IgnorePollAlarmFailure",
        "not a boolean",
    ),
    ({"TriggeredAlarms": {}}, TaskExecution, "TriggeredAlarms", "not a list"),
    (
        {"TriggeredAlarms": [{"Name": "a", "State": None}]},
        TaskExecution,
        "TriggeredAlarms[0].State",
        "not a string",
    ),
    (
        {"TriggeredAlarms": [{"Name": "a", "State": "ALARM"}, {"Name": "b"}]},
        TaskExecution,
        "TriggeredAlarms[1].State",
        "a required member is missing",
    ),
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
    ({"Name": None}, Alarm, "Name", "not a string"),
    ({"State": "ALARM"}, AlarmStateInformation, "Name", "a required member is missing"),
    ({"Alarms": [[]]}, AlarmConfiguration, "Alarms[0]", "not an object"),
]


@pytest.mark.parametrize(
    ("data", "cls", "path", "problem"),
    FAULTS,
)
def test_wrong_types(data: object, cls: type, path: str, problem: str) -> None:
    """A member of the wrong type, or missing though required, is named by its path."""
    error = fault(data, cls)

    assert str(error) == f"{path}: {problem}"
    assert (path, problem) == (error.path, error.problem)


@pytest.mark.parametrize("status", ["FAILED", "BRAND_NEW", None])
def test_what_invocations_repeat_is_held_once(status: str | None) -> None:
    """Strings that are alike in all invocations of a task take memory once."""
    repeated = {
        "WindowExecutionId": "a window",
        "TaskExecutionId": "a task",
        "StatusDetails": "some details",
        "WindowTargetId": "a target",
    }
    body = json.dumps({ITEMS: [repeated | {"Status": status}] * 2})

    one, other = structure(json.loads(body), InvocationPage).invocations

    assert one == other
    assert one.window_execution_id is other.window_execution_id
    assert one.task_execution_id is other.task_execution_id
    assert one.status_details is other.status_details
    assert one.window_target_id is other.window_target_id


def test_repeated_string_of_an_invocation_that_is_not_as_usual() -> None:
    """Where a status is new, a string that is None stays so, and one that is no string is told."""
    item: dict[str, Any] = {"Status": "BRAND_NEW", "StatusDetails": None}

    assert structure(item, TaskInvocation) == TaskInvocation(status=ExecutionStatus("BRAND_NEW"))
    assert str(fault(item | {"StatusDetails": 5}, TaskInvocation)) == "StatusDetails: not a string"


def test_orjson_reads_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fast decoder is used, and json is asked only for what it refuses."""
    read: list[bytes] = []

    def loads(body: bytes) -> object:
        read.append(body)
        return {"fast": True}

    monkeypatch.setattr(wire, "orjson", SimpleNamespace(loads=loads))

    assert wire.decode_answer(b"{}") == {"fast": True}
    assert read == [b"{}"]


def test_first_of_several_faults_is_told() -> None:
    """Where more than one member is wrong, the first in the model's order is named."""
    error = fault({"EndTime": "noon", "TaskArn": 5, "Priority": "high"}, TaskExecution)

    assert str(error) == "TaskArn: not a string"


def test_unhashable_status() -> None:
    """A status that is a list is a fault like any other."""
    error = fault({ITEMS: [{"Status": ["FAILED"]}]}, InvocationPage)

    assert error.path == f"{ITEMS}[0].Status"


@pytest.mark.parametrize("data", [None, 5, "Status", ["Status"], [{"Status": "FAILED"}]])
@pytest.mark.parametrize("cls", [TaskExecution, TaskInvocation, InvocationPage, Alarm])
def test_no_object(data: object, cls: type) -> None:
    """Data that is no mapping is a fault as a whole."""
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
def test_no_member(data: dict[str, Any], cls: type) -> None:
    """A mapping that has no member of the class is not that class's answer."""
    assert str(fault(data, cls)) == f"no member of {cls.__name__} is there"


@pytest.mark.parametrize("cls", [dict, str, object, RunCommandParameters])
def test_no_model(cls: type) -> None:
    """Only the models can be made, and only they can be given as data."""
    message = (
        f"^{cls.__name__} is none of the models: Alarm, AlarmConfiguration, "
        "AlarmStateInformation, TaskExecution, TaskInvocation, InvocationPage$"
    )

    with pytest.raises(TypeError, match=message):
        structure({"Status": "FAILED"}, cls)
    with pytest.raises(TypeError, match=message):
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
        ({"AlarmConfiguration": {"Alarms": [{SECRET: SECRET}]}}, TaskExecution),
    ],
)
def test_faults_hold_no_value(data: object, cls: type) -> None:
    """An error tells the path, and holds no value anywhere that a log would show."""
    error = fault(data, cls)

    told = [*traceback.format_exception_only(error), repr(error), str(vars(error))]
    assert [each for each in told if SECRET in each] == []


class BrokenMapping(dict[str, Any]):
    """A mapping of a caller's own, which fails with an error that tells too much."""

    def __getitem__(self, _key: str) -> Any:
        error = RuntimeError(SECRET)
        error.add_note(SECRET)
        raise error


def test_broken_mapping() -> None:
    """Whatever goes wrong while data is read, it is told by the path alone."""
    error = fault({ITEMS: [{}, BrokenMapping(Parameters="{}")]}, InvocationPage)

    assert str(error) == f"{ITEMS}[1].Parameters: cannot be read"


@given(
    cls=st.sampled_from([TaskExecution, TaskInvocation, InvocationPage, AlarmConfiguration]),
    data=st.data(),
)
def test_any_data(cls: type[Any], data: st.DataObject) -> None:
    """Whatever JSON stands in the members, it becomes a model or a `ResponseError`."""
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


# --- values out ---


def test_unstructure_all() -> None:
    """A model becomes AWS's JSON: AWS's names, plain values, times as ISO 8601 in UTC."""
    assert unstructure(FULL_TASK) == {
        "WindowExecutionId": "window",
        "TaskExecutionId": "task",
        "TaskArn": "arn",
        "ServiceRole": "role",
        "Type": "BRAND_NEW",
        "TaskParameters": [
            {"commands": {"Values": ["df", SECRET]}, "none": {"Values": []}},
            {},
        ],
        "Priority": 0,
        "MaxConcurrency": "10%",
        "MaxErrors": "1",
        "Status": "FAILED",
        "StatusDetails": "Failed",
        "StartTime": "2017-02-21T16:00:34.723000+00:00",
        "EndTime": "2017-02-21T16:00:36+00:00",
        "AlarmConfiguration": {"Alarms": [{"Name": "alarm-1"}], "IgnorePollAlarmFailure": False},
        "TriggeredAlarms": [{"Name": "alarm-1", "State": "ALARM"}],
    }


def test_unstructure_plain_types() -> None:
    """What comes out are plain strings, lists and dicts, for tools that look at the type."""
    data = unstructure(FULL_TASK)

    assert {str} == {type(data["Status"]), type(data["Type"]), type(data["StartTime"])}
    assert {list} == {type(data["TaskParameters"]), type(data["TriggeredAlarms"])}


def test_unstructure_page() -> None:
    """A page becomes AWS's answer; its number and request id are not AWS's members."""
    page = InvocationPage(
        (TaskInvocation(raw_parameters="{}"),), "token 2", number=2, request_id="request-1"
    )

    assert unstructure(page) == {ITEMS: [{"Parameters": "{}"}], "NextToken": "token 2"}
    assert unstructure(InvocationPage()) == {ITEMS: []}


def test_unstructure_absent() -> None:
    """Absent members are left out, but empty ones are not."""
    task = TaskExecution(task_parameters=(), triggered_alarms=(), status_details="", priority=0)

    assert unstructure(task) == {
        "TaskParameters": [],
        "TriggeredAlarms": [],
        "StatusDetails": "",
        "Priority": 0,
    }


@pytest.mark.parametrize(
    "zone", [UTC, timezone(timedelta(hours=-7)), None], ids=["UTC", "-7", "naive"]
)
def test_unstructure_times(zone: timezone | None) -> None:
    """A time is written in UTC, in whatever zone a caller made it."""
    moment = TIME.replace(tzinfo=None) if zone is None else TIME.astimezone(zone)

    assert unstructure(TaskExecution(start_time=moment)) == {
        "StartTime": "2017-02-21T16:00:34.723000+00:00"
    }


def test_redact() -> None:
    """Redacted, the sensitive members say so and the others are as before."""
    task = unstructure(FULL_TASK, redact_sensitive=True)
    page = unstructure(FULL_PAGE, redact_sensitive=True)

    assert unstructure(FULL_TASK) | {"TaskParameters": "<sensitive>"} == task
    assert {
        ITEMS: [
            unstructure(FULL_INVOCATION)
            | {"Parameters": "<sensitive>", "OwnerInformation": "<sensitive>"},
            unstructure(TaskInvocation()),
        ],
        "NextToken": "token 2",
    } == page
    assert SECRET not in json.dumps([task, page])


@pytest.mark.parametrize(
    "model", [TaskExecution(), TaskInvocation(), InvocationPage(), Alarm("a"), TaskExecution("a")]
)
def test_redact_nothing(model: object) -> None:
    """Where nothing sensitive is there, redacting changes nothing."""
    assert unstructure(model) == unstructure(model, redact_sensitive=True)


@given(model=models)
def test_round_trip(model: attrs.AttrsInstance) -> None:
    """A model's data is always JSON, and makes the same model again."""
    data = unstructure(model)

    assert model == structure(data, type(model))
    assert model == structure(json.loads(json.dumps(data)), type(model))


@given(model=models)
def test_redacted_is_json(model: attrs.AttrsInstance) -> None:
    """Redacted data has the same members, and is JSON too."""
    data = unstructure(model, redact_sensitive=True)

    assert unstructure(model).keys() == data.keys()
    assert data == json.loads(json.dumps(data))


# --- files ---

encodings = pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ],
    ids=["UTF-8", "UTF-8 with BOM", "UTF-16 LE", "UTF-16 BE"],
)


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> Path:
    return tmp_path / "saved.json"


@pytest.mark.parametrize("as_path", [str, Path])
def test_load(as_path: type[str | Path]) -> None:
    """What the AWS CLI saved is read from a path or its name."""
    assert load_task_execution(as_path(PAYLOADS / "get_task_cli.json")) == TASK_OF_CLI
    assert load_task_invocations(as_path(PAYLOADS / "describe_invocations_cli.json")) == (
        INVOCATION_OF_CLI,
    )


@encodings
def test_load_encodings(file: Path, mark: bytes, encoding: str) -> None:
    """A saved answer is understood in each encoding that shells write."""
    file.write_bytes(mark + '{"StatusDetails": "erfüllt ✓ 🪟"}\r\n'.encode(encoding))

    assert load_task_execution(file) == TaskExecution(status_details="erfüllt ✓ 🪟")


@pytest.mark.parametrize("load", [load_task_execution, load_task_invocations])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        SECRET.encode(),
        f'{{"Parameters": "{SECRET}'.encode(),
        f'{{"Parameters": "{SECRET}"}} {{}}'.encode(),
        b'"\xff' + SECRET.encode() + b'"',
        f'["{SECRET}", '.encode() + b"[" * 100_000,
        f'["{SECRET}", '.encode() + b"9" * 5000 + b"]",
    ],
    ids=["empty", "text", "cut off", "two", "bad UTF-8", "deep", "long number"],
)
def test_load_not_json(file: Path, load: Any, content: bytes) -> None:
    """A file that cannot be read as JSON is told of without a word of it."""
    file.write_bytes(content)

    with pytest.raises(ResponseError, match=r"^not JSON, or cut off\nin the file ") as caught:
        load(file)

    assert caught.value.__notes__ == [f"in the file {file}"]
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


def test_load_the_other_kind(file: Path) -> None:
    """A file of the other kind, or of none, is refused."""
    file.write_text("[]")

    with pytest.raises(ResponseError, match=r"^no member of TaskExecution is there\n"):
        load_task_execution(PAYLOADS / "describe_invocations_cli.json")
    with pytest.raises(ResponseError, match=r"^no member of InvocationPage is there\n"):
        load_task_invocations(PAYLOADS / "get_task_cli.json")
    with pytest.raises(ResponseError, match=r"^not an object\n"):
        load_task_invocations(file)


def test_load_missing_file(file: Path) -> None:
    """A file that is not there is the operating system's error."""
    with pytest.raises(FileNotFoundError):
        load_task_execution(file)
    with pytest.raises(FileNotFoundError):
        load_task_invocations(file)


def test_load_partial(file: Path) -> None:
    """A token left over warns that the file lacks the rest, in the name of the calling line."""
    file.write_text(json.dumps({ITEMS: [{"Status": "FAILED"}], "NextToken": "token 2"}))

    with pytest.warns(UserWarning, match="is partial: its NextToken says") as caught:
        invocations = load_task_invocations(file)

    assert invocations == (FAILED,)
    assert [(__file__, True)] == [
        (each.filename, str(file) in str(each.message)) for each in caught
    ]


@pytest.mark.parametrize("token", [{}, {"NextToken": ""}, {"NextToken": None}])
def test_load_whole(file: Path, token: dict[str, str | None]) -> None:
    """An empty token is none, and warns of nothing."""
    file.write_text(json.dumps({ITEMS: [], **token}))

    with warnings.catch_warnings(action="error"):
        invocations = load_task_invocations(file)

    assert invocations == ()
