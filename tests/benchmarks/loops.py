"""What is measured: the same loop over a task's invocations, in each library."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import Any, cast

import boto3

from ssm_mwx import MaintenanceWindowClient, TaskIds, TaskInvocation
from tests.benchmarks.server import PAGE_SIZE, task_of

Loop = Callable[[TaskIds], int]
"""Iterates over all invocations of a task, and returns how many of them failed."""


class NotAvailableError(Exception):
    """What is to be measured is not there."""


def raw_client(url: str) -> Any:
    """A plain boto3 client."""
    return cast("Any", boto3).client("ssm", endpoint_url=url)


def raw_items(client: Any, task: TaskIds) -> Iterator[dict[str, Any]]:
    """All invocations, as boto3's paginator gives them."""
    for page in raw_pages(client, task):
        yield from page["WindowExecutionTaskInvocationIdentities"]


def raw_pages(client: Any, task: TaskIds) -> Iterable[dict[str, Any]]:
    """All pages, as boto3's paginator gives them."""
    paginator = client.get_paginator("describe_maintenance_window_execution_task_invocations")
    pages: Iterable[dict[str, Any]] = paginator.paginate(
        WindowExecutionId=task.window_execution_id,
        TaskId=task.task_execution_id,
        PaginationConfig={"PageSize": PAGE_SIZE},
    )
    return pages


def raw_loop(url: str) -> Loop:
    """boto3's paginator, `Parameters` not read."""
    client = raw_client(url)

    def loop(task: TaskIds) -> int:
        failed = 0
        for page in raw_pages(client, task):
            for item in page["WindowExecutionTaskInvocationIdentities"]:
                failed += item["Status"] == "FAILED"
        return failed

    return loop


def raw_parameters_loop(url: str) -> Loop:
    """boto3's paginator and ``json.loads`` of each `Parameters`."""
    client = raw_client(url)

    def loop(task: TaskIds) -> int:
        failed = 0
        for page in raw_pages(client, task):
            for item in page["WindowExecutionTaskInvocationIdentities"]:
                failed += item["Status"] == "FAILED"
                json.loads(item["Parameters"])
        return failed

    return loop


def our_loop(url: str) -> Loop:
    """The library with a client it built, `parameters` not read."""
    return _our_loop(MaintenanceWindowClient(endpoint_url=url))


def loop_without_retries(url: str) -> Loop:
    """The library, its own retries switched off."""
    return _our_loop(MaintenanceWindowClient(endpoint_url=url, retry_timeout=0))


def injected_loop(url: str) -> Loop:
    """The library with an existing boto3 client."""
    return _our_loop(MaintenanceWindowClient(raw_client(url)))


def _our_loop(client: MaintenanceWindowClient) -> Loop:
    def loop(task: TaskIds) -> int:
        failed = 0
        for invocation in client.iter_task_invocations(*task):
            failed += invocation.status == "FAILED"
        return failed

    return loop


def our_parameters_loop(url: str) -> Loop:
    """The library, every `parameters` read."""
    client = MaintenanceWindowClient(endpoint_url=url)

    def loop(task: TaskIds) -> int:
        failed = 0
        for invocation in client.iter_task_invocations(*task):
            failed += invocation.status == "FAILED"
            _ = invocation.parameters
        return failed

    return loop


def peer_loop(url: str) -> Loop:
    """capo-ssm, `Parameters` not read.

    Raises:
        NotAvailableError: It is not installed.
    """
    items = _peer_items(url)

    def loop(task: TaskIds) -> int:
        failed = 0
        for item in items(task):
            failed += item["status"] == "FAILED"
        return failed

    return loop


def peer_parameters_loop(url: str) -> Loop:
    """capo-ssm and ``json.loads`` of each `Parameters`.

    Raises:
        NotAvailableError: It is not installed.
    """
    items = _peer_items(url)

    def loop(task: TaskIds) -> int:
        failed = 0
        for item in items(task):
            failed += item["status"] == "FAILED"
            json.loads(item["parameters"])
        return failed

    return loop


def _peer_items(url: str) -> Callable[[TaskIds], Iterable[dict[str, Any]]]:
    """What yields all invocations, as capo-ssm gives them."""
    try:
        client: Any = import_module("capo_ssm").SSMClient(region="us-east-1", endpoint=url)
    except ModuleNotFoundError as error:
        raise NotAvailableError("capo-ssm is not installed") from error
    iterate = client.iter_describe_maintenance_window_execution_task_invocations
    return lambda task: iterate(*task, max_results=PAGE_SIZE)


# --- with a caller that takes its time ---


def prefetch_loop(url: str, *, seconds_per_page: float, prefetch: bool) -> Loop:
    """The library, where the items of a page take the caller so long.

    Raises:
        NotAvailableError: This version of the library has no `prefetch`.
    """
    client: Any = MaintenanceWindowClient(endpoint_url=url)
    try:
        client.iter_task_invocations(*task_of(0), prefetch=prefetch)
    except TypeError as error:
        raise NotAvailableError("not available in this version") from error

    def loop(task: TaskIds) -> int:
        failed = 0
        pager: Iterable[TaskInvocation] = client.iter_task_invocations(*task, prefetch=prefetch)
        for number, invocation in enumerate(pager, start=1):
            failed += invocation.status == "FAILED"
            if number % (PAGE_SIZE // _RESTS_PER_PAGE) == 0:
                time.sleep(seconds_per_page / _RESTS_PER_PAGE)
        return failed

    return loop


_RESTS_PER_PAGE = 4  # few, so that what a sleep costs beyond its time does not show
