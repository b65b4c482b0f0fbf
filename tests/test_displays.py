"""The HTML display of one model in a notebook."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import timedelta
from typing import Any, cast
from unittest.mock import Mock

import attrs
import pytest

from ssm_mwx import (
    Alarm,
    AlarmConfiguration,
    AlarmStateInformation,
    CommandInvocation,
    CommandPlugin,
    ExecutionStatus,
    ExternalAlarmState,
    TaskExecution,
    TaskInvocation,
    TaskReport,
    WindowExecution,
    displays,
    texts,
)
from ssm_mwx.report import NodeOutcome, nodes
from ssm_mwx.testing import samples
from tests.support.fakes import SECRET
from tests.support.reports import (
    ODD_TEXTS,
    SCRIPT,
    START,
    hostile_report,
    secret_report,
    tag_report,
)


def html_of(shown: object) -> str:
    """Return what a notebook shows."""
    html: str = cast("Any", shown)._repr_html_()
    return html


def rows_of(shown: object) -> dict[str, str]:
    """Return the texts of a display's rows, by name."""
    rows = ET.fromstring(html_of(shown)).findall("tbody/tr")
    cells = [["".join(cell.itertext()) for cell in row] for row in rows]
    return {row[0]: row[1] for row in cells}


def test_display_has_what_is_set() -> None:
    """A display has a row for each field that AWS sent, and how long it took."""
    run = WindowExecution(
        window_execution_id="w-1",
        status=ExecutionStatus.TIMED_OUT,
        status_details="",
        start_time=START,
        end_time=START + timedelta(minutes=5),
    )

    assert rows_of(run) == {
        "window_execution_id": "w-1",
        "status": "■ TIMED_OUT",
        "start_time": "2026-03-10 02:00:00 UTC",
        "end_time": "2026-03-10 02:05:00 UTC",
        "duration": "5 min 00 s",
    }
    assert texts.colour_of(run.status) in html_of(run)


def test_display_of_a_node_has_its_own_state() -> None:
    """A node is shown with its own status and times, not with those of its command."""
    report = tag_report(4, 2, details=True)
    assert report.nodes is not None
    failed, succeeded, *_ = report.nodes

    assert rows_of(failed) == {
        "instance_id": failed.instance_id,
        "name": "web-0",
        "status": "■ FAILED",
        "status_details": "Failed",
        "command_id": "command-1",
        "start_time": "2026-03-10 02:00:00 UTC",
        "end_time": "2026-03-10 02:01:00 UTC",
        "duration": "1 min 00 s",
    }
    assert rows_of(succeeded)["status"] == "■ SUCCESS"
    assert [item.status for item in report.invocations] == ["SUCCESS", "FAILED"]


def test_display_of_a_command_has_its_status_and_colour() -> None:
    """Run Command's status is written in its own word, in the colour of the same state."""
    command = samples.tag_run(4).commands[0]

    assert rows_of(command)["status"] == f"■ {command.status}"
    assert texts.colour_of(command.execution_status) in html_of(command)


def test_display_has_nested_models_as_tables() -> None:
    """The steps of a command, and the alarms of a task, are tables within the table."""
    command, *_ = tag_report(4, 2, details=True).commands or [CommandInvocation()]
    task = TaskExecution(
        alarm_configuration=AlarmConfiguration((Alarm("cpu"), Alarm("disk"))),
        triggered_alarms=(AlarmStateInformation("cpu", ExternalAlarmState.ALARM),),
    )

    plugin, *_ = command.command_plugins or [CommandPlugin()]
    assert html_of(plugin) in html_of(command)
    assert rows_of(plugin) == {
        "name": "PatchLinux",
        "status": "■ Failed",
        "response_start_date_time": "2026-03-10 02:00:00 UTC",
        "response_finish_date_time": "2026-03-10 02:01:00 UTC",
        "output": "<sensitive>",
        "duration": "1 min 00 s",
    }
    assert html_of(task).count("<table") == 5
    assert rows_of(AlarmStateInformation("cpu", ExternalAlarmState.ALARM)) == {
        "name": "cpu",
        "state": "ALARM",
    }
    assert rows_of(WindowExecution(task_execution_ids=("a", "b"))) == {
        "task_execution_ids": '["a", "b"]'
    }


@pytest.mark.parametrize(
    "model", [TaskExecution(), TaskInvocation(), CommandInvocation(), NodeOutcome("")]
)
def test_display_of_nothing_is_empty(model: object) -> None:
    """A model without any member is an empty table."""
    assert rows_of(model) == {}
    assert html_of(model).endswith("<tbody></tbody></table>")


def test_display_has_no_secret() -> None:
    """A sensitive value is a placeholder."""
    report = secret_report()
    command = tag_report(4, 2, details=True).commands
    assert command is not None

    for model in (report.task, report.invocations[0], command[0]):
        assert SECRET not in html_of(model)
        assert "<sensitive>" in rows_of(model).values()


def test_display_escapes_everything() -> None:
    """No text of AWS's becomes markup."""
    report = hostile_report()
    nodes_known = TaskReport(report.task, report.invocations, []).nodes

    for model in (report.task, *report.invocations, *(nodes_known or ())):
        assert SCRIPT not in html_of(model)
        assert "&lt;script&gt;" in html_of(model)


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
def test_display_is_short(text: str) -> None:
    """A long text is cut."""
    task = TaskExecution(task_arn=text, status=ExecutionStatus(text), service_role=text)

    assert len(rows_of(task)["task_arn"]) <= 251
    assert len(html_of(task)) < 5000


@pytest.mark.parametrize("name", ["start_time", "end_time"])
def test_duration_is_redacted_with_its_times(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """If a time is marked as sensitive, so is the duration."""
    report = tag_report(4, 2, details=True)
    for module in (displays, nodes):
        monkeypatch.setattr(module, "sensitive_fields", Mock(return_value=frozenset({name})))

    for model in (*report.invocations, *(report.nodes or ())):
        assert rows_of(model)["duration"] == "<sensitive>"


def test_display_is_no_field() -> None:
    """Models that show themselves still have slots, and are equal and hashed as before."""
    invocation = TaskInvocation(status=ExecutionStatus.FAILED)

    assert not hasattr(invocation, "__dict__")
    assert attrs.evolve(invocation) == invocation
