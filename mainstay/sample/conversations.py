"""What partners ask and how it goes on: the sample's conversations, read from the files in `topics/`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, get_args

from mainstay.sample.acts import TurnKind

TOPICS = ("calls", "locks", "identifiers", "link", "apps", "warranty", "releases", "training", "developers")


@dataclass(frozen=True)
class Turn:
    """One step of a conversation after its opening; the text may hold placeholders such as {site}."""

    kind: TurnKind
    text: str


@dataclass(frozen=True)
class Again:
    """The customer writes again after it was resolved: what they say, the answer, the new resolution."""

    message: str
    reply: str
    resolution: str


@dataclass(frozen=True)
class Conversation:
    """A whole exchange on one topic. `products` are the models it may be about; `details` are sentences of
    which one is added to the opening, so that two tickets on one topic do not read alike.
    """

    key: str
    language: str
    nature: str
    severity: str
    subjects: tuple[str, ...]
    opening: str
    products: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    turns: tuple[Turn, ...] = ()
    resolution: str = ""
    again: Again | None = None

    @property
    def is_escalated(self) -> bool:
        return any(turn.kind == "escalate" for turn in self.turns)


@cache
def conversations() -> tuple[Conversation, ...]:
    """Everything partners ask, topic by topic."""
    return tuple(one for topic in TOPICS for one in conversations_in(topic))


@cache
def conversations_in(topic: str) -> tuple[Conversation, ...]:
    """The conversations of one file: one of TOPICS, or `refused`, `spam`, `own`."""
    text = files(__package__).joinpath("topics", f"{topic}.toml").read_text(encoding="utf-8")
    return tuple(_conversation(entry) for entry in tomllib.loads(text)["conversation"])


def _conversation(entry: dict[str, Any]) -> Conversation:
    turns = tuple(Turn(kind, text.strip()) for kind, text in entry.pop("turns", ()))
    strange = [turn.kind for turn in turns if turn.kind not in get_args(TurnKind)]
    if strange:
        raise ValueError(f"{entry['key']}: no such turn: {strange}")
    again = entry.pop("again", None)
    return Conversation(
        key=entry.pop("key"),
        language=entry.pop("language"),
        nature=entry.pop("nature"),
        severity=entry.pop("severity"),
        subjects=tuple(entry.pop("subjects")),
        opening=entry.pop("opening").strip(),
        products=tuple(entry.pop("products", ())),
        details=tuple(entry.pop("details", ())),
        turns=turns,
        again=Again(*again) if again else None,
        **entry,
    )
