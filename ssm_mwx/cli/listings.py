"""The commands that list window executions, their tasks, their invocations, and nodes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ssm_mwx.cli import options, output
from ssm_mwx.cli.listing import Batch, write_list
from ssm_mwx.cli.options import Choices, Connection
from ssm_mwx.cli.pager import paged
from ssm_mwx.cli.writers import Listing
from ssm_mwx.models import (
    CommandInvocation,
    Page,
    TaskExecution,
    TaskExecutionIdentity,
    TaskInvocation,
    WindowExecution,
)
from ssm_mwx.report import NodeOutcome, TaskReport, columns, headline
from ssm_mwx.report.lookups import look_up
from ssm_mwx.report.nodes import commands_to_look_up

if TYPE_CHECKING:
    from rich.table import Table

    from ssm_mwx.client import MaintenanceWindowClient
    from ssm_mwx.report.columns import Column

_T = TypeVar("_T")


def _read_time(_context: click.Context, _option: click.Parameter, text: str | None) -> Any:
    """Read an ISO 8601 time, in UTC if it has no zone."""
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no time such as 2026-03-10T02:00") from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _batches(pages: Iterable[Page[_T]]) -> Iterator[Batch[_T]]:
    return ((tuple(page), page.next_token) for page in pages)


# --- runs of a window ---


@click.command()
@options.ids("--window-id")
@click.option(
    "--after",
    callback=_read_time,
    metavar="TIME",
    help="Only runs that began after this time.",
)
@click.option(
    "--before",
    callback=_read_time,
    metavar="TIME",
    help="Only runs that began before this time. Times are ISO 8601, in UTC without a zone.",
)
@options.formats("table", "json", "jsonl", "csv")
@click.pass_obj
def executions(
    where: Connection,
    *,
    window_id: str,
    after: datetime | None,
    before: datetime | None,
    choices: Choices,
) -> None:
    """List the runs of a maintenance window."""
    listing = Listing(
        member="WindowExecutions",
        noun="run",
        members_of=output.members_of,
        columns_of=partial(columns.columns_of_models, WindowExecution),
        table_of=_executions_table,
    )
    with where.open() as client, paged(is_wanted=not where.no_cli_pager):

        def fetch(token: str | None, size: int) -> Iterator[Batch[WindowExecution]]:
            pager = client.iter_window_executions(
                window_id,
                executed_after=after,
                executed_before=before,
                page_size=size,
                starting_token=token,
            )
            return _batches(pager.pages())

        write_list(listing, fetch, choices)


def _executions_table(items: Sequence[WindowExecution], _are_all: bool) -> Table:
    from ssm_mwx.report import terminal

    return terminal.executions_table(items)


# --- tasks of a run ---


@click.command()
@options.ids("--window-execution-id")
@options.statuses
@options.formats("table", "json", "jsonl", "csv")
@click.pass_obj
def tasks(
    where: Connection, *, window_execution_id: str, statuses: tuple[str, ...], choices: Choices
) -> None:
    """List the tasks of a window execution."""
    listing = Listing(
        member="WindowExecutionTaskIdentities",
        noun="task",
        members_of=output.members_of,
        columns_of=partial(columns.columns_of_models, TaskExecutionIdentity),
        table_of=_tasks_table,
    )
    with where.open() as client, paged(is_wanted=not where.no_cli_pager):

        def fetch(token: str | None, size: int) -> Iterator[Batch[TaskExecutionIdentity]]:
            pager = client.iter_task_executions(
                window_execution_id, statuses=statuses, page_size=size, starting_token=token
            )
            return _batches(pager.pages())

        write_list(listing, fetch, choices)


def _tasks_table(items: Sequence[TaskExecutionIdentity], are_all: bool) -> Table:
    from ssm_mwx.report import terminal

    return terminal.tasks_table(items, are_all=are_all)


# --- invocations of a task ---


@click.command()
@options.of_a_task
@options.statuses
@options.formats("table", "json", "jsonl", "csv")
@options.show_sensitive
@click.pass_obj
def invocations(
    where: Connection,
    *,
    window_execution_id: str,
    task_execution_id: str,
    statuses: tuple[str, ...],
    choices: Choices,
) -> None:
    """List the invocations of a task execution."""
    listing = invocations_listing(show_sensitive=choices.show_sensitive)
    with where.open() as client, paged(is_wanted=not where.no_cli_pager):

        def fetch(token: str | None, size: int) -> Iterator[Batch[TaskInvocation]]:
            pager = client.iter_task_invocations(
                window_execution_id,
                task_execution_id,
                statuses=statuses,
                page_size=size,
                starting_token=token,
            )
            return _batches(pager.pages())

        write_list(listing, fetch, choices)


def invocations_listing(*, show_sensitive: bool) -> Listing[TaskInvocation]:
    """Return how invocations are written. Their columns are those of a report's frames."""

    def columns_of(items: Sequence[TaskInvocation]) -> list[Column]:
        report = TaskReport(TaskExecution(), items)
        return columns.columns_of(report, include_sensitive=show_sensitive)

    def table_of(items: Sequence[TaskInvocation], are_all: bool) -> Table:
        from ssm_mwx.report import terminal

        return terminal.invocations_table(items, include_sensitive=show_sensitive, are_all=are_all)

    return Listing(
        member="WindowExecutionTaskInvocationIdentities",
        noun="invocation",
        members_of=partial(output.members_of, show_sensitive=show_sensitive),
        columns_of=columns_of,
        table_of=table_of,
    )


# --- nodes of a task ---


@click.command()
@options.of_a_task
@click.option("--failed", is_flag=True, help="Only the nodes that failed.")
@click.option("--details", is_flag=True, help="List the plugins too.")
@options.formats("table", "json", "jsonl", "csv")
@click.option(
    "--show-sensitive",
    is_flag=True,
    help="Print what the plugins put out, with --details; it can contain secrets.",
)
@click.pass_obj
def nodes(
    where: Connection,
    *,
    window_execution_id: str,
    task_execution_id: str,
    failed: bool,
    details: bool,
    choices: Choices,
) -> None:
    """List how a task execution fared on each node."""
    without = 0
    with where.open() as client, paged(is_wanted=not where.no_cli_pager):

        def fetch(token: str | None, _size: int) -> Iterator[Batch[NodeOutcome]]:
            nonlocal without
            pager = client.iter_task_invocations(
                window_execution_id, task_execution_id, starting_token=token
            )
            for report, next_token in _reports(client, pager.pages(), details=details):
                without += len(report.invocations_without_nodes)
                yield (report.failed_nodes if failed else report.nodes or ()), next_token

        write_list(_nodes_listing(choices), fetch, choices)
    if without:
        click.echo(f"ssm-mwx: warning: {headline.without_nodes_text(without)}", err=True)


def _reports(
    client: MaintenanceWindowClient, pages: Iterable[Page[TaskInvocation]], *, details: bool
) -> Iterator[tuple[TaskReport, str | None]]:
    """Yield a report with the nodes of each page; those of a command come with its first page."""

    def pages_of(command_id: str) -> Iterator[Page[CommandInvocation]]:
        return client.iter_command_invocations(command_id, details=details).pages()

    seen: set[str | None] = set()
    for page in pages:
        fresh = [item for item in page if item.command_id not in seen]
        command_ids = commands_to_look_up(fresh, details=details)
        commands = look_up(command_ids, pages_of, lambda _number: None)
        seen.update(command.command_id for command in commands)
        seen.discard(None)
        yield TaskReport(TaskExecution(), fresh, commands), page.next_token


def _nodes_listing(choices: Choices) -> Listing[NodeOutcome]:
    """Return how nodes are written. Their columns are those of an exploded frame."""
    show_sensitive = choices.show_sensitive

    def columns_of(items: Sequence[NodeOutcome]) -> list[Column]:
        return columns.columns_of_nodes(TaskExecution(), items, include_sensitive=show_sensitive)

    def table_of(items: Sequence[NodeOutcome], _are_all: bool) -> Table:
        from ssm_mwx.cli import tables

        return tables.nodes_table(items)

    def appendix_of(items: Sequence[NodeOutcome]) -> Table | None:
        from ssm_mwx.cli import tables

        return tables.plugins_table(items, include_sensitive=show_sensitive)

    return Listing(
        member="Nodes",
        noun="node",
        members_of=partial(output.members_of_node, show_sensitive=show_sensitive),
        columns_of=columns_of,
        table_of=table_of,
        appendix_of=appendix_of,
    )
