"""The group of all commands. Each is imported when it runs, so that none waits for another."""

from __future__ import annotations

import importlib

import click

from ssm_mwx.cli import options
from ssm_mwx.cli.exit_status import Failing

_MODULE_OF_COMMAND = {
    "demo": "demo",
    "executions": "listings",
    "invocations": "listings",
    "nodes": "listings",
    "report": "task",
    "serve": "serve",
    "task": "task",
    "tasks": "listings",
    "wait": "task",
}


class _Commands(Failing):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of all commands."""
        return list(_MODULE_OF_COMMAND)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command."""
        if cmd_name not in _MODULE_OF_COMMAND:
            return None
        module = importlib.import_module(f"ssm_mwx.cli.{_MODULE_OF_COMMAND[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command


def _print_version(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        from ssm_mwx.boto import package_version

        click.echo(f"ssm-mwx, version {package_version()}")
        context.exit()


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
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
