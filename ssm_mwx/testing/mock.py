"""Start the fake AWS inside this process, on top of moto's mock."""

from __future__ import annotations

import functools
import inspect
import os
import unittest
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar, cast

from ssm_mwx import optional
from ssm_mwx.testing.store import ExecutionStore

_DEFAULT_REGION = "us-east-1"
_Decorated = TypeVar("_Decorated", bound=Any)


class MockMaintenanceWindows:
    """The result of `mock_maintenance_windows`: a context manager and a decorator."""

    def __init__(self) -> None:
        self._started: list[ExitStack] = []

    def __enter__(self) -> ExecutionStore:
        with optional.extra("testing"):
            from moto import mock_aws

            from ssm_mwx.testing.dispatch import add_operations_to_moto
        add_operations_to_moto()
        with ExitStack() as stack:
            stack.enter_context(_default_region())
            stack.enter_context(mock_aws())
            self._started.append(stack.pop_all())
        return ExecutionStore()

    def __exit__(self, *_: object) -> None:
        self._started.pop().close()

    def __call__(self, target: _Decorated) -> _Decorated:
        """Run a function, a coroutine function or the tests of a class under the mock."""
        given: Any = target
        if isinstance(given, type):
            self._enclose_tests(given)
        elif inspect.iscoroutinefunction(given):
            given = self._around_coroutine(given)
        else:
            given = self._around_function(given)
        return cast("_Decorated", given)

    def _enclose_tests(self, cls: Any) -> None:
        for name in _tests_of(cls):
            setattr(cls, name, self(getattr(cls, name)))

    def _around_function(self, function: Any) -> Any:
        @functools.wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            with self:
                return function(*args, **kwargs)

        return run

    def _around_coroutine(self, function: Any) -> Any:
        @functools.wraps(function)
        async def run(*args: Any, **kwargs: Any) -> Any:
            with self:
                return await function(*args, **kwargs)

        return run


def mock_maintenance_windows() -> MockMaintenanceWindows:
    """Mock AWS inside this process: moto's mock with the operations of this library.

    As a context manager it returns an empty `ExecutionStore`. As a decorator of a function or of a
    class of tests it passes no argument. All other services of moto work under it too. Nothing
    leaves the process, and the data is discarded at the end.

    Raises:
        ImportError: On entry, if moto is not installed.
    """
    return MockMaintenanceWindows()


def _tests_of(cls: Any) -> list[str]:
    """Return the methods to run under the mock: of a `unittest` case ``run``, with its set-up."""
    if issubclass(cls, unittest.TestCase):
        return ["run"]
    return [name for name in dir(cls) if name.startswith("test") and callable(getattr(cls, name))]


@contextmanager
def _default_region() -> Generator[None, None, None]:
    if os.environ.get("AWS_DEFAULT_REGION"):
        yield
        return
    os.environ["AWS_DEFAULT_REGION"] = _DEFAULT_REGION
    try:
        yield
    finally:
        os.environ.pop("AWS_DEFAULT_REGION", None)
