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
    ├── RepeatedTokenError                    pagination would loop
    ├── WaitTimeoutError (TimeoutError)       the task had not ended at the deadline
    └── TaskFailedError                       the task did not succeed

botocore's connection, credential and configuration errors pass through unchanged.
"""

from __future__ import annotations

import builtins
import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from botocore.exceptions import (
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's, which is not Python's
    HTTPClientError,
    SSLError,
)

from ssm_mwx.redaction import clean, describe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ssm_mwx.models import TaskExecution, WindowExecution

_P = ParamSpec("_P")
_R = TypeVar("_R")


class SsmMwxError(Exception):
    """The root of all errors that this library raises.

    Pickling and copying keep type, fields and notes.
    """

    @property
    def is_transient(self) -> bool:
        """Whether the same call may succeed later with nothing changed on this side."""
        return False

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args, vars(self))


def _rebuild(cls: type[SsmMwxError], args: tuple[Any, ...], fields: dict[str, Any]) -> SsmMwxError:
    """Restore an error without its ``__init__``, which need not take ``args`` back."""
    error = cls.__new__(cls, *args)
    error.args = args
    vars(error).update(fields)
    return error


class InvalidRequestError(SsmMwxError, ValueError):
    """An argument that AWS would refuse; raised before any call.

    Attributes:
        argument: Name of the argument.
    """

    def __init__(
        self, argument: str, given: object, allowed: str, *, description: str | None = None
    ) -> None:
        super().__init__(f"{argument} must be {allowed}, got {description or describe(given)}")
        self.argument = argument


class ServiceError(SsmMwxError, ClientError):
    """AWS answered with an error. Also a botocore `ClientError`, so ``except ClientError`` works.

    boto3 makes its ``client.exceptions.*`` classes at run time; they do not catch it.

    Attributes:
        response: The parsed error answer, as botocore returns it.
        operation_name: The AWS operation, such as ``GetMaintenanceWindowExecutionTask``.
    """

    if TYPE_CHECKING:  # what ClientError.__init__ takes and sets, for every type checker alike
        response: Any
        operation_name: str

        def __init__(self, error_response: Mapping[str, Any], operation_name: str) -> None: ...

    @classmethod
    def from_client_error(cls, error: ClientError) -> ServiceError:
        """Convert botocore's `error`; its code selects the class."""
        code = error.response.get("Error", {}).get("Code", "")
        message = str(error.response.get("Error", {}).get("Message", ""))
        if message.startswith(("Signature expired", "Signature not yet current")):
            chosen: type[ServiceError] = ExpiredCredentialsError
        else:
            chosen = ERRORS_BY_CODE.get(str(code)) or _by_http_status(error.response)
        return chosen(_without_count_of_no_retries(error.response), error.operation_name)

    @property
    def code(self) -> str:
        """AWS's error code, such as ``DoesNotExistException``; empty if AWS sent none."""
        return str(self._error.get("Code") or "")

    @property
    def message(self) -> str:
        """AWS's message on one line; empty if AWS sent none."""
        return clean(str(self._error.get("Message") or ""))

    def __str__(self) -> str:
        return clean(super().__str__())

    @property
    def request_id(self) -> str | None:
        """Id of the request, for AWS Support."""
        request_id: str | None = self._metadata.get("RequestId")
        return request_id

    @property
    def http_status(self) -> int | None:
        """Status code of the HTTP response."""
        status: int | None = self._metadata.get("HTTPStatusCode")
        return status

    @property
    def is_throttling(self) -> bool:
        """Whether AWS refused because of too many requests."""
        return isinstance(self, ThrottlingError)

    @property
    def is_transient(self) -> bool:
        """Whether AWS throttled the call or failed on its side, so that a retry may help."""
        failed_at_aws = isinstance(self, InternalServerError) or (self.http_status or 0) >= 500
        return self.is_throttling or failed_at_aws or self.code in _TIMEOUT_CODES

    @property
    def _error(self) -> dict[str, Any]:
        error: dict[str, Any] = self.response.get("Error") or {}
        return error

    @property
    def _metadata(self) -> dict[str, Any]:
        metadata: dict[str, Any] = self.response.get("ResponseMetadata") or {}
        return metadata


class AccessDeniedError(ServiceError):
    """The caller's identity lacks the permission for the operation."""


class DoesNotExistError(ServiceError):
    """The window execution or the task execution does not exist in this account and Region."""


class ExpiredCredentialsError(ServiceError):
    """The credentials or the request's signature are out of date."""


class InternalServerError(ServiceError):
    """The service failed on its side; retries did not help."""


class ThrottlingError(ServiceError):
    """Too many requests; retries did not help."""


class ValidationError(ServiceError):
    """AWS refused the request as malformed, for example a token it did not issue."""


def _without_count_of_no_retries(response: Any) -> Any:
    """Return the answer without botocore's "reached max retries: 0": it is asked for none."""
    metadata = response.get("ResponseMetadata", {})
    if metadata.get("RetryAttempts") != 0:
        return response
    kept = {name: value for name, value in metadata.items() if name != "MaxAttemptsReached"}
    return {**response, "ResponseMetadata": kept}


def _by_http_status(response: Any) -> type[ServiceError]:
    """Select the class for an answer without a known code, such as a proxy's."""
    status: int = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if status == 429:
        return ThrottlingError
    return InternalServerError if status >= 500 else ServiceError


_TIMEOUT_CODES = ("RequestTimeout", "RequestTimeoutException", "408")

ERRORS_BY_CODE: dict[str, type[ServiceError]] = {
    code: cls
    for cls, codes in {
        AccessDeniedError: ("AccessDeniedException", "AccessDenied", "UnauthorizedOperation"),
        DoesNotExistError: ("DoesNotExistException", "InvalidCommandId"),
        ExpiredCredentialsError: (
            "ExpiredTokenException",
            "ExpiredToken",
            "RequestExpired",
            "RequestTimeTooSkewed",
        ),
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
            "InvalidInstanceId",
            "InvalidFilter",
            "InvalidFilterKey",
            "InvalidFilterValue",
        ),
    }.items()
    for code in codes
}
"""The class of each of AWS's error codes; any other is a plain `ServiceError`."""


class ResponseError(SsmMwxError):
    """An answer, or saved data, that is not what the service promises.

    The message names the member's path and never its value, which may be sensitive.

    Attributes:
        path: Path of the member, such as ``WindowExecutionTaskInvocationIdentities[3].StartTime``;
            None for the whole answer.
        operation_name: The AWS operation that answered; None for saved data.
        request_id: Id of the request, if there was one.
        is_truncated: Whether the body ended before its Content-Length.
    """

    def __init__(
        self,
        problem: str,
        *,
        path: str | None = None,
        operation_name: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(f"{path}: {problem}" if path else problem)
        self.path = path
        self.operation_name = operation_name
        self.request_id = request_id
        self.is_truncated = False

    @property
    def is_transient(self) -> bool:
        """Whether the body was truncated, so that a retry may help."""
        return self.is_truncated

    def __str__(self) -> str:
        source = f" (answer of {self.operation_name}, request {clean(str(self.request_id))})"
        return super().__str__() + (source if self.operation_name else "")


class RepeatedTokenError(SsmMwxError):
    """AWS sent a NextToken that this iteration has followed before, so it would never end.

    Attributes:
        token: The repeated token.
        page_number: Number, from 1, of the page that carried it.
    """

    def __init__(self, token: str, page_number: int) -> None:
        super().__init__(
            f"page {page_number} has a NextToken that this iteration has followed before; "
            "it would never end"
        )
        self.token = token
        self.page_number = page_number


class WaitTimeoutError(SsmMwxError, TimeoutError):
    """What was waited for had not ended at the deadline.

    Attributes:
        task: The last `TaskExecution` or `WindowExecution` seen, or None if every poll failed.
    """

    def __init__(self, message: str, task: TaskExecution | WindowExecution | None = None) -> None:
        super().__init__(message)
        self.task = task


class TaskFailedError(SsmMwxError):
    """What was waited for ended and did not succeed.

    Attributes:
        task: The ended `TaskExecution` or `WindowExecution`.
    """

    def __init__(self, message: str, task: TaskExecution | WindowExecution) -> None:
        super().__init__(message)
        self.task = task


# --- errors of others ---


def is_transient(error: BaseException) -> bool:
    """Whether the call that raised `error`, ours or botocore's, may succeed if repeated.

    An attribute ``is_transient`` of the error has the last word. Of botocore's errors these are
    persistent: a certificate that is refused, a file that is missing, the wrong protocol or a
    proxy that refuses.
    """
    known: bool | None = getattr(error, "is_transient", None)
    if known is not None:
        return known
    causes = list(_causes(error))
    if any(isinstance(cause, _PERSISTENT) for cause in causes):
        return False
    text = " ".join(map(repr, causes))
    if "Tunnel connection failed: 4" in text or "BadStatusLine('\\x15\\x03" in text:
        return False
    if isinstance(error, SSLError) or type(error) is HTTPClientError:
        is_broken = any(map(_is_broken_connection, causes[1:]))
        return is_broken or "timed out" in text or "EOF occurred" in text
    return isinstance(error, ConnectionError | HTTPClientError)


def is_unknown_host(error: BaseException) -> bool:
    """Whether a host name could not be resolved: a mistake at first, later an outage."""
    text = " ".join(map(repr, _causes(error)))
    return any(words in text for words in ("Failed to resolve", "Name or service", "getaddrinfo"))


_PERSISTENT = (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError)


def _is_broken_connection(cause: BaseException) -> bool:
    import http.client  # imported with the first error: most programs see none
    import ssl

    ended = (builtins.ConnectionError, TimeoutError, http.client.HTTPException)
    ended_in_tls = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)
    return isinstance(cause, (*ended, *ended_in_tls))


def _causes(error: object) -> Iterator[BaseException]:
    """Return `error` and the errors that it wraps, as botocore and urllib3 do."""
    if isinstance(error, BaseException):
        yield error
        for wrapped in (getattr(error, "kwargs", {}).get("error"), *error.args):
            yield from _causes(wrapped)


def without_context(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Raise this library's errors without cause, context and inner frames.

    Other libraries' errors carry the data they could not read, and so do the local variables of
    the frames in between. Tools that show them would show secrets.
    """

    @functools.wraps(function)
    def call(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return function(*args, **kwargs)
        except SsmMwxError as error:
            problem = error
        del args, kwargs
        problem.__cause__ = problem.__context__ = None
        raise problem.with_traceback(None)

    return call
