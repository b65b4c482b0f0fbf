"""The operations of the fake AWS, as AWS documents them. Adding an operation is adding a row."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Sequence
from typing import Any

import attrs

from ssm_mwx.enums import ExecutionStatus
from ssm_mwx.models import TaskIds
from ssm_mwx.testing.protocol import AwsError, Members, Violation, validation_error
from ssm_mwx.testing.simulation import SimulatedTask
from ssm_mwx.testing.store import StoredTask, stored_tasks
from ssm_mwx.wire import unstructure

_FILTER_STATUSES = [status for status in ExecutionStatus if status != "SKIPPED_OVERLAPPING"]
_PAGE_SIZE = 50  # AWS does not document its page size without MaxResults
_TOKEN_KEY = secrets.token_bytes()


@attrs.frozen
class Call:
    """One call of an operation: its checked members, and the account and Region it came to."""

    operation: str
    members: Members
    backend: Any

    def page(self, items: Sequence[Any]) -> tuple[Sequence[Any], str]:
        """Return the requested page of `items` and the token of the next page, or ``""``."""
        start = self._offset()
        end = start + self.members.get("MaxResults", _PAGE_SIZE)
        return items[start:end], self._token(end) if end < len(items) else ""

    def _token(self, offset: int) -> str:
        """Return an opaque token that is valid for the same request, account and Region only."""
        members = {
            name: value
            for name, value in self.members.items()
            if name not in ("MaxResults", "NextToken")
        }
        sealed = [
            self.operation,
            self.backend.account_id,
            self.backend.region_name,
            members,
            offset,
        ]
        text = json.dumps(sealed, sort_keys=True).encode()
        seal = hmac.new(_TOKEN_KEY, text, hashlib.sha256).digest()
        return base64.urlsafe_b64encode(offset.to_bytes(4, "big") + seal).decode()

    def _offset(self) -> int:
        token = self.members.get("NextToken")
        if not token:
            return 0
        try:
            offset = int.from_bytes(base64.urlsafe_b64decode(token)[:4], "big")
        except (binascii.Error, ValueError):
            offset = 0
        if not hmac.compare_digest(
            token.encode(errors="surrogatepass"), self._token(offset).encode()
        ):
            raise AwsError("ValidationException", "The specified token is not valid")
        return offset


def _get_task(call: Call) -> Members:
    return unstructure(_find_task(call).task)


def _describe_invocations(call: Call) -> Members:
    accepted = _accepted_statuses(call.members)
    invocations = [item for item in _find_task(call).invocations if item.status in accepted]
    page, token = call.page(invocations)
    return {
        "WindowExecutionTaskInvocationIdentities": [unstructure(item) for item in page],
        "NextToken": token,
    }


OPERATIONS: dict[str, Callable[[Call], Members]] = {
    "GetMaintenanceWindowExecutionTask": _get_task,
    "DescribeMaintenanceWindowExecutionTaskInvocations": _describe_invocations,
}
"""What answers an operation."""


def _find_task(call: Call) -> StoredTask | SimulatedTask:
    ids = TaskIds(call.members["WindowExecutionId"], call.members["TaskId"])
    stored = stored_tasks(call.backend).get(ids)
    if stored is None:
        raise AwsError(
            "DoesNotExistException",
            f"Maintenance window execution task {ids.task_execution_id} of execution "
            f"{ids.window_execution_id} does not exist",
        )
    return stored


def _accepted_statuses(members: Members) -> set[str | None]:
    """Return the statuses that pass every STATUS filter; an absent status passes no filter."""
    accepted: set[str | None] = {None, *ExecutionStatus}
    for number, item in enumerate(members.get("Filters", []), start=1):
        path = f"filters.{number}.member"
        if item.get("Key") != "STATUS":
            enum = "Member must satisfy enum value set: [STATUS]"
            raise validation_error(Violation(item.get("Key"), f"{path}.key", enum))
        values = item.get("Values", [])
        unknown = [value for value in values if value not in _FILTER_STATUSES]
        if unknown or not values:
            enum = f"Member must satisfy enum value set: [{', '.join(_FILTER_STATUSES)}]"
            raise validation_error(Violation(unknown, f"{path}.values", enum))
        accepted &= set(values)
    return accepted
