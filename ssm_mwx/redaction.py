"""What is sensitive, its placeholder, and how any value is described and any text shown safely.

A field is sensitive if its metadata says so; there is no other list. `repr` and every view ask
here.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast

import attrs

SENSITIVE = "sensitive"
"""Field metadata: True, or a function that writes what may be seen of a value."""
SHOWN = "shown"
"""Field metadata: a function that returns the part of a sensitive value that is not sensitive, for
JSON."""
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
def sensitive_fields(cls: type[Any]) -> frozenset[str]:
    """Return the names of the sensitive fields of an attrs class."""
    return frozenset(field.name for field in attrs.fields(cls) if field.metadata.get(SENSITIVE))


def visible(model: attrs.AttrsInstance, name: str) -> Any:
    """Return the field `name` of `model`, or the placeholder if it is sensitive and not None."""
    value = getattr(model, name)
    if value is None or name not in sensitive_fields(type(model)):
        return value
    return REDACTED


def clean(text: str) -> str:
    """Put `text` on one line, and replace each character that a display might act upon.

    These are control characters such as a terminal's escape, the marks that reverse the direction
    of writing, and halves of surrogate pairs, which no encoding takes.
    """
    words = " ".join(text.split())
    return "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in words
    )


def describe(given: object) -> str:
    """Describe a value in an error message.

    A short text in the form of an id, a number or a time is shown. Anything else may hold a
    secret, such as an answer of AWS that was given in the wrong place: only its type is named.
    """
    if given is None or isinstance(given, bool | float | timedelta | datetime):
        return repr(given)
    if isinstance(given, int):
        return repr(given) if abs(given) < 10**40 else "an int of more than 40 digits"
    if isinstance(given, str):
        return repr(str(given)) if _ID_FORM.fullmatch(given) else f"a str of length {len(given)}"
    name = given.__name__ if isinstance(given, type) else type(given).__name__
    article = "an" if name[0] in "AEIOUaeiou" else "a"
    return f"the class {name}" if isinstance(given, type) else f"{article} {name}"


_ID_FORM = re.compile(r"[0-9A-Za-z_-]{0,40}")
