"""`MaintenanceWindowClient`: the library's table of contents."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Self

from ssm_mwx import boto, validation, waiter
from ssm_mwx.errors import InvalidRequestError
from ssm_mwx.models import InvocationPage, TaskExecution
from ssm_mwx.operations import DESCRIBE_INVOCATIONS, GET_TASK
from ssm_mwx.pagination import TaskInvocationPager
from ssm_mwx.validation import Duration, Statuses

if TYPE_CHECKING:
    import boto3
    from botocore.config import Config

    from ssm_mwx.report import TaskReport


class MaintenanceWindowClient:
    """Task executions of AWS Systems Manager maintenance windows, typed.

    Threads may share it. As a context manager it closes on exit the connections of a client that
    it built.

    Args:
        client: An existing boto3 SSM client, used as it is and never altered; the other arguments
            are then refused.
        session: A ``boto3.Session`` to build a client from, never altered. By default boto3's
            default session if there is one, else a new one.
        region_name: AWS Region, as in boto3.
        profile_name: Profile for a new session; refused beside `session`.
        endpoint_url: URL to call instead of AWS's own endpoint.
        config: A ``botocore.config.Config``, merged over ours. Ours adds ``ssm_mwx/<version>`` to
            the user agent and asks for 8 attempts per call, unless `config`, session, environment
            or profile set the number.

    Raises:
        InvalidRequestError: Arguments exclude each other.
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
    ) -> None:
        arguments: dict[str, Any] = {
            "session": session,
            "region_name": region_name,
            "profile_name": profile_name,
            "endpoint_url": endpoint_url,
            "config": config,
        }
        if client is None:
            self._caller = boto.Caller(boto.build_client(**arguments), is_ours=True)
            return
        for argument, given in arguments.items():
            if given is not None:
                raise InvalidRequestError(argument, given, "None beside an existing client")
        self._caller = boto.Caller(client, is_ours=False)

    def get_task_execution(self, window_execution_id: str, task_execution_id: str) -> TaskExecution:
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
        window_execution_id: str,
        task_execution_id: str,
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
        request = _task_request(window_execution_id, task_execution_id) | _without_none(
            Filters=validation.status_filter("statuses", statuses),
            MaxResults=None
            if max_results is None
            else validation.page_size("max_results", max_results, DESCRIBE_INVOCATIONS.page_sizes),
            NextToken=validation.token("next_token", next_token),
        )
        return self._caller.call(DESCRIBE_INVOCATIONS, request, page_number=1)

    def iter_task_invocations(
        self,
        window_execution_id: str,
        task_execution_id: str,
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
        request = _task_request(window_execution_id, task_execution_id) | _without_none(
            Filters=validation.status_filter("statuses", statuses),
            MaxResults=validation.page_size(
                "page_size", page_size, DESCRIBE_INVOCATIONS.page_sizes
            ),
        )
        return TaskInvocationPager(
            boto.PageFetcher(self._caller, DESCRIBE_INVOCATIONS, request),
            validation.token("starting_token", starting_token),
            prefetch=prefetch,
        )

    def report(
        self,
        window_execution_id: str,
        task_execution_id: str,
        *,
        statuses: Statuses = (),
        progress: bool = False,
    ) -> TaskReport:
        """Get a task and all its invocations as a report.

        Args:
            window_execution_id: Id of the maintenance window execution.
            task_execution_id: Id of the task execution.
            statuses: Only invocations in one of these; empty for all.
            progress: Show a tqdm bar while they are fetched. It knows its total if the task names
                its targets and `statuses` is empty.

        Raises:
            InvalidRequestError: AWS would refuse an argument; no call is made.
            DoesNotExistError: There is no such task execution in this account and Region.
            ServiceError: AWS answered with another error.
            ResponseError: An answer is not what the service promises.
            RepeatedTokenError: Pagination would loop.
            ImportError: `progress` needs tqdm, which is not installed.
        """
        from ssm_mwx.report import TaskReport
        from ssm_mwx.report.progress import for_report

        ids = (window_execution_id, task_execution_id)
        invocations = self.iter_task_invocations(*ids, statuses=statuses)
        task = self.get_task_execution(*ids)
        return TaskReport(
            task, for_report(task, invocations, all_of_them=not statuses, progress=progress)
        )

    def wait_for_task(
        self,
        window_execution_id: str,
        task_execution_id: str,
        *,
        timeout: Duration,
        poll_interval: Duration = waiter.POLL_INTERVAL,
        on_poll: waiter.OnPoll | None = None,
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
        wait = waiter.Wait(
            timeout=timeout,
            poll_interval=poll_interval,
            on_poll=on_poll,
            raise_on_failure=raise_on_failure,
        )
        get = partial(self.get_task_execution, window_execution_id, task_execution_id)
        return waiter.wait_for_task(get, wait)

    def close(self) -> None:
        """Close the connections of a client that was built here; an existing one stays open."""
        if self._caller.is_ours:
            self._caller.client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _task_request(window_execution_id: str, task_execution_id: str) -> boto.Request:
    return {
        "WindowExecutionId": validation.uuid("window_execution_id", window_execution_id),
        "TaskId": validation.uuid("task_execution_id", task_execution_id),
    }


def _without_none(**members: Any) -> boto.Request:
    return {name: value for name, value in members.items() if value is not None}
