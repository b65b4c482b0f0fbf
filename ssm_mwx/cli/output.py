"""What the commands print for programs: AWS's JSON, and CSV."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol, cast

import click

from ssm_mwx.redaction import REDACTED, clean
from ssm_mwx.wire import unstructure

if TYPE_CHECKING:
    from ssm_mwx.report import NodeOutcome
    from ssm_mwx.report.columns import Column


class Query(Protocol):
    """A compiled JMESPath expression."""

    def search(self, value: Any) -> Any:
        """Return what it finds."""


def default_format() -> str:
    """Return the format for standard output: a table on a terminal, JSON everywhere else."""
    return "table" if sys.stdout.isatty() else "json"


def echo(text: str | bytes) -> None:
    """Write to standard output, now, in its own encoding: click writes UTF-8 instead of ASCII."""
    if isinstance(text, bytes):
        click.echo(text, nl=False)
    else:
        sys.stdout.write(text)
        sys.stdout.flush()


# --- JSON ---


def json_text(document: dict[str, Any], query: Query | None = None) -> str:
    """Write a document, or what a query finds in it, as the AWS CLI does."""
    return json.dumps(_found(document, query), indent=4) + "\n"


def json_line(document: dict[str, Any], query: Query | None = None) -> str:
    """Write a document, or what a query finds in it, on one line."""
    return json.dumps(_found(document, query)) + "\n"


def _found(document: dict[str, Any], query: Query | None) -> Any:
    if query is None:
        return document
    try:
        return query.search(document)
    except ValueError as error:  # jmespath's errors are
        raise click.UsageError(f"--query: {error}") from None


def members_of(model: object, *, show_sensitive: bool = False) -> dict[str, Any]:
    """Return the members of `model` without those that are redacted, so that they load again."""
    members = unstructure(model, redact_sensitive=not show_sensitive)
    return {name: value for name, value in members.items() if value != REDACTED}


def members_of_node(node: NodeOutcome, *, show_sensitive: bool) -> dict[str, Any]:
    """Return a node in the manner of ``aws ssm list-command-invocations``.

    ``Status`` is that of a task execution, and ``InvocationId`` leads to the invocation.
    """
    plugins = (node.command and node.command.command_plugins) or ()
    members = {
        "InstanceId": node.instance_id,
        "InstanceName": node.name,
        "Status": node.status,
        "StatusDetails": node.status_details,
        "CommandId": node.command_id,
        "InvocationId": node.invocation.invocation_id,
        "CommandPlugins": [members_of(each, show_sensitive=show_sensitive) for each in plugins],
    }
    return {name: value for name, value in members.items() if value}


# --- CSV ---

_FORMULA_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # noqa: RUF001 - as wide as they come


def csv_text(columns: Sequence[Column], *, with_names: bool = True) -> str:
    """Write a line for each row, below a line with the names of the columns.

    Times are ISO 8601 in UTC, and the ids of several instances are separated by spaces. A text
    that a spreadsheet would take for a formula starts with ``'``.
    """
    columns = [
        column
        for column in columns
        if column.type is not timedelta  # the column after it has the seconds
    ]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    if with_names:
        writer.writerow(column.name for column in columns)
    writer.writerows(
        map(_cell, row) for row in zip(*(each.values for each in columns), strict=True)
    )
    return text.getvalue()


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return value.isoformat()
        case bool() | int() | float():
            return str(value)
        case tuple():
            return _no_formula(" ".join(cast("tuple[str, ...]", value)))
        case _:
            return _no_formula(str(value))


def _no_formula(text: str) -> str:
    line = clean(text)
    return f"'{line}" if line.startswith(_FORMULA_SIGNS) else line
