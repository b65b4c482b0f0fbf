"""Public names are imported when they are first asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

import ssm_mwx.testing

IMPORTED_LATE = ["attr", "botocore", "cattrs", "ssm_mwx.models", "ssm_mwx.testing.store"]


@pytest.mark.parametrize(
    ("package", "loaded"), [("ssm_mwx", "ssm_mwx.models"), ("ssm_mwx.testing", "ssm_mwx.testing")]
)
def test_package_imports_nothing_until_asked(package: str, loaded: str) -> None:
    """Importing a package imports next to nothing, and asking for a name imports its module."""
    code = f"""
import logging, sys, typing
before = set(sys.modules)
import {package}
new = set(sys.modules) - before
print(len(new) < 10, sorted(new & set({IMPORTED_LATE})))
print({package}.__all__[-1] in vars({package}))
getattr({package}, {package}.__all__[-1])
print({package}.__all__[-1] in vars({package}), {loaded!r} in sys.modules)
"""
    command = [sys.executable, "-c", code]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert printed.split("\n") == ["True []", "False", "True True", ""]


def test_public_module_is_importable_as_an_attribute() -> None:
    """A public name that is a module can be had without an import of its own."""
    code = "import ssm_mwx.testing; print(ssm_mwx.testing.samples.__name__)"
    command = [sys.executable, "-c", code]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert printed.strip() == "ssm_mwx.testing.samples"


def test_public_names_are_listed_before_they_are_imported() -> None:
    """`dir` names what can be imported, for the completion of an interactive shell."""
    assert set(ssm_mwx.testing.__all__) < set(dir(ssm_mwx.testing))
