"""Start the fake AWS inside this process, on top of moto's mock."""

from __future__ import annotations

import functools
import inspect
import unittest
from collections.abc import AsyncGenerator, Callable, Generator
from typing import Any, TypeVar, cast

from ssm_mwx import optional
from ssm_mwx.testing.region import discard_everything
from ssm_mwx.testing.store import ExecutionStore

_Decorated = TypeVar("_Decorated", bound=Any)


class MockMaintenanceWindows:
    """The result of `mock_maintenance_windows`: a context manager and a decorator."""

    def start(self) -> ExecutionStore:
        """Start the mock, until `stop` has been called as often.

        Raises:
            ImportError: moto is not installed.
        """
        with optional.extra("testing"):
            from ssm_mwx.testing import dispatch, interception
        dispatch.add_operations_to_moto()
        if interception.start():
            discard_everything()
        return ExecutionStore()

    def stop(self) -> None:
        """Stop the mock.

        Raises:
            RuntimeError: No mock is active.
        """
        with optional.extra("testing"):
            from ssm_mwx.testing import interception
        interception.stop()

    def __enter__(self) -> ExecutionStore:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __call__(self, target: _Decorated) -> _Decorated:
        """Run a function of any kind, or the tests of a class, under the mock."""
        given: Any = target
        if isinstance(given, type):
            self._enclose_class(given)
        elif given.__class__ in _METHOD_KINDS:
            given = _wrapped(given, self)
        elif inspect.isasyncgenfunction(given):
            given = self._around_async_generator(given)
        elif inspect.iscoroutinefunction(given):
            given = self._around_coroutine(given)
        elif inspect.isgeneratorfunction(given):
            given = self._around_generator(given)
        elif callable(given):
            given = self._around_function(given)
        else:
            raise TypeError(f"target must be a function or a class, got {type(given).__name__}")
        return cast("_Decorated", given)

    # --- functions ---

    def _around_function(self, function: Any) -> Any:
        @functools.wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            with self:
                result = function(*args, **kwargs)
                if inspect.iscoroutine(result):
                    result.close()
                    raise TypeError(
                        "target must be a coroutine function to run a coroutine under the mock, "
                        f"got the function {function!r} that returns one"
                    )
                return result

        return run

    def _around_generator(self, function: Callable[..., Generator[Any, Any, Any]]) -> Any:
        @functools.wraps(function)
        def run(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
            with self:
                return (yield from function(*args, **kwargs))

        return run

    def _around_coroutine(self, function: Any) -> Any:
        @functools.wraps(function)
        async def run(*args: Any, **kwargs: Any) -> Any:
            with self:
                return await function(*args, **kwargs)

        return run

    def _around_async_generator(self, function: Any) -> Any:
        @functools.wraps(function)
        async def run(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
            with self:
                generator = function(*args, **kwargs)
                try:
                    item = await anext(generator)
                    while True:
                        try:
                            sent = yield item
                        except BaseException as error:  # noqa: BLE001 - it is the generator's
                            item = await generator.athrow(error)
                        else:
                            item = await generator.asend(sent)
                except StopAsyncIteration:
                    return
                finally:
                    await generator.aclose()

        return run

    # --- classes ---

    def _enclose_class(self, cls: Any) -> None:
        """Run the tests of a class, and what sets them up and tears them down, under the mock."""
        for set_up, tear_down in _FIXTURES:
            if _is_defined(cls, set_up):
                if not _is_defined(cls, tear_down):
                    setattr(cls, tear_down, _empty_like(cls, set_up))
                _wrap(cls, set_up, self._start_before)
                _wrap(cls, tear_down, self._stop_after)
        if issubclass(cls, unittest.TestCase):
            _wrap(cls, "run", self)
            return
        for name, value in inspect.getmembers(cls):
            if name.startswith("test") and inspect.isroutine(value):
                _wrap(cls, name, self)
            elif name.startswith("Test") and isinstance(value, type):
                self(value)

    def _start_before(self, function: Any) -> Any:
        def set_up(first: Any = None, second: Any = None, /) -> None:
            self.start()
            try:
                _call_with_those_taken(function, first, second)
            except BaseException:
                self.stop()
                raise

        return functools.wraps(function)(set_up)

    def _stop_after(self, function: Any) -> Any:
        def tear_down(first: Any = None, second: Any = None, /) -> None:
            try:
                _call_with_those_taken(function, first, second)
            finally:
                self.stop()

        return functools.wraps(function)(tear_down)


def mock_maintenance_windows() -> MockMaintenanceWindows:
    """Mock AWS inside this process: moto's mock with the operations of this library.

    As a context manager, or with ``start()`` and ``stop()``, it returns an empty `ExecutionStore`.
    As a decorator of a function of any kind, or of a class of tests, it passes no argument. All
    other services of moto work under it too.

    While a mock is active, no request of boto3 leaves the process, whenever its client was made and
    whatever its endpoint: moto answers it, or it fails with a RuntimeError. Requests to a server of
    `serve` in the same process are the exception. Mocks that overlap, in threads or nested, share
    one store. The data is discarded when the last one ends.

    Raises:
        ImportError: On entry, if moto is not installed.
    """
    return MockMaintenanceWindows()


_METHOD_KINDS: tuple[Any, ...] = (staticmethod, classmethod)
_FIXTURES = (
    ("setup_method", "teardown_method"),
    ("setup_class", "teardown_class"),
    ("setUpClass", "tearDownClass"),
)
"""Names of methods, in pytest and `unittest`, that run outside the tests that they set up."""


def _is_defined(cls: Any, name: str) -> bool:
    """Return whether a class of tests, not `unittest` itself, defines this method."""
    default = inspect.getattr_static(unittest.TestCase, name, None)
    return inspect.getattr_static(cls, name, default) is not default


def _empty_like(cls: Any, name: str) -> Any:
    """Return a method that does nothing, of the kind that the named one is."""

    def do_nothing(*_: object) -> None:
        """Do nothing."""

    kind = inspect.getattr_static(cls, name).__class__
    return kind(do_nothing) if kind in _METHOD_KINDS else do_nothing


def _wrap(cls: Any, name: str, wrapper: Callable[[Any], Any]) -> None:
    """Replace a method of a class by a wrapped one."""
    setattr(cls, name, _wrapped(inspect.getattr_static(cls, name), wrapper))


def _wrapped(method: Any, wrapper: Callable[[Any], Any]) -> Any:
    """Return a wrapped method; a static or a class method stays one."""
    kind = method.__class__
    return kind(wrapper(method.__func__)) if kind in _METHOD_KINDS else wrapper(method)


def _call_with_those_taken(function: Any, *args: Any) -> None:
    """Call a fixture method with as many arguments as it takes.

    pytest looks at the number of parameters to decide whether it passes the test's function.
    """
    taken = len(inspect.signature(function).parameters)
    function(*args[:taken])
