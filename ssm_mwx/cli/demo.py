"""``demo``: what the library shows, on a fake AWS."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from ssm_mwx import optional
from ssm_mwx.cli import output, startup
from ssm_mwx.cli.surroundings import isolated

if TYPE_CHECKING:
    from ssm_mwx.report import TaskReport


@click.command()
def demo() -> None:
    """Show which of 250 nodes a sample run left unpatched, on a fake AWS; no account is needed."""
    with optional.extra("cli"):
        from ssm_mwx.cli import tables
    startup.finish()
    with isolated():
        _show(tables.drawn)
    click.echo("\nThe same for your own account:\n")
    click.echo("  from ssm_mwx import MaintenanceWindowClient")
    click.echo("  client = MaintenanceWindowClient()")
    click.echo("  report = client.report(WINDOW_EXECUTION_ID, TASK_EXECUTION_ID, nodes=True)")
    click.echo("  for node in report.failed_nodes:")
    click.echo("      print(node.instance_id, node.name, node.status, node.status_details)")


def _show(draw: Callable[[TaskReport], str]) -> None:
    from ssm_mwx.client import MaintenanceWindowClient
    from ssm_mwx.testing import samples, serve

    with serve() as server:
        task = server.executions.add_run(*samples.tag_run(nodes=250))
        click.echo(f"A patch run by tag, on a fake AWS at {server.url}\n")
        with MaintenanceWindowClient(endpoint_url=server.url) as client:
            output.echo(draw(client.report(*task.task_ids, nodes=True)))
