"""Optional dependencies: absent until used, and named when missing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from ssm_mwx import TaskInvocation, TaskReport
from ssm_mwx.report.progress import with_progress
from tests.support.reports import patch_report

EXTRAS = ("altair", "jinja2", "moto", "pandas", "polars", "pyarrow", "rich", "tqdm", "vl_convert")


def test_package_imports_no_extra() -> None:
    """Importing the package imports nothing that an extra installs."""
    program = f"import sys, ssm_mwx; print(sorted(set(sys.modules) & set({EXTRAS})))"

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"


def go_through(report: TaskReport) -> list[TaskInvocation]:
    """Iterate over a report's invocations with a progress bar."""
    return list(with_progress(report.invocations, None))


@pytest.mark.parametrize(
    ("module", "extra", "use"),
    [
        ("pyarrow", "notebook", TaskReport.to_arrow),
        ("pyarrow", "notebook", TaskReport.to_pandas),
        ("pandas", "notebook", TaskReport.to_pandas),
        ("pyarrow", "polars", TaskReport.to_polars),
        ("polars", "polars", TaskReport.to_polars),
        ("altair", "notebook", TaskReport.timeline),
        ("tqdm", "notebook", go_through),
    ],
)
def test_missing_extra_is_named(
    module: str, extra: str, use: Callable[[TaskReport], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """If an extra is missing, the error says how to install it."""
    monkeypatch.setitem(sys.modules, module, None)

    with pytest.raises(ImportError, match="pip install") as caught:
        use(patch_report(3))

    assert str(caught.value) == f"{module} is not installed: pip install 'ssm_mwx[{extra}]'"
    assert caught.value.name == module
