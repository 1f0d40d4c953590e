"""One time line of everything on a ticket: messages, notes and what happened, oldest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mainstay.channels.email.showing import Original, originals_of
from mainstay.duty.states import Missing
from mainstay.people.models import Person
from mainstay.policy.shape import Policy
from mainstay.promises.queries import policy_of
from mainstay.promises.states import Exclusion
from mainstay.tickets import events
from mainstay.tickets.models import Message, Ticket, TicketEvent
from mainstay.tickets.queries import history_of, messages_of
from mainstay.tickets.states import Doubt, LinkSide, Turn, WakesOn, Woke
from mainstay.ui.moments import exact_moment
from mainstay.writing.states import Held

from .sleep import until_in_words
from .undo import UNDID

# These are told by the message itself, which stands in the time line too.
_TOLD_BY_MESSAGES = frozenset(
    kind.name
    for kind in (
        events.OPENED,
        events.MESSAGE_RECEIVED,
        events.ACKNOWLEDGED,
        events.REPLIED,
        events.NOTED,
        events.DELIVERED,
        events.KEPT,
        events.SIDE_WRITTEN,
        events.SIDE_ANSWERED,
    )
)


@dataclass(frozen=True)
class Entry:
    """What happened, as the time line shows it."""

    pk: int
    at: datetime
    icon: str
    sentence: str


@dataclass(frozen=True)
class Item:
    """One place in the time line: either a message, with the mail it was made of, or an entry."""

    at: datetime
    message: Message | None = None
    mail: Original | None = None
    entry: Entry | None = None


def timeline_of(ticket: Ticket, viewer: Person, history: list[TicketEvent] | None = None) -> list[Item]:
    """`history` is what `history_of` says, where it is known already."""
    policy = policy_of(ticket.promise.revision_id)
    mails = originals_of(ticket)
    items = [Item(message.at, message, mails.get(message.pk)) for message in messages_of(ticket, viewer)]
    for event in history_of(ticket, viewer) if history is None else history:
        if event.kind not in _TOLD_BY_MESSAGES:
            items.append(Item(event.at, entry=entry_of(event, policy)))
    return sorted(items, key=lambda item: item.at)


def entry_of(event: TicketEvent, policy: Policy) -> Entry:
    kind = events.KINDS[event.kind]
    rule = event.facts.get("rule")
    nobody = _("The rule “%(rule)s”") % {"rule": rule} if rule else _("The desk")
    by = event.by.name if event.by else nobody
    return Entry(event.pk, event.at, kind.icon, kind.told(by, _in_words(event.facts, policy)))


def _in_words(facts: dict[str, Any], policy: Policy) -> dict[str, Any]:
    """Keys of the policy and of our own lists as their names in the reader's language."""
    language = get_language() or policy.languages.default
    words = dict(facts)
    if "nature" in words:
        words["nature"] = policy.name_of_nature(words["nature"], language)
    if "severity" in words:
        words["severity"] = policy.name_of_severity(words["severity"], language)
    for reasons in (Doubt, Missing, Turn, Held):
        if words.get("because") in reasons.values:
            words["because"] = reasons(words["because"]).label
    if "due" in words:
        words["due"] = exact_moment(datetime.fromisoformat(words["due"]))
    if words.get("woke") in Woke.values:
        words["woke"] = Woke(words["woke"]).label
    if words.get("link") in LinkSide.values:
        words["link"] = LinkSide(words["link"]).label
    if "undid" in words:
        words["undid"] = UNDID.get(words["undid"], "–")
    if words.get("until") in WakesOn.values:
        words["until"] = until_in_words(words["until"], words.get("wakes_at", ""), words.get("other"))
    if words.get("reason") in Exclusion.values:
        words["reason"] = Exclusion(words["reason"]).label
    return words
