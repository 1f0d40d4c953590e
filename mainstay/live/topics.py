"""The signed, short-lived list of topics that a page hands to the stream."""

from dataclasses import dataclass

from django.core import signing

SALT = "mainstay.live"
OPENING_SECONDS = 120  # the time a page has to open its stream; afterwards it asks for a new list


@dataclass(frozen=True)
class Subscription:
    """What a browser wants to hear, and the positions in the row of announcements behind which it may have missed something.

    Several when pages of different moments share a stream: what any of them missed is said again.
    """

    topics: frozenset[str]
    positions: frozenset[str]


def sign_topics(topics: list[str], position: str = "") -> str:
    """`position` is what this process had heard before the page was made; empty when it did not listen yet."""
    return signing.dumps([position, *topics], salt=SALT, compress=True)


def read_topics(signed: str) -> Subscription | None:
    """The subscription, or None when the list was forged or is too old."""
    try:
        position, *topics = signing.loads(signed, salt=SALT, max_age=OPENING_SECONDS)
    except signing.BadSignature:
        return None
    return Subscription(frozenset(topics), frozenset({position}))
