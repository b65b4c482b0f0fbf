"""Progress while the invocations of a report are fetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ssm_mwx import optional
from ssm_mwx.models import TaskExecution, TaskInvocation


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
