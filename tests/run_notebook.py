"""Run the documentation's notebook; ``nox -s notebook`` has the kernel that this needs."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import nbclient
import nbformat

from tests.test_notebook import NOTEBOOK, kinds_of_output, outputs_of


def test_notebook_runs(tmp_path: Path) -> None:
    """The notebook runs, says which nodes failed, and has the kinds of output stored in it."""
    reader: Any = nbformat
    stored = reader.read(NOTEBOOK, as_version=4)
    fresh = copy.deepcopy(stored)

    resources = {"metadata": {"path": str(tmp_path)}}
    nbclient.NotebookClient(fresh, timeout=120, resources=resources).execute()

    assert kinds_of_output(fresh) == kinds_of_output(stored)
    assert "3 invocations, 250 nodes: 17 failed" in outputs_of(fresh)
