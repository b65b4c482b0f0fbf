"""The README as PyPI shows it: its relative links lead to the repository, at the version's tag."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class ReadmeHook(MetadataHookInterface):
    """Gives hatchling the README with absolute links, from the address in ``[project.urls]``."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the README to the metadata."""
        at_tag = f"{metadata['urls']['Repository']}/blob/v{metadata['version']}/"
        text = Path(self.root, "README.md").read_text(encoding="utf-8")
        text = re.sub(r"\]\((?!https?:|#)", f"]({at_tag}", text)
        metadata["readme"] = {"content-type": "text/markdown", "text": text}
