"""Third-party clients of ``ssm-mwx serve``: the AWS CLI and AWS's JavaScript SDK."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from ssm_mwx import MaintenanceWindowClient, TaskIds, structure
from ssm_mwx.models import InvocationPage, TaskExecution
from tests.support.fakes import IDS

AWS_CLI = os.environ.get("SSM_MWX_AWS_CLI")
JS_SDK = os.environ.get("SSM_MWX_JS_SDK")
NODE = shutil.which("node")

TARGETS = 130
PAGE_SIZE = 50


@attrs.frozen
class Served:
    """A running ``ssm-mwx serve``: the environment and the ids that it printed."""

    environment: dict[str, str]
    ids: TaskIds


@attrs.frozen
class Answer:
    """A third-party client's result: a document, or an error code."""

    document: dict[str, Any] = attrs.field(factory=dict[str, Any])
    error: str | None = None


Ask = Callable[[Served, str, dict[str, Any]], Answer]
"""Calls an operation with these members."""


@pytest.fixture(name="served", scope="module")
def _served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Run ``ssm-mwx serve`` in a separate process."""
    environment = {name: value for name, value in os.environ.items() if name[:4] != "AWS_"}
    command = [sys.executable, "-m", "ssm_mwx", "serve", "--targets", str(TARGETS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        exports: dict[str, str] = {}
        while "TASK_EXECUTION_ID" not in exports:
            words = process.stdout.readline().split()
            exports |= dict(
                word.split("=", 1) for word in words if words[0] == "export" and "=" in word
            )
        ids = TaskIds(exports["WINDOW_EXECUTION_ID"], exports["TASK_EXECUTION_ID"])
        home = {"HOME": str(tmp_path_factory.mktemp("home"))}
        yield Served(environment | exports | home, ids)
        process.terminate()


def _ask_aws_cli(served: Served, operation: str, members: dict[str, Any]) -> Answer:
    command = "".join(f"-{char.lower()}" if char.isupper() else char for char in operation)
    done = subprocess.run(
        [
            *(str(AWS_CLI), "ssm", command.removeprefix("-"), "--output", "json", "--no-paginate"),
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


GET = "GetMaintenanceWindowExecutionTask"
DESCRIBE = "DescribeMaintenanceWindowExecutionTaskInvocations"


def _members(ids: tuple[str, str], **others: Any) -> dict[str, Any]:
    return {"WindowExecutionId": ids[0], "TaskId": ids[1], **others}


@pytest.fixture(name="client")
def _client(served: Served) -> Iterator[MaintenanceWindowClient]:
    """Return a client of the library, to compare with."""
    with MaintenanceWindowClient(
        endpoint_url=served.environment["AWS_ENDPOINT_URL_SSM"],
        region_name=served.environment["AWS_REGION"],
    ) as client:
        yield client


def test_other_client_reads_the_same_task(
    ask: Ask, served: Served, client: MaintenanceWindowClient
) -> None:
    """The task equals the one that the library reads."""
    answer = ask(served, GET, _members(served.ids))

    assert structure(answer.document, TaskExecution) == client.get_task_execution(*served.ids)


def test_other_client_reads_the_same_invocations(
    ask: Ask, served: Served, client: MaintenanceWindowClient
) -> None:
    """All pages together equal what the library reads."""
    pages: list[InvocationPage] = []
    token: dict[str, str] = {}
    while not pages or pages[-1].next_token:
        members = _members(served.ids, MaxResults=PAGE_SIZE, **token)
        pages.append(structure(ask(served, DESCRIBE, members).document, InvocationPage))
        token = {"NextToken": str(pages[-1].next_token)}

    assert [len(page) for page in pages] == [50, 50, 30]
    expected = list(client.iter_task_invocations(*served.ids))
    assert [invocation for page in pages for invocation in page] == expected


def test_other_client_filters_alike(
    ask: Ask, served: Served, client: MaintenanceWindowClient
) -> None:
    """A STATUS filter selects the same invocations."""
    members = _members(served.ids, Filters=[{"Key": "STATUS", "Values": ["FAILED"]}])
    page = structure(ask(served, DESCRIBE, members).document, InvocationPage)

    assert list(page) == list(client.iter_task_invocations(*served.ids, statuses="FAILED"))


@pytest.mark.parametrize(
    ("operation", "members", "error"),
    [
        (GET, _members(IDS), "DoesNotExistException"),
        (DESCRIBE, _members(IDS), "DoesNotExistException"),
        (GET, _members(("x" * 36, IDS[1])), "ValidationException"),
        (DESCRIBE, _members(IDS, MaxResults=101), "ValidationException"),
        (
            DESCRIBE,
            _members(IDS, Filters=[{"Key": "STATUS", "Values": ["GONE"]}]),
            "ValidationException",
        ),
    ],
)
def test_other_client_gets_the_same_errors(
    ask: Ask, served: Served, operation: str, members: dict[str, Any], error: str
) -> None:
    """Errors have AWS's codes."""
    assert ask(served, operation, members).error == error


def test_other_client_cannot_use_an_unknown_token(ask: Ask, served: Served) -> None:
    """A token that the server did not issue is refused."""
    assert (
        ask(served, DESCRIBE, _members(served.ids, NextToken="AAAA")).error == "ValidationException"
    )
