"""Which topics somebody may listen to: names only go over the stream, and still only of what one may see."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet

from mainstay.escalations.queries import problems_for
from mainstay.live.rules import TOPIC as VISITS
from mainstay.notifications.rules import topic_of
from mainstay.people.models import Person
from mainstay.people.queries import organisations_for, persons_for
from mainstay.people.states import Permission
from mainstay.tickets.queries import NUMBER_MAX, tickets_for

SHELL_TOPICS = ("queue", "averages", "aside")  # what every page of the desk listens to, beside its own
PLAIN = {
    VISITS: Permission.SEE_TICKETS,
    "duty": Permission.SEE_TICKETS,
    "escalations": Permission.SEE_TICKETS,
    "mailboxes": Permission.MANAGE_DESK,
    "trackers": Permission.MANAGE_DESK,
}
ASKED_AT_ONCE = 60  # of all tabs of one browser together


def topics_for(person: Person, asked: Iterable[str]) -> list[str]:
    """The shell's topics, and those of the asked that this person may hear; a query for each kind of thing asked about.

    A topic may end in a ticket, a problem, a customer or an organisation (`ticket:42`, `visits:ticket:42`): whoever may see
    that may hear of it. `person:7` is something else: what somebody alone is told, which nobody else may hear.
    """
    wanted = list(dict.fromkeys(asked))[:ASKED_AT_ONCE]
    plain = [topic for topic in wanted if topic in PLAIN and person.may(PLAIN[topic])]
    tickets, problems = _about("ticket", wanted), _about("problem", wanted)
    seen = _numbers_seen(person, tickets.values())
    records = _records_seen(person, persons_for, "customer", wanted)
    records += _records_seen(person, organisations_for, "organisation", wanted)
    if problems:
        known = set(problems_for(person).filter(pk__in=set(problems.values())).values_list("pk", flat=True))
    return [
        *SHELL_TOPICS,
        topic_of(person.pk),
        *plain,
        *(topic for topic, number in tickets.items() if number in seen),
        *(topic for topic, key in problems.items() if key in known),
        *records,
    ]


def _records_seen(
    person: Person, visible: Callable[[Person], QuerySet[Any]], kind: str, topics: list[str]
) -> list[str]:
    """Of these topics those about a person, or an organisation, whom one may see."""
    asked = _about(kind, topics)
    known = set(visible(person).filter(pk__in=set(asked.values())).values_list("pk", flat=True)) if asked else set()
    return [topic for topic, key in asked.items() if key in known]


def _numbers_seen(person: Person, numbers: Iterable[int]) -> set[int]:
    asked = set(numbers)
    return set(tickets_for(person).filter(number__in=asked).values_list("number", flat=True)) if asked else set()


def _about(kind: str, topics: list[str]) -> dict[str, int]:
    """Of these topics those about one thing of this kind, with its number."""
    parts = {topic: topic.split(":")[-2:] for topic in topics}
    return {
        topic: int(words[1])
        for topic, words in parts.items()
        if words[0] == kind and words[-1].isdecimal() and int(words[-1]) <= NUMBER_MAX
    }
