"""The only module that knows botocore: build the SSM client, make one call, translate errors."""

from __future__ import annotations

import functools
import logging
import os
import time
import traceback
import weakref
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, cast

import attrs
from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from ssm_mwx import validation, wire
from ssm_mwx.errors import (
    InvalidRequestError,
    ResponseError,
    ServiceError,
    is_unknown_host,
    without_context,
)
from ssm_mwx.models import Page
from ssm_mwx.operations import OPERATION_NAMES, Operation
from ssm_mwx.redaction import clean
from ssm_mwx.retries import call_with_retries
from ssm_mwx.threads import raise_if_cancelled

if TYPE_CHECKING:
    import boto3
    from botocore.config import Config

_LOGGER = logging.getLogger("ssm_mwx")

MAX_ATTEMPTS = 8
"""Attempts of a call within botocore, the first included, if it does the retries alone and nobody
says how many (botocore's default: 3)."""

Request = dict[str, Any]
"""The members of a request, as boto3 takes them."""

_T = TypeVar("_T")
_P = TypeVar("_P", bound=Page[Any])


class SsmClientLike(Protocol):
    """What the library needs of a boto3 SSM client."""

    @property
    def get_maintenance_window_execution_task(self) -> Any:
        """GetMaintenanceWindowExecutionTask."""

    @property
    def describe_maintenance_window_execution_task_invocations(self) -> Any:
        """DescribeMaintenanceWindowExecutionTaskInvocations."""


# --- building a client ---


def build_client(
    *,
    session: boto3.Session | None,
    region_name: str | None,
    profile_name: str | None,
    endpoint_url: str | None,
    config: Config | None,
    attempts: int,
) -> Any:
    """Build an SSM client whose answers this library decodes.

    Args:
        session: As for the client, like those that follow.
        region_name: See there.
        profile_name: See there.
        endpoint_url: See there.
        config: See there.
        attempts: Attempts of a call within botocore, if nobody says how many.

    Raises:
        InvalidRequestError: Both `session` and `profile_name` are given.
        TypeError: `session` or `config` is of another class.
    """
    import boto3
    from botocore.config import Config

    from ssm_mwx.sessions import new_session

    if session is not None:
        validation.of_class("session", session, boto3.Session, "boto3.Session")
    if config is not None:
        validation.of_class("config", config, Config, "botocore.config.Config")
    if session is not None and profile_name is not None:
        raise InvalidRequestError(
            "profile_name", profile_name, "None beside a session, which has a profile already"
        )
    default: boto3.Session | None = boto3.DEFAULT_SESSION if profile_name is None else None
    chosen = session or default or new_session(profile_name)
    client: Any = cast("Any", chosen).client(
        "ssm",
        region_name=region_name,
        endpoint_url=endpoint_url,
        config=_with_our_defaults(config, chosen, attempts),
    )
    for name in OPERATION_NAMES:
        client.meta.events.register(f"before-parse.ssm.{name}", _decode_answer)
    return client


def _with_our_defaults(config: Config | None, session: boto3.Session, attempts: int) -> Config:
    """Merge `config` over ours: the user agent, and the attempts if nobody says how many."""
    from botocore.config import Config

    # boto3 has no public way to what its session's environment, profile and default config say.
    botocore_session = cast("Any", session)._session  # noqa: SLF001
    merged: Any = Config(parameter_validation=False)  # requests are checked before they come here
    for theirs in (botocore_session.get_default_client_config(), config):
        merged = merged if theirs is None else merged.merge(theirs)
    retries: Any = dict(merged.retries or {})
    if (
        retries.keys().isdisjoint(("total_max_attempts", "max_attempts"))
        and botocore_session.get_config_variable("max_attempts") is None
    ):
        retries["total_max_attempts"] = attempts
    agent = f"ssm_mwx/{package_version()}"
    theirs = merged.user_agent_extra
    user_agent_extra = f"{theirs} {agent}" if theirs else agent
    return cast("Config", merged.merge(Config(retries=retries, user_agent_extra=user_agent_extra)))


def package_version() -> str:
    """Return this package's version; bundles may leave the metadata out that names it."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("ssm_mwx")
    except PackageNotFoundError:
        return "unknown"


class _Unreadable(dict[str, Any]):
    """An entry ``Error`` of a parsed answer that says why the body cannot be read.

    No answer holds an object of this class, whatever its members are called.
    """

    def __init__(self, problem: str, *, is_truncated: bool = False) -> None:
        # botocore's retries know the code RequestTimeout as transient.
        super().__init__(Code="RequestTimeout" if is_truncated else "", Message=problem)
        self.is_truncated = is_truncated


def _decode_answer(
    response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: object
) -> None:
    """Decode the body of a 2xx answer, and leave botocore's parser nothing to do.

    botocore's parser costs most of a page's CPU, and does not notice a body that is truncated.
    What is decoded here becomes the parsed answer that botocore's later events see.
    """
    if not 200 <= response_dict["status_code"] < 300:
        return
    body: bytes = response_dict["body"]
    response_dict["body"] = b"{}"
    try:
        customized_response_dict.update(_decode_object(body))
    except ResponseError as error:
        customized_response_dict["Error"] = _Unreadable(str(error))
    if len(body) < _content_length(response_dict["headers"]):
        customized_response_dict["Error"] = _Unreadable("truncated", is_truncated=True)


def _decode_object(body: bytes) -> dict[str, Any]:
    members = wire.decode(body)
    if not isinstance(members, dict):
        raise ResponseError("not an object")
    return {name: value for name, value in members.items() if name != "ResponseMetadata"}  # pyright: ignore[reportUnknownVariableType]


# --- making a call ---


class Caller:
    """Makes the calls of one boto3 client, and repeats them after transient errors.

    Args:
        client: An existing client.
        arguments: What to build a client from, if there is no existing one.
        retry_timeout: Seconds, from a call's first failure, until its error is raised.
    """

    def __init__(
        self, client: Any = None, *, arguments: dict[str, Any] | None = None, retry_timeout: float
    ) -> None:
        self._arguments = arguments
        self._retry_timeout = retry_timeout
        self._has_answered = False
        self._client = client if arguments is None else self._build()

    def _build(self) -> Any:
        attempts = 1 if self._retry_timeout else MAX_ATTEMPTS
        _CALLERS.add(self)
        return build_client(**(self._arguments or {}), attempts=attempts)

    @property
    def is_ours(self) -> bool:
        """Whether the client is built here, so that its answers are decoded here."""
        return self._arguments is not None

    @property
    def client(self) -> Any:
        """The boto3 client; after a fork a new one, since two processes must not share a
        connection.
        """
        if self._client is None:
            self._client = self._build()
        return self._client

    @property
    def region_name(self) -> str | None:
        """The Region of the client; None if it has none, or is no client of boto3."""
        region: object = getattr(getattr(self.client, "meta", None), "region_name", None)
        return region if isinstance(region, str) else None

    def forget_client(self) -> None:
        """Build a new client for the next call."""
        self._client = None

    def __getstate__(self) -> dict[str, Any]:
        """Pickle as what the client is built from; no connection and no credential travels."""
        if self._arguments is None or self._arguments["session"] is not None:
            raise TypeError(
                "a client made of client= or session= cannot be pickled: build it from "
                "region_name, profile_name, endpoint_url or config, which are pickled instead"
            )
        return vars(self) | {"_client": None}

    @without_context
    def call(
        self, operation: Operation[_T], request: Request, page_number: int | None = None
    ) -> _T:
        """Make one call, with retries.

        Args:
            operation: The operation.
            request: Its members.
            page_number: The number that the page is to have, for an operation with pages.

        Raises:
            ServiceError: AWS answered with an error.
            ResponseError: The answer is not what the service promises.
        """
        attempt = partial(self._attempt, operation, request, page_number)
        return call_with_retries(attempt, name=operation.name, timeout=self._retry_timeout)

    def _attempt(self, operation: Operation[_T], request: Request, page_number: int | None) -> _T:
        """Make one attempt and log it."""
        raise_if_cancelled()
        start = time.perf_counter()
        metadata: dict[str, Any] = {}
        answer: Any = None
        try:
            response = self._ask(operation, request)
            metadata = _object(response.get("ResponseMetadata"))
            answer = self._read(response, operation, request, metadata)
        except ServiceError as error:
            metadata = _object(error.response.get("ResponseMetadata"))
            raise
        finally:
            if _LOGGER.isEnabledFor(logging.DEBUG):
                _log_call(operation, page_number, answer, metadata, time.perf_counter() - start)
        self._has_answered = True
        if page_number is not None:
            answer = attrs.evolve(answer, number=page_number, request_id=metadata.get("RequestId"))
        return cast("_T", answer)

    def _ask(self, operation: Operation[Any], request: Request) -> dict[str, Any]:
        try:
            response: dict[str, Any] = _method(self.client, operation)(**request)
        except ClientError as error:
            raise ServiceError.from_client_error(error) from error
        except BotoCoreError as error:
            if not self._has_answered and is_unknown_host(error):
                cast("Any", error).is_transient = False
            raise
        except Exception as error:
            parsed = _unparsed_answer(error)
            if parsed is None:
                raise
            raise _of_unparsed(parsed, operation) from error
        return response

    def _read(
        self,
        response: Mapping[str, Any],
        operation: Operation[_T],
        request: Request,
        metadata: dict[str, Any],
    ) -> _T:
        try:
            problem = response.get("Error")
            if isinstance(problem, _Unreadable):
                error = ResponseError(problem["Message"])
                error.is_truncated = problem.is_truncated
                raise error
            if not self.is_ours and response.keys() <= {"ResponseMetadata"}:
                _check_not_truncated(metadata)
            may_be_empty = "NextToken" not in request and self._may_be_empty(response, metadata)
            answer = wire.read_answer(response, operation.answer, may_be_empty=may_be_empty)
            _check_echo(answer, operation, request)
        except ResponseError as error:
            error.operation_name = operation.name
            error.request_id = metadata.get("RequestId")
            raise
        return answer

    def _may_be_empty(self, response: Mapping[str, Any], metadata: dict[str, Any]) -> bool:
        """Whether the body was ``{}``. If botocore parsed it, only its length can say so.

        An answer that came without HTTP, such as a Stubber's, may be empty too.
        """
        if self.is_ours:
            return response.keys() <= {"ResponseMetadata"}
        headers = _object(metadata.get("HTTPHeaders"))
        return not headers or (metadata.get("HTTPStatusCode"), _content_length(headers)) == (200, 2)


_CALLERS: weakref.WeakSet[Caller] = weakref.WeakSet()
"""Those that built their client."""


def _forget_clients() -> None:
    for caller in _CALLERS:
        caller.forget_client()


if hasattr(os, "register_at_fork"):  # pragma: no branch - Windows has no fork
    os.register_at_fork(after_in_child=_forget_clients)


@attrs.frozen
class PageFetcher(Generic[_P]):
    """Fetches the pages of one request."""

    caller: Caller
    operation: Operation[_P]
    request: Request

    def __call__(self, token: str | None, number: int) -> _P:
        """Fetch the page for a token (None for the first page), which gets the number."""
        at_token = {} if token is None else {"NextToken": token}
        return self.caller.call(self.operation, self.request | at_token, number)


def _check_not_truncated(metadata: dict[str, Any]) -> None:
    """Refuse an empty parsed answer whose body was not: botocore makes ``{}`` of truncated JSON."""
    headers = _object(metadata.get("HTTPHeaders"))
    is_json = str(headers.get("content-type")).startswith("application/x-amz-json")
    if is_json and _content_length(headers) > len(b"{}"):
        error = ResponseError("no member is there; the body is truncated")
        error.is_truncated = True
        raise error


def _check_echo(answer: object, operation: Operation[Any], request: Request) -> None:
    """Refuse an answer to another request, as two processes on one connection may get it."""
    for member, field in operation.echoes.items():
        value: str | None = getattr(answer, field)
        if value is not None and value.lower() != request[member].lower():
            raise ResponseError("answers another request: it has another id", path=member)


def check_client(client: Any) -> None:
    """Refuse what is no boto3 SSM client.

    Raises:
        TypeError: It is something else; the message says what to write instead.
    """
    validation.boto_client("client", client, [*map(_method_name, OPERATION_NAMES)])


@functools.cache
def _method_name(operation_name: str) -> str:
    return xform_name(operation_name)


def _method(client: Any, operation: Operation[Any]) -> Any:
    return getattr(client, _method_name(operation.name))


def _log_call(
    operation: Operation[Any],
    page_number: int | None,
    answer: Any,
    metadata: dict[str, Any],
    seconds: float,
) -> None:
    """Write one record for a call, failed or not; its figures are fields of the record too."""
    retries: int | None = metadata.get("RetryAttempts")
    fields = {
        "operation": operation.name,
        "page_number": page_number,
        "count": None if page_number is None or answer is None else len(answer),
        "request_id": metadata.get("RequestId"),
        "attempts": None if retries is None else retries + 1,
        "milliseconds": round(1000 * seconds, 1),
    }
    figures = " ".join(
        f"{name}={clean(str(value))}" for name, value in fields.items() if value is not None
    )
    _LOGGER.debug("%s %s", "failed" if answer is None else "answered", figures, extra=fields)


def _unparsed_answer(error: Exception) -> dict[str, Any] | None:
    """Return the HTTP answer that botocore's parser failed on; None if it was not the parser."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if frame.f_globals.get("__name__") == "botocore.parsers":
            return _object(frame.f_locals.get("response"))
    return None


def _of_unparsed(answer: dict[str, Any], operation: Operation[Any]) -> Exception:
    """Return the error for an HTTP answer that botocore cannot parse."""
    status = answer.get("status_code", 0)
    headers = dict(answer.get("headers") or {})
    request_id = headers.get("x-amzn-requestid") or headers.get("x-amzn-RequestId")
    if status < 300:
        return ResponseError(
            "cannot be parsed", operation_name=operation.name, request_id=request_id
        )
    metadata = {"HTTPStatusCode": status, "RequestId": request_id, "HTTPHeaders": headers}
    response: Any = {
        "Error": {"Code": str(status), "Message": "an answer that is not AWS's"},
        "ResponseMetadata": metadata,
    }
    return ServiceError.from_client_error(ClientError(response, operation.name))


def _content_length(headers: Any) -> int:
    """Return Content-Length, or 0 where it is absent or not a number."""
    value = str(headers.get("content-length"))
    return int(value) if value.isdecimal() and len(value) < 20 else 0


def _object(value: Any) -> dict[str, Any]:
    """Return what a third-party client may have left out as an empty object."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
