"""The mail of an invitation: its link, its language, one at a time, tried again while it is worth it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import resolve

from mainstay.notifications.carriers import Carried, Dropped, Postponed, mail_carrier
from mainstay.notifications.inviting import send_invitation
from mainstay.people.inviting import invite_again, invite_colleague, withdraw_invitation
from mainstay.people.models import Invitation
from mainstay.people.queries import invitation_of_link
from tests.cast import Cast
from tests.notifications.test_mailing import Carrier, carrier  # noqa: F401
from tests.working import do_jobs, waiting_jobs

AT = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)


@pytest.fixture
def invitation(cast: Cast) -> Invitation:
    return invite_colleague(
        name="Nina", email="nina@desk.example", role="technician", language="en", by=cast.ada, at=AT
    )


def sent(invitation: Invitation, at: datetime = AT, **more: int) -> Invitation:
    send_invitation(invitation.pk, invitation.nonce, at=at, **more)
    return Invitation.objects.get(pk=invitation.pk)


def link_in(text: str) -> str:
    (link,) = [word for word in text.split() if word.startswith("https://")]
    return link


def test_the_link_in_the_mail_leads_to_the_invitation(invitation: Invitation, carrier: Carrier) -> None:  # noqa: F811
    assert sent(invitation).mail_state == "sent"
    (letter,) = carrier.letters
    assert (letter.recipient, letter.name, letter.series) == ("nina@desk.example", "Nina", "invitations")
    assert letter.subject == "Ada invites you to the support desk"
    assert "24 November 2026, 10:00 (UTC)" in letter.text
    link = urlsplit(link_in(letter.text))
    assert link.netloc == "desk.example"
    found = resolve(link.path)
    assert found.view_name == "desk:invitation"
    assert invitation_of_link(found.kwargs["pk"], found.kwargs["token"], AT) == invitation


def test_it_is_written_in_the_language_that_was_chosen(cast: Cast, carrier: Carrier) -> None:  # noqa: F811
    dutch = invite_colleague(name="Nina", email="n@desk.example", role="technician", language="nl", by=None, at=AT)
    sent(dutch)
    assert carrier.letters[0].language == "nl"
    assert "november 2026" in carrier.letters[0].text


def test_a_mail_that_was_put_off_is_tried_again_with_the_same_words(
    invitation: Invitation,
    carrier: Carrier,  # noqa: F811
) -> None:
    carrier.outcomes = [Postponed("the relay is away", 60)]
    put_off = sent(invitation)
    assert (put_off.mail_state, put_off.mail_problem) == ("queued", "the relay is away")
    again = waiting_jobs("notifications.send_invitation")[-1]
    assert again == {"invitation": invitation.pk, "nonce": invitation.nonce, "attempts": 2}
    assert sent(invitation, AT + timedelta(minutes=1), attempts=2).mail_state == "sent"
    first, second = carrier.letters
    assert first == second  # the same id, too: the receiver can tell that they are one
    assert first.mail_id == "<1@desk.example>"


@pytest.mark.parametrize(
    ("outcome", "late", "state"),
    [
        (Dropped("no such address"), timedelta(0), "failed"),
        (Postponed("away", 60), timedelta(days=7), "failed"),
        (Carried(kept=True), timedelta(0), "kept"),
    ],
)
def test_what_became_of_it_is_told(
    invitation: Invitation,
    carrier: Carrier,  # noqa: F811
    outcome: Any,
    late: timedelta,
    state: str,
) -> None:
    carrier.outcomes = [outcome]
    assert sent(invitation, AT + late).mail_state == state


def test_an_older_link_and_one_that_is_over_are_not_sent(
    cast: Cast,
    invitation: Invitation,
    carrier: Carrier,  # noqa: F811
) -> None:
    old = invitation.nonce
    renewed = invite_again(invitation, by=cast.ada, at=AT)
    send_invitation(renewed.pk, old, at=AT)
    assert carrier.letters == []
    withdraw_invitation(renewed, by=cast.ada, at=AT)
    sent(renewed)
    assert carrier.letters == []


def test_the_job_sends_it_once(invitation: Invitation, carrier: Carrier) -> None:  # noqa: F811
    do_jobs()
    sent(invitation)
    assert len(carrier.letters) == 1


def test_a_desk_without_a_carrier_keeps_it(invitation: Invitation, settings: Any) -> None:
    settings.NOTICE_CARRIERS = {}
    mail_carrier.cache_clear()
    try:
        assert sent(invitation).mail_state == "kept"
    finally:
        mail_carrier.cache_clear()
