"""Every error the library raises, as one tree::

    SsmMwxError
    ├── InvalidRequestError (ValueError)      an argument AWS would refuse; no call was made
    ├── ServiceError (botocore's ClientError) AWS answered with an error
    │   ├── AccessDeniedError
    │   ├── DoesNotExistError
    │   ├── ExpiredCredentialsError
    │   ├── InternalServerError
    │   ├── ThrottlingError
    │   └── ValidationError
    ├── ResponseError                         an answer that is not what the service promises
    ├── RepeatedTokenError                    paging would never end
    ├── WaitTimeoutError (TimeoutError)       the task had not ended at the deadline
    └── TaskFailedError                       the task ended otherwise than in SUCCESS

botocore's own connection, credential and configuration errors pass through as they are.
"""

from __future__ import annotations

import reprlib
from typing import TYPE_CHECKING, Any, Self

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ssm_mwx.models import TaskExecution


class SsmMwxError(Exception):
    """The root: every error this library raises is one of these.

    All of them keep their type, fields and notes when pickled or copied.
    """

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args, vars(self))


def _rebuild(cls: type[SsmMwxError], args: tuple[Any, ...], fields: dict[str, Any]) -> SsmMwxError:
    """Make an error again without its ``__init__``, so that none has to take ``args`` back."""
    error = cls.__new__(cls, *args)
    error.args = args
    vars(error).update(fields)
    return error


class InvalidRequestError(SsmMwxError, ValueError):
    """An argument that AWS would refuse; raised before any call is made.

    Attributes:
        argument: Name of the argument at fault.
    """

    def __init__(self, argument: str, given: object, allowed: str) -> None:
        super().__init__(f"{argument}: {_short(given)} was given; allowed is {allowed}")
        self.argument = argument


def _short(given: object) -> str:
    try:
        return _SHORT.repr(given)
    except ValueError:  # an integer of more digits than Python writes out
        return f"a very long {type(given).__name__}"


_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 80


class ServiceError(SsmMwxError, ClientError):
    """AWS answered with an error. Also a botocore `ClientError`, so ``except ClientError`` works.

    boto3's ``client.exceptions.*`` classes are made at run time and do not catch it.

    Attributes:
        response: The parsed error answer, as botocore gives it.
        operation_name: The AWS operation, such as ``GetMaintenanceWindowExecutionTask``.
    """

    if TYPE_CHECKING:  # what ClientError.__init__ takes and sets, for every type checker alike
        response: Any
        operation_name: str

        def __init__(self, error_response: Mapping[str, Any], operation_name: str) -> None: ...

    @classmethod
    def from_client_error(cls, error: ClientError) -> ServiceError:
        """The error of ours that stands for botocore's `error`, chosen by its code."""
        code = error.response.get("Error", {}).get("Code", "")
        chosen = ERRORS_BY_CODE.get(code) or _by_http_status(error.response)
        return chosen(error.response, error.operation_name)

    @property
    def code(self) -> str:
        """AWS's error code, such as ``DoesNotExistException``; empty where AWS gave none."""
        return str(self._error.get("Code") or "")

    @property
    def message(self) -> str:
        """AWS's message; empty where AWS gave none."""
        return str(self._error.get("Message") or "")

    @property
    def request_id(self) -> str | None:
        """The request's id, which AWS Support asks for."""
        request_id: str | None = self._metadata.get("RequestId")
        return request_id

    @property
    def http_status(self) -> int | None:
        """Status code of the HTTP answer."""
        status: int | None = self._metadata.get("HTTPStatusCode")
        return status

    @property
    def is_throttling(self) -> bool:
        """Whether AWS refused because of too many requests, so that a later try may succeed."""
        return isinstance(self, ThrottlingError)

    @property
    def _error(self) -> dict[str, Any]:
        error: dict[str, Any] = self.response.get("Error") or {}
        return error

    @property
    def _metadata(self) -> dict[str, Any]:
        metadata: dict[str, Any] = self.response.get("ResponseMetadata") or {}
        return metadata


class AccessDeniedError(ServiceError):
    """The caller's identity may not call the operation."""


class DoesNotExistError(ServiceError):
    """The window execution or the task execution does not exist in this account and Region."""


class ExpiredCredentialsError(ServiceError):
    """The credentials or the request's signature are out of date: get new ones and go on."""


class InternalServerError(ServiceError):
    """The service failed on its side, and botocore's retries did not heal it."""


class ThrottlingError(ServiceError):
    """Too many requests, still after botocore's retries."""


class ValidationError(ServiceError):
    """AWS found the request malformed, for example a token it did not issue."""


def _by_http_status(response: Any) -> type[ServiceError]:
    """What an answer without a code of AWS's is, such as a proxy's."""
    status: int = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if status == 429:
        return ThrottlingError
    return InternalServerError if status >= 500 else ServiceError


ERRORS_BY_CODE: dict[str, type[ServiceError]] = {
    code: cls
    for cls, codes in {
        AccessDeniedError: ("AccessDeniedException", "AccessDenied", "UnauthorizedOperation"),
        DoesNotExistError: ("DoesNotExistException",),
        ExpiredCredentialsError: ("ExpiredTokenException", "ExpiredToken", "RequestExpired"),
        InternalServerError: (
            "InternalServerError",
            "InternalServerException",
            "InternalFailure",
            "InternalError",
            "ServiceUnavailable",
            "ServiceUnavailableException",
        ),
        ThrottlingError: (
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "RequestThrottled",
            "RequestThrottledException",
            "RequestLimitExceeded",
            "TooManyRequestsException",
            "LimitExceededException",
            "BandwidthLimitExceeded",
            "ProvisionedThroughputExceededException",
            "EC2ThrottledException",
            "SlowDown",
        ),
        ValidationError: (
            "ValidationException",
            "ValidationError",
            "InvalidNextToken",
            "InvalidFilter",
            "InvalidFilterKey",
            "InvalidFilterValue",
        ),
    }.items()
    for code in codes
}
"""AWS's error codes and the class that each becomes; any other is a plain `ServiceError`."""


class ResponseError(SsmMwxError):
    """An answer, or saved data, that is not what the service promises.

    The message names the member's path and never its value, which may be sensitive.

    Attributes:
        path: Path of the member at fault, such as
            ``WindowExecutionTaskInvocationIdentities[3].StartTime``; None for the whole answer.
        operation_name: The AWS operation that answered; None for data that came another way.
        request_id: Id of the request, where there was one.
        cut_off: Whether the body ended before its Content-Length, so that a later try may succeed.
    """

    cut_off: bool = False

    def __init__(
        self,
        problem: str,
        *,
        path: str | None = None,
        operation_name: str | None = None,
        request_id: str | None = None,
    ) -> None:
        where = f"{path}: " if path else ""
        source = f" (answer of {operation_name}, request {request_id})" if operation_name else ""
        super().__init__(f"{where}{problem}{source}")
        self.problem = problem
        self.path = path
        self.operation_name = operation_name
        self.request_id = request_id

    def answering(self, operation_name: str, request_id: str | None) -> Self:
        """The same problem, told as that of an answer to a call."""
        return type(self)(
            self.problem, path=self.path, operation_name=operation_name, request_id=request_id
        )


class RepeatedTokenError(SsmMwxError):
    """AWS gave a paging token that this walk has followed already, so it would never end.

    Attributes:
        token: The repeated token.
        page_number: Number, from 1, of the page that carried it.
    """

    def __init__(self, token: str, page_number: int) -> None:
        super().__init__(
            f"page {page_number} carries a NextToken that this walk has followed already; "
            "going on would never end"
        )
        self.token = token
        self.page_number = page_number


class WaitTimeoutError(SsmMwxError, TimeoutError):
    """The task had not ended when the time was up.

    Attributes:
        task: The last `TaskExecution` seen, or None if none could be had.
    """

    def __init__(self, message: str, task: TaskExecution | None = None) -> None:
        super().__init__(message)
        self.task = task


class TaskFailedError(SsmMwxError):
    """The task ended otherwise than in SUCCESS.

    Attributes:
        task: The ended `TaskExecution`.
    """

    def __init__(self, message: str, task: TaskExecution) -> None:
        super().__init__(message)
        self.task = task
