"""The start of the command line against that of the AWS CLI v1, both as fresh processes."""

from __future__ import annotations

import os
import statistics
import sys

from ssm_mwx.testing.samples import patch_run
from tests.benchmarks.bench import Bench, Figure, seconds_of
from tests.benchmarks.loops import NotAvailableError
from tests.benchmarks.server import DIFFERENT_INVOCATIONS

_LAPS = 5
_BODY = "from ssm_mwx.__main__ import main; main()"  # what the installed script does


def command_line(bench: Bench) -> Figure:
    """Get a task as JSON: the CPU time as a share of what the AWS CLI takes.

    Raises:
        NotAvailableError: SSM_MWX_AWS_CLI names no AWS CLI.
    """
    aws = os.environ.get("SSM_MWX_AWS_CLI")
    if not aws:
        raise NotAvailableError("SSM_MWX_AWS_CLI names no AWS CLI")
    window_id, task_id = patch_run(DIFFERENT_INVOCATIONS).task.task_ids
    url = ["--endpoint-url", bench.server.url]
    ours = [sys.executable, "-c", _BODY, "task", window_id, task_id, "--format", "json", *url]
    operation = "get-maintenance-window-execution-task"
    ids = ["--window-execution-id", window_id, "--task-id", task_id]
    theirs = [aws, "ssm", operation, *ids, "--output", "json", *url]
    for command in (ours, theirs):
        seconds_of(command)  # writes the byte code, warms the disk's cache
    laps = [
        [(seconds_of(ours), seconds_of(theirs)) for _ in range(_LAPS)] for _ in range(bench.runs)
    ]
    ratios = [statistics.median(mine / other for mine, other in lap) for lap in laps]
    return Figure(ratios)
