"""Options and environment variables are the AWS CLI's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ssm_mwx import TaskExecution
from ssm_mwx.testing import Server
from tests.cli.conftest import Run
from tests.support.fakes import IDS

Ids = tuple[str, str]


@pytest.fixture(name="elsewhere")
def _elsewhere(server: Server) -> Ids:
    """A task in another Region than the environment's."""
    return server.executions.add_task(region_name="us-west-2").task_ids


@pytest.mark.parametrize("before", [False, True])
def test_region_before_or_after_the_command(run: Run, elsewhere: Ids, before: bool) -> None:
    """`--region` can be given before the command or after it."""
    region = ("--region", "us-west-2")
    args = (*region, "task", *elsewhere) if before else ("task", *elsewhere, *region)

    assert run(*args).status == 0


def test_region_after_the_command_wins(run: Run, elsewhere: Ids) -> None:
    """The option nearer to the command counts."""
    args = ("--region", "eu-north-1", "task", *elsewhere, "--region", "us-west-2")

    assert run(*args).status == 0


def test_region_of_the_environment(
    run: Run, elsewhere: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS_REGION goes before AWS_DEFAULT_REGION, and `--region` before both."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    monkeypatch.setenv("AWS_REGION", "us-west-2")

    assert run("task", *elsewhere).status == 0
    assert run("task", *elsewhere, "--region", "eu-north-1").status == 4


@pytest.mark.parametrize("by_option", [False, True])
def test_profile_sets_region_and_credentials(
    run: Run, elsewhere: Ids, monkeypatch: pytest.MonkeyPatch, by_option: bool
) -> None:
    """A profile is named by `--profile` or AWS_PROFILE."""
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    Path(os.environ["AWS_CONFIG_FILE"]).write_text(
        "[profile ops]\nregion = us-west-2\n"
        "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = made-up\n"
    )
    if not by_option:
        monkeypatch.setenv("AWS_PROFILE", "ops")
    options = ("--profile", "ops") if by_option else ()

    assert run("task", *elsewhere, *options).status == 0


def test_endpoint_url_goes_before_the_environment(
    run: Run, server: Server, task: TaskExecution, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS_ENDPOINT_URL is read, and `--endpoint-url` goes before it."""
    monkeypatch.delenv("AWS_ENDPOINT_URL_SSM")
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    assert run("task", *task.task_ids).status == 0

    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    assert run("task", *task.task_ids, "--endpoint-url", server.url).status == 0


def test_missing_region_is_a_wrong_argument(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """If nothing names a Region, one line says so."""
    monkeypatch.delenv("AWS_DEFAULT_REGION")

    done = run("task", *IDS)

    assert (done.status, done.error) == (2, "You must specify a region.")


@pytest.mark.parametrize("process", ["echo no JSON", "false"])
def test_failing_credential_process_is_no_wrong_argument(
    run: Run, server: Server, monkeypatch: pytest.MonkeyPatch, process: str
) -> None:
    """A helper that gives no credentials is an error like one of AWS."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    Path(os.environ["AWS_CONFIG_FILE"]).write_text(f"[default]\ncredential_process = {process}\n")

    done = run("task", *server.executions.add_task().task_ids)

    assert done.status == 4
    assert done.error
