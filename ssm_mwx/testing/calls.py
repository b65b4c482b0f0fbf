"""One call of an operation of the fake AWS: its members, its page, its filters."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import attrs

from ssm_mwx.testing.protocol import AwsError, Members, Violation, validation_error
from ssm_mwx.testing.region import Region

_T = TypeVar("_T")
_PAGE_SIZE = 50  # AWS does not document its page size without MaxResults
_TOKEN_KEY = secrets.token_bytes()


@attrs.frozen
class Call:
    """A call of an operation, with what is kept for the account and Region that it came to."""

    members: Members
    """The members of the request; their types, lengths and patterns are checked."""
    region: Region
    backend: Any
    """moto's SSM backend of the account and Region."""
    time: datetime = attrs.field(factory=lambda: datetime.now(UTC))
    """When the call came."""

    def page(
        self, items: Sequence[_T], *, error_code: str = "ValidationException"
    ) -> tuple[Sequence[_T], str]:
        """Return the requested page of `items` and the token of the next page, or ``""``.

        Raises:
            AwsError: The token is not of such a call; `error_code` is the code.
        """
        start = self._offset(error_code)
        end = start + self.members.get("MaxResults", _PAGE_SIZE)
        return items[start:end], self._token(end) if end < len(items) else ""

    def _token(self, offset: int) -> str:
        """Return an opaque token that is valid for the same call, account and Region only."""
        others = {
            name: value
            for name, value in self.members.items()
            if name not in ("MaxResults", "NextToken")
        }
        where = [self.backend.account_id, self.backend.region_name]
        sealed = json.dumps([*where, others, offset], sort_keys=True)
        seal = hmac.new(_TOKEN_KEY, sealed.encode(), hashlib.sha256).digest()
        return (offset.to_bytes(4, "big") + seal).hex()

    def _offset(self, error_code: str) -> int:
        token = self.members.get("NextToken")
        if not token:
            return 0
        try:
            offset = int.from_bytes(bytes.fromhex(token)[:4], "big")
        except ValueError:
            offset = 0
        given, issued = token.encode(errors="surrogatepass"), self._token(offset).encode()
        if not hmac.compare_digest(given, issued):
            raise AwsError(error_code, "The specified token is not valid")
        return offset

    def filters(self, *keys: str) -> Iterator[tuple[str, str, list[str]]]:
        """Yield the key, the path of the values and the values of each filter.

        Raises:
            AwsError: A filter has another key, or no values.
        """
        for number, item in enumerate(self.members.get("Filters", []), start=1):
            path = f"filters.{number}.member"
            key, values = item.get("Key"), item.get("Values")
            if key not in keys:
                raise not_in(keys, key, f"{path}.key")
            if not values:
                problem = "Member must have length greater than or equal to 1"
                raise validation_error(Violation(values, f"{path}.values", problem))
            yield key, f"{path}.values", values


def not_in(allowed: Sequence[str], value: object, path: str) -> AwsError:
    """Return the error for a value that is none of those allowed."""
    problem = f"Member must satisfy enum value set: [{', '.join(allowed)}]"
    return validation_error(Violation(value, path, problem))


def read_time(value: str, path: str) -> datetime:
    """Return a time in ISO 8601, by default in UTC.

    Raises:
        AwsError: It is none.
    """
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        problem = "Member must be a time in ISO 8601"
        raise validation_error(Violation(value, path, problem)) from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)
