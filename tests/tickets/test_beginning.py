"""Writing to somebody first: a ticket that begins with our message."""

from datetime import datetime, timedelta

import pytest

from mainstay.channels.email.models import OutgoingMail
from mainstay.people.actions import register_person
from mainstay.people.errors import IsColleague, MergedMeanwhile, NotAllowed
from mainstay.people.merging import merge_persons
from mainstay.people.models import Identity
from mainstay.tickets.actions import reply_to_ticket, write_to_person
from mainstay.tickets.errors import EmptyText, NoAddress, NoSubject
from mainstay.tickets.models import Ticket
from tests.cast import Cast


def test_a_ticket_begins_with_our_message_and_waits_for_the_answer(cast: Cast, now: datetime) -> None:
    message = write_to_person(cast.paula, subject=" Recall of\nAV-08 ", text="Please check.", by=cast.tess, at=now)
    ticket = message.ticket
    assert (ticket.subject, ticket.state, ticket.person, ticket.organisation, ticket.assignee) == (
        "Recall of AV-08",
        "waiting",
        cast.paula,
        cast.larch,
        cast.tess,
    )
    assert (ticket.entitlement, ticket.promise.excluded, ticket.language) == ("entitled", "opened_by_staff", "nl")
    assert list(ticket.events.order_by("pk").values_list("kind", "by")) == [
        ("opened", cast.tess.pk),
        ("excluded", None),
        ("replied", cast.tess.pk),
        ("assigned", cast.tess.pk),
    ]
    mail = OutgoingMail.objects.get(message=message)
    assert (mail.recipient, mail.subject) == ("paula@larch.example", f"Recall of AV-08 [#{ticket.number}]")


def test_what_they_answer_comes_to_it_and_the_next_mail_is_an_answer(cast: Cast, now: datetime) -> None:
    ticket = write_to_person(cast.paula, subject="Recall", text="Please check.", by=cast.tess, at=now).ticket
    later = now + timedelta(hours=1)
    assert cast.writes(cast.paula, later, "Which ones?", thread=ticket.pk) == ticket
    reply = reply_to_ticket(ticket, text="All.", by=cast.tess, at=later)
    assert OutgoingMail.objects.get(message=reply).subject == f"Re: Recall [#{ticket.number}]"


def test_somebody_without_support_can_be_written_to_outside_the_averages(cast: Cast, now: datetime) -> None:
    ticket = write_to_person(cast.rita, subject="Your seller", text="Larch helps you.", by=cast.tess, at=now).ticket
    assert (ticket.state, ticket.entitlement, ticket.promise.excluded) == ("waiting", "refused", "refused")


def test_what_can_not_be_sent_makes_no_ticket(cast: Cast, now: datetime) -> None:
    nobody = register_person(name="Nina", channel="phone", address="+31201234567")
    merged = register_person(name="Paula", channel="email", address="p@home.example")
    merge_persons(merged, into=cast.paula, by=cast.tess, at=now)
    for person, subject, text, by, error in (
        (cast.paula, " ", "x", cast.tess, NoSubject),
        (cast.paula, "x", " ", cast.tess, EmptyText),
        (cast.paula, "x", "x", cast.dev, NotAllowed),
        (cast.tom, "x", "x", cast.tess, IsColleague),
        (nobody, "x", "x", cast.tess, NoAddress),
        (merged, "x", "x", cast.tess, MergedMeanwhile),
    ):
        with pytest.raises(error):
            write_to_person(person, subject=subject, text=text, by=by, at=now)
    assert Ticket.objects.count() == 0


def test_it_goes_to_the_address_that_was_verified(cast: Cast, now: datetime) -> None:
    Identity.objects.create(person=cast.paula, channel="email", address="new@larch.example", verified_at=now)
    message = write_to_person(cast.paula, subject="Hello", text="x", by=cast.tess, at=now)
    assert OutgoingMail.objects.get(message=message).recipient == "new@larch.example"
