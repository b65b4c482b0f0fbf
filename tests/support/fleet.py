"""Four accounts and two Regions, one client for each, and a function that workers call."""

from __future__ import annotations

import functools
from pathlib import Path

from ssm_mwx import MaintenanceWindowClient, TaskIds, TaskReport

ACCOUNTS = ("111111111111", "222222222222", "333333333333", "444444444444")
REGIONS = ("eu-west-1", "us-east-1")
SCOPES = tuple((account, region) for account in ACCOUNTS for region in REGIONS)


def write_profiles(path: Path) -> None:
    """Write a configuration with a profile for each account, whose name is the account's id."""
    roles = (
        f"[profile {account}]\n"
        f"role_arn = arn:aws:iam::{account}:role/PatchReader\n"
        "source_profile = hub\n"
        for account in ACCOUNTS
    )
    hub = "[profile hub]\naws_access_key_id = key\naws_secret_access_key = made-up\n"
    path.write_text(hub + "".join(roles), encoding="utf-8")


@functools.cache
def client_of(account: str, region_name: str) -> MaintenanceWindowClient:
    """Return the client of a scope; each process makes its own."""
    return MaintenanceWindowClient(profile_name=account, region_name=region_name, retry_timeout=0.2)


def report_of(account: str, region_name: str, ids: TaskIds) -> TaskReport:
    """Read a task of a scope."""
    return client_of(account, region_name).report(*ids)
