"""A clock that moves only when something sleeps, so that waiting takes no time."""

from __future__ import annotations

import attrs


@attrs.define
class FakeClock:
    """Monotonic time, and the sleeps that moved it."""

    now: float = 1000.0
    sleeps: list[float] = attrs.field(factory=list[float])

    def time(self) -> float:
        """Return the time, as ``time.monotonic`` does."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Move the time, as ``time.sleep`` does."""
        self.sleeps.append(seconds)
        self.now += seconds
