"""A server on loopback whose answers a test chooses, and whose connections can break."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import attrs


class Break(Enum):
    """How a connection breaks."""

    BEFORE_ANSWER = auto()
    """Reset before the first byte of the answer."""
    MID_ANSWER = auto()
    """Reset after half of the body."""
    TRUNCATED = auto()
    """Closed normally after half of the body that Content-Length promised."""


@attrs.frozen
class Answer:
    """What the server sends, when, and how completely."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = attrs.field(factory=dict[str, str])
    delay: float = 0.0
    broken: Break | None = None

    @classmethod
    def of_json(cls, document: object, status: int = 200) -> Answer:
        """Return an answer with a JSON document."""
        return cls(json.dumps(document).encode(), status)

    @classmethod
    def of_error(cls, code: str, status: int = 400, **headers: str) -> Answer:
        """Return an error as AWS's JSON protocol sends it, with headers such as ``retry_after``."""
        error = cls.of_json({"__type": code, "message": "an error of the test server"}, status)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return attrs.evolve(error, headers=named)


@attrs.frozen
class Request:
    """A request that the server received."""

    operation: str
    members: dict[str, Any]
    headers: dict[str, str]


Answers = Callable[[Request], Answer]


@attrs.frozen
class AnswerServer:
    """A running server: its URL, and the requests it received so far."""

    url: str
    requests: list[Request]


@contextmanager
def answering(answers: Answers | Answer) -> Generator[AnswerServer, None, None]:
    """Serve `answers` on loopback until the block ends."""
    requests: list[Request] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            operation = self.headers["X-Amz-Target"].rpartition(".")[2]
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(operation, json.loads(body), headers)
            requests.append(request)
            answer = answers if isinstance(answers, Answer) else answers(request)
            _send(self, answer, len(requests))

        def do_CONNECT(self) -> None:
            """Refuse a tunnel, as a proxy does."""
            self.send_response(answers.status if isinstance(answers, Answer) else 405)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Write nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield AnswerServer(f"http://127.0.0.1:{server.server_port}", requests)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _send(handler: BaseHTTPRequestHandler, answer: Answer, number: int) -> None:
    threading.Event().wait(answer.delay)  # not time.sleep, which some tests replace
    if answer.broken is Break.BEFORE_ANSWER:
        _reset(handler)
        return
    handler.send_response(answer.status)
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "x-amzn-RequestId": f"request-{number}",
        "Content-Length": str(len(answer.body)),
    }
    for name, value in (headers | answer.headers).items():
        if value:
            handler.send_header(name, value)
    handler.end_headers()
    body = answer.body if answer.broken is None else answer.body[: len(answer.body) // 2]
    try:
        handler.wfile.write(body)
    except ConnectionError:
        return  # the client waits no longer
    if answer.broken is Break.MID_ANSWER:
        _reset(handler)


def _reset(handler: BaseHTTPRequestHandler) -> None:
    """Make the kernel send RST instead of FIN when the connection is closed."""
    linger_no_time = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_no_time)
    handler.connection.close()
