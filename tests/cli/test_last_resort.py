"""Whatever else goes wrong, the exit status is 4 and the error is one line."""

from __future__ import annotations

import json

import pytest

from ssm_mwx import MaintenanceWindowClient
from ssm_mwx.cli import main
from tests.support.fakes import IDS


def _status(*arguments: str) -> int:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    status = caught.value.code
    assert isinstance(status, int)
    return status


@pytest.mark.parametrize(
    "error",
    [
        json.JSONDecodeError("Expecting value", "<html>", 0),
        RuntimeError("two\nlines \x1b[2J"),
        KeyError("x"),
    ],
)
@pytest.mark.parametrize("debug", ["", "1"])
def test_unforeseen_error_is_one_line_and_status_4(
    error: Exception,
    debug: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An error that nobody foresaw never reads as a failed task; a variable shows the traceback."""

    def fail(*_arguments: object, **_options: object) -> None:
        raise error

    monkeypatch.setenv("SSM_MWX_DEBUG", debug)
    monkeypatch.setattr(MaintenanceWindowClient, "wait_for_task", fail)

    assert _status("--region", "us-east-1", "wait", *IDS, "--timeout", "1") == 4
    err = capsys.readouterr().err
    assert ("Traceback" in err) is bool(debug)
    assert err.splitlines()[-1].startswith(f"ssm-mwx: {type(error).__name__}: ")
    assert debug or len(err.splitlines()) == 1


@pytest.mark.parametrize(
    "by",
    [
        "option",
        pytest.param("AWS_ENDPOINT_URL_SSM", marks=pytest.mark.slow),
        pytest.param("AWS_ENDPOINT_URL", marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:${PORT}",
        "http://127.0.0.1:99999",
        "http://",
        "http://[::1",
        "//host",
        "ftp://host",
        "localhost:5000",
    ],
)
def test_bad_endpoint_url_is_a_bad_argument(
    url: str, by: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A URL that no call can reach is refused with status 2, before any call."""
    if by != "option":
        monkeypatch.setenv(by, url)
    options = ("--endpoint-url", url) if by == "option" else ()

    assert _status("--region", "us-east-1", *options, "task", *IDS) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
