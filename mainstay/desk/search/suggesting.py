"""A few things of each kind that may be meant by what is typed: for the box at the top and for the palette."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mainstay.people.models import Organisation, Person
from mainstay.people.states import Permission
from mainstay.policy.shape import Policy
from mainstay.search.errors import TookTooLong
from mainstay.search.narrowing import Asked
from mainstay.search.queries import find
from mainstay.search.reading import LONGEST, read_question
from mainstay.tickets.models import Ticket

SHORTEST = 2
TICKETS, OTHERS = 5, 3


@dataclass(frozen=True)
class Found:
    """One thing to go to."""

    url: str
    icon: str
    label: str
    note: str = ""


def typed_in(request: HttpRequest) -> str:
    """What is asked: a little more than is read, so that one who pasted a page is told so."""
    return request.GET.get("q", "")[: LONGEST + 1].replace("\x00", "").strip()


def suggested(viewer: Person, typed: str, policy: Policy) -> list[tuple[str, list[Found]]]:
    """At most a few of each kind, with the word for the kind; kinds of which there is none are left out."""
    if len(typed) < SHORTEST or not viewer.may(Permission.SEE_TICKETS):  # whose pages all of these are
        return []
    try:
        found = find(
            read_question(typed), Asked(viewer, timezone.now(), policy), size=TICKETS, few=OTHERS, in_context=False
        )
    except TookTooLong:
        return []
    kinds = [
        (_("Tickets"), [_ticket(one.ticket) for one in found.tickets]),
        (_("People"), [_person(one.person) for one in found.people]),
        (_("Organisations"), [_organisation(one.organisation) for one in found.organisations]),
    ]
    return [(label, some) for label, some in kinds if some]


def _ticket(ticket: Ticket) -> Found:
    who = ", ".join(filter(None, [str(ticket.person), ticket.organisation.name if ticket.organisation else ""]))
    label = f"#{ticket.number} {ticket.subject}"
    return Found(reverse("desk:ticket", args=[ticket.number]), "ticket", label, who)


def _person(person: Person) -> Found:
    note = person.organisation.name if person.organisation else ""
    return Found(reverse("desk:person", args=[person.pk]), "user", str(person), note)


def _organisation(organisation: Organisation) -> Found:
    return Found(
        reverse("desk:organisation", args=[organisation.pk]), "building-2", organisation.name, organisation.country
    )
