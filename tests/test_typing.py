"""A user's scripts under strict type checkers, with and without stubs for boto3.

The scripts in `tests/typing` are checked against the installed package.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SCRIPTS = Path(__file__).parent / "typing"
PLAIN = SCRIPTS / "plain_boto3.py"
TYPED = SCRIPTS / "typed_boto3.py"
REPORTS = SCRIPTS / "reports_and_waiting.py"
FRAMES = SCRIPTS / "frames_and_tests.py"
WITHOUT_STUBS = os.environ.get("SSM_MWX_PYTHON_WITHOUT_STUBS")
needs_python_without_stubs = pytest.mark.skipif(
    WITHOUT_STUBS is None,
    reason="SSM_MWX_PYTHON_WITHOUT_STUBS names no Python with ssm_mwx and without boto3-stubs",
)
PYTHONS = [
    pytest.param(TYPED, sys.executable, id="typed client"),
    pytest.param(PLAIN, sys.executable, id="plain client"),
    pytest.param(REPORTS, sys.executable, id="reports and waiting"),
    pytest.param(FRAMES, sys.executable, id="frames and tests"),
    pytest.param(PLAIN, WITHOUT_STUBS, id="no stubs", marks=needs_python_without_stubs),
    pytest.param(REPORTS, WITHOUT_STUBS, id="reports, no stubs", marks=needs_python_without_stubs),
]


def _check(script: Path, folder: Path, *command: str) -> None:
    """Run a type checker on a copy of `script`, outside of this checkout."""
    (folder / script.name).write_text("# pyright: strict\n" + script.read_text())
    everything = [sys.executable, "-m", *command, script.name]
    done = subprocess.run(everything, capture_output=True, check=False, text=True, cwd=folder)
    assert done.returncode == 0, done.stdout[:2000] + done.stderr[:2000]


@pytest.mark.parametrize(("script", "python"), PYTHONS)
def test_mypy_finds_no_error(script: Path, python: str, tmp_path: Path) -> None:
    """``mypy --strict`` finds no error in a user's script."""
    _check(script, tmp_path, "mypy", "--strict", "--python-executable", python)


@pytest.mark.parametrize(("script", "python"), PYTHONS)
def test_pyright_finds_no_error(script: Path, python: str, tmp_path: Path) -> None:
    """Pyright in strict mode finds no error in a user's script."""
    _check(script, tmp_path, "pyright", "--pythonpath", python)
