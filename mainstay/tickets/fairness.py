"""Whose turn it is to get a ticket: pure, and the same for the same facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from .states import Turn


@dataclass(frozen=True)
class Candidate:
    """Somebody on duty; `load` is what they have to do already, `turn_at` when a ticket was last given to them."""

    person: int
    languages: frozenset[str]
    load: int = 0
    turn_at: datetime | None = None


def fair_choice(candidates: Sequence[Candidate], language: str) -> tuple[Candidate, Turn] | None:
    """Who gets a ticket in this language, and what set them apart; None when there is nobody.

    First those who speak the language, if anybody does (`nl` serves `nl-BE`); of them who has the least to do; of them
    who has waited longest for a ticket, those who never got one first; of them the one with the lowest key.
    """
    if not candidates:
        return None
    if len(candidates) == 1:
        return candidates[0], Turn.ONLY
    speakers = [one for one in candidates if plain(language) in map(plain, one.languages)] or list(candidates)
    if len(speakers) == 1:
        return speakers[0], Turn.LANGUAGE
    least = min(one.load for one in speakers)
    idle = [one for one in speakers if one.load == least]
    if len(idle) == 1:
        return idle[0], Turn.LOAD
    return min(idle, key=_waited), Turn.TURN


def _waited(one: Candidate) -> tuple[bool, float, int]:
    return one.turn_at is not None, one.turn_at.timestamp() if one.turn_at else 0.0, one.person


def plain(language: str) -> str:
    """The language itself, without its region: `nl` of `nl-BE`."""
    return language.lower().replace("_", "-").partition("-")[0]
