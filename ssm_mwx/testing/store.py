"""The store that the fake AWS answers from: task executions and their invocations."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar, overload

import attrs

from ssm_mwx import optional
from ssm_mwx.enums import ExecutionStatus
from ssm_mwx.models import TaskExecution, TaskIds, TaskInvocation
from ssm_mwx.testing.simulation import Clock, SimulatedTask, now_in_utc
from ssm_mwx.wire import structure, unstructure

_T = TypeVar("_T", TaskExecution, TaskInvocation)


@attrs.define
class StoredTask:
    """A task execution and its invocations, in the order they were added."""

    task: TaskExecution
    invocations: list[TaskInvocation] = attrs.field(factory=list[TaskInvocation])


StoredTasks = dict[TaskIds, StoredTask | SimulatedTask]
"""The task executions of one account and Region."""


def stored_tasks(backend: Any) -> StoredTasks:
    """Return the tasks kept on moto's SSM backend of an account and Region.

    moto's reset discards them.
    """
    attributes: dict[str, StoredTasks] = backend.__dict__
    return attributes.setdefault("maintenance_window_task_executions", {})


class Request(NamedTuple):
    """A call that the fake AWS received."""

    operation: str
    """AWS's name of the operation."""
    members: dict[str, Any]
    """The members of the request, by AWS's names."""


class ExecutionStore:
    """The executions that the fake AWS knows, per account and Region.

    ``region_name`` defaults to ``AWS_DEFAULT_REGION``, ``account_id`` to moto's account.
    """

    def add_task(
        self, *, region_name: str | None = None, account_id: str | None = None, **fields: Any
    ) -> TaskExecution:
        """Add a task execution.

        Args:
            region_name: The Region it is in.
            account_id: The account it is in.
            **fields: Fields of `TaskExecution`. Missing ids are generated.

        Returns:
            The task execution as a client gets it; ``task_ids`` are its ids.
        """
        ids = {"window_execution_id": _new_id(), "task_execution_id": _new_id()}
        task = _checked(TaskExecution(**_without_none(ids | _without_none(fields))))
        _tasks(region_name, account_id)[task.task_ids] = StoredTask(task)
        return task

    def add_invocations(
        self,
        task: TaskExecution,
        invocations: Iterable[TaskInvocation],
        *,
        region_name: str | None = None,
        account_id: str | None = None,
    ) -> tuple[TaskInvocation, ...]:
        """Add invocations to a stored task execution. Missing ids are generated.

        This ends the simulation of a simulated run, as `set_status` does.

        Raises:
            KeyError: There is no such task execution in that account and Region.
        """
        stored = _stop_simulation(_tasks(region_name, account_id), task.task_ids)
        added = tuple(_with_ids(invocation, task) for invocation in invocations)
        stored.invocations.extend(added)
        return added

    def add_run(
        self,
        task: TaskExecution,
        invocations: Iterable[TaskInvocation],
        *,
        over: timedelta | float | None = None,
        clock: Clock = now_in_utc,
        region_name: str | None = None,
        account_id: str | None = None,
    ) -> TaskExecution:
        """Add a task execution with its invocations, as `samples` make them.

        Args:
            task: The task execution.
            invocations: Its invocations.
            over: Simulate the run over this time (seconds, or a `timedelta`): from now on it goes
                from PENDING through IN_PROGRESS to the end that `task` and `invocations` have,
                with its times moved to match. None stores it as it is.
            clock: Returns the time of the simulation; for a test that does not want to wait.
            region_name: The Region it is in.
            account_id: The account it is in.

        Returns:
            The task execution as a client gets it at this moment.
        """
        where = {"region_name": region_name, "account_id": account_id}
        added = self.add_task(**where, **attrs.asdict(task, recurse=False))
        ended = self.add_invocations(added, invocations, **where)
        if over is None:
            return added
        length = over if isinstance(over, timedelta) else timedelta(seconds=over)
        simulated = SimulatedTask(added, ended, length, clock, began=clock())
        _tasks(region_name, account_id)[added.task_ids] = simulated
        return simulated.task

    @overload
    def set_status(
        self,
        of: TaskExecution,
        status: ExecutionStatus | str,
        *,
        status_details: str | None = None,
        end_time: datetime | None = None,
        region_name: str | None = None,
        account_id: str | None = None,
    ) -> TaskExecution: ...
    @overload
    def set_status(
        self,
        of: TaskInvocation,
        status: ExecutionStatus | str,
        *,
        status_details: str | None = None,
        end_time: datetime | None = None,
        region_name: str | None = None,
        account_id: str | None = None,
    ) -> TaskInvocation: ...
    def set_status(
        self,
        of: TaskExecution | TaskInvocation,
        status: ExecutionStatus | str,
        *,
        status_details: str | None = None,
        end_time: datetime | None = None,
        region_name: str | None = None,
        account_id: str | None = None,
    ) -> TaskExecution | TaskInvocation:
        """Change the state of a stored task execution or invocation.

        This ends the simulation of a simulated run: it stays as it is at this moment.

        Args:
            of: The task execution or invocation, as it was added.
            status: The new ``Status``.
            status_details: The new ``StatusDetails``; None keeps the old ones.
            end_time: The new ``EndTime``; None keeps the old one.
            region_name: The Region it is in.
            account_id: The account it is in.

        Returns:
            The task execution or invocation as a client gets it from now on.

        Raises:
            KeyError: It is not stored in that account and Region.
        """
        stored = _stop_simulation(_tasks(region_name, account_id), of.task_ids)
        state = {"status": status} | _without_none(
            {"status_details": status_details, "end_time": end_time}
        )
        if isinstance(of, TaskExecution):
            stored.task = _checked(attrs.evolve(stored.task, **state))
            return stored.task
        ids = [invocation.invocation_id for invocation in stored.invocations]
        if of.invocation_id not in ids:
            raise KeyError(of.invocation_id)
        index = ids.index(of.invocation_id)
        changed = _checked(attrs.evolve(stored.invocations[index], **state))
        stored.invocations[index] = changed
        return changed

    @property
    def requests(self) -> list[Request]:
        """The calls of SSM that the fake AWS received, in every account and Region."""
        return list(received_requests())

    def fail_next(self, code: str, times: int = 1) -> None:
        """Make the next calls of the operations fail, in every account and Region.

        Args:
            code: AWS's error code, such as ``ThrottlingException``.
            times: How many calls fail. botocore retries a call after a transient error, and each
                retry counts.
        """
        injected_failures().extend([code] * times)


def injected_failures() -> list[str]:
    """Return the error codes of the next calls. moto's reset discards them."""
    return _kept_for_all("injected_failures")


def received_requests() -> list[Request]:
    """Return the calls received so far. moto's reset discards them."""
    return _kept_for_all("received_requests")


def _kept_for_all(name: str) -> list[Any]:
    """Return a list that all accounts and Regions share, kept on one of moto's backends."""
    attributes: dict[str, list[Any]] = _backend("us-east-1", "123456789012").__dict__
    return attributes.setdefault(name, [])


def _tasks(region_name: str | None, account_id: str | None) -> StoredTasks:
    return stored_tasks(_backend(region_name, account_id))


def _backend(region_name: str | None, account_id: str | None) -> Any:
    """Return moto's SSM backend of an account and Region, by default those of a call."""
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


def _stop_simulation(tasks: StoredTasks, ids: TaskIds) -> StoredTask:
    """Return the task stored under `ids`; a simulated one stays as it is now."""
    stored = tasks[ids]
    if isinstance(stored, SimulatedTask):
        stored = tasks[ids] = StoredTask(stored.task, stored.invocations)
    return stored


def _checked(model: _T) -> _T:
    """Return the model as a client reads it: types checked, strings as enums, times in UTC."""
    return structure(unstructure(model), type(model))


def _with_ids(invocation: TaskInvocation, task: TaskExecution) -> TaskInvocation:
    window_execution_id, task_execution_id = task.task_ids
    return _checked(
        attrs.evolve(
            invocation,
            window_execution_id=invocation.window_execution_id or window_execution_id,
            task_execution_id=invocation.task_execution_id or task_execution_id,
            invocation_id=invocation.invocation_id or _new_id(),
        )
    )


def _without_none(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _new_id() -> str:
    return str(uuid.uuid4())
