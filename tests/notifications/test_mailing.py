"""Notices by mail: collected, in the reader's language, sent once, tried again, given up when they are old."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from mainstay.notifications import kinds
from mainstay.notifications.actions import choose_notices, mark_read, tell
from mainstay.notifications.carriers import Carried, Dropped, Letter, Outcome, Postponed, mail_carrier
from mainstay.notifications.mailing import send_mail, write_mail
from mainstay.notifications.models import NoticeMail, Notification
from tests.cast import Cast

MINUTE = timedelta(minutes=1)


class Carrier:
    """Keeps what it was given, and answers with the next of `outcomes`, then that it was taken."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.outcomes: list[Outcome] = []
        self.ids = 0

    def new_id(self) -> str:
        self.ids += 1
        return f"<{self.ids}@desk.example>"

    def carry(self, letter: Letter, attempts: int) -> Outcome:
        assert attempts == len(self.letters) + 1
        self.letters.append(letter)
        return self.outcomes.pop(0) if self.outcomes else Carried()


CARRIER = Carrier()


@pytest.fixture
def carrier(settings: Any) -> Any:
    CARRIER.__init__()  # type: ignore[misc]
    settings.NOTICE_CARRIERS = {"email": "tests.notifications.test_mailing.our_carrier"}
    settings.SITE_URL = "https://desk.example"
    mail_carrier.cache_clear()
    yield CARRIER
    mail_carrier.cache_clear()


def our_carrier() -> Carrier:
    return CARRIER


def say(who: Any, at: datetime, number: int = 42) -> None:
    tell([who], kinds.FIRST_RESPONSE_ALARM, {"number": number, "minutes": 3}, f"ticket:{number}", at, key="a")


def planned() -> list[datetime | None]:
    """When the mails that are planned may be written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select scheduled_at from procrastinate_jobs where task_name = 'notifications.write_mail' order by id"
        )
        return [row[0] for row in cursor.fetchall()]


def test_a_notice_is_a_mail_to_the_address_one_signs_in_with(cast: Cast, now: datetime, carrier: Carrier) -> None:
    say(cast.sue, now)
    mail = write_mail(cast.sue.pk, at=now)
    assert mail is not None
    send_mail(mail.pk, at=now)
    [letter] = carrier.letters
    assert (letter.recipient, letter.name, letter.language, letter.mail_id) == (
        "sue@desk.example",
        "Sue",
        "en",
        "<1@desk.example>",
    )
    assert letter.subject == "#42 has waited 3 min for a first answer"
    assert "10:00 #42 has waited 3 min for a first answer\nhttps://desk.example/tickets/42" in letter.text
    assert "https://desk.example/preferences" in letter.text
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.settled_at) == ("sent", 1, now)
    assert Notification.objects.get().mail == mail


def test_at_most_one_in_five_minutes_with_all_that_came(cast: Cast, now: datetime, carrier: Carrier) -> None:
    say(cast.sue, now)
    first = write_mail(cast.sue.pk, at=now)
    for minute in (1, 2, 3):
        say(cast.sue, now + minute * MINUTE, number=42 + minute)
    assert planned() == [now, now + 5 * MINUTE]
    second = write_mail(cast.sue.pk, at=now + 5 * MINUTE)
    assert first is not None
    assert second is not None
    assert second.subject == "#45 has waited 3 min for a first answer (and 2 more)"
    assert [word for word in second.text.split() if word.startswith("#")] == ["#45", "#44", "#43"]
    assert write_mail(cast.sue.pk, at=now + 9 * MINUTE) is None
    say(cast.sue, now + 20 * MINUTE, number=99)
    assert planned()[-1] == now + 20 * MINUTE


def test_what_was_read_on_screen_meanwhile_is_not_mailed(cast: Cast, now: datetime, carrier: Carrier) -> None:
    say(cast.sue, now)
    mark_read(cast.sue, at=now + MINUTE)
    assert write_mail(cast.sue.pk, at=now + MINUTE) is None
    say(cast.sue, now + 2 * MINUTE, number=43)  # the next one is planned as ever
    assert write_mail(cast.sue.pk, at=now + 2 * MINUTE) is not None


def test_who_changed_their_mind_gets_none(cast: Cast, now: datetime, carrier: Carrier) -> None:
    say(cast.sue, now)
    choose_notices(cast.sue, by_mail=False, by_push=False, quiet_off_duty=False)
    assert write_mail(cast.sue.pk, at=now) is None
    assert not Notification.objects.filter(waits_for_mail=True).exists()


def test_who_left_gets_none(cast: Cast, now: datetime, carrier: Carrier) -> None:
    say(cast.sue, now)
    cast.sue.account.is_active = False
    cast.sue.account.save()
    assert write_mail(cast.sue.pk, at=now) is None


def test_it_is_in_the_reader_s_language_and_zone(cast: Cast, now: datetime, carrier: Carrier) -> None:
    from django.utils import translation

    cast.sue.language, cast.sue.zone = "nl", "Europe/Amsterdam"
    cast.sue.save()
    say(cast.sue, now)
    mail = write_mail(cast.sue.pk, at=now)
    assert mail is not None
    with translation.override("nl"):
        sentence = kinds.FIRST_RESPONSE_ALARM.told({"number": 42, "minutes": 3})
    assert (mail.language, mail.subject) == ("nl", sentence)
    assert mail.text.startswith(f"11:00 {sentence}")
    assert "Europe/Amsterdam" in mail.text


def test_trouble_that_may_pass_is_tried_again_with_the_same_letter(cast: Cast, now: datetime, carrier: Carrier) -> None:
    say(cast.sue, now)
    mail = write_mail(cast.sue.pk, at=now)
    assert mail is not None
    carrier.outcomes = [Postponed("The relay is away.", 60)]
    send_mail(mail.pk, at=now)
    mail.refresh_from_db()
    assert (mail.state, mail.problem, mail.settled_at) == ("queued", "The relay is away.", None)
    assert _sends() == [None, now + MINUTE]
    send_mail(mail.pk, at=now + MINUTE)
    send_mail(mail.pk, at=now + 2 * MINUTE)  # a job that runs twice
    assert carrier.letters[0] == carrier.letters[1]
    assert len(carrier.letters) == 2
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.problem) == ("sent", 2, "")


@pytest.mark.parametrize(
    ("outcome", "hours", "state"),
    [
        (Dropped("No such mailbox."), 0, "failed"),
        (Postponed("Away.", 60), 7, "failed"),
        (Carried(kept=True), 0, "kept"),
    ],
)
def test_how_it_can_end(cast: Cast, now: datetime, carrier: Carrier, outcome: Outcome, hours: int, state: str) -> None:
    say(cast.sue, now)
    mail = write_mail(cast.sue.pk, at=now)
    assert mail is not None
    carrier.outcomes = [outcome]
    send_mail(mail.pk, at=now + timedelta(hours=hours))
    mail.refresh_from_db()
    assert (mail.state, mail.settled_at) == (state, now + timedelta(hours=hours))
    assert len(_sends()) == 1


def test_a_desk_without_a_carrier_writes_none(cast: Cast, now: datetime, settings: Any) -> None:
    settings.NOTICE_CARRIERS = {}
    mail_carrier.cache_clear()
    say(cast.sue, now)
    assert write_mail(cast.sue.pk, at=now) is None
    assert not NoticeMail.objects.exists()
    mail_carrier.cache_clear()


def _sends() -> list[datetime | None]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select scheduled_at from procrastinate_jobs where task_name = 'notifications.send_mail' order by id"
        )
        return [row[0] for row in cursor.fetchall()]
