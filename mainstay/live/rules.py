"""Pure questions about visits."""

from dataclasses import dataclass

from .states import Attention

BEAT_SECONDS = 20  # a browser says so often that it is still there, for all its tabs together
VISIT_SECONDS = 34  # and is believed for so long: one beat may come late
SWEEP_SECONDS = 5  # what is over is noticed so often: somebody whose machine fell asleep is gone within 40 seconds

TOPIC = "visits"
CLOSENESS = {attention: place for place, attention in enumerate(Attention.values)}


@dataclass(frozen=True)
class Visitor:
    """Somebody who is at a thing; `attention` is the closest of all their tabs."""

    person: int
    name: str
    attention: str


def topic_of_visits(subject: str) -> str:
    """What those listen to who show who is at this one thing; lists of many listen to TOPIC."""
    return f"{TOPIC}:{subject}"


def closest(visits: list[tuple[int, str, str]]) -> list[Visitor]:
    """Each person once, who writes first, then by name."""
    found: dict[int, Visitor] = {}
    for person, name, attention in visits:
        known = found.get(person)
        if known is None or CLOSENESS[attention] > CLOSENESS[known.attention]:
            found[person] = Visitor(person, name, attention)
    return sorted(found.values(), key=lambda one: (-CLOSENESS[one.attention], one.name.casefold(), one.person))
