"""botocore's machinery: builds the SSM client, makes one call, translates its errors.

No other module knows how botocore works inside.
"""

from __future__ import annotations

import logging
import time
import traceback
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, TypeVar, cast

import attrs
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's, which is not Python's
    HTTPClientError,
)

from ssm_mwx import wire
from ssm_mwx.errors import InternalServerError, InvalidRequestError, ResponseError, ServiceError
from ssm_mwx.models import InvocationPage, TaskExecution

if TYPE_CHECKING:
    import boto3
    from botocore.config import Config

    from ssm_mwx.validation import Request

_LOGGER = logging.getLogger("ssm_mwx")

MAX_ATTEMPTS = 8
"""Attempts per call, the first included, where nobody has said how many (botocore's own: 3)."""

_T = TypeVar("_T", TaskExecution, InvocationPage)


class SsmClientLike(Protocol):
    """What the library needs of a boto3 SSM client."""

    @property
    def get_maintenance_window_execution_task(self) -> Any:
        """GetMaintenanceWindowExecutionTask."""

    @property
    def describe_maintenance_window_execution_task_invocations(self) -> Any:
        """DescribeMaintenanceWindowExecutionTaskInvocations."""


class Operation(NamedTuple, Generic[_T]):
    """One of the two AWS operations: its names, and what it answers."""

    name: str
    method: str
    answer: type[_T]


GET_TASK = Operation(
    "GetMaintenanceWindowExecutionTask",
    "get_maintenance_window_execution_task",
    TaskExecution,
)
DESCRIBE_INVOCATIONS = Operation(
    "DescribeMaintenanceWindowExecutionTaskInvocations",
    "describe_maintenance_window_execution_task_invocations",
    InvocationPage,
)


# --- building a client ---


def build_client(
    *,
    session: boto3.Session | None,
    region_name: str | None,
    profile_name: str | None,
    endpoint_url: str | None,
    config: Config | None,
) -> Any:
    """An SSM client of our own, which leaves the decoding of the two answers to us.

    Raises:
        InvalidRequestError: Both `session` and `profile_name` were given.
    """
    import boto3

    if session is not None and profile_name is not None:
        raise InvalidRequestError(
            "profile_name", profile_name, "None beside a session, which has a profile already"
        )
    default: boto3.Session | None = boto3.DEFAULT_SESSION if profile_name is None else None
    chosen = session or default or boto3.Session(profile_name=profile_name)
    client: Any = cast("Any", chosen).client(
        "ssm",
        region_name=region_name,
        endpoint_url=endpoint_url,
        config=_with_our_defaults(config, chosen),
    )
    for operation in (GET_TASK, DESCRIBE_INVOCATIONS):
        client.meta.events.register(f"before-parse.ssm.{operation.name}", _set_body_aside)
    return client


def _with_our_defaults(config: Config | None, session: boto3.Session) -> Config:
    """The caller's `config` over ours: user agent, and more attempts where nobody says how many."""
    from importlib.metadata import version

    from botocore.config import Config

    # boto3 has no public way to what its session's environment, profile and default config say.
    botocore_session = cast("Any", session)._session  # noqa: SLF001
    said: Any = Config(parameter_validation=False)  # requests are checked before they come here
    for theirs in (botocore_session.get_default_client_config(), config):
        said = said if theirs is None else said.merge(theirs)
    retries: Any = dict(said.retries or {})
    if (
        retries.keys().isdisjoint(("total_max_attempts", "max_attempts"))
        and botocore_session.get_config_variable("max_attempts") is None
    ):
        retries["total_max_attempts"] = MAX_ATTEMPTS
    agent = f"ssm_mwx/{version('ssm_mwx')}"
    user_agent_extra = f"{said.user_agent_extra} {agent}" if said.user_agent_extra else agent
    return cast("Config", said.merge(Config(retries=retries, user_agent_extra=user_agent_extra)))


_BODY = "ssm_mwx.body"
"""Key, in a parsed answer, of the body that was set aside."""
_CUT_OFF = "Error"
"""Key where botocore's retries look for an error."""


def _set_body_aside(
    response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: object
) -> None:
    """Keep the body of a 2xx answer for us, and leave botocore's parser nothing to do.

    botocore does not notice a body that ends before its Content-Length. Such an answer is given the
    error code of a passing fault, so that botocore's retries see it; we read the body all the same.
    """
    if 200 <= response_dict["status_code"] < 300:
        body: bytes = response_dict["body"]
        customized_response_dict[_BODY] = body
        if len(body) < _content_length(response_dict["headers"]):
            customized_response_dict[_CUT_OFF] = {"Code": "RequestTimeout", "Message": "cut short"}
        response_dict["body"] = b"{}"


# --- making a call ---


def get_task(client: Any, request: Request) -> TaskExecution:
    """GetMaintenanceWindowExecutionTask.

    Raises:
        ServiceError: AWS answered with an error.
        ResponseError: The answer is not what the service promises.
    """
    task, _ = _call(client, GET_TASK, request)
    return task


def get_page(client: Any, request: Request, number: int) -> InvocationPage:
    """DescribeMaintenanceWindowExecutionTaskInvocations, for the page that is to have `number`.

    Raises:
        ServiceError: AWS answered with an error.
        ResponseError: The answer is not what the service promises.
    """
    page, request_id = _call(client, DESCRIBE_INVOCATIONS, request, number)
    return attrs.evolve(page, number=number, request_id=request_id)


def _call(
    client: Any, operation: Operation[_T], request: Request, page_number: int | None = None
) -> tuple[_T, str | None]:
    """Make one call and log it: the answer as a model, and the request's id."""
    start = time.perf_counter()
    metadata: dict[str, Any] = {}
    answer: _T | None = None
    try:
        response = _call_botocore(client, operation, request)
        metadata = _object(response.get("ResponseMetadata"))
        answer = _read_answer(response, operation, metadata)
        return answer, metadata.get("RequestId")
    except ServiceError as error:
        metadata = error.response.get("ResponseMetadata", {})
        raise
    finally:
        if _LOGGER.isEnabledFor(logging.DEBUG):
            _log_call(operation, page_number, answer, metadata, time.perf_counter() - start)


def _log_call(
    operation: Operation[Any],
    page_number: int | None,
    answer: TaskExecution | InvocationPage | None,
    metadata: dict[str, Any],
    seconds: float,
) -> None:
    """One record for a call, failed or not; its figures are fields of the record too."""
    retries: int | None = metadata.get("RetryAttempts")
    fields = {
        "operation": operation.name,
        "page_number": page_number,
        "count": len(answer) if isinstance(answer, InvocationPage) else None,
        "request_id": metadata.get("RequestId"),
        "attempts": None if retries is None else retries + 1,
        "milliseconds": round(1000 * seconds, 1),
    }
    told = " ".join(f"{name}={value}" for name, value in fields.items() if value is not None)
    _LOGGER.debug("%s %s", "failed" if answer is None else "answered", told, extra=fields)


def _read_answer(response: Any, operation: Operation[_T], metadata: dict[str, Any]) -> _T:
    body: bytes | None = response.get(_BODY)
    try:
        data = response if body is None else _decode(body)
        may_be_empty = _may_be_empty(metadata) if body is None else not data
        _check_is_answer(data, operation, may_be_empty=may_be_empty)
        return wire.convert(data, operation.answer)
    except ResponseError as error:
        problem = error.answering(operation.name, metadata.get("RequestId"))
        problem.cut_off = body is not None and _CUT_OFF in response
    raise problem


def _call_botocore(client: Any, operation: Operation[_T], request: Request) -> dict[str, Any]:
    try:
        response: dict[str, Any] = getattr(client, operation.method)(**request)
    except ClientError as error:
        problem: Exception = ServiceError.from_client_error(error)
    except BotoCoreError:
        raise
    except Exception as error:
        if not _came_from_parser(error):
            raise
        problem = ResponseError("not an answer that can be parsed", operation_name=operation.name)
    else:
        return response
    raise problem


def is_passing_fault(error: Exception) -> bool:
    """Whether the same call may succeed later, with nothing changed on this side."""
    if isinstance(error, ServiceError):
        at_aws = isinstance(error, InternalServerError) or (error.http_status or 0) >= 500
        return error.is_throttling or at_aws
    if isinstance(error, ResponseError):
        return error.cut_off
    return isinstance(error, ConnectionError | HTTPClientError) and not _is_about_trust(error)


def _is_about_trust(error: BotoCoreError) -> bool:
    """Whether the other side's certificate was refused, which no waiting heals."""
    return "CERTIFICATE_VERIFY_FAILED" in str(error)


def _came_from_parser(error: Exception) -> bool:
    return any(
        frame.f_globals.get("__name__") == "botocore.parsers"
        for frame, _ in traceback.walk_tb(error.__traceback__)
    )


def _decode(body: bytes) -> dict[str, Any]:
    data = wire.decode_answer(body)
    if not isinstance(data, dict):
        raise ResponseError("not a JSON object")
    members = cast("dict[str, Any]", data)
    if "__type" in members:
        raise ResponseError("an error document, though the HTTP status tells of success")
    return members


def _check_is_answer(data: dict[str, Any], operation: Operation[_T], *, may_be_empty: bool) -> None:
    """An answer has to say at least one thing that the operation may, or else nothing: ``{}``."""
    members = wire.members_of(operation.answer)
    if not may_be_empty and all(data.get(member) is None for member in members):
        raise ResponseError(f"no member of {operation.answer.__name__} is there")


def _may_be_empty(metadata: dict[str, Any]) -> bool:
    """Whether the body that botocore has parsed was ``{}``: its length has to tell.

    What came over no HTTP, such as a Stubber's answer, may be empty too.
    """
    headers = _object(metadata.get("HTTPHeaders"))
    return not headers or (metadata.get("HTTPStatusCode"), _content_length(headers)) == (200, 2)


def _content_length(headers: Any) -> int:
    """What Content-Length tells; 0 where it tells nothing."""
    told = str(headers.get("content-length"))
    return int(told) if told.isdecimal() else 0


def _object(value: Any) -> dict[str, Any]:
    """What a ready client that is no boto3 client may have left out."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
