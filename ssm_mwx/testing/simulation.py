"""Simulate a run over time: a finished run as it stands at a moment of its course."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import attrs

from ssm_mwx.enums import CommandInvocationStatus, ExecutionStatus
from ssm_mwx.models import CommandInvocation, CommandPlugin, TaskExecution, TaskInvocation

_T = TypeVar("_T", TaskExecution, TaskInvocation)

Clock = Callable[[], datetime]
"""Returns the time, as an aware datetime."""

_BEFORE = datetime.min.replace(tzinfo=UTC)  # anything started
_PENDING_SHARE = 0.05  # of the simulation, before anything starts


@attrs.define
class StoredRun:
    """A task execution with its invocations, and what their commands did on each node."""

    task: TaskExecution
    invocations: list[TaskInvocation] = attrs.field(factory=list[TaskInvocation])
    commands: list[CommandInvocation] = attrs.field(factory=list[CommandInvocation])

    def state(self, call_time: datetime | None) -> StoredRun:  # noqa: ARG002 - as SimulatedRun
        """Return the run, which does not change with time."""
        return self


@attrs.define
class Timeline:
    """Maps the times of finished runs to the time that their simulation takes.

    Runs of one window execution share a timeline.
    """

    first: datetime | None
    """When the finished runs started."""
    last: datetime | None
    """When they ended."""
    over: timedelta
    """How long the simulation takes."""
    clock: Clock | None
    """The clock; None is the real time, which counts from the first call."""
    began: datetime | None = None

    def __attrs_post_init__(self) -> None:
        if self.clock is not None:
            self.began = self.clock()

    def now(self, call_time: datetime | None) -> datetime:
        """Return the time of the simulation for a call; None is no call, but a look.

        Without a clock, the first call starts the time, and sees everything PENDING.
        """
        if self.clock is not None:
            return self.clock()
        if self.began is None:
            self.began = call_time
        now = call_time or datetime.now(UTC)
        return _BEFORE if self.began is None or now <= self.began else now

    def moved(self, moment: datetime | None, share: float = 0.0) -> datetime:
        """Return when `moment` comes in the simulation; for None, the time after that `share`."""
        if moment and self.first and self.last and self.last > self.first:
            share = min(max((moment - self.first) / (self.last - self.first), 0.0), 1.0)
        began = self.began or datetime.now(UTC)
        time = began + self.over * (_PENDING_SHARE + (1 - _PENDING_SHARE) * share)
        return time.replace(microsecond=time.microsecond // 1000 * 1000)


@attrs.frozen
class SimulatedRun:
    """A run that goes from PENDING through IN_PROGRESS to its known end."""

    ended: StoredRun
    timeline: Timeline

    def state(self, call_time: datetime | None) -> StoredRun:
        """Return the run as a call at this time sees it; None is no call, but a look."""
        now = self.timeline.now(call_time)
        task = self._state(self.ended.task, now)
        if not task.is_terminal:
            task = attrs.evolve(task, triggered_alarms=None)
        invocations = [self._state(item, now) for item in self.ended.invocations]
        pending = [item.status == ExecutionStatus.PENDING for item in invocations]
        unsent = {
            item.execution_id
            for item, is_pending in zip(invocations, pending, strict=True)
            if is_pending
        }
        return StoredRun(
            task,
            [
                attrs.evolve(item, execution_id=None) if is_pending else item
                for item, is_pending in zip(invocations, pending, strict=True)
            ],
            [
                self._command(item, now)
                for item in self.ended.commands
                if item.command_id not in unsent
            ],
        )

    def _state(self, ended: _T, now: datetime) -> _T:
        start = self.timeline.moved(ended.start_time, 0.0)
        end = self.timeline.moved(ended.end_time, 1.0)
        if now >= end:
            return attrs.evolve(
                ended,
                start_time=ended.start_time and start,
                end_time=ended.end_time and end,
            )
        started = now >= start
        return attrs.evolve(
            ended,
            status=ExecutionStatus.IN_PROGRESS if started else ExecutionStatus.PENDING,
            status_details=None,
            start_time=start if started else None,
            end_time=None,
        )

    def _command(self, ended: CommandInvocation, now: datetime) -> CommandInvocation:
        plugins = tuple(self._plugin(item, now) for item in ended.command_plugins or ())
        moved = attrs.evolve(
            ended,
            requested_date_time=self.timeline.moved(ended.requested_date_time),
            command_plugins=plugins,
        )
        waiting = [item.status for item in plugins if not item.is_terminal]
        if not waiting:
            return moved
        begun = len(waiting) < len(plugins) or CommandInvocationStatus.IN_PROGRESS in waiting
        status = CommandInvocationStatus.IN_PROGRESS if begun else CommandInvocationStatus.PENDING
        return attrs.evolve(moved, status=status, status_details=str(status), trace_output=None)

    def _plugin(self, ended: CommandPlugin, now: datetime) -> CommandPlugin:
        start = self.timeline.moved(ended.response_start_date_time, 0.0)
        finish = self.timeline.moved(ended.response_finish_date_time, 1.0)
        if now >= finish:
            return attrs.evolve(
                ended,
                response_start_date_time=ended.response_start_date_time and start,
                response_finish_date_time=ended.response_finish_date_time and finish,
            )
        begun = now >= start
        status = CommandInvocationStatus.IN_PROGRESS if begun else CommandInvocationStatus.PENDING
        return attrs.evolve(
            ended,
            status=status,
            status_details=str(status),
            response_code=-1,
            response_start_date_time=start if begun else None,
            response_finish_date_time=None,
            output="",
        )
