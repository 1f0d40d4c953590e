"""What the palette finds beside deeds: tickets, views and organisations, each through the one function of its noun."""

from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from mainstay.people.models import Person
from mainstay.people.queries import organisations_for
from mainstay.tickets.queries import NUMBER_MAX, tickets_for
from mainstay.worklists.queries import views_for

SHOWN = 5  # of each kind
SHORTEST = 2


@dataclass(frozen=True)
class Found:
    """One thing to go to."""

    url: str
    icon: str
    label: str
    note: str = ""


def found(viewer: Person, words: str) -> list[tuple[str, list[Found]]]:
    """At most SHOWN of each kind, with the word for the kind; kinds of which there is none are left out."""
    kinds = [
        (_("Tickets"), tickets(viewer, words)),
        (_("Views"), views(viewer, words)),
        (_("Organisations"), organisations(viewer, words)),
    ]
    return [(label, some) for label, some in kinds if some]


def tickets(viewer: Person, words: str) -> list[Found]:
    """The ticket with this number."""
    number = words.lstrip("#")
    if not number.isdecimal() or not number.isascii() or int(number) > NUMBER_MAX:
        return []
    known = tickets_for(viewer).filter(number=int(number)).order_by("number")
    return [Found(reverse("desk:ticket", args=[one.number]), "ticket", f"#{one.number} {one.subject}") for one in known]


def views(viewer: Person, words: str) -> list[Found]:
    """Views of one's list with this name."""
    known = views_for(viewer).filter(name__icontains=words)[:SHOWN] if words else []
    return [Found(f"{reverse('desk:queue')}?view={one.pk}", "list-filter", one.name) for one in known]


def organisations(viewer: Person, words: str) -> list[Found]:
    """Organisations whose name holds these words, or somebody of which is called so or writes from such an address."""
    if len(words) < SHORTEST:
        return []
    somebody = Q(persons__name__icontains=words) | Q(persons__identities__address__istartswith=words)
    known = organisations_for(viewer).filter(Q(name__icontains=words) | somebody).distinct()[:SHOWN]
    return [Found(reverse("desk:organisation", args=[one.pk]), "building-2", one.name, one.country) for one in known]
