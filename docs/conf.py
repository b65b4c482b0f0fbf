"""Sphinx builds the pages with these settings: ``nox -s docs``."""

import enum
from importlib.metadata import version as version_of
from typing import Any

import attrs

project = "ssm_mwx"
author = "The ssm_mwx maintainers"
copyright = author  # noqa: A001 - Sphinx's name
release = version = version_of("ssm_mwx")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_theme_options = {
    "light_css_variables": {"code-font-size": "74%"},  # lines of 96 characters fit
}
html_title = f"ssm_mwx {release}"
html_show_copyright = False
html_copy_source = False
html_static_path = ["_static"]
html_css_files = ["pages.css"]

myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence", "deflist"]

autodoc_default_options = {"members": True, "member-order": "bysource"}
autodoc_typehints_format = "short"
autodoc_type_aliases = {
    name: f"ssm_mwx.{name}" for name in ("Duration", "Id", "OnPoll", "Statuses")
}
napoleon_use_ivar = True
python_use_unqualified_type_names = True
maximum_signature_line_length = 80

# In a docstring, `name` is a link if something has that name, else it is code.
default_role = "py:obj"
nitpicky = True
nitpick_ignore_regex = [
    ("py:obj", ".*"),
    ("py:.*", r"(?!ssm_mwx\b).*"),  # names of other packages: their sites are not asked
    ("py:.*", r".*\._\w+"),  # type variables
]


def setup(app: Any) -> None:
    """Leave out the signature of a class that nobody calls, or whose fields follow it."""
    app.connect("autodoc-process-signature", _without_signature)


def _without_signature(*event: Any) -> tuple[str, None] | None:
    _app, _what, _name, documented, *_signature = event
    is_superfluous = isinstance(documented, type) and (
        issubclass(documented, enum.Enum)
        or attrs.has(documented)
        or getattr(documented, "_is_protocol", False)
        or documented.__name__.endswith("Pager")  # made by the client's methods
    )
    return ("", None) if is_superfluous else None
