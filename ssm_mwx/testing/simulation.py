"""Simulate a run over time: a finished run as it stands at a moment of its course."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import attrs

from ssm_mwx.enums import CommandInvocationStatus, ExecutionStatus
from ssm_mwx.models import CommandInvocation, CommandPlugin, TaskExecution, TaskInvocation

_T = TypeVar("_T", TaskExecution, TaskInvocation)
_M = TypeVar("_M")

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


@attrs.frozen(eq=False)
class SimulatedRun:
    """A run that goes from PENDING through IN_PROGRESS to its known end."""

    ended: StoredRun
    timeline: Timeline
    _known: dict[tuple[int, object], Any] = attrs.field(
        factory=dict[tuple[int, object], Any], init=False
    )

    def state(self, call_time: datetime | None) -> StoredRun:
        """Return the run as a call at this time sees it; None is no call, but a look."""
        now = self.timeline.now(call_time)
        invocations = [self._state(item, now) for item in self.ended.invocations]
        unsent = {
            ended.execution_id
            for ended, item in zip(self.ended.invocations, invocations, strict=True)
            if item.status == ExecutionStatus.PENDING
        }
        commands = [item for item in self.ended.commands if item.command_id not in unsent]
        return StoredRun(
            self._state(self.ended.task, now),
            invocations,
            [self._command(item, now) for item in commands],
        )

    # A state is made once for each stage, so that a list of thousands of nodes stays quick.

    def _state(self, ended: _T, now: datetime) -> _T:
        bounds = self._bounds(ended, ended.start_time, ended.end_time)
        stage = _stage(bounds, now)
        return self._once(ended, stage, lambda: _state_at(ended, stage, *bounds))

    def _command(self, ended: CommandInvocation, now: datetime) -> CommandInvocation:
        bounds = [
            self._bounds(item, item.response_start_date_time, item.response_finish_date_time)
            for item in ended.command_plugins or ()
        ]
        stages = tuple(_stage(each, now) for each in bounds)
        requested = ended.requested_date_time
        return self._once(
            ended,
            stages,
            lambda: _command_at(ended, self.timeline.moved(requested), stages, bounds),
        )

    def _bounds(self, model: object, *moments: datetime | None) -> tuple[datetime, datetime]:
        """Return when something starts and ends in the simulation."""
        start, end = moments
        moved = self.timeline.moved
        return self._once(model, "bounds", lambda: (moved(start, 0.0), moved(end, 1.0)))

    def _once(self, model: object, key: object, make: Callable[[], _M]) -> _M:
        """Return what `make` returns; once the time has begun, it is called once for a key."""
        if self.timeline.began is None:
            return make()
        at = (id(model), key)
        if at not in self._known:
            self._known[at] = make()
        known: _M = self._known[at]
        return known


_PENDING, _RUNNING, _ENDED = range(3)


def _stage(bounds: tuple[datetime, datetime], now: datetime) -> int:
    return sum(now >= bound for bound in bounds)


def _state_at(ended: _T, stage: int, start: datetime, end: datetime) -> _T:
    """Return a task execution or an invocation at a stage."""
    if stage == _ENDED:
        return attrs.evolve(
            ended, start_time=ended.start_time and start, end_time=ended.end_time and end
        )
    unknown: dict[str, Any] = {"status_details": None, "end_time": None}
    if isinstance(ended, TaskExecution):
        unknown["triggered_alarms"] = None
    elif stage == _PENDING:
        unknown["execution_id"] = None
    status = ExecutionStatus.PENDING if stage == _PENDING else ExecutionStatus.IN_PROGRESS
    begun = None if stage == _PENDING else start
    return attrs.evolve(ended, status=status, start_time=begun, **unknown)


def _command_at(
    ended: CommandInvocation,
    requested: datetime,
    stages: tuple[int, ...],
    bounds: list[tuple[datetime, datetime]],
) -> CommandInvocation:
    """Return what a command did on a node, with each plugin at its stage."""
    plugins = tuple(
        _plugin_at(plugin, stage, *each)
        for plugin, stage, each in zip(ended.command_plugins or (), stages, bounds, strict=True)
    )
    moved = attrs.evolve(ended, requested_date_time=requested, command_plugins=plugins)
    if set(stages) <= {_ENDED}:
        return moved
    return attrs.evolve(moved, **_unfinished(max(stages)), trace_output=None)


def _plugin_at(ended: CommandPlugin, stage: int, start: datetime, end: datetime) -> CommandPlugin:
    """Return a plugin at a stage."""
    if stage == _ENDED:
        return attrs.evolve(
            ended,
            response_start_date_time=ended.response_start_date_time and start,
            response_finish_date_time=ended.response_finish_date_time and end,
        )
    return attrs.evolve(
        ended,
        **_unfinished(stage),
        response_code=-1,
        response_start_date_time=None if stage == _PENDING else start,
        response_finish_date_time=None,
        output="",
    )


def _unfinished(stage: int) -> dict[str, Any]:
    """Return the status of a command or a plugin that has not ended."""
    running = CommandInvocationStatus.IN_PROGRESS
    status = CommandInvocationStatus.PENDING if stage == _PENDING else running
    return {"status": status, "status_details": str(status)}
