"""Third-party clients of the test server: the AWS CLI and AWS's JavaScript SDK."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from botocore import xform_name

from ssm_mwx import (
    CommandInvocationPage,
    InvocationPage,
    TaskExecution,
    TaskExecutionPage,
    WindowExecution,
    WindowExecutionPage,
    structure,
)
from ssm_mwx.testing import samples, serve
from ssm_mwx.testing.operations import OPERATIONS
from tests.support.clients import plain

pytestmark = pytest.mark.slow

AWS_CLI = os.environ.get("SSM_MWX_AWS_CLI")
JS_SDK = os.environ.get("SSM_MWX_JS_SDK")
NODE = shutil.which("node")

REGION = "us-east-1"
RUN = samples.window_run()
PATCH = RUN.runs[0]
MANY_TASKS = "22222222-2222-3333-4444-555555555555"
UNKNOWN_ID = "11111111-2222-3333-4444-555555555555"

WINDOWS = "DescribeMaintenanceWindowExecutions"
WINDOW = "GetMaintenanceWindowExecution"
TASKS = "DescribeMaintenanceWindowExecutionTasks"
TASK = "GetMaintenanceWindowExecutionTask"
INVOCATIONS = "DescribeMaintenanceWindowExecutionTaskInvocations"
COMMANDS = "ListCommandInvocations"
COMMAND = "GetCommandInvocation"

WINDOW_IDS = {"WindowExecutionId": RUN.window_execution.window_execution_id}
TASK_IDS = {**WINDOW_IDS, "TaskId": RUN.runs[1].task.task_execution_id}
NODE_IDS = {
    "CommandId": PATCH.commands[0].command_id,
    "InstanceId": PATCH.commands[0].instance_id,
}
MEMBERS: dict[str, dict[str, Any]] = {
    WINDOWS: {
        "WindowId": samples.WINDOW_ID,
        "Filters": [{"Key": "ExecutedAfter", "Values": ["2026-03-01T00:00:00Z"]}],
    },
    WINDOW: WINDOW_IDS,
    TASKS: {**WINDOW_IDS, "Filters": [{"Key": "STATUS", "Values": ["FAILED"]}]},
    TASK: TASK_IDS,
    INVOCATIONS: {**TASK_IDS, "Filters": [{"Key": "STATUS", "Values": ["FAILED", "SUCCESS"]}]},
    COMMANDS: {
        "CommandId": PATCH.commands[0].command_id,
        "Details": True,
        "Filters": [{"key": "Status", "value": "Failed"}],
    },
    COMMAND: {**NODE_IDS, "PluginName": "PatchLinux"},
}
"""A request of each operation, with filters."""
MODELS: dict[str, type[Any]] = {
    WINDOWS: WindowExecutionPage,
    WINDOW: WindowExecution,
    TASKS: TaskExecutionPage,
    TASK: TaskExecution,
    INVOCATIONS: InvocationPage,
    COMMANDS: CommandInvocationPage,
}


@attrs.frozen
class Served:
    """A running test server: its address, and the environment that leads to it."""

    url: str
    environment: dict[str, str]

    def answer(self, operation: str, members: dict[str, Any]) -> dict[str, Any]:
        """Return what boto3 gets."""
        ssm = plain(endpoint_url=self.url, region_name=REGION)
        answer: dict[str, Any] = getattr(ssm, xform_name(operation))(**members)
        answer.pop("ResponseMetadata")
        return answer


@attrs.frozen
class Answer:
    """A third-party client's result: a document, or an error code."""

    document: dict[str, Any] = attrs.field(factory=dict[str, Any])
    error: str | None = None


Ask = Callable[[Served, str, dict[str, Any]], Answer]
"""Calls an operation with these members."""


@pytest.fixture(name="served", scope="module")
def _served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve three nights of a window, and a page too many of everything else."""
    with serve() as server:
        store = server.executions
        for night in range(3):
            store.add_window_run(samples.window_run(night), region_name=REGION)
        for _ in range(12):
            store.add_window_execution(window_id=samples.WINDOW_ID, region_name=REGION)
            store.add_task(window_execution_id=MANY_TASKS, region_name=REGION)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path_factory.mktemp("home")),
            "AWS_ENDPOINT_URL_SSM": server.url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
        }
        yield Served(server.url, environment)


def _ask_aws_cli(served: Served, operation: str, members: dict[str, Any]) -> Answer:
    command = xform_name(operation, "-")
    done = subprocess.run(
        [
            *(str(AWS_CLI), "ssm", command, "--output", "json", "--no-paginate"),
            *("--cli-input-json", json.dumps(members)),
        ],
        env=served.environment,
        capture_output=True,
        check=False,
        text=True,
    )
    if done.returncode:
        return Answer(error=done.stderr.partition("(")[2].partition(")")[0])
    return Answer(json.loads(done.stdout))


_SCRIPT = """
const { SSM } = require("@aws-sdk/client-ssm");
const [operation, members] = process.argv.slice(1);
const method = operation[0].toLowerCase() + operation.slice(1);
new SSM({})[method](JSON.parse(members)).then(
  ({ $metadata, ...document }) => console.log(JSON.stringify({ document })),
  (error) => console.log(JSON.stringify({ error: error.name })),
);
"""


def _ask_javascript_sdk(  # pragma: no cover - only where there is a node
    served: Served, operation: str, members: dict[str, Any]
) -> Answer:
    done = subprocess.run(
        [str(NODE), "-e", _SCRIPT, operation, json.dumps(members)],
        env=served.environment | {"NODE_PATH": str(Path(str(JS_SDK)) / "node_modules")},
        capture_output=True,
        check=True,
        text=True,
    )
    return Answer(**json.loads(done.stdout))


@pytest.fixture(
    name="ask",
    params=[
        pytest.param(
            _ask_aws_cli,
            id="AWS CLI",
            marks=pytest.mark.skipif(
                AWS_CLI is None, reason="SSM_MWX_AWS_CLI names no AWS CLI to run"
            ),
        ),
        pytest.param(
            _ask_javascript_sdk,
            id="JavaScript SDK",
            marks=pytest.mark.skipif(
                JS_SDK is None or NODE is None,
                reason="SSM_MWX_JS_SDK names no folder with the SDK, or there is no node",
            ),
        ),
    ],
)
def _ask(request: pytest.FixtureRequest) -> Ask:
    ask: Ask = request.param
    return ask


def test_every_operation_is_asked() -> None:
    """An operation that the fake AWS gains needs a request here."""
    assert set(MEMBERS) == set(OPERATIONS)


@pytest.mark.parametrize("operation", MODELS)
def test_other_client_reads_the_same(ask: Ask, served: Served, operation: str) -> None:
    """The answer of each operation equals the one that boto3 reads."""
    members = MEMBERS[operation]
    answer = ask(served, operation, members)
    expected = served.answer(operation, members)

    assert answer.error is None
    model = MODELS[operation]
    assert structure(answer.document, model) == structure(expected, model)


def test_other_client_reads_the_same_output(ask: Ask, served: Served) -> None:
    """The output of a command on a node equals the one that boto3 reads."""
    answer = ask(served, COMMAND, MEMBERS[COMMAND])

    assert answer.document == served.answer(COMMAND, MEMBERS[COMMAND])


@pytest.mark.parametrize(
    ("operation", "members", "sizes"),
    [
        (WINDOWS, {"WindowId": samples.WINDOW_ID, "MaxResults": 10}, [10, 5]),
        (
            TASKS,
            {"WindowExecutionId": MANY_TASKS, "MaxResults": 10},
            [10, 2],
        ),
        (INVOCATIONS, {**TASK_IDS, "MaxResults": 10}, [10, 2]),
        (COMMANDS, {"CommandId": PATCH.commands[0].command_id, "MaxResults": 50}, [50, 34]),
    ],
)
def test_other_client_follows_tokens(
    ask: Ask, served: Served, operation: str, members: dict[str, Any], sizes: list[int]
) -> None:
    """All pages together equal what boto3 reads."""
    pages = [structure(ask(served, operation, members).document, MODELS[operation])]
    while pages[-1].next_token:
        following = {**members, "NextToken": pages[-1].next_token}
        pages.append(structure(ask(served, operation, following).document, MODELS[operation]))

    assert [len(page) for page in pages] == sizes
    every = {**members, "MaxResults": 50 if operation == COMMANDS else 100}
    first = structure(served.answer(operation, every), MODELS[operation])
    assert [item for page in pages for item in page][: len(first)] == list(first)


@pytest.mark.parametrize(
    ("operation", "members", "error"),
    [
        (WINDOWS, {"WindowId": "mw-" + "x" * 17}, "ValidationException"),
        (WINDOWS, {"WindowId": samples.WINDOW_ID, "NextToken": "AAAA"}, "ValidationException"),
        (WINDOW, {"WindowExecutionId": UNKNOWN_ID}, "DoesNotExistException"),
        (WINDOW, {"WindowExecutionId": "x" * 36}, "ValidationException"),
        (TASKS, {"WindowExecutionId": UNKNOWN_ID}, "DoesNotExistException"),
        (TASKS, {**WINDOW_IDS, "MaxResults": 101}, "ValidationException"),
        (TASK, {**TASK_IDS, "TaskId": UNKNOWN_ID}, "DoesNotExistException"),
        (TASK, {**TASK_IDS, "TaskId": "x" * 36}, "ValidationException"),
        (INVOCATIONS, {**TASK_IDS, "TaskId": UNKNOWN_ID}, "DoesNotExistException"),
        (INVOCATIONS, {**TASK_IDS, "MaxResults": 101}, "ValidationException"),
        (
            INVOCATIONS,
            {**TASK_IDS, "Filters": [{"Key": "STATUS", "Values": ["GONE"]}]},
            "ValidationException",
        ),
        (INVOCATIONS, {**TASK_IDS, "NextToken": "AAAA"}, "ValidationException"),
        (COMMANDS, {"CommandId": UNKNOWN_ID}, "InvalidCommandId"),
        (COMMANDS, {"NextToken": "AAAA"}, "InvalidNextToken"),
        (COMMANDS, {"MaxResults": 51}, "ValidationException"),
        (COMMAND, {**NODE_IDS, "CommandId": UNKNOWN_ID}, "InvalidCommandId"),
        (COMMAND, {**NODE_IDS, "InstanceId": "i-12345678"}, "InvocationDoesNotExist"),
        (COMMAND, {**NODE_IDS, "PluginName": "PatchMars"}, "InvalidPluginName"),
        ("GetConnectionStatus", {"Target": "i-12345678"}, "UnknownOperationException"),
    ],
)
def test_other_client_gets_the_same_errors(
    ask: Ask, served: Served, operation: str, members: dict[str, Any], error: str
) -> None:
    """Errors have AWS's codes."""
    assert ask(served, operation, members).error == error


def test_other_client_sends_wrong_types(ask: Ask, served: Served) -> None:
    """A member of the wrong type is refused by the client, or is a SerializationException."""
    answer = ask(served, TASKS, {**WINDOW_IDS, "MaxResults": "ten"})

    assert answer.document == {}
    assert answer.error in ("SerializationException", "")
