"""The benchmark's command: ``python -m tests.benchmarks``, from the top of the checkout.

It takes some minutes; ``--quick`` takes less, and is good enough to see that it works.
"""

from __future__ import annotations

import argparse
import json
import math
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import attrs

from tests.benchmarks.bench import Bench, Figure
from tests.benchmarks.rows import ROWS, Row, Step, steps
from tests.benchmarks.server import running_server

_LINEAR = "linear"


def main() -> None:
    """Measure, and write what came out."""
    options = _options()
    document: dict[str, Any] = {"versions": _versions(), "runs": options.runs, "rows": []}
    _say(", ".join(f"{name} {number}" for name, number in document["versions"].items()))
    with running_server() as server:
        bench = Bench(server, options.runs, options.quick)
        chosen = [row for row in ROWS if options.only in (None, row.key)]
        if chosen:
            _say("\n| what | goal | not worse than | measured (least to most) | ok? | |")
            _say("|---|---|---|---|---|---|")
        for row in chosen:
            figure = row.figure(bench)
            _say(_line(row, figure))
            document["rows"].append(_record(row, figure))
        if options.only in (None, _LINEAR):
            document[_LINEAR] = _linear(bench)
    if options.json:
        options.json.write_text(json.dumps(document, indent=2) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="of each measurement (default: 5)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    parser.add_argument(
        "--only", metavar="ROW", choices=[*(row.key for row in ROWS), _LINEAR], help="%(choices)s"
    )
    parser.add_argument("--quick", action="store_true", help="a tenth of the invocations")
    return parser.parse_args()


def _versions() -> dict[str, str]:
    packages = ("ssm_mwx", "boto3", "botocore", "attrs", "cattrs")
    return {"python": platform.python_version()} | {name: version(name) for name in packages}


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _line(row: Row, figure: Figure) -> str:
    measured = "—"
    if figure.values:
        least, most = min(figure.values), max(figure.values)
        measured = f"{figure.median:.2f}{row.unit} ({least:.2f} to {most:.2f})"
    goal, limit = (
        "" if bound is None else f"{bound:.2f}{row.unit}" for bound in (row.goal, row.limit)
    )
    return (
        f"| {row.what} | {goal} | {limit} | {measured} | {_verdict(row, figure)} | {figure.note} |"
    )


def _verdict(row: Row, figure: Figure) -> str:
    if row.goal is None or row.limit is None or math.isnan(figure.median):
        return ""
    if figure.median <= row.goal:
        return "yes"
    return "within the limit" if figure.median <= row.limit else "NO"


def _record(row: Row, figure: Figure) -> dict[str, Any]:
    return {
        "key": row.key,
        "what": row.what,
        "goal": row.goal,
        "limit": row.limit,
        "unit": row.unit.strip() or "ratio",
        "median": figure.median if figure.values else None,
        "values": list(figure.values),
        "note": figure.note,
    }


def _linear(bench: Bench) -> list[dict[str, Any]]:
    _say("\n| invocations | calls | as many as pages? | µs each | raw boto3's |")
    _say("|---|---|---|---|---|")
    taken: list[Step] = []
    for step in steps(bench):
        taken.append(step)
        ok = "yes" if step.ok else "NO"
        _say(
            f"| {step.invocations:,} | {step.calls:,} | {ok} "
            f"| {step.microseconds_each:.1f} | {step.microseconds_each_raw:.1f} |"
        )
    return [attrs.asdict(step) for step in taken]


if __name__ == "__main__":
    main()
