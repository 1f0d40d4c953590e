"""The navigation beside every page of set-up."""

from dataclasses import dataclass

from django.urls import reverse

from mainstay.people.models import Person

from .parts import Group, Part, groups_for, part_at, parts_for


@dataclass(frozen=True)
class SetupNavigation:
    """`here` is the part that the page belongs to; on the landing page, which is all navigation itself, there is none."""

    url: str
    groups: list[Group]
    here: Part


def navigation_for(person: Person, path: str) -> SetupNavigation | None:
    """What stands beside the page at this address; None outside of set-up's parts."""
    url = reverse("desk:setup")
    if not path.startswith(url):
        return None
    here = part_at(path, parts_for(person))
    return SetupNavigation(url, groups_for(person), here) if here else None
