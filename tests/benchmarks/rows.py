"""The rows of the table: what is measured, and the limits."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator

import attrs

from tests.benchmarks.bench import Bench, Figure, Measure
from tests.benchmarks.command_line import command_line
from tests.benchmarks.loops import NotAvailableError
from tests.benchmarks.server import PAGE_SIZE, task_of

_INVOCATIONS = 20_000


@attrs.frozen
class Row:
    """One figure, as a ratio to raw boto3 unless `unit` says otherwise."""

    key: str
    what: str
    measure: Measure
    goal: float | None = None
    limit: float | None = None
    unit: str = ""

    def figure(self, bench: Bench) -> Figure:
        """Measure it; where that cannot be, the figure is without values and says why."""
        try:
            return self.measure(bench)
        except NotAvailableError as error:
            return Figure((), str(error))


def _ratios(name: str, count: int = _INVOCATIONS, zone: str = "UTC") -> Measure:
    return lambda bench: Figure([pair.ratio for pair in bench.pairs(name, count, zone=zone)])


def _bytes(bench: Bench) -> Figure:
    pairs = bench.pairs("bytes", _INVOCATIONS)
    note = f"{pairs[0].ours:.0f} of {pairs[0].theirs:.0f} bytes"
    return Figure([pair.ratio for pair in pairs], note)


def _growth(bench: Bench) -> Figure:
    count = 20_000 if bench.quick else 200_000
    ours, theirs = (
        [bench.worker(name, 1, count)[0][0] for _ in range(bench.runs)]
        for name in ("growth", "raw-growth")
    )
    return Figure(ours, f"boto3: {statistics.median(theirs):.2f} MiB")


def _fleet_growth(bench: Bench) -> Figure:
    return Figure([bench.worker("fleet-growth", 1, 1_000 if bench.quick else 10_000)[0][0]])


def _import(bench: Bench) -> Figure:
    code = (
        "import sys; from ssm_mwx import MaintenanceWindowClient; sys.exit('boto3' in sys.modules)"
    )
    return Figure([pair.ratio for pair in bench.fresh(code, "import boto3")])


_OUR_FIRST_PAGE = """
import sys
from ssm_mwx import MaintenanceWindowClient
client = MaintenanceWindowClient(endpoint_url=sys.argv[1])
page = client.describe_task_invocations({0!r}, {1!r}, max_results={2})
assert len(page) == {2}
"""
_RAW_FIRST_PAGE = """
import sys
import boto3
client = boto3.client("ssm", endpoint_url=sys.argv[1])
page = client.describe_maintenance_window_execution_task_invocations(
    WindowExecutionId={0!r}, TaskId={1!r}, MaxResults={2}
)
assert len(page["WindowExecutionTaskInvocationIdentities"]) == {2}
"""


def _first_page(bench: Bench) -> Figure:
    arguments = (*task_of(_INVOCATIONS), PAGE_SIZE)
    ours, theirs = (code.format(*arguments) for code in (_OUR_FIRST_PAGE, _RAW_FIRST_PAGE))
    return Figure([pair.ratio for pair in bench.fresh(ours, theirs)])


ROWS = (
    Row("utc", "whole loop, `Parameters` not read, TZ=UTC", _ratios("loop"), 0.30, 0.40),
    Row(
        "new-york",
        "the same, TZ=America/New_York",
        _ratios("loop", zone="America/New_York"),
        0.16,
        0.24,
    ),
    Row(
        "parameters",
        "whole loop with every `.parameters` read, against boto3 with `json.loads` of each",
        _ratios("parameters"),
        0.45,
        0.52,
    ),
    Row("injected", "an existing client", _ratios("injected"), 1.05, 1.15),
    Row(
        "retries",
        "whole loop with the library's retries, against `retry_timeout=0`, no error",
        _ratios("retries"),
        1.00,
        1.05,
    ),
    Row("bytes", "bytes held per invocation in a list, against boto3's dicts", _bytes, 0.30, 0.40),
    Row(
        "growth",
        "growth of the process over a stream of 200,000 after the first 5,000",
        _growth,
        1.0,
        4.0,
        unit=" MiB",
    ),
    Row(
        "import",
        "`from ssm_mwx import MaintenanceWindowClient` against `import boto3`, fresh processes",
        _import,
        0.50,
        0.60,
    ),
    Row(
        "first-page",
        "client and first page against boto3 doing the same, fresh process",
        _first_page,
        0.95,
        1.05,
    ),
    Row(
        "command-line",
        "`ssm-mwx task … --format json` against the same call of the AWS CLI v1, fresh processes",
        command_line,
        0.70,
        0.80,
    ),
    Row(
        "prefetch",
        "`prefetch=True` against `False`, where a page takes as long to fetch as its items take",
        _ratios("prefetch", 4_000),
        0.55,
        0.65,
    ),
    Row(
        "fleet",
        "`gather` of 64 reports of 10 pages at 60 ms over 8 scopes in 16 threads, against the same "
        "requests with no work",
        _ratios("fleet", 64),
        1.10,
        1.15,
    ),
    Row(
        "fleet-growth",
        "growth of the process over a `gather` of 10,000 reports after the first 1,000",
        _fleet_growth,
        1.0,
        4.0,
        unit=" MiB",
    ),
    *(
        Row(
            kind,
            f"`to_{kind}()` of 20,000 fresh invocations, against one by hand from boto3's dicts",
            _ratios(kind),
            0.70,
            1.00,
        )
        for kind in ("pandas", "arrow", "polars")
    ),
    Row(
        "nodes",
        "report of 250 nodes by tag, 3 commands, 60 ms a call, against its calls one after another",
        _ratios("nodes", 250),
        0.45,
        0.60,
    ),
    *(
        Row(
            view,
            f"{what} of 50,000 nodes, against ten times that of 5,000",
            _ratios(view, 50_000),
            0.20,
            1.00,
        )
        for view, what in (
            ("html", "`to_html()`"),
            ("timeline", "`timeline()`"),
            ("terminal", "the report in a terminal"),
        )
    ),
    Row("peer", "capo-ssm, whole loop, TZ=UTC", _ratios("peer")),
    Row(
        "peer-parameters",
        "capo-ssm with `json.loads` of each `Parameters`, against boto3 with the same",
        _ratios("peer-parameters"),
    ),
)


@attrs.frozen
class Step:
    """Figures of an iteration over so many invocations."""

    invocations: int
    calls: int
    microseconds_each: float
    microseconds_each_raw: float

    @property
    def ok(self) -> bool:
        """Whether there were no more calls than there are pages."""
        return self.calls == math.ceil(self.invocations / PAGE_SIZE)


def steps(bench: Bench) -> Iterator[Step]:
    """How the cost grows from 10² to 10⁶ invocations (10⁴ in a quick run), one by one."""
    return (_step(bench, 10**power) for power in range(2, 5 if bench.quick else 7))


def _step(bench: Bench, count: int) -> Step:
    runs = bench.runs if count <= 10_000 else 1
    measured = bench.worker("growing", runs, count)
    calls, ours, theirs = (statistics.median(column) for column in zip(*measured, strict=True))
    return Step(count, round(calls), ours / count * 1e6, theirs / count * 1e6)
