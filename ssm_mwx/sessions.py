"""The boto3 session that the library makes where it is given none, to build SSM clients.

Half of the time to build a client goes into botocore's files: the model of all of SSM, all
endpoints, and a list of all services. This session reads the same files into plain dicts, which
takes a third of the time, reads each once in a process, and lists nothing.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from functools import cache
from typing import Any

import boto3
import botocore.session

from ssm_mwx import wire


def new_session(profile_name: str | None = None, region_name: str | None = None) -> boto3.Session:
    """Return a session for SSM clients; None leaves the choice to the environment."""
    core: Any = botocore.session.get_session()
    session = boto3.Session(
        botocore_session=core, profile_name=profile_name, region_name=region_name
    )
    loader = core.get_component("data_loader")
    if hasattr(loader, "file_loader"):
        loader.file_loader = _PlainFileLoader(loader.file_loader)
        loader.list_available_services = _list_without_looking
    return session


class _EveryService(list[str]):
    """A list that every service is on: SSM, and those that credentials come from, such as STS."""

    def __contains__(self, _name: object) -> bool:
        return True


def _list_without_looking(type_name: str) -> list[str]:  # noqa: ARG001
    """Return what botocore asks before it reads the model of a service."""
    return _EveryService()


class _PlainFileLoader:
    """Loads files of JSON as plain dicts, and leaves to botocore whatever is not as expected."""

    def __init__(self, botocores: Any) -> None:
        self._botocores = botocores

    def exists(self, file_path: str) -> bool:
        """Return whether there is such a file; its path has no suffix."""
        exists: bool = self._botocores.exists(file_path)
        return exists

    def load_file(self, file_path: str) -> Any:
        """Return the content of a file; None if there is none."""
        for suffix in _OPENERS:
            try:
                return _content(file_path, suffix)
            except FileNotFoundError:
                continue
            except Exception:  # noqa: BLE001 - botocore finds it again, and says what it is
                break
        return self._botocores.load_file(file_path)


@cache  # shared: clients for many accounts and Regions then take little time and memory
def _content(file_path: str, suffix: str) -> Any:
    with _OPENERS[suffix](file_path + suffix, "rb") as file:
        return wire.decode(file.read())


_OPENERS: dict[str, Callable[..., Any]] = {".json": open, ".json.gz": gzip.open}
