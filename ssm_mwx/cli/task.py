"""The commands for one task execution: show it, wait for its end, report on it."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ssm_mwx import optional
from ssm_mwx.cli import options, output
from ssm_mwx.cli.options import Choices, Connection, Seconds
from ssm_mwx.cli.pager import paged
from ssm_mwx.redaction import clean
from ssm_mwx.waiter import POLL_INTERVAL

if TYPE_CHECKING:
    from ssm_mwx.models import TaskExecution


@click.command()
@options.of_a_task
@options.formats("table", "json")
@options.show_sensitive
@click.pass_obj
def task(
    where: Connection, *, window_execution_id: str, task_execution_id: str, choices: Choices
) -> None:
    """Show a task execution."""
    with where.open() as client:
        found = client.get_task_execution(window_execution_id, task_execution_id)
    with paged(is_wanted=not where.no_cli_pager):
        _echo_task(found, choices)


@click.command()
@options.of_a_task
@click.option(
    "--timeout",
    type=Seconds(),
    default="1h",
    show_default=True,
    metavar="DURATION",
    help="How long to wait: seconds, or such as 90s, 30m, 2h, 1h30m.",
)
@click.option(
    "--poll-interval",
    type=Seconds(),
    default=f"{POLL_INTERVAL:g}s",
    show_default=True,
    metavar="DURATION",
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
    choices: Choices,
) -> int:
    """Wait until a task execution has ended, then show it.

    The exit status is 0 if it succeeded, 1 if it did not, 2 for a wrong argument, 3 at the timeout
    and 4 if a call fails.
    """
    from ssm_mwx.cli import progress

    with where.open() as client, progress.of_a_wait() as on_poll:
        ended = client.wait_for_task(
            window_execution_id,
            task_execution_id,
            timeout=timeout,
            poll_interval=poll_interval,
            on_poll=on_poll,
        )
    _echo_task(ended, choices)
    return 0 if ended.succeeded else 1


@click.command()
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
@click.option(
    "--max-rows",
    type=click.IntRange(min=0),
    metavar="N",
    help="Rows of a table at most.",
)
@click.pass_obj
def report(
    where: Connection,
    *,
    window_execution_id: str,
    task_execution_id: str,
    html: Path | None,
    nodes: bool,
    max_rows: int | None,
) -> None:
    """Show how a task execution went, on every node."""
    with where.open() as client:
        made = client.report(window_execution_id, task_execution_id, nodes=nodes)
    if html is None:
        with optional.extra("cli"):
            from ssm_mwx.cli import tables
        with paged(is_wanted=not where.no_cli_pager):
            output.echo(tables.report(made, max_rows=max_rows))
        return
    to_html = made.to_html if max_rows is None else partial(made.to_html, max_rows=max_rows)
    page = _with_warnings_on_one_line(to_html).encode()
    if str(html) == "-":
        output.echo(page)
    else:
        html.write_bytes(page)


def _echo_task(found: TaskExecution, choices: Choices) -> None:
    if choices.format == "json":
        members = output.members_of(found, show_sensitive=choices.show_sensitive)
        output.echo(output.json_text(members, choices.query))
        return
    with optional.extra("cli"):
        from ssm_mwx.cli import tables
    output.echo(tables.task_table(found, show_sensitive=choices.show_sensitive))


def _with_warnings_on_one_line(function: Callable[[], str]) -> str:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = function()
    for warning in caught:
        click.echo(f"ssm-mwx: warning: {clean(str(warning.message))}", err=True)
    return result
