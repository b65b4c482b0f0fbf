"""The store of the fake AWS: what a test adds to it, changes in it and asks it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar, overload

import attrs

from ssm_mwx.enums import ExecutionStatus
from ssm_mwx.models import CommandInvocation, TaskExecution, TaskInvocation, WindowExecution
from ssm_mwx.testing.region import (
    InjectedFailure,
    Region,
    Request,
    injected_failures,
    new_window_id,
    received_requests,
    region_of,
)
from ssm_mwx.testing.simulation import Clock, SimulatedRun, StoredRun, Timeline
from ssm_mwx.wire import structure, unstructure

if TYPE_CHECKING:
    from ssm_mwx.testing.sample_runs import WindowRun

_T = TypeVar("_T")


class ExecutionStore:
    """The executions that the fake AWS knows, per account and Region.

    ``region_name`` defaults to ``AWS_DEFAULT_REGION``, ``account_id`` to moto's account.
    """

    def add_window_execution(
        self, *, region_name: str | None = None, account_id: str | None = None, **fields: Any
    ) -> WindowExecution:
        """Add a window execution, such as a SKIPPED_OVERLAPPING one, which has no tasks.

        Once it has tasks, its status and times follow from theirs.

        Args:
            region_name: The Region it is in.
            account_id: The account it is in.
            **fields: Fields of `WindowExecution`. Missing ids are generated.

        Returns:
            The window execution as a client gets it, with all of its ids.
        """
        ids: dict[str, Any] = {"window_execution_id": _new_id(), "window_id": new_window_id()}
        execution = _checked(WindowExecution(**ids | _without_none(fields)))
        region_of(region_name, account_id).add_window_execution(execution)
        return execution

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
        task = _task_with_ids(fields)
        region_of(region_name, account_id).add_run(StoredRun(task), task.task_ids)
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
        stored = region_of(region_name, account_id).stop_simulation(task.task_ids)
        added = tuple(_with_ids(invocation, task) for invocation in invocations)
        stored.invocations.extend(added)
        return added

    def add_run(
        self,
        task: TaskExecution,
        invocations: Iterable[TaskInvocation],
        commands: Iterable[CommandInvocation] = (),
        *,
        over: timedelta | float | None = None,
        clock: Clock | None = None,
        region_name: str | None = None,
        account_id: str | None = None,
    ) -> TaskExecution:
        """Add a task execution with its invocations and commands, as `samples` make them.

        Args:
            task: The task execution.
            invocations: Its invocations.
            commands: What their commands did on each node.
            over: Simulate the run over this time (seconds, or a `timedelta`): it goes from PENDING
                through IN_PROGRESS to the end that it has, with its times moved to match. The time
                counts from the first call that asks for it, which sees it PENDING. None stores
                the run as it is.
            clock: Returns the time of the simulation, for a test that does not want to wait. Its
                time counts from now.
            region_name: The Region it is in.
            account_id: The account it is in.

        Returns:
            The task execution as a client gets it at this moment.
        """
        run = _stored_run(task, invocations, commands)
        timeline = None if over is None else _timeline([run.task], over, clock)
        region = region_of(region_name, account_id)
        return _add(region, run, timeline)

    def add_window_run(
        self,
        run: WindowRun,
        *,
        over: timedelta | float | None = None,
        clock: Clock | None = None,
        region_name: str | None = None,
        account_id: str | None = None,
    ) -> WindowExecution:
        """Add a window execution with all of its tasks, as `samples.window_run` makes it.

        Args:
            run: The window execution and its runs. The runs get its id.
            over: As for `add_run`; all tasks together take this time.
            clock: As for `add_run`.
            region_name: The Region it is in.
            account_id: The account it is in.

        Returns:
            The window execution as a client gets it at this moment, with all of its ids.
        """
        where = {"region_name": region_name, "account_id": account_id}
        fields = attrs.asdict(run.window_execution, recurse=False)
        execution = self.add_window_execution(**where, **fields)
        own_id: dict[str, Any] = {"window_execution_id": execution.window_execution_id}
        runs = [
            _stored_run(
                attrs.evolve(task, **own_id),
                [attrs.evolve(item, **own_id) for item in invocations],
                commands,
            )
            for task, invocations, commands in run.runs
        ]
        timeline = None if over is None else _timeline([each.task for each in runs], over, clock)
        region = region_of(region_name, account_id)
        for each in runs:
            _add(region, each, timeline)
        return region.window_execution(str(execution.window_execution_id), None) or execution

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

        This ends the simulation of a simulated run: it stays as it is at this moment. The state of
        the window execution follows.

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
        stored = region_of(region_name, account_id).stop_simulation(of.task_ids)
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
        return [*received_requests()]

    def fail_next(
        self,
        code: str,
        times: int = 1,
        *,
        operation: str | None = None,
        region_name: str | None = None,
        account_id: str | None = None,
    ) -> None:
        """Make the next calls of the operations fail.

        Args:
            code: AWS's error code, such as ``ThrottlingException``.
            times: How many calls fail. A client retries a call after a transient error, and each
                retry counts.
            operation: AWS's name of the operation that fails; None is any of this library's.
            region_name: The Region whose calls fail; None is every Region.
            account_id: The account whose calls fail; None is every account.
        """
        if times > 0:
            failure = InjectedFailure(code, times, operation, region_name, account_id)
            injected_failures().append(failure)


def _add(region: Region, run: StoredRun, timeline: Timeline | None) -> TaskExecution:
    added = run if timeline is None else SimulatedRun(run, timeline)
    region.add_run(added, run.task.task_ids)
    return added.state(None).task


def _stored_run(
    task: TaskExecution,
    invocations: Iterable[TaskInvocation],
    commands: Iterable[CommandInvocation],
) -> StoredRun:
    stored = _task_with_ids(attrs.asdict(task, recurse=False))
    return StoredRun(
        stored,
        [_with_ids(invocation, stored) for invocation in invocations],
        [_checked(command) for command in commands],
    )


def _task_with_ids(fields: dict[str, Any]) -> TaskExecution:
    ids: dict[str, Any] = {"window_execution_id": _new_id(), "task_execution_id": _new_id()}
    return _checked(TaskExecution(**ids | _without_none(fields)))


def _timeline(tasks: list[TaskExecution], over: timedelta | float, clock: Clock | None) -> Timeline:
    starts = [task.start_time for task in tasks if task.start_time]
    ends = [task.end_time for task in tasks if task.end_time]
    length = over if isinstance(over, timedelta) else timedelta(seconds=over)
    return Timeline(min(starts, default=None), max(ends, default=None), length, clock)


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
