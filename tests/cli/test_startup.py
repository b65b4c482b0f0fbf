"""What a command does not need is not imported, and what it builds works as boto3's own does."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ssm_mwx.testing import Server, samples

LIST_MODULES = (
    "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr));"
    "from ssm_mwx.__main__ import main; main()"
)


def modules_of(*command: str) -> set[str]:
    """Return what a command has imported in the end."""
    done = subprocess.run(
        [sys.executable, "-c", LIST_MODULES, *command], capture_output=True, check=True, text=True
    )
    return set(done.stderr.split())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "unneeded"),
    [
        ("task", {"rich", "pandas", "pyarrow", "polars", "ssm_mwx.report", "tenacity", "moto"}),
        ("invocations", {"rich", "pandas", "pyarrow", "polars", "tenacity", "moto"}),
        ("nodes", {"rich", "pandas", "pyarrow", "polars", "tenacity", "moto"}),
    ],
)
def test_json_needs_few_modules(server: Server, command: str, unneeded: set[str]) -> None:
    """JSON is written without what draws tables and makes frames."""
    ids = server.executions.add_run(*samples.patch_run(targets=3)).task_ids

    modules = modules_of(command, *ids, "--format", "json")

    assert "ssm_mwx.client" in modules
    assert modules & unneeded == set()


@pytest.mark.slow
def test_table_needs_no_frames(server: Server) -> None:
    """A table is drawn by rich alone."""
    ids = server.executions.add_run(*samples.patch_run(targets=3)).task_ids

    modules = modules_of("report", *ids)

    assert "rich" in modules
    assert modules & {"pandas", "pyarrow", "polars", "altair", "moto"} == set()
