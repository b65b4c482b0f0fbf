"""How Sphinx builds these pages: ``nox -s docs``."""

from importlib.metadata import version as version_of

project = "ssm_mwx"
author = "The ssm_mwx maintainers"
copyright = author  # noqa: A001 - Sphinx's name
release = version = version_of("ssm_mwx")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_theme_options = {
    "light_css_variables": {"code-font-size": "80%"},  # lines of 100 characters fit
}
html_title = f"ssm_mwx {release}"
html_show_copyright = False
html_copy_source = False

myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence", "deflist"]

autodoc_default_options = {"members": True, "member-order": "bysource"}
autodoc_typehints_format = "short"
autodoc_class_signature = "separated"
autodoc_preserve_defaults = True
napoleon_use_ivar = True
python_use_unqualified_type_names = True
maximum_signature_line_length = 80

# In a docstring, `name` is a link where there is something of that name, and code where not.
default_role = "py:obj"
nitpicky = True
nitpick_ignore_regex = [
    ("py:obj", ".*"),
    ("py:.*", r"(?!ssm_mwx\b).*"),  # others' names: their sites are not asked
    ("py:.*", r".*\._\w+"),  # type variables
]
