"""The columns that all frames and the CSV have in common."""

from __future__ import annotations

import attrs

from ssm_mwx import TaskExecution, TaskInvocation, TaskReport, TaskType
from ssm_mwx.report.columns import columns_of
from tests.support.reports import START, invocation_of, report_of, secret_report

SENSITIVE = ["raw_parameters", "owner_information"]


def names_of(report: TaskReport, *, include_sensitive: bool = False) -> list[str]:
    """Return the names of the columns."""
    return [column.name for column in columns_of(report, include_sensitive=include_sensitive)]


def row_of(report: TaskReport) -> dict[str, object]:
    """Return the only row of a report."""
    return {column.name: column.values[0] for column in columns_of(report)}


def test_columns_begin_with_what_people_look_at() -> None:
    """Instances, status and times come first, ids last."""
    names = names_of(report_of())

    ids = [name for name in names if name.endswith("_id")]
    assert names[:3] == ["instance_ids", "status", "status_details"]
    assert names[-len(ids) :] == ids


def test_columns_have_every_field() -> None:
    """Each field of an invocation is a column; sensitive ones only if asked for."""
    fields = {field.name for field in attrs.fields(TaskInvocation)}

    everything = names_of(report_of(), include_sensitive=True)

    assert fields - set(everything) == set()
    assert [name for name in everything if name not in names_of(report_of())] == SENSITIVE


def test_row_has_fields_and_what_follows_from_them() -> None:
    """A row has the values of the invocation, its duration, document, instances and command."""
    row = row_of(report_of(invocation_of("FAILED", nodes=("i-1", "i-2"), execution_id="c")))

    assert row["instance_ids"] == ("i-1", "i-2")
    assert row["status"] == "FAILED"
    assert row["start_time"] == START
    assert row["duration_seconds"] == 60.0
    assert row["document_name"] == "AWS-RunShellScript"
    assert row["command_id"] == row["execution_id"] == "c"


def test_row_of_an_empty_invocation_has_no_values() -> None:
    """What AWS left out is None, and the instances are none."""
    row = row_of(TaskReport(TaskExecution(), [TaskInvocation()]))

    assert row.pop("instance_ids") == ()
    assert set(row.values()) == {None}


def test_document_is_the_task_s_if_the_invocation_names_none() -> None:
    """The document of a task that runs one is that of its invocations."""
    documents = {
        task_type: row_of(
            report_of(TaskInvocation(task_type=task_type), task_arn="D", type=task_type)
        )["document_name"]
        for task_type in TaskType
    }

    assert documents == {
        TaskType.RUN_COMMAND: "D",
        TaskType.AUTOMATION: "D",
        TaskType.LAMBDA: None,
        TaskType.STEP_FUNCTIONS: None,
    }


def test_sensitive_values_are_whole_if_asked_for() -> None:
    """Asked for, a sensitive column has the values as AWS sent them."""
    report = secret_report()

    columns = {each.name: each.values for each in columns_of(report, include_sensitive=True)}

    assert columns["raw_parameters"] == [report.invocations[0].raw_parameters]
