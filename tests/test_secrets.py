"""No sensitive value is shown unless asked for.

Every sensitive member of a task and its invocations holds one secret. The tests look for it in all
that the package shows.
"""

from __future__ import annotations

import copy
import io
import json
import logging
import pickle
import pprint
import reprlib
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from rich.console import Console
from rich.pretty import pretty_repr

from ssm_mwx import (
    InvocationPage,
    ResponseError,
    TaskExecution,
    TaskFailedError,
    TaskInvocation,
    TaskType,
    WaitTimeoutError,
    structure,
    unstructure,
)
from tests.conftest import ClientMaker
from tests.support.clients import built, existing
from tests.support.fakes import IDS, SECRET
from tests.support.servers import Answer, answering

DOCUMENTS: dict[TaskType | None, Any] = {
    TaskType.RUN_COMMAND: {
        "documentName": "AWS-RunShellScript",
        "instanceIds": ["i-1"],
        "targets": [{"key": "tag:Role", "targetValues": [SECRET]}, {SECRET: SECRET}],
        "comment": SECRET,
        "parameters": {"commands": [SECRET]},
        "outputS3BucketName": SECRET,
        "outputS3KeyPrefix": SECRET,
        "serviceRoleArn": SECRET,
        "documentHash": SECRET,
        "documentHashType": SECRET,
        "notificationConfig": {SECRET: SECRET},
        "cloudWatchOutputConfig": {SECRET: SECRET},
        "timeoutSeconds": SECRET,
        SECRET: SECRET,
    },
    TaskType.AUTOMATION: {"parameters": {"Message": [SECRET]}, SECRET: SECRET},
    TaskType.LAMBDA: {"payload": SECRET, "clientContext": SECRET, "qualifier": SECRET},
    TaskType.STEP_FUNCTIONS: {"input": SECRET, "name": SECRET},
    TaskType("NEW_TYPE"): {"anything": SECRET},
    None: [SECRET],
}
TASK_JSON = {"TaskParameters": [{"commands": {"Values": [SECRET]}}], "Status": "FAILED"}
TASK = structure(TASK_JSON, TaskExecution)
INVOCATIONS = tuple(
    TaskInvocation(task_type=task_type, raw_parameters=text, owner_information=SECRET)
    for task_type, document in DOCUMENTS.items()
    for text in (json.dumps(document), f'{{"truncated": "{SECRET}')
)
PARAMETERS = [invocation.parameters for invocation in INVOCATIONS]
HOLDERS: list[Any] = [TASK, *INVOCATIONS, InvocationPage(INVOCATIONS), *PARAMETERS]


def _rich(shown: object) -> str:
    console = Console(file=io.StringIO(), width=200)
    console.print(shown)
    console.print([shown])
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


CHANNELS: dict[str, Callable[[Any], str]] = {
    "repr": repr,
    "str": str,
    "format": "{}".format,
    "percent": lambda shown: f"{shown!s} {shown!r} {shown!a}",
    "pprint": pprint.pformat,
    "pprint, narrow": lambda shown: pprint.pformat({"held": [shown]}, width=20),
    "reprlib": reprlib.repr,
    "rich": _rich,
    "rich, pretty": lambda shown: pretty_repr(shown, expand_all=True),
    "copied": lambda shown: repr(copy.deepcopy(shown)),
    "pickled": lambda shown: repr(pickle.loads(pickle.dumps(shown))),
    "json": lambda shown: json.dumps(shown, default=repr),
    "log": lambda shown: logging.makeLogRecord({"msg": "%s", "args": (shown,)}).getMessage(),
    "wait timeout": lambda shown: repr(WaitTimeoutError("out of time", shown)),
    "task failed": lambda shown: "".join(
        traceback.format_exception(TaskFailedError("failed", shown))
    ),
}


@pytest.mark.parametrize("show", CHANNELS.values(), ids=CHANNELS)
def test_channel_shows_no_secret(show: Callable[[Any], str]) -> None:
    """No way of showing a model, page or parameters shows a sensitive value."""
    for holder in HOLDERS:
        shown = show(holder)
        assert SECRET not in shown
        assert shown


def test_repr_has_a_placeholder_for_each_sensitive_value() -> None:
    """A sensitive value is shown as ``<sensitive>``, and an absent one as None."""
    assert "task_parameters=<sensitive>" in repr(TASK)
    assert "raw_parameters=<sensitive>" in repr(INVOCATIONS[0])
    assert "owner_information=<sensitive>" in repr(INVOCATIONS[0])
    assert "task_parameters=None" in repr(TaskExecution())
    assert "raw_parameters=None" in repr(TaskInvocation())


def test_repr_shows_what_is_not_sensitive() -> None:
    """Document and parameter names, instance ids and target keys are shown."""
    shown = repr(INVOCATIONS[0].parameters)
    for plain in ("AWS-RunShellScript", "i-1", "tag:Role", "commands"):
        assert plain in shown


def test_unstructure_redacts_on_request() -> None:
    """With `redact_sensitive` the data has placeholders, and the same members."""
    page = InvocationPage(INVOCATIONS)
    for model in (TASK, INVOCATIONS[0], page):
        plain, redacted = unstructure(model), unstructure(model, redact_sensitive=True)
        assert SECRET in json.dumps(plain)
        assert SECRET not in json.dumps(redacted)
        assert plain.keys() == redacted.keys()


WRONG: list[Any] = [
    {"TaskParameters": SECRET},
    {"TaskParameters": [SECRET]},
    {"TaskParameters": [{"Name": SECRET}]},
    {"TaskParameters": [{"Name": {"Values": [{SECRET: SECRET}]}}]},
    {"StartTime": SECRET},
    {"Priority": SECRET},
    {"AlarmConfiguration": SECRET},
    {"AlarmConfiguration": {"Alarms": [{"Name": [SECRET]}]}},
    {"TriggeredAlarms": [{"State": {SECRET: SECRET}}]},
    {SECRET: SECRET},
    SECRET,
    [SECRET],
]


def _all_of(error: BaseException) -> str:
    """Return all that a log may show of an error: text, fields, notes, cause and context."""
    shown = traceback.format_exception(error)
    return "".join(shown) + repr((error, error.args, vars(error)))


# botocore's parser turns this text into a list of its letters, so that it is no error there.
NOT_SEEN_BEHIND_BOTOCORE: Any = {"TaskParameters": [{"Name": {"Values": SECRET}}]}


@pytest.mark.parametrize("document", [*WRONG, NOT_SEEN_BEHIND_BOTOCORE], ids=str)
def test_error_of_structure_holds_no_secret(document: Any) -> None:
    """The error names a path, and does not chain cattrs' errors, which hold values."""
    with pytest.raises(ResponseError) as caught:
        structure(document, TaskExecution)
    error = caught.value
    assert (error.__cause__, error.__context__) == (None, None)
    assert SECRET not in _all_of(error)


@pytest.mark.slow
@pytest.mark.parametrize("document", WRONG, ids=str)
@pytest.mark.parametrize("cut", [None, -1], ids=["whole", "truncated"])
def test_error_of_a_call_holds_no_secret(
    document: Any, cut: int | None, make_client: ClientMaker
) -> None:
    """The error of a call holds no secret on either decode path."""
    body = json.dumps(document).encode()[:cut]
    with (
        answering(Answer(body)) as server,
        make_client(server.url) as client,
        pytest.raises(ResponseError) as caught,
    ):
        client.get_task_execution(*IDS)
    error = caught.value
    assert (error.__cause__, error.__context__) == (None, None)
    assert SECRET not in _all_of(error)
    assert SECRET not in _all_of(pickle.loads(pickle.dumps(error)))


BODY = json.dumps(
    {
        "WindowExecutionTaskInvocationIdentities": [
            {"Parameters": SECRET, "OwnerInformation": SECRET, "Status": "FAILED"}
        ]
    }
).encode()


@pytest.fixture(name="whole_log")
def _whole_log(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """Return all that is logged, by botocore and urllib3 too."""
    caplog.set_level(logging.DEBUG)
    return lambda: caplog.text + repr([record.args for record in caplog.records])


@pytest.mark.parametrize("body", [BODY, BODY[:-1], BODY[1:]], ids=["good", "cut", "no JSON"])
def test_log_of_a_built_client_holds_no_secret(body: bytes, whole_log: Callable[[], str]) -> None:
    """botocore's debug log shows the call of a client built here, but not the answer."""
    with answering(Answer(body)) as server, built(server.url) as client:
        try:
            client.describe_task_invocations(*IDS)
        except ResponseError:
            assert body != BODY
    assert "Response body" in whole_log()
    assert SECRET not in whole_log()


def test_log_of_an_existing_client_is_botocore_s(whole_log: Callable[[], str]) -> None:
    """An existing client is not altered, so botocore's debug log shows the answer."""
    with answering(Answer(BODY)) as server, existing(server.url) as client:
        client.describe_task_invocations(*IDS)
    assert SECRET in whole_log()
