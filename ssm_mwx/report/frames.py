"""A report as an Arrow table, from which the frames of other libraries are made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa

from ssm_mwx.enums import OpenEnum
from ssm_mwx.report.columns import Column, columns_of

if TYPE_CHECKING:
    from ssm_mwx.report.task_report import TaskReport

_LISTS = {tuple[str, ...]: pa.list_(pa.string())}
_SCALARS: dict[type, pa.DataType] = {
    str: pa.string(),
    bool: pa.bool_(),
    int: pa.int64(),
    float: pa.float64(),
    datetime: pa.timestamp("us", tz="UTC"),
    timedelta: pa.duration("us"),
}
"""Arrow's types by Python's, a subclass before its base."""


def arrow_table(report: TaskReport, explode_instances: bool, include_sensitive: bool) -> pa.Table:
    """Return a row for each invocation or, exploded, for each node."""
    columns = columns_of(
        report, explode_instances=explode_instances, include_sensitive=include_sensitive
    )
    return pa.table({column.name: _array(column) for column in columns})


def _array(column: Column) -> pa.Array[Any]:
    kind = column.type
    if isinstance(kind, type) and issubclass(kind, OpenEnum):
        return _categories(kind, column.values)
    known = _arrow_type(kind)
    if known is not None:
        return _encoded(column.values, known)
    # A nested class redacts itself in its `repr`.
    return _encoded([value if value is None else repr(value) for value in column.values])


def _arrow_type(kind: Any) -> pa.DataType | None:
    """Find Arrow's type; by subclass, since a library that freezes time replaces `datetime`."""
    if not isinstance(kind, type):
        return _LISTS.get(kind)
    return next((found for base, found in _SCALARS.items() if issubclass(kind, base)), None)


def _encoded(values: Sequence[Any], type_: pa.DataType | None = None) -> pa.Array[Any]:
    type_ = type_ or pa.string()
    try:
        return pa.array(values, type_)
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can hold and UTF-8 cannot
        return pa.array([_encodable(value) for value in values], type_)


def _encodable(value: object) -> object:
    if isinstance(value, tuple):
        return [_encodable(item) for item in cast("tuple[object, ...]", value)]
    return value.encode(errors="replace").decode() if isinstance(value, str) else value


def _categories(members: Iterable[str], values: Sequence[str | None]) -> pa.Array[Any]:
    """Return a dictionary column with all `members`, used or not: frames can be joined."""
    known = list(members)
    array = _encoded([*known, *values]).cast(pa.dictionary(pa.int32(), pa.string()))
    return array.slice(len(known))
