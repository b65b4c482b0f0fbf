"""A tqdm bar for invocations as they are fetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tqdm import tqdm

from ssm_mwx.models import TaskInvocation


def with_bar(
    invocations: Iterable[TaskInvocation], targets: int | None
) -> Iterator[TaskInvocation]:
    """Yield `invocations` as they come, under a bar that counts their targets.

    Args:
        invocations: What to iterate over.
        targets: Number of targets in all, where it is known.
    """
    with tqdm(total=targets, unit=" targets", desc="invocations") as bar:
        for invocation in invocations:
            yield invocation
            bar.update(len(invocation.instance_ids) or 1)
