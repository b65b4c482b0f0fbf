"""The commands that list window executions, their tasks, and the nodes of a task."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from ssm_mwx.cli import options, output
from ssm_mwx.cli.options import Connection
from ssm_mwx.report import headline


def _read_time(_context: click.Context, _option: click.Parameter, text: str | None) -> Any:
    """Read an ISO 8601 time, in UTC if it has no zone."""
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no time such as 2026-03-10T02:00") from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


@click.command()
@click.argument("window_id")
@options.options()
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
@options.formats("table", "json", "csv")
@click.pass_obj
def executions(
    where: Connection,
    *,
    window_id: str,
    after: datetime | None,
    before: datetime | None,
    format_: str | None,
) -> None:
    """List the runs of a maintenance window."""
    with where.open() as client:
        found = list(
            client.iter_window_executions(window_id, executed_after=after, executed_before=before)
        )
    write = {
        "table": output.executions_table,
        "json": output.executions_json,
        "csv": output.models_csv,
    }[format_ or output.default_format()]
    click.echo(write(found), nl=False)


@click.command()
@click.argument("window_execution_id")
@options.options()
@options.statuses
@options.formats("table", "json", "csv")
@click.pass_obj
def tasks(
    where: Connection,
    *,
    window_execution_id: str,
    statuses: tuple[str, ...],
    format_: str | None,
) -> None:
    """List the tasks of a window execution."""
    with where.open() as client:
        found = list(client.iter_task_executions(window_execution_id, statuses=statuses))
    write = {
        "table": output.tasks_table,
        "json": output.tasks_json,
        "csv": output.models_csv,
    }[format_ or output.default_format()]
    click.echo(write(found), nl=False)


@click.command()
@options.of_a_task
@click.option("--failed", is_flag=True, help="Only the nodes that failed.")
@click.option("--details", is_flag=True, help="List the plugins too.")
@options.formats("table", "json", "csv")
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
    format_: str | None,
    show_sensitive: bool,
) -> None:
    """List how a task execution fared on each node."""
    with where.open() as client:
        report = client.report(window_execution_id, task_execution_id, nodes=True, details=details)
    found = report.failed_nodes if failed else report.nodes or ()
    write = {
        "table": output.nodes_table,
        "json": output.nodes_json,
        "csv": output.nodes_csv,
    }[format_ or output.default_format()]
    click.echo(write(found, show_sensitive=show_sensitive), nl=False)
    unknown = len(report.invocations_without_nodes)
    if unknown:
        click.echo(f"ssm-mwx: warning: {headline.without_nodes_text(unknown)}", err=True)
