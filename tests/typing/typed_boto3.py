"""A user's script with a client typed by boto3-stubs; `nox -s types` checks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from ssm_mwx import ExecutionStatus, MaintenanceWindowClient

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


def failed_nodes(ssm: SSMClient, window_execution_id: str, task_execution_id: str) -> list[str]:
    """The nodes of the targets that failed."""
    client = MaintenanceWindowClient(ssm)
    failed = client.iter_task_invocations(
        window_execution_id, task_execution_id, statuses=ExecutionStatus.FAILED
    )
    return [node for invocation in failed for node in invocation.instance_ids]


def clients() -> list[MaintenanceWindowClient]:
    """Every way to a client."""
    return [
        MaintenanceWindowClient(session=boto3.Session(), region_name="eu-west-1"),
        MaintenanceWindowClient(endpoint_url="http://127.0.0.1", config=Config(read_timeout=5)),
    ]
