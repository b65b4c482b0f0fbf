"""AWS's documented answers as models, and back."""

from __future__ import annotations

import pytest

from ssm_mwx import (
    InvocationPage,
    RunCommandParameters,
    TaskExecution,
    structure,
    unstructure,
)
from tests.support.fakes import payload
from tests.support.models import (
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
