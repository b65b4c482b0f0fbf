"""``serve``: a fake AWS with sample data, for a client in any language."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from urllib.parse import urlsplit

import click

from ssm_mwx.cli import startup
from ssm_mwx.cli.surroundings import isolated
from ssm_mwx.models import TaskExecution, WindowExecution

_REGION = "us-east-1"
_DAY = 86_400


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="Port to listen on.  [default: a free one]",
)
@click.option(
    "--targets",
    type=click.IntRange(min=1),
    default=250,
    show_default=True,
    help="Targets of the patch run.",
)
@click.option(
    "--over",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="Start the runs now, and let them take this long.  [default: they have ended]",
)
def serve(port: int, targets: int, over: float | None) -> None:
    """Serve sample data as AWS does, to this machine, until Ctrl-C.

    Prints shell commands that point any AWS SDK, the AWS CLI and ssm-mwx at it, with the ids of the
    sample window and runs.
    """
    startup.finish()
    with isolated():
        from ssm_mwx.testing import samples
        from ssm_mwx.testing import serve as serving

        with serving(port=port) as server:
            add = partial(server.executions.add_run, over=over, region_name=_REGION)
            patch = add(*samples.patch_run(targets))
            others = [
                add(*run)
                for run in (
                    samples.automation_run(window_execution_id=patch.window_execution_id),
                    samples.lambda_run(),
                    samples.step_functions_run(),
                )
            ]
            window = server.executions.add_window_run(
                samples.window_run(), over=over, region_name=_REGION
            )
            for line in _directions(server.url, window, patch, others):
                click.echo(line)
            with suppress(KeyboardInterrupt):
                while True:
                    time.sleep(_DAY)


def _directions(
    url: str, window: WindowExecution, patch: TaskExecution, others: list[TaskExecution]
) -> Iterator[str]:
    host = urlsplit(url).hostname
    yield f"# A fake AWS at {url}; Ctrl-C stops it."
    yield "# In another shell, for any AWS SDK, the AWS CLI and ssm-mwx:"
    yield f"export AWS_ENDPOINT_URL_SSM={url}"
    yield f"export NO_PROXY={host} no_proxy={host}"
    yield "export AWS_ACCESS_KEY_ID=testing AWS_SECRET_ACCESS_KEY=testing"
    yield f"export AWS_REGION={_REGION} AWS_DEFAULT_REGION={_REGION}"
    yield f"# {patch.type}, {patch.task_arn}:"
    yield f"export WINDOW_EXECUTION_ID={patch.window_execution_id}"
    yield f"export TASK_EXECUTION_ID={patch.task_execution_id}"
    yield "# ssm-mwx invocations $WINDOW_EXECUTION_ID $TASK_EXECUTION_ID --status FAILED"
    yield f"# A window, and a run of it with {len(window.task_execution_ids or ())} tasks:"
    yield f"export WINDOW_ID={window.window_id}"
    yield f"# ssm-mwx executions $WINDOW_ID; ssm-mwx tasks {window.window_execution_id}"
    for other in others:
        yield f"# {other.type}, {other.task_arn}:"
        yield f"#   {other.window_execution_id} {other.task_execution_id}"
