"""The README's example, and that the pages name and find what is there.

The examples of the pages in `docs` are run where they stand: see `docs/conftest.py`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import attrs
import pytest
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

import ssm_mwx
import ssm_mwx.testing
from ssm_mwx.testing import ExecutionStore, samples

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PAGES = [README, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
IDS_IN_README: dict[str, Any] = {
    "window_execution_id": "b40a588d-32a7-4ea7-9a6b-b4ef436e1111",
    "task_execution_id": "0c9ac961-dafd-4a94-b6c7-1bef3e222222",
}


def test_readme_is_short() -> None:
    """The README can be read in one go."""
    assert len(README.read_text(encoding="utf-8").splitlines()) < 100


def test_readme_runs(
    maintenance_window_executions: ExecutionStore, capsys: pytest.CaptureFixture[str]
) -> None:
    """The README's example tells the task, and each target that did not succeed."""
    task, invocations = samples.patch_run()
    maintenance_window_executions.add_run(
        attrs.evolve(task, **IDS_IN_README),
        [attrs.evolve(each, **IDS_IN_README) for each in invocations],
        region_name="eu-west-1",
    )

    examples = list(Sybil([PythonCodeBlockParser()], path=str(ROOT)).parse(README).examples())
    for example in examples:
        example.evaluate()

    assert len(examples) == 1
    assert len(capsys.readouterr().out.splitlines()) == 1 + 17


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_files(page: Path) -> None:
    """What a page links to in this repository is there."""
    links: list[str] = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    inside = [link for link in links if not link.startswith(("http:", "https:"))]

    assert [link for link in inside if not (page.parent / link).exists()] == []


@pytest.mark.parametrize(
    "package", [ssm_mwx, ssm_mwx.testing], ids=lambda package: package.__name__
)
def test_reference_is_complete(package: Any) -> None:
    """The reference has every public name, and once."""
    text = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    directive = rf"^\.\. auto\w+:: {re.escape(package.__name__)}\.(\w+)$"
    documented = re.findall(directive, text, re.MULTILINE)
    modules = {"errors"}  # shown for its tree

    assert sorted(package.__all__) == sorted(set(documented) - modules)
    assert len(documented) == len(set(documented))
