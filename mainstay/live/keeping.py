"""Values that are the same for everybody, kept in this process until what they are made of is said to have changed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from .hub import hub

T = TypeVar("T")


class Kept(Generic[T]):
    """One value, made anew when its topic was announced, when it is older than `keeps`, or when `key` is another one.

    What was kept before the last announcement that this process has heard is not used, so a page is never older than the
    position it is made at; where nobody listens, nothing is kept.
    """

    def __init__(self, topic: str, keeps: timedelta) -> None:
        self._topic, self._keeps = topic, keeps
        self._value: tuple[str, datetime, object, T] | None = None

    def at(self, moment: datetime, key: object, make: Callable[[], T]) -> T:
        """The value of this moment; of two who make it at once, either one is kept."""
        heard, kept = hub.last_heard(self._topic), self._value
        if (
            heard
            and kept
            and kept[0] == heard
            and (kept[2] is key or kept[2] == key)
            and moment - kept[1] < self._keeps
        ):
            return kept[3]
        made = make()
        self._value = (heard, moment, key, made) if heard else None
        return made
