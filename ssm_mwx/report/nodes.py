"""How each managed node fared, from the invocations of a task and what their commands did.

An invocation is not a machine: no node gets the status of an invocation that may cover others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import ClassVar

import attrs

from ssm_mwx.displays import Display
from ssm_mwx.enums import ExecutionStatus
from ssm_mwx.models import CommandInvocation, TaskInvocation
from ssm_mwx.parameters import RunCommandParameters
from ssm_mwx.redaction import REDACTED, sensitive_fields


@attrs.frozen
class NodeOutcome(Display):
    """How one command or runbook fared on one managed node.

    A node that appears in two commands has two outcomes.
    """

    _derived: ClassVar[tuple[str, ...]] = ("start_time", "end_time", "duration")

    instance_id: str
    """Id of the managed node; empty if AWS left it out."""
    name: str | None = None
    """Name of the node, from its tag or host name; None if Run Command was not asked."""
    status: ExecutionStatus | None = None
    """The node's own status; None if AWS does not report it."""
    status_details: str | None = None
    """Details of the status, such as ``Undeliverable``."""
    command_id: str | None = None
    """Id of the command; None if it was not sent, and for other task types."""
    invocation: TaskInvocation = attrs.field(factory=TaskInvocation, repr=False)
    """The invocation that the node belongs to."""
    command: CommandInvocation | None = attrs.field(default=None, repr=False)
    """What Run Command reports of the node, with the plugins if they were fetched."""

    @property
    def start_time(self) -> datetime | None:
        """When the first plugin started, or the invocation of this node alone; None if unknown."""
        plugins = (self.command and self.command.command_plugins) or ()
        times = [each.response_start_date_time for each in plugins]
        known = [time for time in times if time is not None]
        return min(known) if known else self._own_invocation.start_time

    @property
    def end_time(self) -> datetime | None:
        """When the last plugin ended, or the invocation of this node alone; None if unknown."""
        plugins = (self.command and self.command.command_plugins) or ()
        times = [each.response_finish_date_time for each in plugins]
        known = [time for time in times if time is not None]
        if not known:
            return self._own_invocation.end_time
        return max(known) if self.is_terminal else None

    @property
    def duration(self) -> timedelta | None:
        """Time from `start_time` to `end_time`; None if either is unknown."""
        if self.start_time is None or self.end_time is None:
            return None
        return self.end_time - self.start_time

    @property
    def is_terminal(self) -> bool:
        """Whether `status` is final; False if it is absent or unknown to this version."""
        return self.status is not None and self.status.is_terminal

    @property
    def succeeded(self) -> bool:
        """Whether `status` is SUCCESS."""
        return self.status == ExecutionStatus.SUCCESS

    def _visible(self, name: str) -> object:
        return REDACTED if is_sensitive_of_node(name) else getattr(self, name)

    @property
    def _own_invocation(self) -> TaskInvocation:
        """The invocation if its times are the node's, else one without any."""
        is_own = only_node_of(self.invocation) is not None or _was_never_sent(self.invocation)
        return self.invocation if is_own else TaskInvocation()


@attrs.frozen
class Nodes:
    """The nodes of some invocations, as far as they are known."""

    outcomes: tuple[NodeOutcome, ...]
    invocations_without: tuple[TaskInvocation, ...]
    """The invocations whose nodes are not known."""
    rows: tuple[NodeOutcome, ...]
    """All outcomes and, for each invocation without, the nodes that it names or one without an
    id, with no status."""


def find_nodes(
    invocations: Iterable[TaskInvocation], commands: Iterable[CommandInvocation]
) -> Nodes:
    """Find the nodes of some invocations.

    Args:
        invocations: The invocations.
        commands: What their commands did on each node. Those of other commands are ignored.
    """
    by_command: dict[str | None, dict[str, CommandInvocation]] = {}
    for number, command in enumerate(commands):
        of_command = by_command.setdefault(command.command_id, {})
        of_command[command.instance_id or f"unnamed {number}"] = command
    outcomes: list[NodeOutcome] = []
    without: list[TaskInvocation] = []
    rows: list[NodeOutcome] = []
    seen: set[str] = set()
    for invocation in invocations:
        command_id = invocation.command_id
        if command_id in seen:  # its nodes are there already
            continue
        listed = by_command.get(command_id, {}) if command_id else {}
        if command_id and listed:
            seen.add(command_id)
        found = list(_outcomes_of(invocation, listed))
        outcomes += found
        rows += found or _unknown_nodes(invocation)
        if not found:
            without.append(invocation)
    return Nodes(tuple(outcomes), tuple(without), tuple(rows))


def commands_to_look_up(invocations: Iterable[TaskInvocation], *, details: bool) -> list[str]:
    """Return the ids of the commands whose nodes the invocations do not tell.

    Args:
        invocations: The invocations.
        details: Whether plugins are wanted too, which only a look-up brings.
    """
    commands = (
        invocation.command_id
        for invocation in invocations
        if details or only_node_of(invocation) is None
    )
    return list(dict.fromkeys(command for command in commands if command))


def only_node_of(invocation: TaskInvocation) -> str | None:
    """Return the one node that an invocation stands for; None if it may cover others."""
    parameters = invocation.parameters
    if isinstance(parameters, RunCommandParameters) and parameters.target_keys:
        return None
    instance_ids = invocation.instance_ids
    return instance_ids[0] if len(instance_ids) == 1 else None


def is_sensitive_of_node(name: str) -> bool:
    """Whether a field of `NodeOutcome` comes from a sensitive member."""
    sources = {
        "instance_id": {"instance_id", "instance_ids"},
        "name": {"instance_name"},
        "command_id": {"command_id", "execution_id"},
        "duration": {"start_time", "end_time"},
    }.get(name, {name})
    models = (CommandInvocation, TaskInvocation, RunCommandParameters)
    return any(sources & sensitive_fields(cls) for cls in models)


def _outcomes_of(
    invocation: TaskInvocation, listed: Mapping[str, CommandInvocation]
) -> Iterator[NodeOutcome]:
    """Yield the known outcomes of an invocation: those that its command lists, else its own."""
    for command in listed.values():
        yield NodeOutcome(
            instance_id=command.instance_id or "",
            name=command.instance_name or None,
            status=command.execution_status,
            status_details=command.status_details,
            command_id=command.command_id,
            invocation=invocation,
            command=command,
        )
    if listed:
        unlisted = NodeOutcome("", command_id=invocation.command_id, invocation=invocation)
    elif only_node_of(invocation) is not None or _was_never_sent(invocation):
        unlisted = NodeOutcome(
            "",
            status=invocation.status,
            status_details=invocation.status_details,
            command_id=invocation.command_id,
            invocation=invocation,
        )
    else:
        return
    for instance_id in invocation.instance_ids:
        if instance_id not in listed:
            yield attrs.evolve(unlisted, instance_id=instance_id)


def _unknown_nodes(invocation: TaskInvocation) -> Iterator[NodeOutcome]:
    """Yield the nodes that an invocation names, or one without an id, with nothing known."""
    for instance_id in invocation.instance_ids or ("",):
        yield NodeOutcome(instance_id, command_id=invocation.command_id, invocation=invocation)


def _was_never_sent(invocation: TaskInvocation) -> bool:
    """Whether it is a Run Command invocation without a command."""
    is_run_command = isinstance(invocation.parameters, RunCommandParameters)
    return is_run_command and invocation.command_id is None
