"""Tags: put on a ticket and taken off; renamed, merged and removed for the whole desk."""

from datetime import datetime

from django.db import IntegrityError, transaction

from mainstay.audit.actions import record_change
from mainstay.people.models import Person
from mainstay.people.states import Permission

from .. import events
from ..errors import TagGone, TagTaken, TooManyTags
from ..models import Tag, Ticket
from ..rules import tag_name
from .recording import allow, locked, record, touch

TAGS_MAX = 20
NOUN = "tag"


@transaction.atomic
def tag_ticket(ticket: Ticket, *, name: str, by: Person, at: datetime) -> Ticket:
    """The ticket bears this tag, which is made when there is none of that name. Raises NoTag and TooManyTags."""
    allow(by, Permission.WORK_TICKETS)
    name = tag_name(name)
    ticket = locked(ticket)
    there = {tag.name.casefold() for tag in ticket.tags.order_by("pk")}
    if name.casefold() in there:
        return ticket
    if len(there) >= TAGS_MAX:
        raise TooManyTags
    tag = _known_or_new(name)
    ticket.tags.add(tag)
    record(ticket, events.TAGGED, by=by, at=at, tag=tag.name, was="")
    touch(ticket, at)
    return ticket


@transaction.atomic
def untag_ticket(ticket: Ticket, *, name: str, by: Person, at: datetime) -> Ticket:
    """The ticket bears this tag no more; nothing happens when it did not."""
    allow(by, Permission.WORK_TICKETS)
    ticket = locked(ticket)
    tag = ticket.tags.filter(name__iexact=name.strip()).order_by("pk").first()
    if tag is None:
        return ticket
    ticket.tags.remove(tag)
    record(ticket, events.UNTAGGED, by=by, at=at, tag=tag.name, was=tag.name)
    touch(ticket, at)
    return ticket


@transaction.atomic
def rename_tag(tag: Tag, *, name: str, by: Person, at: datetime) -> Tag:
    """The tag is called this on every ticket. Raises NoTag, TagGone and TagTaken."""
    allow(by, Permission.MANAGE_DESK)
    tag = _held(tag)
    was, tag.name = tag.name, tag_name(name)
    try:
        with transaction.atomic():
            tag.save(update_fields=["name"])
    except IntegrityError:
        raise TagTaken from None
    record_change(by=by, at=at, noun=NOUN, subject=tag.name, key=tag.pk, before={"name": was}, after={"name": tag.name})
    return tag


@transaction.atomic
def merge_tags(tag: Tag, *, into: Tag, by: Person, at: datetime) -> Tag:
    """Every ticket with `tag` bears `into` instead, and `tag` is gone."""
    allow(by, Permission.MANAGE_DESK)
    held = {one.pk: one for one in Tag.objects.select_for_update().filter(pk__in=[tag.pk, into.pk]).order_by("pk")}
    if len(held) != 2:
        raise TagGone
    tag, into = held[tag.pk], held[into.pk]
    through = Ticket.tags.through.objects
    through.filter(tag=tag, ticket__in=through.filter(tag=into).order_by().values("ticket")).delete()
    number = through.filter(tag=tag).update(tag=into)
    record_change(
        by=by,
        at=at,
        noun=NOUN,
        subject=tag.name,
        key=tag.pk,
        before={"name": tag.name},
        after={"merged_into": into.name, "tickets": number},
    )
    tag.delete()
    return into


@transaction.atomic
def remove_tag(tag: Tag, *, by: Person, at: datetime) -> None:
    """No ticket bears it any more."""
    allow(by, Permission.MANAGE_DESK)
    tag = _held(tag)
    record_change(
        by=by,
        at=at,
        noun=NOUN,
        subject=tag.name,
        key=tag.pk,
        before={"name": tag.name, "tickets": tag.tickets.count()},
        after={},
    )
    tag.delete()


def _known_or_new(name: str) -> Tag:
    """Held until the transaction ends, so that nobody removes or merges it meanwhile."""
    known = Tag.objects.select_for_update(no_key=True).order_by("pk")
    found = known.filter(name__iexact=name).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return Tag.objects.create(name=name)
    except IntegrityError:
        found = known.filter(name__iexact=name).first()
    if found is None:
        raise TagGone
    return found


def _held(tag: Tag) -> Tag:
    found = Tag.objects.select_for_update().filter(pk=tag.pk).first()
    if found is None:
        raise TagGone
    return found
