"""The house and its floors, as `docs/design.md` tells them."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import ssm_mwx

PACKAGE = Path(ssm_mwx.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

FLOORS = {
    "enums": 0,
    "errors": 0,
    "redaction": 0,
    "parameters": 1,
    "models": 2,
    "converter": 3,
    "validation": 3,
    "wire": 4,
    "boto": 5,
    "pagination": 6,
    "waiter": 6,
    "report": 7,
    "client": 8,
    "aio": 9,
    "cli": 10,
    "__main__": 10,
}
BESIDE = {
    "events": {"errors", "models"},
    "testing": {"enums", "errors", "models", "wire"},
}
"""The outbuildings, and the parts of the house that each may use."""
FRONT_DOOR = "__init__"
NEVER_AT_IMPORT = (
    "altair",
    "boto3",
    "click",
    "moto",
    "pandas",
    "polars",
    "pyarrow",
    "rich",
    "tqdm",
)


def part_of(module: Path) -> str:
    """The part of the house that a module belongs to: its name, or that of its folder."""
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def parts_named(code: str) -> set[str]:
    """The parts that `code` imports, at its top or later, but not for type checkers."""
    names = {name for node in _running(ast.parse(code)) for name in _names(node)}
    return {name.split(".")[1] for name in names if name.startswith("ssm_mwx.")}


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """`node` and all below it, without what stands under ``if TYPE_CHECKING``."""
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _running(child)


def _names(node: ast.AST) -> list[str]:
    """The modules that an import statement names; ``from ssm_mwx import x`` names x."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0
        if node.module == "ssm_mwx":
            return [f"ssm_mwx.{alias.name}" for alias in node.names]
        return [str(node.module)]
    return []


def may_import(part: str, other: str) -> bool:
    """Whether the floors let a module of `part` import one of `other`."""
    if part == FRONT_DOOR:
        return True
    if part in BESIDE:
        return other in BESIDE[part]
    if other == "testing":
        return part == "cli"
    if part == "__main__":
        return other == "cli"
    return other in FLOORS and FLOORS[other] < FLOORS[part]


def test_every_module_has_its_place() -> None:
    """There is no module without a floor or a place beside the house, and no place is empty."""
    parts = {part_of(module) for module in MODULES}

    assert parts == {FRONT_DOOR, *BESIDE, *FLOORS}


def test_page_tells_the_floors() -> None:
    """The floors that are kept here are those that the page on the design tells."""
    page = (Path(__file__).parent.parent / "docs" / "design.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d+) \| ([^|]+) \|", page, re.MULTILINE)

    told = {part: int(floor) for floor, parts in rows for part in re.findall(r"`(\w+)`", parts)}
    assert told == FLOORS


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down(module: Path) -> None:
    """A module imports only from floors below its own."""
    part = part_of(module)
    others = parts_named(module.read_text("utf-8")) - {part}

    assert sorted(other for other in others if not may_import(part, other)) == []


def test_imports_are_seen() -> None:
    """The test before this one sees imports wherever they stand, but for type checkers' own."""
    module = """
import ssm_mwx.wire
from ssm_mwx import boto
if TYPE_CHECKING:
    from ssm_mwx import client
def late():
    from ssm_mwx.models import TaskIds
"""

    assert parts_named(module) == {"wire", "boto", "models"}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_are_short_and_say_what_they_are_for(module: Path) -> None:
    """A module opens with a docstring, and ends before line 350."""
    text = module.read_text("utf-8")

    assert ast.get_docstring(ast.parse(text))
    assert len(text.splitlines()) <= 350


def test_import_is_light() -> None:
    """A fresh interpreter that imports the package has loaded no extra, and not boto3."""
    code = "import sys, ssm_mwx; print(*{name.partition('.')[0] for name in sys.modules})"
    command = [sys.executable, "-c", code]
    loaded = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()

    assert "attrs" in loaded
    assert sorted({*NEVER_AT_IMPORT} & {*loaded}) == []
