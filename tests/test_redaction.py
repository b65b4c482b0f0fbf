"""The fields of `models.py` are the only list of what there is, and of what is sensitive.

Each test edits a copy of the package, and looks at every view of it in a process of its own.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import ssm_mwx

PLANTED = {
    "task_arn": "planted-arn",
    "service_role": "planted-role",
    "max_concurrency": "planted-concurrency",
    "max_errors": "planted-errors",
    "status_details": "planted-details",
    "invocation_id": "planted-invocation",
    "execution_id": "planted-execution",
    "window_target_id": "planted-target",
    "name": "planted-alarm",
}
"""Values by the names of fields, which are not sensitive in the package."""

SHOW = f"""
import json, sys
from click.testing import CliRunner
from rich.console import Console
from ssm_mwx import (
    Alarm, AlarmConfiguration, ExecutionStatus, TaskExecution, TaskInvocation, TaskReport, TaskType,
    unstructure,
)
from ssm_mwx.cli import main
from ssm_mwx.testing import serve

planted = {PLANTED!r}
task = TaskExecution(
    task_arn=planted["task_arn"],
    service_role=planted["service_role"],
    type=TaskType.RUN_COMMAND,
    max_concurrency=planted["max_concurrency"],
    max_errors=planted["max_errors"],
    status=ExecutionStatus.FAILED,
    status_details=planted["status_details"],
    alarm_configuration=AlarmConfiguration((Alarm(planted["name"]),)),
)
invocation = TaskInvocation(
    invocation_id=planted["invocation_id"],
    execution_id=planted["execution_id"],
    task_type=TaskType.RUN_COMMAND,
    status=ExecutionStatus.FAILED,
    status_details=planted["status_details"],
    window_target_id=planted["window_target_id"],
)

def rich(renderable):
    console = Console(width=300)
    with console.capture() as capture:
        console.print(renderable)
    return capture.get()

def run(*args):
    result = CliRunner(env={{"COLUMNS": "300"}}).invoke(main, args, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output

with serve() as server:
    task = server.executions.add_run(task, [])
    (invocation,) = server.executions.add_invocations(task, [invocation])
    report = TaskReport(task, [invocation])
    known = TaskReport(task, [invocation], [])
    ids = (*task.task_ids, "--endpoint-url", server.url)
    channels = {{
        "repr": repr((task, invocation, report)),
        "unstructure": str([unstructure(x, redact_sensitive=True) for x in (task, invocation)]),
        "arrow": str(report.to_arrow().to_pylist()),
        "arrow, exploded": str(report.to_arrow(explode_instances=True).to_pylist()),
        "pandas": report.to_pandas().to_csv(),
        "polars": report.to_polars().write_json(),
        "page": report.to_html(),
        "notebook": report._repr_html_(),
        "models in a notebook": "".join(x._repr_html_() for x in (task, invocation)),
        "nodes in a notebook": "".join(x._repr_html_() for x in known.nodes),
        "terminal": rich(report),
        "timeline": report.timeline().to_json(),
        "cli task json": run("task", *ids, "--format", "json"),
        "cli task table": run("task", *ids, "--format", "table"),
        "cli invocations json": run("invocations", *ids, "--format", "json"),
        "cli invocations csv": run("invocations", *ids, "--format", "csv"),
        "cli invocations table": run("invocations", *ids, "--format", "table"),
        "cli report": run("report", *ids),
        "cli report html": run("report", *ids, "--html", "-"),
    }}
print(json.dumps(channels))
"""

FURTHER_FIELDS = '''
    node_name: str | None = None
    """A text."""
    attempts: int | None = None
    """A number."""
    is_retry: bool | None = None
    """A flag."""
    scheduled_time: datetime | None = None
    """A time."""
    labels: tuple[str, ...] | None = None
    """Texts."""
    alarm: Alarm | None = None
    """A model within."""
'''
LAST_FIELD = '    """Id of the target within the maintenance window (``WindowTargetId``)."""\n'

SCHEMA = """
import json
from datetime import datetime, timezone
from ssm_mwx import Alarm, TaskExecution, TaskInvocation, TaskReport
invocation = TaskInvocation(
    node_name="web-1",
    attempts=3,
    is_retry=False,
    scheduled_time=datetime(2026, 3, 10, tzinfo=timezone.utc),
    labels=("a", "b"),
    alarm=Alarm("cpu"),
)
table = TaskReport(TaskExecution(), [invocation]).to_arrow()
(row,) = table.to_pylist()
print(json.dumps({field.name: [str(field.type), str(row[field.name])] for field in table.schema}))
"""


@pytest.fixture(name="models")
def _models(tmp_path: Path) -> Path:
    """The module of the models in a copy of the package."""
    package = Path(ssm_mwx.__file__).parent
    copy = shutil.copytree(package, tmp_path / "ssm_mwx", ignore=shutil.ignore_patterns("*.pyc"))
    return copy / "models.py"


def run(code: str, models: Path) -> dict[str, Any]:
    """Run `code` with the copy of the package, and return the JSON that it prints."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=models.parent.parent,
    )
    assert done.returncode == 0, done.stderr
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


def mark(models: Path, names: list[str]) -> None:
    """Mark fields as sensitive, as a maintainer would."""
    text = models.read_text(encoding="utf-8")
    for name in names:
        with_default = re.compile(rf"^    {name}: (str.*?) = .*$", re.MULTILINE)
        required = re.compile(rf"^    {name}: str$", re.MULTILINE)
        assert with_default.search(text) or required.search(text)
        text = with_default.sub(rf"    {name}: \1 = _sensitive()", text)
        text = required.sub(f"    {name}: str = attrs.field(metadata={{SENSITIVE: True}})", text)
    models.write_text(text, encoding="utf-8")


@pytest.mark.slow
def test_every_further_field_can_be_seen(models: Path) -> None:
    """As long as it is not marked, each planted value is in some view."""
    channels = run(SHOW, models)

    assert [value for value in PLANTED.values() if value not in str(channels)] == []


@pytest.mark.slow
def test_field_that_is_marked_vanishes_from_every_view(models: Path) -> None:
    """A field marked as sensitive is in no view, frame or output, and in nothing made of it."""
    mark(models, list(PLANTED))

    channels = run(SHOW, models)

    shown = {name: [v for v in PLANTED.values() if v in text] for name, text in channels.items()}
    assert {name: values for name, values in shown.items() if values} == {}
    assert "<sensitive>" in channels["terminal"]


@pytest.mark.slow
def test_instances_that_are_marked_vanish_from_every_view(models: Path) -> None:
    """What is sensitive within `Parameters` is decided in `parameters.py` alone."""
    parameters = models.parent / "parameters.py"
    text = parameters.read_text(encoding="utf-8")
    line = "    instance_ids: tuple[str, ...] = _member(_strings, default=(), sensitive=False)\n"
    assert line in text
    parameters.write_text(text.replace(line, line.replace("False", "True")), encoding="utf-8")
    named = """
    raw_parameters='{"documentName": "D", "instanceIds": ["i-planted"]}',"""
    code = SHOW.replace("invocation = TaskInvocation(", f"invocation = TaskInvocation({named}")

    channels = run(code, models)

    assert [name for name, shown in channels.items() if "i-planted" in shown] == []


@pytest.mark.slow
def test_further_field_is_a_column(models: Path) -> None:
    """A field that is added to a model is a column of its type in every frame."""
    text = models.read_text(encoding="utf-8")
    assert text.count(LAST_FIELD) == 1
    models.write_text(text.replace(LAST_FIELD, LAST_FIELD + FURTHER_FIELDS), encoding="utf-8")

    columns = run(SCHEMA, models)

    expected = {
        "node_name": ["string", "web-1"],
        "attempts": ["int64", "3"],
        "is_retry": ["bool", "False"],
        "scheduled_time": ["timestamp[us, tz=UTC]", "2026-03-10 00:00:00+00:00"],
        "labels": ["list<item: string>", "['a', 'b']"],
        "alarm": ["string", "Alarm(name='cpu')"],
    }
    assert {name: columns[name] for name in expected} == expected
