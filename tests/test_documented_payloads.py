"""AWS's documented answers and botocore's service model, against the models."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest

from ssm_mwx import (
    Alarm,
    AlarmStateInformation,
    ExternalAlarmState,
    InvocationPage,
    RunCommandParameters,
    TaskExecution,
    structure,
    unstructure,
)
from tests.support.fakes import payload
from tests.support.models import (
    FULL_INVOCATION,
    FULL_PAGE,
    FULL_TASK,
    INVOCATION_OF_API_REFERENCE,
    INVOCATION_OF_CLI,
    TASK_OF_API_REFERENCE,
    TASK_OF_CLI,
)

DOCUMENTED: list[tuple[str, TaskExecution | InvocationPage]] = [
    ("get_task_api_reference.json", TASK_OF_API_REFERENCE),
    ("get_task_cli.json", TASK_OF_CLI),
    ("describe_invocations_api_reference.json", InvocationPage((INVOCATION_OF_API_REFERENCE,))),
    ("describe_invocations_cli.json", InvocationPage((INVOCATION_OF_CLI,))),
]


@pytest.mark.parametrize(("name", "model"), DOCUMENTED, ids=[name for name, _ in DOCUMENTED])
def test_documented_answer_round_trips(name: str, model: TaskExecution | InvocationPage) -> None:
    """AWS's documented answers become models, and those become the same answers."""
    result = structure(payload(name), type(model))

    assert result == model
    assert structure(unstructure(result), type(model)) == result
    assert payload(name).keys() == unstructure(result).keys()


def test_documented_parameters_are_read_completely() -> None:
    """The documented `Parameters` are read completely, with and without a TaskType."""
    assert (
        RunCommandParameters(
            document_name="AWS-ApplyPatchBaseline",
            instance_ids=("i-00ec29b21eEXAMPLE", "i-09911ddd90EXAMPLE"),
            comment="",
            max_concurrency="1",
            max_errors="1",
            parameters={"SnapshotId": ("",), "Operation": ("Install",)},
            timeout_seconds=600,
        )
        == INVOCATION_OF_API_REFERENCE.parameters
    )
    assert (
        RunCommandParameters(
            document_name="AWS-RunShellScript",
            instance_ids=("i-0000293ffd8c57862",),
            max_concurrency="1",
            max_errors="1",
            parameters={"commands": ("df",)},
        )
        == INVOCATION_OF_CLI.parameters
    )


# Of the service model's members, those that a model of ours stands for.
SHAPES: list[tuple[Any, str]] = [
    (FULL_TASK, "GetMaintenanceWindowExecutionTaskResult"),
    (FULL_INVOCATION, "MaintenanceWindowExecutionTaskInvocationIdentity"),
    (FULL_PAGE, "DescribeMaintenanceWindowExecutionTaskInvocationsResult"),
    (FULL_TASK.alarm_configuration, "AlarmConfiguration"),
    (Alarm("alarm-1"), "Alarm"),
    (AlarmStateInformation("alarm-1", ExternalAlarmState.ALARM), "AlarmStateInformation"),
]


@pytest.mark.parametrize(("model", "name"), SHAPES, ids=[name for _, name in SHAPES])
def test_model_has_every_member_of_the_service_model(model: object, name: str) -> None:
    """Every member of the service model has a field, sensitive where AWS marks it."""
    shape: Any = botocore.session.get_session().get_service_model("ssm").shape_for(name)

    shown = unstructure(model, redact_sensitive=True)

    assert set(shape.members) == set(shown)
    assert {
        member for member, inner in shape.members.items() if inner.metadata.get("sensitive")
    } == {member for member, value in shown.items() if value == "<sensitive>"}
