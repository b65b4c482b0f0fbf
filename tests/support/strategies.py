"""Hypothesis strategies for the models and for the JSON they come from."""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any

from hypothesis import strategies as st

from ssm_mwx import (
    Alarm,
    AlarmConfiguration,
    AlarmStateInformation,
    ExecutionStatus,
    ExternalAlarmState,
    InvocationPage,
    TaskExecution,
    TaskInvocation,
    TaskType,
)

texts = st.text(st.characters(), max_size=12)
"""Texts of any characters, lone surrogates included."""

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
"""Any JSON value."""


@st.composite
def _damaged_json(draw: st.DrawFn) -> str:
    """Draw JSON without some characters at its beginning or end."""
    text = json.dumps(draw(json_values))
    return text[draw(st.integers(0, 2)) : len(text) - draw(st.integers(0, 3))]


parameters_texts = texts | json_values.map(json.dumps) | _damaged_json()
"""Texts for an invocation's ``Parameters``: free text, JSON, and damaged JSON."""

task_types = st.none() | st.sampled_from([*TaskType, TaskType("NEW_TYPE")])

page_sizes = st.lists(st.integers(0, 4), min_size=1, max_size=8)
"""Sizes of pages, with empty pages anywhere."""

_times = st.none() | st.datetimes(timezones=st.just(UTC))
_optional_texts = st.none() | texts
_statuses = st.none() | st.sampled_from(ExecutionStatus) | texts.map(ExecutionStatus)

alarms = st.builds(Alarm, name=texts)

alarm_configurations = st.builds(
    AlarmConfiguration,
    alarms=st.lists(alarms, max_size=3).map(tuple),
    ignore_poll_alarm_failure=st.none() | st.booleans(),
)

alarm_states = st.builds(
    AlarmStateInformation,
    name=texts,
    state=st.sampled_from(ExternalAlarmState) | texts.map(ExternalAlarmState),
)

task_executions = st.just(TaskExecution()) | st.builds(
    TaskExecution,
    window_execution_id=_optional_texts,
    task_execution_id=_optional_texts,
    task_arn=_optional_texts,
    service_role=_optional_texts,
    type=task_types,
    task_parameters=st.none()
    | st.lists(
        st.dictionaries(texts, st.lists(texts, max_size=3).map(tuple), max_size=3), max_size=3
    ).map(tuple),
    priority=st.none() | st.integers(),
    max_concurrency=_optional_texts,
    max_errors=_optional_texts,
    status=_statuses,
    status_details=_optional_texts,
    start_time=_times,
    end_time=_times,
    alarm_configuration=st.none() | alarm_configurations,
    triggered_alarms=st.none() | st.lists(alarm_states, max_size=3).map(tuple),
)

task_invocations = st.just(TaskInvocation()) | st.builds(
    TaskInvocation,
    window_execution_id=_optional_texts,
    task_execution_id=_optional_texts,
    invocation_id=_optional_texts,
    execution_id=_optional_texts,
    task_type=task_types,
    raw_parameters=st.none() | parameters_texts,
    status=_statuses,
    status_details=_optional_texts,
    start_time=_times,
    end_time=_times,
    owner_information=_optional_texts,
    window_target_id=_optional_texts,
)

invocation_pages = st.builds(
    InvocationPage,
    invocations=st.lists(task_invocations, max_size=3).map(tuple),
    next_token=st.none() | st.text(min_size=1, max_size=8),
    number=st.integers(1, 9),
    request_id=_optional_texts,
)

models = (
    task_executions
    | task_invocations
    | alarm_configurations
    | alarms
    | alarm_states
    | invocation_pages
)
"""Any model that `structure` returns."""
