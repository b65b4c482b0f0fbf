"""`MaintenanceWindowClient.report`, on the fake AWS."""

from __future__ import annotations

import asyncio
import json
import math
import uuid
from pathlib import Path
from typing import Any

import pytest

from ssm_mwx import (
    AccessDeniedError,
    AsyncMaintenanceWindowClient,
    DoesNotExistError,
    InvalidRequestError,
    MaintenanceWindowClient,
    TaskReport,
    load_command_invocations,
    load_task_execution,
    load_task_invocations,
    unstructure,
)
from ssm_mwx.testing import ExecutionStore, samples
from tests.support.fakes import FakeSsmClient
from tests.support.reports import START, by_tag, invocation_of

PAYLOADS = Path(__file__).parent / "payloads"


@pytest.fixture(name="client")
def _client(maintenance_window_executions: ExecutionStore) -> MaintenanceWindowClient:  # noqa: ARG001
    return MaintenanceWindowClient()


def test_report_has_all_invocations(
    client: MaintenanceWindowClient, maintenance_window_executions: ExecutionStore
) -> None:
    """A report has the task and its invocations from all pages."""
    task, invocations, _ = samples.patch_run(250)
    ids = maintenance_window_executions.add_run(task, invocations).task_ids

    assert client.report(*ids) == TaskReport(task, invocations)


def test_report_of_some_statuses(
    client: MaintenanceWindowClient, maintenance_window_executions: ExecutionStore
) -> None:
    """Only invocations in the given statuses are fetched."""
    ids = maintenance_window_executions.add_run(*samples.patch_run(250)).task_ids

    assert client.report(*ids, statuses="TIMED_OUT").counts == {"TIMED_OUT": 5}
    some = client.report(*ids, statuses=iter(["FAILED", "TIMED_OUT"]))
    assert some.counts == {"FAILED": 12, "TIMED_OUT": 5}
    assert some.statuses == ("FAILED", "TIMED_OUT")
    assert client.report(*ids).statuses == ()


def test_report_says_where_it_is_from(maintenance_window_executions: ExecutionStore) -> None:
    """The client knows the Region, the task's role the account; no call is made for them."""
    run = samples.tag_run(4, window_targets=1)
    ids = maintenance_window_executions.add_run(*run, region_name="eu-west-3").task_ids

    report = MaintenanceWindowClient(region_name="eu-west-3").report(*ids)

    assert (report.account, report.region) == ("123456789012", "eu-west-3")
    assert len(maintenance_window_executions.requests) == 2


def test_report_of_an_object_without_metadata_names_no_region() -> None:
    """A client that is not boto3's may not know its Region."""
    report = MaintenanceWindowClient(FakeSsmClient()).report(*[str(uuid.uuid4())] * 2)

    assert report.region is None


def test_arguments_are_checked_before_any_call() -> None:
    """An argument that AWS would refuse is refused without a call."""
    client = MaintenanceWindowClient(client=object())

    with pytest.raises(InvalidRequestError):
        client.report("no id", "no id")
    with pytest.raises(InvalidRequestError):
        client.report(*[samples.patch_run(1)[0].task_ids[0]] * 2, statuses="BROKEN")


def test_missing_task_is_aws_s_error(client: MaintenanceWindowClient) -> None:
    """For a task that does not exist, AWS's error is raised."""
    with pytest.raises(DoesNotExistError):
        client.report(*samples.patch_run(1)[0].task_ids)


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [((), "100%"), ("FAILED", "12 targets")],
    ids=["all", "filtered"],
)
def test_progress_has_the_number_of_targets(
    statuses: str,
    expected: str,
    client: MaintenanceWindowClient,
    maintenance_window_executions: ExecutionStore,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The bar has the task's number of targets, unless `statuses` leaves some out."""
    ids = maintenance_window_executions.add_run(*samples.patch_run(250)).task_ids

    report = client.report(*ids, statuses=statuses, progress=True)

    last = capsys.readouterr().err.splitlines()[-1].rpartition("\r")[2]
    assert report == client.report(*ids, statuses=statuses)
    assert expected in last
    assert ("250/250" in last) == (not statuses)


def test_progress_counts_instances(
    client: MaintenanceWindowClient,
    maintenance_window_executions: ExecutionStore,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An invocation counts as its instances, and as one if it names none."""
    task = maintenance_window_executions.add_task(start_time=START)
    maintenance_window_executions.add_invocations(
        task, [invocation_of(nodes=("i-1", "i-2", "i-3")), invocation_of(nodes=())]
    )

    client.report(*task.task_ids, progress=True)

    assert "4 targets" in capsys.readouterr().err


def test_report_of_saved_answers() -> None:
    """Files that the AWS CLI wrote make a report, without a call."""
    report = TaskReport(
        load_task_execution(PAYLOADS / "get_task_cli.json"),
        load_task_invocations(PAYLOADS / "describe_invocations_cli.json"),
    )

    assert report.counts == {"SUCCESS": 1}
    assert report.to_arrow()["instance_ids"].to_pylist() == [["i-0000293ffd8c57862"]]


# --- nodes ---

LOOK_UP = "ListCommandInvocations"


def look_ups(store: ExecutionStore) -> list[dict[str, Any]]:
    """Return the members of the look-ups that the fake AWS received."""
    return [request.members for request in store.requests if request.operation == LOOK_UP]


@pytest.mark.slow
@pytest.mark.parametrize(
    "run",
    [samples.tag_run(250), samples.instance_run(50), samples.tag_run(5000, window_targets=1)],
    ids=["by tag", "by ids", "5,000 nodes in one command"],
)
def test_nodes_have_their_own_statuses(
    run: samples.Run,
    client: MaintenanceWindowClient,
    maintenance_window_executions: ExecutionStore,
) -> None:
    """Every node is there with the status that Run Command reports, from all pages."""
    ids = maintenance_window_executions.add_run(*run).task_ids

    report = client.report(*ids, nodes=True)

    expected = {(each.instance_id, each.execution_status) for each in run.commands}
    assert {(node.instance_id, node.status) for node in report.nodes or ()} == expected
    assert len(report.nodes or ()) == len(run.commands)
    assert report.invocations_without_nodes == ()
    sizes = [
        len([each for each in run.commands if each.command_id == item.command_id])
        for item in run.invocations
    ]
    assert len(look_ups(maintenance_window_executions)) == sum(math.ceil(n / 50) for n in sizes)


def test_details_bring_the_plugins(
    client: MaintenanceWindowClient, maintenance_window_executions: ExecutionStore
) -> None:
    """With details the report has all that the commands did, output included."""
    run = samples.tag_run(60)
    ids = maintenance_window_executions.add_run(*run).task_ids

    report = client.report(*ids, nodes=True, details=True)

    assert report == TaskReport(*run)
    assert all(node.command and node.command.command_plugins for node in report.failed_nodes)


def test_one_named_node_needs_no_call(
    client: MaintenanceWindowClient, maintenance_window_executions: ExecutionStore
) -> None:
    """Where every invocation names one node, nothing is looked up, unless for the details."""
    ids = maintenance_window_executions.add_run(*samples.patch_run(20)).task_ids

    report = client.report(*ids, nodes=True)

    assert look_ups(maintenance_window_executions) == []
    assert report.node_counts == report.counts
    assert client.report(*ids, nodes=True, details=True).node_counts == report.counts
    assert len(look_ups(maintenance_window_executions)) == 20


def test_command_that_was_never_sent_needs_no_call(
    client: MaintenanceWindowClient, maintenance_window_executions: ExecutionStore
) -> None:
    """The nodes of a command that was not sent have the invocation's status."""
    task = maintenance_window_executions.add_task()
    unsent = invocation_of("FAILED", nodes=("i-1", "i-2"), execution_id="")
    maintenance_window_executions.add_invocations(task, [unsent])

    assert client.report(*task.task_ids, nodes=True).node_counts == {"FAILED": 2}
    assert look_ups(maintenance_window_executions) == []


@pytest.mark.parametrize("code", ["AccessDeniedException", "AccessDenied"])
def test_denied_look_up_names_the_operation(
    code: str, client: MaintenanceWindowClient, maintenance_window_executions: ExecutionStore
) -> None:
    """A denied look-up is an error, and no report without nodes."""
    ids = maintenance_window_executions.add_run(*samples.tag_run(5)).task_ids
    maintenance_window_executions.fail_next(code, times=8, operation=LOOK_UP)

    with pytest.raises(AccessDeniedError, match=LOOK_UP):
        client.report(*ids, nodes=True)


def test_history_that_aws_dropped_is_no_error(
    client: MaintenanceWindowClient, maintenance_window_executions: ExecutionStore
) -> None:
    """The invocations of commands that AWS no longer knows have no known nodes."""
    task, invocations, _ = samples.tag_run(5)
    ids = maintenance_window_executions.add_run(task, invocations).task_ids

    report = client.report(*ids, nodes=True)

    assert report.nodes == ()
    assert report.invocations_without_nodes == invocations
    assert len(look_ups(maintenance_window_executions)) == 3


def test_execution_id_that_is_no_command_id_is_no_error(
    client: MaintenanceWindowClient, maintenance_window_executions: ExecutionStore
) -> None:
    """An execution id in a form that AWS would refuse is not looked up."""
    task = maintenance_window_executions.add_task()
    maintenance_window_executions.add_invocations(task, [by_tag("no command id")])

    report = client.report(*task.task_ids, nodes=True)

    assert len(report.invocations_without_nodes) == 1
    assert look_ups(maintenance_window_executions) == []


def test_details_need_nodes() -> None:
    """Details without nodes are a mistake, which no call is made for."""
    with pytest.raises(InvalidRequestError, match="details must be False without nodes=True"):
        MaintenanceWindowClient(client=object()).report("no id", "no id", details=True)


def test_progress_counts_nodes(
    client: MaintenanceWindowClient,
    maintenance_window_executions: ExecutionStore,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A second bar counts the nodes that are looked up."""
    ids = maintenance_window_executions.add_run(*samples.tag_run(250)).task_ids

    client.report(*ids, nodes=True, progress=True)

    assert "nodes: 250 nodes" in capsys.readouterr().err


def test_async_report_has_nodes(
    client: MaintenanceWindowClient, maintenance_window_executions: ExecutionStore
) -> None:
    """The async client looks up the same nodes."""
    ids = maintenance_window_executions.add_run(*samples.tag_run(60)).task_ids

    async def main() -> TaskReport:
        return await AsyncMaintenanceWindowClient().report(*ids, nodes=True, details=True)

    assert asyncio.run(main()) == client.report(*ids, nodes=True, details=True)


def test_report_of_saved_commands(tmp_path: Path) -> None:
    """What the AWS CLI printed of commands gives the same nodes, without a call."""
    run = samples.tag_run(60)
    saved = tmp_path / "commands.json"
    saved.write_text(
        json.dumps({"CommandInvocations": [unstructure(each) for each in run.commands]})
    )

    assert TaskReport(run.task, run.invocations, load_command_invocations(saved)) == (
        TaskReport(*run)
    )


def test_saved_commands_may_be_partial(tmp_path: Path) -> None:
    """A file with a token is read, with a warning that names the caller's line."""
    saved = tmp_path / "commands.json"
    saved.write_text(json.dumps({"CommandInvocations": [], "NextToken": "more"}))

    with pytest.warns(UserWarning, match="is partial") as caught:
        assert load_command_invocations(saved) == ()
    assert caught[0].filename == __file__


def test_filtered_report_is_looked_up_for_what_it_has(
    client: MaintenanceWindowClient, maintenance_window_executions: ExecutionStore
) -> None:
    """Only the commands of the invocations that pass the filter are looked up."""
    run = samples.tag_run(250)
    ids = maintenance_window_executions.add_run(*run).task_ids
    failed = [item for item in run.invocations if item.status == "FAILED"]

    report = client.report(*ids, statuses="FAILED", nodes=True)

    assert {node.command_id for node in report.nodes or ()} == {item.command_id for item in failed}
