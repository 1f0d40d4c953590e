"""Keys of the tests lie in a folder of their own, and a call never waits long."""

from pathlib import Path
from typing import Any

import pytest

from mainstay.escalations import asking


@pytest.fixture(autouse=True)
def keys_of_its_own(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture(autouse=True)
def patience_of_a_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking.Web.__init__, "__kwdefaults__", {"seconds": 1.0, "resolve": asking.system_resolve})
