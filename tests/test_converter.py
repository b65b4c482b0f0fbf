"""Answers into models, and models into answers."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType
from typing import Any

import attrs
import pandas as pd
import pytest
from botocore.utils import parse_timestamp
from hypothesis import given
from hypothesis import strategies as st

from ssm_mwx import (
    Alarm,
    ExecutionStatus,
    InvocationPage,
    ResponseError,
    TaskExecution,
    TaskInvocation,
    structure,
    unstructure,
)
from ssm_mwx.converter import MEMBER_OF_FIELD
from tests.support.fakes import SECRET
from tests.support.models import (
    EPOCH,
    FAILED,
    FULL_INVOCATION,
    FULL_PAGE,
    FULL_TASK,
    ITEMS,
    TIME,
)
from tests.support.strategies import models


def start_time(value: object) -> datetime | None:
    """Return what a time is converted to."""
    return structure({"StartTime": value}, TaskExecution).start_time


def test_structure_reads_every_member() -> None:
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
def test_structure_treats_null_as_absent(cls: type[TaskExecution | TaskInvocation]) -> None:
    """A null member is treated as absent."""
    names = unstructure(cls())

    assert set(names.values()) == {None}
    assert cls() == structure(names, cls)
    assert [cls()] * len(names) == [structure({name: None}, cls) for name in names]


def test_structure_returns_the_enum_s_own_member() -> None:
    """A known status is the enum's own member."""
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
def test_task_parameters_are_flattened(given: object, expected: object) -> None:
    """The level of `Values` is removed; empty is not absent."""
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
def test_structure_reads_a_page(answer: dict[str, Any], page: InvocationPage) -> None:
    """A page has what AWS sent; an empty token becomes None."""
    assert structure(answer, InvocationPage) == page


ANY_VALUE: Any = st.sampled_from(
    [
        *(None, "", "x", "SUCCESS", "NEW", "<sensitive>", "2026-03-10T02:00:00Z", True, 5, []),
        *(1.5, 1e300, float("nan"), TIME, FAILED.status, pd.NaT),
    ]
)


def read_or_path(data: dict[str, Any], cls: type[Any]) -> Any:
    """Return a model, or the path of the member that cannot be read."""
    try:
        return structure(data, cls)
    except ResponseError as error:
        return error.path


@pytest.mark.slow
@given(
    items=st.lists(
        st.dictionaries(
            st.sampled_from([*MEMBER_OF_FIELD[TaskInvocation].values()]), ANY_VALUE
        ).map(lambda item: {"InvocationId": "v"} | item),
        max_size=3,
    )
)
def test_items_of_a_page_are_read_like_each_alone(items: list[dict[str, Any]]) -> None:
    """A page has the items that `structure` returns for each, and fails at the first that fails."""
    alone = [read_or_path(item, TaskInvocation) for item in items]
    paths = [f"{ITEMS}[{at}].{each}" for at, each in enumerate(alone) if isinstance(each, str)]

    page = read_or_path({ITEMS: items}, InvocationPage)

    assert page == (paths[0] if paths else InvocationPage(tuple(alone)))


def test_structure_reads_any_mapping() -> None:
    """Any mapping can be read, not only a dict."""
    data: Mapping[str, Any] = MappingProxyType(
        {"TaskParameters": (MappingProxyType({"a": MappingProxyType({"Values": ("b",)})}),)}
    )

    assert structure(data, TaskExecution) == TaskExecution(task_parameters=({"a": ("b",)},))


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
def test_time_becomes_aware_and_utc(given: object, expected: datetime | None) -> None:
    """A time in any notation becomes an aware datetime in UTC; a naive one means UTC."""
    result = start_time(given)

    assert result == expected
    assert getattr(expected, "tzinfo", None) is getattr(result, "tzinfo", None)


@pytest.mark.parametrize("given", [-1.5, "-1.5"])
def test_time_before_1970_is_read_on_windows(
    given: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A time before 1970 is read, although the C library of Windows refuses it."""

    def of_windows(seconds: float, zone: timezone) -> datetime:
        if seconds < 0:
            raise OSError(22, "Invalid argument")
        return datetime.fromtimestamp(seconds, zone)

    monkeypatch.setattr("ssm_mwx.values._from_timestamp", of_windows)

    assert start_time(given) == datetime(1969, 12, 31, 23, 59, 58, 500000, tzinfo=UTC)
    assert start_time(EPOCH) == TIME


@pytest.fixture(name="_new_york")
def _new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Set the machine's zone to New York, whatever zone files it has."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "EST5EDT,M3.2.0,M11.1.0")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="this system cannot set its zone")
@pytest.mark.usefixtures("_new_york")
def test_ambiguous_local_times_stay_distinct() -> None:
    """Both moments of an ambiguous local hour are kept, as botocore marks them."""
    moments = [datetime(2024, 11, 3, hour, 30, tzinfo=UTC) for hour in (5, 6)]
    local: list[datetime] = [parse_timestamp(str(moment.timestamp())) for moment in moments]
    clock = [each.replace(tzinfo=None, fold=0).isoformat() for each in local]

    assert clock == ["2024-11-03T01:30:00"] * 2
    assert [start_time(each) for each in local] == moments
    assert [start_time(moment.timestamp()) for moment in moments] == moments


@pytest.mark.parametrize("status", ["FAILED", "BRAND_NEW", None])
def test_repeated_strings_share_memory(status: str | None) -> None:
    """Strings that all invocations of a task repeat are held in memory once."""
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


def test_unstructure_writes_every_member() -> None:
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


def test_unstructure_returns_plain_types() -> None:
    """The data has plain strings, lists and dicts."""
    data = unstructure(FULL_TASK)

    assert {type(data["Status"]), type(data["Type"]), type(data["StartTime"])} == {str}
    assert {type(data["TaskParameters"]), type(data["TriggeredAlarms"])} == {list}


def test_unstructure_omits_number_and_request_id_of_a_page() -> None:
    """A page becomes AWS's answer, without its number and request id."""
    page = InvocationPage(
        (TaskInvocation(raw_parameters="{}"),), "token 2", number=2, request_id="request-1"
    )

    assert unstructure(page) == {ITEMS: [{"Parameters": "{}"}], "NextToken": "token 2"}
    assert unstructure(InvocationPage()) == {ITEMS: []}


def test_unstructure_omits_absent_members() -> None:
    """Absent members are left out; empty ones are not."""
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
def test_unstructure_writes_times_in_utc(zone: timezone | None) -> None:
    """A time is written in UTC, whatever its zone."""
    moment = TIME.replace(tzinfo=None) if zone is None else TIME.astimezone(zone)

    assert unstructure(TaskExecution(start_time=moment)) == {
        "StartTime": "2017-02-21T16:00:34.723000+00:00"
    }


def test_redacted_data_has_placeholders() -> None:
    """With `redact_sensitive`, sensitive members become the placeholder and the rest stays."""
    task = unstructure(FULL_TASK, redact_sensitive=True)
    page = unstructure(FULL_PAGE, redact_sensitive=True)

    assert task == unstructure(FULL_TASK) | {"TaskParameters": "<sensitive>"}
    assert page == {
        ITEMS: [
            unstructure(FULL_INVOCATION)
            | {"Parameters": "<sensitive>", "OwnerInformation": "<sensitive>"},
            unstructure(TaskInvocation()),
        ],
        "NextToken": "token 2",
    }
    assert SECRET not in json.dumps([task, page])


@pytest.mark.parametrize(
    "model", [TaskExecution(), TaskInvocation(), InvocationPage(), Alarm("a"), TaskExecution("a")]
)
def test_redacting_changes_nothing_without_sensitive_members(model: object) -> None:
    """Redacting data without sensitive members changes nothing."""
    assert unstructure(model) == unstructure(model, redact_sensitive=True)


@pytest.mark.slow
@given(model=models)
def test_unstructured_model_structures_to_an_equal_one(model: attrs.AttrsInstance) -> None:
    """A model's data is JSON, and makes an equal model."""
    data = unstructure(model)

    assert structure(data, type(model)) == model
    assert structure(json.loads(json.dumps(data)), type(model)) == model


@pytest.mark.slow
@given(model=models)
def test_redacted_data_is_json(model: attrs.AttrsInstance) -> None:
    """Redacted data has the same members, and is JSON."""
    data = unstructure(model, redact_sensitive=True)

    assert unstructure(model).keys() == data.keys()
    assert json.loads(json.dumps(data)) == data
