"""What is sensitive, and its placeholder.

A field is sensitive if its metadata says so; there is no other list. `repr` and every view ask
here.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, cast

import attrs

SENSITIVE = "sensitive"
"""Field metadata: True, or a function that writes what may be seen of a value."""
REDACTED = "<sensitive>"
"""The placeholder."""


def redact(value: object) -> str:
    """Return the `repr` of a sensitive value: None stays None, all else is the placeholder."""
    return "None" if value is None else REDACTED


def hide_sensitive(_cls: type, fields: list[attrs.Attribute[Any]]) -> list[attrs.Attribute[Any]]:
    """Redact sensitive fields in `repr`; a ``field_transformer`` of attrs."""
    return [
        field.evolve(repr=_redactor_of(field)) if field.metadata.get(SENSITIVE) else field
        for field in fields
    ]


def _redactor_of(field: attrs.Attribute[Any]) -> Callable[[Any], str]:
    mark = field.metadata[SENSITIVE]
    return cast("Callable[[Any], str]", mark) if callable(mark) else redact


@functools.cache
def sensitive_fields(cls: type[attrs.AttrsInstance]) -> frozenset[str]:
    """Return the names of the sensitive fields of an attrs class."""
    return frozenset(field.name for field in attrs.fields(cls) if field.metadata.get(SENSITIVE))


def visible(model: attrs.AttrsInstance, name: str) -> Any:
    """Return the field `name` of `model`, or the placeholder if it is sensitive and not None."""
    value = getattr(model, name)
    if value is None or name not in sensitive_fields(type(model)):
        return value
    return REDACTED
