"""The error tree: classes, messages, fields, and copies."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.retries.standard import ThrottledRetryableChecker

import ssm_mwx
from ssm_mwx import (
    AccessDeniedError,
    DoesNotExistError,
    ExecutionStatus,
    ExpiredCredentialsError,
    InternalServerError,
    InvalidRequestError,
    MaintenanceWindowClient,
    RepeatedTokenError,
    ResponseError,
    ServiceError,
    SsmMwxError,
    TaskExecution,
    TaskFailedError,
    ThrottlingError,
    ValidationError,
    WaitTimeoutError,
    errors,
)
from tests.support.fakes import IDS, SECRET, FakeSsmClient, client_error

CODES: list[tuple[str, type[ServiceError]]] = [
    ("AccessDeniedException", AccessDeniedError),
    ("DoesNotExistException", DoesNotExistError),
    ("ExpiredTokenException", ExpiredCredentialsError),
    ("InternalServerError", InternalServerError),
    ("ThrottlingException", ThrottlingError),
    ("ValidationException", ValidationError),
]
"""The code that AWS documents for each class; other codes of the same meaning are not repeated."""

TASK = TaskExecution(status=ExecutionStatus.FAILED, task_parameters=({"commands": ("df",)},))
SERVICE_CLASSES: list[type[ServiceError]] = [ServiceError, *(cls for _, cls in CODES)]
EXAMPLES: list[SsmMwxError] = [
    SsmMwxError("Anything."),
    InvalidRequestError("max_results", 5, "an integer from 10 to 100"),
    *(
        cls({"Error": {"Code": "A", "Message": "B"}, "ResponseMetadata": {"RequestId": "C"}}, "Op")
        for cls in SERVICE_CLASSES
    ),
    ResponseError("not a time", path="StartTime", operation_name="Op", request_id="C"),
    RepeatedTokenError("token 2", 7),
    WaitTimeoutError("Not ended after 60 s.", TASK),
    TaskFailedError("Ended in FAILED.", TASK),
]


def service_error(response: Any) -> ServiceError:
    """Return the library's error for botocore's with this parsed answer."""
    return ServiceError.from_client_error(ClientError(response, "Op"))


# --- the tree ---


def test_examples_cover_every_error_class() -> None:
    """The examples of these tests hold one of each public error class."""
    public: list[object] = [getattr(ssm_mwx, name) for name in ssm_mwx.__all__]

    assert {type(error) for error in EXAMPLES} == {
        cls for cls in public if isinstance(cls, type) and issubclass(cls, Exception)
    }


@pytest.mark.parametrize(
    ("cls", "base"),
    [
        *((type(error), SsmMwxError) for error in EXAMPLES),
        (InvalidRequestError, ValueError),
        (ServiceError, ClientError),
        *((cls, ServiceError) for _, cls in CODES),
        (WaitTimeoutError, TimeoutError),
    ],
)
def test_error_has_its_bases(cls: type[Exception], base: type[Exception]) -> None:
    """Each error class has the bases that users catch it by."""
    assert issubclass(cls, base)


@pytest.mark.parametrize("cls", [type(error) for error in EXAMPLES])
def test_error_is_documented(cls: type[SsmMwxError]) -> None:
    """The module's docstring names every class, and each class has a docstring."""
    assert cls.__name__ in str(errors.__doc__)
    assert cls.__doc__


# --- pickling and copying ---


def pickled(protocol: int) -> Callable[[SsmMwxError], SsmMwxError]:
    """Return a function that sends an error through pickle."""

    def again(error: SsmMwxError) -> SsmMwxError:
        result: SsmMwxError = pickle.loads(pickle.dumps(error, protocol))
        return result

    return again


WAYS: list[Callable[[SsmMwxError], SsmMwxError]] = [
    copy.copy,
    copy.deepcopy,
    *(pickled(protocol) for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)),
]


@pytest.mark.parametrize("again", WAYS)
@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_error_survives_pickling_and_copying(
    error: SsmMwxError, again: Callable[[SsmMwxError], SsmMwxError]
) -> None:
    """An error keeps type, text, arguments, fields and notes when pickled or copied."""
    noted = copy.deepcopy(error)
    noted.add_note("Seen on a Monday.")

    result = again(noted)

    assert noted is not result
    assert (type(result), str(result), result.args) == (type(noted), str(noted), noted.args)
    assert vars(noted) == vars(result)
    assert result.__notes__ == ["Seen on a Monday."]


def test_deepcopy_of_error_shares_no_notes() -> None:
    """A note added to a deep copy does not appear on the original."""
    error = InvalidRequestError("max_results", 5, "more")
    error.add_note("first")

    copy.deepcopy(error).add_note("second")

    assert error.__notes__ == ["first"]


# --- AWS's errors ---


@pytest.mark.parametrize(
    ("code", "cls"), [*CODES, ("Unheard-of", ServiceError), ("", ServiceError)]
)
def test_error_code_selects_the_class(code: str, cls: type[ServiceError]) -> None:
    """AWS's error code selects the class, and the error keeps botocore's response."""
    raised = client_error(code)
    client = MaintenanceWindowClient(client=_FailingClient(raised), retry_timeout=0)

    with pytest.raises(ClientError) as caught:
        client.get_task_execution(*IDS)

    error = caught.value
    assert isinstance(error, ServiceError)
    assert type(error) is cls
    assert raised.response == error.response
    assert str(raised) == str(error)
    assert error.is_throttling is (cls is ThrottlingError)


class _FailingClient(FakeSsmClient):
    """An SSM client whose every call fails in the same way."""

    def __init__(self, error: ClientError) -> None:
        super().__init__()
        self._error = error

    def get_maintenance_window_execution_task(self, **_request: Any) -> Any:
        raise self._error


@pytest.mark.parametrize(
    "code",
    # The two left out say that a former request is still at work, not that there are too many.
    sorted(
        {*vars(ThrottledRetryableChecker)["_THROTTLED_ERROR_CODES"]}
        - {"TransactionInProgressException", "PriorRequestNotComplete"}
    ),
)
def test_throttling_codes_include_botocore_s(code: str) -> None:
    """Every code that botocore retries as throttling is a ThrottlingError."""
    assert type(service_error({"Error": {"Code": code}})) is ThrottlingError


@pytest.mark.parametrize(
    ("code", "status", "cls"),
    [
        ("Unheard-of", 429, ThrottlingError),
        ("", 429, ThrottlingError),
        ("AccessDeniedException", 429, AccessDeniedError),
        ("Unheard-of", 400, ServiceError),
        ("Unheard-of", 430, ServiceError),
        ("Unheard-of", 499, ServiceError),
        ("Unheard-of", 500, InternalServerError),
        ("", 503, InternalServerError),
        ("DoesNotExistException", 500, DoesNotExistError),
    ],
)
def test_http_status_selects_the_class_of_an_unknown_code(
    code: str, status: int, cls: type[ServiceError]
) -> None:
    """HTTP status 429 or 5xx selects the class of an unknown code; a known code goes first."""
    error = ServiceError.from_client_error(client_error(code, status=status))

    assert type(error) is cls
    assert (error.code, error.http_status) == (code, status)


def test_service_error_has_what_aws_sent() -> None:
    """A service error has code, message, request id, status and operation."""
    error = ServiceError.from_client_error(client_error("DoesNotExistException", message="Gone."))

    assert (
        error.code,
        error.message,
        error.request_id,
        error.http_status,
        error.operation_name,
        error.is_throttling,
    ) == (
        "DoesNotExistException",
        "Gone.",
        "request-of-the-error",
        400,
        "DescribeMaintenanceWindowExecutionTaskInvocations",
        False,
    )


@pytest.mark.parametrize(
    "response",
    [{}, {"Error": {}}, {"Error": {}, "ResponseMetadata": {}}, {"Error": {"Message": None}}],
)
def test_service_error_properties_have_defaults(response: dict[str, Any]) -> None:
    """What AWS did not send is an empty text or None."""
    error = service_error(response)

    assert type(error) is ServiceError
    assert (
        error.code,
        error.message,
        error.request_id,
        error.http_status,
    ) == ("", "", None, None)


# --- the library's own ---


def test_invalid_request_error_names_argument_and_bounds() -> None:
    """The message names the argument, the allowed values and the value."""
    error = InvalidRequestError("max_results", 5, "an integer from 10 to 100")

    assert str(error) == "max_results must be an integer from 10 to 100, got 5"
    assert error.argument == "max_results"


@pytest.mark.parametrize("given", ["x" * 10_000, ["x" * 10_000], {"x" * 10_000}, 10**4000])
def test_invalid_request_error_is_short(given: object) -> None:
    """The message stays short, however long the value is."""
    error = InvalidRequestError("next_token", given, "a token")

    assert len(str(error)) < 200
    assert str(error).startswith("next_token must be a token, got a")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (None, "None"),
        (True, "True"),
        (-1, "-1"),
        (10.5, "10.5"),
        (timedelta(seconds=-1), "datetime.timedelta(days=-1, seconds=86399)"),
        ("x" * 40, repr("x" * 40)),
        ("x" * 41, "a str of length 41"),
        ("pass word", "a str of length 9"),
        (ExecutionStatus("NEW"), "'NEW'"),
        (b"id", "a bytes"),
        ({"Parameters": SECRET}, "a dict"),
        ([SECRET], "a list"),
        (TaskExecution, "the class TaskExecution"),
        (TaskExecution(), "a TaskExecution"),
        (ValueError(SECRET), "a ValueError"),
        (OSError(SECRET), "an OSError"),
    ],
)
def test_invalid_request_error_shows_only_what_is_no_secret(given: object, shown: str) -> None:
    """A short id, a number and a time are shown; of anything else, only the type."""
    error = InvalidRequestError("next_token", given, "a token")

    assert str(error) == f"next_token must be a token, got {shown}"


def test_invalid_request_error_takes_a_huge_number() -> None:
    """A number too long for Python to print is refused with the same error."""
    client = FakeSsmClient()

    with pytest.raises(InvalidRequestError, match="got an int of more than 40 digits"):
        MaintenanceWindowClient(client=client).describe_task_invocations(*IDS, max_results=10**5000)

    assert client.requests == []


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "not JSON"),
        ({"path": "StartTime"}, "StartTime: not JSON"),
        ({"operation_name": "Op"}, "not JSON (answer of Op, request None)"),
        (
            {"path": "A.B[3]", "operation_name": "Op", "request_id": "C"},
            "A.B[3]: not JSON (answer of Op, request C)",
        ),
    ],
)
def test_response_error_names_path_and_call(fields: dict[str, str], message: str) -> None:
    """The message names the member's path and the call where they are known."""
    error = ResponseError("not JSON", **fields)

    assert str(error) == message
    expected = {"path": None, "operation_name": None, "request_id": None, "is_truncated": False}
    assert vars(error) == expected | fields


def test_response_error_of_a_call_names_the_request() -> None:
    """The error of a call names the operation and the request id."""
    answer = {"StartTime": "noon", "ResponseMetadata": {"RequestId": "request-1"}}
    client = MaintenanceWindowClient(client=FakeSsmClient(task=answer))

    with pytest.raises(ResponseError) as caught:
        client.get_task_execution(*IDS)

    assert (
        str(caught.value)
        == "StartTime: not a time (answer of GetMaintenanceWindowExecutionTask, request request-1)"
    )
    assert (
        caught.value.path,
        caught.value.operation_name,
        caught.value.request_id,
    ) == ("StartTime", "GetMaintenanceWindowExecutionTask", "request-1")
    assert caught.value.__context__ is None


def test_repeated_token_error_names_the_page() -> None:
    """The error holds the token and the page, and its message names the page."""
    error = RepeatedTokenError("token 2", 7)

    assert (error.token, error.page_number) == ("token 2", 7)
    assert str(error).startswith("page 7 has a NextToken")


def test_wait_errors_hold_the_task() -> None:
    """The errors of a wait hold the last task seen, if there is one."""
    assert TaskFailedError("Ended in FAILED.", TASK).task is TASK
    assert WaitTimeoutError("Too late.", TASK).task is TASK
    assert WaitTimeoutError("Too late.").task is None
    assert str(WaitTimeoutError("Too late.", TASK)) == "Too late."
    assert str(TaskFailedError("Ended in FAILED.", TASK)) == "Ended in FAILED."


def test_message_does_not_count_retries_that_botocore_was_not_asked_for() -> None:
    """botocore is asked for one attempt, so its number of retries says nothing."""
    for retries, expected in ((0, "operation: Rate"), (4, "(reached max retries: 4): Rate")):
        error: Any = client_error("ThrottlingException", message="Rate")
        error.response["ResponseMetadata"] |= {"MaxAttemptsReached": True, "RetryAttempts": retries}

        assert str(ServiceError.from_client_error(error)).endswith(expected)


@pytest.mark.parametrize(
    "message",
    [
        "Signature expired: 20260101T000000Z is now earlier than 20260101T010000Z",
        "Signature not yet current: 20260101T020000Z is still later than 20260101T010000Z",
    ],
)
def test_signature_out_of_date_is_expired_credentials(message: str) -> None:
    """A signature that is out of date, as on a machine with a wrong clock, has its own class."""
    error = ServiceError.from_client_error(
        client_error("InvalidSignatureException", message=message)
    )

    assert type(error) is ExpiredCredentialsError
    assert not error.is_transient
