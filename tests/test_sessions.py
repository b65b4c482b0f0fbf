"""The boto3 session that the library makes where it is given none."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.exceptions import DataNotFoundError, ProfileNotFound
from botocore.loaders import JSONFileLoader, Loader

from ssm_mwx import MaintenanceWindowClient
from ssm_mwx.sessions import new_session


def loader_of(session: Any) -> Any:
    """Return what a boto3 session reads its files with."""
    return session._session.get_component("data_loader")


@pytest.mark.parametrize("file", ["service-2", "paginators-1", "waiters-2", "endpoint-rule-set-1"])
def test_session_reads_what_botocore_reads(file: str) -> None:
    """The session reads botocore's installed files, to the same content in the same order."""
    expected = Loader().load_service_model("ssm", file)

    content = loader_of(new_session()).load_service_model("ssm", file)

    assert json.dumps(content) == json.dumps(expected)


def test_session_makes_the_same_client() -> None:
    """The client has the operations, the endpoint and the partitions of boto3's own."""
    ours: Any = new_session(region_name="eu-west-1")
    theirs: Any = boto3.Session(region_name="eu-west-1")
    client, expected = ours.client("ssm"), theirs.client("ssm")

    assert client.meta.endpoint_url == expected.meta.endpoint_url
    assert client.meta.service_model.operation_names == expected.meta.service_model.operation_names
    assert ours.get_available_regions("ssm") == theirs.get_available_regions("ssm")
    assert "Boto3/" in client.meta.config.user_agent


@pytest.mark.parametrize("service", ["sts", "sso", "sso-oidc"])
def test_session_makes_the_clients_that_credentials_come_from(service: str) -> None:
    """botocore assumes a role, or signs in, with a client of the session's own."""
    session: Any = new_session(region_name="eu-west-1")

    assert session.client(service).meta.service_model.service_name == service


def test_session_knows_no_service_that_botocore_does_not_have() -> None:
    """A service without a model is still an error."""
    session: Any = new_session(region_name="eu-west-1")

    with pytest.raises(DataNotFoundError):
        session.client("no-such-service")


def test_session_reads_models_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders with models, which AWS_DATA_PATH and profiles name, are searched as by botocore."""
    (tmp_path / "endpoints.json").write_text('{"version": 3, "partitions": []}')
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))

    assert new_session().get_available_partitions() == []


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.json", b'{"a": 1}', {"a": 1}),
        ("a.json.gz", gzip.compress(b'{"a": 1}', mtime=0), {"a": 1}),
        ("b.json", b"{}", None),
    ],
    ids=["plain", "compressed", "another"],
)
def test_session_reads_the_kinds_of_files_that_botocore_reads(
    name: str, content: bytes, expected: object, tmp_path: Path
) -> None:
    """The session reads JSON, compressed or not; a file that is not there is None."""
    (tmp_path / name).write_bytes(content)
    loader = loader_of(new_session()).file_loader

    assert loader.load_file(str(tmp_path / "a")) == expected
    assert loader.exists(str(tmp_path / "a")) == (expected is not None)


def test_sessions_share_what_they_read(tmp_path: Path) -> None:
    """A file is read once, however many accounts and Regions have a session of their own."""
    (tmp_path / "a.json").write_bytes(b'{"a": 1}')
    first, second = (loader_of(new_session()).file_loader for _ in range(2))

    assert first.load_file(str(tmp_path / "a")) is second.load_file(str(tmp_path / "a"))


def test_session_leaves_a_file_that_is_not_json_to_botocore(tmp_path: Path) -> None:
    """What is not JSON is botocore's to report."""
    (tmp_path / "a.json").write_bytes(b"{")
    loader = loader_of(new_session()).file_loader

    with pytest.raises(json.JSONDecodeError):
        loader.load_file(str(tmp_path / "a"))


def test_session_is_botocores_own_where_its_loader_is_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A loader of another kind, as a later botocore may have, is left as it is."""
    session = botocore.session.get_session()
    other = Loader()
    del other.file_loader
    session.register_component("data_loader", other)
    monkeypatch.setattr(botocore.session, "get_session", lambda: session)

    assert not hasattr(loader_of(new_session()), "file_loader")


def test_session_has_the_profile() -> None:
    """The session has the profile, and refuses one that is not there, as boto3's does."""
    assert new_session().profile_name == boto3.Session().profile_name
    with pytest.raises(ProfileNotFound):
        new_session("absent")


@pytest.mark.parametrize("is_default", [True, False])
def test_session_of_the_caller_is_not_altered(
    is_default: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session that is given, or is boto3's default, keeps reading its files as before."""
    session = boto3.Session(region_name="us-east-1")
    if is_default:
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", session)

    MaintenanceWindowClient(session=None if is_default else session)

    assert type(loader_of(session).file_loader) is JSONFileLoader
