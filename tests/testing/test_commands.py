"""ListCommandInvocations and GetCommandInvocation of the fake AWS."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from ssm_mwx import CommandInvocation, CommandPlugin, MaintenanceWindowClient
from ssm_mwx.testing import ExecutionStore, samples
from tests.support.clients import plain

RUN = samples.tag_run()
COMMAND_ID = str(RUN.commands[0].command_id)
OF_COMMAND = [item for item in RUN.commands if item.command_id == COMMAND_ID]
UNKNOWN_ID = "11111111-2222-3333-4444-555555555555"


@pytest.fixture(name="ssm")
def _ssm(maintenance_window_executions: ExecutionStore) -> Any:
    """Return a plain boto3 client that checks no argument, of a Region with a run by tag."""
    maintenance_window_executions.add_run(*RUN)
    config = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
    return plain(config=config)


def _first(status: str, details: str | None = None) -> CommandInvocation:
    """Return the first node of the command with this status and details."""
    return next(
        item
        for item in RUN.commands
        if item.status == status and details in (None, item.status_details)
    )


def _linux(node: CommandInvocation) -> CommandPlugin:
    """Return the step for Linux."""
    (plugin,) = (item for item in node.command_plugins or () if item.name == "PatchLinux")
    return plugin


def _code(caught: pytest.ExceptionInfo[ClientError]) -> str:
    return str(vars(caught.value)["response"]["Error"]["Code"])


def test_list_returns_what_is_stored(maintenance_window_executions: ExecutionStore) -> None:
    """Every node of a command comes, fifty a page, with or without its plugins."""
    maintenance_window_executions.add_run(*RUN)
    client = MaintenanceWindowClient()
    detailed = client.iter_command_invocations(COMMAND_ID, details=True)
    brief = client.iter_command_invocations(COMMAND_ID)
    assert [*detailed] == OF_COMMAND
    assert [len(page) for page in detailed.pages()] == [50, 34]
    assert [*brief] == [attrs.evolve(item, command_plugins=()) for item in OF_COMMAND]


def test_list_ends_without_a_token(ssm: Any) -> None:
    """The last page has no token, and a page may have one item."""
    members = {"CommandId": COMMAND_ID, "MaxResults": 1}
    first = ssm.list_command_invocations(**members)
    assert [item["InstanceId"] for item in first["CommandInvocations"]] == [
        OF_COMMAND[0].instance_id
    ]
    rest = ssm.list_command_invocations(CommandId=COMMAND_ID, NextToken=first["NextToken"])
    assert len(rest["CommandInvocations"]) == 50
    last = ssm.list_command_invocations(CommandId=COMMAND_ID, NextToken=rest["NextToken"])
    assert (len(last["CommandInvocations"]), "NextToken" in last) == (33, False)


def test_list_without_a_command_returns_every_command(ssm: Any) -> None:
    """Without a command id every node of every command comes, or those of one node."""
    paginator = ssm.get_paginator("list_command_invocations")
    every = [item for page in paginator.paginate() for item in page["CommandInvocations"]]
    node = str(RUN.commands[-1].instance_id)
    (of_node,) = ssm.list_command_invocations(InstanceId=node)["CommandInvocations"]
    assert [item["InstanceId"] for item in every] == [item.instance_id for item in RUN.commands]
    assert of_node["CommandId"] == RUN.commands[-1].command_id
    assert (
        ssm.list_command_invocations(CommandId=COMMAND_ID, InstanceId=node)["CommandInvocations"]
        == []
    )


MIDDLE = min(item.requested_date_time for item in OF_COMMAND if item.requested_date_time)
HOUR = timedelta(hours=1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("Status", "Failed", 2),
        ("Status", "Undeliverable", 1),
        ("Status", "Cancelled", 0),
        ("ExecutionStage", "Complete", 84),
        ("ExecutionStage", "Executing", 0),
        ("DocumentName", "AWS-RunPatchBaseline", 84),
        ("DocumentName", "AWS-RunShellScript", 0),
        ("InvokedAfter", (MIDDLE - HOUR).isoformat(), 84),
        ("InvokedAfter", MIDDLE.isoformat(), 0),
        ("InvokedBefore", (MIDDLE + HOUR).isoformat().replace("+00:00", "Z"), 84),
        ("InvokedBefore", (MIDDLE - HOUR).replace(tzinfo=None).isoformat(), 0),
    ],
)
def test_list_filters(ssm: Any, key: str, value: str, expected: int) -> None:
    """Each filter selects what AWS documents."""
    pages = ssm.get_paginator("list_command_invocations").paginate(
        CommandId=COMMAND_ID, Filters=[{"key": key, "value": value}]
    )
    assert sum(len(page["CommandInvocations"]) for page in pages) == expected


def test_list_filters_all_apply(ssm: Any) -> None:
    """An invocation must pass every filter, and one that lacks a time passes no bound."""
    ExecutionStore().add_run(
        attrs.evolve(RUN.task, task_execution_id=None), [], [CommandInvocation(UNKNOWN_ID)]
    )
    failed = {"key": "Status", "value": "Failed"}
    undeliverable = {"key": "Status", "value": "Undeliverable"}
    answer = ssm.list_command_invocations(CommandId=COMMAND_ID, Filters=[failed, undeliverable])
    assert [item["StatusDetails"] for item in answer["CommandInvocations"]] == ["Undeliverable"]
    for key in ("InvokedAfter", "InvokedBefore"):
        bound = {"key": key, "value": datetime(2026, 5, 1, tzinfo=UTC).isoformat()}
        answer = ssm.list_command_invocations(CommandId=UNKNOWN_ID, Filters=[bound])
        assert answer["CommandInvocations"] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"CommandId": UNKNOWN_ID}, "InvalidCommandId"),
        ({"CommandId": "short"}, "ValidationException"),
        ({"InstanceId": "web-001"}, "ValidationException"),
        ({"InstanceId": "i-12345678\n"}, "ValidationException"),
        ({"MaxResults": 0}, "ValidationException"),
        ({"MaxResults": 51}, "ValidationException"),
        ({"NextToken": "unknown"}, "InvalidNextToken"),
        ({"Filters": []}, "ValidationException"),
        ({"Filters": [{"key": "Statuss", "value": "Failed"}]}, "ValidationException"),
        ({"Filters": [{"key": "Status"}]}, "ValidationException"),
        ({"Filters": [{"key": "ExecutionStage", "value": "Done"}]}, "ValidationException"),
        ({"Filters": [{"key": "InvokedAfter", "value": "today"}]}, "ValidationException"),
        ({"Details": "yes"}, "SerializationException"),
    ],
)
def test_list_refuses_invalid_members(ssm: Any, members: dict[str, Any], code: str) -> None:
    """Errors have the codes that AWS documents."""
    with pytest.raises(ClientError) as caught:
        ssm.list_command_invocations(**members)
    assert _code(caught) == code


def test_list_token_is_for_one_request(ssm: Any) -> None:
    """A token of one command, or of one filter, is refused for another."""
    token = ssm.list_command_invocations(CommandId=COMMAND_ID)["NextToken"]
    for other in (
        {"CommandId": RUN.commands[-1].command_id},
        {"CommandId": COMMAND_ID, "Details": True},
        {},
    ):
        with pytest.raises(ClientError) as caught:
            ssm.list_command_invocations(**other, NextToken=token)
        assert _code(caught) == "InvalidNextToken"


def test_list_truncates_output(maintenance_window_executions: ExecutionStore) -> None:
    """A list has 2,500 characters of a plugin's output; one invocation has 24,000."""
    (node, *_) = RUN.commands
    plugins = [attrs.evolve(item, output="x" * 30_000) for item in node.command_plugins or ()]
    long = attrs.evolve(node, command_plugins=tuple(plugins), trace_output="y" * 3_000)
    maintenance_window_executions.add_run(RUN.task, RUN.invocations, [long])
    (listed,) = MaintenanceWindowClient().iter_command_invocations(COMMAND_ID, details=True)
    got = plain().get_command_invocation(
        CommandId=COMMAND_ID, InstanceId=str(node.instance_id), PluginName="PatchLinux"
    )
    assert [len(item.output or "") for item in listed.command_plugins or ()] == [2_500, 2_500]
    assert len(listed.trace_output or "") == 2_500
    assert len(got["StandardOutputContent"]) == 24_000


def test_get_returns_a_step_with_its_output(ssm: Any) -> None:
    """A named step has its status, exit code, times, output and error output."""
    node = _first("Failed", "Failed")
    linux = _linux(node)
    got = ssm.get_command_invocation(
        CommandId=node.command_id, InstanceId=node.instance_id, PluginName="PatchLinux"
    )
    expected = {
        "CommandId": node.command_id,
        "InstanceId": node.instance_id,
        "DocumentName": "AWS-RunPatchBaseline",
        "PluginName": "PatchLinux",
        "Status": "Failed",
        "StatusDetails": "Failed",
        "ResponseCode": linux.response_code,
    }
    assert {name: got[name] for name in expected} == expected
    assert got["StandardOutputContent"].startswith(f"{node.instance_name}: Install began")
    assert got["StandardErrorContent"].endswith(f"exit status {linux.response_code}")
    start = datetime.fromisoformat(got["ExecutionStartDateTime"])
    end = datetime.fromisoformat(got["ExecutionEndDateTime"])
    assert (start, end) == (linux.response_start_date_time, linux.response_finish_date_time)
    assert got["ExecutionElapsedTime"] == f"PT{(end - start).total_seconds():g}S"


def test_get_without_a_step_returns_the_node(ssm: Any) -> None:
    """A document of several steps has no output unless a step is named."""
    node = _first("Failed", "Failed")
    got = ssm.get_command_invocation(CommandId=node.command_id, InstanceId=node.instance_id)
    assert (got["Status"], got["ResponseCode"], got["StandardOutputContent"]) == ("Failed", -1, "")
    assert (got["ExecutionStartDateTime"], "PluginName" in got) == ("", False)


def test_get_returns_the_only_step(ssm: Any) -> None:
    """A document of one step needs no name; one that never ran has no output."""
    timed_out = _first("TimedOut")
    undeliverable = _first("Failed", "Undeliverable")
    linux = _linux(timed_out)
    one_step = attrs.evolve(timed_out, command_id=UNKNOWN_ID, command_plugins=(linux,))
    ExecutionStore().add_run(attrs.evolve(RUN.task, task_execution_id=None), [], [one_step])
    got = ssm.get_command_invocation(CommandId=UNKNOWN_ID, InstanceId=one_step.instance_id)
    assert (got["PluginName"], got["ResponseCode"]) == ("PatchLinux", -1)
    assert (got["Status"], got["StandardErrorContent"]) == ("TimedOut", "")
    never = ssm.get_command_invocation(
        CommandId=undeliverable.command_id, InstanceId=undeliverable.instance_id
    )
    assert (never["StatusDetails"], never["StandardOutputContent"]) == ("Undeliverable", "")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"CommandId": UNKNOWN_ID}, "InvalidCommandId"),
        ({"InstanceId": "i-12345678"}, "InvocationDoesNotExist"),
        ({"PluginName": "PatchMars"}, "InvalidPluginName"),
        ({"PluginName": "x"}, "ValidationException"),
        ({"InstanceId": None}, "ValidationException"),
    ],
)
def test_get_refuses_unknown_ids(ssm: Any, members: dict[str, Any], code: str) -> None:
    """Errors have the codes that AWS documents."""
    ids = {"CommandId": COMMAND_ID, "InstanceId": OF_COMMAND[0].instance_id}
    with pytest.raises(ClientError) as caught:
        ssm.get_command_invocation(**{**ids, **members})
    assert _code(caught) == code


def test_commands_of_moto_are_known_too(ssm: Any) -> None:
    """A command that was sent to moto is listed beside those of the store."""
    nodes = ["i-12345678", "i-87654321"]
    command_id = ssm.send_command(DocumentName="AWS-RunShellScript", InstanceIds=nodes)["Command"][
        "CommandId"
    ]
    client = MaintenanceWindowClient()
    listed = list(client.iter_command_invocations(command_id, details=True))
    got = ssm.get_command_invocation(CommandId=command_id, InstanceId=nodes[0])
    assert sorted(str(item.instance_id) for item in listed) == nodes
    assert {(item.status, item.document_name) for item in listed} == {
        ("Success", "AWS-RunShellScript")
    }
    assert [len(item.command_plugins or ()) for item in listed] == [1, 1]
    assert got["Status"] == "Success"
    assert len(list(client.iter_command_invocations(COMMAND_ID))) == 84
