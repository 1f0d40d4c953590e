"""The signed, short-lived list of topics that a page hands to the stream."""

import time
from dataclasses import dataclass

from django.core import signing

SALT = "mainstay.live"
OPENING_SECONDS = 120  # the time a page has to open its stream; afterwards it asks for a new list


@dataclass(frozen=True)
class Subscription:
    """What a page wants to hear, and the moment (Unix seconds) from which it may have missed something."""

    topics: frozenset[str]
    since: float


def sign_topics(topics: list[str]) -> str:
    return signing.dumps([time.time(), *topics], salt=SALT, compress=True)


def read_topics(signed: str) -> Subscription | None:
    """The subscription, or None when the list was forged or is too old."""
    try:
        since, *topics = signing.loads(signed, salt=SALT, max_age=OPENING_SECONDS)
    except signing.BadSignature:
        return None
    return Subscription(frozenset(topics), since)
