"""tqdm bars for what is fetched."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager

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


@contextmanager
def counting_bar(what: str, total: int | None) -> Generator[Callable[[int], None], None, None]:
    """Show a bar of things; threads may share the function that counts them.

    Args:
        what: What is counted.
        total: Their number in all, where it is known.
    """
    lock = threading.Lock()
    with tqdm(total=total, unit=f" {what}", desc=what) as bar:

        def count(number: int) -> None:
            with lock:
                bar.update(number)

        yield count
