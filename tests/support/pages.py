"""A task whose targets come in pages, for tests that count every one of them."""

from __future__ import annotations

from typing import Any

import attrs

from tests.support.servers import Request

PER_PAGE = 10


@attrs.frozen
class PagedTask:
    """Failed targets in pages of ten; the tokens are ``page-1``, ``page-2`` and so on."""

    pages: int

    @property
    def targets(self) -> list[str]:
        """All targets, in order."""
        return [f"target-{number}" for number in range(self.pages * PER_PAGE)]

    def page(self, number: int) -> dict[str, Any]:
        """Return page `number`, counted from 0, as AWS sends it."""
        following = number + 1
        targets = self.targets[number * PER_PAGE : following * PER_PAGE]
        return {
            "WindowExecutionTaskInvocationIdentities": [
                {"WindowTargetId": target, "Status": "FAILED"} for target in targets
            ],
            "NextToken": f"page-{following}" if following < self.pages else "",
        }


def page_number(request: Request) -> int:
    """Return the number of the page that a request is for."""
    return int(request.members.get("NextToken", "page-0").removeprefix("page-"))
