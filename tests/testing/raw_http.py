"""A client that sends any request to the test server, and shows the whole response."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import attrs

AUTHORIZATION = "AWS4-HMAC-SHA256 Credential=x/20260101/eu-west-1/{}/aws4_request"


@attrs.frozen
class Response:
    """What the server answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


def send(
    url: str, method: str = "POST", path: str = "/", body: bytes = b"", **headers: str
) -> Response:
    """Send a request; an underscore in a header's name stands for a hyphen."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=30)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, named)
    response = connection.getresponse()
    received = {name.lower(): value for name, value in response.getheaders()}
    content = response.read()
    connection.close()
    return Response(response.status, received, content)


def call(url: str, operation: str, members: object, **headers: str) -> Response:
    """Call an operation of SSM with any JSON value, or with bytes that are none."""
    body = members if isinstance(members, bytes) else json.dumps(members).encode()
    sent = {
        "X_Amz_Target": f"AmazonSSM.{operation}",
        "Content_Type": "application/x-amz-json-1.1",
        "Authorization": AUTHORIZATION.format("ssm"),
    }
    return send(url, body=body, **{**sent, **headers})
