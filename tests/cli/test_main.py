"""The command itself: what it imports, what it says when something expected goes wrong."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from mainstay import __version__
from mainstay.cli import main as entry
from mainstay.lib.errors import MainstayError
from mainstay.operate.places import PROJECT_ROOT


class OutOfSoup(MainstayError):
    """There is no soup left: come back tomorrow."""

    exit_code = 3


@click.command()
def soup() -> None:
    raise OutOfSoup


def test_an_expected_error_is_one_sentence_and_an_exit_code(monkeypatch):
    monkeypatch.setattr(entry.LazyGroup, "get_command", lambda *_: soup)
    result = CliRunner().invoke(entry.main, ["soup"])
    assert result.output == "Error: There is no soup left: come back tomorrow.\n"
    assert result.exit_code == 3


def test_an_unknown_command_is_told():
    result = CliRunner().invoke(entry.main, ["dance"])
    assert result.exit_code == 2
    assert "No such command 'dance'" in result.output


def test_it_knows_its_version():
    assert CliRunner().invoke(entry.main, ["--version"]).output == f"mainstay, version {__version__}\n"


@pytest.mark.parametrize("name", list(entry.COMMANDS))
def test_each_command_is_where_the_list_says(name):
    command = entry.main.get_command(click.Context(entry.main), name)
    assert isinstance(command, click.Command)
    assert command.help


@pytest.mark.parametrize("words", [["--help"], ["clock", "--help"], ["policy", "--help"]])
def test_the_small_commands_do_not_import_django(words):
    code = "import sys; from mainstay.cli.main import main; main(sys.argv[1:], standalone_mode=False); "
    code += "sys.exit('django' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code, *words], cwd=PROJECT_ROOT, capture_output=True, check=False)
    assert told.returncode == 0, told.stderr.decode()
