"""boto3 clients and both kinds of ours, for the tests."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config

from ssm_mwx import MaintenanceWindowClient


def plain(service: str = "ssm", **arguments: Any) -> Any:
    """A plain boto3 client, as untyped as boto3 gives it."""
    boto: Any = boto3
    return boto.client(service, **arguments)


def built(url: str, **config: Any) -> MaintenanceWindowClient:
    """A client whose boto3 client the library builds."""
    return MaintenanceWindowClient(endpoint_url=url, config=Config(**config))


def injected(url: str, **config: Any) -> MaintenanceWindowClient:
    """A client around a ready boto3 client."""
    return MaintenanceWindowClient(plain(endpoint_url=url, config=Config(**config)))
