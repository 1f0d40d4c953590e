"""What each operator asks of tickets: a condition, or a note on why it was left out."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from babel import Locale
from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import get_language

from mainstay.catalogue.models import Product
from mainstay.entitlement.states import Outcome
from mainstay.notifications.models import Notification
from mainstay.people.models import Person
from mainstay.people.queries import organisations_for, persons_for
from mainstay.people.states import Permission
from mainstay.policy.shape import Policy
from mainstay.tickets.models import Message, Participant, Tag, Task, Ticket
from mainstay.tickets.queries import NUMBER_MAX, messages_for
from mainstay.tickets.states import ACTIVE, MessageKind, State

from .folding import fold
from .reading import Filter, Note, Term, read_day
from .states import Has, Is, Odd, Operator
from .tsquery import ALL, NO_NOTES, lexed, query_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

FILE = "þfile"  # the word by which search_file marks tickets with files
MEANT_AT_MOST = 200  # people, organisations, products or tags that one word may stand for
SUBJECT = "ticket:"


@dataclass(frozen=True)
class Asked:
    """Who asks, when, and under which policy."""

    viewer: Person
    at: datetime
    policy: Policy

    @property
    def sees_notes(self) -> bool:
        return self.viewer.may(Permission.SEE_TICKETS)

    @property
    def weights(self) -> str:
        return ALL if self.sees_notes else NO_NOTES

    @property
    def today(self) -> date:
        return timezone.localdate(self.at)


class LeftOut(Exception):
    """An operator whose value says nothing to us."""

    def __init__(self, odd: Odd, known: Iterable["str | _StrPromise"] = ()) -> None:
        self.odd, self.known = odd, tuple(map(str, known))


def narrowed(filters: Iterable[Filter], asked: Asked) -> tuple[Q, list[Note]]:
    """All conditions together, and a note for each operator that was left out."""
    condition, notes = Q(), []
    for one in filters:
        try:
            found = _CONDITIONS[one.operator](one.value, asked)
        except LeftOut as left:
            notes.append(Note(left.odd, one.said, left.known))
        else:
            condition &= ~found if one.is_left_out else found
    return condition, notes


# --- people and organisations -----------------------------------------------------------------------------------------


def persons_called(value: str, viewer: Person) -> list[int]:
    """The keys of persons whom the viewer may see and who are called or addressed so."""
    return _called(persons_for(viewer), "search_personwords", "person_id", value, "AB")


def organisations_called(value: str, viewer: Person) -> list[int]:
    return _called(organisations_for(viewer), "search_organisationwords", "organisation_id", value, "A")


def _called(known: QuerySet[Any], table: str, key: str, value: str, weights: str) -> list[int]:
    query = query_of(lexed([Term(word) for word in value.split()]), weights)
    if not query:
        return []
    among = RawSQL(f"select {key} from {table} where words @@ %s::tsquery", [query])  # noqa: S608, S611 - names of ours
    return list(known.filter(pk__in=among).values_list("pk", flat=True)[:MEANT_AT_MOST])


def _meant(value: str, asked: Asked) -> list[int]:
    if value.lower() == "me":
        return [asked.viewer.pk]
    keys = persons_called(value, asked.viewer)
    if not keys:
        raise LeftOut(Odd.NOBODY)
    return keys


def _from(value: str, asked: Asked) -> Q:
    keys = _meant(value, asked)
    wrote = messages_for(asked.viewer).filter(ticket=OuterRef("pk"), author__in=keys)
    return Q(person__in=keys) | Q(Exists(wrote))


def _to(value: str, asked: Asked) -> Q:
    keys = _meant(value, asked)
    answered = Message.objects.filter(ticket=OuterRef("pk"), kind=MessageKind.REPLY)
    taking_part = Participant.objects.filter(ticket=OuterRef("pk"), person__in=keys)
    return Q(Exists(answered), person__in=keys) | Q(Exists(taking_part))


def _org(value: str, asked: Asked) -> Q:
    keys = organisations_called(value, asked.viewer)
    if not keys:
        raise LeftOut(Odd.NO_ORGANISATION)
    return Q(organisation__in=keys)


def _assignee(value: str, asked: Asked) -> Q:
    if value.lower() in ("nobody", "none"):
        return Q(assignee=None)
    return Q(assignee__in=_meant(value, asked))


# --- what the ticket is -----------------------------------------------------------------------------------------------


def _nature(value: str, asked: Asked) -> Q:
    names = {nature.key: [nature.key, *nature.name.values()] for nature in asked.policy.scope.natures}
    keys = _named(value, names)
    if not keys:
        raise LeftOut(Odd.NO_NATURE, names)
    return Q(nature__in=keys)


def _severity(value: str, asked: Asked) -> Q:
    severities = [asked.policy.severity(key) for key in asked.policy.severity_keys]
    names = {severity.key: [severity.key, *severity.name.values()] for severity in severities}
    keys = _named(value, names)
    if not keys:
        raise LeftOut(Odd.NO_SEVERITY, names)
    return Q(severity__in=keys)


def _channel(value: str, asked: Asked) -> Q:
    keys = _named(value, {key: [key] for key in settings.CHANNELS} | {"email": ["email", "mail", "e-mail"]})
    if not keys:
        raise LeftOut(Odd.NO_CHANNEL, settings.CHANNELS)
    return Q(channel__in=keys)


def _lang(value: str, asked: Asked) -> Q:
    """A code such as `nl`, also for `nl-BE`; or the language's name, in the reader's own language or in English."""
    locales = {get_language() or "en", "en"}
    names: dict[str, list[str]] = {}
    for locale in locales:
        for code, name in Locale.parse(locale, sep="-").languages.items():
            names.setdefault(code.replace("_", "-"), []).append(name)
    wanted = value.lower()
    codes = [wanted] if wanted in names else _named(value, names) if len(value) > 3 else []
    if not codes:
        raise LeftOut(Odd.NO_LANGUAGE)
    condition = Q()
    for code in codes[:10]:
        condition |= Q(language=code) | Q(language__startswith=f"{code}-")
    return condition


def _product(value: str, asked: Asked) -> Q:
    keys = list(Product.objects.filter(model__icontains=value).order_by("model").values_list("pk", flat=True))
    if not keys:
        raise LeftOut(Odd.NO_PRODUCT)
    return Q(product__in=keys[:MEANT_AT_MOST])


def _tag(value: str, asked: Asked) -> Q:
    """The tag of this name, else those that begin so. Tags are ours: others learn nothing of them."""
    tags = Tag.objects.order_by("pk") if asked.sees_notes else Tag.objects.none()
    keys = list(tags.filter(name__iexact=value).values_list("pk", flat=True)) or list(
        tags.filter(name__istartswith=value).values_list("pk", flat=True)[:MEANT_AT_MOST]
    )
    if not keys:
        raise LeftOut(Odd.NO_TAG)
    through = Ticket.tags.through
    return Q(Exists(through.objects.filter(ticket=OuterRef("pk"), tag__in=keys)))


def _number(value: str, asked: Asked) -> Q:
    number = value.lstrip("#")
    if not (number.isascii() and number.isdecimal() and len(number) < 20 and int(number) <= NUMBER_MAX):
        raise LeftOut(Odd.NO_NUMBER)
    return Q(number=int(number))


# --- when, in which state, with what ----------------------------------------------------------------------------------


def _moment(value: str, asked: Asked) -> datetime:
    day = read_day(value, asked.today)
    if day is None:
        raise LeftOut(Odd.NO_DAY)
    return timezone.make_aware(datetime.combine(day, time.min))


def _before(value: str, asked: Asked) -> Q:
    return Q(opened_at__lt=_moment(value, asked))


def _after(value: str, asked: Asked) -> Q:
    return Q(touched_at__gte=_moment(value, asked))


_STATES: dict[str, Q] = {
    Is.OPEN: Q(state__in=ACTIVE),
    Is.CLOSED: Q(state__in=[State.RESOLVED, State.CLOSED]),
    Is.WAITING: Q(state=State.WAITING),
    Is.NEW: Q(state=State.NEW),
    Is.RESOLVED: Q(state=State.RESOLVED),
    Is.DEVELOPERS: Q(state=State.DEVELOPERS),
    Is.ASLEEP: Q(is_asleep=True),
    Is.REFUSED: Q(entitlement=Outcome.REFUSED),
    Is.MERGED: Q(merged_into__isnull=False),
}


def _is(value: str, asked: Asked) -> Q:
    if value.lower() == Is.UNREAD:
        return Q(number__in=_unread(asked.viewer))
    if value.lower() not in _STATES:
        raise LeftOut(Odd.NO_STATE, Is.values)
    return _STATES[value.lower()]


def _unread(person: Person) -> list[int]:
    """The numbers of tickets of which this person was told something that they have not read."""
    told = Notification.objects.filter(person=person, seen_at=None, subject__startswith=SUBJECT).order_by("-pk")
    numbers = [subject.removeprefix(SUBJECT) for subject in told.values_list("subject", flat=True)[:MEANT_AT_MOST]]
    return [int(number) for number in numbers if number.isdecimal()]


def _has(value: str, asked: Asked) -> Q:
    said = messages_for(asked.viewer).filter(ticket=OuterRef("pk"))
    match value.lower():
        case Has.FILE:
            query = f"'{FILE}'" + (f":{asked.weights}" if asked.weights else "")
            with_files = "select ticket_id from search_ticketwords where words @@ %s::tsquery"
            return Q(pk__in=RawSQL(with_files, [query]))  # noqa: S611 - the value is a parameter
        case Has.NOTE if asked.sees_notes:
            return Q(Exists(said.filter(kind=MessageKind.NOTE)))
        case Has.REPLY:
            return Q(Exists(said.filter(kind=MessageKind.REPLY)))
        case Has.TAG if asked.sees_notes:
            through = Ticket.tags.through
            return Q(Exists(through.objects.filter(ticket=OuterRef("pk"))))
        case Has.TASK if asked.sees_notes:
            return Q(Exists(Task.objects.filter(ticket=OuterRef("pk"))))
    known = Has.values if asked.sees_notes else [Has.FILE, Has.REPLY]
    raise LeftOut(Odd.NO_PART, known)


def _named(value: str, names: dict[str, list[str]]) -> list[str]:
    """The keys of those called so, else of those of which a name begins so."""
    wanted = fold(value)
    exact = [key for key, some in names.items() if any(fold(name) == wanted for name in some)]
    return exact or [key for key, some in names.items() if any(fold(name).startswith(wanted) for name in some)]


_CONDITIONS: dict[Operator, Callable[[str, Asked], Q]] = {
    Operator.FROM: _from,
    Operator.TO: _to,
    Operator.ORG: _org,
    Operator.NATURE: _nature,
    Operator.SEVERITY: _severity,
    Operator.CHANNEL: _channel,
    Operator.LANG: _lang,
    Operator.PRODUCT: _product,
    Operator.ASSIGNEE: _assignee,
    Operator.TAG: _tag,
    Operator.BEFORE: _before,
    Operator.AFTER: _after,
    Operator.IS: _is,
    Operator.HAS: _has,
    Operator.NUMBER: _number,
}
