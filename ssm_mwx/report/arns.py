"""Account and Region of a task, as far as the ARNs in AWS's answer name them."""

from __future__ import annotations

from ssm_mwx.enums import TaskType
from ssm_mwx.models import TaskExecution
from ssm_mwx.redaction import sensitive_fields

_OWN_TASKS = (TaskType.LAMBDA, TaskType.STEP_FUNCTIONS)


def account_of(task: TaskExecution) -> str | None:
    """Return the account of the role that a task runs under, else of its function.

    A document may be another account's, which shares it.
    """
    return _part(task, "service_role", 4) or (
        _part(task, "task_arn", 4) if task.type in _OWN_TASKS else None
    )


def region_of(task: TaskExecution) -> str | None:
    """Return the Region of what a task runs; None for a document that is known by its name."""
    return _part(task, "task_arn", 3)


def _part(task: TaskExecution, name: str, number: int) -> str | None:
    """Return a part of an ARN: 3 is the Region, 4 the account; None if it has none."""
    arn: str | None = getattr(task, name)
    if not arn or name in sensitive_fields(TaskExecution):
        return None
    parts = arn.split(":", 5)
    is_arn = len(parts) == 6 and parts[0] == "arn"
    return (parts[number] or None) if is_arn else None
