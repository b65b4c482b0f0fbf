"""A user's script over many accounts and Regions; `nox -s types` checks it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import assert_type

from ssm_mwx import MaintenanceWindowClient, TaskIds, TaskReport, gather


def failed_nodes(profile_name: str, region_name: str, ids: TaskIds) -> int:
    """Count the nodes that failed."""
    client = MaintenanceWindowClient(profile_name=profile_name, region_name=region_name)
    return len(client.report(*ids, nodes=True).failed_nodes or ())


def count(items: list[tuple[str, str, TaskIds]]) -> tuple[int, list[str]]:
    """Count them in every account, in processes; name the accounts that cannot be read."""
    total, not_read = 0, list[str]()
    with ProcessPoolExecutor() as executor:
        for outcome in gather(failed_nodes, items, executor=executor, max_workers=16):
            profile_name, region_name, ids = outcome.arguments
            assert_type(profile_name, str)
            assert_type(ids, TaskIds)
            assert_type(outcome.result, int | None)
            if outcome.error is not None:
                assert_type(outcome.error, Exception)
                not_read.append(f"{profile_name} {region_name}: {outcome.error}")
            else:
                total += outcome.result_or_raise()
    return total, not_read


def reports(client: MaintenanceWindowClient, many_ids: Iterator[TaskIds]) -> list[TaskReport]:
    """Read many tasks of one account."""
    outcomes = list(gather(client.report, many_ids, progress=True))
    assert_type(outcomes[0].result_or_raise(), TaskReport)
    return [outcome.result_or_raise() for outcome in outcomes]


def reports_of_nodes(client: MaintenanceWindowClient, many_ids: list[TaskIds]) -> list[TaskReport]:
    """Read many tasks of one account, with their nodes."""
    look_up = partial(client.report, nodes=True)
    return [outcome.result_or_raise() for outcome in gather(look_up, many_ids)]
