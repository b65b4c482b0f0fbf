"""The commands that fetch a task execution from AWS."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from ssm_mwx.boto import package_version
from ssm_mwx.cli import options, output
from ssm_mwx.cli.demo import demo
from ssm_mwx.cli.exit_status import Failing
from ssm_mwx.cli.listings import executions, nodes, tasks
from ssm_mwx.cli.options import Connection
from ssm_mwx.cli.serve import serve
from ssm_mwx.models import TaskExecution
from ssm_mwx.redaction import clean
from ssm_mwx.report.formatting import status_text
from ssm_mwx.waiter import POLL_INTERVAL, OnPoll


def _print_version(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        click.echo(f"ssm-mwx, version {package_version()}")
        context.exit()


@click.group(cls=Failing, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
@options.options(with_environment=True)
def main() -> None:
    """Task executions of AWS Systems Manager maintenance windows."""


main.add_command(demo)
main.add_command(serve)
main.add_command(executions)
main.add_command(tasks)
main.add_command(nodes)


@main.command()
@options.of_a_task
@options.formats("table", "json")
@options.show_sensitive
@click.pass_obj
def task(
    where: Connection,
    *,
    window_execution_id: str,
    task_execution_id: str,
    format_: str | None,
    show_sensitive: bool,
) -> None:
    """Show a task execution."""
    with where.open() as client:
        found = client.get_task_execution(window_execution_id, task_execution_id)
    _echo_task(found, format_, show_sensitive)


@main.command()
@options.of_a_task
@options.statuses
@options.formats("table", "json", "csv")
@click.option("--bom", is_flag=True, help="Begin CSV with a byte order mark, as Excel wants it.")
@options.show_sensitive
@click.pass_obj
def invocations(
    where: Connection,
    *,
    window_execution_id: str,
    task_execution_id: str,
    statuses: tuple[str, ...],
    format_: str | None,
    bom: bool,
    show_sensitive: bool,
) -> None:
    """List all invocations of a task execution."""
    if bom and format_ != "csv":
        raise click.UsageError("--bom needs --format csv")
    with where.open() as client:
        found = list(
            client.iter_task_invocations(window_execution_id, task_execution_id, statuses=statuses)
        )
    write = {
        "table": output.invocations_table,
        "json": output.invocations_json,
        "csv": output.invocations_csv,
    }[format_ or output.default_format()]
    text = write(found, show_sensitive=show_sensitive)
    click.echo(text.encode("utf-8-sig") if bom else text, nl=False)


@main.command()
@options.of_a_task
@click.option(
    "--timeout",
    type=float,
    default=3600.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait.",
)
@click.option(
    "--poll-interval",
    type=float,
    default=POLL_INTERVAL,
    show_default=True,
    metavar="SECONDS",
    help="Delay between polls.",
)
@options.formats("table", "json")
@options.show_sensitive
@click.pass_obj
def wait(
    where: Connection,
    *,
    window_execution_id: str,
    task_execution_id: str,
    timeout: float,
    poll_interval: float,
    format_: str | None,
    show_sensitive: bool,
) -> int:
    """Wait until a task execution has ended, then show it.

    The exit status is 0 if it succeeded, 1 if it did not, 2 for a wrong argument, 3 at the timeout
    and 4 if a call fails.
    """
    with where.open() as client, _progress() as on_poll:
        ended = client.wait_for_task(
            window_execution_id,
            task_execution_id,
            timeout=timeout,
            poll_interval=poll_interval,
            on_poll=on_poll,
        )
    _echo_task(ended, format_, show_sensitive)
    return 0 if ended.succeeded else 1


@main.command()
@options.of_a_task
@click.option(
    "--html",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    metavar="FILE",
    help="Write the report to FILE as an HTML page (- for standard output).",
)
@click.option(
    "--nodes/--no-nodes",
    default=True,
    help="Whether to look up how each node fared (ListCommandInvocations).  [default: nodes]",
)
@click.pass_obj
def report(
    where: Connection,
    *,
    window_execution_id: str,
    task_execution_id: str,
    html: Path | None,
    nodes: bool,
) -> None:
    """Show how a task execution went, on every node."""
    with where.open() as client:
        made = client.report(window_execution_id, task_execution_id, nodes=nodes)
    if html is None:
        click.echo(output.drawn(made), nl=False)
        return
    page = _with_warnings_on_one_line(made.to_html).encode()
    if str(html) == "-":
        click.echo(page, nl=False)
    else:
        html.write_bytes(page)


def _echo_task(found: TaskExecution, format_: str | None, show_sensitive: bool) -> None:
    write = {"table": output.task_table, "json": output.task_json}[
        format_ or output.default_format()
    ]
    click.echo(write(found, show_sensitive=show_sensitive), nl=False)


def _with_warnings_on_one_line(function: Callable[[], str]) -> str:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = function()
    for warning in caught:
        click.echo(f"ssm-mwx: warning: {clean(str(warning.message))}", err=True)
    return result


@contextmanager
def _progress() -> Generator[OnPoll[TaskExecution], None, None]:
    """Show the status on standard error: live on a terminal, else a line for each change."""
    if not sys.stderr.isatty():
        yield _echo_changes()
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as live:
        line = live.add_task("waiting", total=None)
        yield lambda seen: live.update(line, description=status_text(seen.status))


def _echo_changes() -> OnPoll[TaskExecution]:
    last: object = None

    def on_poll(seen: TaskExecution) -> None:
        nonlocal last
        if seen.status != last:
            click.echo(status_text(seen.status), err=True)
        last = seen.status

    return on_poll
