"""Keep this machine's AWS settings and proxies from the fake AWS, which needs none of them."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager

_PROXIES = {"http_proxy", "https_proxy", "all_proxy", "no_proxy"}
_OWN = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


@contextmanager
def isolated() -> Generator[None, None, None]:
    """Leave out of the environment what botocore, also inside moto, would read."""
    saved = os.environ.copy()
    kept = {
        name: value
        for name, value in saved.items()
        if not name.startswith("AWS_") and name.lower() not in _PROXIES
    }
    _replace_environment(kept | _OWN)
    try:
        yield
    finally:
        _replace_environment(saved)


def _replace_environment(variables: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(variables)
