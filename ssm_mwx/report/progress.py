"""A progress bar for the time while invocations are fetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ssm_mwx.models import TaskInvocation
from ssm_mwx.report.extras import import_extra


def with_progress(
    invocations: Iterable[TaskInvocation], targets: int | None
) -> Iterator[TaskInvocation]:
    """`invocations`, as they come, with a tqdm bar that counts the targets they are of.

    Args:
        invocations: What to go through.
        targets: Number of targets, where it is known.

    Raises:
        ImportError: tqdm is not installed.
    """
    tqdm = import_extra("tqdm", extra="notebook").tqdm
    with tqdm(total=targets, unit=" targets", desc="invocations") as bar:
        for invocation in invocations:
            yield invocation
            bar.update(len(invocation.instance_ids) or 1)
