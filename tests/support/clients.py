"""boto3 clients, and clients of the package built in both ways."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config

from ssm_mwx import MaintenanceWindowClient


def plain(service: str = "ssm", **arguments: Any) -> Any:
    """Return a boto3 client, untyped as boto3 returns it."""
    boto: Any = boto3
    return boto.client(service, **arguments)


def built(url: str, *, retry_timeout: float = 0, **config: Any) -> MaintenanceWindowClient:
    """Return a client that builds its own boto3 client."""
    return MaintenanceWindowClient(
        endpoint_url=url, config=Config(**config), retry_timeout=retry_timeout
    )


def existing(url: str, *, retry_timeout: float = 0, **config: Any) -> MaintenanceWindowClient:
    """Return a client that uses an existing boto3 client."""
    return MaintenanceWindowClient(
        plain(endpoint_url=url, config=Config(**config)), retry_timeout=retry_timeout
    )
