"""The one cattrs converter: how AWS's JSON becomes a model, and how it goes back.

All of it follows from the fields of `models.py`: their types, defaults and metadata.
"""

from __future__ import annotations

import types
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import repeat
from typing import Any, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from ssm_mwx.enums import OpenEnum
from ssm_mwx.models import MEMBER, MODELS, REPEATED
from ssm_mwx.redaction import REDACTED, SENSITIVE
from ssm_mwx.values import (
    Read,
    ReadMany,
    boolean,
    in_utc,
    integer,
    items,
    mapping,
    or_default,
    read_enum,
    read_many,
    read_many_enums,
    sensitive_string_or_none,
    shared_string_or_none,
    string,
    string_or_none,
    time_or_none,
    values_by_name,
)

_Hook = Callable[[Any, Any], Any]


def _member_of(field: attrs.Attribute[Any]) -> str | None:
    if MEMBER in field.metadata:
        member: str | None = field.metadata[MEMBER]
        return member
    return "".join(word.capitalize() for word in field.name.split("_"))


def _members_of(cls: type[attrs.AttrsInstance]) -> dict[str, str]:
    members = {field.name: _member_of(field) for field in attrs.fields(cls)}
    return {name: member for name, member in members.items() if member is not None}


MEMBER_OF_FIELD: dict[type, dict[str, str]] = {cls: _members_of(cls) for cls in MODELS}
"""AWS's name of the member, by model and field."""


# --- the converter ---

_READERS: dict[Any, Read] = {
    str: string,
    str | None: string_or_none,
    bool: boolean,
    int: integer,
    datetime | None: time_or_none,
}


def _make_converter() -> Converter:
    converter = Converter(detailed_validation=True)
    for value_type, read in _READERS.items():
        converter.register_structure_hook(value_type, _as_hook(read))
    for enum in OpenEnum.__subclasses__():
        converter.register_structure_hook(enum, _as_hook(read_enum(enum)))
        converter.register_unstructure_hook(enum, str)
    converter.register_structure_hook_func(_is_values_by_name, _as_hook(values_by_name))
    converter.register_unstructure_hook_func(_is_values_by_name, _values_by_name_out)
    converter.register_structure_hook_factory(_is_tuple, _tuple_hook)
    converter.register_unstructure_hook(datetime, _iso_in_utc)
    # Factories, so that a model's two functions are made when they are first needed.
    converter.register_structure_hook_factory(MODELS.__contains__, _model_hook)
    converter.register_unstructure_hook_factory(MODELS.__contains__, _model_unhook)
    return converter


def _as_hook(read: Read) -> _Hook:
    return lambda value, _type: read(value)


def _is_values_by_name(type_: Any) -> bool:
    return bool(type_ == Mapping[str, tuple[str, ...]])


def _is_tuple(type_: Any) -> bool:
    return get_origin(type_) is tuple


def _tuple_hook(tuple_type: Any, converter: Converter) -> _Hook:
    item_type = get_args(tuple_type)[0]
    list_type = types.GenericAlias(list, item_type)
    structure_list = converter.get_structure_hook(list_type)

    def structure_tuple(value: Any, _type: object) -> tuple[Any, ...]:
        return tuple(structure_list(items(value), list_type))

    if item_type in MODELS:
        return _models_hook(item_type, converter, structure_tuple)
    return structure_tuple


def _models_hook(
    model: type[attrs.AttrsInstance], converter: Converter, structure_thoroughly: _Hook
) -> _Hook:
    """Return what reads a list of models, one member of all items after the other.

    It stores each value where the class would, without calling the class: that takes half the time.
    """
    readers = _readers_of(model, converter)
    members: list[tuple[str, ReadMany, Callable[[Any, Any], None]]] = [
        (
            MEMBER_OF_FIELD[model][field.name],
            _reader_of_many(field, readers[field.name]),
            getattr(model, field.name).__set__,
        )
        for field in attrs.fields(model)
    ]

    def structure_columns(value: list[dict[str, Any]]) -> tuple[Any, ...]:
        gets = [item.get for item in value]
        models = tuple(map(object.__new__, repeat(model, len(gets))))
        for member, read, store in members:
            column = read([get(member) for get in gets])
            deque(map(store, models, column), maxlen=0)
        return models

    def structure_models(value: Any, type_: Any) -> Any:
        """Read all items; only if one is not as promised, find out which."""
        if value and {*map(type, items(value))} == {dict}:
            try:
                return structure_columns(value)
            except Exception:  # noqa: BLE001, S110 - cattrs finds it again, and says where it is
                pass
        return structure_thoroughly(value, type_)

    return structure_models


def _model_hook(model: type[attrs.AttrsInstance], converter: Converter) -> _Hook:
    readers = _readers_of(model, converter)
    structure_thoroughly = make_dict_structure_fn(
        model, converter, **_overrides(model, {name: _as_hook(readers[name]) for name in readers})
    )
    members = [(MEMBER_OF_FIELD[model][name], read) for name, read in readers.items()]

    def structure_model(value: Any, type_: Any) -> Any:
        """Read all members; only if one is not as promised, find out which."""
        if value.__class__ is dict:
            get = value.get
            try:
                return model(*[read(get(member)) for member, read in members])
            except Exception:  # noqa: BLE001, S110 - cattrs finds it again, and says where it is
                pass
        return structure_thoroughly(mapping(value), type_)

    return structure_model


def _readers_of(model: type[attrs.AttrsInstance], converter: Converter) -> dict[str, Read]:
    return {
        field.name: _reader_of(field, converter)
        for field in attrs.fields(model)
        if field.name in MEMBER_OF_FIELD[model]
    }


def _reader_of(field: attrs.Attribute[Any], converter: Converter) -> Read:
    """Return what reads the member of a field; an absent or null member is the default."""
    if field.metadata.get(REPEATED):
        return shared_string_or_none
    if field.metadata.get(SENSITIVE):
        if field.type == str | None:
            return sensitive_string_or_none
        return _reader_of_sensitive(field, converter)
    return _reader_of_type(field, converter)


def _reader_of_sensitive(field: attrs.Attribute[Any], converter: Converter) -> Read:
    """Return what reads the placeholder as an absent member."""
    read = _reader_of_type(field, converter)
    return lambda value: read(None if value == REDACTED else value)


def _reader_of_type(field: attrs.Attribute[Any], converter: Converter) -> Read:
    field_type: Any = field.type
    if field_type in _READERS and field.default is None:
        return _READERS[field_type]
    enum = _enum_of(field)
    if enum is not None:
        return or_default(read_enum(enum), field.default)
    (value_type,) = _without_none(field_type)
    hook = converter.get_structure_hook(value_type)
    return or_default(lambda value: hook(value, value_type), field.default)


def _reader_of_many(field: attrs.Attribute[Any], read: Read) -> ReadMany:
    """Return what reads the member of a field in many items, in each as `read` does."""
    enum = _enum_of(field)
    return read_many(read) if enum is None else read_many_enums(enum, read)


def _enum_of(field: attrs.Attribute[Any]) -> type[OpenEnum] | None:
    (value_type, *_) = _without_none(field.type)
    if isinstance(value_type, type) and issubclass(value_type, OpenEnum):
        return value_type
    return None


def _without_none(type_: Any) -> set[Any]:
    """Return the types of an optional, or the type itself."""
    is_optional = type(None) in get_args(type_)
    return {*get_args(type_)} - {type(None)} if is_optional else {type_}


def _overrides(model: type[attrs.AttrsInstance], hooks: dict[str, _Hook]) -> dict[str, Any]:
    """Tell cattrs of each field AWS's name and, where it is read, how."""
    members = MEMBER_OF_FIELD[model]
    return {
        field.name: override(
            rename=members[field.name],
            omit_if_default=field.default is None,
            struct_hook=hooks.get(field.name),
        )
        if field.name in members
        else override(omit=True)
        for field in attrs.fields(model)
    }


def _model_unhook(model: type[attrs.AttrsInstance], converter: Converter) -> Callable[[Any], Any]:
    unstructure_members = make_dict_unstructure_fn(model, converter, **_overrides(model, {}))

    def unstructure_model(value: Any) -> dict[str, Any]:
        return unstructure_members(value) or dict.fromkeys(MEMBER_OF_FIELD[model].values())

    return unstructure_model


# --- values out ---


def _iso_in_utc(value: datetime) -> str:
    return in_utc(value).isoformat()


def _values_by_name_out(value: Mapping[str, tuple[str, ...]]) -> dict[str, dict[str, list[str]]]:
    return {name: {"Values": list(values)} for name, values in value.items()}


converter: Converter = _make_converter()
