"""Which account and Region to use: the options and environment variables of the AWS CLI."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

import attrs
import click
from botocore.exceptions import BotoCoreError

from ssm_mwx.client import MaintenanceWindowClient

_F = TypeVar("_F", bound=Callable[..., Any])


@attrs.define
class Connection:
    """What the options say; boto3 finds the rest."""

    region: str | None = None
    profile: str | None = None
    endpoint_url: str | None = None

    def open(self) -> MaintenanceWindowClient:
        """Build a client.

        Raises:
            click.UsageError: boto3 cannot build one from these options.
        """
        try:
            _ = urlsplit(self.endpoint_url or "").port  # raises for what is no port
            return MaintenanceWindowClient(
                region_name=self.region,
                profile_name=self.profile,
                endpoint_url=self.endpoint_url,
            )
        except (BotoCoreError, ValueError) as error:
            raise click.UsageError(str(error)) from None


def options(*, with_environment: bool = False) -> Callable[[_F], _F]:
    """Add the options, before a command or after it; those after it win.

    Args:
        with_environment: Read the AWS CLI's AWS_REGION too, which boto3 does not.
    """

    def add(function: _F) -> _F:
        for option in (  # the help lists the last one first
            click.option(
                "--endpoint-url",
                metavar="URL",
                expose_value=False,
                callback=_remember,
                help="Endpoint to call; else AWS_ENDPOINT_URL_SSM or AWS_ENDPOINT_URL.",
            ),
            click.option(
                "--profile",
                metavar="NAME",
                expose_value=False,
                callback=_remember,
                help="Profile of the AWS configuration; else AWS_PROFILE.",
            ),
            click.option(
                "--region",
                metavar="NAME",
                envvar="AWS_REGION" if with_environment else None,
                expose_value=False,
                callback=_remember,
                help="AWS Region; else AWS_REGION, AWS_DEFAULT_REGION or the profile's.",
            ),
        ):
            function = option(function)
        return function

    return add


def _remember(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    connection = context.ensure_object(Connection)
    if value is not None and parameter.name:
        setattr(connection, parameter.name, value)


def of_a_task(function: _F) -> _F:
    """Add the ids of a task execution, and the options of every command."""
    for parameter in (
        options(),
        click.argument("task_execution_id"),
        click.argument("window_execution_id"),
    ):
        function = parameter(function)
    return function


def formats(*names: str) -> Callable[[_F], _F]:
    """Add the option that chooses between these output formats."""
    return click.option(
        "--format",
        "format_",
        type=click.Choice(names),
        help="Output format.  [default: table on a terminal, else json]",
    )


def statuses(function: _F) -> _F:
    """Add the option that filters by status."""
    return click.option(
        "--status",
        "statuses",
        multiple=True,
        metavar="STATUS",
        help="Only this status; can be repeated.",
    )(function)


def show_sensitive(function: _F) -> _F:
    """Add the option that prints sensitive members too."""
    return click.option(
        "--show-sensitive",
        is_flag=True,
        help="Print sensitive members too, such as Parameters, which can contain secrets.",
    )(function)
