"""Run a macro: its deeds and what it writes, all or nothing; and undo it, as far as nothing happened since."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from mainstay.lib.errors import MainstayError
from mainstay.people.models import Person
from mainstay.people.states import Permission
from mainstay.tickets import events
from mainstay.tickets.actions import note_on_ticket, reply_to_ticket, withdraw_reply
from mainstay.tickets.actions.recording import allow, locked, record, touch
from mainstay.tickets.errors import MergedAway
from mainstay.tickets.models import Message, Ticket
from mainstay.tickets.states import TextFormat

from ..deeds import Done, deeds
from ..errors import NoSuchDeed, TooLateToUndo
from ..models import Macro, MacroRun
from ..states import MacroWrites
from .keeping import count_use
from .sending import mention_colleagues, must_be_whole


@transaction.atomic
def run_macro(
    macro: Macro,
    ticket: Ticket,
    *,
    text: str = "",
    by: Person,
    at: datetime,
    seen: int | None = None,
    undo_seconds: int = 0,
) -> MacroRun:
    """Everything the macro does is done, or nothing is; `text` is what it writes, as its runner has seen it.

    In order: the deeds; the reply, which can be taken back for `undo_seconds`, or the note; one event; what it takes to undo
    it. Raises what a deed or a reply raises.
    """
    allow(by, Permission.WORK_TICKETS)
    if locked(ticket).is_merged:
        raise MergedAway
    done = []
    for planned in macro.deeds:
        deed = deeds().get(planned["deed"])
        if deed is None:
            raise NoSuchDeed(planned["deed"])
        if was := deed.do(ticket, planned["value"], by=by, at=at):
            done.append({**planned, "before": was.before, "now": was.now})
    message = _write(macro, ticket, text, by, at, seen, undo_seconds)
    run = MacroRun.objects.create(macro=macro, name=macro.name, ticket=ticket, by=by, at=at, message=message, done=done)
    held = locked(ticket)
    record(held, events.MACRO_RUN, by=by, at=at, macro=macro.name)
    touch(held, at)
    count_use(macro, at=at)
    return run


def _write(
    macro: Macro, ticket: Ticket, text: str, by: Person, at: datetime, seen: int | None, undo_seconds: int
) -> Message | None:
    if macro.writes == MacroWrites.REPLY:
        must_be_whole(text)
        return reply_to_ticket(
            ticket,
            text=text,
            by=by,
            at=at,
            then=macro.then,
            seen=seen,
            undo_seconds=undo_seconds,
            text_format=TextFormat.MARKDOWN,
        )
    if macro.writes == MacroWrites.NOTE:
        note = note_on_ticket(ticket, text=text, by=by, at=at, text_format=TextFormat.MARKDOWN)
        mention_colleagues(ticket, note, by, at)
        return note
    return None


@dataclass(frozen=True)
class Undone:
    """What an undoing came to: each part of the macro that stays as it is, with why, in words."""

    run: MacroRun
    kept: tuple[str, ...]


@transaction.atomic
def undo_macro(run: MacroRun, *, by: Person, at: datetime) -> Undone:
    """The reply is taken back, and each deed undone where nothing happened since; what can't be is told.

    Only by who ran it, only within the undo window; raises TooLateToUndo. A note stays: colleagues may have read it.
    """
    ticket = locked(run.ticket)
    run = MacroRun.objects.select_for_update(of=("self",)).select_related("message__ticket", "macro").get(pk=run.pk)
    is_over = at - run.at > timedelta(seconds=settings.UNDO_SECONDS)
    if run.by_id != by.pk or run.undone_at is not None or is_over:
        raise TooLateToUndo
    kept: list[str] = []
    if run.message is not None:
        kept += _take_back(run.message, by, at)
    for one in reversed(run.done):
        kept += _undo(ticket, one, by, at)
    run.undone_at = at
    run.save(update_fields=["undone_at"])
    held = locked(ticket)
    record(held, events.MACRO_UNDONE, by=by, at=at, macro=run.name)
    touch(held, at)
    return Undone(run, tuple(kept))


def _take_back(message: Message, by: Person, at: datetime) -> list[str]:
    if not message.is_outgoing:
        return [_("The note stays: colleagues may have read it.")]
    return _or_told(lambda: withdraw_reply(message, by=by, at=at) is not None, _("The reply"))


def _undo(ticket: Ticket, one: dict[str, str], by: Person, at: datetime) -> list[str]:
    deed = deeds().get(one["deed"])
    if deed is None:
        return [_("“%(deed)s” stays as it is.") % {"deed": one["deed"]}]
    done = Done(one["before"], one["now"])
    return _or_told(lambda: deed.undo(ticket, done, by=by, at=at), deed.told(one["value"], by))


def _or_told(verb: Callable[[], bool], what: str) -> list[str]:
    """Nothing when it was undone; else what stays, and why, in words: the rest is undone all the same."""
    try:
        with transaction.atomic():
            if verb():
                return []
    except MainstayError as problem:
        return [_("“%(what)s” stays: %(problem)s") % {"what": what, "problem": problem}]
    return [_("“%(what)s” stays: somebody has changed it since.") % {"what": what}]
