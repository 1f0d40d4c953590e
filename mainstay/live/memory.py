"""What was announced lately, in order, and where in that row somebody stands: pure, and the same in every process.

PostgreSQL tells all who listen of the same announcements in the same order, the order of their commits. So a position that
one process gave to a browser is understood by every other that has been listening since: it is found again by the number of
its transaction, and everything behind it is what the browser missed. A position that is not found is answered with None: the
browser then reads everything again, and misses nothing either.
"""

from collections import deque

REMEMBERED = 5000


class Memory:
    """Announcements since one began to listen. `epoch` tells one run of the database from another."""

    def __init__(self, epoch: str, size: int = REMEMBERED) -> None:
        self._epoch = epoch
        self._kept: deque[tuple[str, frozenset[str]]] = deque(maxlen=size)
        self._places: dict[str, int] = {}  # position → how many were heard before it
        self._heard = 0
        self._transaction = ""
        self._within = 0
        self.position = ""  # of the newest; empty before the first

    def hear(self, transaction: str, topics: frozenset[str]) -> None:
        """One more announcement; those of one transaction come one after the other and are counted within it."""
        self._within = self._within + 1 if transaction == self._transaction else 0
        self._transaction = transaction
        self.position = f"{self._epoch}-{transaction}.{self._within}"
        if len(self._kept) == self._kept.maxlen:
            self._places.pop(self._kept[0][0], None)
        self._kept.append((self.position, topics))
        self._places[self.position] = self._heard
        self._heard += 1

    def since(self, position: str, topics: frozenset[str]) -> set[str] | None:
        """Which of these topics were announced behind this position; None when that is not known."""
        place = self._places.get(position)
        if place is None:
            return None
        missed = self._heard - place - 1
        newest_first = reversed(self._kept)
        return {topic for _each in range(missed) for topic in next(newest_first)[1] & topics}
