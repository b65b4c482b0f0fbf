"""Answers that the AWS CLI has saved to a file."""

from __future__ import annotations

import codecs
import json
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ssm_mwx import (
    ResponseError,
    TaskExecution,
    load_command_invocations,
    load_task_execution,
    load_task_invocations,
    wire,
)
from tests.support.fakes import PAYLOADS, SECRET
from tests.support.models import (
    FAILED,
    INVOCATION_OF_CLI,
    ITEMS,
    TASK_OF_CLI,
)


def test_orjson_is_used_where_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """orjson reads the body; json reads only what orjson refuses."""
    read: list[bytes] = []

    def loads(body: bytes) -> object:
        read.append(body)
        return {"fast": True}

    monkeypatch.setattr(wire, "orjson", SimpleNamespace(loads=loads))

    assert wire.decode(b"{}") == {"fast": True}
    assert read == [b"{}"]


encodings = pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ],
    ids=["UTF-8", "UTF-8 with BOM", "UTF-16 LE", "UTF-16 BE"],
)


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> Path:
    return tmp_path / "saved.json"


@pytest.mark.parametrize("as_path", [str, Path])
def test_load_takes_a_path_or_its_name(as_path: type[str | Path]) -> None:
    """A saved answer is read from a path or its name."""
    assert load_task_execution(as_path(PAYLOADS / "get_task_cli.json")) == TASK_OF_CLI
    assert load_task_invocations(as_path(PAYLOADS / "describe_invocations_cli.json")) == (
        INVOCATION_OF_CLI,
    )


@encodings
def test_load_understands_every_encoding_of_shells(file: Path, mark: bytes, encoding: str) -> None:
    """A saved answer is read in each encoding that shells write."""
    file.write_bytes(mark + '{"StatusDetails": "erfüllt ✓ 🪟"}\r\n'.encode(encoding))

    assert load_task_execution(file) == TaskExecution(status_details="erfüllt ✓ 🪟")


@pytest.mark.parametrize("load", [load_task_execution, load_task_invocations])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        SECRET.encode(),
        f'{{"Parameters": "{SECRET}'.encode(),
        f'{{"Parameters": "{SECRET}"}} {{}}'.encode(),
        f'["{SECRET}", '.encode() + b"[" * 100_000,
        f'["{SECRET}", '.encode() + b"9" * 5000 + b"]",
    ],
    ids=["empty", "text", "truncated", "two", "deep", "long number"],
)
def test_load_refuses_what_is_not_json(file: Path, load: Any, content: bytes) -> None:
    """A file that is not JSON is refused, and the error quotes none of it."""
    file.write_bytes(content)

    with pytest.raises(ResponseError, match=r"^not JSON, or truncated\nin the file ") as caught:
        load(file)

    assert caught.value.__notes__ == [f"in the file {file}"]
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


def test_load_refuses_the_other_answer(file: Path) -> None:
    """A file with the other answer, or with none, is refused."""
    file.write_text('"list"')

    with pytest.raises(ResponseError, match=r"^no member of TaskExecution is there\n"):
        load_task_execution(PAYLOADS / "describe_invocations_cli.json")
    with pytest.raises(ResponseError, match=r"^no member of InvocationPage is there\n"):
        load_task_invocations(PAYLOADS / "get_task_cli.json")
    with pytest.raises(ResponseError, match=r"^not an object\n"):
        load_task_invocations(file)


@pytest.mark.parametrize("load", [load_task_invocations, load_command_invocations])
def test_load_reads_a_bare_list(file: Path, load: Any) -> None:
    """What ``--query`` of the AWS CLI prints is read as the list of items."""
    file.write_text('[{"Status": "Success"}, {"Status": "Failed"}]')

    assert [item.status for item in load(file)] == ["Success", "Failed"]
    file.write_text("[]")
    assert load(file) == ()


def test_load_of_a_task_refuses_a_list(file: Path) -> None:
    """A list is no task."""
    file.write_text("[]")

    with pytest.raises(ResponseError, match=r"^not an object\n"):
        load_task_execution(file)


@pytest.mark.parametrize(
    "load", [load_task_execution, load_task_invocations, load_command_invocations]
)
def test_load_in_another_encoding_takes_its_name(file: Path, load: Any) -> None:
    """A file in another encoding is refused with what to do, and read if the encoding is named."""
    text = (
        f'{{"StatusDetails": "{SECRET} Équipe réseau", "NextToken": "", "CommandInvocations": []}}'
    )
    file.write_bytes(text.encode("cp1252"))

    with pytest.raises(ResponseError, match=r"^not in the encoding utf-8\n") as caught:
        load(file)
    assert "encoding='cp1252'" in caught.value.__notes__[1]
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    with pytest.raises(ResponseError, match=r"^not in the encoding ascii\n") as caught:
        load(file, encoding="ascii")
    assert len(caught.value.__notes__) == 1
    load(file, encoding="cp1252")


def test_load_raises_file_not_found(file: Path) -> None:
    """A missing file raises the operating system's error."""
    with pytest.raises(FileNotFoundError):
        load_task_execution(file)
    with pytest.raises(FileNotFoundError):
        load_task_invocations(file)


def test_load_warns_of_a_partial_answer(file: Path) -> None:
    """A token warns that the file is partial, at the caller's line."""
    file.write_text(json.dumps({ITEMS: [{"Status": "FAILED"}], "NextToken": "token 2"}))

    with pytest.warns(UserWarning, match="is partial: its NextToken says") as caught:
        invocations = load_task_invocations(file)

    assert invocations == (FAILED,)
    assert [(each.filename, str(file) in str(each.message)) for each in caught] == [
        (__file__, True)
    ]


@pytest.mark.parametrize("token", [{}, {"NextToken": ""}, {"NextToken": None}])
def test_load_does_not_warn_of_an_empty_token(file: Path, token: dict[str, str | None]) -> None:
    """An empty token warns of nothing."""
    file.write_text(json.dumps({ITEMS: [], **token}))

    with warnings.catch_warnings(action="error"):
        invocations = load_task_invocations(file)

    assert invocations == ()
