"""A task execution to look at: summary, notebook and HTML display, data frames, timeline.

It works on models alone and knows nothing of AWS calls. What an extra brings is imported where it
is used, so that importing this package imports none of it.
"""

from ssm_mwx.report.task_report import Durations, TaskReport

__all__ = ["Durations", "TaskReport"]
