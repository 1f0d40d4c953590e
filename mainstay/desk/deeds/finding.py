"""What the palette finds beside deeds: the suggestions of the search."""

from mainstay.people.models import Person
from mainstay.policy.shape import Policy

from ..search.suggesting import Found, suggested


def found(viewer: Person, words: str, policy: Policy) -> list[tuple[str, list[Found]]]:
    """A few of each kind, with the word for the kind; kinds of which there is none are left out."""
    return suggested(viewer, words, policy)
