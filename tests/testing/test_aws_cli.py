"""The AWS CLI as an independent client of the fake AWS."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ssm_mwx import (
    MaintenanceWindowClient,
    load_command_invocations,
    load_task_execution,
    load_task_invocations,
)
from ssm_mwx.testing import samples, serve

AWS = os.environ.get("SSM_MWX_AWS_CLI")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(AWS is None, reason="SSM_MWX_AWS_CLI names no AWS CLI to run"),
]


def _aws(url: str, command: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    everything = [str(AWS), "ssm", command, "--endpoint-url", url, "--output", "json", *arguments]
    return subprocess.run(everything, capture_output=True, check=False)


def _ids(task_ids: tuple[str, str]) -> list[str]:
    return ["--window-execution-id", task_ids[0], "--task-id", task_ids[1]]


DESCRIBE = "describe-maintenance-window-execution-task-invocations"


def test_aws_cli_output_is_read_by_the_library(tmp_path: Path) -> None:
    """Its saved task and pages equal what the library fetches."""
    with serve() as server, MaintenanceWindowClient(endpoint_url=server.url) as client:
        task = server.executions.add_run(*samples.patch_run())
        ids = _ids(task.task_ids)
        (tmp_path / "task.json").write_bytes(
            _aws(server.url, "get-maintenance-window-execution-task", *ids).stdout
        )
        (tmp_path / "all.json").write_bytes(
            _aws(server.url, DESCRIBE, *ids, "--page-size", "30").stdout
        )
        assert client.get_task_execution(*task.task_ids) == load_task_execution(
            tmp_path / "task.json"
        )
        expected = tuple(client.iter_task_invocations(*task.task_ids))
        assert load_task_invocations(tmp_path / "all.json") == expected
        assert len(expected) == 250


def test_aws_cli_single_page_is_known_to_be_partial(tmp_path: Path) -> None:
    """A saved first page raises a warning that it is partial."""
    with serve() as server:
        task = server.executions.add_run(*samples.patch_run(targets=30))
        ids = _ids(task.task_ids)
        printed = _aws(server.url, DESCRIBE, *ids, "--no-paginate", "--max-results", "10").stdout
    (tmp_path / "page.json").write_bytes(printed)
    with pytest.warns(UserWarning, match=r"page\.json is partial"):
        assert len(load_task_invocations(tmp_path / "page.json")) == 10


def test_aws_cli_output_of_commands_is_read_by_the_library(tmp_path: Path) -> None:
    """The nodes of a command, saved by the CLI over several pages, are those that are stored."""
    run = samples.tag_run()
    command_id = str(run.commands[0].command_id)
    with serve() as server:
        server.executions.add_run(*run)
        command = ["list-command-invocations", "--command-id", command_id, "--details"]
        printed = _aws(server.url, *command).stdout
    (tmp_path / "nodes.json").write_bytes(printed)
    expected = [item for item in run.commands if item.command_id == command_id]
    assert list(load_command_invocations(tmp_path / "nodes.json")) == expected


def test_aws_cli_filters_by_status() -> None:
    """The fake AWS applies the CLI's filter."""
    with serve() as server:
        task = server.executions.add_run(*samples.patch_run())
        by_status = ["--filters", "Key=STATUS,Values=TIMED_OUT"]
        printed = _aws(server.url, DESCRIBE, *_ids(task.task_ids), *by_status).stdout
    answer: dict[str, Any] = json.loads(printed)
    identities = answer["WindowExecutionTaskInvocationIdentities"]
    assert [item["Status"] for item in identities] == ["TIMED_OUT"] * 5


def test_aws_cli_reports_errors_of_the_service() -> None:
    """Unknown and malformed ids are reported with AWS's codes."""
    unknown = "11111111-2222-3333-4444-555555555555"
    with serve() as server:
        missing = _aws(server.url, DESCRIBE, *_ids((unknown, unknown)))
        malformed = _aws(server.url, DESCRIBE, *_ids(("z" * 36, "z" * 36)))
    assert b"DoesNotExistException" in missing.stderr
    assert b"ValidationException" in malformed.stderr
