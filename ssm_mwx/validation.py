"""Checked arguments to the members of a request, so that a mistake costs no call."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Any, cast

from ssm_mwx.enums import ExecutionStatus
from ssm_mwx.errors import InvalidRequestError

MIN_PAGE_SIZE = 10
"""Least ``MaxResults`` that AWS takes."""
MAX_PAGE_SIZE = 100
"""Greatest ``MaxResults`` that AWS takes."""

FILTER_STATUSES = (
    ExecutionStatus.PENDING,
    ExecutionStatus.IN_PROGRESS,
    ExecutionStatus.SUCCESS,
    ExecutionStatus.FAILED,
    ExecutionStatus.TIMED_OUT,
    ExecutionStatus.CANCELLING,
    ExecutionStatus.CANCELLED,
)
"""What AWS's STATUS filter takes; SKIPPED_OVERLAPPING is a status, but not one of them."""

Request = dict[str, Any]
"""The members of a request, as boto3 takes them."""

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def task_request(window_execution_id: str, task_execution_id: str) -> Request:
    """The request of GetMaintenanceWindowExecutionTask.

    Raises:
        InvalidRequestError: An id is not a UUID of 36 characters.
    """
    return {
        "WindowExecutionId": _check_id("window_execution_id", window_execution_id),
        "TaskId": _check_id("task_execution_id", task_execution_id),
    }


def invocations_request(
    window_execution_id: str,
    task_execution_id: str,
    *,
    statuses: Iterable[ExecutionStatus | str] = (),
    page_size: tuple[str, int | None] = ("max_results", None),
    token: tuple[str, str | None] = ("next_token", None),
) -> Request:
    """The request of DescribeMaintenanceWindowExecutionTaskInvocations.

    Args:
        window_execution_id: A UUID.
        task_execution_id: A UUID.
        statuses: For the one STATUS filter; none for no filter.
        page_size: The argument's name, for an error to tell, and its value.
        token: Likewise.

    Raises:
        InvalidRequestError: AWS would refuse one of them.
    """
    request = task_request(window_execution_id, task_execution_id)
    if values := _check_statuses(statuses):
        request["Filters"] = [{"Key": "STATUS", "Values": values}]
    if (max_results := _check_page_size(*page_size)) is not None:
        request["MaxResults"] = max_results
    if checked_token := _check_token(*token):
        request["NextToken"] = checked_token
    return request


def _check_id(argument: str, given: object) -> str:
    if isinstance(given, str) and _UUID.fullmatch(given):
        return given
    raise InvalidRequestError(argument, given, "a UUID of 36 characters")


def _check_page_size(argument: str, given: object) -> int | None:
    if given is None:
        return None
    if isinstance(given, int) and MIN_PAGE_SIZE <= given <= MAX_PAGE_SIZE:
        return given
    raise InvalidRequestError(
        argument, given, f"an integer from {MIN_PAGE_SIZE} to {MAX_PAGE_SIZE}"
    )


def _check_token(argument: str, given: object) -> str | None:
    if given is None or isinstance(given, str):
        return given
    raise InvalidRequestError(argument, given, "a token that AWS gave, or None")


def _check_statuses(given: object) -> list[str]:
    if isinstance(given, str):
        given = (given,)
    if not isinstance(given, Iterable):
        raise InvalidRequestError("statuses", given, _allowed_statuses())
    statuses = cast("Iterable[object]", given)
    return list(dict.fromkeys(_check_status(status) for status in statuses))


def _check_status(given: object) -> str:
    if isinstance(given, str):
        if given in FILTER_STATUSES:
            return str(given)
        if meant := _near(given):
            raise InvalidRequestError(
                "statuses", str(given), f"{meant} (did you mean that?), or {_allowed_statuses()}"
            )
        given = str(given)
    raise InvalidRequestError("statuses", given, _allowed_statuses())


def _near(given: str) -> str | None:
    """The status that `given` was likely meant to be."""
    close = difflib.get_close_matches(given.upper(), FILTER_STATUSES, n=1, cutoff=0.75)
    return str(close[0]) if close else None


def _allowed_statuses() -> str:
    return "any of " + ", ".join(FILTER_STATUSES)
