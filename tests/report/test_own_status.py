"""No view gives a node a status that is not its own, whatever the invocations are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import count

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from ssm_mwx import CommandInvocation, CommandInvocationStatus, TaskInvocation, TaskReport
from tests.support.reports import by_tag, command_of, invocation_of, node_id, report_of, values_of

Pairs = Counter[tuple[str, str | None]]
"""How many outcomes there are, by node and status."""

NODE = re.compile(r"i-[0-9a-f]{17}")
STATUSES = st.sampled_from(["SUCCESS", "FAILED", "TIMED_OUT", "IN_PROGRESS", "PAUSED"])
COMMAND_STATUSES = st.sampled_from([*CommandInvocationStatus, CommandInvocationStatus("Paused")])
NODES = st.lists(st.integers(0, 30), min_size=1, max_size=3, unique=True)


@attrs.define
class Run:
    """A run as it is drawn, and what is true of its nodes."""

    invocations: list[TaskInvocation] = attrs.field(factory=list[TaskInvocation])
    commands: list[CommandInvocation] = attrs.field(factory=list[CommandInvocation])
    looked_up: Pairs = attrs.field(factory=Counter[tuple[str, str | None]])
    """The status of each node, if the commands were looked up."""
    known: Pairs = attrs.field(factory=Counter[tuple[str, str | None]])
    """The status of each node that an invocation names, if they were not."""


@st.composite
def runs(draw: st.DrawFn) -> Run:
    """Draw invocations by tag, by ids and never sent, some of which AWS has forgotten."""
    run = Run()
    names = (f"command-{number}" for number in count())
    for kind in draw(st.lists(st.sampled_from(["tag", "ids", "unsent"]), max_size=5)):
        status, nodes = draw(STATUSES), draw(NODES)
        command = None if kind == "unsent" else next(names)
        has_times = draw(st.booleans())
        listed: dict[int, CommandInvocationStatus] = {}
        if command:
            listed = draw(st.dictionaries(st.sampled_from(nodes), COMMAND_STATUSES))
            run.commands += [
                command_of(node, command, of_node, start=node if has_times else None)
                for node, of_node in listed.items()
            ]
        for node, of_node in listed.items():
            run.looked_up[node_id(node), of_node.execution_status] += 1
        if kind == "tag":
            run.invocations.append(by_tag(command, status))
            continue
        named = tuple(map(node_id, nodes))
        run.invocations.append(invocation_of(status, nodes=named, execution_id=command))
        own = status if kind == "unsent" or len(nodes) == 1 else None
        for node in nodes:
            run.known[node_id(node), own] += 1
            if node not in listed:
                run.looked_up[node_id(node), None if listed else own] += 1
    return run


def pairs_on(lines: Iterable[str]) -> Pairs:
    """Return the statuses on lines that name one node."""
    found: Pairs = Counter()
    for line in lines:
        nodes = NODE.findall(line)
        if len(nodes) == 1:
            status = line.partition(nodes[0])[0].strip(" ■")
            found[nodes[0], None if status == "(no status)" else status] += 1
    return found


def terminal(report: TaskReport) -> Pairs:
    """Return what a wide terminal shows."""
    console = Console(width=300, color_system=None)
    with console.capture() as capture:
        console.print(report)
    return pairs_on(capture.get().splitlines())


def page(report: TaskReport) -> Pairs:
    """Return what a page shows."""
    return pairs_of_html(report.to_html(timeline=False))


def notebook(report: TaskReport) -> Pairs:
    """Return what a notebook shows."""
    return pairs_of_html(report._repr_html_())  # pyright: ignore[reportPrivateUsage]


def pairs_of_html(html: str) -> Pairs:
    """Return the statuses in rows of tables that name one node."""
    rows = re.findall(r"<tr.*?</tr>", html)
    return pairs_on(re.sub(r"<[^>]*>", "", row.replace("</td>", " ")) for row in rows)


def timeline(report: TaskReport) -> Pairs:
    """Return the bars of single nodes."""
    bars = values_of(report.timeline().to_dict(), layer=0)
    return pairs_on(f"{bar['status']} {bar['target']}" for bar in bars)


def rows(report: TaskReport) -> Pairs:
    """Return the rows of an exploded frame that name a node."""
    found = report.to_dicts(explode_instances=True)
    return Counter((row["instance_id"], row["status"]) for row in found if row["instance_id"])


SAMPLED: list[Callable[[TaskReport], Pairs]] = [terminal, page, notebook, timeline]


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(runs())
def test_node_has_its_own_status_in_every_view(run: Run) -> None:
    """A status beside a node is the one that AWS reports of it, or that of its own invocation."""
    task = report_of().task
    with_nodes = TaskReport(task, run.invocations, run.commands)
    without = TaskReport(task, run.invocations)

    assert rows(with_nodes) == run.looked_up
    assert rows(without) == run.known
    for view in SAMPLED:
        assert view(with_nodes).keys() <= run.looked_up.keys(), view.__name__
        assert view(without).keys() <= run.known.keys(), view.__name__
