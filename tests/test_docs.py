"""The README's example, the links between pages, and the completeness of the reference.

`test_examples.py` runs the examples of the other pages.
"""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from sybil import Sybil
from sybil.example import Example, SybilFailure

import ssm_mwx
import ssm_mwx.report
import ssm_mwx.testing
from ssm_mwx import WindowExecution
from ssm_mwx.operations import OPERATION_NAMES
from ssm_mwx.testing import ExecutionStore, samples
from tests.support.examples import parsers

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PAGES = [README, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


def examples_in(page: Path) -> list[Example]:
    """Return the examples of a page, in order."""
    return list(Sybil(parsers(), path=str(page.parent)).parse(page).examples())


def page_of(folder: Path, *, code: str, output: str) -> Path:
    """Write a page with one example and its output."""
    page = folder / "page.md"
    page.write_text(f"```python\n{code}\n```\n\n```output\n{output}\n```\n", encoding="utf-8")
    return page


def test_readme_is_short() -> None:
    """The README has fewer than 100 lines."""
    assert len(README.read_text(encoding="utf-8").splitlines()) < 100


def test_readme_example_prints_its_output(
    maintenance_window_executions: ExecutionStore,
) -> None:
    """The README's example runs, and prints what the README shows."""
    window_execution = WindowExecution(window_id=samples.WINDOW_ID)
    run = samples.WindowRun(window_execution, (samples.tag_run(nodes=60),))
    maintenance_window_executions.add_window_run(run, region_name="eu-west-1")

    examples = examples_in(README)
    for example in examples:
        example.evaluate()

    assert len(examples) == 2


def test_readme_on_pypi_has_absolute_links() -> None:
    """In the package's metadata, each link of the README leads to the repository, at the tag."""
    package = metadata.metadata("ssm_mwx")
    name, _, address = package["Project-URL"].partition(", ")
    assert name == "Repository"
    at_tag = f"{address}/blob/v{package['Version']}/"

    links: list[str] = re.findall(r"\]\(([^)]+)\)", str(package.json["description"]))

    assert f"{at_tag}CHANGELOG.md" in links
    assert [link for link in links if not link.startswith(at_tag)] == []


def test_usage_lists_each_extra() -> None:
    """The table of extras has those of `pyproject.toml`; `test` is for contributors."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    text = (ROOT / "docs" / "usage.md").read_text(encoding="utf-8")
    table = text[text.index("| extra |") : text.index("## Permissions")]
    listed: list[str] = re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)

    assert sorted([*listed, "test"]) == sorted(settings["project"]["optional-dependencies"])


def test_policy_allows_each_operation() -> None:
    """The policy that the pages show has one permission for each wrapped operation."""
    text = (ROOT / "docs" / "usage.md").read_text(encoding="utf-8")

    assert re.findall(r'"ssm:(\w+)"', text) == sorted(OPERATION_NAMES, key=str.lower)


def test_address_of_repository_is_in_one_place() -> None:
    """Only `pyproject.toml` has the address of the repository, once."""
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (address,) = tomllib.loads(settings)["project"]["urls"].values()

    assert settings.count(address) == 1
    assert [page for page in PAGES if address in page.read_text(encoding="utf-8")] == []


def test_output_block_with_other_text_fails(tmp_path: Path) -> None:
    """An output block that differs from what its example prints is reported line by line."""
    code, output = examples_in(page_of(tmp_path, code="print('a', 1)", output="a 2"))
    code.evaluate()

    with pytest.raises(SybilFailure) as caught:
        output.evaluate()

    assert "- a 2" in str(caught.value)
    assert "+ a 1" in str(caught.value)


def test_output_block_with_dots_allows_any_text(tmp_path: Path) -> None:
    """Three dots in an output block stand for any text."""
    for example in examples_in(page_of(tmp_path, code="print('a', 17, 'b')", output="a ... b")):
        example.evaluate()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page_links_to_existing_files_and_headings(page: Path) -> None:
    """Every relative link of a page leads to a file, and to a heading in it."""
    links: list[str] = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    relative = [link for link in links if not link.startswith(("http:", "https:"))]

    assert [link for link in relative if not _leads_somewhere(link, page)] == []


def _leads_somewhere(link: str, page: Path) -> bool:
    name, _, anchor = link.partition("#")
    target = page.parent / name if name else page
    return target.exists() and (not anchor or anchor in _anchors_of(target))


def _anchors_of(page: Path) -> list[str]:
    headings: list[str] = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    words = [re.sub(r"[^\w\s-]", "", heading.lower()) for heading in headings]
    return [heading.strip().replace(" ", "-") for heading in words]


@pytest.mark.parametrize(
    "package", [ssm_mwx, ssm_mwx.report, ssm_mwx.testing], ids=lambda package: package.__name__
)
def test_reference_lists_each_public_name_once(package: Any) -> None:
    """The reference documents every public name of a package, each of them once."""
    text = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    directive = rf"^\.\. (?:auto\w+|py:type):: {re.escape(package.__name__)}\.(\w+)$"
    documented = re.findall(directive, text, re.MULTILINE)
    modules = {"errors"}  # for its docstring, which shows the tree
    elsewhere = set[str]() if package is ssm_mwx else set(ssm_mwx.__all__)

    assert sorted(set(documented) - modules) == sorted(set(package.__all__) - elsewhere)
    assert len(documented) == len(set(documented))


def test_design_lists_layers_of_contract() -> None:
    """The table of layers has the modules of the import-linter contract, in its order."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = (
        each for each in settings["tool"]["importlinter"]["contracts"] if each["type"] == "layers"
    )
    page = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    rows: list[str] = re.findall(r"^\| (`[^|]+) \|", page, re.MULTILINE)

    assert [re.findall(r"\w+", row) for row in rows] == [
        re.findall(r"\w+", layer) for layer in contract["layers"]
    ]
