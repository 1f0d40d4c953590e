"""Every sample mail three times over, at once and in a random order: each comes to rest once, where people see it (R1, R8)."""

import contextlib
import random
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import OperationalError, close_old_connections, connection

from mainstay.channels.email.actions import file_waiting_mail, store_raw_mail
from mainstay.channels.email.models import OutgoingMail, RawMail
from mainstay.channels.email.states import RawState
from mainstay.tickets.models import Message, Ticket
from tests.cast import make_cast
from tests.conftest import NOW
from tests.letters import letter

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
SETS = ("mime-torture", "bounces")
TIMES, SENDERS, READERS = 3, 3, 2

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample mails do not lie beside the project"),
]


@pytest.fixture
def desk(transactional_db: None, settings: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    make_cast(NOW)
    yield
    with connection.cursor() as cursor:
        cursor.execute("truncate procrastinate_jobs cascade")


def sample_mails() -> list[bytes]:
    paths = [path for name in SETS for path in sorted((SAMPLES / name / "inputs").rglob("*")) if path.is_file()]
    return [path.read_bytes() for path in paths]


def at_once(work: list[list[object]]) -> None:
    threads = [threading.Thread(target=do, args=(part,)) for part in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
        assert not thread.is_alive()


def do(part: list[object]) -> None:
    try:
        for verb in part:
            verb()  # type: ignore[operator]
    finally:
        close_old_connections()
        connection.close()


def file_as_the_worker_does() -> None:
    """Two who take rows from each other may be stopped by the database (F15): the whole batch is filed again."""
    with contextlib.suppress(OperationalError):
        file_waiting_mail()


def counts() -> Counter[str]:
    told = Counter(RawMail.objects.order_by("pk").values_list("state", flat=True))
    return told | Counter(
        tickets=Ticket.objects.count(), messages=Message.objects.count(), mails=OutgoingMail.objects.count()
    )


def test_every_sample_three_times_counts_once(desk: None) -> None:
    good = [letter("paula@larch.example", f"Good mail {n}") for n in range(2)]
    mails = [good[0], *sample_mails(), good[1]]
    shuffled = [raw for raw in mails for _time in range(TIMES)]
    random.Random(7).shuffle(shuffled)

    def keeping(raw: bytes) -> object:
        return lambda: store_raw_mail(
            raw=raw, envelope_from="x@sender.example", envelope_to=["support@intercom.example"], peer="", mailbox="smtp"
        )

    keepers = [[keeping(raw) for raw in shuffled[n::SENDERS]] for n in range(SENDERS)]
    at_once(keepers + [[file_as_the_worker_does] * 40 for _reader in range(READERS)])
    while file_waiting_mail():
        pass

    assert RawMail.objects.count() == len(set(mails))
    assert not RawMail.objects.filter(state=RawState.WAITING).exists()
    assert not RawMail.objects.filter(state=RawState.SET_ASIDE, problem="").exists()
    done = RawMail.objects.filter(state=RawState.DONE)
    assert not done.filter(message=None).exists()
    assert Message.objects.filter(kind="inbound").count() == done.values("message").distinct().count()
    assert Message.objects.filter(text__startswith="Good mail").count() == len(good)
    before = counts()
    at_once([[keeping(raw) for raw in shuffled[n::SENDERS]] for n in range(SENDERS)])
    while file_waiting_mail():
        pass
    assert counts() == before
