"""Any answer is read or refused with an error of the package, and no text is lost.

The default run is short and repeatable; ``SSM_MWX_FUZZ_EXAMPLES=100000 pytest tests/test_fuzz.py``
makes a long one with new examples each time.
"""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssm_mwx import (
    InvocationPage,
    MaintenanceWindowClient,
    RunCommandParameters,
    SsmMwxError,
    TaskExecution,
    TaskInvocation,
    TaskType,
    UnrecognizedParameters,
    structure,
    unstructure,
)
from tests.support.fakes import IDS, FakeSsmClient

pytestmark = pytest.mark.slow

ASKED = os.environ.get("SSM_MWX_FUZZ_EXAMPLES")
fuzzed = settings(max_examples=int(ASKED or 300), derandomize=ASKED is None, deadline=None)

NAMES: list[str] = [
    "documentName",
    "DocumentName",
    "documentVersion",
    "instanceIds",
    "INSTANCEIDS",
    "targets",
    "targetValues",
    "key",
    "parameters",
    "timeoutSeconds",
    "payload",
    "input",
    "name",
    "comment",
]
MEMBERS: list[str] = [
    "ResponseMetadata",
    "HTTPHeaders",
    "WindowExecutionId",
    "TaskExecutionId",
    "InvocationId",
    "ExecutionId",
    "TaskType",
    "Type",
    "Parameters",
    "TaskParameters",
    "Status",
    "StatusDetails",
    "StartTime",
    "EndTime",
    "Priority",
    "AlarmConfiguration",
    "Alarms",
    "Name",
    "State",
    "IgnorePollAlarmFailure",
    "TriggeredAlarms",
    "Values",
    "NextToken",
    "WindowExecutionTaskInvocationIdentities",
]
TEXTS = st.text() | st.sampled_from(
    ["", "SUCCESS", "i-1", "1.5", "2024-08-04T11:35:35-07:00", "9" * 400, "nan", "\ud800", "{}"]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | TEXTS
    | st.sampled_from([10**400, -1, 1e308, 253402300800])
)


def _values(names: list[str]) -> st.SearchStrategy[Any]:
    keys = st.sampled_from(names) | st.text()
    return st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=6),
        max_leaves=20,
    )


DOCUMENTS = st.dictionaries(st.sampled_from(NAMES) | st.text(), _values(NAMES)) | _values(NAMES)


@st.composite
def _parameters_texts(draw: st.DrawFn) -> str:
    """Draw JSON, and JSON that is truncated, doubled, wrapped or scrambled."""
    text = json.dumps(draw(DOCUMENTS), ensure_ascii=draw(st.booleans()))
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(0, len(text)))
    return draw(
        st.sampled_from(
            [
                text,
                text[start:],
                text[:end],
                text[:start] + text[end:],
                text[:start] + draw(st.text(max_size=3)) + text[start:],
                text * 2,
                "\ufeff" + text,
                "[" * (start * 50) + text,
                text.replace("}", ', "key": 1, "key": 2}'),
                json.dumps(text),
            ]
        )
        | st.text()
    )


@fuzzed
@given(text=_parameters_texts(), task_type=st.none() | st.sampled_from([*TaskType, "NEW_TYPE"]))
def test_parameters_take_any_text(text: str, task_type: str | None) -> None:
    """`parameters` never raises, keeps the text, and gives a reason if it is unrecognized."""
    invocation = TaskInvocation(
        raw_parameters=text, task_type=None if task_type is None else TaskType(task_type)
    )
    parameters = invocation.parameters
    assert invocation.raw_parameters == text
    assert (text == "") == (parameters is None)
    assert isinstance(invocation.instance_ids, tuple)
    assert invocation.command_id is None
    assert repr(parameters)
    assert getattr(parameters, "reason", "known") or not isinstance(
        parameters, UnrecognizedParameters
    )
    named = parameters.instance_ids if isinstance(parameters, RunCommandParameters) else ()
    assert set(named) <= set(invocation.instance_ids)


ANSWERS = st.dictionaries(st.sampled_from(MEMBERS) | st.text(), _values(MEMBERS), max_size=8)


@fuzzed
@given(answer=ANSWERS | _values(MEMBERS))
def test_structure_takes_any_value(answer: Any) -> None:
    """`structure` returns a model that round-trips, or raises an error of the package."""
    for model in (TaskExecution, TaskInvocation, InvocationPage):
        try:
            made: Any = structure(answer, model)
        except SsmMwxError as error:
            assert (error.__cause__, error.__context__) == (None, None)  # noqa: PT017
        else:
            assert structure(unstructure(made), model) == made
            assert repr(made)
            json.dumps(unstructure(made, redact_sensitive=True))


@fuzzed
@given(answer=ANSWERS)
def test_call_takes_any_answer(answer: dict[str, Any]) -> None:
    """A call returns a model, or raises an error of the package."""
    client = MaintenanceWindowClient(FakeSsmClient({None: answer}, task=answer))
    for call in (client.get_task_execution, client.describe_task_invocations):
        try:
            assert call(*IDS) is not None
        except SsmMwxError as error:
            assert str(error)  # noqa: PT017
