"""`gather` over many tasks of several scopes: how long it takes, and what it holds."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

from ssm_mwx import MaintenanceWindowClient, TaskIds, TaskReport, gather
from ssm_mwx.operations import DESCRIBE_INVOCATIONS, GET_TASK
from tests.benchmarks.memory import resident
from tests.benchmarks.server import PAGE_SIZE, Server, task_of, token_of

_REGIONS = [
    f"{area}-{number}"
    for area in ("us-east", "us-west", "eu-west", "eu-south")
    for number in (1, 2)
]
_THREADS = 16
_PAGES = 10
_PAGE_DELAY = 0.06

Item = tuple[int, TaskIds]


def _clients(server: Server) -> list[MaintenanceWindowClient]:
    return [
        MaintenanceWindowClient(region_name=region, endpoint_url=server.url) for region in _REGIONS
    ]


def elapsed(server: Server, runs: int, count: int) -> list[tuple[float, ...]]:
    """Seconds for the reports of so many tasks, and for the same requests with no work."""
    clients = _clients(server)

    def report(scope: int, ids: TaskIds) -> int:
        return len(clients[scope].report(*ids))

    def read_all(items: list[Item]) -> None:
        outcomes = gather(report, items, max_workers=_THREADS)
        if {outcome.result_or_raise() for outcome in outcomes} != {_PAGES * PAGE_SIZE}:
            raise RuntimeError("not every report has all invocations")

    def send_all(items: list[Item]) -> None:
        with ThreadPoolExecutor(_THREADS) as executor:
            executor.map(_send, [server.port] * len(items), [ids for _, ids in items])

    items = [
        (number % len(_REGIONS), task_of(_PAGES * PAGE_SIZE, delay=_PAGE_DELAY))
        for number in range(count)
    ]
    read_all(items[: len(_REGIONS)])  # every client has a connection
    return [(_seconds(read_all, items), _seconds(send_all, items)) for _ in range(runs)]


def _seconds(do: Callable[[list[Item]], None], items: list[Item]) -> float:
    start = time.perf_counter()
    do(items)
    return time.perf_counter() - start


def _send(port: int, ids: TaskIds) -> None:
    """Send the requests of a report, and read the answers without looking at them."""
    members = {"WindowExecutionId": ids.window_execution_id, "TaskId": ids.task_execution_id}
    pages = [{"NextToken": token_of(page)} if page else {} for page in range(_PAGES)]
    connection = HTTPConnection("127.0.0.1", port)
    for operation, more in [(GET_TASK.name, {}), *((DESCRIBE_INVOCATIONS.name, p) for p in pages)]:
        body = json.dumps({**members, **more})
        connection.request("POST", "/", body, {"X-Amz-Target": f"AmazonSSM.{operation}"})
        connection.getresponse().read()
    connection.close()


def growth(server: Server, _runs: int, count: int) -> list[tuple[float, ...]]:
    """MiB by which the process grows over the reports of so many tasks, after the first tenth."""
    clients = _clients(server)

    def report(scope: int, ids: TaskIds) -> TaskReport:
        return clients[scope].report(*ids)

    items = ((number % len(_REGIONS), task_of(10)) for number in range(count))
    first = most = 0.0
    for number, outcome in enumerate(gather(report, items, max_workers=_THREADS), start=1):
        outcome.result_or_raise()
        if number % (count // 10) == 0:
            most = max(most, resident())
            first = first or most
    return [(most - first,)]
