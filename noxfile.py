"""All checks of this repository: ``nox`` runs them, ``nox -l`` lists them.

Each session has an environment of its own. Those that run the tests pass what follows ``--`` to
pytest.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import nox
from nox.project import dependency_groups, load_toml, python_versions

ROOT = Path(__file__).parent
PYPROJECT = load_toml("pyproject.toml")
PROJECT = PYPROJECT["project"]
EXTRAS_OF_USERS = {
    "testing": "moto, ssm_mwx.testing.operations",
    "notebook": "altair, pandas, pyarrow, tqdm, vl_convert",
    "polars": "polars, pyarrow",
    "fast": "orjson",
    "cli": "click, rich, ssm_mwx.cli",
    "demo": "click, moto, ssm_mwx.cli",
}
FILES_OF_TESTS = ("tests", "docs", "README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml")
SCRIPTS_WITHOUT_STUBS = ("plain_boto3.py", "readme.py", "reports_and_waiting.py")


def is_installed(version: str) -> bool:
    """Return whether a Python of this version runs here; a pyenv shim may not."""
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        return True
    python = shutil.which(f"python{version}")
    if python is None:
        return False
    done = subprocess.run([python, "-c", ""], check=False, capture_output=True)  # noqa: S603
    return done.returncode == 0


PYTHONS = [version for version in python_versions(PYPROJECT) if is_installed(version)]
OLDEST, NEWEST = PYTHONS[0], PYTHONS[-1]

nox.needs_version = ">=2024.10.9"
nox.options.error_on_missing_interpreters = True
nox.options.sessions = [
    "lint",
    "types",
    "docs",
    "notebook",
    "tests",
    "coverage",
    "lowest",
    "wheel",
]


def group(name: str) -> list[str]:
    """Return the requirements of a dependency group of ``pyproject.toml``."""
    return list(dependency_groups(PYPROJECT, name))


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the tests, on each supported Python that is installed."""
    session.install("-q", "-e", ".[test]")
    session.run("pytest", "-q", *session.posargs)


@nox.session(python=OLDEST)
def lowest(session: nox.Session) -> None:
    """Run the tests with the lowest versions of what users install."""
    constraints = Path(session.create_tmp()) / "lowest.txt"
    constraints.write_text("\n".join(lower_bounds()) + "\n", encoding="utf-8")
    session.install("-q", "-c", str(constraints), "-e", ".[test]")
    session.run("pytest", "-q", *session.posargs)


def lower_bounds() -> list[str]:
    """Return constraints that pin what users install to the bounds of ``pyproject.toml``."""
    extras = PROJECT["optional-dependencies"]
    requirements = PROJECT["dependencies"] + [
        requirement for extra in EXTRAS_OF_USERS for requirement in extras[extra]
    ]
    bounds = (re.fullmatch(r"([\w.-]+)(?:\[.*\])?>=([\d.]+)", each) for each in requirements)
    return sorted({f"{bound[1]}=={bound[2]}" for bound in bounds if bound})


@nox.session(python=OLDEST)
def coverage(session: nox.Session) -> None:
    """Run the tests, with other clients of the fake AWS too, and require full coverage."""
    session.install("-q", "-e", ".[test]")
    for data in ROOT.glob(".coverage*"):
        data.unlink()
    measured = {"COVERAGE_PROCESS_START": str(ROOT / "pyproject.toml")}
    session.run("pytest", "-q", *session.posargs, env=measured | other_clients(session))
    session.run("coverage", "combine", "-q")
    session.run("coverage", "report")


def other_clients(session: nox.Session) -> dict[str, str]:
    """Install the AWS CLI, and AWS's SDK for JavaScript if npm is installed."""
    folder = Path(session.create_tmp()).resolve()
    cli = folder / "aws-cli"
    session.run("python", "-m", "venv", str(cli))
    python = python_in(cli)
    session.run(str(python), "-m", "pip", "install", "-q", "awscli", external=True)
    paths = {"SSM_MWX_AWS_CLI": str(python.with_name("aws"))}
    if npm := shutil.which("npm"):
        sdk = ("install", "--silent", "--prefix", str(folder / "js-sdk"), "@aws-sdk/client-ssm")
        session.run(npm, *sdk, external=True)
        paths["SSM_MWX_JS_SDK"] = str(folder / "js-sdk")
    return paths


@nox.session(python=OLDEST)
def lint(session: nox.Session) -> None:
    """Run the hooks of ``.pre-commit-config.yaml``."""
    session.install("-q", *group("lint"))
    listed: str = session.run("git", "ls-files", silent=True, external=True)
    files = listed.splitlines()
    workflows = [name for name in files if name.startswith(".github/workflows/")]
    commands: dict[str, tuple[str, ...]] = {
        "ruff-check": ("ruff", "check", "."),
        "ruff-format": ("ruff", "format", "--check", "."),
        "import-linter": ("lint-imports", "--no-cache", "--no-logo"),
        "codespell": ("codespell",),
        "validate-pyproject": ("validate-pyproject", "pyproject.toml"),
        "check-github-workflows": (*schema("github-workflows"), *workflows),
        "check-dependabot": (*schema("dependabot"), ".github/dependabot.yml"),
        "check-readthedocs": (*schema("readthedocs"), ".readthedocs.yaml"),
        "end-of-file-fixer": ("end-of-file-fixer", *files),
        "trailing-whitespace": ("trailing-whitespace-fixer", *files),
    }
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    for hook in re.findall(r"- id: (\S+)", hooks):
        session.log(hook)
        session.run(*commands[hook], log=False)


def schema(name: str) -> tuple[str, ...]:
    """Return the command that checks a file by a schema that comes with check-jsonschema."""
    return ("check-jsonschema", "--builtin-schema", f"vendor.{name}")


@nox.session(python=OLDEST)
def types(session: nox.Session) -> None:
    """Check the types: strictly, of every public name, and of users' scripts by five checkers."""
    # Not editable, as users have it: pyright does not find an editable package.
    session.install("-q", ".[test]", *group("notebook"), *group("types"))
    python = python_of(session)
    session.run("mypy")
    session.run("pyright", "--pythonpath", python)
    session.run("pyright", "--verifytypes", "ssm_mwx", "--ignoreexternal", "--pythonpath", python)
    # Outside of this checkout, so that the checkers see neither it nor their settings for it.
    with tempfile.TemporaryDirectory() as folder:
        without_stubs = Path(folder) / "without-stubs"
        session.run("python", "-m", "venv", str(without_stubs))
        bare = str(python_in(without_stubs))
        session.run(bare, "-m", "pip", "install", "-q", ".", external=True)
        scripts = Path(shutil.copytree(ROOT / "tests" / "typing", Path(folder) / "scripts"))
        settings = '{"typeCheckingMode": "strict"}'
        (scripts / "readme.py").write_text(example_of_readme(), encoding="utf-8")
        (scripts / "pyrightconfig.json").write_text(settings, encoding="utf-8")
        with session.chdir(scripts):
            check_scripts(session, python, sorted(script.name for script in scripts.glob("*.py")))
            check_scripts(session, bare, SCRIPTS_WITHOUT_STUBS)


def example_of_readme() -> str:
    """Return the code that the README shows."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return "".join(re.findall(r"^```python\n(.+?)^```", text, re.DOTALL | re.MULTILINE))


def check_scripts(session: nox.Session, python: str, names: Sequence[str]) -> None:
    """Run every type checker on scripts, for an interpreter."""
    session.run("mypy", "--strict", "--python-executable", python, *names)
    session.run("pyright", "--pythonpath", python, *names)
    session.run("basedpyright", "--level", "error", "--pythonpath", python, *names)
    session.run("ty", "check", "--error-on-warning", "--python", python, *names)
    session.run(
        "pyrefly", "check", "--preset", "strict", "--python-interpreter-path", python, *names
    )


@nox.session(python=OLDEST)
def docs(session: nox.Session) -> None:
    """Build the pages with warnings as errors, and the README as PyPI does; run the examples."""
    session.install("-q", "-e", ".[test]", *group("docs"))
    session.run("sphinx-build", "-q", "-W", "--keep-going", "-E", "docs", "docs/_build")
    page = str(Path(session.create_tmp()) / "pypi.html")
    session.run("python", "-m", "readme_renderer", "--package", "ssm_mwx", "--output", page)
    session.run("pytest", "-q", "tests/test_docs.py", "tests/test_examples.py")
    session.log("built: docs/_build/index.html")


@nox.session(python=OLDEST)
def notebook(session: nox.Session) -> None:
    """Run the notebook from its top to its end."""
    session.install("-q", "-e", ".[test]", *group("notebook"))
    session.run("pytest", "-q", "-n0", "tests/run_notebook.py", "tests/test_notebook.py")


@nox.session(python=NEWEST)
def wheel(session: nox.Session) -> None:
    """Check the wheel: its content, each extra alone, and the tests with the installed wheel."""
    outside = Path(session.create_tmp()).resolve() / "outside"
    shutil.rmtree(outside, ignore_errors=True)
    outside.mkdir()
    session.install("-q", "build", "twine")
    session.run("python", "-m", "build", "--outdir", str(outside / "dist"), silent=True)
    session.run("twine", "check", "--strict", *map(str, (outside / "dist").iterdir()))
    (built,) = (outside / "dist").glob("*.whl")
    session.run("python", "-c", LOOK_INTO_WHEEL, str(built))
    for extra, modules in {"": "", **EXTRAS_OF_USERS}.items():
        check_extra(session, built, extra, modules, outside / f"venv-{extra}")
    for name in FILES_OF_TESTS:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, outside / name)
    session.install("-q", f"ssm_mwx[test] @ {built.as_uri()}")
    session.chdir(outside)
    session.run("python", "-c", f"import ssm_mwx; {NOT_FROM_CHECKOUT}", str(ROOT))
    session.run("pytest", "-q", *session.posargs)


def check_extra(
    session: nox.Session, built: Path, extra: str, modules: str, environment: Path
) -> None:
    """Install the wheel with one extra, or none, and import what the extra provides."""
    session.run("python", "-m", "venv", str(environment))
    python = str(python_in(environment))
    requirement = f"ssm_mwx[{extra}] @ {built.as_uri()}"
    session.run(python, "-m", "pip", "install", "-q", requirement, external=True)
    imports = f"ssm_mwx, ssm_mwx.testing, {modules}".rstrip(", ")
    session.run(python, "-I", "-c", f"import {imports}", external=True)
    shutil.rmtree(environment)


LOOK_INTO_WHEEL = """
import sys, zipfile
names = zipfile.ZipFile(sys.argv[1]).namelist()
assert "ssm_mwx/py.typed" in names
others = [name for name in names if not name.startswith(("ssm_mwx/", "ssm_mwx-"))]
assert not others, others
"""
NOT_FROM_CHECKOUT = """
import pathlib, sys
package = pathlib.Path(ssm_mwx.__file__).resolve()
assert (pathlib.Path(sys.argv[1]) / "ssm_mwx").resolve() not in package.parents, package
"""


@nox.session(python=OLDEST)
def benchmark(session: nox.Session) -> None:
    """Measure the figures of docs/performance.md; its arguments follow ``--``."""
    session.install("-q", ".[test]", "capo-ssm")  # a library it is compared with
    session.run("python", "-m", "tests.benchmarks", *session.posargs)


def python_of(session: nox.Session) -> str:
    """Return the interpreter of the session's environment."""
    python: str = session.run("python", "-c", "import sys; print(sys.executable)", silent=True)
    return python.strip()


def python_in(environment: Path) -> Path:
    """Return the interpreter of a virtual environment, on Windows too."""
    return next(environment.glob("[bS]*/python*"))
