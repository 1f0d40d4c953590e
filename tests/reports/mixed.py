"""A desk with a mixed history, for tests that compare its figures from several places."""

from datetime import UTC, datetime, timedelta

from mainstay.tickets import actions
from mainstay.tickets.models import Ticket
from tests.cast import Cast

MORNING = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def after(minutes: float) -> datetime:
    return MORNING + timedelta(minutes=minutes)


def mixed_history(cast: Cast) -> list[Ticket]:
    """Answered at night, after 2, 4 and 20 minutes, by two people, about two natures, from two organisations; a later answer;
    one re-opened; one open; one refused; one spam. The last event is 200 minutes after opening."""
    tickets = [cast.writes(cast.paula, MORNING - timedelta(hours=3))]
    actions.reply_to_ticket(tickets[0], text="x", by=cast.tom, at=MORNING - timedelta(hours=2))
    plan = [
        (cast.paula, cast.tess, 2, "setup"),
        (cast.olaf, cast.tess, 4, "diagram"),
        (cast.piet, cast.tom, 20, "setup"),
    ]
    for n, (who, by, wait, nature) in enumerate(plan):
        ticket = cast.writes(who, after(n))
        actions.classify_ticket(ticket, nature=nature, severity="normal", by=by, at=after(n))
        actions.reply_to_ticket(ticket, text="x", by=by, at=after(n + wait))
        tickets.append(ticket)
    first = tickets[1]
    cast.writes(cast.paula, after(60), thread=first.pk)
    actions.reply_to_ticket(first, text="x", by=cast.tess, at=after(69))
    actions.resolve_ticket(first, by=cast.tess, at=after(120))
    actions.reopen_ticket(first, by=cast.tess, at=after(150))
    actions.resolve_ticket(first, by=cast.tess, at=after(200))
    actions.resolve_ticket(tickets[2], by=cast.tess, at=after(45))
    tickets.append(cast.writes(cast.paula, after(100)))
    cast.writes(cast.rita, after(5))
    spam = cast.writes(cast.olaf, after(6))
    actions.exclude_ticket(spam, reason="spam", by=cast.tess, at=after(7))
    return tickets
