"""What was written leaves the composer: a reply to the customer, a note for colleagues; or comes back into it."""

from datetime import datetime

from django.db import transaction

from mainstay.people.models import Person
from mainstay.tickets.actions import note_on_ticket, reply_to_ticket, withdraw_reply
from mainstay.tickets.actions.recording import locked
from mainstay.tickets.enclosures import Enclosure
from mainstay.tickets.models import Message, Ticket
from mainstay.tickets.states import TextFormat, Then

from ..errors import Gaps
from ..markdown import names_mentioned
from ..models import Draft, Mention
from ..notices import tell_mentioned
from ..queries import names_of_staff
from ..states import Mode
from ..variables import gaps_in
from .drafting import put_in_draft, take_draft


@transaction.atomic
def send_reply(
    ticket: Ticket,
    *,
    text: str,
    by: Person,
    at: datetime,
    then: str = Then.WAIT,
    seen: int | None = None,
    undo_seconds: int = 0,
    base: str | None = None,
) -> Message:
    """The reply is queued to the customer with the files of its writer's draft, which is gone; see `reply_to_ticket`.

    Raises Gaps while something in it waits to be filled in, and DraftChanged when its writer went on in another window than
    the one that knows of the draft `base`.
    """
    must_be_whole(text)
    ticket = locked(ticket)
    return reply_to_ticket(
        ticket,
        text=text,
        by=by,
        at=at,
        then=then,
        seen=seen,
        undo_seconds=undo_seconds,
        text_format=TextFormat.MARKDOWN,
        files=take_draft(ticket, by, text=text, base=base),
    )


@transaction.atomic
def write_note(ticket: Ticket, *, text: str, by: Person, at: datetime, base: str | None = None) -> Message:
    """The note stands on the ticket with the files of its writer's draft, which is gone; who is mentioned in it is told.

    Raises DraftChanged as `send_reply` does.
    """
    ticket = locked(ticket)
    files = take_draft(ticket, by, text=text, base=base)
    note = note_on_ticket(ticket, text=text, by=by, at=at, text_format=TextFormat.MARKDOWN, files=files)
    mention_colleagues(ticket, note, by, at)
    return note


@transaction.atomic
def take_back_reply(message: Message, *, by: Person, at: datetime) -> Draft:
    """The reply is withdrawn (see `withdraw_reply`), and stands in its writer's composer again with its files."""
    withdrawn = withdraw_reply(message, by=by, at=at)
    attached = withdrawn.attachments.select_related("file").order_by("pk")
    files = [Enclosure(one.file, one.filename, one.content_id) for one in attached]
    return put_in_draft(message.ticket, text=withdrawn.text, files=files, by=by, at=at, mode=Mode.REPLY)


def must_be_whole(text: str) -> None:
    """Raises Gaps when something in the text still waits to be filled in."""
    if gaps := gaps_in(text):
        raise Gaps(gaps)


def mention_colleagues(ticket: Ticket, note: Message, by: Person, at: datetime) -> None:
    """Everybody whom the note names with an `@` is mentioned and told. A name that nobody, or more than one, has stays text."""
    if "@" not in note.text:
        return
    named = names_of_staff()
    meant = {named[name][0]: name for name in names_mentioned(note.text, list(named)) if len(named[name]) == 1}
    Mention.objects.bulk_create(
        Mention(message=note, person=person, name=name[:200])
        for person, name in sorted(meant.items(), key=lambda one: one[0].pk)
    )
    tell_mentioned(ticket, note, list(meant), by, at)
