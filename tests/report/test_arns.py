"""The account and the Region that a report is from."""

from __future__ import annotations

import copy
import pickle
from unittest.mock import Mock

import pytest

from ssm_mwx import TaskExecution, TaskReport, TaskType
from ssm_mwx.report import arns

ROLE = "arn:aws-cn:iam::111122223333:role/MaintenanceWindows"
FUNCTION = "arn:aws:lambda:eu-west-1:444455556666:function:drain:live"
DOCUMENT = "arn:aws:ssm:eu-central-1:777788889999:document/Shared"


@pytest.mark.parametrize(
    ("task", "account", "region"),
    [
        (TaskExecution(), None, None),
        (TaskExecution(service_role="", task_arn=""), None, None),
        (TaskExecution(service_role="arn:of:nothing", task_arn="AWS-Run"), None, None),
        (TaskExecution(service_role=ROLE, task_arn="AWS-Run"), "111122223333", None),
        (TaskExecution(type=TaskType.RUN_COMMAND, task_arn=DOCUMENT), None, "eu-central-1"),
        (TaskExecution(type=TaskType.LAMBDA, task_arn=FUNCTION), "444455556666", "eu-west-1"),
        (TaskExecution(service_role=ROLE, task_arn=FUNCTION), "111122223333", "eu-west-1"),
    ],
)
def test_account_and_region_are_those_of_the_arns(
    task: TaskExecution, account: str | None, region: str | None
) -> None:
    """The role names the account, the task's own ARN the Region; a document may be shared."""
    report = TaskReport(task, ())

    assert (report.account, report.region) == (account, region)


def test_given_account_and_region_stay_with_the_report() -> None:
    """What is given wins over the ARNs, and stays with a copied or pickled report."""
    task = TaskExecution(service_role=ROLE, task_arn=FUNCTION)
    report = TaskReport(task, (), account="123456789012", region="us-east-1")

    for same in (report, copy.copy(report), pickle.loads(pickle.dumps(report))):
        assert (same.account, same.region) == ("123456789012", "us-east-1")
    assert report == TaskReport(task, ())


def test_sensitive_arn_names_no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """If an ARN is marked as sensitive, nothing is read from it."""
    marked = Mock(return_value=frozenset({"service_role", "task_arn"}))
    monkeypatch.setattr(arns, "sensitive_fields", marked)

    report = TaskReport(TaskExecution(service_role=ROLE, task_arn=FUNCTION), ())

    assert (report.account, report.region) == (None, None)
