"""`TaskReport.to_pandas` beside the same frame built by hand from boto3's dicts.

Run by hand: ``python -m tests.benchmarks.frames``. Both begin with what a fetch has left in memory,
and both read the JSON text of every ``Parameters``.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import attrs
import pandas as pd

from ssm_mwx import TaskReport, unstructure
from ssm_mwx.testing import samples

TARGETS = 20_000
ROUNDS = 5


def by_hand(invocations: list[dict[str, Any]]) -> pd.DataFrame:
    """The frame, as one writes it who has boto3 and pandas."""
    rows: list[dict[str, Any]] = []
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
    frame = pd.DataFrame(rows)
    for name in ("start_time", "end_time"):
        frame[name] = pd.to_datetime(frame[name], utc=True)
    for name in ("task_type", "status"):
        frame[name] = frame[name].astype("category")
    frame["duration"] = frame["end_time"] - frame["start_time"]
    return frame


def median_of(build: Callable[[Any], pd.DataFrame], make_input: Callable[[], Any]) -> float:
    """Seconds that `build` takes, the median of some rounds, each with an input of its own."""
    seconds: list[float] = []
    for _ in range(ROUNDS):
        given = make_input()
        start = time.perf_counter()
        build(given)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def main() -> None:
    """Measure both, and print a line each."""
    task, invocations, _ = samples.patch_run(TARGETS)

    def fetched_by_boto3() -> list[dict[str, Any]]:
        return [
            {**unstructure(item), "StartTime": item.start_time, "EndTime": item.end_time}
            for item in invocations
        ]

    def fetched_by_us() -> TaskReport:
        return TaskReport(task, [attrs.evolve(item) for item in invocations])  # nothing parsed yet

    fetched = fetched_by_us()
    for name in ("instance_ids", "command_id", "start_time", "duration"):
        assert list(by_hand(fetched_by_boto3())[name]) == list(fetched.to_pandas()[name])

    hand = median_of(by_hand, fetched_by_boto3)
    ours = median_of(TaskReport.to_pandas, fetched_by_us)
    again = median_of(TaskReport.to_pandas, lambda: fetched)
    print(f"{TARGETS:,} invocations, median of {ROUNDS}")  # noqa: T201
    print(f"by hand from boto3's dicts:       {hand:.3f} s")  # noqa: T201
    print(f"TaskReport.to_pandas():           {ours:.3f} s, {ours / hand:.2f} of it")  # noqa: T201
    print(f"the same with Parameters parsed:  {again:.3f} s, {again / hand:.2f} of it")  # noqa: T201


if __name__ == "__main__":
    main()
