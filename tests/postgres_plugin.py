"""A throw-away PostgreSQL and data folder for the whole test run, shared by all its worker processes.

With DATABASE_URL set, that server is used instead. Loaded early by `-p`, so that settings find their database.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from mainstay.operate.postgres import EmbeddedPostgres

# Ends the server and removes its folder even when the test run is killed: the pipe closes with the run.
GUARD = 'read -r _; kill -QUIT "$1" 2>/dev/null; rm -rf "$2" "$3"'


class ThrowAway:
    """One run's folder, its server, and the guard that outlives us."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="mainstay-tests-"))
        self.folder.chmod(0o711)  # as root, PostgreSQL's own user must get through
        os.environ["MAINSTAY_DATA"] = str(self.folder)
        self.postgres: EmbeddedPostgres | None = None
        self.guard: subprocess.Popen[bytes] | None = None

    def start_postgres(self) -> None:
        self.postgres = EmbeddedPostgres(self.folder, durable=False)
        os.environ["DATABASE_URL"] = self.postgres.start()
        words = [str(self.postgres.pid()), str(self.folder), str(self.postgres.place.root)]
        self.guard = subprocess.Popen(
            ["/bin/sh", "-c", GUARD, "guard", *words], stdin=subprocess.PIPE, start_new_session=True
        )

    def remove(self) -> None:
        if self.guard:
            self.guard.kill()
            self.guard.communicate()
        if self.postgres:
            self.postgres.stop(hurry=True)
            shutil.rmtree(self.postgres.place.root, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)


OWNED = pytest.StashKey[ThrowAway]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    """A wrapper runs before pytest-django reads the settings. Worker processes inherit both variables."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        owned = early_config.stash[OWNED] = ThrowAway()
        if not os.environ.get("DATABASE_URL"):
            owned.start_postgres()
    return (yield)


def pytest_unconfigure(config: pytest.Config) -> None:
    owned = config.stash.get(OWNED, None)
    if owned:
        owned.remove()
