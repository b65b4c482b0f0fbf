"""How the views of a report grow with its nodes."""

from __future__ import annotations

import gc
import io
import time
from collections.abc import Callable

from rich.console import Console

from ssm_mwx import TaskReport
from ssm_mwx.testing import samples
from tests.benchmarks.server import Server

_PART = 10


def _measurement(
    view: Callable[[TaskReport], None],
) -> Callable[[Server, int, int], list[tuple[float, ...]]]:
    """The CPU time for all nodes, and ten times that for a tenth of them: linear growth is 1."""

    def measure(_server: Server, runs: int, count: int) -> list[tuple[float, ...]]:
        all_nodes, some = (TaskReport(*samples.tag_run(nodes)) for nodes in (count, count // _PART))
        view(some)
        return [(_seconds(view, all_nodes), _PART * _seconds(view, some)) for _ in range(runs)]

    return measure


def _seconds(view: Callable[[TaskReport], None], report: TaskReport) -> float:
    gc.collect()
    start = time.process_time()
    view(report)
    return time.process_time() - start


def _html(report: TaskReport) -> None:
    report.to_html()


def _timeline(report: TaskReport) -> None:
    report.timeline().to_dict()


def _terminal(report: TaskReport) -> None:
    Console(file=io.StringIO(), width=120).print(report)


MEASUREMENTS = {
    "html": _measurement(_html),
    "timeline": _measurement(_timeline),
    "terminal": _measurement(_terminal),
}
"""By the view."""
