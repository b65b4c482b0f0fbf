"""``ssm-mwx report``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ssm_mwx import MaintenanceWindowClient
from ssm_mwx.cli import main
from ssm_mwx.testing import Server, samples, serve


@pytest.fixture(name="server")
def _server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with serve() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", server.url)
        yield server


def _report(server: Server, *args: str) -> Result:
    ids = server.executions.add_run(*samples.patch_run(targets=60)).task_ids
    return CliRunner().invoke(main, ["report", *ids, *args], catch_exceptions=False)


def test_report_in_the_shell(server: Server) -> None:
    """Without a file, the report's own view for terminals is shown."""
    done = _report(server)

    assert (done.exit_code, done.stderr) == (0, "")
    assert "AWS-RunPatchBaseline" in done.stdout
    assert "TIMED_OUT" in done.stdout
    assert max(len(line) for line in done.stdout.splitlines()) <= 80


def test_report_as_a_page(server: Server, tmp_path: Path) -> None:
    """With `--html`, the file holds the report's page, and the shell shows nothing."""
    page = tmp_path / "report.html"
    done = _report(server, "--html", str(page))

    ids = samples.patch_run(targets=60)[0].task_ids
    with MaintenanceWindowClient(endpoint_url=server.url) as client:
        expected = client.report(*ids).to_html()
    assert (done.exit_code, done.output) == (0, "")
    assert page.read_text(encoding="utf-8") == expected


@pytest.mark.parametrize("name", [".", "no/such/folder/report.html"])
def test_file_that_cannot_be_written(server: Server, tmp_path: Path, name: str) -> None:
    """A file that cannot be written is one line on standard error."""
    done = _report(server, "--html", str(tmp_path / name))

    assert done.exit_code in (2, 4)
    assert len(done.stderr.splitlines()) == 1


def test_report_to_standard_output(server: Server) -> None:
    """A dash stands for standard output, as in other tools."""
    done = _report(server, "--html", "-")

    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("<!DOCTYPE html>")
    assert done.stdout.endswith("</html>\n")
