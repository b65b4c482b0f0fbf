"""Open enums: known values, and values that a newer AWS sends."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest

from ssm_mwx import (
    NOT_SUCCEEDED,
    CommandInvocation,
    CommandInvocationStatus,
    ExecutionStatus,
    ExternalAlarmState,
    TaskType,
)

OpenEnumClass = type[ExecutionStatus | TaskType | ExternalAlarmState]

ENUMS: list[OpenEnumClass] = [ExecutionStatus, TaskType, ExternalAlarmState]
KNOWN = [*ExecutionStatus, *TaskType, *ExternalAlarmState]
UNKNOWN = [enum(value) for enum in ENUMS for value in ("BRAND_NEW", "success", "is_known", "")]


@pytest.mark.parametrize("enum", ENUMS)
def test_enum_member_is_named_like_its_value(enum: OpenEnumClass) -> None:
    """Each member has its value as its name."""
    assert list(enum.__members__) == [member.value for member in enum]


@pytest.mark.parametrize("member", KNOWN)
def test_known_value_is_the_member(member: ExecutionStatus) -> None:
    """A known value is the member itself, and `is_known` is true."""
    assert type(member)(str(member)) is member
    assert member.is_known
    assert repr(member) == f"<{type(member).__name__}.{member.name}: {member.value!r}>"


@pytest.mark.parametrize("unknown", UNKNOWN)
def test_unknown_value_equals_its_string(unknown: ExecutionStatus) -> None:
    """An unknown value is kept and can be used like its string."""
    text = unknown.value

    assert unknown == text
    assert str(unknown) == f"{unknown}" == unknown.name == text
    assert {text: 1}[unknown] == 1
    assert json.dumps([unknown]) == f'["{text}"]'
    assert type(unknown)(text) == unknown
    assert unknown != type(unknown)(text + "_2")


@pytest.mark.parametrize("unknown", UNKNOWN)
def test_unknown_value_is_not_known(unknown: ExecutionStatus) -> None:
    """An unknown value has `is_known` false, and its repr says so."""
    assert not unknown.is_known
    assert repr(unknown) == f"<{type(unknown).__name__}: {unknown.value!r} (unknown)>"


@pytest.mark.parametrize("enum", ENUMS)
def test_unknown_value_adds_no_member(enum: OpenEnumClass) -> None:
    """An unknown value adds no member to the enum."""
    before = list(enum)

    enum("BRAND_NEW")

    assert list(enum) == before


@pytest.mark.parametrize("member", [*KNOWN, *UNKNOWN])
def test_value_survives_pickling_and_copying(member: ExecutionStatus) -> None:
    """A value, known or not, survives pickling and copying."""
    copies = [
        copy.copy(member),
        copy.deepcopy(member),
        *(pickle.loads(pickle.dumps(member, protocol)) for protocol in range(2, 6)),
    ]

    assert [(member, type(member), member.is_known)] * 6 == [
        (each, type(each), each.is_known) for each in copies
    ]


@pytest.mark.parametrize("enum", ENUMS)
@pytest.mark.parametrize("value", [None, 5, b"SUCCESS", ["SUCCESS"]])
def test_value_that_is_no_string_is_refused(enum: OpenEnumClass, value: Any) -> None:
    """A value that is not a string is refused."""
    with pytest.raises(ValueError, match=f"is not a valid {enum.__name__}"):
        enum(value)


def test_is_terminal_holds_for_the_five_final_statuses() -> None:
    """Exactly the five final statuses are terminal; an unknown one is not."""
    statuses = [*ExecutionStatus, ExecutionStatus("BRAND_NEW"), ExecutionStatus("success")]

    assert {status for status in statuses if status.is_terminal} == {
        "SUCCESS",
        "FAILED",
        "TIMED_OUT",
        "CANCELLED",
        "SKIPPED_OVERLAPPING",
    }


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Pending", ExecutionStatus.PENDING),
        ("InProgress", ExecutionStatus.IN_PROGRESS),
        ("Delayed", ExecutionStatus.PENDING),
        ("Success", ExecutionStatus.SUCCESS),
        ("Cancelled", ExecutionStatus.CANCELLED),
        ("TimedOut", ExecutionStatus.TIMED_OUT),
        ("Failed", ExecutionStatus.FAILED),
        ("Cancelling", ExecutionStatus.CANCELLING),
        ("Brand new", ExecutionStatus("Brand new")),
    ],
)
def test_command_status_is_an_execution_status(value: str, expected: ExecutionStatus) -> None:
    """Each status of a command has its counterpart, and an unknown one is kept."""
    command = CommandInvocation(status=CommandInvocationStatus(value))

    assert command.execution_status == expected
    assert command.is_terminal is expected.is_terminal
    assert command.succeeded is (value == "Success")


def test_command_without_a_status_has_not_ended() -> None:
    """Without a status nothing is known."""
    command = CommandInvocation()

    assert (command.execution_status, command.is_terminal, command.succeeded) == (
        None,
        False,
        False,
    )


def test_not_succeeded_is_what_the_filter_takes_of_bad_news() -> None:
    """Every status that is no success and not under way, but the one that AWS's filter refuses."""
    good = {"SUCCESS", "PENDING", "IN_PROGRESS", "SKIPPED_OVERLAPPING"}

    assert set(NOT_SUCCEEDED) == set(ExecutionStatus) - good
