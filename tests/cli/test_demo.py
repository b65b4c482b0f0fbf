"""``python -m ssm_mwx demo``, as a newcomer runs it."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(name="lines", scope="module")
def _lines() -> list[str]:
    """What the demo prints into a pipe."""
    command = [sys.executable, "-W", "error", "-m", "ssm_mwx", "demo"]
    done = subprocess.run(command, capture_output=True, check=True, text=True, encoding="utf-8")
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_demo_fits_80_columns(lines: list[str]) -> None:
    """No line is longer than 80 columns, and a pipe gets plain text."""
    assert [line for line in lines if len(line) > 80 or not line.isprintable()] == []


def test_demo_shows_both_tasks_and_their_counts(lines: list[str]) -> None:
    """Each task has its document, its status, and the number of targets in each status."""
    assert "AWS-RunPatchBaseline" in lines
    assert "AWS-RestartEC2Instance" in lines
    assert "FAILED  17 of 250 targets did not succeed" in lines
    counts = [line.split()[:2] for line in lines if "█" in line]
    assert counts == [
        ["FAILED", "12"],
        ["TIMED_OUT", "5"],
        ["SUCCESS", "233"],
        ["FAILED", "1"],
        ["TIMED_OUT", "1"],
        ["SUCCESS", "10"],
    ]


def test_demo_shows_every_target_that_needs_attention(lines: list[str]) -> None:
    """Each target that failed has its node, status, details, start and duration."""
    row = re.compile(r"(FAILED|TIMED_OUT) +i-[0-9a-f]{17} +\w+ +\d\d:\d\d:\d\d +\d+.*( s|min) *")

    assert sum(bool(row.fullmatch(line)) for line in lines) == 19


def test_demo_ends_with_lines_for_ones_own_account(lines: list[str]) -> None:
    """The last three lines are a script that compiles."""
    script = "\n".join(line.removeprefix("  ") for line in lines[-3:])
    compile(script, "own account", "exec")
    assert "from ssm_mwx import MaintenanceWindowClient" in script
