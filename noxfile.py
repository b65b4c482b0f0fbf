"""All checks of this repository: ``nox`` runs them, ``nox -l`` lists them.

Each session has an environment of its own. Those that run the tests take what follows ``--`` as
arguments of pytest.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import nox

ROOT = Path(__file__).parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS_OF_USERS = {
    "testing": "moto, ssm_mwx.testing.operations",
    "notebook": "altair, pandas, pyarrow, tqdm, vl_convert",
    "polars": "polars, pyarrow",
    "fast": "orjson",
    "cli": "click, rich, ssm_mwx.cli",
    "demo": "click, moto, ssm_mwx.cli",
}
WHAT_THE_TESTS_READ = ("tests", "docs", "README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml")


def there(version: str) -> bool:
    """Whether a Python of that version can be run here; a shim that leads nowhere cannot."""
    python = shutil.which(f"python{version}")
    if python is None:
        return False
    said = subprocess.run([python, "-c", ""], check=False, capture_output=True)  # noqa: S603
    return said.returncode == 0


PYTHONS = [version for version in ("3.11", "3.12", "3.13") if there(version)]
OLDEST, NEWEST = (PYTHONS[0], PYTHONS[-1]) if PYTHONS else (None, None)

nox.needs_version = ">=2024.10.9"
nox.options.error_on_missing_interpreters = True
nox.options.sessions = [
    "lint",
    "types",
    "docs",
    "notebook",
    "tests",
    "lowest",
    "newest",
    "wheel",
]


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """The tests, on each Python that is there."""
    session.install("-q", "-e", ".[test]")
    session.run("pytest", "-q", *session.posargs)


@nox.session(python=OLDEST)
def lowest(session: nox.Session) -> None:
    """The tests with the lowest versions of the dependencies that users may have."""
    constraints = Path(session.create_tmp()) / "lowest.txt"
    constraints.write_text("\n".join(lower_bounds()) + "\n", encoding="utf-8")
    session.install("-q", "-c", str(constraints), "-e", ".[test]")
    # What type checkers say depends on the stubs of newer versions.
    session.run("pytest", "-q", "--ignore=tests/test_typing.py", *session.posargs)


@nox.session(python=PYTHONS[-1:])
def newest(session: nox.Session) -> None:
    """The tests with the newest versions of all dependencies, theirs too."""
    session.install("-q", "-U", "--upgrade-strategy", "eager", "-e", ".[test]")
    session.run("pytest", "-q", *session.posargs)


def lower_bounds() -> list[str]:
    """Constraints that pin what users install to the lower bounds of ``pyproject.toml``."""
    extras = PROJECT["optional-dependencies"]
    requirements = PROJECT["dependencies"] + [
        requirement for extra in EXTRAS_OF_USERS for requirement in extras[extra]
    ]
    bounds = (re.fullmatch(r"([\w.-]+)(?:\[.*\])?>=([\d.]+)", each) for each in requirements)
    return sorted({f"{bound[1]}=={bound[2]}" for bound in bounds if bound})


@nox.session(python=OLDEST)
def lint(session: nox.Session) -> None:
    """Rules, format and the layers of the package."""
    session.install("-q", "ruff>=0.9", "import-linter>=2.5")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports", "--no-cache", "--no-logo")


@nox.session(python=OLDEST)
def types(session: nox.Session) -> None:
    """mypy and pyright, both strict, and a known type for every public name."""
    session.install(
        "-q", ".[test,types]"
    )  # as users have it: pyright looks for no editable package
    session.run("mypy")
    session.run("pyright", "--pythonpath", python_of(session))
    session.run(
        *("pyright", "--verifytypes", "ssm_mwx", "--ignoreexternal"),
        *("--pythonpath", python_of(session)),
    )


@nox.session(python=OLDEST)
def docs(session: nox.Session) -> None:
    """The pages, built with warnings as errors, and their examples."""
    session.install("-q", "-e", ".[docs,test]")
    session.run("sphinx-build", "-q", "-W", "--keep-going", "-E", "docs", "docs/_build")
    session.run("pytest", "-q", "tests/test_docs.py", "tests/test_examples.py")
    session.log("built: docs/_build/index.html")


@nox.session(python=OLDEST)
def notebook(session: nox.Session) -> None:
    """The notebook, from its top to its end."""
    session.install("-q", "-e", ".[test]")
    session.run("pytest", "-q", "tests/test_notebook.py")


@nox.session(python=NEWEST)
def wheel(session: nox.Session) -> None:
    """The wheel: what is in it, that each extra stands alone, and the tests against it."""
    outside = Path(session.create_tmp()).resolve() / "outside"
    shutil.rmtree(outside, ignore_errors=True)
    outside.mkdir()
    session.install("-q", "build", "twine")
    session.run("python", "-m", "build", "--outdir", str(outside / "dist"), silent=True)
    session.run("twine", "check", "--strict", *map(str, (outside / "dist").iterdir()))
    (built,) = (outside / "dist").glob("*.whl")
    session.run("python", "-c", LOOK_INTO_WHEEL, str(built))
    for extra, modules in {"": "", **EXTRAS_OF_USERS}.items():
        stands_alone(session, built, extra, modules, outside / f"venv-{extra}")
    for name in WHAT_THE_TESTS_READ:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, outside / name)
    session.install("-q", f"ssm_mwx[test] @ {built.as_uri()}")
    session.chdir(outside)
    session.run("python", "-c", f"import ssm_mwx; {NOT_FROM_CHECKOUT}", str(ROOT))
    session.run("pytest", "-q", "--ignore=tests/test_typing.py", *session.posargs)


def stands_alone(
    session: nox.Session, built: Path, extra: str, modules: str, environment: Path
) -> None:
    """Install the wheel with one extra, or none, and import what that gives."""
    session.run("python", "-m", "venv", str(environment))
    python = str(next(environment.glob("[bS]*/python*")))  # bin, or Windows's Scripts
    wanted = f"ssm_mwx[{extra}] @ {built.as_uri()}"
    session.run(python, "-m", "pip", "install", "-q", wanted, external=True)
    imports = f"ssm_mwx, ssm_mwx.testing, {modules}".rstrip(", ")
    session.run(python, "-I", "-c", f"import {imports}", external=True)
    shutil.rmtree(environment)


LOOK_INTO_WHEEL = """
import sys, zipfile
names = zipfile.ZipFile(sys.argv[1]).namelist()
assert "ssm_mwx/py.typed" in names
strangers = [name for name in names if not name.startswith(("ssm_mwx/", "ssm_mwx-"))]
assert not strangers, strangers
"""
NOT_FROM_CHECKOUT = """
import pathlib, sys
home = pathlib.Path(ssm_mwx.__file__).resolve()
assert (pathlib.Path(sys.argv[1]) / "ssm_mwx").resolve() not in home.parents, home
"""


@nox.session(python=OLDEST)
def benchmark(session: nox.Session) -> None:
    """The figures of docs/performance.md; give its arguments after ``--``."""
    session.install("-q", ".[test]", "boto3-dataclass-ssm")  # the peer it is measured against
    session.run("python", "-m", "tests.benchmarks", *session.posargs)


def python_of(session: nox.Session) -> str:
    """The interpreter of the session's environment."""
    python: str = session.run("python", "-c", "import sys; print(sys.executable)", silent=True)
    return python.strip()
