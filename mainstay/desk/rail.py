"""The places in the rail: deeds of the registry that lead somewhere, with their counters and which of them is here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.http import HttpRequest
from django.urls import reverse

from mainstay.people.models import Person

from .deeds.registry import deeds_for

# In the order of the rail, with which addresses are there; those without are behind “More” on a phone.
PLACES: dict[str, Callable[[str], bool]] = {
    "go-queue": lambda view: view == "desk:queue",
    "go-mine": lambda view: False,
    "go-developers": lambda view: view.startswith(("desk:developers", "desk:problem", "desk:ticket_escalation")),
    "go-reports": lambda view: "averages" in view or "report" in view,
    "go-sent": lambda view: "sent" in view,
    "go-aside": lambda view: "aside" in view,
    "go-people": lambda view: view.startswith(("desk:people", "desk:person", "desk:organisation")),
    "go-duty": lambda view: "duty" in view,
    "go-setup": lambda view: False,
}
ON_A_PHONE = ("go-queue", "go-mine", "go-reports")


class RailPart(Protocol):
    """A place within a place, such as a saved view of the queue."""

    @property
    def label(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def count(self) -> int | None: ...
    @property
    def is_current(self) -> bool: ...


@dataclass(frozen=True)
class RailItem:
    """One place in the rail, which is tied to its deed, with the `parts` of it; `is_rest` ones are behind “More” on a phone."""

    deed: str
    label: str
    url: str
    icon: str
    count: int | None
    is_current: bool
    is_rest: bool
    parts: Sequence[RailPart] = ()


def rail_of(
    request: HttpRequest, person: Person, counters: Mapping[str, int], parts: Mapping[str, Sequence[RailPart]]
) -> list[RailItem]:
    """The places this person may go to; `counters` and `parts` by the names of deeds."""
    allowed = {deed.name: deed for deed in deeds_for(person)}
    here = _here(request)
    return [
        RailItem(
            deed=name,
            label=str(allowed[name].words),
            url=allowed[name].url,
            icon=allowed[name].icon,
            count=counters.get(name),
            is_current=name == here and not any(part.is_current for part in parts.get(name, ())),
            is_rest=name not in ON_A_PHONE,
            parts=parts.get(name, ()),
        )
        for name in PLACES
        if name in allowed
    ]


def _here(request: HttpRequest) -> str:
    """The place to which this page belongs; empty when it belongs to none."""
    if request.path.startswith(reverse("desk:setup")):
        return "go-setup"
    view = request.resolver_match.view_name if request.resolver_match else ""
    name = next((name for name, is_there in PLACES.items() if is_there(view)), "")
    return "go-mine" if name == "go-queue" and request.GET.get("view") == "mine" else name
