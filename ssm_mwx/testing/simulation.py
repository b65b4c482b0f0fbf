"""Simulate a run over time: a finished run as it stands at a moment of its course."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import attrs

from ssm_mwx.enums import ExecutionStatus
from ssm_mwx.models import TaskExecution, TaskInvocation

_T = TypeVar("_T", TaskExecution, TaskInvocation)

Clock = Callable[[], datetime]
"""Returns the time, as an aware datetime."""

_PENDING_SHARE = 0.05  # of the simulation, before anything starts


def now_in_utc() -> datetime:
    """Return the time; the default clock."""
    return datetime.now(UTC)


@attrs.frozen
class SimulatedTask:
    """A run that goes from PENDING through IN_PROGRESS to its known end.

    Its times, from the task's start to its end, are stretched over `over`.
    """

    ended_task: TaskExecution
    ended_invocations: tuple[TaskInvocation, ...]
    over: timedelta
    clock: Clock
    began: datetime

    @property
    def task(self) -> TaskExecution:
        """The task execution as it stands now."""
        state = self._as_of_now(self.ended_task)
        return state if state.is_terminal else attrs.evolve(state, triggered_alarms=None)

    @property
    def invocations(self) -> list[TaskInvocation]:
        """The invocations as they stand now; no command is sent yet for a PENDING one."""
        states = [self._as_of_now(invocation) for invocation in self.ended_invocations]
        return [
            attrs.evolve(state, execution_id=None)
            if state.status == ExecutionStatus.PENDING
            else state
            for state in states
        ]

    def _as_of_now(self, ended: _T) -> _T:
        now = self.clock()
        start, end = self._simulated(ended.start_time, 0.0), self._simulated(ended.end_time, 1.0)
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

    def _simulated(self, moment: datetime | None, share: float) -> datetime:
        """Return the simulated time of `moment`; for None, the time after that `share`."""
        first, last = self.ended_task.start_time, self.ended_task.end_time
        if moment and first and last and last > first:
            share = min(max((moment - first) / (last - first), 0.0), 1.0)
        time = self.began + self.over * (_PENDING_SHARE + (1 - _PENDING_SHARE) * share)
        return time.replace(microsecond=time.microsecond // 1000 * 1000)
