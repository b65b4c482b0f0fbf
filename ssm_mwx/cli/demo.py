"""``demo``: what the library shows, on the stand-in for AWS."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import click

from ssm_mwx.cli.output import readable
from ssm_mwx.client import MaintenanceWindowClient
from ssm_mwx.models import TaskExecution, TaskIds, TaskInvocation


@click.command()
def demo() -> None:
    """Show a patch run of 250 targets on a stand-in for AWS; no account is needed."""
    from ssm_mwx.testing import samples, serve

    with serve() as server:
        patch = server.executions.add_run(*samples.patch_run(targets=250))
        restart = server.executions.add_run(
            *samples.automation_run(window_execution_id=patch.window_execution_id)
        )
        click.echo(f"A patch run on a stand-in for AWS at {server.url}:")
        click.echo("one window execution with two tasks, read over HTTP with ssm_mwx.")
        with MaintenanceWindowClient(endpoint_url=server.url) as client:
            for task in (patch, restart):
                _show_task(client, task.task_ids)
    click.echo("\nThe same against your own account:\n")
    click.echo("  from ssm_mwx import MaintenanceWindowClient as Client")
    click.echo("  for target in Client().iter_task_invocations(WINDOW_EXECUTION_ID, TASK_ID):")
    click.echo("      print(target.instance_ids, target.status, target.status_details)")


def _show_task(client: MaintenanceWindowClient, task_ids: TaskIds) -> None:
    task = client.get_task_execution(*task_ids)
    invocations = list(client.iter_task_invocations(*task_ids))
    attention = [invocation for invocation in invocations if not invocation.succeeded]
    attention.sort(key=lambda invocation: (str(invocation.status), invocation.instance_ids))
    click.echo()
    for line in _heading(task):
        click.echo(line)
    click.echo()
    for line in _counts(invocations):
        click.echo(line)
    if attention:
        click.echo(f"\n{len(attention)} of {len(invocations)} targets need attention:\n")
    for invocation in attention:
        for line in _target(invocation):
            click.echo(line)


def _heading(task: TaskExecution) -> Iterator[str]:
    yield click.style(f"{task.task_arn}  {task.type}  {task.status}", bold=True)
    yield f"from {task.start_time:%Y-%m-%d %H:%M:%S} UTC, for {readable(task.duration)}"
    yield f"{task.status_details}"


def _counts(invocations: list[TaskInvocation]) -> Iterator[str]:
    for status, count in Counter(str(item.status) for item in invocations).most_common():
        bar = "#" * max(1, round(50 * count / len(invocations)))
        yield f"  {status:<11} {count:>4}  {bar}"


def _target(invocation: TaskInvocation) -> Iterator[str]:
    nodes = ", ".join(invocation.instance_ids) or "(names no node)"
    yield f"  {invocation.status!s:<11} {nodes:<20} {invocation.status_details}"
    if invocation.command_id:
        execution = f"command {invocation.command_id}"
    elif invocation.execution_id:
        execution = f"execution {invocation.execution_id}"
    else:
        execution = "never sent"
    yield f"  {'':<11} {execution}, {readable(invocation.duration)}"
