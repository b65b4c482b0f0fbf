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
    frame: pd.DataFrame = table.to_pandas()  # pyright: ignore[reportUnknownMemberType]
    for name in table.column_names:
        column = table[name]
        if pa.types.is_list(column.type):  # numpy arrays by default, which compare otherwise
            frame[name] = pd.Series(column.to_pylist(), index=frame.index, dtype=object)
    return frame
