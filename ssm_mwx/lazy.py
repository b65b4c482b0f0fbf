"""Import the public names of a package when they are first asked for.

Every pytest run imports ``ssm_mwx`` and ``ssm_mwx.testing`` for the sake of the plug-in.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Sequence
from typing import Any


def attribute_getter(
    package: str, names: Sequence[str], *, modules: Sequence[str]
) -> Callable[[str], Any]:
    """Return a ``__getattr__`` for a package.

    Args:
        package: The name of the package.
        names: Its public names.
        modules: The modules that define them; they are imported in this order until the name is
            found. A public name may also be one of them.
    """

    def get(name: str) -> Any:
        for module_name in modules if name in names else ():
            module = importlib.import_module(f"{package}.{module_name}")
            public = vars(module) | {module_name: module}
            if name in public:
                setattr(sys.modules[package], name, public[name])
                return public[name]
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return get
