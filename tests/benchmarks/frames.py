"""The frames of a report beside the same frames made by hand from boto3's dicts.

Both begin with what a fetch has left in memory, and both read the text of every ``Parameters``.
"""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable
from typing import Any

import attrs
import pandas as pd
import polars as pl
import pyarrow as pa

from ssm_mwx import TaskReport, unstructure
from ssm_mwx.testing import samples
from tests.benchmarks.server import Server

Rows = list[dict[str, Any]]


def _rows(invocations: Rows) -> Rows:
    """The rows, as one writes them who has boto3."""
    rows: Rows = []
    for invocation in invocations:
        parameters = json.loads(invocation["Parameters"])
        rows.append(
            {
                "window_execution_id": invocation["WindowExecutionId"],
                "task_execution_id": invocation["TaskExecutionId"],
                "invocation_id": invocation["InvocationId"],
                "task_type": invocation.get("TaskType"),
                "document_name": parameters.get("documentName"),
                "instance_ids": parameters.get("instanceIds", []),
                "status": invocation["Status"],
                "status_details": invocation.get("StatusDetails"),
                "start_time": invocation.get("StartTime"),
                "end_time": invocation.get("EndTime"),
                "command_id": invocation.get("ExecutionId") or None,
                "execution_id": invocation.get("ExecutionId"),
                "window_target_id": invocation.get("WindowTargetId"),
            }
        )
    return rows


def _pandas(invocations: Rows) -> pd.DataFrame:
    frame = pd.DataFrame(_rows(invocations))
    for name in ("start_time", "end_time"):
        frame[name] = pd.to_datetime(frame[name], utc=True)
    for name in ("task_type", "status"):
        frame[name] = frame[name].astype("category")
    frame["duration"] = frame["end_time"] - frame["start_time"]
    return frame


def _arrow(invocations: Rows) -> Any:
    rows = _rows(invocations)
    for row in rows:
        start, end = row["start_time"], row["end_time"]
        row["duration"] = None if start is None or end is None else end - start
    return pa.Table.from_pylist(rows)


def _polars(invocations: Rows) -> pl.DataFrame:
    return pl.DataFrame(_rows(invocations)).with_columns(
        pl.col("task_type", "status").cast(pl.Categorical),
        duration=pl.col("end_time") - pl.col("start_time"),
    )


def _measurement(
    ours: Callable[[TaskReport], Any], by_hand: Callable[[Rows], Any]
) -> Callable[[Server, int, int], list[tuple[float, ...]]]:
    """The CPU time of both, each time with objects of which nothing is parsed yet."""

    def measure(_server: Server, runs: int, count: int) -> list[tuple[float, ...]]:
        task, invocations, _ = samples.patch_run(count)
        fetched_by_boto3 = [
            {**unstructure(item), "StartTime": item.start_time, "EndTime": item.end_time}
            for item in invocations
        ]
        pairs: list[tuple[float, ...]] = [
            (
                _seconds(ours, TaskReport(task, [attrs.evolve(item) for item in invocations])),
                _seconds(by_hand, fetched_by_boto3),
            )
            for _ in range(runs + 1)
        ]
        return pairs[1:]

    return measure


def _seconds(build: Callable[[Any], object], given: object) -> float:
    gc.collect()
    start = time.process_time()
    build(given)
    return time.process_time() - start


MEASUREMENTS = {
    "pandas": _measurement(TaskReport.to_pandas, _pandas),
    "arrow": _measurement(TaskReport.to_arrow, _arrow),
    "polars": _measurement(TaskReport.to_polars, _polars),
}
"""By the kind of frame."""
