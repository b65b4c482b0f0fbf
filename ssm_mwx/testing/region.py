"""What the fake AWS keeps for one account and Region, on moto's SSM backend."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple, cast

import attrs

from ssm_mwx import optional
from ssm_mwx.enums import ExecutionStatus
from ssm_mwx.models import CommandInvocation, TaskExecution, TaskIds, WindowExecution
from ssm_mwx.testing.simulation import SimulatedRun, StoredRun

_BY_SEVERITY = (
    ExecutionStatus.FAILED,
    ExecutionStatus.TIMED_OUT,
    ExecutionStatus.CANCELLED,
    ExecutionStatus.SKIPPED_OVERLAPPING,
    ExecutionStatus.SUCCESS,
)


class Request(NamedTuple):
    """A call that the fake AWS received."""

    operation: str
    """AWS's name of the operation."""
    members: dict[str, Any]
    """The members of the request, by AWS's names."""


@attrs.define
class InjectedFailure:
    """An error that the next calls get, of an operation, a Region and an account; None is any."""

    code: str
    left: int
    """How many calls still get it."""
    operation: str | None = None
    region_name: str | None = None
    account_id: str | None = None

    def is_for(self, operation: str, region_name: str, account_id: str) -> bool:
        """Return whether a call gets it."""
        return (
            self.operation in (None, operation)
            and self.region_name in (None, region_name)
            and self.account_id in (None, account_id)
        )


@attrs.define
class Region:
    """The executions of one account and Region."""

    window_executions: dict[str, WindowExecution] = attrs.field(factory=dict[str, WindowExecution])
    """By their ids, as they were added; `window_execution` returns their state."""
    runs: dict[TaskIds, StoredRun | SimulatedRun] = attrs.field(
        factory=dict[TaskIds, StoredRun | SimulatedRun]
    )
    """The task executions with all that belongs to them."""

    def add_window_execution(self, execution: WindowExecution) -> None:
        """Add a window execution, or replace one."""
        self.window_executions[str(execution.window_execution_id)] = execution

    def add_run(self, run: StoredRun | SimulatedRun, ids: TaskIds) -> None:
        """Add a run; its window execution is made if it is not stored."""
        self.runs[ids] = run
        if ids.window_execution_id not in self.window_executions:
            made = WindowExecution(ids.window_execution_id, window_id=new_window_id())
            self.add_window_execution(made)

    def window_execution(
        self, window_execution_id: str, call_time: datetime | None
    ) -> WindowExecution | None:
        """Return a window execution as a call sees it: its state follows from its tasks."""
        stored = self.window_executions.get(window_execution_id)
        return stored and with_state_of_tasks(stored, self.tasks_of(window_execution_id, call_time))

    def tasks_of(self, window_execution_id: str, call_time: datetime | None) -> list[TaskExecution]:
        """Return the task executions of a window execution as a call sees them."""
        return [
            run.state(call_time).task
            for ids, run in [*self.runs.items()]
            if ids.window_execution_id == window_execution_id
        ]

    def command_invocations(self, call_time: datetime | None) -> Iterator[CommandInvocation]:
        """Yield what every command did on each node, as a call sees it."""
        for run in [*self.runs.values()]:
            yield from run.state(call_time).commands

    def stop_simulation(self, ids: TaskIds) -> StoredRun:
        """Return the run of a task execution; a simulated one stays as it is now.

        Raises:
            KeyError: It is not stored.
        """
        self.runs[ids] = run = self.runs[ids].state(None)
        return run


def with_state_of_tasks(stored: WindowExecution, tasks: list[TaskExecution]) -> WindowExecution:
    """Return a window execution in the state that its tasks give it."""
    ids = tuple(str(task.task_execution_id) for task in tasks)
    statuses = {task.status for task in tasks} - {None}
    if not statuses:
        return attrs.evolve(stored, task_execution_ids=ids)
    ended = all(task.is_terminal for task in tasks)
    return attrs.evolve(
        stored,
        task_execution_ids=ids,
        status=_status_of(statuses, ended=ended),
        status_details=stored.status_details if ended else None,
        start_time=min((task.start_time for task in tasks if task.start_time), default=None),
        end_time=max((task.end_time for task in tasks if task.end_time), default=None)
        if ended
        else None,
    )


def _status_of(statuses: Iterable[ExecutionStatus | None], *, ended: bool) -> ExecutionStatus:
    statuses = set(statuses)
    if ended:
        return next(status for status in _BY_SEVERITY if status in statuses)
    if ExecutionStatus.CANCELLING in statuses:
        return ExecutionStatus.CANCELLING
    is_pending = statuses == {ExecutionStatus.PENDING}
    return ExecutionStatus.PENDING if is_pending else ExecutionStatus.IN_PROGRESS


# --- what is kept on moto's backends, which moto's reset discards ---

_lock = threading.Lock()  # a server answers in threads
_KEPT = ("maintenance_window_executions", "injected_failures", "received_requests")


def discard_everything() -> None:
    """Discard what is kept for every account and Region.

    moto does so when its own mock ends, which may be later than this library's.
    """
    from moto.ssm.models import ssm_backends

    for regions in ssm_backends.values():
        for backend in regions.values():
            for name in _KEPT:
                backend.__dict__.pop(name, None)


def region_on(backend: Any) -> Region:
    """Return what is kept on moto's SSM backend of an account and Region."""
    attributes: dict[str, Region] = backend.__dict__
    return attributes.setdefault("maintenance_window_executions", Region())


def region_of(region_name: str | None, account_id: str | None) -> Region:
    """Return what is kept for an account and Region, by default for those of a call."""
    return region_on(_backend(region_name, account_id))


def injected_failures() -> list[InjectedFailure]:
    """Return the errors that the next calls get, in every account and Region."""
    return cast("list[InjectedFailure]", _kept_for_all("injected_failures"))


def take_injected_failure(operation: str, region_name: str, account_id: str) -> str | None:
    """Return the code of the error that a call gets, and count it; None if it gets none."""
    with _lock:
        failures = injected_failures()
        for failure in failures:
            if failure.is_for(operation, region_name, account_id):
                failure.left -= 1
                if failure.left == 0:
                    failures.remove(failure)
                return failure.code
    return None


def received_requests() -> list[Request]:
    """Return the calls received so far, in every account and Region."""
    return cast("list[Request]", _kept_for_all("received_requests"))


def _kept_for_all(name: str) -> list[Any]:
    attributes: dict[str, list[Any]] = _backend("us-east-1", "123456789012").__dict__
    return attributes.setdefault(name, [])


def _backend(region_name: str | None, account_id: str | None) -> Any:
    with optional.extra("testing"):
        from moto.core.models import DEFAULT_ACCOUNT_ID
        from moto.ssm.models import ssm_backends

        from ssm_mwx.testing import interception
    if not interception.is_active():
        raise RuntimeError(
            "no mock is active: use the store within mock_maintenance_windows() or serve()"
        )
    account = account_id or os.environ.get("MOTO_ACCOUNT_ID") or DEFAULT_ACCOUNT_ID
    region = region_name or os.environ.get("AWS_DEFAULT_REGION") or interception.DEFAULT_REGION
    return ssm_backends[account][region]


def new_window_id() -> str:
    """Return an id for a maintenance window."""
    return f"mw-{secrets.token_hex(9)[:17]}"
