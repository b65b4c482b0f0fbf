"""What no view may do: give a node a status that is not its own, or pass over what is unknown."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from unittest.mock import Mock

import attrs
import pytest
from rich.console import Console

from ssm_mwx import ExecutionStatus, TaskInvocation, TaskReport, TaskType, texts
from ssm_mwx.report import nodes
from tests.support.fakes import SECRET
from tests.support.reports import (
    START,
    by_tag,
    command_of,
    ids_report,
    invocation_of,
    node_id,
    patch_report,
    report_of,
    tag_report,
)

View = Callable[[TaskReport], str]


def terminal(report: TaskReport) -> str:
    """Return what a wide terminal shows."""
    console = Console(width=160, color_system=None)
    with console.capture() as capture:
        console.print(report)
    return capture.get()


def page(report: TaskReport) -> str:
    """Return the text of the page, a line for each row."""
    html = report.to_html(timeline=False).replace("</td>", "  ")
    return re.sub(r"<[^>]*>", "", re.sub(r"</(tr|p|h2|li|table)>|<br>", "\n", html))


def notebook(report: TaskReport) -> str:
    """Return the text of the notebook's display, a line for each row."""
    html = report._repr_html_().replace("</td>", "  ")  # pyright: ignore[reportPrivateUsage]
    return re.sub(r"<[^>]*>", "", re.sub(r"</(tr|p|h2|li|table)>|<br>", "\n", html))


each_view = pytest.mark.parametrize("view", [terminal, page, notebook])
REPORTS = {
    "by tag": (tag_report(250, 20), 250, 20),
    "by ids": (ids_report(50, 2), 50, 2),
    "5,000 nodes": (tag_report(5000, 100), 5000, 100),
}
each_report = pytest.mark.parametrize(("report", "nodes", "failed"), REPORTS.values(), ids=REPORTS)


def statuses_of_nodes(text: str) -> dict[str, str]:
    """Return the status on each line that names a node."""
    named = re.findall(r"^\W*([A-Z_]+).*(i-[0-9a-f]{17})", text, re.MULTILINE)
    return {node: status for status, node in named}


@each_view
@each_report
def test_view_lists_failed_nodes_alone(
    view: View, report: TaskReport, nodes: int, failed: int
) -> None:
    """A view counts all nodes, lists those that failed, and no other node as failed."""
    text = view(report)

    listed = statuses_of_nodes(text)
    assert f"{nodes:,} nodes: {failed:,} failed" in text
    assert set(listed) <= {node.instance_id for node in report.failed_nodes}
    assert set(listed.values()) == {"FAILED"}
    assert len(listed) >= min(failed, 20)
    assert f"{nodes - failed:,} SUCCESS" in text
    assert re.search(rf"{failed} +■? ?FAILED +Failed", text)


@pytest.mark.slow
@each_report
def test_exploded_rows_have_the_status_of_the_node(
    report: TaskReport, nodes: int, failed: int
) -> None:
    """Exploded, a row is a node with its own status, and the command's beside it."""
    frame = report.to_pandas(explode_instances=True)

    assert len(frame) == nodes
    assert (frame["status"] == "FAILED").sum() == failed
    expected = [node.invocation.status for node in report.nodes or ()]
    assert list(frame["invocation_status"]) == expected
    assert report.to_dicts(explode_instances=True) == (
        report.to_arrow(explode_instances=True).to_pylist()
    )


@each_report
def test_exploded_rows_without_look_up_have_no_status(
    report: TaskReport, nodes: int, failed: int
) -> None:
    """Without the commands, no node has the status or the times of a command on several."""
    rows = TaskReport(report.task, report.invocations).to_dicts(explode_instances=True)

    own = ("status", "status_details", "start_time", "end_time", "duration", "duration_seconds")
    assert {row[name] for row in rows for name in own} == {None}
    assert {row["invocation_status"] for row in rows} == set(report.counts)
    named = sum(len(item.instance_ids) or 1 for item in report.invocations)
    assert (len(rows), failed < nodes) == (named, True)


def test_exploded_row_of_one_node_needs_no_look_up() -> None:
    """The status and the times of an invocation of one node are the node's."""
    report = patch_report(20)

    rows = report.to_dicts(explode_instances=True)

    assert [row["status"] for row in rows] == [item.status for item in report.invocations]
    assert [row["duration"] for row in rows] == [item.duration for item in report.invocations]


def test_plain_rows_are_plain_values() -> None:
    """Rows hold strings, lists, times and numbers, whatever the report."""
    (row,) = report_of(invocation_of("PAUSED", nodes=("i-1", "i-2"))).to_dicts()

    assert (type(row["status"]), row["status"]) == (str, "PAUSED")
    assert row["instance_ids"] == ["i-1", "i-2"]
    assert row["duration"] == timedelta(seconds=60)
    assert row["command_id"] is None


@each_view
def test_unknown_nodes_are_counted(view: View) -> None:
    """A view says how many invocations have no known nodes, and names their tag keys."""
    invocations = [by_tag("c-1", "SUCCESS"), by_tag("c-2"), by_tag("c-3", "SUCCESS")]
    report = TaskReport(report_of().task, invocations, [command_of(1, "c-1", "Failed")])

    text = view(report)

    assert "3 invocations, 1 known node: 1 failed" in text
    assert "2 invocations have no known nodes." in text
    assert text.count("by tag:PatchGroup") == 2


@each_view
def test_view_of_no_known_nodes_counts_invocations(view: View) -> None:
    """Where no node is known, a view does not say that none failed."""
    report = TaskReport(report_of().task, [by_tag("c-1")], [])

    text = view(report)

    assert "1 invocation: 1 failed" in text
    assert "1 invocation has no known nodes." in text
    assert "0 failed" not in text


@each_view
def test_view_without_look_up_does_not_speak_of_nodes(view: View) -> None:
    """Without `nodes=True` a view counts invocations."""
    text = view(report_of(by_tag("c-1"), by_tag("c-2", "SUCCESS")))

    assert "2 invocations: 1 failed" in text
    assert " node" not in text.lower()


@each_view
def test_unfinished_report_says_when_it_was_fetched(view: View) -> None:
    """While anything is not finished, a view says as of when, and how long it has run."""
    open_ = report_of(invocation_of("IN_PROGRESS", took=None))
    report = attrs.evolve(open_, fetched_at=START + timedelta(minutes=5))

    assert "Not finished: as of 2026-03-10 02:05:00 UTC." in view(report)
    assert "5 min 00 s so far" in view(report)
    assert "as of" not in view(report_of(invocation_of()))


@each_view
def test_view_says_where_a_report_is_from(view: View) -> None:
    """A view names the account and the Region, each where it is known."""
    here = attrs.evolve(report_of(), account="123456789012", region="eu-west-1")

    assert "Account 123456789012, Region eu-west-1\n" in view(here)
    assert "Account 123456789012\n" in view(attrs.evolve(here, region=None))
    assert "Region eu-west-1\n" in view(attrs.evolve(here, account=None))
    assert "Region" not in view(report_of())


@each_view
def test_view_writes_what_it_lists_alone(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of nodes that succeeded, a view counts the statuses and writes none."""
    written = Mock(wraps=texts.status_text)
    monkeypatch.setattr(texts, "status_text", written)

    view(tag_report(100, 20))
    of_few = written.call_count
    view(tag_report(5000, 20))

    assert written.call_count == 2 * of_few > 0


@each_view
def test_filtered_report_says_so(view: View) -> None:
    """A view of some statuses says which."""
    report = TaskReport(report_of().task, [invocation_of("FAILED")], statuses=["FAILED"])

    assert "Filtered: only invocations in FAILED." in view(report)


@each_view
def test_node_without_status_is_listed_as_such(view: View) -> None:
    """A node that its command does not list has no status, and is no success."""
    named = invocation_of("FAILED", nodes=(node_id(1), node_id(2)), execution_id="c-1")
    report = TaskReport(report_of().task, [named], [command_of(1, "c-1", "Success")])

    text = view(report)

    assert "2 nodes: 0 failed" in text
    assert re.search(rf"\(no status\) +{node_id(2)}", text)


@each_view
def test_view_has_no_output(view: View) -> None:
    """No view shows what a command printed."""
    assert SECRET not in view(tag_report(10, 4, details=True))


def test_causes_are_the_most_frequent_first() -> None:
    """A page and a terminal have ten causes, and count the nodes that failed of others."""
    commands = [
        command_of(node, "c-1", "Failed", status_details=f"cause {node // 2}")
        for node in range(2, 26)
    ]
    report = TaskReport(report_of().task, [by_tag("c-1")], commands)

    assert "4 more nodes failed of other causes." in page(report)
    assert "4 more nodes failed of other causes." in terminal(report)


@pytest.mark.slow
@pytest.mark.parametrize(("nodes", "failed", "most"), [(250, 20, 60_000), (5000, 100, 100_000)])
def test_page_stays_small(nodes: int, failed: int, most: int) -> None:
    """A page with its picture stays below the size that mail programs cut at."""
    details = "x" * 60
    commands = [
        attrs.evolve(each, status_details=details, instance_name=details[:40])
        for each in tag_report(nodes, failed, details=True).commands or ()
    ]
    report = attrs.evolve(tag_report(nodes, failed), commands=commands)

    assert 0 < len(report.to_html().encode()) < most


def test_redaction_holds_for_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A member that is marked as sensitive is a placeholder in the table of nodes."""
    monkeypatch.setattr(
        nodes,
        "sensitive_fields",
        Mock(return_value=frozenset({"instance_name", "execution_id"})),
    )

    text = terminal(tag_report(4, 2))

    assert "web-" not in text
    assert "command-" not in text
    assert text.count("<sensitive>") == 8


def test_statuses_and_types_are_what_models_have() -> None:
    """The report of an Automation task names the node of each invocation."""
    text = '{"parameters": {"InstanceId": ["i-0123456789abcdef0"]}}'
    item = TaskInvocation(
        task_type=TaskType.AUTOMATION, status=ExecutionStatus.FAILED, raw_parameters=text
    )

    assert statuses_of_nodes(terminal(TaskReport(report_of().task, [item], []))) == {
        "i-0123456789abcdef0": "FAILED"
    }
