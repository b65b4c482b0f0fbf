"""What redacted data keeps of ``Parameters``: all that a report shows, and nothing sensitive."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssm_mwx import (
    RunCommandParameters,
    TaskExecution,
    TaskInvocation,
    TaskReport,
    TaskType,
    UnrecognizedParameters,
    load_task_invocations,
    structure,
    unstructure,
)
from ssm_mwx.testing import samples
from tests.support.fakes import SECRET
from tests.support.strategies import parameters_texts, task_types

RUNS: list[Callable[[], samples.Run]] = [
    samples.tag_run,
    samples.instance_run,
    samples.patch_run,
    samples.automation_run,
    samples.lambda_run,
    samples.step_functions_run,
]
_IDS = st.lists(st.sampled_from(["i-1", "mi-2", "i-0123456789abcdef0"]), max_size=3)
_TARGETS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "key": st.sampled_from(["InstanceIds", "instanceids", "tag:Role"]),
            "values": _IDS,
            "targetValues": _IDS | st.none(),
        },
    ),
    max_size=3,
)
run_command_texts = st.dictionaries(
    st.sampled_from(
        ["documentName", "instanceIds", "InstanceIds", "INSTANCEIDS", "targets", "parameters"]
    ),
    _IDS | _TARGETS | st.dictionaries(st.just("Id"), _IDS) | st.just("AWS-RunShellScript"),
).map(json.dumps)
ITEMS = "WindowExecutionTaskInvocationIdentities"


def redacted(invocation: TaskInvocation) -> TaskInvocation:
    """Return an invocation as it is after redaction."""
    return structure(unstructure(invocation, redact_sensitive=True), TaskInvocation)


def kept(members: dict[str, Any], task_type: TaskType) -> dict[str, Any]:
    """Return what redaction keeps of the members of ``Parameters``."""
    invocation = TaskInvocation(task_type=task_type, raw_parameters=json.dumps(members))
    text = unstructure(invocation, redact_sensitive=True)["Parameters"]
    found: dict[str, Any] = json.loads(text)
    return found


def test_run_command_keeps_document_nodes_and_limits() -> None:
    """Document, nodes, keys of targets and limits are kept; every other member is left out."""
    plain = {
        "documentName": "AWS-RunShellScript",
        "documentVersion": "$LATEST",
        "instanceIds": ["i-1", "mi-2"],
        "maxConcurrency": "10%",
        "maxErrors": "",
        "timeoutSeconds": 0,
    }
    sensitive = {
        "parameters": {"commands": [SECRET]},
        "comment": SECRET,
        "outputS3BucketName": SECRET,
        "notificationConfig": {"notificationArn": SECRET},
        "whatever": {"else": SECRET},
    }
    targets = [
        {"key": "tag:Role", "targetValues": [SECRET]},
        {"key": "InstanceIds", "values": ["i-3"], "other": SECRET},
        {"key": {"unknown": SECRET}},
        {"Key": "InstanceIds", "Values": SECRET},
    ]

    assert kept(plain | sensitive | {"targets": targets}, TaskType.RUN_COMMAND) == plain | {
        "targets": [
            {"key": "tag:Role"},
            {"key": "InstanceIds", "values": ["i-3"]},
            {},
            {"Key": "InstanceIds"},
        ]
    }


def test_ids_in_another_spelling_are_kept() -> None:
    """Ids that stand under another spelling of the member are kept with the others."""
    members = {"InstanceIDs": ["i-1"], "instanceIds": ["i-2"], "documentName": "D"}
    invocation = TaskInvocation(task_type=TaskType.RUN_COMMAND, raw_parameters=json.dumps(members))

    assert redacted(invocation).instance_ids == invocation.instance_ids == ("i-1", "i-2")


def test_automation_keeps_nodes_only() -> None:
    """Of a runbook's parameters, values in the form of a node's id are kept."""
    node = "i-0123456789abcdef0"
    members = {
        "documentVersion": "3",
        "parameters": {"InstanceId": [node, SECRET], "Password": [SECRET]},
        "other": [SECRET],
    }

    assert kept(members, TaskType.AUTOMATION) == {
        "documentVersion": "3",
        "parameters": {"InstanceId": [node]},
    }


@pytest.mark.parametrize("task_type", [TaskType.LAMBDA, TaskType.STEP_FUNCTIONS])
def test_payload_and_input_are_left_out(task_type: TaskType) -> None:
    """Nothing that a function or a state machine is sent is kept."""
    members = {"payload": SECRET, "input": SECRET, "qualifier": SECRET, "name": SECRET}

    assert kept(members, task_type) == {}


@pytest.mark.parametrize("text", [f"not JSON: {SECRET}", f'["{SECRET}"]', ""])
def test_text_of_unknown_form_is_replaced(text: str) -> None:
    """Where no member is known, the whole text is the placeholder, which reads as None."""
    invocation = TaskInvocation(task_type=TaskType.RUN_COMMAND, raw_parameters=text)

    assert unstructure(invocation, redact_sensitive=True)["Parameters"] == "<sensitive>"
    assert redacted(invocation).raw_parameters is None


def test_replaced_members_read_as_none() -> None:
    """`structure` reads what redaction wrote; what was replaced is None."""
    task = TaskExecution("a", task_parameters=({"password": (SECRET,)},))
    invocation = TaskInvocation(invocation_id="b", owner_information=SECRET)

    data = unstructure(task, redact_sensitive=True)
    assert structure(data, TaskExecution) == TaskExecution("a")
    assert redacted(invocation) == TaskInvocation(invocation_id="b")


@given(text=parameters_texts | run_command_texts, task_type=task_types)
def test_any_text_names_the_same_after_redaction(text: str, task_type: TaskType | None) -> None:
    """The class, the document, the nodes and the command are those of the whole text."""
    before = TaskInvocation(task_type=task_type, raw_parameters=text, execution_id="command")
    after = redacted(before)

    assert after.instance_ids == before.instance_ids
    assert after.command_id == before.command_id
    if isinstance(before.parameters, UnrecognizedParameters):
        assert after.parameters is None
    else:
        assert type(after.parameters) is type(before.parameters)
    if isinstance(before.parameters, RunCommandParameters):
        assert isinstance(after.parameters, RunCommandParameters)
        assert after.parameters.document_name == before.parameters.document_name
        assert after.parameters.target_keys == before.parameters.target_keys
    assert redacted(after) == after


@pytest.mark.parametrize("sample", RUNS, ids=lambda sample: sample.__name__)
@pytest.mark.parametrize("nodes", [False, True], ids=["invocations", "nodes"])
def test_report_of_redacted_data_is_that_of_the_answer(
    sample: Callable[[], samples.Run], nodes: bool, tmp_path: Path
) -> None:
    """A file of redacted data loads, and reports and explodes as the live answer does."""
    task, invocations, commands = sample()
    items = [unstructure(each, redact_sensitive=True) for each in invocations]
    file = tmp_path / "invocations.json"
    file.write_text(json.dumps({ITEMS: items}))
    known = commands if nodes else None

    live = TaskReport(task, invocations, known)
    saved = TaskReport(task, load_task_invocations(file), known, fetched_at=live.fetched_at)

    assert saved.to_dicts(explode_instances=True) == live.to_dicts(explode_instances=True)
    assert saved.to_dicts() == live.to_dicts()
    assert saved.to_html(timeline=False) == live.to_html(timeline=False)
