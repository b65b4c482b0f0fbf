"""Arguments: what is sent for them, and which are refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from ssm_mwx import ExecutionStatus, InvalidRequestError, MaintenanceWindowClient, TaskInvocation
from ssm_mwx.redaction import describe
from tests.support.fakes import IDS, FakeSsmClient, invocations_answer

ID_MEMBERS = {"WindowExecutionId": IDS.window_execution_id, "TaskId": IDS.task_execution_id}
ALL_STATUSES = (
    "one of PENDING, IN_PROGRESS, SUCCESS, FAILED, TIMED_OUT, CANCELLING, CANCELLED"  # in order
)

Method = Callable[..., object]


@pytest.fixture(name="ssm")
def _ssm() -> FakeSsmClient:
    return FakeSsmClient()


@pytest.fixture(name="client")
def _client(ssm: FakeSsmClient) -> MaintenanceWindowClient:
    return MaintenanceWindowClient(client=ssm)


@pytest.fixture(
    name="method",
    params=["get_task_execution", "describe_task_invocations", "iter_task_invocations"],
)
def _method(client: MaintenanceWindowClient, request: pytest.FixtureRequest) -> Method:
    """Return each method that makes requests."""
    method: Method = getattr(client, request.param)
    return method


@pytest.fixture(name="listing", params=["describe_task_invocations", "iter_task_invocations"])
def _listing(client: MaintenanceWindowClient, request: pytest.FixtureRequest) -> Method:
    """Return each method that lists invocations."""
    method: Method = getattr(client, request.param)
    return method


def refusal(call: Callable[[], object]) -> InvalidRequestError:
    """Return the error that refuses a call."""
    with pytest.raises(InvalidRequestError) as caught:
        call()
    return caught.value


# --- what is sent ---


def test_task_request_has_the_two_ids(client: MaintenanceWindowClient, ssm: FakeSsmClient) -> None:
    """Getting a task sends the two ids, the task's as TaskId."""
    client.get_task_execution(*IDS)

    assert ssm.requests == [ID_MEMBERS]


def test_invocations_request_has_only_ids_by_default(
    client: MaintenanceWindowClient, ssm: FakeSsmClient
) -> None:
    """Describing invocations sends only the ids by default."""
    client.describe_task_invocations(*IDS)

    assert ssm.requests == [ID_MEMBERS]


def test_invocations_request_has_every_argument() -> None:
    """Each argument becomes its member, and the statuses become one filter."""
    ssm = FakeSsmClient({"token 2": invocations_answer()})
    client = MaintenanceWindowClient(client=ssm)

    client.describe_task_invocations(
        *IDS, statuses=("FAILED", "TIMED_OUT"), max_results=25, next_token="token 2"
    )

    assert ssm.requests == [
        ID_MEMBERS
        | {
            "Filters": [{"Key": "STATUS", "Values": ["FAILED", "TIMED_OUT"]}],
            "MaxResults": 25,
            "NextToken": "token 2",
        }
    ]


def test_iteration_requests_full_pages_with_the_filter() -> None:
    """Iterating requests pages of 100, with the same filter for each."""
    ssm = FakeSsmClient({"token 2": {"NextToken": "token 3"}, "token 3": {"NextToken": ""}})
    client = MaintenanceWindowClient(client=ssm)

    pager = client.iter_task_invocations(*IDS, statuses="FAILED", starting_token="token 2")

    assert list(pager) == []
    members = ID_MEMBERS | {
        "Filters": [{"Key": "STATUS", "Values": ["FAILED"]}],
        "MaxResults": 100,
    }
    assert ssm.requests == [members | {"NextToken": token} for token in ("token 2", "token 3")]


@pytest.mark.parametrize("empty", [None, ""])
def test_empty_token_is_not_sent(
    client: MaintenanceWindowClient, ssm: FakeSsmClient, empty: str | None
) -> None:
    """An empty token is not sent."""
    client.describe_task_invocations(*IDS, next_token=empty)
    list(client.iter_task_invocations(*IDS, starting_token=empty, page_size=10))

    assert ssm.requests == [ID_MEMBERS, ID_MEMBERS | {"MaxResults": 10}]


@pytest.mark.parametrize("size", [10, 11, 99, 100])
def test_page_size_is_sent_within_bounds(
    client: MaintenanceWindowClient, ssm: FakeSsmClient, size: int
) -> None:
    """Every size within AWS's bounds is sent, the bounds included."""
    client.describe_task_invocations(*IDS, max_results=size)
    list(client.iter_task_invocations(*IDS, page_size=size))

    assert ssm.requests == [ID_MEMBERS | {"MaxResults": size}] * 2


def test_upper_case_id_is_sent_unchanged(
    client: MaintenanceWindowClient, ssm: FakeSsmClient
) -> None:
    """An id in upper case is sent unchanged."""
    upper = IDS.window_execution_id.upper()

    client.get_task_execution(upper, IDS.task_execution_id)

    assert ssm.requests == [ID_MEMBERS | {"WindowExecutionId": upper}]


@pytest.mark.parametrize(
    ("statuses", "values"),
    [
        ("FAILED", ["FAILED"]),
        (ExecutionStatus.FAILED, ["FAILED"]),
        (ExecutionStatus("FAILED"), ["FAILED"]),
        ({"FAILED"}, ["FAILED"]),
        (["FAILED", ExecutionStatus.PENDING], ["FAILED", "PENDING"]),
        ((status for status in ("PENDING", "FAILED")), ["PENDING", "FAILED"]),
        (["FAILED", ExecutionStatus.FAILED, "FAILED"], ["FAILED"]),
        (
            [status for status in ExecutionStatus if status != "SKIPPED_OVERLAPPING"],
            ALL_STATUSES.removeprefix("one of ").split(", "),
        ),
    ],
)
def test_statuses_are_sent_once_as_strings(
    client: MaintenanceWindowClient,
    ssm: FakeSsmClient,
    statuses: Iterable[ExecutionStatus | str],
    values: list[str],
) -> None:
    """Statuses are one or many, strings or members; each is sent once, as a plain string."""
    client.describe_task_invocations(*IDS, statuses=statuses)

    assert [each["Filters"] for each in ssm.requests] == [[{"Key": "STATUS", "Values": values}]]
    assert {type(value) for value in ssm.requests[0]["Filters"][0]["Values"]} == {str}


NO_STATUSES: list[Iterable[str]] = [(), [], set(), iter(())]


@pytest.mark.parametrize("statuses", NO_STATUSES)
def test_empty_statuses_send_no_filter(
    client: MaintenanceWindowClient, ssm: FakeSsmClient, statuses: Iterable[str]
) -> None:
    """Empty statuses send no filter."""
    client.describe_task_invocations(*IDS, statuses=statuses)

    assert ssm.requests == [ID_MEMBERS]


def test_statuses_are_read_at_the_call(client: MaintenanceWindowClient, ssm: FakeSsmClient) -> None:
    """Statuses are read once, at the call, and used for every iteration."""
    statuses = ["FAILED"]
    pager = client.iter_task_invocations(*IDS, statuses=iter(statuses))
    statuses.append("PENDING")

    walks: list[list[TaskInvocation]] = [list(pager), list(pager)]

    assert walks == [[], []]
    assert [each["Filters"][0]["Values"] for each in ssm.requests] == [["FAILED"], ["FAILED"]]


# --- what is refused ---


@pytest.mark.parametrize("argument", ["window_execution_id", "task_execution_id"])
@pytest.mark.parametrize(
    "given",
    [
        "",
        "mw-0123456789abcdef0",
        IDS.task_execution_id[:-1],
        IDS.task_execution_id + "0",
        IDS.task_execution_id + "\n",
        " " + IDS.task_execution_id,
        IDS.task_execution_id.replace("-", "_"),
        "g" + IDS.task_execution_id[1:],
        "0c9ac961dafd-4a94-b6c7-1bef300a00020",
        None,
        5,
        IDS.task_execution_id.encode(),
    ],
)
def test_bad_id_is_refused(
    method: Method, ssm: FakeSsmClient, argument: str, given: object
) -> None:
    """An id that is not a UUID is refused by name, before any call."""
    error = refusal(lambda: method(**(IDS._asdict() | {argument: given})))

    assert str(error) == f"{argument} must be a UUID of 36 characters, got {describe(given)}"
    assert error.argument == argument
    assert ssm.requests == []


@pytest.mark.parametrize(
    ("listing", "argument"),
    [("describe_task_invocations", "max_results"), ("iter_task_invocations", "page_size")],
    indirect=["listing"],
)
@pytest.mark.parametrize("given", [9, 101, 0, -1, True, 10.0, "50"])
def test_bad_page_size_is_refused(
    listing: Method, ssm: FakeSsmClient, argument: str, given: object
) -> None:
    """A page size that is no integer or out of bounds is refused by name."""
    error = refusal(lambda: listing(*IDS, **{argument: given}))

    assert str(error) == f"{argument} must be an integer from 10 to 100, got {describe(given)}"
    assert error.argument == argument
    assert ssm.requests == []


@pytest.mark.parametrize(
    ("listing", "argument"),
    [("describe_task_invocations", "next_token"), ("iter_task_invocations", "starting_token")],
    indirect=["listing"],
)
@pytest.mark.parametrize("given", [5, b"token", ["token"], False])
def test_bad_token_is_refused(
    listing: Method, ssm: FakeSsmClient, argument: str, given: object
) -> None:
    """A token that is not a string is refused by name."""
    error = refusal(lambda: listing(*IDS, **{argument: given}))

    assert str(error) == f"{argument} must be a token from AWS or None, got {describe(given)}"
    assert error.argument == argument
    assert ssm.requests == []


@pytest.mark.parametrize(
    ("statuses", "given"),
    [
        (None, None),
        (5, 5),
        ([5], 5),
        (["FAILED", None], None),
        (b"FAILED", 70),
        (ExecutionStatus.SKIPPED_OVERLAPPING, "SKIPPED_OVERLAPPING"),
        (["SKIPPED_OVERLAPPING"], "SKIPPED_OVERLAPPING"),
        ("", ""),
        (["FAILED", "done"], "done"),
        (ExecutionStatus("BRAND_NEW"), "BRAND_NEW"),
    ],
)
def test_bad_status_is_refused(
    listing: Method, ssm: FakeSsmClient, statuses: object, given: object
) -> None:
    """A status that AWS's filter does not take is refused with the list of those it takes."""
    error = refusal(lambda: listing(*IDS, statuses=statuses))

    assert str(error) == f"statuses must be {ALL_STATUSES}, got {describe(given)}"
    assert error.argument == "statuses"
    assert ssm.requests == []


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("success", "SUCCESS"),
        ("Success", "SUCCESS"),
        ("SUCESS", "SUCCESS"),
        (" FAILED ", "FAILED"),
        ("Failure", "FAILED"),
        ("TimedOut", "TIMED_OUT"),
        ("timed-out", "TIMED_OUT"),
        ("TIMEDOUT", "TIMED_OUT"),
        ("in progress", "IN_PROGRESS"),
        ("InProgress", "IN_PROGRESS"),
        ("CANCELED", "CANCELLED"),
        ("Canceling", "CANCELLING"),
        ("pending", "PENDING"),
    ],
)
def test_misspelled_status_is_refused_with_a_suggestion(
    listing: Method, ssm: FakeSsmClient, given: str, meant: str
) -> None:
    """A misspelled status is refused with the likely one."""
    error = refusal(lambda: listing(*IDS, statuses=[given]))

    expected = f"statuses must be {ALL_STATUSES} (did you mean {meant}?), got {describe(given)}"
    assert str(error) == expected
    assert ssm.requests == []


def test_iteration_refuses_arguments_at_the_call(
    client: MaintenanceWindowClient, ssm: FakeSsmClient
) -> None:
    """An iteration's arguments are refused at the call, before anything is iterated."""
    arguments: dict[str, Any] = {"page_size": 5}

    with pytest.raises(ValueError, match=re.escape("page_size must be")):
        client.iter_task_invocations(*IDS, **arguments)

    assert ssm.requests == []
