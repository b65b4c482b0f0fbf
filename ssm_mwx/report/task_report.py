"""`TaskReport`: a task and its invocations in numbers, and the way to every view of them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import attrs

from ssm_mwx import optional
from ssm_mwx.enums import ExecutionStatus
from ssm_mwx.models import CommandInvocation, TaskExecution, TaskInvocation
from ssm_mwx.redaction import visible
from ssm_mwx.report import arns, columns, headline, html, sampling
from ssm_mwx.report.formatting import counts_text
from ssm_mwx.report.nodes import NodeOutcome, Nodes, find_nodes
from ssm_mwx.texts import status_text

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    from altair import LayerChart
    from rich.console import Console, ConsoleOptions, RenderableType


@attrs.frozen
class Durations:
    """How long the ended invocations took; all None where none has ended."""

    median: timedelta | None = None
    """Half of them took no longer."""
    p95: timedelta | None = None
    """95 in 100 took no longer: the duration of one of them, by nearest rank."""
    longest: timedelta | None = None
    """None took longer."""


def _aware(time: datetime) -> datetime:
    """Return a time in UTC; one without a zone is in UTC already."""
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)


def _statuses(given: Iterable[ExecutionStatus | str]) -> tuple[ExecutionStatus, ...]:
    return tuple(map(ExecutionStatus, given))


def _account(report: TaskReport) -> str | None:
    return arns.account_of(report.task)


def _region(report: TaskReport) -> str | None:
    return arns.region_of(report.task)


def _find_nodes(report: TaskReport) -> Nodes | None:
    return None if report.commands is None else find_nodes(report.invocations, report.commands)


@attrs.frozen(repr=False)
class TaskReport:
    """A task execution and its invocations, to look at.

    An invocation is not a machine: it may cover many nodes, and its status is the whole command's.
    With `commands` the report knows how each node fared.

    `MaintenanceWindowClient.report` fetches one; made from what ``load_task_execution``,
    ``load_task_invocations`` and ``load_command_invocations`` read, it needs no AWS account. It can
    be iterated over, and has as many items as invocations. A notebook shows it as HTML, rich as
    text, and whatever takes Arrow data (``polars.DataFrame(report)``) takes it directly. No view
    shows a sensitive value unless asked.
    """

    task: TaskExecution
    """The task execution."""
    invocations: tuple[TaskInvocation, ...] = attrs.field(converter=tuple[TaskInvocation, ...])
    """Its invocations, in the order given."""
    commands: tuple[CommandInvocation, ...] | None = attrs.field(
        default=None, converter=attrs.converters.optional(tuple[CommandInvocation, ...])
    )
    """What their commands did on each node; None if that was not looked up."""
    fetched_at: datetime = attrs.field(
        factory=lambda: datetime.now(UTC), eq=False, kw_only=True, converter=_aware
    )
    """When it was fetched, in UTC; of a report that is made by hand, when it was made."""
    statuses: tuple[ExecutionStatus, ...] = attrs.field(
        default=(), eq=False, kw_only=True, converter=_statuses
    )
    """The statuses that its invocations were filtered to; empty for all."""
    account: str | None = attrs.field(
        default=attrs.Factory(_account, takes_self=True), eq=False, kw_only=True
    )
    """The AWS account; by default that of the ARNs in `task`, None if they name none."""
    region: str | None = attrs.field(
        default=attrs.Factory(_region, takes_self=True), eq=False, kw_only=True
    )
    """The Region; by default that of the ARNs in `task`, None if they name none."""
    _known: Nodes | None = attrs.field(
        init=False, eq=False, default=attrs.Factory(_find_nodes, takes_self=True)
    )
    """The nodes, found once; None without `commands`."""

    def __len__(self) -> int:
        return len(self.invocations)

    def __iter__(self) -> Iterator[TaskInvocation]:
        return iter(self.invocations)

    # --- invocations ---

    @property
    def counts(self) -> Counter[ExecutionStatus | None]:
        """Number of invocations by status; those without a status are under None."""
        return Counter(invocation.status for invocation in self.invocations)

    @property
    def failed(self) -> tuple[TaskInvocation, ...]:
        """The invocations that ended and did not succeed."""
        return tuple(item for item in self.invocations if item.is_terminal and not item.succeeded)

    @property
    def running(self) -> tuple[TaskInvocation, ...]:
        """The invocations in IN_PROGRESS or CANCELLING. PENDING ones have not begun."""
        return self.by_status(ExecutionStatus.IN_PROGRESS, ExecutionStatus.CANCELLING)

    def by_status(
        self, *statuses: ExecutionStatus | str | Iterable[ExecutionStatus | str]
    ) -> tuple[TaskInvocation, ...]:
        """Return the invocations in one of these statuses.

        Args:
            *statuses: A status or string each, or an iterable of them.
        """
        wanted = {
            status
            for given in statuses
            for status in ((given,) if isinstance(given, str) else given)
        }
        return tuple(item for item in self.invocations if item.status in wanted)

    def slowest(self, n: int = 10) -> tuple[TaskInvocation, ...]:
        """Return the `n` ended invocations that took longest, the longest first."""
        return tuple(invocation for _, invocation in self._timed()[: max(n, 0)])

    @property
    def durations(self) -> Durations:
        """Median, 95th percentile and longest duration of the ended invocations."""
        ascending = sorted(duration for duration, _ in self._timed())
        number = len(ascending)
        if not number:
            return Durations()
        return Durations(
            median=(ascending[(number - 1) // 2] + ascending[number // 2]) / 2,
            p95=ascending[math.ceil(0.95 * number) - 1],
            longest=ascending[-1],
        )

    # --- nodes ---

    @property
    def nodes(self) -> tuple[NodeOutcome, ...] | None:
        """How each node fared, in the order of the invocations; None without `commands`."""
        return None if self._known is None else self._known.outcomes

    @property
    def failed_nodes(self) -> tuple[NodeOutcome, ...]:
        """The nodes on which the command ended and did not succeed.

        Raises:
            ValueError: The nodes were not looked up.
        """
        ended = {status for status in self.node_counts if status and status.is_terminal}
        failed = ended - {ExecutionStatus.SUCCESS}
        return tuple(node for node in self._looked_up().outcomes if node.status in failed)

    @property
    def node_counts(self) -> Counter[ExecutionStatus | None]:
        """Number of nodes by status; those whose status is not known are under None.

        Raises:
            ValueError: The nodes were not looked up.
        """
        return Counter(node.status for node in self._looked_up().outcomes)

    @property
    def failure_causes(self) -> Counter[tuple[ExecutionStatus | None, str | None]]:
        """Number of failed nodes by status and status details.

        Raises:
            ValueError: The nodes were not looked up.
        """
        return Counter((node.status, node.status_details) for node in self.failed_nodes)

    @property
    def invocations_without_nodes(self) -> tuple[TaskInvocation, ...]:
        """The invocations whose nodes are not known.

        AWS keeps the nodes of a command for 30 days. A task of another type has nodes only if its
        parameters name one.

        Raises:
            ValueError: The nodes were not looked up.
        """
        return self._looked_up().invocations_without

    def _looked_up(self) -> Nodes:
        if self._known is None:
            raise ValueError("the report has no nodes: fetch it with nodes=True, or give commands")
        return self._known

    # --- views ---

    def to_dicts(
        self, *, explode_instances: bool = False, include_sensitive: bool = False
    ) -> list[dict[str, Any]]:
        """Return the rows of `to_arrow` as plain Python values; no extra is needed.

        Times are aware datetimes, durations are `timedelta`, statuses are strings.

        Args:
            explode_instances: As for `to_arrow`.
            include_sensitive: As for `to_arrow`.
        """
        return columns.dicts_of(
            columns.columns_of(
                self, explode_instances=explode_instances, include_sensitive=include_sensitive
            )
        )

    def to_arrow(self, *, explode_instances: bool = False, include_sensitive: bool = False) -> Any:
        """Return a ``pyarrow.Table`` with a row for each invocation.

        Its columns are the fields of `TaskInvocation` and what follows from them. Times are in
        UTC, ``status`` and ``task_type`` are dictionaries of strings, ``instance_ids`` are lists.
        The schema is the same for every report.

        Args:
            explode_instances: Return a row for each node, its id in ``instance_id``. Its status,
                details and times are the node's own, and null where they are not known;
                ``invocation_status`` is that of the whole command. An invocation without known
                nodes has a row for each node that it names, or one.
            include_sensitive: Add the sensitive fields, such as ``raw_parameters``.

        Raises:
            ImportError: pyarrow is not installed.
        """
        with optional.extra("notebook"):
            from ssm_mwx.report import frames
        return frames.arrow_table(self, explode_instances, include_sensitive)

    def to_pandas(
        self, *, explode_instances: bool = False, include_sensitive: bool = False
    ) -> pd.DataFrame:
        """Return `to_arrow` for pandas, with UTC timestamps, timedeltas, categories and lists.

        Args:
            explode_instances: As for `to_arrow`.
            include_sensitive: As for `to_arrow`.

        Raises:
            ImportError: pandas or pyarrow is not installed.
        """
        with optional.extra("notebook"):
            from ssm_mwx.report import pandas_frames
        return pandas_frames.pandas_frame(self, explode_instances, include_sensitive)

    def to_polars(
        self, *, explode_instances: bool = False, include_sensitive: bool = False
    ) -> pl.DataFrame:
        """Return `to_arrow` for polars.

        Args:
            explode_instances: As for `to_arrow`.
            include_sensitive: As for `to_arrow`.

        Raises:
            ImportError: polars or pyarrow is not installed.
        """
        with optional.extra("polars"):
            from ssm_mwx.report import polars_frames
        return polars_frames.polars_frame(self, explode_instances, include_sensitive)

    def timeline(
        self, *, now: datetime | None = None, max_bars: int = sampling.MAX_BARS
    ) -> LayerChart:
        """Return an Altair chart with a bar for each node or invocation, from its start to its end.

        A node has a bar if its times are known (``details=True``), else its whole invocation has.
        The bars are grouped by status, what needs attention first. If they are more than
        `max_bars`, some are left out; the chart says which. A notebook shows the chart as SVG and
        loads nothing from the internet; ``.save("x.png")`` and ``.save("x.svg")`` need no browser.

        Args:
            now: How far open bars reach, in UTC if it has no zone; by default `fetched_at`.
            max_bars: Bars at most.

        Raises:
            ImportError: Altair is not installed.
        """
        with optional.extra("notebook"):
            from ssm_mwx.report import timeline
        return timeline.chart(self, now=now, max_bars=max_bars)

    def to_html(self, *, max_rows: int | None = html.PAGE_ROWS, timeline: bool = True) -> str:
        """Return a self-contained HTML page, to mail or to keep.

        Its styles are inline; it has no script and loads nothing. It shows the timeline if Altair
        and vl-convert are installed. If they cannot draw it, the page comes without it, and a
        `UserWarning` says why.

        Args:
            max_rows: Rows of the table at most, what needs attention first; None for all.
            timeline: Whether the page shows the timeline. Leave it out of a mail: many mail
                programs drop SVG.
        """
        return html.page(self, max_rows, timeline=timeline)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        stream: object = self.to_arrow().__arrow_c_stream__(requested_schema)
        return stream

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> Iterator[RenderableType]:
        from ssm_mwx.report import terminal  # rich calls this, so rich is installed

        return terminal.report_view(self, options)

    def _repr_html_(self) -> str:
        return html.fragment(self)

    def __repr__(self) -> str:
        try:
            numbers, counts = headline.number_of_items(self), headline.counts_of(self)
        except AttributeError:  # a debugger shows a report whose __init__ has not ended
            return f"<{type(self).__name__}, not initialized>"
        by_status = f" ({counts_text(counts)})" if counts else ""
        return (
            f"<{type(self).__name__} {visible(self.task, 'task_arn')!r} "
            f"{status_text(self.task.status)}: {numbers}{by_status}>"
        )

    def _timed(self) -> list[tuple[timedelta, TaskInvocation]]:
        """Return the ended invocations with their durations, the longest first."""
        timed = [(item.duration, item) for item in self.invocations if item.is_terminal]
        known = [(duration, item) for duration, item in timed if duration is not None]
        return sorted(known, key=lambda pair: pair[0], reverse=True)
