"""Add the operations to moto's SSM service, and give all of its answers AWS's form."""

from __future__ import annotations

import functools
import json
import re
from html import unescape
from typing import Any

from moto.core.utils import camelcase_to_underscores
from moto.ssm.responses import SimpleSystemManagerResponse

from ssm_mwx.testing import protocol
from ssm_mwx.testing.calls import Call
from ssm_mwx.testing.operations import OPERATIONS
from ssm_mwx.testing.protocol import CONTENT_TYPE, AwsError, HttpResponse
from ssm_mwx.testing.region import (
    Request,
    received_requests,
    region_on,
    take_injected_failure,
)

_XML_ERROR = re.compile(r"<Code>(?P<code>.*)</Code>\s*<Message>(?P<message>.*)</Message>")
"""How moto answers if its IAM denies a call, although SSM speaks JSON."""
_CODES = {"AccessDenied": "AccessDeniedException"}


@functools.cache
def add_operations_to_moto() -> None:
    """Add the operations to moto's SSM service. Calling it again changes nothing."""
    service: Any = SimpleSystemManagerResponse
    for operation in OPERATIONS:
        name = camelcase_to_underscores(operation)
        of_moto = getattr(service, name, None)
        setattr(service, name, _method(operation, protocol.input_shape(operation), of_moto))
    service._dispatch = _dispatch_with(service._dispatch)  # noqa: SLF001 - moto has no other hook


def _method(operation: str, input_shape: Any, of_moto: Any) -> Any:
    """Return the method of moto's service that answers an operation."""

    def method(self: Any) -> Any:
        members = protocol.read_request(self.body, input_shape)
        backend = self.ssm_backend
        if code := take_injected_failure(operation, backend.region_name, backend.account_id):
            raise AwsError(code, "injected by fail_next")
        protocol.check_constraints(members, input_shape)
        answer = OPERATIONS[operation](Call(members, region_on(backend), backend))
        if answer is None:
            return of_moto(self)
        return json.dumps(protocol.serialize(answer, protocol.output_shape(operation))), {}

    return method


def _dispatch_with(moto_dispatch: Any) -> Any:
    """Return a function that takes the place of moto's own dispatch."""

    def dispatch(self: Any, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        operation = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
        try:
            shape = protocol.input_shape(operation)
            members = protocol.read_request(_body_of(request), shape)
            received_requests().append(Request(operation, members))
            return _in_aws_form(HttpResponse(*moto_dispatch(self, request, *args, **kwargs)))
        except NotImplementedError as error:
            problem = f"the fake AWS does not have the operation {operation}: {error}"
            return AwsError("UnknownOperationException", problem).response()
        except AwsError as error:
            return error.response()

    return dispatch


def _body_of(request: Any) -> bytes | str:
    """Return the body of a request of botocore, or of one of the test server."""
    body: bytes | str | None = getattr(request, "body", None)
    return request.data if body is None else body


def _in_aws_form(response: HttpResponse) -> HttpResponse:
    """Set AWS's content type, and give an error the headers and names that SDKs read."""
    replaced = ("content-type", "x-amzn-errortype")
    headers = {key: value for key, value in response.headers.items() if key.lower() not in replaced}
    headers["Content-Type"] = CONTENT_TYPE
    if int(response.status) < 400:
        return response._replace(headers=headers)
    if denied := _XML_ERROR.search(response.body):
        code = _CODES.get(denied["code"], denied["code"])
        return AwsError(code, unescape(denied["message"])).response()
    error = json.loads(response.body)
    message = error.get("message") or error.get("Message")
    headers["x-amzn-ErrorType"] = error["__type"]
    body = json.dumps({**error, "message": message, "Message": message})
    return response._replace(headers=headers, body=body)
