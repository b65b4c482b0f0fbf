"""``python -m ssm_mwx demo``, as a newcomer runs it."""

from __future__ import annotations

import subprocess
import sys
from unittest.mock import Mock

import attrs
import pytest
from click.testing import CliRunner

from ssm_mwx.cli import main
from ssm_mwx.testing import samples


@pytest.fixture(name="lines", scope="module")
def _lines() -> list[str]:
    """What the demo prints into a pipe."""
    command = [sys.executable, "-W", "error", "-m", "ssm_mwx", "demo"]
    done = subprocess.run(command, capture_output=True, check=True, text=True, encoding="utf-8")
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_it_fits_a_plain_terminal(lines: list[str]) -> None:
    """No line is longer than 80 columns, and a pipe gets plain text."""
    assert [line for line in lines if len(line) > 80 or not line.isprintable()] == []


def test_it_shows_the_tasks_and_the_counts(lines: list[str]) -> None:
    """Both tasks are there, with their type and status, and how many targets ended how."""
    assert "AWS-RunPatchBaseline  RUN_COMMAND  FAILED" in lines
    assert "AWS-RestartEC2Instance  AUTOMATION  FAILED" in lines
    counts = [line.split()[:2] for line in lines if line.endswith("#")]
    patch = [["SUCCESS", "233"], ["FAILED", "12"], ["TIMED_OUT", "5"]]
    restart = [["SUCCESS", "10"], ["FAILED", "1"], ["TIMED_OUT", "1"]]
    assert patch == counts[:3]
    assert restart == sorted(counts[3:], key=lambda row: (-int(row[1]), row[0]))


def test_it_shows_every_target_that_needs_attention(lines: list[str]) -> None:
    """Each has its node, status, details, duration and, if one was sent, its command."""
    assert "17 of 250 targets need attention:" in lines
    targets = [line for line in lines if " i-" in line]
    commands = [line for line in lines if "command " in line and line.startswith(" " * 14)]
    assert len(targets) == 17
    assert len(commands) == 14
    assert sum("Undeliverable" in line for line in targets) == 3
    assert all(line.endswith((" s", " min")) for line in commands)


def test_it_ends_with_three_lines_of_ones_own(lines: list[str]) -> None:
    """The last three lines are a script that compiles."""
    script = "\n".join(line.removeprefix("  ") for line in lines[-3:])
    compile(script, "own account", "exec")
    assert "from ssm_mwx import MaintenanceWindowClient" in script


def test_a_run_that_goes_on_beside_one_that_went_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """A target that has not ended has no duration yet; where all went well, nothing is listed."""
    task, (invocation,) = samples.patch_run(targets=1)
    running = attrs.evolve(invocation, status=None, end_time=None)
    monkeypatch.setattr(samples, "patch_run", Mock(return_value=(task, (running,))))
    well = samples.lambda_run(targets=1)
    monkeypatch.setattr(samples, "automation_run", Mock(return_value=well))
    output = CliRunner().invoke(main, ["demo"], catch_exceptions=False).output
    assert f"command {invocation.command_id}, not ended" in output
    assert output.count("need attention") == 1
