"""The package in a bundle: zipped, or with its metadata stripped, as in a Lambda layer."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import ssm_mwx
from ssm_mwx.boto import package_version

PACKAGE = Path(ssm_mwx.__file__).parent

CODE = """
import sys
bundle, *arguments = sys.argv[1:]
sys.path.insert(0, bundle)
import importlib.metadata
def missing(name): raise importlib.metadata.PackageNotFoundError(name)
importlib.metadata.version = missing
import ssm_mwx
assert ssm_mwx.__file__.startswith(bundle), ssm_mwx.__file__
client = ssm_mwx.MaintenanceWindowClient(region_name="eu-west-1")
print(client.boto_client.meta.config.user_agent_extra)
from ssm_mwx.cli import main
main(["--version"])
"""


def test_version_is_unknown_without_metadata(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package without metadata has no version, and that is no error."""

    def missing(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", missing)

    assert package_version() == "unknown"


@pytest.fixture(name="bundle", params=["folder", "zip"])
def _bundle(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a bundle that holds the package's own files alone."""
    folder = tmp_path / "bundle"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE, folder / "ssm_mwx", ignore=ignored)
    if request.param == "folder":
        return folder
    bundle = tmp_path / "bundle.zip"
    with zipfile.ZipFile(bundle, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return bundle


@pytest.mark.slow
def test_package_works_without_its_metadata(bundle: Path) -> None:
    """A client is built and the command line runs, from a folder and from a zip file."""
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(bundle)],
        env={name: value for name, value in os.environ.items() if "COVERAGE" not in name},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr == ""
    assert done.stdout.splitlines() == ["ssm_mwx/unknown", "ssm-mwx, version unknown"]
