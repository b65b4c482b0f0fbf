"""Models, pages and errors sent to another interpreter and back."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
from typing import Any

import pytest

from ssm_mwx import (
    DoesNotExistError,
    ExecutionStatus,
    InvalidRequestError,
    InvocationPage,
    RepeatedTokenError,
    ResponseError,
    ServiceError,
    TaskFailedError,
    TaskIds,
    TaskInvocation,
    WaitTimeoutError,
)
from ssm_mwx.testing import samples

TASK, INVOCATIONS, _ = samples.patch_run(targets=3)
ANSWER = {
    "Error": {"Code": "DoesNotExistException", "Message": "none"},
    "ResponseMetadata": {"RequestId": "request-1", "HTTPStatusCode": 400},
}
PARSED = INVOCATIONS[0]
assert PARSED.parameters is not None  # parsed and kept, before it is sent

VALUES: list[Any] = [
    TASK,
    PARSED,
    TaskInvocation(status=ExecutionStatus("NEW_STATE")),
    InvocationPage(INVOCATIONS, "token", number=3, request_id="request-1"),
    PARSED.parameters,
    TaskIds("a", "b"),
]
ERRORS: list[Any] = [
    InvalidRequestError("page_size", 101, "less"),
    ServiceError(ANSWER, "Operation"),
    DoesNotExistError(ANSWER, "Operation"),
    ResponseError("not a string", path="Status", operation_name="Operation", request_id="r"),
    RepeatedTokenError("token", 4),
    WaitTimeoutError("out of time", TASK),
    TaskFailedError("failed", TASK),
]

ECHO = """
import pickle, sys
value = pickle.load(sys.stdin.buffer)
pickle.dump((type(value).__module__, type(value).__name__, repr(value), value), sys.stdout.buffer)
"""


def _there_and_back(value: object) -> Any:
    """Send `value` to a new interpreter, which has not imported the package, and back."""
    done = subprocess.run(
        [sys.executable, "-c", ECHO], input=pickle.dumps(value), capture_output=True, check=True
    )
    module, name, shown, echoed = pickle.loads(done.stdout)
    assert (module, name) == (type(value).__module__, type(value).__name__)
    assert shown == repr(value)
    return echoed


@pytest.mark.slow
@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("send", [_there_and_back, copy.copy, copy.deepcopy])
def test_value_comes_back_equal(value: Any, send: Any) -> None:
    """A value comes back equal, with number and request id of a page."""
    back = send(value)
    assert (back, type(back)) == (value, type(value))
    assert getattr(value, "number", None) == getattr(back, "number", None)
    assert getattr(value, "request_id", None) == getattr(back, "request_id", None)


@pytest.mark.slow
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("send", [_there_and_back, copy.copy, copy.deepcopy])
def test_error_comes_back_complete(error: Any, send: Any) -> None:
    """An error comes back with its type, text, fields and notes."""
    if not hasattr(error, "__notes__"):
        error.add_note("seen on the way")
    back = send(error)
    assert (type(back), back.args, vars(back)) == (type(error), error.args, vars(error))
    assert back.__notes__ == ["seen on the way"]
    assert json.dumps(str(error)) == json.dumps(str(back))
