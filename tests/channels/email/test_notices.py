"""Notices by mail, as a relay gets them: marked for machines, one Message-ID, never answered by another machine."""

from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from mainstay.channels.email.notices import MailNotices
from mainstay.notifications.carriers import Carried, Dropped, Letter, Postponed
from mainstay.operate.ports import free_port
from tests.cast import Cast


class Relay:
    def __init__(self) -> None:
        self.taken: list[tuple[str, list[str], bytes]] = []
        self.answer = "250 Taken"

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return self.answer


@pytest.fixture
def relay(settings: Any) -> Iterator[Relay]:
    relay = Relay()
    controller = Controller(relay, hostname="127.0.0.1", port=free_port("127.0.0.1", 0, "relay"))
    controller.start()
    settings.EMAIL_RELAY_URL = f"smtp://127.0.0.1:{controller.port}"
    yield relay
    controller.stop()


def letter(at: datetime) -> Letter:
    return Letter(
        name="Sue\r\nBcc: all@desk.example",
        recipient="sue@desk.example",
        subject="#42 has waited\r\nX-Bad: 1",
        text="A line\n.\nFrom here",
        language="en",
        at=at,
        mail_id=MailNotices().new_id(),
    )


def test_a_notice_says_that_it_is_automatic_and_of_a_list(cast: Cast, now: datetime, relay: Relay) -> None:
    sent = letter(now)
    assert MailNotices().carry(sent, 1) == Carried()
    [(sender, recipients, raw)] = relay.taken
    assert (sender, recipients) == ("support@intercom.example", ["sue@desk.example"])
    mail = message_from_bytes(raw, policy=policy.default)
    assert (mail["Auto-Submitted"], mail["Precedence"], mail["List-Id"]) == (
        "auto-generated",
        "list",
        "<notices.intercom.example>",
    )
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert (mail["Message-ID"], mail["Content-Language"]) == (sent.mail_id, "en")
    assert (mail["Bcc"], mail["X-Bad"]) == (None, None)
    body: Any = mail.get_body(("plain",))
    assert body.get_content().split() == ["A", "line", ".", "From", "here"]


def test_the_same_letter_is_the_same_mail(cast: Cast, now: datetime, relay: Relay) -> None:
    sent = letter(now)
    for attempt in (1, 2):
        MailNotices().carry(sent, attempt)
    assert relay.taken[0] == relay.taken[1]


@pytest.mark.parametrize(("answer", "kind"), [("450 Later", Postponed), ("550 Never", Dropped)])
def test_what_the_relay_says_is_known(cast: Cast, now: datetime, relay: Relay, answer: str, kind: type) -> None:
    relay.answer = answer
    outcome = MailNotices().carry(letter(now), 1)
    assert isinstance(outcome, kind)
    assert answer.split()[1] in outcome.problem  # type: ignore[union-attr]


def test_without_a_relay_it_is_kept(cast: Cast, now: datetime, settings: Any) -> None:
    settings.EMAIL_RELAY_URL = ""
    assert MailNotices().carry(letter(now), 1) == Carried(kept=True)


def test_two_letters_have_two_ids(cast: Cast) -> None:
    assert MailNotices().new_id() != MailNotices().new_id()
