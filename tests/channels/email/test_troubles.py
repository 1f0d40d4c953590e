"""What is in the way of mail is counted at once and told loudly after a quarter of an hour."""

from datetime import datetime, timedelta
from typing import Any

import time_machine

from mainstay.channels.email.models import RawMail
from mainstay.channels.email.troubles import alarms_of, troubles_of_mail
from mainstay.tickets import actions
from tests.cast import Cast
from tests.post import comes_in


def test_a_desk_in_order_has_no_alarm(cast: Cast, now: datetime) -> None:
    assert alarms_of(troubles_of_mail(), now) == []


def test_a_mail_that_was_set_aside_is_counted_at_once_and_loud_after_a_quarter_of_an_hour(
    cast: Cast, now: datetime, sign_in: Any
) -> None:
    with time_machine.travel(now, tick=False) as clock:
        comes_in(b"Subject: x\r\n\r\nof nobody", "no-address")
        client = sign_in(cast.tess)
        page = client.get("/").content.decode()
        assert troubles_of_mail().set_aside == 1
        assert "1 mail is set aside" not in page
        clock.shift(timedelta(minutes=16))
        assert "1 mail is set aside, since 16 min" in client.get("/").content.decode()
        assert "is set aside" not in sign_in(cast.dev).get("/").content.decode()


def test_mail_that_nobody_reads_is_loud(cast: Cast, now: datetime) -> None:
    comes_in(b"Subject: x\r\n\r\nof nobody", "no-address")
    RawMail.objects.update(state="waiting", received_at=now - timedelta(hours=3))
    assert [alarm.sentence for alarm in alarms_of(troubles_of_mail(), now)] == [
        "Mail that came in has waited 3 hours to be read."
    ]


def test_a_relay_that_takes_nothing_for_twenty_minutes_is_loud(
    cast: Cast, now: datetime, settings: Any, monkeypatch: Any
) -> None:
    from mainstay.channels.email.relay import TemporaryFailure

    def refuse(*_: Any) -> None:
        raise TemporaryFailure("not now")

    settings.EMAIL_RELAY_URL = "smtp://127.0.0.1:1"
    monkeypatch.setattr("mainstay.channels.email.actions.sending.send_through", refuse)
    with time_machine.travel(now, tick=False):
        ticket = cast.writes(cast.paula, now, may_auto_reply=False)
        message = actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=now)
        assert troubles_of_mail().unsent_since is None
        actions.deliver_message(message.pk, at=now)
    assert alarms_of(troubles_of_mail(), now + timedelta(minutes=14)) == []
    assert "has waited 20 min to be sent" in alarms_of(troubles_of_mail(), now + timedelta(minutes=20))[0].sentence
