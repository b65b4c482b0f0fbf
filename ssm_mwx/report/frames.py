"""A report as a data frame: an Arrow table first, the others from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast

from ssm_mwx.enums import ExecutionStatus, TaskType
from ssm_mwx.models import TaskExecution, TaskInvocation
from ssm_mwx.optional import import_extra
from ssm_mwx.parameters import RunCommandParameters

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

    from ssm_mwx.report.task_report import TaskReport

_SENSITIVE = ("raw_parameters", "owner_information")


def arrow_table(report: TaskReport, explode_instances: bool, include_sensitive: bool) -> Any:
    """A row for each invocation, or for each instance."""
    arrow = import_extra("pyarrow", extra="notebook")
    table = _table(arrow, report, _SENSITIVE if include_sensitive else ())
    return _exploded(arrow, table) if explode_instances else table


def pandas_frame(
    report: TaskReport, explode_instances: bool, include_sensitive: bool
) -> pd.DataFrame:
    """`arrow_table` for pandas."""
    pandas = import_extra("pandas", extra="notebook")
    table = arrow_table(report, explode_instances, include_sensitive)
    frame: pd.DataFrame = table.to_pandas()
    if not explode_instances:  # pyarrow makes numpy arrays of lists, which do not compare as lists
        lists = table["instance_ids"].to_pylist()
        frame["instance_ids"] = pandas.Series(lists, index=frame.index, dtype=object)
    return frame


def polars_frame(
    report: TaskReport, explode_instances: bool, include_sensitive: bool
) -> pl.DataFrame:
    """`arrow_table` for polars."""
    polars = import_extra("polars", extra="polars")
    import_extra("pyarrow", extra="polars")
    frame: pl.DataFrame = polars.from_arrow(
        arrow_table(report, explode_instances, include_sensitive)
    )
    return frame


def _table(arrow: Any, report: TaskReport, sensitive: Sequence[str]) -> Any:
    invocations = report.invocations
    types = _column_types(arrow)

    def column(name: str, read: Callable[[TaskInvocation], object]) -> Any:
        return _array(arrow, map(read, invocations), types.get(name, arrow.string()))

    def member(name: str) -> Any:
        return column(name, attrgetter(name))

    columns = {
        "window_execution_id": member("window_execution_id"),
        "task_execution_id": member("task_execution_id"),
        "invocation_id": member("invocation_id"),
        "task_type": _categories(arrow, TaskType, (item.task_type for item in invocations)),
        "document_name": column("document_name", _document_namer(report.task)),
        "instance_ids": member("instance_ids"),
        "status": _categories(arrow, ExecutionStatus, (item.status for item in invocations)),
        **{
            name: member(name)
            for name in (
                "status_details",
                "start_time",
                "end_time",
                "duration",
                "command_id",
                "execution_id",
                "window_target_id",
                *sensitive,
            )
        },
    }
    return arrow.table(columns)


def _column_types(arrow: Any) -> dict[str, Any]:
    """The types of the columns that are not strings."""
    return {
        "instance_ids": arrow.list_(arrow.string()),
        "start_time": arrow.timestamp("us", tz="UTC"),
        "end_time": arrow.timestamp("us", tz="UTC"),
        "duration": arrow.duration("us"),
    }


def _document_namer(task: TaskExecution) -> Callable[[TaskInvocation], str | None]:
    """What finds the document of an invocation: it names one, or runs the one of the task."""
    runs_document = task.type in (TaskType.RUN_COMMAND, TaskType.AUTOMATION)
    of_task = task.task_arn if runs_document else None

    def document_name(invocation: TaskInvocation) -> str | None:
        parameters = invocation.parameters
        named = isinstance(parameters, RunCommandParameters) and parameters.document_name
        return named or of_task

    return document_name


def _array(arrow: Any, values: Iterable[object], type_: Any) -> Any:
    items = list(values)
    try:
        return arrow.array(items, type_)
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can hold and UTF-8 cannot
        return arrow.array([_encodable(item) for item in items], type_)


def _encodable(value: object) -> object:
    if isinstance(value, tuple):
        return [_encodable(item) for item in cast("tuple[object, ...]", value)]
    return value.encode(errors="replace").decode() if isinstance(value, str) else value


def _categories(
    arrow: Any,
    enum: type[ExecutionStatus | TaskType],
    values: Iterable[ExecutionStatus | TaskType | None],
) -> Any:
    """A dictionary column; all members of `enum` are categories, so that frames can be joined."""
    items = list(values)
    known = [*enum, *(item for item in items if item is not None)]
    codes = {text: code for code, text in enumerate(dict.fromkeys(map(str, known)))}
    indices = arrow.array([None if item is None else codes[item] for item in items], arrow.int32())
    return arrow.DictionaryArray.from_arrays(indices, _array(arrow, codes, arrow.string()))


def _exploded(arrow: Any, table: Any) -> Any:
    """`table` with a row for each instance id, and one for an empty list of them."""
    place = table.column_names.index("instance_ids")
    rows: list[int] = []
    instance_ids: list[str | None] = []
    for row, ids in enumerate(table["instance_ids"].to_pylist()):
        rows += [row] * (len(ids) or 1)
        instance_ids += ids or [None]
    taken = table.take(arrow.array(rows, arrow.int64()))
    return taken.set_column(place, "instance_id", arrow.array(instance_ids, arrow.string()))
