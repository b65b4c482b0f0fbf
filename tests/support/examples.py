"""Run the examples of a Markdown page: `python` blocks, and the `output` blocks below them."""

from __future__ import annotations

import difflib
import doctest
import io
from contextlib import redirect_stdout

from sybil import Example
from sybil.evaluators.python import PythonEvaluator
from sybil.parsers.myst import CodeBlockParser
from sybil.typing import Parser

_PRINTED = "_printed"
_evaluate = PythonEvaluator()


def parsers() -> list[Parser]:
    """Return the parsers of a page's blocks.

    A `python` block runs in the namespace of its page. An `output` block must be what the
    `python` block before it prints; ``...`` stands for any text, as in a doctest.
    """
    return [CodeBlockParser("python", _run), CodeBlockParser("output", _compare)]


def _run(example: Example) -> None:
    with redirect_stdout(io.StringIO()) as printed:
        _evaluate(example)
    example.namespace[_PRINTED] = printed.getvalue()


def _compare(example: Example) -> str | None:
    """Return what is wrong with an `output` block, None if nothing is."""
    expected, actual = str(example.parsed), str(example.namespace.pop(_PRINTED))
    if doctest.OutputChecker().check_output(expected, actual, doctest.ELLIPSIS):
        return None
    lines = difflib.ndiff(expected.splitlines(keepends=True), actual.splitlines(keepends=True))
    return "".join(["expected (-) and printed (+) differ:\n", *lines])
