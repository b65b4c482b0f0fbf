"""A task execution to look at: numbers, notebook and HTML display, data frames, timeline.

It works on models alone and makes no AWS call. Modules that need an extra are imported when they
are used.
"""

from ssm_mwx.report.nodes import NodeOutcome
from ssm_mwx.report.task_report import Durations, TaskReport

__all__ = ["Durations", "NodeOutcome", "TaskReport"]
