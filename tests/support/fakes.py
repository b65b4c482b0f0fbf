"""A fake of boto3's SSM client without network or botocore, and the answers it returns."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from ssm_mwx import TaskIds

IDS = TaskIds("b40a588d-32a7-4ea7-9a6b-b4ef436a0001", "0c9ac961-dafd-4a94-b6c7-1bef300a0002")
"""Ids that AWS accepts."""

SECRET = "s3cr3t-value"
"""The value that tests put into sensitive members and look for in all that is shown."""

PAYLOADS = Path(__file__).parent.parent / "payloads"
"""The folder of AWS's documented answers."""


def payload(name: str) -> Any:
    """Return one of AWS's documented answers."""
    return json.loads((PAYLOADS / name).read_bytes())


def client_error(code: str, *, status: int = 400, message: str = "From AWS.") -> ClientError:
    """Return an error as botocore raises it."""
    return ClientError(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {
                "RequestId": "request-of-the-error",
                "HostId": "",
                "HTTPStatusCode": status,
                "HTTPHeaders": {},
                "RetryAttempts": 0,
            },
        },
        "DescribeMaintenanceWindowExecutionTaskInvocations",
    )


class FakeSsmClient:
    """Behaves like a boto3 SSM client, and keeps the members of every request.

    Args:
        pages: The answers of the invocations operation, by token (None for the first page).
        task: The answer of the task operation.
        fails_once: Tokens whose page fails when it is first requested.
    """

    def __init__(
        self,
        pages: Mapping[str | None, Mapping[str, Any]] | None = None,
        *,
        task: Mapping[str, Any] | None = None,
        fails_once: Sequence[str | None] = (),
    ) -> None:
        self.requests: list[dict[str, Any]] = []
        self._pages = {None: invocations_answer()} if pages is None else pages
        self._task = {"Status": "SUCCESS"} if task is None else task
        self._failing = list(fails_once)

    def get_maintenance_window_execution_task(self, **request: Any) -> Mapping[str, Any]:
        """Return the task."""
        self.requests.append(request)
        return self._task

    def describe_maintenance_window_execution_task_invocations(
        self, **request: Any
    ) -> Mapping[str, Any]:
        """Return the page at the request's token, or fail."""
        self.requests.append(request)
        token = request.get("NextToken")
        if token in self._failing:
            self._failing.remove(token)
            raise client_error("InternalServerError", status=500)
        return self._pages[token]


def invocations_answer(*invocation_ids: str, next_token: str | None = "") -> dict[str, Any]:
    """Return one page as boto3 does; a `next_token` of None leaves the member out."""
    answer: dict[str, Any] = {
        "WindowExecutionTaskInvocationIdentities": [
            {"InvocationId": invocation_id} for invocation_id in invocation_ids
        ],
        "ResponseMetadata": {"RequestId": f"request before {next_token!r}"},
    }
    return answer if next_token is None else answer | {"NextToken": next_token}


def answers_of_sizes(
    sizes: Sequence[int], *, last_token: str | None = ""
) -> dict[str | None, dict[str, Any]]:
    """Return pages of these sizes, by token: page 1 at None, page 2 at ``token 2``.

    An invocation id names page and position: ``2.1`` is the first item of page 2.
    """
    tokens = [f"token {number}" for number in range(2, len(sizes) + 1)]
    at_tokens = [None, *tokens]
    return {
        at: invocations_answer(*(f"{number}.{n}" for n in range(1, size + 1)), next_token=following)
        for number, (size, at, following) in enumerate(
            zip(sizes, at_tokens, [*tokens, last_token], strict=True), start=1
        )
    }
