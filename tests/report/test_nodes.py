"""How each node fared, from invocations and commands."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from ssm_mwx import (
    CommandInvocationStatus,
    CommandPlugin,
    NodeOutcome,
    TaskInvocation,
    TaskReport,
    TaskType,
)
from ssm_mwx.report.nodes import commands_to_look_up
from tests.support.fakes import SECRET
from tests.support.reports import (
    START,
    by_tag,
    command_of,
    ids_report,
    invocation_of,
    node_id,
    report_of,
    tag_report,
)


def report_with(invocation: TaskInvocation, *commands: Any) -> TaskReport:
    """Return the report of one invocation and what its command did."""
    return TaskReport(report_of().task, [invocation], commands)


def nodes_of(report: TaskReport) -> list[NodeOutcome]:
    """Return the nodes of a report that knows them."""
    assert report.nodes is not None
    return list(report.nodes)


def states_of(report: TaskReport) -> list[tuple[str, str | None]]:
    """Return each node with its status."""
    return [(node.instance_id, node.status) for node in nodes_of(report)]


def automation_of(status: str, **parameters: list[str]) -> TaskInvocation:
    """Return an invocation of a runbook."""
    text = json.dumps({"documentVersion": "1", "parameters": parameters})
    return invocation_of(status, task_type=TaskType.AUTOMATION, raw_parameters=text)


# --- which status is a node's ---


@pytest.mark.parametrize(
    ("report", "nodes", "failed"),
    [
        (tag_report(250, 20), 250, 20),
        (ids_report(50, 2), 50, 2),
        (tag_report(5000, 100), 5000, 100),
    ],
    ids=["by tag", "by ids", "5,000 nodes"],
)
def test_node_has_the_status_of_its_command(report: TaskReport, nodes: int, failed: int) -> None:
    """Of several nodes in a command, each has its own status, not the invocation's."""
    assert len(nodes_of(report)) == nodes
    assert report.node_counts == {"FAILED": failed, "SUCCESS": nodes - failed}
    assert len(report.failed_nodes) == failed
    assert report.failure_causes == {("FAILED", "Failed"): failed}
    assert report.invocations_without_nodes == ()


def test_outcome_has_what_run_command_reports() -> None:
    """An outcome has the node's id, name and details, and leads to its command and invocation."""
    invocation = by_tag("c-1", "SUCCESS")
    command = command_of(7, "c-1", "TimedOut", status_details="DeliveryTimedOut")

    (outcome,) = nodes_of(report_with(invocation, command))

    assert outcome == NodeOutcome(
        node_id(7), "web-7", outcome.status, "DeliveryTimedOut", "c-1", invocation, command
    )
    assert outcome.status == "TIMED_OUT"
    assert (outcome.is_terminal, outcome.succeeded) == (True, False)


def test_one_named_node_has_the_status_of_its_invocation() -> None:
    """An invocation that names one node is that node, without a look-up."""
    report = report_with(
        invocation_of("FAILED", execution_id="c-1", status_details="Undeliverable")
    )

    (outcome,) = nodes_of(report)
    assert (outcome.instance_id, outcome.name, outcome.command_id) == ("i-1", None, "c-1")
    assert report.failure_causes == {("FAILED", "Undeliverable"): 1}


def test_named_node_beside_a_tag_is_not_alone() -> None:
    """An invocation that names one node and a tag may cover others."""
    targets = [{"Key": "InstanceIds", "Values": ["i-1"]}, {"Key": "tag:A", "Values": ["b"]}]
    text = json.dumps({"documentName": "D", "targets": targets})
    report = report_with(by_tag("c-1", raw_parameters=text))

    assert report.nodes == ()
    assert report.invocations_without_nodes == report.invocations


@pytest.mark.parametrize("execution_id", [None, ""])
def test_command_that_was_never_sent_failed_on_its_nodes(execution_id: str | None) -> None:
    """Without a command, every node that the invocation names has the invocation's status."""
    nodes = ("i-1", "i-2")
    report = report_with(invocation_of("FAILED", nodes=nodes, execution_id=execution_id))

    assert states_of(report) == [("i-1", "FAILED"), ("i-2", "FAILED")]
    assert [node.command_id for node in nodes_of(report)] == [None, None]


@pytest.mark.parametrize(
    "invocation",
    [
        by_tag("c-1"),
        by_tag(None),
        invocation_of("SUCCESS", nodes=("i-1", "i-2"), execution_id="c-1"),
        invocation_of("FAILED", task_type=TaskType.LAMBDA),
        automation_of("FAILED", InstanceIds=["i-0123456789abcdef0", "i-0123456789abcdef1"]),
        automation_of("FAILED", AutoScalingGroup=["i-am-a-group"]),
        TaskInvocation(),
    ],
    ids=["old", "by tag, never sent", "old, by ids", "lambda", "several", "no node", "nothing"],
)
def test_nodes_that_cannot_be_known_have_no_outcome(invocation: TaskInvocation) -> None:
    """Without its own report, no node has a status, and the invocation is counted as unknown."""
    report = report_with(invocation, command_of(1, "another command", "Failed"))

    assert report.nodes == ()
    assert report.failed_nodes == ()
    assert report.node_counts == {}
    assert report.invocations_without_nodes == (invocation,)


@pytest.mark.parametrize("name", ["i-0123456789abcdef0", "i-01234567", "mi-0123456789abcdef0"])
def test_runbook_of_one_node_is_that_node(name: str) -> None:
    """An AUTOMATION invocation whose parameters name one node is that node."""
    report = report_with(automation_of("FAILED", InstanceId=[name], Reason=["i-1", "i-know"]))

    assert states_of(report) == [(name, "FAILED")]


def test_node_in_two_commands_has_two_outcomes() -> None:
    """A node that two commands ran on is there twice."""
    invocations = [by_tag("c-1"), by_tag("c-2")]
    commands = [command_of(1, "c-1", "Failed"), command_of(1, "c-2", "Success")]
    report = TaskReport(report_of().task, invocations, commands)

    assert states_of(report) == [(node_id(1), "FAILED"), (node_id(1), "SUCCESS")]


def test_named_node_that_its_command_does_not_list_has_no_status() -> None:
    """Of a node that the command does not list, no status is known."""
    invocation = invocation_of("FAILED", nodes=(node_id(1), node_id(2)), execution_id="c-1")

    report = report_with(invocation, command_of(1, "c-1", "Failed"))

    assert states_of(report) == [(node_id(1), "FAILED"), (node_id(2), None)]
    assert nodes_of(report)[1].is_terminal is False
    assert len(report.failed_nodes) == 1


def test_commands_listed_twice_count_once() -> None:
    """Pages that overlap, and invocations that share a command, repeat no node."""
    commands = [command_of(1, "c-1", "InProgress"), command_of(1, "c-1", "Failed")]

    report = TaskReport(report_of().task, [by_tag("c-1"), by_tag("c-1")], commands)

    assert states_of(report) == [(node_id(1), "FAILED")]
    assert report.invocations_without_nodes == ()


def test_nodes_without_id_are_all_kept() -> None:
    """A node whose id AWS left out is an outcome too."""
    commands = [command_of(each, "c-1", "Failed", instance_id=None) for each in (1, 2)]

    assert states_of(report_with(by_tag("c-1"), *commands)) == [("", "FAILED"), ("", "FAILED")]


def test_unknown_status_is_kept() -> None:
    """A status that this version does not know is the node's, and no failure."""
    report = report_with(by_tag("c-1"), command_of(1, "c-1", "Paused"))

    assert report.node_counts == {"Paused": 1}
    assert report.failed_nodes == ()


# --- times ---


def test_node_has_the_times_of_its_plugins() -> None:
    """With details, a node started with its first plugin and ended with its last."""
    report = report_with(by_tag("c-1"), command_of(1, "c-1", "Failed", start=30))

    (outcome,) = nodes_of(report)
    assert outcome.start_time == START + timedelta(seconds=30)
    assert outcome.duration == timedelta(minutes=1)


def test_node_that_has_not_ended_has_no_end() -> None:
    """A plugin that has ended is not the end of a node that still runs."""
    (outcome,) = nodes_of(report_with(by_tag("c-1"), command_of(1, "c-1", "InProgress", start=30)))

    assert outcome.start_time is not None
    assert (outcome.end_time, outcome.duration) == (None, None)


def test_node_does_not_have_the_times_of_a_whole_command() -> None:
    """Without details, the times of a command on several nodes are not the node's."""
    plugins = (CommandPlugin(status=CommandInvocationStatus.PENDING),)
    commands = [command_of(1, "c-1"), command_of(2, "c-1", command_plugins=plugins)]

    for outcome in nodes_of(report_with(by_tag("c-1"), *commands)):
        assert outcome.start_time is outcome.end_time is None


def test_node_has_the_times_of_its_own_invocation() -> None:
    """The times of an invocation of one node are the node's."""
    (outcome,) = nodes_of(report_with(invocation_of(took=5)))

    assert outcome.duration == timedelta(seconds=5)


# --- what to look up ---


def test_commands_of_one_node_are_not_looked_up() -> None:
    """Commands on several nodes are looked up once; those of one node only with details."""
    invocations = [
        by_tag("tag", "SUCCESS"),
        by_tag("tag"),
        invocation_of(nodes=("i-1", "i-2"), execution_id="ids"),
        invocation_of(execution_id="one"),
        invocation_of(nodes=("i-1", "i-2"), execution_id=""),
        invocation_of(task_type=TaskType.LAMBDA, execution_id="lambda"),
    ]

    assert commands_to_look_up(invocations, details=False) == ["tag", "ids"]
    assert commands_to_look_up(invocations, details=True) == ["tag", "ids", "one"]


# --- the report ---


def test_report_without_commands_has_no_nodes() -> None:
    """What was not looked up is not shown as no failures."""
    report = report_of(invocation_of("FAILED"))

    assert (report.nodes, report.commands) == (None, None)
    for name in ("failed_nodes", "node_counts", "failure_causes", "invocations_without_nodes"):
        with pytest.raises(ValueError, match="fetch it with nodes=True, or give commands"):
            getattr(report, name)


def test_report_is_a_collection_of_invocations() -> None:
    """A report has a length and can be iterated over."""
    report = tag_report()

    assert len(report) == 2
    assert tuple(report) == report.invocations


def test_time_of_a_report_stays_with_it() -> None:
    """The time when a report was fetched is pickled, and no part of what makes reports equal."""
    fetched = datetime(2026, 3, 10, 2, 30)  # noqa: DTZ001 - in UTC
    report = attrs.evolve(tag_report(4, 2), fetched_at=fetched)

    assert report.fetched_at == fetched.replace(tzinfo=UTC)
    assert pickle.loads(pickle.dumps(report)).fetched_at == report.fetched_at
    assert pickle.loads(pickle.dumps(report)).nodes == report.nodes
    assert report == tag_report(4, 2)
    assert abs(datetime.now(UTC) - tag_report(4, 2).fetched_at) < timedelta(minutes=1)


def test_repr_of_an_outcome_is_short_and_has_no_secret() -> None:
    """The repr has the node and its status, without output."""
    (outcome,) = nodes_of(report_with(by_tag("c-1"), command_of(1, "c-1", start=0)))

    assert SECRET not in repr(outcome)
    assert len(repr(outcome)) < 200
