"""A progress bar for the time while invocations are fetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ssm_mwx.models import TaskExecution, TaskInvocation
from ssm_mwx.optional import import_extra


def for_report(
    task: TaskExecution,
    invocations: Iterable[TaskInvocation],
    *,
    all_of_them: bool,
    progress: bool,
) -> Iterator[TaskInvocation]:
    """The invocations of a report on `task`, with a bar if `progress` is asked for.

    Args:
        task: Tells the number of targets, if `all_of_them` are to come.
        invocations: What to go through.
        all_of_them: Whether no filter leaves any out.
        progress: Whether to show the bar.

    Raises:
        ImportError: The bar is asked for and tqdm is not installed.
    """
    if not progress:
        return iter(invocations)
    return with_progress(invocations, (len(task.instance_ids) or None) if all_of_them else None)


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
