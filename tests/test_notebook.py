"""The documentation's notebook as it is stored; `run_notebook.py` runs it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

NOTEBOOK = Path(__file__).parent.parent / "docs" / "triage.ipynb"


@pytest.fixture(name="stored")
def _stored() -> Any:
    return json.loads(NOTEBOOK.read_text(encoding="utf-8"))


def kinds_of_output(notebook: Any) -> list[list[list[str]]]:
    """Return the kinds of each cell's outputs."""
    return [
        [sorted(output.get("data", {output.get("name"): ""})) for output in cell.get("outputs", ())]
        for cell in notebook["cells"]
    ]


def outputs_of(notebook: Any) -> str:
    """Return all outputs of a notebook as text."""
    return "\n".join(str(cell.get("outputs", "")) for cell in notebook["cells"])


def test_notebook_is_stored_with_its_output(stored: Any) -> None:
    """The stored notebook was run from the top, and shows a report, frames and a timeline."""
    kinds = [kind for cell in kinds_of_output(stored) for output in cell for kind in output]
    code = [cell for cell in stored["cells"] if cell["cell_type"] == "code"]

    assert set(kinds) == {"text/html", "text/plain", "image/svg+xml", "stdout"}
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))


def test_notebook_holds_no_secret(stored: Any) -> None:
    """The stored outputs have no sensitive value, script, path or local address."""
    outputs = outputs_of(stored)

    assert "RebootIfNeeded" not in outputs
    assert "Fleet team" not in outputs
    assert "<script" not in outputs
    assert not re.findall(r"127\.0\.0\.1|localhost|/home/|/tmp/|/root/|site-packages", outputs)


def test_notebook_names_no_machine(stored: Any) -> None:
    """The metadata name the kernel that every installation has, and nothing else."""
    assert stored["metadata"] == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert [cell["metadata"] for cell in stored["cells"]] == [{}] * len(stored["cells"])
