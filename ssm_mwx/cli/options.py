"""The options that commands share, in the words of the AWS CLI."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from json import JSONDecodeError
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urlsplit

import attrs
import click
from botocore.exceptions import BotoCoreError, CredentialRetrievalError

from ssm_mwx.cli import startup
from ssm_mwx.cli.output import default_format
from ssm_mwx.redaction import describe

if TYPE_CHECKING:
    import boto3

    from ssm_mwx.cli.output import Query
    from ssm_mwx.client import MaintenanceWindowClient

_F = TypeVar("_F", bound=Callable[..., Any])

OPTION_OF_ARGUMENT = {
    "window_id": "--window-id",
    "window_execution_id": "--window-execution-id",
    "task_execution_id": "--task-id",
    "statuses": "--status",
    "executed_after": "--after",
    "executed_before": "--before",
}
"""The option for an argument of a client's method, where the two names differ."""


# --- which account and Region ---


@attrs.define
class Connection:
    """What the options say; boto3 finds the rest."""

    region: str | None = None
    profile: str | None = None
    endpoint_url: str | None = None
    debug: bool = False
    no_cli_pager: bool = False

    def open(self) -> MaintenanceWindowClient:
        """Build a client.

        Raises:
            click.UsageError: boto3 cannot build one from these options.
        """
        from ssm_mwx.client import MaintenanceWindowClient
        from ssm_mwx.sessions import new_session

        try:
            if self.endpoint_url is not None:
                _check_url(self.endpoint_url)
            session = new_session(self.profile, self.region)
            client = MaintenanceWindowClient(session=session, endpoint_url=self.endpoint_url)
            meta = client.boto_client.meta
            _check_url(meta.endpoint_url)  # the environment's or the profile's
        except (CredentialRetrievalError, JSONDecodeError):
            raise  # what the options name is not to blame
        except (BotoCoreError, ValueError) as error:
            raise click.UsageError(str(error)) from None
        _check_region(session, meta.region_name, meta.endpoint_url)
        startup.finish()
        return client


def _check_url(url: str) -> None:
    """Refuse what no call can reach.

    Raises:
        ValueError: It is no URL of a server, or has no such port.
    """
    parts = urlsplit(url)
    _ = parts.port
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"--endpoint-url must be an http or https URL, got {url!r}")


def _check_region(session: boto3.Session, region: str, endpoint_url: str) -> None:
    """Refuse a Region that botocore does not know, unless its endpoint can be found.

    It may be newer than this botocore.
    """
    host = urlsplit(endpoint_url).hostname or ""
    if f".{region}." not in host:
        return  # an endpoint of the user's own
    partitions = session.get_available_partitions()
    if any(region in session.get_available_regions("ssm", each) for each in partitions):
        return
    import socket
    from urllib.request import getproxies, proxy_bypass

    if "https" in getproxies() and not proxy_bypass(host):
        return  # the proxy looks it up
    try:
        socket.getaddrinfo(host, 443)
    except OSError:
        message = f"--region must be an AWS Region, got {describe(region)}: there is no {host}"
        raise click.UsageError(message) from None


def options(*, with_environment: bool = False) -> Callable[[_F], _F]:
    """Add the options, before a command or after it; those after it win.

    Args:
        with_environment: Read the AWS CLI's AWS_REGION too, which boto3 does not.
    """

    def add(function: _F) -> _F:
        for option in (  # the help lists the last one first
            click.option(
                "--no-cli-pager",
                is_flag=True,
                default=None,
                expose_value=False,
                callback=_remember,
                help="Print without the pager that AWS_PAGER names.",
            ),
            click.option(
                "--debug",
                is_flag=True,
                default=None,
                expose_value=False,
                callback=_remember,
                help="Show the traceback of an error; as SSM_MWX_DEBUG=1 does.",
            ),
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


def _remember(context: click.Context, parameter: click.Parameter, value: object) -> None:
    connection = context.ensure_object(Connection)
    if value is not None and parameter.name:
        setattr(connection, parameter.name, value)


# --- which window, run or task ---


def ids(*options_by_position: str) -> Callable[[_F], _F]:
    """Add ids, each as an option or else by its position, and the options of every command.

    The command gets them under the names of the arguments of a client's methods.
    """
    arguments = [
        next(name for name, option in OPTION_OF_ARGUMENT.items() if option == each)
        for each in options_by_position
    ]

    def add(function: _F) -> _F:
        @functools.wraps(function)
        def command(*args: Any, given: tuple[str, ...], **options: Any) -> Any:
            rest = list(given)
            for name, option in zip(arguments, options_by_position, strict=True):
                options[name] = options[name] or (rest.pop(0) if rest else None)
                if options[name] is None:
                    raise click.UsageError(f"Missing {option}, or argument {name.upper()}.")
            if rest:
                raise click.UsageError(f"Got an unexpected extra argument ({rest[0]}).")
            return function(*args, **options)

        added = command
        for name, option in reversed([*zip(arguments, options_by_position, strict=True)]):
            help_ = f"The same as {name.upper()} in its position."
            added = click.option(option, name, metavar="ID", help=help_)(added)
        metavar = " ".join(f"[{name.upper()}]" for name in arguments)
        add_positions = click.argument("given", nargs=-1, metavar=metavar)
        return cast("_F", add_positions(options()(added)))

    return add


def of_a_task(function: _F) -> _F:
    """Add the two ids of a task, and the options of every command."""
    return ids("--window-execution-id", "--task-id")(function)


# --- which part of a list, and in which format ---


@attrs.frozen
class Choices:
    """What is printed, and how."""

    format: str
    query: Query | None = None
    show_sensitive: bool = False
    excel: bool = False
    max_items: int | None = None
    starting_token: str | None = None


def formats(*names: str) -> Callable[[_F], _F]:
    """Add the options of the output, which a command gets as ``choices``."""
    is_list = "csv" in names

    def add(function: _F) -> _F:
        @functools.wraps(function)
        def command(*args: Any, format_: str | None, query: Query | None, **others: Any) -> Any:
            format_ = format_ or ("json" if query else default_format())
            own = {name: others.pop(name) for name in _OF_CHOICES & others.keys()}
            choices = Choices(format_, query, **own)
            if query and format_ not in ("json", "jsonl"):
                raise click.UsageError("--query needs --format json or jsonl")
            if choices.excel and format_ != "csv":
                raise click.UsageError("--excel needs --format csv")
            return function(*args, choices=choices, **others)

        added = command
        for option in reversed([*_format_options(names), *(_LIST_OPTIONS if is_list else ())]):
            added = option(added)
        return cast("_F", added)

    return add


_OF_CHOICES = {"show_sensitive", "excel", "max_items", "starting_token"}


def _read_query(_context: click.Context, _option: click.Parameter, text: str | None) -> Any:
    if text is None:
        return None
    import jmespath  # type: ignore[import-untyped]

    try:
        return jmespath.compile(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _format_options(names: tuple[str, ...]) -> list[Callable[[Any], Any]]:
    return [
        click.option(
            "--format",
            "--output",
            "format_",
            type=click.Choice(names),
            help="Output format.  [default: table on a terminal, else json]",
        ),
        click.option(
            "--query",
            metavar="JMESPATH",
            callback=_read_query,
            help="Print what this finds in the JSON document, or in each line of jsonl.",
        ),
    ]


_LIST_OPTIONS = (
    click.option(
        "--excel", is_flag=True, help="Begin CSV with a byte order mark, as Excel wants it."
    ),
    click.option(
        "--max-items",
        type=click.IntRange(min=1),
        metavar="N",
        help="List so many items at most, and say how to go on.",
    ),
    click.option(
        "--starting-token",
        metavar="TOKEN",
        help="Go on where an earlier list stopped.",
    ),
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


# --- how long ---


if TYPE_CHECKING:
    _FloatType = click.ParamType[float]
else:
    _FloatType = click.ParamType  # older versions of click have no type for it


class Seconds(_FloatType):
    """A duration: seconds, or such as ``90s``, ``30m``, ``2h``, ``1h30m``, ``1d``."""

    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return it in seconds."""
        text = str(value).strip().lower()
        if re.fullmatch(_NUMBER, text):
            return float(text)
        parts = _DURATION.fullmatch(text)
        if not parts or not any(parts.groups()):
            self.fail(f"{value!r} is no duration such as 90, 30m, 2h or 1h30m", param, ctx)
        numbers = parts.groupdict(default="0")
        return sum(float(numbers[unit]) * seconds for unit, seconds in _UNITS.items())


_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_NUMBER = r"\d+(?:\.\d*)?|\.\d+"
_DURATION = re.compile("".join(rf"(?:(?P<{unit}>{_NUMBER}){unit})?" for unit in _UNITS))
