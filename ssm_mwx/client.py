"""`MaintenanceWindowClient`: the library's table of contents."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from ssm_mwx import boto, validation, waiter
from ssm_mwx.enums import ExecutionStatus
from ssm_mwx.errors import InvalidRequestError
from ssm_mwx.models import InvocationPage, TaskExecution
from ssm_mwx.pagination import TaskInvocationPager

if TYPE_CHECKING:
    import boto3
    from botocore.config import Config

    from ssm_mwx.report import TaskReport

Statuses = Iterable[ExecutionStatus | str]
"""Statuses to filter by; one bare status or string counts as one."""


class MaintenanceWindowClient:
    """Task executions of AWS Systems Manager maintenance windows, typed.

    Safe to share between threads. As a context manager it closes on exit the connections of a
    client that it built.

    Args:
        client: A ready boto3 SSM client, used as it is and never altered; the other arguments are
            then refused.
        session: A ``boto3.Session`` to build a client from, never altered. Without one, boto3's
            default session is taken if one was set up, else a new one.
        region_name: AWS Region, as in boto3.
        profile_name: Profile for a new session; refused beside `session`.
        endpoint_url: Where to call instead of AWS's own endpoint.
        config: A ``botocore.config.Config``, merged over ours. Ours adds ``ssm_mwx/<version>`` to
            the user agent and, only where neither `config`, session, environment nor profile say
            how many, asks for 8 attempts per call.

    Raises:
        InvalidRequestError: Arguments that exclude each other.
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
        self._client_is_ours = client is None
        self._client: Any = boto.build_client(**arguments) if client is None else client
        for argument, given in arguments.items():
            if client is not None and given is not None:
                raise InvalidRequestError(argument, given, "None beside a ready client")

    def get_task_execution(self, window_execution_id: str, task_execution_id: str) -> TaskExecution:
        """Get one task of a maintenance window execution (GetMaintenanceWindowExecutionTask).

        Raises:
            InvalidRequestError: An id is not a UUID; no call was made.
            DoesNotExistError: There is no such task execution in this account and Region.
            ServiceError: AWS answered with another error.
            ResponseError: The answer is not what the service promises.
        """
        request = validation.task_request(window_execution_id, task_execution_id)
        return boto.get_task(self._client, request)

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
            statuses: Only invocations in one of these; none for all.
            max_results: Invocations on the page at most, 10 to 100; None leaves it to AWS.
            next_token: `InvocationPage.next_token` of the page before; None for the first page.

        Raises:
            InvalidRequestError: AWS would refuse an argument; no call was made.
            DoesNotExistError: There is no such task execution in this account and Region.
            ServiceError: AWS answered with another error.
            ResponseError: The answer is not what the service promises.
        """
        request = validation.invocations_request(
            window_execution_id,
            task_execution_id,
            statuses=statuses,
            page_size=("max_results", max_results),
            token=("next_token", next_token),
        )
        return boto.get_page(self._client, request, number=1)

    def iter_task_invocations(
        self,
        window_execution_id: str,
        task_execution_id: str,
        *,
        statuses: Statuses = (),
        page_size: int = validation.MAX_PAGE_SIZE,
        starting_token: str | None = None,
        prefetch: bool = False,
    ) -> TaskInvocationPager:
        """Iterate over all invocations of a task, however many pages there are.

        Arguments are checked here, at the call; the first page is fetched when the iteration
        begins.

        Args:
            window_execution_id: Id of the maintenance window execution.
            task_execution_id: Id of the task execution.
            statuses: Only invocations in one of these; none for all.
            page_size: Invocations per call at most, 10 to 100.
            starting_token: A pager's ``resume_token`` or a page's ``next_token``, to go on from;
                None for the beginning.
            prefetch: Fetch one page ahead in a background thread while the caller works. It pays
                where handling a page takes about as long as fetching one.

        Raises:
            InvalidRequestError: AWS would refuse an argument; no call was made.
        """
        request = validation.invocations_request(
            window_execution_id,
            task_execution_id,
            statuses=statuses,
            page_size=("page_size", page_size),
            token=("starting_token", starting_token),
        )
        token = request.pop("NextToken", None)

        def fetch_page(token: str | None, number: int) -> InvocationPage:
            at_token = {} if token is None else {"NextToken": token}
            return boto.get_page(self._client, request | at_token, number)

        return TaskInvocationPager(fetch_page, token, prefetch=prefetch)

    def report(
        self,
        window_execution_id: str,
        task_execution_id: str,
        *,
        statuses: Statuses = (),
        progress: bool = False,
    ) -> TaskReport:
        """Get a task and its invocations, all pages of them, as one thing to look at.

        Args:
            window_execution_id: Id of the maintenance window execution.
            task_execution_id: Id of the task execution.
            statuses: Only invocations in one of these; none for all.
            progress: Show a tqdm bar while they are fetched, up to the number of targets where
                the task tells it and `statuses` leaves none out.

        Raises:
            InvalidRequestError: AWS would refuse an argument; no call was made.
            DoesNotExistError: There is no such task execution in this account and Region.
            ServiceError: AWS answered with another error.
            ResponseError: An answer is not what the service promises.
            RepeatedTokenError: Paging would never end.
            ImportError: `progress` is asked for and tqdm is not installed.
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
        timeout: waiter.Duration,
        poll_interval: waiter.Duration = waiter.POLL_INTERVAL,
        on_poll: waiter.OnPoll | None = None,
        raise_on_failure: bool = False,
    ) -> TaskExecution:
        """Wait until a task execution has ended, however it ended.

        Returns at once where it has ended already. A status that this version does not know is
        waited through. Throttling, faults on AWS's side and broken connections are ridden out
        until the deadline; every other error is raised at once.

        Args:
            window_execution_id: Id of the maintenance window execution.
            task_execution_id: Id of the task execution.
            timeout: Seconds, or a `timedelta`, until the deadline. A last look begins then, so
                that 0 means one look.
            poll_interval: Seconds, or a `timedelta`, from one look to the next; 0 looks again at
                once, as a test on the stand-in may.
            on_poll: Called with each `TaskExecution` seen, the ended one included.
            raise_on_failure: Whether an end other than SUCCESS is an error.

        Raises:
            InvalidRequestError: An argument is not what it should be; no call was made.
            WaitTimeoutError: The task had not ended at the deadline; has the last state seen.
            TaskFailedError: It ended otherwise than in SUCCESS, with `raise_on_failure`.
            DoesNotExistError: There is no such task execution in this account and Region.
            ServiceError: AWS answered with another error that waiting does not heal.
            ResponseError: The answer is not what the service promises.
        """
        wait = waiter.Wait(
            timeout=timeout,
            poll_interval=poll_interval,
            is_passing=boto.is_passing_fault,
            on_poll=on_poll,
            raise_on_failure=raise_on_failure,
        )
        get = partial(self.get_task_execution, window_execution_id, task_execution_id)
        return waiter.wait_for_task(get, wait)

    def close(self) -> None:
        """Close the connections of a client that was built here; a ready one is left alone."""
        if self._client_is_ours:
            self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
