"""Every example of the pages in `docs`, run against the fake AWS; a page is one test.

All blocks of a page share a namespace. The page starts in an empty folder that holds the patch run
named by `ids` as the AWS CLI saves it. Its namespace has two functions of the reader's own:
`handle` and `save`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any
from unittest import mock

import attrs
import pytest
from botocore.client import BaseClient
from botocore.endpoint import Endpoint
from sybil import Document, Sybil

from ssm_mwx import MaintenanceWindowClient, TaskIds, WindowExecution, unstructure
from ssm_mwx.testing import ExecutionStore, samples, serve
from tests.support.clients import plain
from tests.support.examples import parsers

DOCS = Path(__file__).parent.parent / "docs"
REGION = "eu-west-1"
SLOW = {"fleet.md", "how-to.md", "report.md", "testing.md", "tutorial.md", "usage.md"}
MORE = {
    "fleet.md": "fleet",
    "index.md": "window",
    "how-to.md": "how_to",
    "observability.md": "patched",
    "report.md": "by_tag",
}
"""Pages with more names, and the fixture that returns these."""


def parsed(page: Path) -> Document:
    """Return a page with its examples."""
    return Sybil(parsers(), path=str(DOCS)).parse(page)


PAGES = [page for page in sorted(DOCS.glob("*.md")) if list(parsed(page).examples())]


@pytest.fixture(name="namespace")
def _namespace(
    maintenance_window_executions: ExecutionStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> dict[str, Any]:
    """Store a patch run, save it as files, and define the names that the pages use."""
    monkeypatch.chdir(tmp_path)
    run = samples.patch_run()
    task = maintenance_window_executions.add_run(*run)
    _save(run)
    return {
        "executions": maintenance_window_executions,
        "ids": task.task_ids,
        **task.task_ids._asdict(),
        "handle": mock.Mock(name="handle"),
        "save": mock.Mock(name="save"),
    }


def _save(run: samples.Run) -> None:
    """Write a task and its invocations as the AWS CLI prints them."""
    answer = {"WindowExecutionTaskInvocationIdentities": list(map(unstructure, run.invocations))}
    Path("task.json").write_text(json.dumps(unstructure(run.task)), encoding="utf-8")
    Path("invocations.json").write_text(json.dumps(answer), encoding="utf-8")


@pytest.fixture(name="window")
def _window(maintenance_window_executions: ExecutionStore) -> dict[str, Any]:
    """Store a run of a window."""
    maintenance_window_executions.add_window_run(samples.window_run(seed=1))
    return {"window_id": samples.WINDOW_ID}


@pytest.fixture(name="by_tag")
def _by_tag(maintenance_window_executions: ExecutionStore) -> dict[str, Any]:
    """Store a patch run by tag, and save it as files instead of the other one."""
    run = samples.tag_run()
    ids = maintenance_window_executions.add_run(*run).task_ids
    _save(run)
    for number, invocation in enumerate(run.invocations):
        nodes = [
            unstructure(attrs.evolve(node, command_plugins=()))
            for node in run.commands
            if node.command_id == invocation.command_id
        ]
        text = json.dumps({"CommandInvocations": nodes})
        Path(f"command-{number}.json").write_text(text, encoding="utf-8")
    return {"ids": ids, **ids._asdict()}


@pytest.fixture(name="patched")
def _patched(monkeypatch: pytest.MonkeyPatch, by_tag: dict[str, Any]) -> Generator[dict[str, Any]]:
    """Undo after the page what X-Ray's SDK patches in botocore, and close its socket."""
    from aws_xray_sdk.core import patcher, xray_recorder  # opens the socket

    monkeypatch.setattr(patcher, "_PATCHED_MODULES", set[str]())
    for patched, name in ((BaseClient, "_make_api_call"), (Endpoint, "prepare_request")):
        monkeypatch.setattr(patched, name, vars(patched)[name])
    yield by_tag
    emitter: Any = xray_recorder.emitter
    emitter._socket.close()


@pytest.fixture(name="how_to")
def _how_to(
    maintenance_window_executions: ExecutionStore,
    window: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> dict[str, Any]:
    """Store last night's run and others; make a bucket, a topic and a mail address."""
    executions = maintenance_window_executions
    monkeypatch.setenv("REPORT_BUCKET", "patch-reports")
    place = {"LocationConstraint": REGION}
    plain("s3").create_bucket(Bucket="patch-reports", CreateBucketConfiguration=place)
    monkeypatch.setenv("ALERT_TOPIC", plain("sns").create_topic(Name="alerts")["TopicArn"])
    plain("ses").verify_email_identity(EmailAddress="patching@example.com")
    return {
        **window,
        "ids": _add_run_of_last_night(executions),
        "by_ids": executions.add_run(*samples.instance_run()).task_ids,
        "by_one_id": executions.add_run(*samples.patch_run(seed=100)).task_ids,
        "never_sent": executions.add_run(*_never_sent()).task_ids,
        "twenty_ids": [
            executions.add_run(*samples.patch_run(targets=30, seed=seed)).task_ids
            for seed in range(1, 21)
        ],
    }


@pytest.fixture(name="fleet")
def _fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[dict[str, Any]]:
    """Serve a window in each scope of the page, write its profiles and its module."""
    text = (DOCS / "fleet.md").read_text(encoding="utf-8")
    for document in re.findall(r"^```json\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        json.loads(document)
    (profiles,) = re.findall(r"^```ini\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    hub = "[profile hub]\naws_access_key_id = key\naws_secret_access_key = made-up\n"
    (tmp_path / "config").write_text(hub + profiles, encoding="utf-8")
    parts = re.findall(r"^```python\n(# fleet.py\n.*?)^```", text, re.DOTALL | re.MULTILINE)
    (tmp_path / "fleet.py").write_text("\n".join(parts), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)  # pyright: ignore[reportUnknownMemberType]
    monkeypatch.setenv("BUCKET", "patch-reports")
    with serve() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        place = {"LocationConstraint": REGION}
        plain("s3").create_bucket(Bucket="patch-reports", CreateBucketConfiguration=place)
        accounts = re.findall(r"^\[profile (\d+)]", profiles, re.MULTILINE)
        for seed, (account, region) in enumerate(product(accounts, (REGION, "us-east-1"))):
            _add_window(server.executions, account, region, seed)
        server.executions.fail_next(
            "AccessDeniedException", account_id=accounts[-1], region_name="us-east-1"
        )
        yield {}
    sys.modules.pop("fleet", None)


def _add_window(executions: ExecutionStore, account: str, region: str, seed: int) -> None:
    """Create a window with an older run, the newest one, and one that was skipped after it."""
    ssm = MaintenanceWindowClient(profile_name=account, region_name=region).boto_client
    settings = {"Name": "patch", "Schedule": "rate(1 day)", "Duration": 3, "Cutoff": 1}
    window_id = ssm.create_maintenance_window(**settings, AllowUnassociatedTargets=False)[
        "WindowId"
    ]
    where: dict[str, Any] = {"account_id": account, "region_name": region}
    for day, status in ((9, "SUCCESS"), (11, "SKIPPED_OVERLAPPING")):
        start = datetime(2026, 3, day, tzinfo=UTC)
        executions.add_window_execution(
            window_id=window_id, status=status, start_time=start, **where
        )
    run = samples.WindowRun(
        WindowExecution(window_id=window_id), (samples.tag_run(nodes=20, seed=seed),)
    )
    executions.add_window_run(run, **where)


def _add_run_of_last_night(executions: ExecutionStore) -> TaskIds:
    """Store a run of ten hours ago, and return the ids of its task by tag."""
    now = datetime.now(UTC)
    moments = [now - timedelta(hours=10)]
    run = samples.window_run()
    executions.add_window_run(run, over=timedelta(hours=3), clock=lambda: moments[-1])
    moments.append(now)
    return run.runs[0].task.task_ids


def _never_sent() -> samples.Run:
    """Return a run whose only command was not sent."""
    task, invocations, _ = samples.patch_run(targets=1)
    state: dict[str, Any] = {"execution_id": "", "status": "FAILED", "status_details": "NotSent"}
    return samples.Run(task, tuple(attrs.evolve(each, **state) for each in invocations))


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, marks=pytest.mark.slow if page.name in SLOW else (), id=page.name)
        for page in PAGES
    ],
)
def test_page_examples_run(
    page: Path, namespace: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    """The examples of a page run in order, and print what the page shows."""
    if more := MORE.get(page.name):
        namespace |= request.getfixturevalue(more)
    document = parsed(page)
    document.namespace.update(namespace)

    with _closing_what_is_left(document.namespace):
        for example in document.examples():
            example.evaluate()


@contextmanager
def _closing_what_is_left(namespace: dict[str, Any]) -> Generator[None]:
    """Close what a page opens, also if one of its examples fails: a server would run on."""
    try:
        yield
    finally:
        for value in namespace.values():
            if isinstance(value, ExitStack):
                value.close()
