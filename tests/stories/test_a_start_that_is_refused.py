"""`mainstay up` where it cannot work: one clear sentence and a non-zero exit, before anything runs."""

import os
import socket
import subprocess
from pathlib import Path

import pytest

from tests.running import MAINSTAY, ROOT

pytestmark = pytest.mark.slow


def refused(folder: Path, *options: str, **environment: str) -> str:
    """The one sentence with which the start is refused."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE", "MAINSTAY"))}
    done = subprocess.run(
        [*MAINSTAY, "up", "--port=0", "--smtp-port=0", f"--data={folder}", *options],
        env=inherited | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


@pytest.mark.parametrize("option", ["--port", "--smtp-port"])
def test_a_taken_port_is_named_with_its_option(tmp_path: Path, option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        sentence = refused(tmp_path, f"{option}={port}")
    assert str(port) in sentence
    assert option in sentence


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    assert str(in_the_way / "desk") in refused(in_the_way / "desk")


def test_a_database_that_cannot_be_reached_is_told_without_its_password(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    sentence = refused(tmp_path, DATABASE_URL=f"postgresql://desk:hush-hush@127.0.0.1:{port}/desk")
    assert "DATABASE_URL" in sentence
    assert "hush-hush" not in sentence
