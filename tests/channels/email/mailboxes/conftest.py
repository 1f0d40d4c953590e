"""A Dovecot for all tests of mailboxes, and a mailbox that points to it."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from mainstay.channels.email.mailboxes.actions import add_mailbox, resume_mailbox
from mainstay.channels.email.models import Mailbox
from tests.dovecot import PASSWORD, Dovecot


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    running = Dovecot()
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def own_keys(settings: Any, tmp_path: Path) -> None:
    """Each test has a data folder, and so a key, of its own."""
    settings.DATA_DIR = tmp_path


@pytest.fixture
def make_mailbox(db: None, now: datetime) -> Any:
    """A function: an active mailbox at this port of this machine."""

    def made(user: str, port: int, **more: Any) -> Mailbox:
        values = {"name": "Support", "address": "support@intercom.example", "host": "127.0.0.1", "security": "none"}
        fields = {**values, "user": user, "port": port, "secret": PASSWORD, **more}
        mailbox = add_mailbox(by=None, at=now, **fields)
        return resume_mailbox(mailbox, by=None, at=now)

    return made
