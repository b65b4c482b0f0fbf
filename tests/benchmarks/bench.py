"""How measurements are made: in fresh processes, side by side with raw boto3."""

from __future__ import annotations

import json
import math
import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence

import attrs

from tests.benchmarks.loops import NotAvailableError
from tests.benchmarks.server import Server

_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "benchmark",
    "AWS_SECRET_ACCESS_KEY": "benchmark",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


NOT_AVAILABLE = 3
"""Exit status of a worker that has found nothing to measure, and has said why."""


@attrs.frozen
class Pair:
    """One measurement of ours and one of raw boto3's, made one right after the other."""

    ours: float
    theirs: float

    @property
    def ratio(self) -> float:
        """Ours as a share of theirs."""
        return self.ours / self.theirs


@attrs.frozen
class Bench:
    """The server that runs, and how much of everything is wanted."""

    server: Server
    runs: int = 5
    quick: bool = False

    def pairs(self, name: str, count: int, *, zone: str = "UTC") -> list[Pair]:
        """The pairs that a worker measures, one for each run; fewer invocations if quick.

        Raises:
            NotAvailableError: The worker cannot measure that here, and says why.
        """
        count = count // 10 if self.quick else count
        return [Pair(*pair) for pair in self.worker(name, self.runs, count, zone=zone)]

    def worker(self, name: str, runs: int, count: int, *, zone: str = "UTC") -> list[list[float]]:
        """What a worker of that name measures in a process of its own.

        Raises:
            NotAvailableError: The worker cannot measure that here, and says why.
            RuntimeError: The worker failed.
        """
        arguments = [name, str(self.server.port), str(runs), str(count)]
        command = [sys.executable, "-m", "tests.benchmarks.worker", *arguments]
        done = subprocess.run(
            command, env=_environment(zone), capture_output=True, text=True, check=False
        )
        if done.returncode == NOT_AVAILABLE:
            raise NotAvailableError(done.stderr)
        if done.returncode:
            raise RuntimeError(f"the worker {name} failed:\n{done.stderr}")
        measured: list[list[float]] = json.loads(done.stdout)
        return measured

    def fresh(self, ours: str, theirs: str) -> list[Pair]:
        """Seconds that two pieces of code take in fresh processes, without the bare start."""
        url = self.server.url
        for code in (ours, theirs):
            _seconds_of_process(code, url)  # writes the byte code, warms the disk's cache
        return [
            Pair(
                statistics.median(lap[0] for lap in laps) - bare,
                statistics.median(lap[1] for lap in laps) - bare,
            )
            for _ in range(self.runs)
            for laps in [[_lap(ours, theirs, url) for _ in range(_LAPS)]]
            for bare in [statistics.median(lap[2] for lap in laps)]
        ]


_LAPS = 5  # a process's start varies more than what it does


def _lap(ours: str, theirs: str, url: str) -> tuple[float, float, float]:
    return (
        _seconds_of_process(ours, url),
        _seconds_of_process(theirs, url),
        _seconds_of_process("pass", url),
    )


def _seconds_of_process(code: str, url: str) -> float:
    return seconds_of([sys.executable, "-c", code, url])


def seconds_of(command: Sequence[str]) -> float:
    """Return the CPU time of a fresh process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=_environment("UTC"), check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _environment(zone: str) -> dict[str, str]:
    # Not PYTHONDONTWRITEBYTECODE and its like: users run byte code.
    left_out = ("AWS_", "PYTHON")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    return kept | _ENVIRONMENT | {"TZ": zone}


@attrs.frozen
class Figure:
    """What came out for a row."""

    values: Sequence[float]
    note: str = ""

    @property
    def median(self) -> float:
        """The figure itself; not a number where nothing could be measured."""
        return statistics.median(self.values) if self.values else math.nan


Measure = Callable[[Bench], Figure]
