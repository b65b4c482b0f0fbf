"""Run every example of the pages against the fake AWS; all blocks of a page share a namespace.

A page starts in an empty folder that holds the patch run named by `ids` as the AWS CLI saves it.
Its namespace has two functions of the reader's own: `handle` and `save`.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest import mock

import attrs
import boto3
import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ssm.models import ssm_backends
from sybil import Sybil

from ssm_mwx import TaskIds, TaskInvocation, unstructure
from ssm_mwx.testing import ExecutionStore, mock_maintenance_windows, samples
from tests.support.examples import parsers

_REGION = "us-east-1"


def _set_up(namespace: dict[str, Any]) -> None:
    """Store a patch run, and define the names that the pages use."""
    executions = _open_account(namespace)
    run, invocations = samples.patch_run()
    task = executions.add_run(run, invocations)
    answer = {
        "WindowExecutionTaskInvocationIdentities": [unstructure(each) for each in invocations]
    }
    Path("task.json").write_text(json.dumps(unstructure(task)), encoding="utf-8")
    Path("invocations.json").write_text(json.dumps(answer), encoding="utf-8")
    namespace["executions"] = executions
    namespace["ids"] = task.task_ids
    namespace |= task.task_ids._asdict()
    namespace["handle"] = mock.Mock(name="handle")
    namespace["save"] = mock.Mock(name="save")


def _set_up_how_to(namespace: dict[str, Any]) -> None:
    """Store a failed patch run and twenty more runs; make a bucket and a mail address."""
    executions = _open_account(namespace)
    os.environ["REPORT_BUCKET"] = "patch-reports"
    client: Any = boto3.client
    client("s3").create_bucket(Bucket="patch-reports")
    client("ses").verify_email_identity(EmailAddress="patching@example.com")
    namespace["ids"] = _failed_run(executions, client("ssm"))
    namespace["twenty_ids"] = [
        executions.add_run(*samples.patch_run(targets=30, seed=seed)).task_ids
        for seed in range(1, 21)
    ]


def _open_account(namespace: dict[str, Any]) -> ExecutionStore:
    """Start the fake AWS in an empty folder, without the settings of this machine."""
    namespace["_exit_stack"] = stack = ExitStack()
    patch = stack.enter_context(pytest.MonkeyPatch.context())
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        patch.delenv(name)
    patch.setenv("AWS_DEFAULT_REGION", _REGION)
    patch.setenv("AWS_CONFIG_FILE", os.devnull)
    patch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    patch.setenv("REPORT_BUCKET", "")
    patch.setattr(boto3, "DEFAULT_SESSION", None)
    patch.chdir(stack.enter_context(tempfile.TemporaryDirectory()))
    return stack.enter_context(mock_maintenance_windows())


def _failed_run(executions: ExecutionStore, ssm: Any) -> TaskIds:
    """Store a run whose failed commands have output."""
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


def _tear_down(namespace: dict[str, Any]) -> None:
    namespace["_exit_stack"].close()


def _examples_of(setup: Callable[[dict[str, Any]], None], **pages: Any) -> Sybil:
    return Sybil(parsers(), setup=setup, teardown=_tear_down, **pages)


pytest_collect_file = (
    _examples_of(_set_up_how_to, patterns=["how-to.md"])
    + _examples_of(_set_up, patterns=["*.md"], excludes=["how-to.md"])
).pytest()
