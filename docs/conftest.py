"""Runs the how-tos against the stand-in: each Python block of a page, in one namespace."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import Any

import attrs
import boto3
import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ssm.models import ssm_backends
from sybil import Sybil
from sybil.parsers.myst import PythonCodeBlockParser

from ssm_mwx import TaskIds, TaskInvocation
from ssm_mwx.testing import ExecutionStore, mock_maintenance_windows, samples

_REGION = "us-east-1"


def _setup(namespace: dict[str, Any]) -> None:
    """An account with a failed patch run in it, and what the pages take for granted."""
    namespace["_at_the_end"] = stack = ExitStack()
    patch = stack.enter_context(pytest.MonkeyPatch.context())
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        patch.delenv(name)
    patch.setenv("AWS_DEFAULT_REGION", _REGION)
    patch.setenv("AWS_CONFIG_FILE", os.devnull)
    patch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    patch.setattr(boto3, "DEFAULT_SESSION", None)
    executions = stack.enter_context(mock_maintenance_windows())
    patch.setenv("REPORT_BUCKET", "patch-reports")
    client: Any = boto3.client
    client("s3").create_bucket(Bucket="patch-reports")
    client("ses").verify_email_identity(EmailAddress="patching@example.com")
    namespace["ids"] = _failed_run(executions, client("ssm"))
    namespace["twenty_ids"] = [
        executions.add_run(*samples.patch_run(targets=30, seed=seed)).task_ids
        for seed in range(1, 21)
    ]


def _failed_run(executions: ExecutionStore, ssm: Any) -> TaskIds:
    """A run whose commands can be asked for, too."""
    task, invocations = samples.patch_run(targets=40)
    return executions.add_run(task, [_with_command(item, ssm) for item in invocations]).task_ids


def _with_command(invocation: TaskInvocation, ssm: Any) -> TaskInvocation:
    if invocation.succeeded or not invocation.command_id:
        return invocation
    sent = ssm.send_command(
        DocumentName="AWS-RunShellScript", InstanceIds=list(invocation.instance_ids)
    )
    command_id = sent["Command"]["CommandId"]
    command = ssm_backends[DEFAULT_ACCOUNT_ID][_REGION].get_command_by_id(command_id)
    for output in command.invocations:
        output |= {
            "Status": "Failed",
            "StatusDetails": "Failed",
            "StandardErrorContent": "E: dpkg was interrupted",
        }
    return attrs.evolve(invocation, execution_id=command_id)


def _teardown(namespace: dict[str, Any]) -> None:
    namespace["_at_the_end"].close()


pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser()], pattern="how-to.md", setup=_setup, teardown=_teardown
).pytest()
