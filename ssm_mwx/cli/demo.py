"""``demo``: what the library shows, on a fake AWS."""

from __future__ import annotations

import click

from ssm_mwx.cli import output
from ssm_mwx.client import MaintenanceWindowClient


@click.command()
def demo() -> None:
    """Show a sample patch run of 250 targets on a fake AWS; no account is needed."""
    from ssm_mwx.testing import samples, serve

    with serve() as server:
        patch = server.executions.add_run(*samples.patch_run(targets=250))
        restart = server.executions.add_run(
            *samples.automation_run(window_execution_id=patch.window_execution_id)
        )
        click.echo(f"A window execution with two tasks, on a fake AWS at {server.url}")
        with MaintenanceWindowClient(endpoint_url=server.url) as client:
            for task in (patch, restart):
                click.echo(f"\n{output.drawn(client.report(*task.task_ids))}", nl=False)
    click.echo("\nThe same for your own account:\n")
    click.echo("  from ssm_mwx import MaintenanceWindowClient as Client")
    click.echo("  for target in Client().iter_task_invocations(WINDOW_EXECUTION_ID, TASK_ID):")
    click.echo("      print(target.instance_ids, target.status, target.status_details)")
