"""A report as a polars frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from ssm_mwx.report.frames import arrow_table

if TYPE_CHECKING:
    from ssm_mwx.report.task_report import TaskReport


def polars_frame(
    report: TaskReport, explode_instances: bool, include_sensitive: bool
) -> pl.DataFrame:
    """Return `arrow_table` for polars."""
    return pl.DataFrame(arrow_table(report, explode_instances, include_sensitive))
