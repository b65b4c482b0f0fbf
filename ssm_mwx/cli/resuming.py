"""Where a list stopped, as a ``--starting-token`` of the AWS CLI's kind."""

from __future__ import annotations

import json
import shlex
from base64 import b64decode, b64encode

import attrs


@attrs.frozen
class Place:
    """A place in a list: a page, and the number of items from there on to leave out."""

    next_token: str | None = None
    skipped: int = 0

    @classmethod
    def of_token(cls, text: str | None) -> Place:
        """Read AWS's own token, or what `token` or the AWS CLI wrote."""
        try:
            found: object = json.loads(b64decode(text or "", validate=True))
        except ValueError:
            found = None
        match found:
            case {"NextToken": str() | None as token, "boto_truncate_amount": int(skipped)}:
                return cls(token, skipped)
            case {"NextToken": str(token)}:
                return cls(token)
            case _:
                return cls(text)

    @property
    def token(self) -> str | None:
        """The token to resume from here; None is the beginning."""
        if not self.skipped:
            return self.next_token
        members = {"NextToken": self.next_token, "boto_truncate_amount": self.skipped}
        return b64encode(json.dumps(members).encode()).decode()


def option(token: str) -> str:
    """Write the option for a shell, which resumes with a token."""
    separator = "=" if token.startswith("-") else " "
    return f"--starting-token{separator}{shlex.quote(token)}"


class StoppedListError(Exception):
    """A list stopped before its end, and can be resumed.

    Attributes:
        reason: Why it stopped.
        token: The token to resume with.
    """

    def __init__(self, reason: BaseException, token: str) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.token = token
