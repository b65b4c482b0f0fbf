"""The operations of Run Command that report what a command did on each node."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from ssm_mwx.models import CommandInvocation, CommandPlugin
from ssm_mwx.testing.calls import Call, not_in, read_time
from ssm_mwx.testing.protocol import AwsError, Members
from ssm_mwx.wire import structure, unstructure

ERROR_MARK = "\n----------ERROR-------\n"
"""The line between standard output and standard error in a plugin's output."""

_LISTED_OUTPUT = 2_500
_STANDARD_OUTPUT = 24_000
_STANDARD_ERROR = 8_000
_STAGES = ("Executing", "Complete")


def list_command_invocations(call: Call) -> Members:
    """Answer ListCommandInvocations, from the store and from what moto was sent."""
    command_id = call.members.get("CommandId")
    invocations = [*call.region.command_invocations(call.time), *_sent_to_moto(call.backend)]
    if command_id is not None:
        invocations = [item for item in invocations if item.command_id == command_id]
        if not invocations:
            raise AwsError("InvalidCommandId", f"The command {command_id} does not exist")
    conditions = _conditions(call.members)
    page, token = call.page(
        [item for item in invocations if all(_holds(item, *each) for each in conditions)],
        error_code="InvalidNextToken",
    )
    with_details = call.members.get("Details", False)
    return {
        "CommandInvocations": [_listed(item, with_details=with_details) for item in page],
        "NextToken": token or None,
    }


def get_command_invocation(call: Call) -> Members | None:
    """Answer GetCommandInvocation for a command in the store; leave others to moto."""
    of_command = [
        item
        for item in call.region.command_invocations(call.time)
        if item.command_id == call.members["CommandId"]
    ]
    if not of_command:
        return None
    for invocation in of_command:
        if invocation.instance_id == call.members["InstanceId"]:
            return _with_output(invocation, _plugin(invocation, call.members.get("PluginName")))
    raise AwsError("InvocationDoesNotExist", "The command was not sent to this node")


# --- filters ---


def _conditions(members: Members) -> list[tuple[str, Any]]:
    """Return what an invocation must fulfil, as pairs of a key and a value."""
    conditions: list[tuple[str, Any]] = []
    if "InstanceId" in members:
        conditions.append(("InstanceId", members["InstanceId"]))
    for number, item in enumerate(members.get("Filters", []), start=1):
        key, value, path = item["key"], item["value"], f"filters.{number}.member.value"
        if key in ("InvokedAfter", "InvokedBefore"):
            value = read_time(value, path)
        elif key == "ExecutionStage" and value not in _STAGES:
            raise not_in(_STAGES, value, path)
        conditions.append((key, value))
    return conditions


def _holds(invocation: CommandInvocation, key: str, value: Any) -> bool:
    requested = invocation.requested_date_time
    match key:
        case "InvokedAfter":
            return requested is not None and bool(requested > value)
        case "InvokedBefore":
            return requested is not None and bool(requested < value)
        case "ExecutionStage":
            return invocation.is_terminal is bool(value == "Complete")
        case "Status":
            return value in (invocation.status, invocation.status_details)
        case "DocumentName":
            return bool(invocation.document_name == value)
        case _:
            return bool(invocation.instance_id == value)


# --- answers ---


def _listed(invocation: CommandInvocation, *, with_details: bool) -> Members:
    document = unstructure(invocation)
    document["CommandPlugins"] = [
        unstructure(plugin) | {"Output": (plugin.output or "")[:_LISTED_OUTPUT]}
        for plugin in invocation.command_plugins or ()
        if with_details
    ]
    document["TraceOutput"] = (invocation.trace_output or "")[:_LISTED_OUTPUT]
    return document


def _plugin(invocation: CommandInvocation, name: str | None) -> CommandPlugin | None:
    """Return the plugin of a name, or the only one; None if there are more and none is named."""
    plugins = invocation.command_plugins or ()
    if name is None:
        return plugins[0] if len(plugins) == 1 else None
    for plugin in plugins:
        if plugin.name == name:
            return plugin
    raise AwsError("InvalidPluginName", f"The document has no step {name}")


def _with_output(invocation: CommandInvocation, plugin: CommandPlugin | None) -> Members:
    document = unstructure(invocation)
    if plugin is None:
        return document | {"ResponseCode": -1, **_times(None, None), **_outputs("")}
    return {
        **document,
        **unstructure(plugin),
        "PluginName": plugin.name,
        **_times(plugin.response_start_date_time, plugin.response_finish_date_time),
        **_outputs(plugin.output or ""),
    }


def _times(start: datetime | None, finish: datetime | None) -> Members:
    """Return the times as this operation sends them: as text, empty if they are not known."""
    took = f"PT{(finish - start).total_seconds():g}S" if start and finish else ""
    return {
        "ExecutionStartDateTime": _text(start),
        "ExecutionElapsedTime": took,
        "ExecutionEndDateTime": _text(finish),
    }


def _text(time: datetime | None) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z" if time else ""


def _outputs(output: str) -> Members:
    standard_output, _, standard_error = output.partition(ERROR_MARK)
    return {
        "StandardOutputContent": standard_output[:_STANDARD_OUTPUT],
        "StandardErrorContent": standard_error[:_STANDARD_ERROR],
    }


def _sent_to_moto(backend: Any) -> Iterator[CommandInvocation]:
    """Yield the invocations of the commands that were sent with SendCommand."""
    for command in backend.list_commands(None, None):
        for invocation in command.invocations:
            plugin = {
                "Name": invocation["PluginName"],
                "Status": invocation["Status"],
                "StatusDetails": invocation["StatusDetails"],
                "ResponseCode": invocation["ResponseCode"],
                "Output": invocation["StandardOutputContent"],
            }
            yield structure(
                {
                    **invocation,
                    "RequestedDateTime": command.requested_date_time.replace(tzinfo=UTC),
                    "CommandPlugins": [plugin],
                },
                CommandInvocation,
            )
