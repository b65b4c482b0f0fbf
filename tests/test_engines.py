"""`gather` on real engines: 200 tasks over 8 scopes of the fake AWS, over real HTTP."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import attrs
import distributed
import pytest

from ssm_mwx import (
    AccessDeniedError,
    Outcome,
    ServiceError,
    TaskIds,
    TaskReport,
    ThrottlingError,
    gather,
)
from ssm_mwx.testing import samples, serve
from tests.support import fleet

TASKS_OF_SCOPE = 25
DENIED, THROTTLED = fleet.SCOPES[2], fleet.SCOPES[5]

Item = tuple[str, str, TaskIds]


@attrs.frozen
class Fleet:
    """What the fake AWS holds."""

    url: str
    items: list[Item]
    readable: dict[Item, TaskReport]


@pytest.fixture(name="stored", scope="module")
def _stored(tmp_path_factory: pytest.TempPathFactory) -> Generator[Fleet, None, None]:
    """Store 200 tasks in 8 scopes, read those that can be read one by one, and serve them."""
    with serve() as server, pytest.MonkeyPatch.context() as patch:
        items: list[Item] = []
        for _ in range(TASKS_OF_SCOPE):
            for account, region in fleet.SCOPES:
                run = samples.patch_run(targets=3, seed=len(items))
                task = server.executions.add_run(*run, account_id=account, region_name=region)
                items.append((account, region, task.task_ids))
        _use(server.url, tmp_path_factory.mktemp("settings"), patch)
        readable = {
            item: fleet.report_of(*item) for item in items if item[:2] not in (DENIED, THROTTLED)
        }
        for code, (account, region) in (
            ("AccessDeniedException", DENIED),
            ("ThrottlingException", THROTTLED),
        ):
            server.executions.fail_next(
                code, times=1_000_000, account_id=account, region_name=region
            )
        yield Fleet(server.url, items, readable)
    fleet.client_of.cache_clear()


def _use(url: str, folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Let this process, and those that it starts, use the test server and the profiles."""
    fleet.write_profiles(folder / "config")
    patch.setenv("AWS_CONFIG_FILE", str(folder / "config"))
    patch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(folder / "credentials"))
    patch.setenv("AWS_ENDPOINT_URL", url)


def _processes() -> AbstractContextManager[Executor]:
    return ProcessPoolExecutor(2, mp_context=get_context("spawn"))


@contextmanager
def _dask() -> Generator[Executor, None, None]:
    """Start a Dask cluster of two worker processes."""
    local_cluster: Any = distributed.LocalCluster
    cluster = local_cluster(
        n_workers=2, threads_per_worker=2, processes=True, dashboard_address="127.0.0.1:0"
    )
    with cluster, cluster.get_client() as client:
        yield client.get_executor()


@pytest.mark.slow
@pytest.mark.parametrize(
    "engine", [nullcontext, _processes, _dask], ids=["threads", "processes", "dask"]
)
def test_gather_reads_a_fleet(
    engine: Callable[[], AbstractContextManager[Executor | None]],
    stored: Fleet,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Every engine returns the same reports, and the typed errors of two scopes beside them."""
    _use(stored.url, tmp_path, monkeypatch)

    with engine() as executor:
        outcomes = list(gather(fleet.report_of, stored.items, executor=executor))

    assert len(outcomes) == len(fleet.SCOPES) * TASKS_OF_SCOPE == 200
    assert {outcome.arguments for outcome in outcomes} == set(stored.items)
    assert {
        outcome.arguments: outcome.result for outcome in outcomes if outcome.error is None
    } == stored.readable
    assert _errors_of(DENIED, outcomes) == {(AccessDeniedError, "AccessDeniedException", False): 25}
    assert _errors_of(THROTTLED, outcomes) == {(ThrottlingError, "ThrottlingException", True): 25}


def _errors_of(
    scope: tuple[str, str], outcomes: list[Outcome[Item, TaskReport]]
) -> Counter[tuple[type[ServiceError], str, bool]]:
    """Count the kinds of errors of a scope."""
    errors = [each.error for each in outcomes if each.arguments[:2] == scope]
    return Counter(
        (type(error), error.code, error.is_transient)
        for error in errors
        if isinstance(error, ServiceError)
    )
