"""Dealing conversations to people: least used first, never the same twice in a row of tickets, only to those awake."""

from collections import Counter, deque
from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import TypeVar

from mainstay.sample.company import PERSONS, Person, may_ask, zone_of
from mainstay.sample.conversations import Conversation, conversations
from mainstay.sample.moments import is_awake

# How many tickets lie at least between two on the same topic, as long as there is a choice.
APART = 45

Dealt = TypeVar("Dealt", Conversation, Person)

CUSTOMERS = tuple(person for person in PERSONS if may_ask(person))


class Deck:
    """What has been dealt so far, and to whom."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._told: Counter[str] = Counter()
        self._asked: Counter[str] = Counter()
        self._pairs: set[tuple[str, str]] = set()
        self._recent: deque[str] = deque(maxlen=APART)

    def deal(
        self, at: datetime, *, odd: bool = False, suits: Callable[[Conversation], bool] = lambda _: True
    ) -> tuple[Conversation, Person]:
        """A conversation that suits and somebody awake to begin it (anybody, at an odd hour)."""
        people = CUSTOMERS if odd else tuple(one for one in CUSTOMERS if is_awake(zone_of(one), at))
        languages = {person.language for person in people or CUSTOMERS}
        wanted = [one for one in conversations() if suits(one)]
        fresh = [one for one in wanted if one.language in languages and one.key not in self._recent]
        conversation = self._least(fresh or wanted, self._told)
        return conversation, self._speaker(conversation, people or CUSTOMERS)

    def keep(self, conversation: Conversation, person: Person) -> None:
        """Count what was dealt as used."""
        self._told[conversation.key] += 1
        self._asked[person.key] += 1
        self._pairs.add((conversation.key, person.key))
        self._recent.append(conversation.key)

    def told(self, conversation: Conversation) -> int:
        """How many times it has been kept, so that the next telling can differ from the ones before."""
        return self._told[conversation.key]

    def _speaker(self, conversation: Conversation, people: tuple[Person, ...]) -> Person:
        """Somebody who writes the language, best one who has not asked this before."""
        speakers = [one for one in people if one.language == conversation.language]
        speakers = speakers or [one for one in CUSTOMERS if one.language == conversation.language]
        new = [one for one in speakers if (conversation.key, one.key) not in self._pairs]
        return self._least(new or speakers, self._asked)

    def _least(self, choice: list[Dealt], used: Counter[str]) -> Dealt:
        fewest = min(used[one.key] for one in choice)
        return self._rng.choice([one for one in choice if used[one.key] == fewest])
