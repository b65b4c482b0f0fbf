"""Sample nodes of a patch command: their names, outcomes and output."""

from __future__ import annotations

import math
import random
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import attrs

from ssm_mwx.enums import CommandInvocationStatus, ExecutionStatus
from ssm_mwx.models import CloudWatchOutputConfig, CommandInvocation, CommandPlugin
from ssm_mwx.testing.commands import ERROR_MARK

DOCUMENT = "AWS-RunPatchBaseline"
MAX_ERRORS_PERCENT = 5

_STEPS = {"PatchWindows": "Windows", "PatchLinux": "Linux"}  # of the document, by platform
_STATUSES = {
    ExecutionStatus.SUCCESS: CommandInvocationStatus.SUCCESS,
    ExecutionStatus.FAILED: CommandInvocationStatus.FAILED,
    ExecutionStatus.TIMED_OUT: CommandInvocationStatus.TIMED_OUT,
}
_FAILURES = {
    "Linux": (
        (100, "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 1893."),
        (156, "Unable to download the packages: No space left on device"),
        (1, "The repository cannot be reached: Connection timed out after 30001 milliseconds"),
    ),
    "Windows": (
        (1, "The installation of KB5034122 failed with 0x80070643."),
        (1, "The search for updates failed with 0x8024401C."),
    ),
}
_TIMEOUT = timedelta(hours=1)

START = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
"""When the sample runs start."""
ROLES = ("web", "app", "db", "batch", "cache")
"""What the nodes are for; their names begin with it."""

Outcome = tuple[ExecutionStatus, str]
"""A status and its details."""


@attrs.frozen
class Node:
    """A managed node, and how a command ended on it."""

    instance_id: str
    name: str
    status: ExecutionStatus
    details: str
    start: datetime
    end: datetime

    @property
    def platform(self) -> str:
        """``Windows`` for one node in eight."""
        return "Windows" if int(self.instance_id[-1], 16) < 2 else "Linux"

    @property
    def counts_as_error(self) -> bool:
        """Whether Run Command counts it towards ``MaxErrors``: undeliverable commands are not."""
        return self.status != ExecutionStatus.SUCCESS and self.details != "Undeliverable"


def outcomes(targets: int, chance: random.Random) -> list[Outcome]:
    """Return how the targets end: one in 20 fails, one in 50 times out, at least one of each."""
    at_least = min(1, targets // 3)
    failed = targets // 20 or at_least
    timed_out = targets // 50 or at_least
    undeliverable = failed // 4
    ended = [
        *[(ExecutionStatus.FAILED, "Undeliverable")] * undeliverable,
        *[(ExecutionStatus.FAILED, "Failed")] * (failed - undeliverable),
        *[(ExecutionStatus.TIMED_OUT, "ExecutionTimedOut")] * timed_out,
        *[(ExecutionStatus.SUCCESS, "Success")] * (targets - failed - timed_out),
    ]
    chance.shuffle(ended)
    return ended


def time_taken(details: str, chance: random.Random) -> timedelta:
    """Return how long a target took, in whole milliseconds as AWS reports it."""
    if details == "ExecutionTimedOut":
        return _TIMEOUT
    typical = 6 if details == "Undeliverable" else 12.3  # e to the power of it: 0.4 s or 220 s
    return timedelta(milliseconds=round(chance.lognormvariate(typical, 0.6)))


def status_of_command(nodes: Sequence[Node]) -> Outcome:
    """Return the outcome of a whole command: AWS calls it failed from ``MaxErrors`` nodes on."""
    errors = sum(node.counts_as_error for node in nodes)
    max_errors = max(1, math.ceil(len(nodes) * MAX_ERRORS_PERCENT / 100))
    if errors >= max_errors:
        return ExecutionStatus.FAILED, "Failed"
    return ExecutionStatus.SUCCESS, "Success"


def command_invocation(node: Node, command_id: str, requested: datetime) -> CommandInvocation:
    """Return the outcome of a command on a node."""
    return CommandInvocation(
        command_id=command_id,
        instance_id=node.instance_id,
        instance_name=node.name,
        comment="",
        document_name=DOCUMENT,
        document_version="$DEFAULT",
        requested_date_time=requested,
        status=_STATUSES[node.status],
        status_details=node.details,
        trace_output="",
        standard_output_url="",
        standard_error_url="",
        command_plugins=_plugins(node),
        service_role="",
        cloud_watch_output_config=CloudWatchOutputConfig("", cloud_watch_output_enabled=False),
    )


def _plugins(node: Node) -> tuple[CommandPlugin, ...]:
    """Return a plugin for each step of the document; an undeliverable command has run none."""
    if node.details == "Undeliverable":
        return ()
    return tuple(
        _run_step(name, node) if platform == node.platform else _skipped_step(name, platform, node)
        for name, platform in _STEPS.items()
    )


def _skipped_step(name: str, platform: str, node: Node) -> CommandPlugin:
    """Return a step for another platform, which AWS reports as a success."""
    return CommandPlugin(
        name=name,
        status=CommandInvocationStatus.SUCCESS,
        status_details="Success",
        response_code=0,
        response_start_date_time=node.start,
        response_finish_date_time=node.start,
        output="Step execution skipped due to unsatisfied preconditions: "
        f"'\"StringEquals\": [platformType, {platform}]'. Step name: {name}",
    )


def _run_step(name: str, node: Node) -> CommandPlugin:
    code, output = _result(node)
    return CommandPlugin(
        name=name,
        status=_STATUSES[node.status],
        status_details=node.details,
        response_code=code,
        response_start_date_time=node.start,
        response_finish_date_time=node.end,
        output=output,
        standard_output_url="",
        standard_error_url="",
    )


def _result(node: Node) -> tuple[int, str]:
    """Return the exit code of a node and its output."""
    began = f"{node.name}: Install began, the baseline approves {3 + len(node.name) % 9} updates\n"
    if node.status == ExecutionStatus.TIMED_OUT:
        return -1, began
    if node.status == ExecutionStatus.SUCCESS:
        return 0, f"{began}{node.name}: every approved update is installed\n"
    failures = _FAILURES[node.platform]
    code, problem = failures[int(node.instance_id[-2], 16) % len(failures)]
    return code, f"{began}{ERROR_MARK}{problem}\nfailed to run commands: exit status {code}"


def spread(ended: list[Outcome], groups: int, chance: random.Random) -> list[list[Outcome]]:
    """Spread outcomes over groups of one size; the first gets few that did not succeed."""
    bad = [each for each in ended if each[0] != ExecutionStatus.SUCCESS]
    good = [each for each in ended if each[0] == ExecutionStatus.SUCCESS]
    sizes = [len(ended) // groups + (at < len(ended) % groups) for at in range(groups)]
    few = min(len(bad) // 8, sizes[0])
    others = (at for turn in range(sizes[0]) for at in range(1, groups) if turn < sizes[at])
    places = [*[0] * few, *others, *[0] * (sizes[0] - few)]
    filled: list[list[Outcome]] = [[] for _ in range(groups)]
    for at, each in zip(places, bad + good, strict=True):
        filled[at].append(each)
    for group in filled:
        chance.shuffle(group)
    return filled


def new_node(role: str, number: int, outcome: Outcome, chance: random.Random) -> Node:
    """Return the node of this number and role, on which a command ended so."""
    start = start_time(chance)
    end = start + time_taken(outcome[1], chance)
    return Node(new_instance_id(chance), host_name(role, number), *outcome, start, end)


def role_names(count: int) -> list[str]:
    """Return so many roles, numbered once every role is used."""
    turns = ("", *map(str, range(2, count + 2)))
    return [f"{role}{turn}" for turn in turns for role in ROLES][:count]


def host_name(role: str, number: int) -> str:
    """Return the host name of a node."""
    return f"{role}-{number:03}.example.com"


def start_time(chance: random.Random) -> datetime:
    """Return a time within half an hour of the start of the run."""
    return START + timedelta(milliseconds=chance.randrange(1_800_000))


def new_instance_id(chance: random.Random) -> str:
    """Return an id of a managed node."""
    return f"i-{chance.getrandbits(68):017x}"


def new_id(chance: random.Random) -> str:
    """Return an id of anything else."""
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


def seeded(name: str, seed: int) -> random.Random:
    """Return the source of chance of a sample."""
    return random.Random(f"{name}:{seed}")  # noqa: S311 - sample data, no secrets
