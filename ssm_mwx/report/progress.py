"""Progress while the invocations and the nodes of a report, or many reports, are fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext

from ssm_mwx import optional
from ssm_mwx.models import TaskExecution, TaskInvocation

Count = Callable[[int], object]
"""Is called with the number of things that arrived; threads may share it."""


def for_report(
    task: TaskExecution,
    invocations: Iterable[TaskInvocation],
    *,
    all_of_them: bool,
    progress: bool,
) -> Iterator[TaskInvocation]:
    """Iterate over the invocations of a report, with a bar if `progress` is set.

    Args:
        task: Names the number of targets, if `all_of_them` are fetched.
        invocations: What to iterate over.
        all_of_them: Whether no filter leaves any out.
        progress: Whether to show the bar.

    Raises:
        ImportError: `progress` is set and tqdm is not installed.
    """
    if not progress:
        return iter(invocations)
    with optional.extra("notebook"):
        from ssm_mwx.report.progress_bar import with_bar
    return with_bar(invocations, (len(task.instance_ids) or None) if all_of_them else None)


def counter(
    what: str, total: int | None = None, *, progress: bool
) -> AbstractContextManager[Count]:
    """Return a context with a function to call with the number of things that arrived.

    Args:
        what: What is counted, as the bar names it.
        total: Their number in all, where it is known.
        progress: Whether a bar shows them.

    Raises:
        ImportError: `progress` is set and tqdm is not installed.
    """
    if not progress:
        return nullcontext(_ignore)
    with optional.extra("notebook"):
        from ssm_mwx.report.progress_bar import counting_bar
    return counting_bar(what, total)


def _ignore(_number: int) -> None:
    """Show no progress."""
