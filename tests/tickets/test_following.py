"""Followers hear what happens, but not what they did themselves; the desk makes nobody a follower who stopped."""

from datetime import datetime, timedelta

from mainstay.notifications.models import Notification
from mainstay.people.models import Person
from mainstay.tickets import actions
from mainstay.tickets.models import Ticket
from mainstay.tickets.queries import followers_of
from tests.cast import Cast

MINUTE = timedelta(minutes=1)


def told(person: Person) -> list[str]:
    found = Notification.objects.filter(person=person, kind__startswith="followed").order_by("pk")
    return [one.kind.removeprefix("followed_") for one in found]


def followed(cast: Cast, now: datetime) -> Ticket:
    return actions.follow_ticket(cast.writes(cast.paula, now), by=cast.sue, at=now)


def test_a_follower_is_told_of_each_word_and_deed_that_counts(cast: Cast, now: datetime) -> None:
    ticket = followed(cast, now)
    cast.writes(cast.paula, now + MINUTE, thread=ticket.pk)
    actions.note_on_ticket(ticket, text="Hm.", by=cast.tess, at=now + 2 * MINUTE)
    actions.reply_to_ticket(ticket, text="So.", by=cast.tess, at=now + 3 * MINUTE, then="resolve")
    actions.reopen_ticket(ticket, by=cast.tess, at=now + 4 * MINUTE)
    assert told(cast.sue) == ["written", "noted", "replied", "resolved", "reopened"]
    assert told(cast.tess) == []


def test_nobody_is_told_what_they_did_themselves(cast: Cast, now: datetime) -> None:
    ticket = followed(cast, now)
    actions.note_on_ticket(ticket, text="Mine.", by=cast.sue, at=now + MINUTE)
    assert told(cast.sue) == []


def test_whoever_stopped_is_told_no_more(cast: Cast, now: datetime) -> None:
    ticket = followed(cast, now)
    actions.unfollow_ticket(ticket, by=cast.sue, at=now)
    actions.have_follow(ticket, [cast.sue])
    actions.note_on_ticket(ticket, text="Hm.", by=cast.tess, at=now + MINUTE)
    assert (told(cast.sue), followers_of(ticket)) == ([], [])
    actions.follow_ticket(ticket, by=cast.sue, at=now)
    assert followers_of(ticket) == [cast.sue]


def test_whose_ticket_was_given_to_another_follows_it(cast: Cast, now: datetime) -> None:
    ticket = actions.assign_ticket(cast.writes(cast.paula, now), to=cast.tom, by=cast.tom, at=now)
    assert followers_of(ticket) == []
    actions.assign_ticket(ticket, to=cast.tess, by=cast.sue, at=now)
    assert followers_of(ticket) == [cast.tom]
    cast.writes(cast.paula, now + MINUTE, thread=ticket.pk)
    assert (told(cast.tom), told(cast.tess)) == (["written"], [])


def test_whoever_left_the_desk_is_told_nothing(cast: Cast, now: datetime) -> None:
    ticket = followed(cast, now)
    cast.sue.account.is_active = False
    cast.sue.account.save()
    actions.note_on_ticket(ticket, text="Hm.", by=cast.tess, at=now + MINUTE)
    assert told(cast.sue) == []
