"""Optional dependencies: absent until used, named when missing, and reported when broken."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ssm_mwx import optional

EXTRAS = ("altair", "jinja2", "moto", "pandas", "polars", "pyarrow", "rich", "tqdm", "vl_convert")
REPORT = """
import sys
from ssm_mwx import TaskReport
from ssm_mwx.testing import samples
report = TaskReport(*samples.patch_run(3))
"""
WITH_A_BAR = """
from ssm_mwx.report.progress import for_report
for_report(report.task, (), all_of_them=True, progress=True)
"""
USES = [
    ("pyarrow", "notebook", "report.to_arrow()"),
    ("pyarrow", "notebook", "report.to_pandas()"),
    ("pandas", "notebook", "report.to_pandas()"),
    ("pyarrow", "polars", "report.to_polars()"),
    ("polars", "polars", "report.to_polars()"),
    ("altair", "notebook", "report.timeline()"),
    ("tqdm", "notebook", WITH_A_BAR),
    ("click", "cli", "import ssm_mwx.cli"),
]


def error_of(code: str) -> str:
    """Run `code` in a process of its own, and return the last line of its traceback."""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    return done.stderr.splitlines()[-1]


def test_package_imports_no_extra() -> None:
    """Importing the package imports nothing that an extra installs."""
    program = f"import sys, ssm_mwx; print(sorted(set(sys.modules) & set({EXTRAS})))"

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"


@pytest.mark.slow
@pytest.mark.parametrize(("module", "extra", "use"), USES)
def test_missing_dependency_names_its_extra(module: str, extra: str, use: str) -> None:
    """If a dependency is not installed, the error says how to install it."""
    error = error_of(f"{REPORT}\nsys.modules[{module!r}] = None\n{use}")

    assert error == (
        f"ModuleNotFoundError: {module} is not installed: pip install 'ssm_mwx[{extra}]'"
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ("raise ValueError('numpy.dtype size changed')", "numpy.dtype size changed"),
        ("raise ImportError('libarrow.so: cannot open')", "libarrow.so: cannot open"),
        ("import pyarrow.missing", "No module named 'pyarrow.missing'"),
        ("raise ModuleNotFoundError('half installed')", "half installed"),
    ],
    ids=["error", "import error", "missing part", "without a name"],
)
def test_broken_dependency_is_reported_as_broken(broken: str, message: str, tmp_path: Path) -> None:
    """If a dependency is installed and its import fails, the error has its own message."""
    package = tmp_path / "pyarrow"
    package.mkdir()
    (package / "__init__.py").write_text(broken)

    error = error_of(f"{REPORT}\nsys.path.insert(0, {str(tmp_path)!r})\nreport.to_arrow()")

    assert error == f"ImportError: pyarrow is installed but cannot be imported: {message}"


@pytest.mark.parametrize(("name", "expected"), [("pyarrow", "pyarrow"), (None, "a dependency")])
def test_dependency_that_lacks_a_name_is_reported_as_broken(
    name: str | None, expected: str
) -> None:
    """If only our own import fails, as for a name that a version lacks, the error says of what."""
    code = "with optional.extra('notebook'): raise error"
    module = {"__name__": "ssm_mwx.view", "optional": optional}

    with pytest.raises(ImportError) as caught:
        exec(code, module | {"error": ImportError("cannot import name 'x'", name=name)})

    assert str(caught.value) == (
        f"{expected} is installed but cannot be imported: cannot import name 'x'"
    )
