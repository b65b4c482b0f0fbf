"""A report as a pandas frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from ssm_mwx.report.frames import arrow_table

if TYPE_CHECKING:
    from ssm_mwx.report.task_report import TaskReport


def pandas_frame(
    report: TaskReport, explode_instances: bool, include_sensitive: bool
) -> pd.DataFrame:
    """Return `arrow_table` for pandas."""
    table = arrow_table(report, explode_instances, include_sensitive)
    # pandas makes numpy arrays of lists, which compare otherwise.
    lists = [name for name in table.column_names if pa.types.is_list(table[name].type)]
    frame: pd.DataFrame = table.drop_columns(lists).to_pandas()  # pyright: ignore[reportUnknownMemberType]
    for name in lists:
        values = pd.Series(table[name].to_pylist(), index=frame.index, dtype=object)
        frame.insert(table.column_names.index(name), name, values)
    return frame
