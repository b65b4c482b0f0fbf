"""A loopback server in a process of its own, which costs its clients as little as it can.

It keeps nothing per client: the request's ids tell how many invocations the task has and how long
a page takes, and the token tells the page. The items are rendered once, at start.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPConnection
from typing import Any, cast

import attrs

from ssm_mwx import TaskExecution, TaskIds, TaskInvocation, unstructure
from ssm_mwx.testing.samples import patch_run

PAGE_SIZE = 100
DIFFERENT_INVOCATIONS = 20_000
"""How many are rendered; a longer iteration repeats them."""

_TOKEN_LENGTH = 256


def task_of(invocations: int, *, delay: float = 0.0) -> TaskIds:
    """The ids of a task with so many invocations, whose pages take `delay` seconds each."""
    return TaskIds(
        f"00000000-0000-4000-8000-{invocations:012d}",
        f"00000000-0000-4000-8000-{round(delay * 1e6):012d}",
    )


def token_of(page: int) -> str:
    """The token that leads to a page, counted from 0."""
    return str(page).ljust(_TOKEN_LENGTH, "=")


@attrs.frozen
class Server:
    """A running server."""

    port: int

    @property
    def url(self) -> str:
        """Where it is, for ``endpoint_url``."""
        return f"http://127.0.0.1:{self.port}"

    def take_calls(self) -> int:
        """How many calls there were since this was asked last."""
        connection = HTTPConnection("127.0.0.1", self.port)
        connection.request("POST", "/", headers={"X-Amz-Target": "Benchmark.TakeCalls"})
        calls: int = json.loads(connection.getresponse().read())
        connection.close()
        return calls


@contextmanager
def running_server() -> Generator[Server, None, None]:
    """A server in a process of its own until the block ends."""
    command = [sys.executable, "-m", __name__]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Server(int(cast("Any", process.stdout).readline()))
        finally:
            process.terminate()


# --- in the server's process ---


def _on_the_wire(model: TaskExecution | TaskInvocation, later: timedelta = timedelta()) -> bytes:
    """The model as AWS sends it: compact, and with times in epoch seconds to the millisecond.

    The times of the invocations are spread over a year by `later`, because what a local time
    costs botocore is another thing in summer than in winter.
    """
    members = unstructure(model)
    for member, time in (("StartTime", model.start_time), ("EndTime", model.end_time)):
        if time is not None:
            members[member] = round((time + later).timestamp(), 3)
    return json.dumps(members, separators=(",", ":")).encode()


class _Answers:
    """The bodies, as far as they can be ready beforehand."""

    def __init__(self) -> None:
        task, invocations, _ = patch_run(DIFFERENT_INVOCATIONS)
        nameless = attrs.evolve(
            task, window_execution_id=None, task_execution_id=None, task_parameters=()
        )
        self._task = _on_the_wire(nameless)
        self._items = [
            _on_the_wire(invocation, later=timedelta(days=365) * number / DIFFERENT_INVOCATIONS)
            for number, invocation in enumerate(invocations)
        ]
        self._full_pages = [
            b",".join(self._items[first : first + PAGE_SIZE])
            for first in range(0, DIFFERENT_INVOCATIONS, PAGE_SIZE)
        ]
        self._calls = 0

    def answer(self, operation: str, body: bytes) -> tuple[bytes, float]:
        """The body of the answer, and the seconds to wait before it is sent."""
        if operation == "TakeCalls":
            calls, self._calls = self._calls, 0
            return str(calls).encode(), 0.0
        self._calls += 1
        request = json.loads(body)
        if operation == "GetMaintenanceWindowExecutionTask":
            ids = b'{"WindowExecutionId":"%b","TaskExecutionId":"%b",' % (
                request["WindowExecutionId"].encode(),
                request["TaskId"].encode(),
            )
            return ids + self._task[1:], 0.0
        count = int(request["WindowExecutionId"][-12:])
        delay = int(request["TaskId"][-12:]) / 1e6
        page = int(request["NextToken"].rstrip("=")) if "NextToken" in request else 0
        return self._page(page, count), delay

    def _page(self, page: int, count: int) -> bytes:
        left = count - page * PAGE_SIZE
        if left < PAGE_SIZE:
            items = b",".join(self._items[:left])
        else:
            items = self._full_pages[page % len(self._full_pages)]
        token = token_of(page + 1) if left > PAGE_SIZE else ""
        return b'{"WindowExecutionTaskInvocationIdentities":[%b],"NextToken":"%b"}' % (
            items,
            token.encode(),
        )


class _Connection(asyncio.Protocol):
    """HTTP/1.1 as far as botocore speaks it here: POST, Content-Length, keep-alive."""

    def __init__(self, answers: _Answers) -> None:
        self._answers = answers
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # asyncio sets TCP_NODELAY

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, rest = self._received.partition(b"\r\n\r\n")
        if not end:
            return
        lines = [line.partition(b": ") for line in head.split(b"\r\n")[1:]]
        headers = {name.lower(): value.decode() for name, _, value in lines}
        length = int(headers.get(b"content-length", "0"))
        if len(rest) < length:
            return
        self._received = rest[length:]
        operation = headers[b"x-amz-target"].rpartition(".")[2]
        body, delay = self._answers.answer(operation, rest[:length])
        answer = _HEAD % len(body) + body
        if delay:
            asyncio.get_running_loop().call_later(delay, self._transport.write, answer)
        else:
            self._transport.write(answer)


_HEAD = (
    b"HTTP/1.1 200 OK\r\n"
    b"Server: benchmark\r\n"
    b"Date: Tue, 10 Mar 2026 02:00:00 GMT\r\n"
    b"Content-Type: application/x-amz-json-1.1\r\n"
    b"x-amzn-RequestId: 6ab9f2a8-5f51-4f6e-a6ef-2f2d1f0c9d15\r\n"
    b"Content-Length: %d\r\n\r\n"
)


async def _serve() -> None:
    answers = _Answers()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(answers), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
