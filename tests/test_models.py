"""The models: values, copies, and what they derive from their fields."""

from __future__ import annotations

import copy
import pickle
import pprint
import pydoc
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from ssm_mwx import (
    Alarm,
    AlarmConfiguration,
    AlarmStateInformation,
    AutomationParameters,
    ExecutionStatus,
    ExternalAlarmState,
    InvocationPage,
    LambdaParameters,
    Page,
    RunCommandParameters,
    StepFunctionsParameters,
    TaskExecution,
    TaskIds,
    TaskInvocation,
    TaskType,
    UnrecognizedParameters,
    models,
)
from ssm_mwx.redaction import visible
from tests.support.fakes import IDS, SECRET

START = datetime(2024, 8, 4, 18, 35, 35, tzinfo=UTC)
RUN_COMMAND_TEXT = '{"documentName": "AWS-RunShellScript", "instanceIds": ["i-1", "i-2"]}'

INVOCATION = TaskInvocation(
    *IDS,
    invocation_id="invocation-1",
    execution_id="command-1",
    task_type=TaskType.RUN_COMMAND,
    raw_parameters=RUN_COMMAND_TEXT,
    status=ExecutionStatus("BRAND_NEW"),
    start_time=START,
    owner_information="Alice",
)
TASK = TaskExecution(
    *IDS,
    type=TaskType.RUN_COMMAND,
    task_parameters=({"commands": ("df",), "aws:InstanceId": ("i-1",)},),
    priority=0,
    status=ExecutionStatus.SUCCESS,
    start_time=START,
    end_time=START,
    alarm_configuration=AlarmConfiguration((Alarm("alarm-1"),), True),
    triggered_alarms=(AlarmStateInformation("alarm-1", ExternalAlarmState.ALARM),),
)
MODELS: list[attrs.AttrsInstance] = [
    TASK,
    INVOCATION,
    AlarmConfiguration((Alarm("alarm-1"),)),
    Alarm("alarm-1"),
    AlarmStateInformation("alarm-1", ExternalAlarmState("BRAND_NEW")),
    InvocationPage((INVOCATION,), "token 2", number=2, request_id="request-1"),
    RunCommandParameters(parameters={"a": ("b",)}, targets=({"key": "k"},), extra={"c": [1]}),
    AutomationParameters(parameters={"a": ("b",)}, extra={"c": [1]}),
    LambdaParameters(payload="e30=", extra={"c": [1]}),
    StepFunctionsParameters(input="{}", extra={"c": [1]}),
    UnrecognizedParameters("why not", {"a": [1]}),
]

each_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
both = pytest.mark.parametrize("cls", [TaskExecution, TaskInvocation])
Execution = type[TaskExecution | TaskInvocation]


# --- as values ---


@each_model
def test_model_is_frozen(model: Any) -> None:
    """No field of a model can be set or deleted, and no attribute added."""
    for field in attrs.fields(model.__class__):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(model, field.name, None)
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            delattr(model, field.name)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        model.brand_new = 1


@each_model
def test_model_has_slots(model: attrs.AttrsInstance) -> None:
    """A model has no ``__dict__``, so that thousands of them stay small."""
    assert not hasattr(model, "__dict__")


@pytest.mark.parametrize("cls", [cls for cls in models.MODELS if not issubclass(cls, Page)])
def test_item_only_stores_its_fields(cls: type[attrs.AttrsInstance]) -> None:
    """To build an item is to store its fields, and no more: pages are read without calling it."""
    fields = attrs.fields(cls)

    assert {(field.init, field.converter, field.validator) for field in fields} == {
        (True, None, None)
    }
    assert not hasattr(cls, "__attrs_pre_init__")
    assert not hasattr(cls, "__attrs_post_init__")


@each_model
def test_model_survives_pickling_and_copying(model: Any) -> None:
    """A pickled or copied model has the same value, hash and fields."""
    copies = [
        copy.copy(model),
        copy.deepcopy(model),
        *(
            pickle.loads(pickle.dumps(model, protocol))
            for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)
        ),
    ]

    assert copies == [model] * len(copies)
    assert {hash(each) for each in copies} == {hash(model)}
    assert [attrs.asdict(each) for each in copies] == [attrs.asdict(model)] * len(copies)


@pytest.mark.parametrize(
    ("model", "changes"),
    [
        *((TASK, {field.name: None}) for field in attrs.fields(TaskExecution)[:2]),
        (TASK, {"task_parameters": ()}),
        (TASK, {"priority": None}),
        (TASK, {"status": ExecutionStatus.FAILED}),
        (INVOCATION, {"raw_parameters": RUN_COMMAND_TEXT + " "}),
        (INVOCATION, {"owner_information": None}),
        (INVOCATION, {"start_time": START + timedelta(microseconds=1)}),
    ],
)
def test_models_with_different_fields_are_unequal(
    model: TaskExecution | TaskInvocation, changes: dict[str, Any]
) -> None:
    """Models that differ in a field are not equal."""
    assert model != attrs.evolve(model, **changes)


def test_page_equality_ignores_number_and_request_id() -> None:
    """Invocations and token decide whether two pages are equal; number and request id do not."""
    page = InvocationPage((INVOCATION,), "token 2", number=2, request_id="request-1")

    assert page == InvocationPage((INVOCATION,), "token 2")
    assert hash(page) == hash(InvocationPage((INVOCATION,), "token 2"))
    assert page != InvocationPage((INVOCATION,), "token 3", number=2, request_id="request-1")
    assert page != InvocationPage((), "token 2", number=2, request_id="request-1")


@pytest.mark.parametrize("name", ["raw_parameters", "owner_information"])
def test_hash_depends_on_sensitive_text(name: str) -> None:
    """Invocations that differ only in a sensitive text have different hashes."""
    changes: dict[str, Any] = {name: SECRET}

    assert hash(INVOCATION) != hash(attrs.evolve(INVOCATION, **changes))


def test_hash_ignores_mappings() -> None:
    """Mappings count for equality, but not for the hash."""
    other = attrs.evolve(TASK, task_parameters=({"commands": ("ls",)},))

    assert other != TASK
    assert hash(other) == hash(TASK)


@pytest.mark.parametrize(
    "name", ["targets", "parameters", "cloud_watch_output_config", "notification_config", "extra"]
)
def test_hash_ignores_mappings_of_a_run_command(name: str) -> None:
    """Each of a Run Command's mappings counts for equality, but not for the hash."""
    changes: dict[str, Any] = {name: ({"a": {}},) if name == "targets" else {"a": ("b",)}}

    other = RunCommandParameters(**changes)

    assert other != RunCommandParameters()
    assert hash(other) == hash(RunCommandParameters())


@both
def test_every_member_is_optional(cls: Execution) -> None:
    """Every member may be absent."""
    assert set(attrs.asdict(cls()).values()) == {None}


def test_page_iterates_over_its_invocations() -> None:
    """A page iterates over its invocations, and its length is their number."""
    page = InvocationPage((INVOCATION, TaskInvocation()), "token 2")

    assert list(page) == [INVOCATION, TaskInvocation()]
    assert len(page) == 2


def test_page_defaults_to_an_empty_first_page() -> None:
    """A page without arguments is empty, and the first and the last."""
    page = InvocationPage()

    assert (attrs.asdict(page)) == {
        "invocations": (),
        "next_token": None,
        "number": 1,
        "request_id": None,
    }
    assert (len(page), list(page)) == (0, [])


# --- how it stands ---


@both
@pytest.mark.parametrize(
    ("start", "end", "duration"),
    [
        (None, None, None),
        (START, None, None),
        (None, START, None),
        (START, START, timedelta(0)),
        (START, START + timedelta(minutes=6, milliseconds=160), timedelta(seconds=360.16)),
    ],
)
def test_duration_is_the_time_between_start_and_end(
    cls: Execution, start: datetime | None, end: datetime | None, duration: timedelta | None
) -> None:
    """The duration is end minus start, or None while one of them is absent."""
    assert cls(start_time=start, end_time=end).duration == duration


@both
@pytest.mark.parametrize(
    ("status", "terminal", "succeeded"),
    [
        (None, False, False),
        ("PENDING", False, False),
        ("IN_PROGRESS", False, False),
        ("SUCCESS", True, True),
        ("FAILED", True, False),
        ("TIMED_OUT", True, False),
        ("CANCELLING", False, False),
        ("CANCELLED", True, False),
        ("SKIPPED_OVERLAPPING", True, False),
        ("BRAND_NEW", False, False),
    ],
)
def test_status_alone_decides_terminal_and_succeeded(
    cls: Execution, status: str | None, terminal: bool, succeeded: bool
) -> None:
    """The status alone decides `is_terminal` and `succeeded`."""
    model = cls(
        status=None if status is None else ExecutionStatus(status),
        status_details="Success",
        end_time=START,
    )

    assert (model.is_terminal, model.succeeded) == (terminal, succeeded)


@both
def test_task_ids_are_the_pair_for_the_client(cls: Execution) -> None:
    """`task_ids` is the pair that the client's methods take."""
    ids = cls(*IDS).task_ids

    assert ids == IDS
    assert type(ids) is TaskIds


@both
@pytest.mark.parametrize("ids", [(None, None), ("window", None), (None, "task")])
def test_task_ids_need_both_ids(cls: Execution, ids: tuple[str | None, str | None]) -> None:
    """`task_ids` raises ValueError where AWS left out an id."""
    with pytest.raises(ValueError, match="no WindowExecutionId or no TaskExecutionId"):
        _ = cls(*ids).task_ids


# --- instances and commands ---


@pytest.mark.parametrize(
    ("task_parameters", "instance_ids"),
    [
        (None, ()),
        ((), ()),
        (({"commands": ("df",)},), ()),
        (({"aws:InstanceId": ()},), ()),
        (({"aws:InstanceId": ("i-2", "i-1")}, {"aws:InstanceId": ("i-3",)}), ("i-2", "i-1", "i-3")),
        (({"aws:instanceid": ("i-1",), "InstanceId": ("i-2",)},), ()),
    ],
)
def test_instance_ids_of_a_task_come_from_aws_instance_id(
    task_parameters: tuple[dict[str, tuple[str, ...]], ...] | None, instance_ids: tuple[str, ...]
) -> None:
    """A task's instance ids are the values of ``aws:InstanceId``, which AWS adds."""
    assert TaskExecution(task_parameters=task_parameters).instance_ids == instance_ids


@pytest.mark.parametrize(
    ("text", "task_type", "instance_ids"),
    [
        (None, TaskType.RUN_COMMAND, ()),
        (RUN_COMMAND_TEXT, TaskType.RUN_COMMAND, ("i-1", "i-2")),
        (RUN_COMMAND_TEXT, None, ("i-1", "i-2")),
        (RUN_COMMAND_TEXT, TaskType.LAMBDA, ()),
        (RUN_COMMAND_TEXT, TaskType("BRAND_NEW"), ()),
        (RUN_COMMAND_TEXT[:-1], TaskType.RUN_COMMAND, ()),
        ('{"parameters": {"InstanceIds": ["i-1"]}}', TaskType.AUTOMATION, ()),
        (
            '{"targets": [{"key": "InstanceIds", "values": ["i-2"]}], "instanceIds": ["i-1"]}',
            TaskType.RUN_COMMAND,
            ("i-1", "i-2"),
        ),
    ],
)
def test_instance_ids_of_an_invocation_come_from_its_parameters(
    text: str | None, task_type: TaskType | None, instance_ids: tuple[str, ...]
) -> None:
    """An invocation's instance ids are those that its Run Command names."""
    invocation = TaskInvocation(raw_parameters=text, task_type=task_type)

    assert invocation.instance_ids == instance_ids


@pytest.mark.parametrize(
    ("task_type", "execution_id", "text", "command_id"),
    [
        (TaskType.RUN_COMMAND, "command-1", None, "command-1"),
        (TaskType.RUN_COMMAND, "command-1", "not JSON", "command-1"),
        (TaskType.RUN_COMMAND, "", RUN_COMMAND_TEXT, None),
        (TaskType.RUN_COMMAND, None, RUN_COMMAND_TEXT, None),
        (TaskType.AUTOMATION, "execution-1", RUN_COMMAND_TEXT, None),
        (TaskType.LAMBDA, "execution-1", None, None),
        (TaskType.STEP_FUNCTIONS, "execution-1", None, None),
        (TaskType("BRAND_NEW"), "execution-1", RUN_COMMAND_TEXT, None),
        (None, "command-1", RUN_COMMAND_TEXT, "command-1"),
        (None, "", RUN_COMMAND_TEXT, None),
        (None, None, RUN_COMMAND_TEXT, None),
        (None, "execution-1", '{"input": "{}"}', None),
        (None, "execution-1", None, None),
    ],
)
def test_command_id_is_the_execution_id_of_a_run_command(
    task_type: TaskType | None, execution_id: str | None, text: str | None, command_id: str | None
) -> None:
    """Only a Run Command has a command id, and it is never empty."""
    invocation = TaskInvocation(task_type=task_type, execution_id=execution_id, raw_parameters=text)

    assert invocation.command_id == command_id


# --- parameters ---


@pytest.mark.parametrize("text", [RUN_COMMAND_TEXT, "not JSON", "", None])
def test_parameters_are_parsed_once(text: str | None) -> None:
    """Parameters are parsed on first use, and cached."""
    invocation = TaskInvocation(raw_parameters=text)

    assert invocation.parameters is invocation.parameters


def test_parsed_parameters_do_not_change_the_value() -> None:
    """An invocation whose parameters are parsed equals one whose parameters are not."""
    read, unread = attrs.evolve(INVOCATION), attrs.evolve(INVOCATION)

    parameters = read.parameters

    assert read == unread
    assert hash(unread) == hash(read)
    assert pickle.dumps(unread) == pickle.dumps(read)
    assert repr(unread) == repr(read)
    for again in (copy.copy(read), copy.deepcopy(read), pickle.loads(pickle.dumps(read))):
        assert parameters is not again.parameters
        assert again.parameters == parameters


def test_parameters_follow_a_changed_text() -> None:
    """An evolved invocation parses its own text, not that of the original."""
    assert INVOCATION.parameters != TaskInvocation().parameters

    changed = attrs.evolve(INVOCATION, raw_parameters='{"comment": "x"}')

    assert changed.parameters == RunCommandParameters(comment="x")


# --- what is shown ---


def test_model_shows_no_secret() -> None:
    """No way of showing a model shows a sensitive value; other values are shown."""
    task = TaskExecution(task_arn="seen", task_parameters=({SECRET: (SECRET,)},))
    invocation = TaskInvocation(
        task_type=TaskType.RUN_COMMAND,
        raw_parameters=f'{{"comment": "{SECRET}"}}',
        owner_information=SECRET,
        window_target_id="seen",
    )
    assert invocation.parameters is not None  # cached now, and still not shown

    for model in (task, invocation, InvocationPage((invocation,), "token 2")):
        shown = [repr(model), str(model), f"{model}", f"{model!s:>9}", pprint.pformat([model])]
        assert ["'seen'" in each for each in shown] == [True] * 5
        assert [SECRET in each for each in shown] == [False] * 5


def test_repr_shows_a_placeholder_for_sensitive_values() -> None:
    """The repr has a placeholder for each sensitive value, and None where there is none."""
    assert "task_parameters=<sensitive>," in repr(TaskExecution(task_parameters=()))
    assert "task_parameters=None," in repr(TaskExecution())
    assert "raw_parameters=<sensitive>," in repr(TaskInvocation(raw_parameters=""))
    assert "owner_information=<sensitive>," in repr(TaskInvocation(owner_information=""))
    assert "raw_parameters=None," in repr(TaskInvocation())
    assert "owner_information=None," in repr(TaskInvocation())


@pytest.mark.parametrize(
    ("cls", "name"),
    [
        *((TaskExecution, name) for name in ("instance_ids", "duration", "task_ids")),
        *((TaskExecution, name) for name in ("is_terminal", "succeeded")),
        *((TaskInvocation, name) for name in ("parameters", "instance_ids", "command_id")),
        *((TaskInvocation, name) for name in ("duration", "task_ids", "is_terminal", "succeeded")),
        (RunCommandParameters, "named_instance_ids"),
    ],
)
def test_help_shows_the_docstring_of_a_property(cls: type, name: str) -> None:
    """`help` shows the docstring of each property."""
    docstring = str(getattr(cls, name).__doc__)

    shown = pydoc.plain(pydoc.render_doc(cls))

    assert len(docstring) > 40
    assert docstring.splitlines()[0] in shown


def test_status_may_be_a_plain_string() -> None:
    """A model built by hand with a plain string as status behaves like any other."""
    invocation = TaskInvocation(status="FAILED")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

    assert (invocation.is_terminal, invocation.succeeded) == (True, False)


def test_visible_redacts_a_sensitive_field() -> None:
    """A view that asks for a field gets the placeholder of a sensitive one, and None as None."""
    invocation = TaskInvocation(owner_information="secret", status_details="shown")

    assert visible(invocation, "owner_information") == "<sensitive>"
    assert visible(invocation, "raw_parameters") is None
    assert visible(invocation, "status_details") == "shown"
