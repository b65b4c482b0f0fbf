"""What all tests share: no test finds a real account, or a setting of this machine."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import boto3
import pytest
from hypothesis import settings

from ssm_mwx import MaintenanceWindowClient
from tests.support.clients import built, injected

settings.register_profile("ssm_mwx", deadline=None, derandomize=True, max_examples=200)
settings.load_profile("ssm_mwx")

# A shell starts what it puts in the background deaf to Ctrl-C, which some tests send.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _no_aws_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Only made-up credentials and a Region; no profile, no instance metadata."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


ClientMaker = Callable[..., MaintenanceWindowClient]


@pytest.fixture(name="make_client", params=[built, injected], ids=["built", "injected"])
def _make_client(request: pytest.FixtureRequest) -> ClientMaker:
    """Both ways to a client: one that the library builds, and a ready boto3 client."""
    maker: ClientMaker = request.param
    return maker
