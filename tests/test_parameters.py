"""The `Parameters` text of an invocation as a typed object."""

from __future__ import annotations

import json
import pprint
from functools import partial
from typing import Any
from unittest.mock import Mock

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ssm_mwx import (
    AutomationParameters,
    LambdaParameters,
    Parameters,
    RunCommandParameters,
    StepFunctionsParameters,
    TaskInvocation,
    TaskType,
    UnrecognizedParameters,
)
from ssm_mwx import parameters as parameters_module
from ssm_mwx.parameters import Named, parse_parameters, read_named
from tests.support.fakes import SECRET
from tests.support.strategies import json_values, parameters_texts, task_types, texts

CLASSES = {
    TaskType.RUN_COMMAND: RunCommandParameters,
    TaskType.AUTOMATION: AutomationParameters,
    TaskType.LAMBDA: LambdaParameters,
    TaskType.STEP_FUNCTIONS: StepFunctionsParameters,
}
RUN_COMMAND_MEMBERS: dict[str, Any] = {
    "documentName": "AWS-RunShellScript",
    "documentVersion": "$DEFAULT",
    "instanceIds": ["i-1", "i-2"],
    "targets": [{"key": "tag:Role", "targetValues": ["web"]}],
    "comment": "Every Monday.",
    "maxConcurrency": "10%",
    "maxErrors": "1",
    "parameters": {"commands": ["df", "uptime"], "WorkingDirectory": [""], "none": []},
    "timeoutSeconds": 600,
    "cloudWatchOutputConfig": {"cloudWatchLogGroupName": "logs"},
    "documentHash": "0a1b",
    "documentHashType": "Sha256",
    "notificationConfig": {"notificationArn": "arn"},
    "outputS3BucketName": "bucket",
    "outputS3KeyPrefix": "prefix",
    "serviceRoleArn": "arn:role",
}


def parsed(text: str, task_type: TaskType | None = TaskType.RUN_COMMAND) -> Parameters:
    """Return what an invocation makes of its ``Parameters`` text."""
    parameters = TaskInvocation(raw_parameters=text, task_type=task_type).parameters
    assert parameters is not None
    return parameters


def typed(members: dict[str, Any], task_type: TaskType | None = TaskType.RUN_COMMAND) -> Parameters:
    """Return what an invocation makes of a JSON object with these members."""
    return parsed(json.dumps(members), task_type)


def shown(value: object) -> list[str]:
    """Return every way in which Python shows a value."""
    return [repr(value), str(value), f"{value}", f"{[value]}", pprint.pformat(value, width=1)]


# --- what is recognised ---


@pytest.mark.parametrize("text", [None, ""])
def test_parameters_are_none_without_text(text: str | None) -> None:
    """An invocation without a text, or with an empty one, has no parameters."""
    assert TaskInvocation(raw_parameters=text, task_type=TaskType.LAMBDA).parameters is None


def test_run_command_has_a_field_for_every_member() -> None:
    """Every member of a Run Command's parameters has its field, of its type."""
    assert typed(RUN_COMMAND_MEMBERS) == RunCommandParameters(
        document_name="AWS-RunShellScript",
        document_version="$DEFAULT",
        instance_ids=("i-1", "i-2"),
        targets=({"key": "tag:Role", "targetValues": ["web"]},),
        comment="Every Monday.",
        max_concurrency="10%",
        max_errors="1",
        parameters={"commands": ("df", "uptime"), "WorkingDirectory": ("",), "none": ()},
        timeout_seconds=600,
        cloud_watch_output_config={"cloudWatchLogGroupName": "logs"},
        document_hash="0a1b",
        document_hash_type="Sha256",
        notification_config={"notificationArn": "arn"},
        output_s3_bucket_name="bucket",
        output_s3_key_prefix="prefix",
        service_role_arn="arn:role",
        extra={},
    )


def test_automation_has_version_and_parameters() -> None:
    """An Automation's parameters are the version and the runbook's own parameters."""
    assert typed(
        {"DocumentVersion": "3", "Parameters": {"InstanceId": ["i-1"]}, "new": 1},
        TaskType.AUTOMATION,
    ) == AutomationParameters(
        document_version="3", parameters={"InstanceId": ("i-1",)}, extra={"new": 1}
    )


def test_lambda_payload_is_not_decoded() -> None:
    """A Lambda function's payload and context stay undecoded."""
    assert typed(
        {"ClientContext": "e30=", "Qualifier": "live", "Payload": "e30=", "new": None},
        TaskType.LAMBDA,
    ) == LambdaParameters(
        client_context="e30=", qualifier="live", payload="e30=", extra={"new": None}
    )


def test_step_functions_input_stays_text() -> None:
    """A state machine's input stays the text it is."""
    assert typed(
        {"Input": '{"a": 1}', "Name": "run-1", "new": []}, TaskType.STEP_FUNCTIONS
    ) == StepFunctionsParameters(input='{"a": 1}', name="run-1", extra={"new": []})


@pytest.mark.parametrize(("task_type", "cls"), CLASSES.items())
def test_empty_object_is_recognized(task_type: TaskType, cls: type[Any]) -> None:
    """An empty object is recognized, with no member set."""
    assert cls() == parsed("{}", task_type)


@pytest.mark.parametrize("spell", [str.lower, str.upper, str.title, str.swapcase])
def test_key_case_is_ignored(spell: Any) -> None:
    """The case of a member's name does not matter; the names inside a member keep theirs."""
    members = {spell(key): value for key, value in RUN_COMMAND_MEMBERS.items()}

    assert typed(RUN_COMMAND_MEMBERS) == typed(members)


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("documentName", 5),
        ("documentName", None),
        ("instanceIds", "i-1"),
        ("instanceIds", ["i-1", 5]),
        ("instanceIds", {"i-1": 1}),
        ("instanceIds", {}),
        ("instanceIds", ""),
        ("targets", {"key": "tag:Role"}),
        ("targets", [{"key": "tag:Role"}, "web"]),
        ("targets", {}),
        ("targets", 5),
        ("parameters", ["df"]),
        ("parameters", []),
        ("parameters", {"commands": "df"}),
        ("parameters", {"commands": ["df"], "timeout": [5]}),
        ("timeoutSeconds", "600"),
        ("timeoutSeconds", 600.0),
        ("timeoutSeconds", True),
        ("cloudWatchOutputConfig", []),
        ("maxErrors", 1),
    ],
)
def test_member_of_wrong_type_goes_to_extra(key: str, wrong: object) -> None:
    """A known member with a value of another type goes to `extra`, in its own spelling."""
    assert RunCommandParameters(comment="kept", extra={key: wrong}) == typed(
        {key: wrong, "comment": "kept"}
    )


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        (
            {"documentName": "A", "DocumentName": "B"},
            RunCommandParameters(document_name="A", extra={"DocumentName": "B"}),
        ),
        (
            {"DOCUMENTNAME": "B", "documentName": "A"},
            RunCommandParameters(document_name="B", extra={"documentName": "A"}),
        ),
        (
            {"documentName": None, "DocumentName": "B"},
            RunCommandParameters(document_name="B", extra={"documentName": None}),
        ),
        (
            {"instanceIds": [], "InstanceIds": ["i-1"]},
            RunCommandParameters(extra={"InstanceIds": ["i-1"]}),
        ),
    ],
)
def test_key_in_two_cases_keeps_both_values(
    members: dict[str, Any], expected: RunCommandParameters
) -> None:
    """Of a key in two cases the first readable one is used, and the other goes to `extra`."""
    assert typed(members) == expected


@pytest.mark.parametrize("key", ["extra", "Extra", "document_name", "", "documentName "])
def test_unknown_key_goes_to_extra(key: str) -> None:
    """An unknown key goes to `extra`, even one that looks like a field's name."""
    assert RunCommandParameters(extra={key: "x"}) == typed({key: "x"})


# --- where the task type is absent or new ---


@pytest.mark.parametrize(
    "members",
    [
        {"documentName": "A", "instanceIds": ["i-1"]},
        {"DocumentName": "A", "InstanceIds": ["i-1"]},
        {"documentName": "A", "targets": [{"key": "tag:Role"}]},
    ],
)
def test_run_command_is_recognized_without_task_type(members: dict[str, Any]) -> None:
    """A document name beside nodes or targets is a Run Command, even without a task type."""
    assert typed(members) == typed(members, None)


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"documentName": "A"},
        {"instanceIds": ["i-1"]},
        {"documentName": "A", "instanceIds": []},
        {"documentName": "A", "targets": []},
        {"documentName": "A", "instanceIds": "i-1"},
        {"documentName": 5, "instanceIds": ["i-1"]},
        {"documentVersion": "1", "parameters": {"a": ["b"]}},
        {"input": "{}", "name": "run-1"},
    ],
)
def test_other_shapes_are_unrecognized_without_task_type(members: dict[str, Any]) -> None:
    """Without a task type, any other shape is unrecognized."""
    expected = UnrecognizedParameters("no task type, and the members do not show it", members)

    assert typed(members, None) == expected


def test_unknown_task_type_is_unrecognized() -> None:
    """With an unknown task type, parameters are unrecognized whatever their shape."""
    expected = UnrecognizedParameters(
        "a task type that this version does not know", RUN_COMMAND_MEMBERS
    )

    assert typed(RUN_COMMAND_MEMBERS, TaskType("BRAND_NEW")) == expected


# --- hostile texts ---


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (SECRET, "not JSON: "),
        (" ", "not JSON: "),
        (f'{{"documentName": "{SECRET}', "not JSON: "),
        (f'{{"comment": "{SECRET}",}}', "not JSON: "),
        (f'{{"comment": "{SECRET}"}} {SECRET}', "not JSON: "),
        (f"{{'comment': '{SECRET}'}}", "not JSON: "),
        (f'{{"comment": "{SECRET}\n"}}', "not JSON: "),
        (f'{{"comment": "\\{SECRET}"}}', "not JSON: "),
        (f'{{"comment": "\\u{SECRET}"}}', "not JSON: "),
        (f'\ufeff{{"comment": "{SECRET}"}}', "not JSON: "),
        (f'{{"comment": "{SECRET}", "maxErrors": NaN}}', "not JSON: NaN or Infinity"),
        (f'{{"comment": "{SECRET}", "maxErrors": -Infinity}}', "not JSON: NaN or Infinity"),
        (f'["{SECRET}", Infinity]', "not JSON: NaN or Infinity"),
        (f'["{SECRET}", ' + "[" * 100_000, "nested too deeply"),
        (f'{{"{SECRET}": ' * 100_000, "nested too deeply"),
        (f'["{SECRET}", ' + "9" * 5000 + "]", "a number is too long"),
        (f'{{"timeoutSeconds": -{"9" * 5000}, "comment": "{SECRET}"}}', "a number is too long"),
        (f'{{"a": "{SECRET}", "a": "{SECRET}", "b": NaN}}', "not JSON: NaN or Infinity"),
        (f'{{"b": {{"a": "{SECRET}", "a": 1}}, "c": {"9" * 5000}}}', "a number is too long"),
        (f'{{"b": {{"a": "{SECRET}", "a": 1}}, "c": {"[" * 100_000}', "nested too deeply"),
        (f'{{"b": {{"a": "{SECRET}", "a": 1}}, "c": ', "not JSON: "),
    ],
    ids=lambda text: repr(text[:40]),
)
@pytest.mark.parametrize("task_type", [None, *TaskType])
def test_unreadable_text_is_unrecognized_without_being_shown(
    text: str, reason: str, task_type: TaskType | None
) -> None:
    """Text that Python cannot read as JSON is unrecognized, and the reason quotes none of it."""
    invocation = TaskInvocation(raw_parameters=text, task_type=task_type)

    parameters = invocation.parameters

    assert isinstance(parameters, UnrecognizedParameters)
    assert parameters.reason.startswith(reason)
    assert parameters.document is None
    assert invocation.raw_parameters == text
    assert SECRET not in parameters.reason
    assert "99" not in parameters.reason
    assert (
        repr(parameters) == f"UnrecognizedParameters(reason={parameters.reason!r}, document=None)"
    )


@pytest.mark.parametrize("document", [SECRET, [SECRET], [{"comment": SECRET}], 42, 4.2, True, []])
def test_json_that_is_no_object_is_kept_and_hidden(document: object) -> None:
    """JSON that is not an object is kept as the document, and hidden in the repr."""
    parameters = parsed(json.dumps(document))

    assert parameters == UnrecognizedParameters("the JSON is not an object", document)
    assert (
        repr(parameters)
        == "UnrecognizedParameters(reason='the JSON is not an object', document=<sensitive>)"
    )


def test_json_null_is_not_an_object() -> None:
    """A JSON null is unrecognized, as it is not an object."""
    assert parsed("null") == UnrecognizedParameters("the JSON is not an object", None)


@pytest.mark.parametrize(
    ("text", "document"),
    [
        (f'{{"comment": "x", "comment": "{SECRET}"}}', {"comment": SECRET}),
        (
            f'{{"parameters": {{"a": ["x"], "a": ["{SECRET}"]}}, "comment": "y"}}',
            {"parameters": {"a": [SECRET]}, "comment": "y"},
        ),
        (f'[{{"a": 1, "a": "{SECRET}"}}]', [{"a": SECRET}]),
    ],
)
def test_duplicate_key_is_unrecognized(text: str, document: object) -> None:
    """A key that stands twice in the same spelling makes the text unrecognized."""
    parameters = parsed(text)

    assert parameters == UnrecognizedParameters("a JSON object has a key twice", document)
    assert all(SECRET not in each for each in shown(parameters))


@pytest.mark.parametrize("surrogate", ["\ud800", r"\ud800"], ids=["real", "escaped"])
def test_lone_surrogate_is_kept_and_printable(surrogate: str) -> None:
    """A lone surrogate is kept, and the repr can still be printed."""
    text = f'{{"documentName": "{surrogate}", "comment": "{SECRET}{surrogate}"}}'

    parameters = parsed(text)

    assert parameters == RunCommandParameters(document_name="\ud800", comment=SECRET + "\ud800")
    assert r"document_name='\ud800'" in repr(parameters).encode("utf-8").decode()


@given(text=parameters_texts, task_type=task_types)
@example(text="", task_type=None)
def test_any_text_can_be_read_shown_and_hashed(text: str, task_type: TaskType | None) -> None:
    """Whatever the text, it is kept unchanged, and its parameters can be read, shown and hashed."""
    invocation = TaskInvocation(raw_parameters=text, task_type=task_type)

    parameters = invocation.parameters

    assert invocation.raw_parameters == text
    assert isinstance(parameters, Parameters) == bool(text)
    assert hash(parameters) == hash(parameters)
    assert isinstance(invocation.instance_ids, tuple)
    assert shown(parameters) == [each.encode().decode() for each in shown(parameters)]


NAMES = [*RUN_COMMAND_MEMBERS, "clientContext", "qualifier", "payload", "input", "name", "extra"]
member_keys = st.sampled_from(
    [spelled for key in NAMES for spelled in (key, key.lower(), key.upper(), key.title())]
)
member_values = json_values | st.sampled_from(list(RUN_COMMAND_MEMBERS.values()))


@pytest.mark.slow
@given(
    members=st.dictionaries(member_keys | texts, member_values, max_size=8), task_type=task_types
)
def test_every_member_is_kept(members: dict[str, Any], task_type: TaskType | None) -> None:
    """Every member is in a field, in `extra` or in `document`, and nothing else is."""
    parameters = typed(members, task_type)

    found: dict[str, Any] = {}
    if isinstance(parameters, UnrecognizedParameters):
        found = parameters.document
    else:
        by_name = {
            field.name.replace("_", ""): getattr(parameters, field.name)
            for field in attrs.fields(type(parameters))
        }
        fields = {key: by_name[key.lower()] for key in members if key not in parameters.extra}
        found = fields | parameters.extra
    assert json.dumps(members, sort_keys=True) == json.dumps(found, sort_keys=True)


# --- what is named ---


def named(text: str, task_type: TaskType | None) -> Named:
    """Return what the typed object of a text names."""
    parameters = parsed(text, task_type)
    return (
        getattr(parameters, "document_name", None),
        getattr(parameters, "named_instance_ids", ()),
    )


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")], ids=["compact", "with spaces"])
def test_names_of_run_by_id_are_read_without_its_object(
    separators: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The document and the nodes of a run by id are read without building the typed object."""
    monkeypatch.setattr(parameters_module, "_typed", Mock(side_effect=AssertionError))
    members = RUN_COMMAND_MEMBERS | {"instanceIds": ["i-2", "i-1", "i-2"]}
    del members["targets"]

    text = json.dumps(members, separators=separators)

    assert read_named(text, TaskType.RUN_COMMAND) == ("AWS-RunShellScript", ("i-2", "i-1"))


@given(text=parameters_texts.filter(bool), task_type=task_types)
def test_names_of_any_text_are_those_of_its_object(text: str, task_type: TaskType | None) -> None:
    """Whatever the text, the names read from it are those of the typed object."""
    assert read_named(text, task_type) == named(text, task_type)


@pytest.mark.slow
@given(
    members=st.dictionaries(member_keys | texts, member_values, max_size=8),
    separators=st.sampled_from([(",", ":"), (", ", ": ")]),
    task_type=task_types,
)
def test_names_in_any_members_are_those_of_their_object(
    members: dict[str, Any], separators: tuple[str, str], task_type: TaskType | None
) -> None:
    """Whatever the members, their spelling and their types, the names are those of the object."""
    text = json.dumps(members, separators=separators)

    assert read_named(text, task_type) == named(text, task_type)


# --- orjson ---

hard_texts = st.sampled_from(
    [
        '{"a":1,"a":2}',
        '{"a":{"b":1,"b":1}}',
        '{"a":18446744073709551616}',
        '{"a":-9223372036854775809}',
        '{"a":1.0,"b":-0.0,"c":1e400,"d":0.1}',
        '{"a":"\ud800"}',
        r'{"a":"\ud800 \u00e9 \/"}',
        '{"a":' + "[" * 400 + "]" * 400 + "}",
        ' {"a" : 1}\n',
    ]
)
compact_texts = json_values.map(partial(json.dumps, separators=(",", ":"), ensure_ascii=False))


@given(text=parameters_texts | compact_texts | hard_texts, task_type=task_types)
def test_text_is_read_alike_with_and_without_orjson(text: str, task_type: TaskType | None) -> None:
    """orjson changes nothing about what is read, down to the types of numbers."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(parameters_module, "orjson", None)
        expected = parse_parameters(text, task_type)

    parameters = parse_parameters(text, task_type)

    assert parameters == expected
    assert repr(attrs.astuple(parameters)) == repr(attrs.astuple(expected))


# --- instances ---


@pytest.mark.parametrize(
    ("members", "instance_ids"),
    [
        ({}, ()),
        ({"instanceIds": ["i-2", "i-1", "i-2"]}, ("i-2", "i-1")),
        ({"targets": [{"key": "InstanceIds", "targetValues": ["i-1", "i-2"]}]}, ("i-1", "i-2")),
        ({"targets": [{"key": "instanceids", "values": ["i-1"]}]}, ("i-1",)),
        (
            {
                "instanceIds": ["i-1"],
                "targets": [
                    {"key": "InstanceIds", "targetValues": ["i-2", "i-1"], "values": ["i-3"]},
                    {"key": "tag:Role", "targetValues": ["i-4"]},
                    {"key": "InstanceIds", "targetValues": ["i-5"]},
                ],
            },
            ("i-1", "i-3", "i-2", "i-5"),
        ),
        ({"targets": [{"key": "InstanceIds"}]}, ()),
        ({"instanceIds": ["i-1"], "InstanceIds": ["i-2", "i-1"]}, ("i-1", "i-2")),
        ({"instanceIds": ["i-1"], "INSTANCEIDS": "i-2"}, ("i-1",)),
        ({"instanceids": ["i-2"], "instanceIds": ["i-1"]}, ("i-2", "i-1")),
        ({"targets": [{"Key": "InstanceIds", "TargetValues": ["i-1"]}]}, ("i-1",)),
        ({"targets": [{"key": "InstanceIds", "targetValues": "i-1"}]}, ()),
        ({"targets": [{"key": 5, "targetValues": ["i-1"]}, {"targetValues": ["i-1"]}]}, ()),
        ({"parameters": {"InstanceIds": ["i-1"]}}, ()),
    ],
)
def test_named_instance_ids_are_unique_and_in_order(
    members: dict[str, Any], instance_ids: tuple[str, ...]
) -> None:
    """Every node named by id is listed once, in AWS's order; nothing is guessed."""
    parameters = typed(members)

    assert isinstance(parameters, RunCommandParameters)
    assert parameters.named_instance_ids == instance_ids
    assert read_named(json.dumps(members), TaskType.RUN_COMMAND) == (None, instance_ids)


def test_many_targets_are_kept() -> None:
    """A run with more targets than AWS documents is read whole."""
    targets = [{"key": "InstanceIds", "values": [f"i-{number}"]} for number in range(300)]
    parameters = typed({"targets": targets})

    assert isinstance(parameters, RunCommandParameters)
    assert tuple(targets) == parameters.targets


def test_many_keys_are_not_duplicates() -> None:
    """An object with many keys is not taken for one with duplicate keys."""
    values = {f"name-{number}": ("value",) for number in range(300)}
    parameters = typed({"parameters": {name: list(value) for name, value in values.items()}})

    assert isinstance(parameters, RunCommandParameters)
    assert parameters.parameters == values


def test_hash_depends_on_text() -> None:
    """Parameters that differ in a text have different hashes."""
    assert hash(RunCommandParameters(comment="a")) != hash(RunCommandParameters(comment="b"))


# --- what is shown ---


def test_repr_of_run_command_hides_sensitive_values() -> None:
    """The repr shows names and settings, and hides sensitive values."""
    extra = {"new": SECRET}

    assert repr(typed(RUN_COMMAND_MEMBERS | extra)) == (
        "RunCommandParameters(document_name='AWS-RunShellScript', document_version='$DEFAULT', "
        "instance_ids=('i-1', 'i-2'), targets=({'key': 'tag:Role', …: <sensitive>},), "
        "comment=<sensitive>, max_concurrency='10%', max_errors='1', "
        "parameters={'commands': <sensitive>, 'WorkingDirectory': <sensitive>, "
        "'none': <sensitive>}, timeout_seconds=600, cloud_watch_output_config=<sensitive>, "
        "document_hash=<sensitive>, document_hash_type=<sensitive>, "
        "notification_config=<sensitive>, output_s3_bucket_name=<sensitive>, "
        "output_s3_key_prefix=<sensitive>, service_role_arn=<sensitive>, extra=<sensitive>)"
    )


def test_repr_shows_absent_members() -> None:
    """The repr shows which members are absent."""
    assert (
        repr(AutomationParameters())
        == "AutomationParameters(document_version=None, parameters={}, extra={})"
    )
    assert "targets=()," in repr(RunCommandParameters())
    assert "comment=None," in repr(RunCommandParameters())


def test_repr_of_targets_shows_only_keys() -> None:
    """The repr shows at most the key of a target."""
    targets = [{"Key": "tag:Role", "values": [SECRET]}, {"key": [SECRET]}, {"other": SECRET}]

    assert "targets=({'key': 'tag:Role', …: <sensitive>}, <sensitive>, <sensitive>,)" in repr(
        typed({"targets": targets})
    )


@pytest.mark.parametrize(
    "parameters",
    [
        typed(
            {
                "targets": [{"key": "tag:Role", "targetValues": [SECRET]}, {SECRET: SECRET}],
                "comment": SECRET,
                "parameters": {"commands": [SECRET]},
                "cloudWatchOutputConfig": {SECRET: SECRET},
                "documentHash": SECRET,
                "documentHashType": SECRET,
                "notificationConfig": {SECRET: SECRET},
                "outputS3BucketName": SECRET,
                "outputS3KeyPrefix": SECRET,
                "serviceRoleArn": SECRET,
                "timeoutSeconds": SECRET,
                SECRET: SECRET,
            }
        ),
        typed({"parameters": {"a": [SECRET]}, SECRET: SECRET}, TaskType.AUTOMATION),
        typed(
            {"clientContext": SECRET, "qualifier": SECRET, "payload": SECRET, SECRET: SECRET},
            TaskType.LAMBDA,
        ),
        typed({"input": SECRET, "name": SECRET, SECRET: SECRET}, TaskType.STEP_FUNCTIONS),
        typed({SECRET: SECRET}, None),
    ],
    ids=lambda parameters: type(parameters).__name__,
)
def test_parameters_show_no_secret(parameters: Parameters) -> None:
    """No way of showing parameters shows a sensitive value."""
    assert SECRET in json.dumps(attrs.asdict(parameters))
    assert [each for each in shown(parameters) if SECRET in each] == []
