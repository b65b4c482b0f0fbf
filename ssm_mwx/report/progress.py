"""Progress while the invocations and the nodes of a report are fetched."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager

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


@contextmanager
def count_nodes(*, progress: bool) -> Generator[Callable[[int], object], None, None]:
    """Return a function to call with the number of nodes on each page that arrives.

    Args:
        progress: Whether a bar shows them.

    Raises:
        ImportError: `progress` is set and tqdm is not installed.
    """
    if not progress:
        yield _ignore
        return
    with optional.extra("notebook"):
        from ssm_mwx.report.progress_bar import node_bar
    with node_bar() as count:
        yield count


def _ignore(_nodes: int) -> None:
    """Show no progress."""
