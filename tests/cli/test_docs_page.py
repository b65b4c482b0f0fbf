"""The page on the command line names what there is, and its commands work."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from ssm_mwx.cli import main
from ssm_mwx.testing import Server, samples

PAGE = (Path(__file__).parent.parent.parent / "docs" / "command-line.md").read_text("utf-8")

NOT_RUN = ("pip ", "ssm-mwx serve", "_SSM_MWX_COMPLETE=fish", 'eval "$(_SSM_MWX_COMPLETE=zsh')
"""What a test of the page does not run: installing, serving until Ctrl-C, and other shells."""


def commands() -> dict[str, click.Command]:
    """Return all commands by name."""
    context = click.Context(main)
    found = {name: main.get_command(context, name) for name in main.list_commands(context)}
    return {name: command for name, command in found.items() if command}


def options_of(command: click.Command) -> set[str]:
    """Return the long names of a command's options."""
    names = {name for parameter in command.params for name in parameter.opts}
    names |= {name for parameter in command.params for name in parameter.secondary_opts}
    return {name for name in names if name.startswith("--")}


def path_with_script(folder: Path) -> str:
    """Write the script that an installation has, and return a PATH with it."""
    script = folder / "ssm-mwx"
    script.write_text(f"#!{sys.executable}\nfrom ssm_mwx.__main__ import main\nmain()\n")
    script.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def test_page_names_every_option_and_no_other() -> None:
    """The options on the page are those of the commands."""
    there_are = set[str]().union(*map(options_of, commands().values()))

    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", PAGE)) - {"--help"} == there_are


def test_page_names_the_own_options_of_each_command() -> None:
    """The row of a command has the options that it does not share with others."""
    rows = dict(re.findall(r"^\| `ssm-mwx (\w+)(.*?)` \|", PAGE, re.MULTILINE))

    assert rows.keys() == commands().keys()
    for name, row in rows.items():
        named = set(re.findall(r"--[a-z][a-z-]+", row))
        assert named <= options_of(commands()[name])


def test_page_names_every_format() -> None:
    """The table of formats has those of the lists."""
    (choice,) = (each.type for each in commands()["invocations"].params if each.name == "format_")
    assert isinstance(choice, click.Choice)
    table = PAGE[PAGE.index("| format |") : PAGE.index("- Lists are written")]

    assert re.findall(r"^\| `(\w+)`", table, re.MULTILINE) == list(choice.choices)


def test_page_names_every_status() -> None:
    """The table of statuses has those of `exit_status.py`."""
    from ssm_mwx.cli import exit_status

    table = PAGE[PAGE.index("| status |") : PAGE.index("An error is one line")]
    documented = set(re.findall(r"^\| (\d+) ", table, re.MULTILINE))

    assert documented == set(re.findall(r"\b(\d+)(?=:| is)", str(exit_status.__doc__)))


@pytest.mark.slow
def test_commands_of_the_page_run(server: Server, tmp_path: Path) -> None:
    """Each command of the page succeeds in a shell, against the fake AWS."""
    window = samples.window_run()
    execution = server.executions.add_window_run(window)
    ids = window.runs[0].task.task_ids
    lines = re.findall(r"^\$ (.+)$", PAGE, re.MULTILINE)
    run = [line for line in lines if not line.startswith(NOT_RUN)]
    environment = {
        "PATH": path_with_script(tmp_path),
        "WINDOW_ID": samples.WINDOW_ID,
        "WINDOW_EXECUTION_ID": ids[0],
        "TASK_EXECUTION_ID": ids[1],
    }
    assert execution.window_execution_id == ids[0]

    for line in run:
        done = subprocess.run(
            ["bash", "-c", line],
            capture_output=True,
            check=False,
            cwd=tmp_path,
            env=os.environ | environment,
        )
        failed = 1 if " wait " in line else 0  # the task did not succeed
        assert (line, done.returncode) == (line, failed), done.stderr

    assert len(run) == 11
    assert (tmp_path / "invocations.csv").read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.slow
def test_shell_completes_commands_and_options(tmp_path: Path) -> None:
    """After the line of the page, bash completes a command, an option and a format."""
    (line,) = re.findall(r"^\$ (eval .*bash_source.*?) +#", PAGE, re.MULTILINE)
    code = f"""{line}
    for words in "ssm-mwx invoc" "ssm-mwx task --no-cli" "ssm-mwx tasks --format cs"; do
        COMPREPLY=(); COMP_WORDS=($words); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
        _ssm_mwx_completion ssm-mwx
        echo "${{COMPREPLY[@]}}"
    done"""

    done = subprocess.run(
        ["bash", "-c", code],
        capture_output=True,
        check=True,
        text=True,
        env=os.environ | {"PATH": path_with_script(tmp_path)},
    )

    assert done.stdout.split() == ["invocations", "--no-cli-pager", "csv"]
