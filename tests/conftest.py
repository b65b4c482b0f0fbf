"""Fixtures for all tests, which never use a real account or a setting of this machine."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import botocore.hooks
import botocore.loaders
import pytest
from hypothesis import settings

from ssm_mwx import MaintenanceWindowClient, retries
from tests.support.clients import built, existing

settings.register_profile("ssm_mwx", deadline=None, derandomize=True, max_examples=200)
settings.load_profile("ssm_mwx")

# A shell lets a background process ignore Ctrl-C, which some tests send.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def _botocore_works_once() -> Iterator[None]:
    """Keep what botocore works out anew for each client, since that takes most of the time."""
    files: Any = botocore.loaders.JSONFileLoader
    loader: Any = botocore.loaders.Loader
    list_services = loader.list_available_services
    listed: dict[tuple[str, ...], list[str]] = {}
    aliaser: Any = botocore.hooks.EventAliaser
    alias = aliaser._alias_event_name
    aliased: dict[str, str] = {}

    def list_services_once(self: Any, type_name: str) -> list[str]:
        key = (*self.search_paths, type_name)
        if key not in listed:
            listed[key] = list_services(self, type_name)
        return listed[key]

    def alias_once(self: Any, event_name: str) -> str:
        if event_name not in aliased:
            aliased[event_name] = alias(self, event_name)
        return aliased[event_name]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "load_file", staticmethod(cache(files().load_file)))
        patch.setattr(loader, "list_available_services", list_services_once)
        patch.setattr(aliaser, "_alias_event_name", alias_once)
        yield


@pytest.fixture(autouse=True)
def _no_aws_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Set made-up credentials and a Region; no profile, no instance metadata."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


@pytest.fixture(autouse=True)
def _short_delays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the delays before retries be a twenty-fifth of what they are."""
    monkeypatch.setattr(retries, "_FIRST_DELAY", 0.02)
    monkeypatch.setattr(retries, "_LONGEST_DELAY", 0.4)


@pytest.fixture(autouse=True)
def _no_threads_left() -> Iterator[None]:
    """A background call that nobody waits for ends before the next test starts."""
    yield
    for thread in threading.enumerate():
        if thread.name == "ssm_mwx":
            thread.join(10)


ClientMaker = Callable[..., MaintenanceWindowClient]


@pytest.fixture(name="make_client", params=[built, existing], ids=["built", "existing"])
def _make_client(request: pytest.FixtureRequest) -> ClientMaker:
    """Return a function that makes a client, in each of the two ways."""
    maker: ClientMaker = request.param
    return maker
