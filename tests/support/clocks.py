"""A clock that only moves when somebody sleeps, so that waiting takes no time."""

from __future__ import annotations

import attrs


@attrs.define
class FakeClock:
    """Monotonic time, and the naps that moved it."""

    now: float = 1000.0
    naps: list[float] = attrs.field(factory=list[float])

    def time(self) -> float:
        """The time, as ``time.monotonic`` tells it."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let so much time go by, as ``time.sleep`` does."""
        self.naps.append(seconds)
        self.now += seconds
