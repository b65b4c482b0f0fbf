"""The form of the package's modules, and what its import loads.

The layers are contracts of import-linter: see ``pyproject.toml``.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import ssm_mwx

PACKAGE = Path(ssm_mwx.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
NEVER_AT_IMPORT = {
    "altair",
    "boto3",
    "click",
    "moto",
    "pandas",
    "polars",
    "pyarrow",
    "rich",
    "tqdm",
}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_module_is_short_and_has_a_docstring(module: Path) -> None:
    """A module opens with a docstring and has at most 350 lines of code."""
    text = module.read_text("utf-8")
    tree = ast.parse(text)
    docstrings = sum(
        (node.end_lineno or node.lineno) - node.lineno + 1
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )

    assert ast.get_docstring(tree)
    lines = [line for line in text.splitlines() if line.strip()]
    assert len(lines) - docstrings <= 350


def test_import_loads_no_extra_and_not_boto3() -> None:
    """A fresh interpreter that imports every public name has loaded no extra, and not boto3."""
    code = (
        "import sys; from ssm_mwx import *; "
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    command = [sys.executable, "-c", code]
    loaded = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()

    assert "attrs" in loaded
    assert NEVER_AT_IMPORT.intersection(loaded) == set()
