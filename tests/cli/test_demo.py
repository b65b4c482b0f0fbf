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


def test_demo_shows_task_and_nodes_by_status(lines: list[str]) -> None:
    """The task has its document and status, and the number of nodes in each status."""
    assert "AWS-RunPatchBaseline" in lines
    assert "3 invocations, 250 nodes: 17 failed" in lines
    counts = [line.split()[:2] for line in lines if "█" in line]
    assert counts == [["FAILED", "12"], ["TIMED_OUT", "5"], ["SUCCESS", "233"]]


def test_demo_counts_causes(lines: list[str]) -> None:
    """The causes are counted, the most frequent first."""
    causes = [line.split() for line in lines if re.fullmatch(r" +\d+ +[A-Z_]+ +\w+ *", line)]

    assert causes == [
        ["9", "FAILED", "Failed"],
        ["5", "TIMED_OUT", "ExecutionTimedOut"],
        ["3", "FAILED", "Undeliverable"],
    ]


def test_demo_shows_every_node_that_failed(lines: list[str]) -> None:
    """Each node that failed has its status, id, name and details, and no other is listed."""
    row = re.compile(r"(FAILED|TIMED_OUT) +i-[0-9a-f]{17} +[a-z]+-\d+\.example\.com +\w+ *")

    assert sum(bool(row.fullmatch(line)) for line in lines) == 17
    assert sum("i-" in line for line in lines) == 17
    assert "Not listed: 233 SUCCESS." in lines


def test_demo_ends_with_lines_for_ones_own_account(lines: list[str]) -> None:
    """The last five lines are a script that compiles."""
    script = "\n".join(line.removeprefix("  ") for line in lines[-5:])
    compile(script, "own account", "exec")
    assert "from ssm_mwx import MaintenanceWindowClient" in script
    assert "failed_nodes" in script
