"""A short HTML display of one model, for notebooks.

Like a report's, it takes the colours of its surroundings.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from html import escape
from typing import Any, ClassVar, cast

import attrs

from ssm_mwx import texts
from ssm_mwx.enums import CommandInvocationStatus, ExecutionStatus
from ssm_mwx.redaction import REDACTED, sensitive_fields, visible

_MOST = 250  # columns of a value: as long as AWS makes status details
_TABLE = (
    "border-collapse:collapse;border:0;margin:0;font-size:13px;line-height:1.5;color:inherit;"
    "background:none"
)
_ROW = "background:none;border:0"
_CELL = "text-align:left;vertical-align:top;padding:1px 16px 1px 0;overflow-wrap:anywhere"


class Display:
    """Shows a model in a notebook: its fields that are set, the sensitive ones redacted."""

    __slots__ = ()

    _derived: ClassVar[tuple[str, ...]] = ()
    """Properties that follow the fields."""

    def _visible(self, name: str) -> object:
        """Return a field or property, or the placeholder where it is sensitive."""
        model = cast("attrs.AttrsInstance", self)
        times = {"start_time", "end_time"}
        if name == "duration" and times & sensitive_fields(type(model)):
            return REDACTED
        return visible(model, name)

    def _repr_html_(self) -> str:
        model: Any = type(self)
        names = [field.name for field in attrs.fields(model) if field.repr]
        values = {name: self._visible(name) for name in (*names, *self._derived)}
        rows = "".join(
            f'<tr style="{_ROW}"><th scope="row" style="{_CELL};font-weight:600">{name}</th>'
            f'<td style="{_CELL}">{_html(value)}</td></tr>'
            for name, value in values.items()
            if value not in (None, "", ())
        )
        return f'<table style="{_TABLE}"><tbody>{rows}</tbody></table>'


def _html(value: object) -> str:
    """Write a value as HTML, a status with its colour."""
    match value:
        case ExecutionStatus():
            return f"{_square(value)}{_text(value)}"
        case CommandInvocationStatus():
            return f"{_square(value.execution_status)}{_text(value)}"
        case datetime():
            return f"{texts.time_text(value)} UTC"
        case timedelta():
            return texts.duration_text(value)
        case Display():
            return value._repr_html_()  # pyright: ignore[reportPrivateUsage]
        case tuple():
            return _html_of_all(cast("tuple[object, ...]", value))
        case _:
            return _text(value)


def _html_of_all(values: tuple[object, ...]) -> str:
    """Write models below each other, and anything else on one line."""
    if all(isinstance(value, Display) for value in values):
        return "".join(map(_html, values))
    return _text(values)


def _text(value: object) -> str:
    return escape(texts.shorten(texts.value_text(value), _MOST))


def _square(status: ExecutionStatus) -> str:
    return f'<span style="color:{texts.colour_of(status)}">■</span> '
