"""What the stand-in answers from: task executions and their invocations."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar, overload

import attrs

from ssm_mwx.enums import ExecutionStatus
from ssm_mwx.models import TaskExecution, TaskIds, TaskInvocation
from ssm_mwx.testing.simulation import Clock, PlayedTask, now_in_utc
from ssm_mwx.wire import structure, unstructure

_T = TypeVar("_T", TaskExecution, TaskInvocation)


@attrs.define
class StoredTask:
    """A task execution and its invocations, in the order they were added."""

    task: TaskExecution
    invocations: list[TaskInvocation] = attrs.field(factory=list[TaskInvocation])


Shelf = dict[TaskIds, StoredTask | PlayedTask]
"""The task executions of one account and Region."""

_SHELF = "maintenance_window_executions"


def shelf_of(backend: Any) -> Shelf:
    """The shelf kept on moto's SSM backend of an account and Region; moto's reset empties it."""
    kept: dict[str, Shelf] = backend.__dict__
    return kept.setdefault(_SHELF, {})


class ExecutionStore:
    """The executions that a stand-in knows, per account and Region; fill it as a test needs.

    ``region_name`` is ``AWS_DEFAULT_REGION``, and ``account_id`` moto's account, where not given.
    """

    def add_task(
        self, *, region_name: str | None = None, account_id: str | None = None, **fields: Any
    ) -> TaskExecution:
        """Add a task execution.

        Args:
            region_name: The Region it is in.
            account_id: The account it is in.
            **fields: Fields of `TaskExecution`. Valid ids are made where none are given.

        Returns:
            The task execution as it will be answered; its ``task_ids`` name it.
        """
        ids = {"window_execution_id": _new_id(), "task_execution_id": _new_id()}
        task = _checked(TaskExecution(**_without_none(ids | _without_none(fields))))
        _shelf(region_name, account_id)[task.task_ids] = StoredTask(task)
        return task

    def add_invocations(
        self,
        task: TaskExecution,
        invocations: Iterable[TaskInvocation],
        *,
        region_name: str | None = None,
        account_id: str | None = None,
    ) -> tuple[TaskInvocation, ...]:
        """Add invocations to a task execution that was added before; ids are made where missing.

        A run that is being played stands still from then on, as with `set_status`.

        Raises:
            KeyError: There is no such task execution in that account and Region.
        """
        stored = _standing_still(_shelf(region_name, account_id), task.task_ids)
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
            over: Play the run: from now on, and for so long (seconds, or a `timedelta`), it goes
                from PENDING through IN_PROGRESS to the end that `task` and `invocations` show,
                its times moved to match. None has it ended from the first.
            clock: Tells the play the time; for a test that does not want to wait.
            region_name: The Region it is in.
            account_id: The account it is in.

        Returns:
            The task execution as it is answered at this moment.
        """
        where = {"region_name": region_name, "account_id": account_id}
        added = self.add_task(**where, **attrs.asdict(task, recurse=False))
        ended = self.add_invocations(added, invocations, **where)
        if over is None:
            return added
        length = over if isinstance(over, timedelta) else timedelta(seconds=over)
        played = PlayedTask(added, ended, length, clock, began=clock())
        _shelf(region_name, account_id)[added.task_ids] = played
        return played.task

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
        """Change the state of a task execution or of an invocation that is stored.

        A run that is being played stands still from then on, as it is at this moment.

        Args:
            of: It, as it was added.
            status: The new ``Status``.
            status_details: The new ``StatusDetails``; None leaves them as they are.
            end_time: The new ``EndTime``; None leaves it as it is.
            region_name: The Region it is in.
            account_id: The account it is in.

        Returns:
            It, as it will be answered from now on.

        Raises:
            KeyError: It is not stored in that account and Region.
        """
        stored = _standing_still(_shelf(region_name, account_id), of.task_ids)
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

    def fail_next(self, code: str, times: int = 1) -> None:
        """Let the next calls of the two operations fail, in whatever account and Region.

        Args:
            code: AWS's error code, such as ``ThrottlingException``.
            times: How many calls fail. botocore repeats a call after a passing fault, and each
                repetition counts.
        """
        failures_to_come().extend([code] * times)


def failures_to_come() -> list[str]:
    """Error codes of the calls to come; as moto's own data they are forgotten at moto's reset."""
    from moto.core.models import DEFAULT_ACCOUNT_ID
    from moto.ssm.models import ssm_backends

    kept: dict[str, list[str]] = ssm_backends[DEFAULT_ACCOUNT_ID][_ANY_REGION].__dict__
    return kept.setdefault("failures_to_come", [])


_ANY_REGION = "us-east-1"


def _shelf(region_name: str | None, account_id: str | None) -> Shelf:
    from moto.core.models import DEFAULT_ACCOUNT_ID
    from moto.ssm.models import ssm_backends

    region = region_name or os.environ["AWS_DEFAULT_REGION"]
    return shelf_of(ssm_backends[account_id or DEFAULT_ACCOUNT_ID][region])


def _standing_still(shelf: Shelf, ids: TaskIds) -> StoredTask:
    """What is stored under `ids`; a play is stopped and stays as it is now."""
    stored = shelf[ids]
    if isinstance(stored, PlayedTask):
        stored = shelf[ids] = StoredTask(stored.task, stored.invocations)
    return stored


def _checked(model: _T) -> _T:
    """The model as a client will read it: types checked, strings made enums, times in UTC."""
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
