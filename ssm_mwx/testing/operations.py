"""The operations of this library, added to moto's SSM service as AWS documents them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Callable
from typing import Any

from moto.ssm.responses import SimpleSystemManagerResponse

from ssm_mwx.enums import ExecutionStatus
from ssm_mwx.models import TaskExecution, TaskIds, TaskInvocation
from ssm_mwx.testing.simulation import SimulatedTask
from ssm_mwx.testing.store import StoredTask, injected_failures, stored_tasks
from ssm_mwx.wire import unstructure

_ID_PATTERN = r"^[0-9a-fA-F]{8}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{12}$"
_FILTER_VALUES = [status for status in ExecutionStatus if status != "SKIPPED_OVERLAPPING"]
_MAX_FILTERS = 5
_PAGE_SIZE = 50  # AWS does not document its page size without MaxResults
_TOKEN_KEY = secrets.token_bytes()

_Members = dict[str, Any]
_HttpResponse = tuple[str, dict[str, Any]]


class _AwsError(Exception):
    """An error to answer with."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

    @property
    def http_status(self) -> int:
        server_faults = ("InternalServerError", "InternalFailure", "InternalError")
        return {"ServiceUnavailable": 503}.get(
            self.code, 500 if self.code in server_faults else 400
        )


def add_operations_to_moto() -> None:
    """Add the operations that moto's SSM service lacks. Calling it again changes nothing."""

    def get_maintenance_window_execution_task(self: Any) -> _HttpResponse:
        return _respond(self, _get_task)

    def describe_maintenance_window_execution_task_invocations(self: Any) -> _HttpResponse:
        return _respond(self, _describe_invocations)

    for method in (
        get_maintenance_window_execution_task,
        describe_maintenance_window_execution_task_invocations,
    ):
        setattr(SimpleSystemManagerResponse, method.__name__, method)


def _respond(response: Any, operation: Callable[[Any, _Members], _Members]) -> _HttpResponse:
    """Call `operation` for moto's request, and return its answer in moto's form."""
    try:
        if failures := injected_failures():
            raise _AwsError(failures.pop(0), "injected by fail_next")
        return json.dumps(operation(response.ssm_backend, json.loads(response.body))), {}
    except _AwsError as error:
        body = json.dumps({"__type": error.code, "message": str(error)})
        return body, {"status": error.http_status, "x-amzn-errortype": error.code}


def _get_task(backend: Any, request: _Members) -> _Members:
    return _on_wire(_find(backend, request).task)


def _describe_invocations(backend: Any, request: _Members) -> _Members:
    size = _page_size(request)
    tests = _status_tests(request)
    invocations = [
        invocation
        for invocation in _find(backend, request).invocations
        if all(invocation.status in statuses for statuses in tests)
    ]
    start = _offset(backend, request)
    end = start + size
    return {
        "WindowExecutionTaskInvocationIdentities": [
            _on_wire(invocation) for invocation in invocations[start:end]
        ],
        "NextToken": _token(backend, request, end) if end < len(invocations) else "",
    }


def _find(backend: Any, request: _Members) -> StoredTask | SimulatedTask:
    ids = TaskIds(_id(request, "WindowExecutionId"), _id(request, "TaskId"))
    stored = stored_tasks(backend).get(ids)
    if stored is None:
        raise _AwsError(
            "DoesNotExistException",
            f"Maintenance window execution task {ids.task_execution_id} of execution "
            f"{ids.window_execution_id} does not exist",
        )
    return stored


def _on_wire(model: TaskExecution | TaskInvocation) -> _Members:
    members = unstructure(model)
    for member, time in (("StartTime", model.start_time), ("EndTime", model.end_time)):
        if time is not None:
            members[member] = time.timestamp()
    return members


# --- validation ---


def _refuse(value: object, member: str, constraint: str) -> _AwsError:
    return _AwsError(
        "ValidationException",
        f"1 validation error detected: Value '{value}' at '{member[0].lower() + member[1:]}' "
        f"failed to satisfy constraint: Member must {constraint}",
    )


def _id(request: _Members, member: str) -> str:
    value = request.get(member)
    if isinstance(value, str) and re.search(_ID_PATTERN, value):
        return value
    raise _refuse(value, member, f"satisfy regular expression pattern: {_ID_PATTERN}")


def _page_size(request: _Members) -> int:
    size: int = request.get("MaxResults", _PAGE_SIZE)
    if size < 10:
        raise _refuse(size, "MaxResults", "have value greater than or equal to 10")
    if size > 100:
        raise _refuse(size, "MaxResults", "have value less than or equal to 100")
    return size


def _status_tests(request: _Members) -> list[list[str]]:
    """Return the statuses that each filter accepts; an invocation must pass every filter."""
    filters: list[_Members] = request.get("Filters", [])
    if len(filters) > _MAX_FILTERS:
        raise _refuse(filters, "Filters", f"have length less than or equal to {_MAX_FILTERS}")
    return [_statuses(item) for item in filters]


def _statuses(item: _Members) -> list[str]:
    if item.get("Key") != "STATUS":
        raise _refuse(item.get("Key"), "Filters", "satisfy enum value set: [STATUS]")
    values: list[str] = item.get("Values", [])
    unknown = [value for value in values if value not in _FILTER_VALUES]
    if unknown or not values:
        allowed = ", ".join(_FILTER_VALUES)
        raise _refuse(unknown, "Filters", f"satisfy enum value set: [{allowed}]")
    return values


# --- tokens ---


def _token(backend: Any, request: _Members, offset: int) -> str:
    """Return an opaque token that is valid for the same request, account and Region only."""
    sealed = [
        backend.account_id,
        backend.region_name,
        request["WindowExecutionId"],
        request["TaskId"],
        request.get("Filters", []),
        offset,
    ]
    seal = hmac.new(_TOKEN_KEY, json.dumps(sealed).encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(offset.to_bytes(4, "big") + seal).decode()


def _offset(backend: Any, request: _Members) -> int:
    token = request.get("NextToken")
    if not token:
        return 0
    try:
        offset = int.from_bytes(base64.urlsafe_b64decode(token)[:4], "big")
    except (binascii.Error, ValueError):
        offset = 0
    if not hmac.compare_digest(token.encode(), _token(backend, request, offset).encode()):
        raise _AwsError("ValidationException", "The specified token is not valid")
    return offset
