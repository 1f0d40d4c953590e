"""Links between tickets: related, duplicate, part of a whole; and what becomes of the parts when the whole is resolved."""

from datetime import datetime

from django.db import connection, transaction

from mainstay.people.models import Person
from mainstay.people.states import Permission

from .. import events
from ..errors import AlreadyLinked, CircularParts, LinkToItself, MergedAway, PartAlready
from ..models import Link, Ticket
from ..queries import open_parts_of, wholes_above
from ..states import LinkKind, LinkSide
from .recording import allow, locked, locked_both, record, touch
from .working import resolve_ticket

ONE_AT_A_TIME = 7_251_941  # the number of the lock: two links made at once could close a circle that neither sees


@transaction.atomic
def link_tickets(ticket: Ticket, *, other: Ticket, side: str, by: Person, at: datetime) -> Ticket:
    """The two have to do with each other; `side` says what `ticket` is to `other`. Both histories tell.

    Raises LinkToItself, MergedAway, AlreadyLinked, PartAlready (a part has one whole), CircularParts.
    """
    allow(by, Permission.WORK_TICKETS)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    if ticket.pk == other.pk:
        raise LinkToItself
    ticket, other = locked_both(ticket, other)
    if ticket.is_merged or other.is_merged:
        raise MergedAway
    side = LinkSide(side)
    kind, is_turned = _KINDS[side]
    one, whole = (other, ticket) if is_turned else (ticket, other)
    _check(one, whole, kind)
    Link.objects.create(one=one, other=whole, kind=kind, by=by, at=at)
    record(ticket, events.LINKED, by=by, at=at, link=side.value, other=other.number)
    record(other, events.LINKED, by=by, at=at, link=_TURNED[side].value, other=ticket.number)
    touch(other, at)
    touch(ticket, at)
    return ticket


@transaction.atomic
def unlink_tickets(link: Link, *, by: Person, at: datetime) -> None:
    """The two have nothing to do with each other any more; nothing happens when somebody took the link off before."""
    allow(by, Permission.WORK_TICKETS)
    one, other = locked_both(link.one, link.other)
    if not Link.objects.filter(pk=link.pk).delete()[0]:
        return
    record(one, events.UNLINKED, by=by, at=at, other=other.number)
    record(other, events.UNLINKED, by=by, at=at, other=one.number)
    touch(one, at)
    touch(other, at)


@transaction.atomic
def resolve_with_parts(ticket: Ticket, *, by: Person, at: datetime) -> Ticket:
    """The ticket is resolved, and so is every part of it that was still open, and theirs."""
    ticket = resolve_ticket(ticket, by=by, at=at)
    waiting, seen = open_parts_of(ticket), {ticket.pk}
    while waiting:
        part = waiting.pop(0)
        if part.pk in seen:
            continue
        seen.add(part.pk)
        waiting += open_parts_of(part)
        if locked(part).is_active:
            resolve_ticket(part, by=by, at=at)
    return ticket


_KINDS: dict[LinkSide, tuple[LinkKind, bool]] = {
    LinkSide.RELATED: (LinkKind.RELATED, False),
    LinkSide.DUPLICATE: (LinkKind.DUPLICATE, False),
    LinkSide.HAS_DUPLICATE: (LinkKind.DUPLICATE, True),
    LinkSide.PART: (LinkKind.PART, False),
    LinkSide.WHOLE: (LinkKind.PART, True),
}
_TURNED = {
    LinkSide.RELATED: LinkSide.RELATED,
    LinkSide.DUPLICATE: LinkSide.HAS_DUPLICATE,
    LinkSide.HAS_DUPLICATE: LinkSide.DUPLICATE,
    LinkSide.PART: LinkSide.WHOLE,
    LinkSide.WHOLE: LinkSide.PART,
}


def _check(one: Ticket, other: Ticket, kind: LinkKind) -> None:
    both = [one.pk, other.pk]
    if Link.objects.filter(one__in=both, other__in=both).exists():
        raise AlreadyLinked
    if kind != LinkKind.PART:
        return
    if one.pk in wholes_above(other):
        raise CircularParts
    if Link.objects.filter(one=one, kind=LinkKind.PART).exists():
        raise PartAlready
