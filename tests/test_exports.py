"""The package's public names: complete, importable, documented and typed."""

from __future__ import annotations

import ast
import enum
import importlib
import importlib.resources
import inspect
import itertools
import types
from collections.abc import Callable
from typing import Any

import attrs
import pytest

import ssm_mwx

PUBLIC: list[object] = [getattr(ssm_mwx, name) for name in ssm_mwx.__all__]
CLASSES = [each for each in PUBLIC if isinstance(each, type)]
ATTRS_CLASSES = [cls for cls in CLASSES if attrs.has(cls)]


def test_all_is_sorted_and_unique() -> None:
    """`__all__` is sorted and names nothing twice."""
    assert sorted(set(ssm_mwx.__all__), key=lambda name: (not name.isupper(), name)) == (
        ssm_mwx.__all__
    )


def test_all_names_every_public_name() -> None:
    """`__all__` names what type checkers see in the package, and no more."""
    imported = {
        alias.name
        for node in ast.walk(ast.parse(inspect.getsource(ssm_mwx)))
        if isinstance(node, ast.ImportFrom) and node.module != "typing"
        for alias in node.names
    }

    assert imported - {"lazy"} == set(ssm_mwx.__all__)
    assert set(ssm_mwx.__all__) < set(dir(ssm_mwx))


def test_unknown_name_is_an_attribute_error() -> None:
    """A name that the package does not have is an AttributeError."""
    with pytest.raises(AttributeError, match="module 'ssm_mwx' has no attribute 'Nonsense'"):
        getattr(ssm_mwx, "Nonsense")  # noqa: B009 - a type checker knows that it is not there


@pytest.mark.parametrize("name", ssm_mwx.__all__)
def test_public_name_is_importable(name: str) -> None:
    """Each public name can be imported from the package."""
    namespace: dict[str, object] = {}

    exec(f"from ssm_mwx import {name}", namespace)

    assert getattr(ssm_mwx, name) is namespace[name]


@pytest.mark.parametrize(
    ("public", "names"),
    [
        (ssm_mwx.unstructure, ["redact_sensitive"]),
        (ssm_mwx.InvocationPage, ["number", "request_id"]),
        (ssm_mwx.TaskInvocationPager, ["prefetch"]),
        (ssm_mwx.RunCommandParameters, ["extra"]),
        (ssm_mwx.AutomationParameters, ["extra"]),
        (ssm_mwx.LambdaParameters, ["extra"]),
        (ssm_mwx.StepFunctionsParameters, ["extra"]),
        (ssm_mwx.ResponseError, ["path", "operation_name", "request_id"]),
    ],
)
def test_keyword_only_arguments_are_keyword_only(
    public: Callable[..., object], names: list[str]
) -> None:
    """Arguments that have no obvious position are keyword-only."""
    parameters = inspect.signature(public).parameters

    assert [
        name for name, parameter in parameters.items() if parameter.kind is parameter.KEYWORD_ONLY
    ] == names


def test_package_has_a_docstring() -> None:
    """The package has a docstring."""
    assert ssm_mwx.__doc__


@pytest.mark.parametrize(
    "public", [*CLASSES, *(each for each in PUBLIC if isinstance(each, types.FunctionType))]
)
def test_public_object_has_a_written_docstring(public: type | types.FunctionType) -> None:
    """Each public class and function has a docstring that is not generated."""
    assert public.__doc__
    assert not public.__doc__.startswith(f"{public.__name__}(")  # a named tuple's own


@pytest.mark.parametrize("cls", CLASSES)
def test_public_method_has_a_docstring(cls: type) -> None:
    """Each public method and property of a class has a docstring."""
    without = [
        name
        for name, value in vars(cls).items()
        if not name.startswith("_") and _is_method_or_property(value) and not inspect.getdoc(value)
    ]

    assert without == []


def _is_method_or_property(value: object) -> bool:
    return isinstance(value, types.FunctionType | property | classmethod | staticmethod)


@pytest.mark.parametrize("cls", [*ATTRS_CLASSES, ssm_mwx.TaskIds])
def test_field_has_a_docstring(cls: Any) -> None:
    """Each field has a docstring below it."""
    (definition,) = ast.parse(inspect.getsource(cls)).body
    documented = {
        ast.unparse(field.target)
        for field, text in itertools.pairwise(vars(definition)["body"])
        if isinstance(field, ast.AnnAssign)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
    }

    fields = {field.name for field in attrs.fields(cls)} if attrs.has(cls) else set(cls._fields)
    assert documented == fields


@pytest.mark.parametrize("cls", CLASSES)
def test_public_class_is_found_under_its_own_name(cls: type) -> None:
    """Each public class is the package's own, and found in the module that it names."""
    module = importlib.import_module(cls.__module__)

    assert cls.__module__.startswith("ssm_mwx.")
    assert getattr(module, cls.__qualname__) is cls


def test_public_enum_is_a_string() -> None:
    """Each public enum is a StrEnum."""
    enums = [cls for cls in CLASSES if issubclass(cls, enum.Enum)]

    assert enums
    assert all(issubclass(cls, enum.StrEnum) for cls in enums)


def test_package_is_marked_as_typed() -> None:
    """The package has the marker that makes type checkers read its annotations."""
    assert importlib.resources.files("ssm_mwx").joinpath("py.typed").is_file()
