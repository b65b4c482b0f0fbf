"""One measurement in a process of its own: ``python -m tests.benchmarks.worker NAME PORT RUNS N``.

Prints, as JSON, the figures (ours, raw boto3's) of each run.
"""

from __future__ import annotations

import gc
import json
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterable

from ssm_mwx import MaintenanceWindowClient
from tests.benchmarks import fleet, frames, loops, nodes, views
from tests.benchmarks.bench import NOT_AVAILABLE
from tests.benchmarks.loops import Loop, NotAvailableError
from tests.benchmarks.memory import resident
from tests.benchmarks.server import PAGE_SIZE, Server, task_of

Figures = list[tuple[float, ...]]
Measurement = Callable[[Server, int, int], Figures]

_FIRST_PART = 5_000
_PAGE_DELAY = 0.03
_PARTS = 5


def _seconds(loop: Loop, count: int, delay: float = 0.0) -> float:
    """Return the CPU time of this process; the elapsed time if the server delays its answers."""
    gc.collect()
    clock = time.perf_counter if delay else time.process_time
    start = clock()
    loop(task_of(count, delay=delay))
    return clock() - start


def _side_by_side(ours: Callable[[str], Loop], theirs: Callable[[str], Loop]) -> Measurement:
    """Both loops in turn, as often as there are runs, after one short run of each."""

    def measure(server: Server, runs: int, count: int) -> Figures:
        our_loop, their_loop = ours(server.url), theirs(server.url)
        warm_up = task_of(1_000)
        if our_loop(warm_up) != their_loop(warm_up):
            raise RuntimeError("the loops do not agree on what failed")
        return [_in_turn(our_loop, their_loop, count) for _ in range(runs)]

    return measure


def _in_turn(ours: Loop, theirs: Loop, count: int) -> tuple[float, float]:
    """Return the CPU time of both, a part at a time, so that both have the same disturbances."""
    part = count // _PARTS
    pairs = [(_seconds(ours, part), _seconds(theirs, part)) for _ in range(_PARTS)]
    return sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)


def _growing(server: Server, runs: int, count: int) -> Figures:
    """Our calls, and the seconds of both."""
    our_loop, their_loop = loops.our_loop(server.url), loops.raw_loop(server.url)
    our_loop(task_of(1_000))
    their_loop(task_of(1_000))
    figures: Figures = []
    for _ in range(runs):
        server.take_calls()
        ours = _seconds(our_loop, count)
        calls = server.take_calls()
        figures.append((calls, ours, _seconds(their_loop, count)))
    return figures


def _bytes_held(server: Server, runs: int, count: int) -> Figures:
    """Bytes per invocation in a list of all."""
    ours, theirs = MaintenanceWindowClient(endpoint_url=server.url), loops.raw_client(server.url)
    task = task_of(count)
    makers: tuple[Callable[[], list[object]], ...] = (
        lambda: list(ours.iter_task_invocations(*task)),
        lambda: list(loops.raw_items(theirs, task)),
    )
    for make in makers:
        make()  # whatever is made once and kept is none of the list's
    return [(_traced(makers[0]) / count, _traced(makers[1]) / count) for _ in range(runs)]


def _traced(make: Callable[[], list[object]]) -> int:
    gc.collect()
    tracemalloc.start()
    kept = make()
    gc.collect()
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    del kept
    return held


def _growth(server: Server, _runs: int, count: int) -> Figures:
    """MiB by which the process grows over a stream, after its first part."""
    client = MaintenanceWindowClient(endpoint_url=server.url)
    return [(_growth_over(client.iter_task_invocations(*task_of(count))),)]


def _raw_growth(server: Server, _runs: int, count: int) -> Figures:
    """The same of boto3, in a process of its own."""
    return [(_growth_over(loops.raw_items(loops.raw_client(server.url), task_of(count))),)]


def _growth_over(stream: Iterable[object]) -> float:
    first = most = 0.0
    for number, _ in enumerate(stream, start=1):
        if number % _FIRST_PART == 0:
            most = max(most, resident())
            first = first or most
    return most - first


def _prefetch(server: Server, runs: int, count: int) -> Figures:
    """With prefetch and without it, where the caller takes as long as a page's fetch."""
    fetch = _seconds(loops.our_loop(server.url), count, _PAGE_DELAY) / (count // PAGE_SIZE)
    ahead, plain = (
        loops.prefetch_loop(server.url, seconds_per_page=fetch, prefetch=prefetch)
        for prefetch in (True, False)
    )
    return [
        (_seconds(ahead, count, _PAGE_DELAY), _seconds(plain, count, _PAGE_DELAY))
        for _ in range(runs)
    ]


MEASUREMENTS: dict[str, Measurement] = {
    "loop": _side_by_side(loops.our_loop, loops.raw_loop),
    "parameters": _side_by_side(loops.our_parameters_loop, loops.raw_parameters_loop),
    "injected": _side_by_side(loops.injected_loop, loops.raw_loop),
    "peer": _side_by_side(loops.peer_loop, loops.raw_loop),
    "peer-parameters": _side_by_side(loops.peer_parameters_loop, loops.raw_parameters_loop),
    "retries": _side_by_side(loops.our_loop, loops.loop_without_retries),
    "growing": _growing,
    "bytes": _bytes_held,
    "growth": _growth,
    "raw-growth": _raw_growth,
    "prefetch": _prefetch,
    **frames.MEASUREMENTS,
    **views.MEASUREMENTS,
    "nodes": nodes.elapsed,
    "fleet": fleet.elapsed,
    "fleet-growth": fleet.growth,
}
"""By name. Each takes the server, the runs and the invocations."""


def main(name: str, port: str, runs: str, count: str) -> None:
    """Measure, and print the figures."""
    try:
        figures = MEASUREMENTS[name](Server(int(port)), int(runs), int(count))
    except NotAvailableError as error:
        sys.stderr.write(str(error))
        sys.exit(NOT_AVAILABLE)
    json.dump(figures, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
