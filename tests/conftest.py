"""The suite as a trap: an unknown template variable, a sliced unordered queryset, a form without its token, a warning: each fails."""

import json
import os
import re
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.test import Client

from tests.cast import Cast, make_cast
from tests.running import SHARED

# Machines differ in speed, and this suite never fails by the clock.
hypothesis.settings.register_profile("mainstay", deadline=None, derandomize=True)
hypothesis.settings.load_profile("mainstay")

# A Tuesday at ten in the morning: the desk is open.
NOW = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)


def pytest_configure(config: pytest.Config) -> None:
    """A folder for what the workers of this run share; see tests/running.py."""
    if SHARED not in os.environ:
        folder = tempfile.mkdtemp(prefix="mainstay-shared-")
        Path(folder).chmod(0o755)  # PostgreSQL's own user goes through it
        os.environ[SHARED] = folder
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


class UnknownVariable(str):
    """What Django prints for a variable it does not know: here, an error that names it."""

    def __contains__(self, item: object) -> bool:
        return item == "%s"

    def __mod__(self, name: object) -> str:
        raise AssertionError(f"a template uses an unknown variable: {name}")


@pytest.fixture(autouse=True, scope="session")
def unknown_template_variables_fail() -> None:
    for engine in settings.TEMPLATES:
        engine["OPTIONS"]["string_if_invalid"] = UnknownVariable("%s")


@pytest.fixture(autouse=True, scope="session")
def passwords_are_hashed_fast() -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True, scope="session")
def slices_of_unordered_querysets_fail() -> Any:
    original = QuerySet.__getitem__

    def checked(self: QuerySet[Any], key: Any) -> Any:
        grouped = self.query.group_by is not None and not self.query.order_by
        counted_only = self._fields == ("pk",)  # a capped counter: which rows it counts does not matter
        if isinstance(key, slice) and not self.ordered and not grouped and not counted_only:
            raise AssertionError(f"a slice of an unordered queryset: {self.model.__name__}")
        return original(self, key)

    QuerySet.__getitem__ = checked  # type: ignore[method-assign]
    yield
    QuerySet.__getitem__ = original  # type: ignore[method-assign]


class DeskClient(Client):
    """A browser that checks what it is shown: every form that writes bears its token."""

    def request(self, **request: Any) -> Any:
        response = super().request(**request)
        if response.get("Content-Type", "").startswith("text/html") and not response.streaming:
            for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", response.content.decode(), re.S | re.I):
                assert "csrfmiddlewaretoken" in form, f"a form without its token: {form[:200]}"
        return response


@pytest.fixture(autouse=True)
def nothing_is_remembered_between_tests() -> None:
    from mainstay.promises import queries

    queries._usual_in_minute.cache_clear()


@pytest.fixture(autouse=True)
def jobs_are_gone_with_their_test(request: pytest.FixtureRequest) -> Any:
    """Tests that really commit are emptied by Django afterwards, which does not know the tables of the queue."""
    marker = request.node.get_closest_marker("django_db")
    commits = marker is not None and marker.kwargs.get("transaction")
    if commits or "transactional_db" in request.fixturenames:
        request.getfixturevalue("transactional_db")
        yield
        with connection.cursor() as cursor:
            cursor.execute("delete from procrastinate_jobs")
    else:
        yield


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def cast(db: None) -> Cast:
    """The people of most tests; see tests/cast.py."""
    return make_cast(NOW)


@pytest.fixture
def sign_in() -> Any:
    """A function: a client of this person, or of nobody."""

    def signed_in(person: Any = None) -> DeskClient:
        client = DeskClient()
        if person is not None:
            client.force_login(person.account)
        return client

    return signed_in


@pytest.fixture
def mainstay(db: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function that runs a command on the test's own database: `mainstay("ticket", "list", "--json")`."""
    from contextlib import nullcontext

    from click.testing import CliRunner
    from django.db import connections

    from mainstay.cli import desk as cli_desk
    from mainstay.cli.main import main

    monkeypatch.setattr(cli_desk, "desk_database", lambda folder: nullcontext())
    monkeypatch.setattr(connections, "close_all", lambda: None)

    def run(*words: str, stdin: str = "") -> Any:
        done = CliRunner().invoke(main, list(words), input=stdin)
        if "--json" in words and done.exit_code == 0:
            return json.loads(done.stdout)
        return done

    return run
