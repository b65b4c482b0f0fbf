"""`MaintenanceWindowClient`: the library's table of contents."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Self, TypeVar

from ssm_mwx import boto, validation, waiter
from ssm_mwx.errors import InvalidRequestError
from ssm_mwx.models import (
    CommandInvocation,
    InvocationPage,
    Page,
    TaskExecution,
    TaskExecutionIdentity,
    TaskInvocation,
    WindowExecution,
)
from ssm_mwx.operations import (
    DESCRIBE_INVOCATIONS,
    DESCRIBE_TASKS,
    DESCRIBE_WINDOW_EXECUTIONS,
    GET_TASK,
    GET_WINDOW_EXECUTION,
    LIST_COMMAND_INVOCATIONS,
    Operation,
)
from ssm_mwx.pagination import FetchPage, Pager, TaskInvocationPager
from ssm_mwx.retries import RETRY_TIMEOUT
from ssm_mwx.validation import Duration, Id, Statuses

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    import boto3
    from botocore.config import Config

    from ssm_mwx.report import TaskReport

_T = TypeVar("_T")


class MaintenanceWindowClient:
    """Task executions of AWS Systems Manager maintenance windows, typed.

    Threads may share it. As a context manager it closes on exit the connections of a client that
    it built.

    Args:
        client: An existing boto3 SSM client, used as it is and never altered; the other arguments,
            `retry_timeout` aside, are then refused.
        session: A ``boto3.Session`` to build a client from, never altered. By default boto3's
            default session if there is one, else a new one.
        region_name: AWS Region, as in boto3.
        profile_name: Profile for a new session; refused beside `session`.
        endpoint_url: URL to call instead of AWS's own endpoint.
        config: A ``botocore.config.Config``, merged over ours. Ours adds ``ssm_mwx/<version>`` to
            the user agent. Unless `config`, session, environment or profile set the number of
            attempts, it asks botocore for one, since the retries are done here (for 8 if
            `retry_timeout` is 0).
        retry_timeout: Seconds, or a `timedelta`, for which a call is repeated after transient
            errors, from its first failure; then the last error is raised. 0 leaves retries to
            botocore. It holds for an existing client too.

    Raises:
        InvalidRequestError: Arguments exclude each other.
        TypeError: `client`, `session` or `config` is something else. The message says what to
            write instead.
    """

    def __init__(
        self,
        client: boto.SsmClientLike | Any | None = None,
        *,
        session: boto3.Session | None = None,
        region_name: str | None = None,
        profile_name: str | None = None,
        endpoint_url: str | None = None,
        config: Config | None = None,
        retry_timeout: Duration = RETRY_TIMEOUT,
    ) -> None:
        retry_seconds = validation.seconds("retry_timeout", retry_timeout)
        arguments: dict[str, Any] = {
            "session": session,
            "region_name": region_name,
            "profile_name": profile_name,
            "endpoint_url": endpoint_url,
            "config": config,
        }
        if client is None:
            self._caller = boto.Caller(arguments=arguments, retry_timeout=retry_seconds)
            return
        for argument, given in arguments.items():
            if given is not None:
                raise InvalidRequestError(argument, given, "None beside an existing client")
        boto.check_client(client)
        self._caller = boto.Caller(client, retry_timeout=retry_seconds)

    @property
    def boto_client(self) -> Any:
        """The boto3 SSM client underneath, for the calls that this library does not wrap."""
        return self._caller.client

    # --- the core: a task and its invocations ---

    def get_task_execution(self, window_execution_id: Id, task_execution_id: Id) -> TaskExecution:
        """Get one task of a maintenance window execution (GetMaintenanceWindowExecutionTask).

        Raises:
            InvalidRequestError: An id is not a UUID; no call is made.
            DoesNotExistError: There is no such task execution in this account and Region.
            ServiceError: AWS answered with another error.
            ResponseError: The answer is not what the service promises.
        """
        request = _task_request(window_execution_id, task_execution_id)
        return self._caller.call(GET_TASK, request)

    def describe_task_invocations(
        self,
        window_execution_id: Id,
        task_execution_id: Id,
        *,
        statuses: Statuses = (),
        max_results: int | None = None,
        next_token: str | None = None,
    ) -> InvocationPage:
        """Get one page of a task's invocations (DescribeMaintenanceWindowExecutionTaskInvocations).

        Args:
            window_execution_id: Id of the maintenance window execution.
            task_execution_id: Id of the task execution.
            statuses: Only invocations in one of these; empty for all.
            max_results: Invocations on the page at most, 10 to 100; None for AWS's default.
            next_token: `InvocationPage.next_token` of the previous page; None for the first page.

        Raises:
            InvalidRequestError: AWS would refuse an argument; no call is made.
            DoesNotExistError: There is no such task execution in this account and Region.
            ServiceError: AWS answered with another error.
            ResponseError: The answer is not what the service promises.
        """
        request = _task_request(window_execution_id, task_execution_id)
        if filters := validation.status_filter("statuses", statuses):
            request["Filters"] = filters
        if max_results is not None:
            sizes = DESCRIBE_INVOCATIONS.page_sizes
            request["MaxResults"] = validation.page_size("max_results", max_results, sizes)
        if token := validation.token("next_token", next_token):
            request["NextToken"] = token
        return self._caller.call(DESCRIBE_INVOCATIONS, request, page_number=1)

    def iter_task_invocations(
        self,
        window_execution_id: Id,
        task_execution_id: Id,
        *,
        statuses: Statuses = (),
        page_size: int = DESCRIBE_INVOCATIONS.page_sizes[-1],
        starting_token: str | None = None,
        prefetch: bool = False,
    ) -> TaskInvocationPager:
        """Iterate over all invocations of a task, from all pages.

        Arguments are checked at the call; the first page is fetched when the iteration starts.

        Args:
            window_execution_id: Id of the maintenance window execution.
            task_execution_id: Id of the task execution.
            statuses: Only invocations in one of these; empty for all.
            page_size: Invocations per call at most, 10 to 100.
            starting_token: A pager's ``resume_token`` or a page's ``next_token`` to resume from;
                None for the beginning.
            prefetch: Fetch one page ahead in a background thread. It helps if handling a page
                takes about as long as fetching one.

        Raises:
            InvalidRequestError: AWS would refuse an argument; no call is made.
        """
        request = _task_request(window_execution_id, task_execution_id)
        filters = validation.status_filter("statuses", statuses)
        fetch, token = self._fetcher(
            DESCRIBE_INVOCATIONS, request, filters, page_size, starting_token
        )
        return TaskInvocationPager(fetch, token, prefetch=prefetch)

    def report(
        self,
        window_execution_id: Id,
        task_execution_id: Id,
        *,
        statuses: Statuses = (),
        nodes: bool = False,
        details: bool = False,
        progress: bool = False,
    ) -> TaskReport:
        """Get a task and all its invocations as a report.

        Args:
            window_execution_id: Id of the maintenance window execution.
            task_execution_id: Id of the task execution.
            statuses: Only invocations in one of these; empty for all. AWS calls a command
                successful while fewer than MaxErrors of its nodes fail: to find every failed
                node, ask for all.
            nodes: Look up how each node fared (ListCommandInvocations), eight commands at a time.
                An invocation that names one node, or was not sent, needs no call.
            details: Fetch the plugins with their output too, for every command; needs `nodes`.
            progress: Show a tqdm bar while they are fetched. It knows its total if the task names
                its targets and `statuses` is empty.

        Raises:
            InvalidRequestError: AWS would refuse an argument; no call is made.
            DoesNotExistError: There is no such task execution in this account and Region.
            AccessDeniedError: The caller may not use an operation, such as ListCommandInvocations.
            ServiceError: AWS answered with another error.
            ResponseError: An answer is not what the service promises.
            RepeatedTokenError: Pagination would loop.
            ImportError: `progress` needs tqdm, which is not installed.
        """
        from ssm_mwx.report import TaskReport
        from ssm_mwx.report.progress import for_report

        if details and not nodes:
            raise InvalidRequestError("details", details, "False without nodes=True")
        ids = (window_execution_id, task_execution_id)
        filters = validation.status_filter("statuses", statuses)
        wanted = tuple(filters[0]["Values"]) if filters else ()
        pager = self.iter_task_invocations(*ids, statuses=wanted)
        task = self.get_task_execution(*ids)
        invocations = list(for_report(task, pager, all_of_them=not wanted, progress=progress))
        commands = self._look_up(invocations, details, progress) if nodes else None
        region = self._caller.region_name
        return TaskReport(task, invocations, commands, statuses=wanted, region=region)

    def _look_up(
        self, invocations: list[TaskInvocation], details: bool, progress: bool
    ) -> list[CommandInvocation]:
        """Fetch what the commands of these invocations did on each node, where it is not known."""
        from ssm_mwx.report.lookups import look_up
        from ssm_mwx.report.nodes import commands_to_look_up
        from ssm_mwx.report.progress import counter

        def pages_of(command_id: str) -> Iterator[Page[CommandInvocation]]:
            return self.iter_command_invocations(command_id, details=details).pages()

        with counter("nodes", progress=progress) as count:
            return look_up(commands_to_look_up(invocations, details=details), pages_of, count)

    def wait_for_task(
        self,
        window_execution_id: Id,
        task_execution_id: Id,
        *,
        timeout: Duration,
        poll_interval: Duration = waiter.POLL_INTERVAL,
        on_poll: waiter.OnPoll[TaskExecution] | None = None,
        raise_on_failure: bool = False,
    ) -> TaskExecution:
        """Wait until a task execution has ended, whatever its final status.

        Returns immediately if it has ended already. A status that this version does not know
        counts as not ended. Transient errors (throttling, errors of the service, broken
        connections) are retried until the deadline; every other error is raised immediately.

        Args:
            window_execution_id: Id of the maintenance window execution.
            task_execution_id: Id of the task execution.
            timeout: Seconds, or a `timedelta`, until the deadline. A last poll starts then, so
                0 polls once.
            poll_interval: Seconds, or a `timedelta`, from one poll to the next; 0 polls again
                immediately, for tests on the fake AWS.
            on_poll: Called with each `TaskExecution` seen, the ended one included.
            raise_on_failure: Whether to raise if the task does not succeed.

        Raises:
            InvalidRequestError: An argument is invalid; no call is made.
            WaitTimeoutError: The task had not ended at the deadline; holds the last state seen.
            TaskFailedError: It did not succeed, with `raise_on_failure`.
            DoesNotExistError: There is no such task execution in this account and Region.
            ServiceError: AWS answered with another error that a retry does not fix.
            ResponseError: The answer is not what the service promises.
        """
        request = _task_request(window_execution_id, task_execution_id)
        wait = waiter.Wait(
            f"task execution {task_execution_id}",
            timeout=timeout,
            poll_interval=poll_interval,
            on_poll=on_poll,
            raise_on_failure=raise_on_failure,
        )
        return waiter.wait_until_ended(partial(self._caller.call, GET_TASK, request), wait)

    # --- before: which run, which task ---

    def iter_window_executions(
        self,
        window_id: Id,
        *,
        executed_after: datetime | None = None,
        executed_before: datetime | None = None,
        page_size: int = DESCRIBE_WINDOW_EXECUTIONS.page_sizes[-1],
        starting_token: str | None = None,
    ) -> Pager[WindowExecution]:
        """Iterate over the runs of a maintenance window (DescribeMaintenanceWindowExecutions).

        AWS documents no order: take the ``max`` by ``start_time`` for the newest run. An unknown
        window has no runs.

        Args:
            window_id: Id of the maintenance window: ``mw-`` and 17 hexadecimal digits.
            executed_after: Only runs after this time; a datetime with a time zone.
            executed_before: Only runs before this time; a datetime with a time zone.
            page_size: Runs per call at most, 10 to 100.
            starting_token: As for `iter_task_invocations`.

        Raises:
            InvalidRequestError: AWS would refuse an argument; no call is made.
        """
        filters = [
            *validation.time_filter("executed_after", executed_after, "ExecutedAfter"),
            *validation.time_filter("executed_before", executed_before, "ExecutedBefore"),
        ]
        request = {"WindowId": validation.window_id("window_id", window_id)}
        return self._pager(DESCRIBE_WINDOW_EXECUTIONS, request, filters, page_size, starting_token)

    def get_window_execution(self, window_execution_id: Id) -> WindowExecution:
        """Get one run of a maintenance window (GetMaintenanceWindowExecution).

        Raises:
            InvalidRequestError: The id is not a UUID; no call is made.
            DoesNotExistError: There is no such window execution in this account and Region.
            ServiceError: AWS answered with another error.
            ResponseError: The answer is not what the service promises.
        """
        return self._caller.call(GET_WINDOW_EXECUTION, _window_request(window_execution_id))

    def iter_task_executions(
        self,
        window_execution_id: Id,
        *,
        statuses: Statuses = (),
        page_size: int = DESCRIBE_TASKS.page_sizes[-1],
        starting_token: str | None = None,
    ) -> Pager[TaskExecutionIdentity]:
        """Iterate over the tasks of a window execution (DescribeMaintenanceWindowExecutionTasks).

        While a window runs, AWS may not list its later tasks yet. The ``task_ids`` of each lead
        to everything else: ``client.report(*task.task_ids)``.

        Args:
            window_execution_id: Id of the maintenance window execution.
            statuses: Only tasks in one of these; empty for all.
            page_size: Tasks per call at most, 10 to 100.
            starting_token: As for `iter_task_invocations`.

        Raises:
            InvalidRequestError: AWS would refuse an argument; no call is made.
        """
        filters = validation.status_filter("statuses", statuses)
        request = _window_request(window_execution_id)
        return self._pager(DESCRIBE_TASKS, request, filters, page_size, starting_token)

    def wait_for_window_execution(
        self,
        window_execution_id: Id,
        *,
        timeout: Duration,
        poll_interval: Duration = waiter.POLL_INTERVAL,
        on_poll: waiter.OnPoll[WindowExecution] | None = None,
        raise_on_failure: bool = False,
    ) -> WindowExecution:
        """Wait until a whole window execution has ended, whatever its final status.

        Args:
            window_execution_id: Id of the maintenance window execution.
            timeout: As for `wait_for_task`.
            poll_interval: As for `wait_for_task`.
            on_poll: Called with each `WindowExecution` seen, the ended one included.
            raise_on_failure: Whether to raise if the window execution does not succeed.

        Raises:
            InvalidRequestError: An argument is invalid; no call is made.
            WaitTimeoutError: It had not ended at the deadline; holds the last state seen.
            TaskFailedError: It did not succeed, with `raise_on_failure`.
            DoesNotExistError: There is no such window execution in this account and Region.
            ServiceError: AWS answered with another error that a retry does not fix.
            ResponseError: The answer is not what the service promises.
        """
        request = _window_request(window_execution_id)
        wait = waiter.Wait(
            f"window execution {window_execution_id}",
            timeout=timeout,
            poll_interval=poll_interval,
            on_poll=on_poll,
            raise_on_failure=raise_on_failure,
        )
        return waiter.wait_until_ended(
            partial(self._caller.call, GET_WINDOW_EXECUTION, request), wait
        )

    # --- after: which machines ---

    def iter_command_invocations(
        self,
        command_id: Id,
        *,
        details: bool = False,
        page_size: int = LIST_COMMAND_INVOCATIONS.page_sizes[-1],
        starting_token: str | None = None,
    ) -> Pager[CommandInvocation]:
        """Iterate over a command's outcome on every node (ListCommandInvocations).

        AWS keeps it for 30 days: an older command has no nodes, or is unknown
        (``InvalidCommandId``).

        Args:
            command_id: Id of the command, such as `TaskInvocation.command_id`; a UUID.
            details: Fetch the plugins with their output too.
            page_size: Nodes per call at most, 1 to 50.
            starting_token: As for `iter_task_invocations`.

        Raises:
            InvalidRequestError: AWS would refuse an argument; no call is made.
        """
        request: boto.Request = {"CommandId": validation.uuid("command_id", command_id)}
        if details:
            request["Details"] = True
        return self._pager(LIST_COMMAND_INVOCATIONS, request, [], page_size, starting_token)

    def close(self) -> None:
        """Close the connections of a client that was built here; an existing one stays open."""
        if self._caller.is_ours:
            self._caller.client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _pager(
        self,
        operation: Operation[Page[_T]],
        request: boto.Request,
        filters: list[dict[str, Any]],
        page_size: int,
        starting_token: str | None,
    ) -> Pager[_T]:
        return Pager(*self._fetcher(operation, request, filters, page_size, starting_token))

    def _fetcher(
        self,
        operation: Operation[Page[_T]],
        request: boto.Request,
        filters: list[dict[str, Any]],
        page_size: int,
        starting_token: str | None,
    ) -> tuple[FetchPage[_T], str | None]:
        """Check what all listings share; return what fetches the pages, and where to start."""
        size = validation.page_size("page_size", page_size, operation.page_sizes)
        request = request | {"MaxResults": size} | ({"Filters": filters} if filters else {})
        token = validation.token("starting_token", starting_token)
        return boto.PageFetcher(self._caller, operation, request), token


def _window_request(window_execution_id: Id) -> boto.Request:
    return {"WindowExecutionId": validation.uuid("window_execution_id", window_execution_id)}


def _task_request(window_execution_id: Id, task_execution_id: Id) -> boto.Request:
    task_id = validation.uuid("task_execution_id", task_execution_id)
    return _window_request(window_execution_id) | {"TaskId": task_id}
