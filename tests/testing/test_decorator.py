"""`mock_maintenance_windows` as a decorator, of functions of every kind and of classes."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import subprocess
import sys
import unittest
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from ssm_mwx import DoesNotExistError, MaintenanceWindowClient, TaskExecution
from ssm_mwx.testing import ExecutionStore, mock_maintenance_windows

UNKNOWN_ID = "11111111-2222-3333-4444-555555555555"


def _is_mocked() -> bool:
    """Return whether a mock is active, by a call that only the fake AWS answers."""
    try:
        task = ExecutionStore().add_task(status="SUCCESS")
    except RuntimeError:
        return False
    return MaintenanceWindowClient().get_task_execution(*task.task_ids).succeeded


@mock_maintenance_windows()
def test_decorator_passes_no_argument() -> None:
    """The decorated function gets no argument from the mock."""
    with pytest.raises(DoesNotExistError):
        MaintenanceWindowClient().get_task_execution(UNKNOWN_ID, UNKNOWN_ID)


def test_decorator_passes_arguments_on() -> None:
    """Arguments and the result pass through, and the function keeps its name."""

    @mock_maintenance_windows()
    def add(first: int, *, second: int) -> int:
        return first + second

    assert (add(1, second=2), add.__name__) == (3, "add")


def test_decorator_covers_a_coroutine_to_its_end() -> None:
    """The mock lasts until the coroutine ends."""

    @mock_maintenance_windows()
    async def work() -> bool:
        await asyncio.sleep(0)
        return _is_mocked()

    assert asyncio.run(work())
    assert not _is_mocked()


def test_decorator_covers_coroutines_that_overlap() -> None:
    """Coroutines of one thread may begin and end in any order."""
    first_began, second_ended = asyncio.Event(), asyncio.Event()

    @mock_maintenance_windows()
    async def first() -> bool:
        first_began.set()
        await second_ended.wait()
        return _is_mocked()

    @mock_maintenance_windows()
    async def second() -> bool:
        await first_began.wait()
        second_ended.set()
        return _is_mocked()

    async def both() -> list[bool]:
        return [*await asyncio.gather(first(), second())]

    assert asyncio.run(both()) == [True, True]
    assert not _is_mocked()


def test_decorator_covers_a_generator() -> None:
    """The mock lasts from the first item to the end, with values sent and a value returned."""

    @mock_maintenance_windows()
    def items() -> Generator[bool, str, str]:
        sent = yield _is_mocked()
        yield _is_mocked()
        return sent

    def collect() -> Generator[bool, str, None]:
        results.append((yield from items()))

    results: list[str] = []
    generator = collect()
    assert [next(generator), generator.send("sent")] == [True, True]
    assert next(generator, None) is None
    assert (results, _is_mocked()) == (["sent"], False)


@pytest.mark.slow
def test_decorator_covers_an_async_generator() -> None:
    """Items, values sent, errors thrown in and an early end all reach the generator."""
    events: list[object] = []

    @mock_maintenance_windows()
    async def items() -> AsyncGenerator[bool, str]:
        try:
            events.append((yield _is_mocked()))
            with contextlib.suppress(KeyError):
                yield _is_mocked()
            yield _is_mocked()
        finally:
            events.append("closed")

    async def consume() -> list[bool]:
        generator = items()
        seen = [await anext(generator), await generator.asend("sent")]
        seen.append(await generator.athrow(KeyError()))
        await generator.aclose()
        return seen + [item async for item in items()]

    assert asyncio.run(consume()) == [True] * 6
    assert events == ["sent", "closed", None, "closed"]
    assert not _is_mocked()


@pytest.mark.parametrize("kind", [staticmethod, classmethod])
def test_decorator_keeps_the_kind_of_a_method(kind: Any) -> None:
    """A static or a class method stays one."""

    def function(*_: object) -> bool:
        return _is_mocked()

    class Helpers:
        method: Any = mock_maintenance_windows()(kind(function))

    assert Helpers.method() is True
    assert isinstance(vars(Helpers)["method"], kind)


def test_decorator_refuses_a_function_that_returns_a_coroutine() -> None:
    """A coroutine would run after the mock, so it is not returned."""

    async def work() -> None:
        raise AssertionError("not reached")  # pragma: no cover

    @mock_maintenance_windows()
    def function() -> Any:
        return work()

    with pytest.raises(TypeError, match="target must be a coroutine function"):
        function()


def test_decorator_accepts_any_callable() -> None:
    """A callable that is no function runs under the mock too."""
    assert mock_maintenance_windows()(functools.partial(_is_mocked))()


def test_decorator_refuses_what_cannot_be_called() -> None:
    """Only functions and classes can be decorated."""
    with pytest.raises(TypeError, match="target must be a function or a class, got str"):
        mock_maintenance_windows()("text")


# --- classes ---


@mock_maintenance_windows()
class TestClassUnderTheMock:
    """Each test of a decorated class runs under the mock."""

    tested: Any = None

    def setup_method(self) -> None:
        """Add a task in the same mock."""
        self.task = ExecutionStore().add_task(status="SUCCESS")

    def test_shares_the_mock_with_its_set_up(self) -> None:
        """The test finds what its set-up added."""
        assert MaintenanceWindowClient().get_task_execution(*self.task.task_ids).succeeded

    def test_begins_empty(self) -> None:
        """The test finds nothing of other tests."""
        assert [request.operation for request in ExecutionStore().requests] == []

    @staticmethod
    def test_static() -> None:
        """A static method is under the mock."""
        assert _is_mocked()

    @classmethod
    def test_class_method(cls) -> None:
        """A class method is under the mock."""
        assert _is_mocked()
        assert cls.tested is None


@mock_maintenance_windows()
class TestOuter:
    """The tests of a class within a decorated class run under the mock."""

    class TestInner:
        """A class within the class."""

        def test_nested(self) -> None:
            """The call reaches the fake AWS."""
            assert _is_mocked()


def test_decorated_class_can_be_used_without_pytest() -> None:
    """The tests of the class can be called like any method."""
    assert not _is_mocked()
    TestOuter.TestInner().test_nested()
    TestClassUnderTheMock().test_static()


def test_decorator_covers_set_up_of_a_unittest_case() -> None:
    """The set-up, the class's set-up and the test of a `unittest` case share a mock."""
    ran: list[bool] = []

    @mock_maintenance_windows()
    class Case(unittest.TestCase):
        tasks: ClassVar[list[TaskExecution]] = []

        @classmethod
        def setUpClass(cls) -> None:
            cls.tasks.append(ExecutionStore().add_task(status="SUCCESS"))

        def setUp(self) -> None:
            self.tasks.append(ExecutionStore().add_task(status="SUCCESS"))

        def test_it(self) -> None:
            client = MaintenanceWindowClient()
            ran.extend(client.get_task_execution(*task.task_ids).succeeded for task in self.tasks)

    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Case).run(result)
    assert (result.errors, ran) == ([], [True, True])
    assert not _is_mocked()


def test_decorator_ends_the_mock_after_a_broken_set_up() -> None:
    """A set-up that fails ends its mock, and so does a tear-down that fails."""

    @mock_maintenance_windows()
    class Broken:
        def setup_method(self) -> None:
            assert _is_mocked()
            raise LookupError("set-up")

    @mock_maintenance_windows()
    class BrokenLater:
        @classmethod
        def setup_class(cls) -> None:
            assert _is_mocked()

        @classmethod
        def teardown_class(cls) -> None:
            assert _is_mocked()
            raise LookupError("tear-down")

    with pytest.raises(LookupError, match="set-up"):
        Broken().setup_method()
    assert not _is_mocked()
    BrokenLater.setup_class()
    with pytest.raises(LookupError, match="tear-down"):
        BrokenLater.teardown_class()
    assert not _is_mocked()


SET_UP = """
import pytest
from ssm_mwx.testing import ExecutionStore, mock_maintenance_windows
from ssm_mwx.testing.interception import is_active

@mock_maintenance_windows()
class TestWithMethod:
    def setup_method(self, method):
        assert method.__name__ == "test_it" and is_active()
    def teardown_method(self, method):
        assert method.__name__ == "test_it" and is_active()
    def test_it(self):
        pass

@mock_maintenance_windows()
class TestOfClass:
    @classmethod
    def setup_class(cls):
        cls.task = ExecutionStore().add_task()
    def test_it(self):
        ExecutionStore().set_status(self.task, "SUCCESS")

@mock_maintenance_windows()
class TestStatic:
    @staticmethod
    def setup_class():
        assert is_active()
    @staticmethod
    def teardown_class():
        assert is_active()
    def test_it(self):
        pass

@mock_maintenance_windows()
class TestBroken:
    def setup_method(self):
        raise LookupError
    def test_it(self):
        pass

def test_nothing_is_left():
    assert not is_active()
"""


@pytest.mark.slow
@pytest.mark.slow
def test_decorator_covers_set_up_methods_of_pytest(tmp_path: Path) -> None:
    """Every form of set-up runs under the mock, and a broken one leaves no mock behind."""
    (tmp_path / "test_it.py").write_text(SET_UP)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    printed = subprocess.run(command, capture_output=True, check=False, text=True, cwd=tmp_path)
    assert "4 passed, 1 error" in printed.stdout
    assert "LookupError" in printed.stdout
