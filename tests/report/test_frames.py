"""Arrow, pandas and polars frames."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import Mock

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from ssm_mwx import Alarm, ExecutionStatus, TaskExecution, TaskReport
from ssm_mwx.report import frames
from ssm_mwx.report.columns import Column
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
    "instance_ids": "list<item: string>",
    "status": "dictionary<values=string, indices=int32, ordered=0>",
    "status_details": "string",
    "start_time": "timestamp[us, tz=UTC]",
    "end_time": "timestamp[us, tz=UTC]",
    "duration": "duration[us]",
    "duration_seconds": "double",
    "task_type": "dictionary<values=string, indices=int32, ordered=0>",
    "document_name": "string",
    "command_id": "string",
    "window_execution_id": "string",
    "task_execution_id": "string",
    "invocation_id": "string",
    "execution_id": "string",
    "window_target_id": "string",
}
SENSITIVE_TYPES = {"raw_parameters": "string", "owner_information": "string"}

empty_and_full = pytest.mark.parametrize(
    "report", [EMPTY, patch_report(20)], ids=["empty", "20 targets"]
)


def arrow_types(table: Any) -> dict[str, str]:
    """Return the types of a table's columns."""
    return {field.name: str(field.type).replace("element: ", "item: ") for field in table.schema}


# --- Arrow ---


@empty_and_full
def test_schema_is_the_same_for_any_report(report: TaskReport) -> None:
    """The columns and their types do not depend on the invocations."""
    assert arrow_types(report.to_arrow()) == ARROW_TYPES


@empty_and_full
def test_schema_with_sensitive_columns(report: TaskReport) -> None:
    """Sensitive columns come after all others."""
    types = arrow_types(report.to_arrow(include_sensitive=True))

    assert list(types.items()) == [*ARROW_TYPES.items(), *SENSITIVE_TYPES.items()]


@empty_and_full
def test_schema_of_instances(report: TaskReport) -> None:
    """Exploded, a node's id, name and state come first, then its invocation's status."""
    state = ("status", "status_details", "start_time", "end_time", "duration", "duration_seconds")
    own = {"instance_id": "string", "instance_name": "string"}
    own |= {name: ARROW_TYPES[name] for name in state}
    expected = own | {"invocation_status": ARROW_TYPES["status"]} | ARROW_TYPES
    del expected["instance_ids"]

    types = arrow_types(report.to_arrow(explode_instances=True))

    assert list(types.items()) == list(expected.items())


def test_row_holds_the_invocation() -> None:
    """A row has the values of its invocation."""
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
        "instance_ids": ["i-1", "i-2"],
        "status": "FAILED",
        "status_details": "Failed",
        "start_time": START,
        "end_time": START + timedelta(seconds=60),
        "duration": timedelta(seconds=60),
        "duration_seconds": 60.0,
        "task_type": "RUN_COMMAND",
        "document_name": "AWS-RunShellScript",
        "command_id": "c",
        "window_execution_id": "w",
        "task_execution_id": "t",
        "invocation_id": "v",
        "execution_id": "c",
        "window_target_id": "g",
    }


def test_frame_has_secrets_only_if_asked_for() -> None:
    """Sensitive values are in a frame only with `include_sensitive`."""
    report = secret_report()

    asked = report.to_arrow(include_sensitive=True)

    assert SECRET not in str(report.to_arrow().to_pylist())
    assert asked["owner_information"].to_pylist() == [SECRET]
    assert asked["raw_parameters"].to_pylist() == [report.invocations[0].raw_parameters]


def test_exploded_frame_has_a_row_for_each_instance() -> None:
    """An invocation has a row for each of its instances, and one if it names none."""
    report = report_of(
        invocation_of(nodes=("i-1", "i-2"), invocation_id="a"),
        invocation_of(nodes=(), invocation_id="b"),
        invocation_of(nodes=("i-3",), invocation_id="c"),
    )

    table = report.to_arrow(explode_instances=True)

    assert table["instance_id"].to_pylist() == ["i-1", "i-2", None, "i-3"]
    assert table["invocation_id"].to_pylist() == ["a", "a", "b", "c"]


@pytest.mark.slow
def test_exploded_frame_takes_time_and_memory_with_the_number_of_instances() -> None:
    """Four times the instances of one invocation take about four times the memory, and seconds."""

    def memory_for(instances: int) -> int:
        nodes = tuple(f"i-{number:017x}" for number in range(instances))
        pool = pa.proxy_memory_pool(pa.default_memory_pool())
        before = pa.default_memory_pool()
        pa.set_memory_pool(pool)
        try:
            report_of(invocation_of(nodes=nodes)).to_arrow(explode_instances=True)
        finally:
            pa.set_memory_pool(before)
        return pool.max_memory() or 0

    began = time.process_time()

    assert memory_for(20_000) < 8 * memory_for(5_000)
    assert time.process_time() - began < 5


def test_unknown_status_is_one_more_category() -> None:
    """The categories are all known statuses, and those this version does not know."""
    report = report_of(invocation_of("PAUSED"), invocation_of(None), invocation_of())

    categories = report.to_pandas()["status"].cat.categories

    assert report.to_arrow()["status"].to_pylist() == ["PAUSED", None, "SUCCESS"]
    assert list(categories) == [*ExecutionStatus, "PAUSED"]


@pytest.mark.parametrize("explode", [False, True])
def test_half_characters_are_replaced(explode: bool) -> None:
    """Text that no encoding takes does not stop a frame from being made."""
    report = report_of(
        invocation_of("\ud83d", nodes=("i-\ud83d",), status_details="\ud83d ok"), invocation_of()
    )

    table = report.to_arrow(explode_instances=explode)

    assert table["status_details"].to_pylist() == ["? ok", None]
    assert table.column(0).to_pylist() == (["i-?", "i-1"] if explode else [["i-?"], ["i-1"]])
    assert table["status"].to_pylist() == ["?", "SUCCESS"]


def test_arrow_stream_takes_the_report_itself() -> None:
    """A library that reads the Arrow C stream takes a report, without its secrets."""
    report = patch_report(20)

    assert pl.DataFrame(report).equals(report.to_polars())
    assert SECRET not in str(pl.DataFrame(secret_report()).rows())


def test_value_of_another_type_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """A column of a type that Arrow has no counterpart for has the text of its values."""
    alarms = Column("alarm", Alarm, [Alarm("cpu"), None])
    monkeypatch.setattr(frames, "columns_of", Mock(return_value=[alarms]))

    assert EMPTY.to_arrow().to_pylist() == [{"alarm": "Alarm(name='cpu')"}, {"alarm": None}]


def test_time_is_a_time_while_it_is_frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A library that freezes time replaces `datetime` by a class of its own."""

    class FrozenTime(datetime):
        """What freezegun and its like put in place of `datetime`."""

    times = Column("time", FrozenTime, [START])
    monkeypatch.setattr(frames, "columns_of", Mock(return_value=[times]))

    assert arrow_types(EMPTY.to_arrow()) == {"time": "timestamp[us, tz=UTC]"}


# --- pandas ---


@empty_and_full
def test_pandas_has_its_own_types(report: TaskReport) -> None:
    """Times are in UTC, durations are timedeltas, statuses categories and instances objects."""
    frame = report.to_pandas()

    expected = {
        "instance_ids": "object",
        "task_type": "category",
        "status": "category",
        "start_time": "datetime64[us, UTC]",
        "end_time": "datetime64[us, UTC]",
        "duration": "timedelta64[us]",
        "duration_seconds": "float64",
    }
    assert {name: str(frame[name].dtype) for name in expected} == expected
    assert len(frame) == len(report.invocations)


def test_pandas_has_instances_as_lists() -> None:
    """Instance ids are lists, which compare as lists do."""
    frame = report_of(invocation_of(nodes=("i-1", "i-2"))).to_pandas()

    assert frame["instance_ids"][0] == ["i-1", "i-2"]


def test_pandas_frames_can_be_joined() -> None:
    """Frames of several reports stay categorical when they are concatenated."""
    both = pd.concat([patch_report(3).to_pandas(), patch_report(40).to_pandas()])

    assert str(both["status"].dtype) == "category"


def test_pandas_takes_the_options_of_arrow() -> None:
    """Pandas frames can be exploded and have sensitive columns, too."""
    frame = secret_report().to_pandas(explode_instances=True, include_sensitive=True)

    assert list(frame["instance_id"]) == ["i-1"]
    assert list(frame["owner_information"]) == [SECRET]


# --- polars ---


@empty_and_full
def test_polars_has_its_own_types(report: TaskReport) -> None:
    """Polars has the same columns in its types."""
    frame = report.to_polars()

    schema = dict(frame.schema)
    assert list(schema) == list(ARROW_TYPES)
    assert schema["start_time"] == pl.Datetime("us", "UTC")
    assert schema["duration"] == pl.Duration("us")
    assert schema["instance_ids"] == pl.List(pl.String)
    assert schema["status"] == pl.Categorical
    assert len(frame) == len(report.invocations)


def test_polars_takes_the_options_of_arrow() -> None:
    """Polars frames can be exploded and have sensitive columns, too."""
    frame = secret_report().to_polars(explode_instances=True, include_sensitive=True)

    assert frame.select("instance_id", "owner_information").rows() == [("i-1", SECRET)]
