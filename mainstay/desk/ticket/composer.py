"""What the composer shows: one's draft with its files, what its channel takes, who else writes, what waits to leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from babel import Locale
from babel.core import UnknownLocaleError
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mainstay.channels.email.queries import customer_address
from mainstay.duty.actions import TOPIC as DUTY
from mainstay.duty.queries import Duty, duty_at
from mainstay.history.prepared import Prepared
from mainstay.live.keeping import Kept
from mainstay.people.models import Identity
from mainstay.people.rules import zone_of
from mainstay.people.states import Permission
from mainstay.tickets.models import Message, Participant, Ticket
from mainstay.tickets.queries import may_write_to_customer
from mainstay.writing.actions import files_limit, writing_topic
from mainstay.writing.models import Draft, MacroRun
from mainstay.writing.moments import mornings
from mainstay.writing.queries import (
    WRITING_SECONDS,
    draft_among,
    drafts_on,
    files_of,
    planned_on,
    undoable_runs,
    writers_among,
)
from mainstay.writing.states import Mode

from ..doorway import DeskRequest
from .around import around, if_any
from .forms import TextForm

MIB = 1024 * 1024
SPEAKERS = 3


def composer_context(
    request: DeskRequest,
    it: Ticket,
    *,
    seen: int,
    addresses: Sequence[Identity],
    participants: Sequence[Participant],
    form: TextForm | None = None,
    mode: str = "",
    news: Sequence[Message] = (),
    other: str = "",
) -> dict[str, Any]:
    """`form` is one that could not be sent; without it the draft stands there. `news` came while it was written, `other` was
    written by the same person in another window."""
    reply_to = customer_address(it)
    drafts = drafts_on(it)
    mine = draft_among(drafts, request.person)
    limit = files_limit(it)
    may_reply = may_write_to_customer(request.person, it)
    return {
        **beside_context(request, it, drafts),
        "form": form or TextForm(initial={"text": mine.text if mine else ""}),
        "mode": mode or (mine.mode if mine else Mode.REPLY),
        "seen": seen,
        "base": mine.base if mine else "",
        "files": files_of(mine),
        "files_count": limit.count,
        "files_megabytes": limit.size // MIB,
        "news": news,
        "other": other,
        "reply_to": reply_to,
        "reply_to_differs": bool(reply_to) and reply_to not in [identity.address for identity in addresses],
        "participants": participants,
        "may_work": request.person.may(Permission.WORK_TICKETS),
        "may_note": request.person.may(Permission.WRITE_NOTES),
        "may_reply": may_reply,
        "moments": _moments(it, timezone.now()) if may_reply and reply_to else [],
        "hint": _hint(it, request) if may_reply and reply_to else "",
    }


def beside_context(request: DeskRequest, it: Ticket, drafts: Sequence[Draft] | None = None) -> dict[str, Any]:
    """What stands over the composer and changes while one writes: who else does, what waits to leave, what can be undone."""
    now = timezone.now()
    writers = writers_among(drafts_on(it) if drafts is None else drafts, request.person, now)
    return {
        "ticket": it,
        "now": now,
        "beside_topics": f"{it.topic} {writing_topic(it)}",
        "writers": [draft.person for draft in writers],
        "look_again_after": WRITING_SECONDS,
        "planned": if_any(around(request, it).planned, lambda: planned_on(it)),
        "may_reply": may_write_to_customer(request.person, it),
        "undoable": next((run for run in recent_runs(request, it) if run.message_id is None), None),
    }


def recent_runs(request: DeskRequest, it: Ticket) -> list[MacroRun]:
    """The macros that this person ran on the ticket and can still undo: one query for each request, and none where nothing
    has been done for longer than that."""
    if not hasattr(request, "_recent_runs"):
        since = timezone.now() - timedelta(seconds=settings.UNDO_SECONDS)
        runs = undoable_runs(it, request.person, since) if it.touched_at >= since else []
        request._recent_runs = runs  # type: ignore[attr-defined]
    found: list[MacroRun] = request._recent_runs  # type: ignore[attr-defined]
    return found


def duty_now(request: DeskRequest) -> Duty:
    """Who is on duty, and who answers in which language; whoever verbs give a ticket to asks anew."""
    if not hasattr(request, "_duty_now"):
        now, away_after = timezone.now(), request.policy.assignment.away_after
        found = _duty.at(now, away_after, lambda: duty_at(now, away_after=away_after))
        request._duty_now = found  # type: ignore[attr-defined]
    duty: Duty = request._duty_now  # type: ignore[attr-defined]
    return duty


_duty: Kept[Duty] = Kept(DUTY, timedelta(seconds=5))


def addresses_of(it: Ticket) -> list[Identity]:
    known: list[Identity] = _ADDRESSES.rows(it.person_id)
    for identity in known:
        identity.person = it.person
    return known


_ADDRESSES = Prepared(lambda person: Identity.objects.filter(person=person).order_by("channel", "address"), int)


@dataclass(frozen=True)
class OfferedMoment:
    """A moment at which a reply may leave; `value` is how the form names it, `exact` tells it in the writer's zone."""

    value: str
    label: str
    exact: str


def _moments(it: Ticket, now: datetime) -> list[OfferedMoment]:
    """In an hour; nine in the morning where the customer is."""
    if it.organisation_id == it.person.organisation_id:
        it.person.organisation = it.organisation  # which is loaded already
    zone = zone_of(it.person)
    place = zone.key.rpartition("/")[2].replace("_", " ")
    words = {
        True: _("Tomorrow at 9:00 in %(place)s") % {"place": place},
        False: _("Monday at 9:00 in %(place)s") % {"place": place},
    }
    hour = now.replace(microsecond=0) + timedelta(hours=1)
    offered = [(hour, _("In an hour")), *((one.at, words[one.is_tomorrow]) for one in mornings(now, zone))]
    return [
        OfferedMoment(at.isoformat(), word, date_format(timezone.localtime(at), "D j M, H:i")) for at, word in offered
    ]


def _hint(it: Ticket, request: DeskRequest) -> str:
    """That the customer writes another language than this colleague, and who answers in it, those on duty first; else empty."""
    writer, language = request.person, _bare(it.language)
    if not language or language == _bare(writer.language):
        return ""
    duty = duty_now(request)
    spoken = {key: {_bare(one) for one in known} for key, known in duty.languages.items()}
    mine = spoken.get(writer.pk, {_bare(writer.language)} - {""})
    if not mine or language in mine:
        return ""
    name = language_name(language)
    speakers = [person for person in duty.people if language in spoken[person.pk]]
    speakers.sort(key=lambda person: duty.standings[person.pk].missing is not None)
    others = [person.name for person in speakers[:SPEAKERS]]
    if others:
        return _("They write in %(language)s, which is none of your languages. %(names)s can answer in it.") % {
            "language": name,
            "names": ", ".join(others),
        }
    return _("They write in %(language)s, which is none of your languages.") % {"language": name}


def _bare(language: str) -> str:
    return language.lower().split("-")[0]


def language_name(key: str) -> str:
    try:
        return Locale.parse(key, sep="-").get_language_name(get_language() or "en") or key
    except (UnknownLocaleError, ValueError):
        return key
