"""The worker is killed at each point that matters: mail is on its ticket once, and goes out under one Message-ID."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.db import connection

from mainstay.channels.email.actions import store_raw_mail
from mainstay.channels.email.models import OutgoingMail, RawMail
from mainstay.lib import faults
from mainstay.operate.ports import free_port
from mainstay.tickets.models import Message, Ticket
from tests.cast import make_cast
from tests.conftest import NOW
from tests.letters import letter
from tests.running import ROOT, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

MAILS = 4


class Relay:
    """Takes every mail and remembers its bytes."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.lock = threading.Lock()

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:
        with self.lock:
            self.taken.append(envelope.content)
        return "250 Taken"


@pytest.fixture
def relay() -> Iterator[Any]:
    relay = Relay()
    controller = Controller(relay, hostname="127.0.0.1", port=free_port("127.0.0.1", 0, "relay"))
    controller.start()
    relay.url = f"smtp://127.0.0.1:{controller.port}"  # type: ignore[attr-defined]
    yield relay
    controller.stop()


@pytest.fixture
def desk(transactional_db: None) -> Iterator[None]:
    make_cast(NOW)
    yield
    with connection.cursor() as cursor:
        cursor.execute("truncate procrastinate_jobs cascade")


def worker(folder: Path, relay: Any, fault: str = "") -> "subprocess.Popen[bytes]":
    """`mainstay worker` as a process of its own, on the test's database."""
    given = connection.get_connection_params()
    url = " ".join(f"{key}='{given[key]}'" for key in ("dbname", "user", "password", "host", "port") if given.get(key))
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "MAINSTAY_DATA": str(folder),
        "MAINSTAY_SMTP_RELAY": relay.url,
        "MAINSTAY_FAULT": fault,
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.Popen([sys.executable, "-m", "mainstay", "worker"], env=environment, cwd=ROOT)


def all_sent() -> bool:
    return OutgoingMail.objects.filter(state="sent").count() == MAILS


@pytest.mark.parametrize("point", faults.WORKING)
def test_a_worker_that_is_killed_loses_nothing_and_doubles_nothing(
    point: str, desk: None, relay: Any, tmp_path: Path
) -> None:
    for number in range(MAILS):
        sender = f"visitor-{number}@elsewhere.example"
        raw = letter(sender, f"Mail {number}")
        store_raw_mail(raw=raw, envelope_from=sender, envelope_to=["support@intercom.example"], peer="", mailbox="smtp")
    times = 2 if point == "mail.while_filing" else 1
    assert worker(tmp_path, relay, f"{point}:{times}").wait(60) == faults.KILLED
    filed = Message.objects.filter(kind="inbound").count()
    assert filed == (0 if point == "mail.while_filing" else MAILS)
    again = worker(tmp_path, relay)
    try:
        until(all_sent, 60)
    finally:
        again.terminate()
        assert again.wait(20) == 0
    assert list(RawMail.objects.order_by("pk").values_list("state", flat=True)) == ["done"] * MAILS
    assert Ticket.objects.count() == Message.objects.filter(kind="inbound").count() == MAILS
    # The relay may have had one of them twice: then byte for byte the same, under one Message-ID (R7).
    assert len(set(relay.taken)) == MAILS
    assert len(relay.taken) == MAILS + (1 if point == "mail.after_sending" else 0)
