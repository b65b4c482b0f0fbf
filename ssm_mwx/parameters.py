"""Read the JSON-encoded `Parameters` string of an invocation as a typed object.

`parse_parameters` never raises and never drops anything: it keeps what it does not recognise.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import attrs

from ssm_mwx.enums import TaskType
from ssm_mwx.optional import orjson
from ssm_mwx.redaction import REDACTED, SENSITIVE, SHOWN, hide_sensitive

_NODE_ID = re.compile(r"i-(\w{8}|\w{17})|mi-\w{17}", re.ASCII)


def _redact_content(value: Any) -> str:
    """Redact a collection, but show an empty one."""
    return REDACTED if value else repr(value)


def _redact_values(value: Mapping[str, object]) -> str:
    """Redact the values of a mapping, and show its keys."""
    return "{" + ", ".join(f"{key!r}: {REDACTED}" for key in value) + "}"


def _redact_targets(value: tuple[Mapping[str, Any], ...]) -> str:
    """Redact targets, and show the key of each."""
    keys = (_lower_keys(target).get("key") for target in value)
    shown = (
        f"{{'key': {key!r}, …: {REDACTED}}}" if isinstance(key, str) else REDACTED for key in keys
    )
    return "(" + "".join(f"{target}, " for target in shown).rstrip(" ") + ")"


def _lower_keys(members: Mapping[str, Any]) -> dict[str, Any]:
    return {key.lower(): value for key, value in members.items()}


def _shown_targets(value: tuple[Mapping[str, Any], ...]) -> list[dict[str, Any]]:
    """Keep the key of each target and, where that names nodes by id, the ids."""
    return [_shown_target(target) for target in value]


def _shown_target(target: Mapping[str, Any]) -> dict[str, Any]:
    names_nodes = str(_lower_keys(target).get("key")).lower() == "instanceids"
    return {
        name: value
        for name, value in target.items()
        if (name.lower() == "key" and isinstance(value, str))
        or (names_nodes and name.lower() in ("values", "targetvalues") and _strings(value))
    }


def _shown_node_ids(value: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
    """Keep the values that have the form of a node's id."""
    shown = {name: [*filter(_NODE_ID.fullmatch, values)] for name, values in value.items()}
    return {name: ids for name, ids in shown.items() if ids}


# How a member's JSON value becomes a field. Each returns None for a value of another type, which
# then goes to `extra`. JSON has no subclasses, and asking for the class itself is faster.
def _string(value: Any) -> str | None:
    return value if value.__class__ is str else None


def _integer(value: Any) -> int | None:
    return value if value.__class__ is int else None


def _strings(value: Any) -> tuple[str, ...] | None:
    if value.__class__ is not list:
        return None
    for item in value:
        if item.__class__ is not str:
            return None
    return tuple(value)


def _unique(strings: tuple[str, ...]) -> tuple[str, ...]:
    return strings if len(strings) < 2 else tuple(dict.fromkeys(strings))


def _object(value: Any) -> dict[str, Any] | None:
    return value if value.__class__ is dict else None


def _objects(value: Any) -> tuple[dict[str, Any], ...] | None:
    return tuple(value) if value.__class__ is list and {*map(type, value)} <= {dict} else None


def _string_lists(value: Any) -> dict[str, tuple[str, ...]] | None:
    if value.__class__ is not dict:
        return None
    lists: dict[str, tuple[str, ...]] = {}
    for name, item in value.items():
        strings = _strings(item)
        if strings is None:
            return None
        lists[name] = strings
    return lists


def _member(
    read: Callable[[object], object],
    *,
    default: Any = None,
    factory: Callable[[], Any] | None = None,
    sensitive: bool | Callable[[Any], str] = True,
    shown: Callable[[Any], Any] | None = None,
    hashed: bool = True,
) -> Any:
    """Declare a field that is read from the JSON key of its own name, in any case of letters."""
    chosen: dict[str, Any] = {"default": default} if factory is None else {"factory": factory}
    metadata = {"read": read, SENSITIVE: sensitive, SHOWN: shown}
    return attrs.field(**chosen, hash=None if hashed else False, metadata=metadata)


def _extra() -> Any:
    metadata = {SENSITIVE: _redact_content}
    return attrs.field(factory=dict[str, Any], hash=False, kw_only=True, metadata=metadata)


@attrs.frozen(field_transformer=hide_sensitive)
class RunCommandParameters:
    """What a RUN_COMMAND invocation sent (AWS's ``MaintenanceWindowRunCommandParameters``).

    A member that is absent is None, an empty tuple or an empty dict.
    """

    document_name: str | None = _member(_string, sensitive=False)
    """The SSM document that ran."""
    document_version: str | None = _member(_string, sensitive=False)
    """Its version, such as ``$DEFAULT`` or ``3``."""
    instance_ids: tuple[str, ...] = _member(_strings, default=(), sensitive=False)
    """The managed nodes by id."""
    targets: tuple[dict[str, Any], ...] = _member(
        _objects, default=(), sensitive=_redact_targets, shown=_shown_targets, hashed=False
    )
    """The targets of a run by tag or group, as AWS sent them. Sensitive, except for the keys."""
    comment: str | None = _member(_string)
    """The caller's comment. Sensitive."""
    max_concurrency: str | None = _member(_string, sensitive=False)
    """A number of targets, or a percentage such as ``10%``."""
    max_errors: str | None = _member(_string, sensitive=False)
    """A number of errors, or a percentage."""
    parameters: dict[str, tuple[str, ...]] = _member(
        _string_lists, factory=dict, sensitive=_redact_values, hashed=False
    )
    """The document's own parameters, names in the document's spelling. The values are sensitive."""
    timeout_seconds: int | None = _member(_integer, sensitive=False)
    """Seconds a command may wait before it starts."""
    cloud_watch_output_config: dict[str, Any] | None = _member(_object, hashed=False)
    """Where output goes in CloudWatch Logs. Sensitive."""
    document_hash: str | None = _member(_string)
    """The document's hash. Sensitive."""
    document_hash_type: str | None = _member(_string)
    """``Sha256`` or ``Sha1``. Sensitive."""
    notification_config: dict[str, Any] | None = _member(_object, hashed=False)
    """How Amazon SNS is notified of state changes. Sensitive."""
    output_s3_bucket_name: str | None = _member(_string)
    """The S3 bucket for output. Sensitive."""
    output_s3_key_prefix: str | None = _member(_string)
    """The prefix in that bucket. Sensitive."""
    service_role_arn: str | None = _member(_string)
    """The role that publishes notifications. Sensitive."""
    extra: dict[str, Any] = _extra()
    """All other members, under AWS's names. Sensitive."""

    @property
    def named_instance_ids(self) -> tuple[str, ...]:
        """Every node named by id: in `instance_ids`, whatever the case of its letters, and in
        targets with key InstanceIds.
        """
        named = dict.fromkeys(_named_beside_targets(self))
        for target in map(_lower_keys, self.targets):
            if str(target.get("key")).lower() == "instanceids":
                for values in (target.get("values"), target.get("targetvalues")):
                    named |= dict.fromkeys(_strings(values) or ())
        return tuple(named)

    @property
    def target_keys(self) -> tuple[str, ...]:
        """The keys of `targets` that do not name nodes by id, such as ``tag:PatchGroup``."""
        keys = dict.fromkeys(
            str(target.get("key", "")) for target in map(_lower_keys, self.targets)
        )
        return tuple(key for key in keys if key.lower() != "instanceids")


def _named_beside_targets(parameters: RunCommandParameters) -> tuple[str, ...]:
    named = list(parameters.instance_ids)
    for key, value in parameters.extra.items():
        if key.lower() == "instanceids":
            named += _strings(value) or ()
    return tuple(dict.fromkeys(named))


@attrs.frozen(field_transformer=hide_sensitive)
class AutomationParameters:
    """What an AUTOMATION invocation sent (AWS's ``MaintenanceWindowAutomationParameters``).

    AWS documents no example; the members are those of the registration side.
    """

    document_version: str | None = _member(_string, sensitive=False)
    """The runbook's version."""
    parameters: dict[str, tuple[str, ...]] = _member(
        _string_lists,
        factory=dict,
        sensitive=_redact_values,
        shown=_shown_node_ids,
        hashed=False,
    )
    """The runbook's own parameters. The values are sensitive."""
    extra: dict[str, Any] = _extra()
    """All other members, under AWS's names. Sensitive."""

    @property
    def named_instance_ids(self) -> tuple[str, ...]:
        """Those values of `parameters` that have the form of a managed node's id."""
        values = (value for values in self.parameters.values() for value in values)
        return tuple(dict.fromkeys(filter(_NODE_ID.fullmatch, values)))


@attrs.frozen(field_transformer=hide_sensitive)
class LambdaParameters:
    """What a LAMBDA invocation sent (AWS's ``MaintenanceWindowLambdaParameters``).

    AWS documents no example; the members are those of the registration side.
    """

    client_context: str | None = _member(_string)
    """The client context, as sent. Sensitive."""
    qualifier: str | None = _member(_string)
    """The function's version or alias. Sensitive."""
    payload: str | None = _member(_string)
    """The payload as in the JSON (base64), not decoded. Sensitive."""
    extra: dict[str, Any] = _extra()
    """All other members, under AWS's names. Sensitive."""


@attrs.frozen(field_transformer=hide_sensitive)
class StepFunctionsParameters:
    """What a STEP_FUNCTIONS invocation sent (AWS's ``MaintenanceWindowStepFunctionsParameters``).

    AWS documents no example; the members are those of the registration side.
    """

    input: str | None = _member(_string)
    """The state machine's input, as a string; it is not decoded. Sensitive."""
    name: str | None = _member(_string)
    """The name of the execution. Sensitive."""
    extra: dict[str, Any] = _extra()
    """All other members, under AWS's names. Sensitive."""


@attrs.frozen(field_transformer=hide_sensitive)
class UnrecognizedParameters:
    """A `Parameters` text in a form that the library does not know.

    The text itself is the invocation's `raw_parameters`.
    """

    reason: str
    """Why it was not recognised."""
    document: Any = attrs.field(default=None, hash=False, metadata={SENSITIVE: True})
    """The JSON value, if the text was JSON. Sensitive."""


_TypedParameters = (
    RunCommandParameters | AutomationParameters | LambdaParameters | StepFunctionsParameters
)

Parameters = _TypedParameters | UnrecognizedParameters
"""The types that `TaskInvocation.parameters` can have."""

_T = TypeVar("_T", bound=_TypedParameters)


def without_sensitive(parameters: Parameters) -> str | None:
    """Return JSON text of the members that are not sensitive; None if no member is known.

    It reads as an object of the same class, which names the same document, nodes and keys of
    targets.
    """
    if isinstance(parameters, UnrecognizedParameters):
        return None
    shown = {field.name: _shown_part(parameters, field) for field in attrs.fields(type(parameters))}
    if isinstance(parameters, RunCommandParameters) and shown["instance_ids"] is not None:
        shown["instance_ids"] = _named_beside_targets(parameters)
    absent: tuple[object, ...] = (None, (), [], {})
    return json.dumps({_camel_case(k): v for k, v in shown.items() if v not in absent})


def _shown_part(parameters: _TypedParameters, field: attrs.Attribute[Any]) -> Any:
    value = getattr(parameters, field.name)
    if not field.metadata[SENSITIVE]:
        return value
    show = field.metadata.get(SHOWN)
    return show(value) if show else None


class _DuplicateKeyError(ValueError):
    """A JSON object has a key twice, so one of the two values would be lost."""


class _NotJsonError(ValueError):
    """The text has NaN or Infinity, which Python's decoder accepts and JSON does not allow."""


def _object_of_unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _DuplicateKeyError
    return members


def _refuse_constant(_constant: str) -> None:
    raise _NotJsonError


_decode_strictly = json.JSONDecoder(
    object_pairs_hook=_object_of_unique_keys, parse_constant=_refuse_constant
).decode
_decode_last_wins = json.JSONDecoder(parse_constant=_refuse_constant).decode


def _decode(text: str) -> Any:
    """Decode `text`, by orjson if that loses nothing: it writes the same text again.

    orjson keeps the last of two equal keys, and makes floats of long integers.
    """
    if orjson is not None:
        try:
            document = orjson.loads(text)
            if orjson.dumps(document) == text.encode():
                return document
        except (ValueError, TypeError):  # TypeError: nested deeper than orjson writes
            pass
    return _decode_strictly(text)


def parse_parameters(text: str, task_type: TaskType | None) -> Parameters:
    """Read `text` as the class for `task_type`. Never raises, whatever the text."""
    document = _read_document(text)
    if isinstance(document, UnrecognizedParameters):
        return document
    return _typed(document, task_type)


Named = tuple[str | None, tuple[str, ...]]
"""The document that a Run Command names, and the `named_instance_ids` of an invocation."""


def read_named(text: str, task_type: TaskType | None) -> Named:
    """Return what the typed object of `text` names.

    The object is built only if there are other members than usual in a run by id.
    """
    document = _read_document(text)
    if isinstance(document, UnrecognizedParameters):
        return None, ()
    if task_type == TaskType.RUN_COMMAND and document.keys() <= _MEMBERS_OF_RUN_BY_ID:
        instance_ids = _strings(document.get("instanceIds")) or ()
        return _string(document.get("documentName")), _unique(instance_ids)
    parameters = _typed(document, task_type)
    return (
        getattr(parameters, "document_name", None),
        getattr(parameters, "named_instance_ids", ()),
    )


def _read_document(text: str) -> dict[str, Any] | UnrecognizedParameters:
    try:
        document: Any = _decode(text)
    except _DuplicateKeyError:
        return _with_duplicate_key(text)
    except (ValueError, RecursionError) as error:
        return UnrecognizedParameters(_why_not_read(error))
    if document.__class__ is not dict:
        return UnrecognizedParameters("the JSON is not an object", document)
    return document


def _with_duplicate_key(text: str) -> UnrecognizedParameters:
    try:
        document = _decode_last_wins(text)
    except (ValueError, RecursionError) as error:
        return UnrecognizedParameters(_why_not_read(error))
    return UnrecognizedParameters("a JSON object has a key twice", document)


def _why_not_read(error: ValueError | RecursionError) -> str:
    """Return the reason, without any of the text."""
    match error:
        case json.JSONDecodeError():
            return f"not JSON: {error.msg.removesuffix(' at')} at character {error.pos}"
        case _NotJsonError():
            return "not JSON: NaN or Infinity"
        case RecursionError():
            return "nested too deeply to be read"
        case _:
            return "a number is too long to be read"


def _typed(members: dict[str, Any], task_type: TaskType | None) -> Parameters:
    cls = _CLASS_OF_TASK_TYPE.get(task_type)
    if cls is not None:
        return _read(cls, members)
    if task_type is not None:
        return UnrecognizedParameters("a task type that this version does not know", members)
    if _is_unmistakably_run_command(members):
        return _read(RunCommandParameters, members)
    return UnrecognizedParameters("no task type, and the members do not show it", members)


def _is_unmistakably_run_command(members: dict[str, Any]) -> bool:
    run = _read(RunCommandParameters, members)
    return run.document_name is not None and bool(run.instance_ids or run.targets)


def _read(cls: type[_T], members: dict[str, Any]) -> _T:
    """Fill the fields of `cls` by their keys; all else goes to `extra`."""
    readers = _READERS[cls]
    fields: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for key, value in members.items():
        name, read = readers.get(key) or readers.get(key.lower(), _UNKNOWN)
        field_value = None if name in fields else read(value)
        if field_value is None:
            extra[key] = value
        else:
            fields[name] = field_value
    fields["extra"] = extra
    return cls(**fields)


def _read_nothing(_value: object) -> None:
    return None


_UNKNOWN = ("", _read_nothing)

_CLASS_OF_TASK_TYPE: dict[TaskType | None, type[_TypedParameters]] = {
    TaskType.RUN_COMMAND: RunCommandParameters,
    TaskType.AUTOMATION: AutomationParameters,
    TaskType.LAMBDA: LambdaParameters,
    TaskType.STEP_FUNCTIONS: StepFunctionsParameters,
}


def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


_READERS: dict[type, dict[str, tuple[str, Callable[[object], object]]]] = {
    cls: {
        key: (field.name, field.metadata["read"])
        for field in attrs.fields(cls)
        if field.name != "extra"
        for key in (_camel_case(field.name), field.name.replace("_", ""))
    }
    for cls in _CLASS_OF_TASK_TYPE.values()
}
"""By class and JSON key, in AWS's spelling and in lower case: the field's name and its reader."""

_MEMBERS_OF_RUN_BY_ID = {
    key
    for key, (name, _) in _READERS[RunCommandParameters].items()
    if key == _camel_case(name) != "targets"
}
"""In AWS's spelling only: with another, a member may be there twice."""
