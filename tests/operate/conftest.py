"""A folder that PostgreSQL's own user can reach, also when the tests run as root."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def reachable_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="mainstay-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)
