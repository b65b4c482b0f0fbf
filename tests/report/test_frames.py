from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import pandas as pd
import polars as pl
import pytest

from ssm_mwx import ExecutionStatus, TaskExecution, TaskInvocation, TaskReport, TaskType
from ssm_mwx.testing import samples
from tests.support.fakes import SECRET
from tests.support.reports import (
    START,
    invocation_of,
    patch_report,
    report_of,
    secret_report,
)

EMPTY = TaskReport(TaskExecution(), ())
ARROW_TYPES = {
    "window_execution_id": "string",
    "task_execution_id": "string",
    "invocation_id": "string",
    "task_type": "dictionary<values=string, indices=int32, ordered=0>",
    "document_name": "string",
    "instance_ids": "list<item: string>",
    "status": "dictionary<values=string, indices=int32, ordered=0>",
    "status_details": "string",
    "start_time": "timestamp[us, tz=UTC]",
    "end_time": "timestamp[us, tz=UTC]",
    "duration": "duration[us]",
    "command_id": "string",
    "execution_id": "string",
    "window_target_id": "string",
}


def arrow_types(table: Any) -> dict[str, str]:
    """The types of a table's columns."""
    return {field.name: str(field.type).replace("element: ", "item: ") for field in table.schema}


@pytest.mark.parametrize("report", [EMPTY, patch_report(20)], ids=["empty", "20 targets"])
def test_schema(report: TaskReport) -> None:
    """The columns and their types are the same for any report."""
    assert arrow_types(report.to_arrow()) == ARROW_TYPES


@pytest.mark.parametrize("report", [EMPTY, patch_report(20)], ids=["empty", "20 targets"])
def test_schema_of_instances(report: TaskReport) -> None:
    """Exploded, the list of instances has become one of them."""
    expected = [name.replace("instance_ids", "instance_id") for name in ARROW_TYPES]

    table = report.to_arrow(explode_instances=True)

    assert table.column_names == expected
    assert str(table["instance_id"].type) == "string"


def test_row() -> None:
    """A row holds what the invocation does, and what follows from it."""
    invocation = invocation_of(
        "FAILED",
        nodes=("i-1", "i-2"),
        window_execution_id="w",
        task_execution_id="t",
        invocation_id="v",
        execution_id="c",
        status_details="Failed",
        window_target_id="g",
    )

    (row,) = report_of(invocation).to_arrow().to_pylist()

    assert row == {
        "window_execution_id": "w",
        "task_execution_id": "t",
        "invocation_id": "v",
        "task_type": "RUN_COMMAND",
        "document_name": "AWS-RunShellScript",
        "instance_ids": ["i-1", "i-2"],
        "status": "FAILED",
        "status_details": "Failed",
        "start_time": START,
        "end_time": START + timedelta(seconds=60),
        "duration": timedelta(seconds=60),
        "command_id": "c",
        "execution_id": "c",
        "window_target_id": "g",
    }


def test_row_of_nothing() -> None:
    """What AWS left out is null, and the instances are none."""
    (row,) = TaskReport(TaskExecution(), [TaskInvocation()]).to_arrow().to_pylist()

    assert row.pop("instance_ids") == []
    assert set(row.values()) == {None}


@pytest.mark.parametrize(
    ("task_type", "expected"),
    [(TaskType.RUN_COMMAND, "D"), (TaskType.AUTOMATION, "D"), (TaskType.LAMBDA, None)],
)
def test_document_of_task(task_type: TaskType, expected: str | None) -> None:
    """Where the invocation names no document, it is the task's, if the task runs one."""
    report = report_of(TaskInvocation(task_type=task_type), task_arn="D", type=task_type)

    assert report.to_arrow()["document_name"].to_pylist() == [expected]


def test_sensitive_columns() -> None:
    """Sensitive values are in a frame only if they are asked for."""
    report = secret_report()

    asked = report.to_arrow(include_sensitive=True)

    assert SECRET not in str(report.to_arrow().to_pylist())
    assert asked["owner_information"].to_pylist() == [SECRET]
    assert [report.invocations[0].raw_parameters] == asked["raw_parameters"].to_pylist()


def test_explode() -> None:
    """There is a row for each instance, and one for an invocation that names none."""
    report = report_of(
        invocation_of(nodes=("i-1", "i-2"), invocation_id="a"),
        invocation_of(nodes=(), invocation_id="b"),
        invocation_of(nodes=("i-3",), invocation_id="c"),
    )

    table = report.to_arrow(explode_instances=True)

    assert table["instance_id"].to_pylist() == ["i-1", "i-2", None, "i-3"]
    assert table["invocation_id"].to_pylist() == ["a", "a", "b", "c"]


def test_unknown_status() -> None:
    """A status that this version does not know is a category more."""
    report = report_of(invocation_of("PAUSED"), invocation_of(None), invocation_of())

    categories = report.to_pandas()["status"].cat.categories

    assert report.to_arrow()["status"].to_pylist() == ["PAUSED", None, "SUCCESS"]
    assert list(categories) == [*ExecutionStatus, "PAUSED"]


def test_half_characters() -> None:
    """Text that no encoding takes does not stop a frame from being made."""
    report = report_of(
        invocation_of("\ud83d", nodes=("i-\ud83d",), status_details="\ud83d ok"), invocation_of()
    )

    table = report.to_arrow()

    assert table["status_details"].to_pylist() == ["? ok", None]
    assert table["instance_ids"].to_pylist() == [["i-?"], ["i-1"]]
    assert table["status"].to_pylist() == ["?", "SUCCESS"]


@pytest.mark.parametrize("report", [EMPTY, patch_report(20)], ids=["empty", "20 targets"])
def test_pandas_dtypes(report: TaskReport) -> None:
    """In pandas, times are in UTC, durations are timedeltas and statuses are categories."""
    frame = report.to_pandas()

    expected = {
        "task_type": "category",
        "status": "category",
        "start_time": "datetime64[us, UTC]",
        "end_time": "datetime64[us, UTC]",
        "duration": "timedelta64[us]",
    }
    assert {name: str(frame[name].dtype) for name in expected} == expected
    assert len(report.invocations) == len(frame)


def test_pandas_lists() -> None:
    """Instance ids are lists in pandas, which compare as lists do."""
    frame = report_of(invocation_of(nodes=("i-1", "i-2"))).to_pandas()

    assert frame["instance_ids"][0] == ["i-1", "i-2"]


def test_pandas_frames_can_be_joined() -> None:
    """Frames of several reports stay categorical when they are put together."""
    both = pd.concat([patch_report(3).to_pandas(), patch_report(40).to_pandas()])

    assert str(both["status"].dtype) == "category"


def test_pandas_of_instances() -> None:
    """Pandas takes the options of the Arrow table."""
    report = attrs.evolve(secret_report())

    frame = report.to_pandas(explode_instances=True, include_sensitive=True)

    assert list(frame["instance_id"]) == ["i-1"]
    assert list(frame["owner_information"]) == [SECRET]


@pytest.mark.parametrize("report", [EMPTY, patch_report(20)], ids=["empty", "20 targets"])
def test_polars_dtypes(report: TaskReport) -> None:
    """Polars has the same columns in its own types."""
    frame = report.to_polars()

    schema = dict(frame.schema)
    assert list(schema) == list(ARROW_TYPES)
    assert schema["start_time"] == pl.Datetime("us", "UTC")
    assert schema["duration"] == pl.Duration("us")
    assert pl.List(pl.String) == schema["instance_ids"]
    assert pl.Categorical == schema["status"]
    assert len(report.invocations) == len(frame)


def test_polars_of_instances() -> None:
    """Polars takes the options of the Arrow table."""
    frame = secret_report().to_polars(explode_instances=True, include_sensitive=True)

    assert frame.select("instance_id", "owner_information").rows() == [("i-1", SECRET)]


def test_arrow_stream() -> None:
    """What reads the Arrow C stream takes the report as it is."""
    report = patch_report(20)

    frame = pl.DataFrame(report)

    assert frame.equals(report.to_polars())
    assert SECRET not in str(pl.DataFrame(secret_report()).rows())


def test_lists_are_objects_in_pandas_even_if_there_are_none() -> None:
    """An empty report has the dtypes of any other."""
    task, invocations = samples.patch_run(targets=3)
    full, empty = (TaskReport(task, each).to_pandas() for each in (invocations, ()))

    assert full.dtypes["instance_ids"] == empty.dtypes["instance_ids"]
