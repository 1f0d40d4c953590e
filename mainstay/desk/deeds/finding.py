"""What the palette finds beside deeds: the views of one's list, and the suggestions of the search."""

from django.urls import reverse
from django.utils.translation import gettext as _

from mainstay.people.models import Person
from mainstay.policy.shape import Policy
from mainstay.worklists.queries import views_for

from ..search.suggesting import Found, suggested

VIEWS = 5


def found(viewer: Person, words: str, policy: Policy) -> list[tuple[str, list[Found]]]:
    """A few of each kind, with the word for the kind; kinds of which there is none are left out."""
    known = views(viewer, words)
    return [*([(_("Views"), known)] if known else []), *suggested(viewer, words, policy)]


def views(viewer: Person, words: str) -> list[Found]:
    """Views of one's list with this name."""
    known = views_for(viewer).filter(name__icontains=words)[:VIEWS] if words else []
    return [Found(f"{reverse('desk:queue')}?view={one.pk}", "list-filter", one.name) for one in known]
