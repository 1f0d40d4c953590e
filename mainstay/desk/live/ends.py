"""A page's end of the live stream: everything its body says about it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from mainstay.live.topics import sign_topics


@dataclass(frozen=True)
class LiveEnd:
    """`url` is signed for `topics`; `renew_url` answers with a fresh one. `position` is what was heard before the page was made.

    Pages with the same `shared` word in one browser share one stream; an empty word: a stream of its own. `visits_url` is told
    what is open; empty for pages at which nobody is seen.
    """

    url: str
    renew_url: str
    topics: str
    position: str
    version: str
    shared: str = ""
    visits_url: str = ""


def live_end(
    topics: Iterable[str], *, position: str, renew_url: str, shared: str = "", visits_url: str = ""
) -> LiveEnd:
    named = list(dict.fromkeys(topics))
    return LiveEnd(
        url="/live?topics=" + sign_topics(named, position),
        renew_url=renew_url,
        topics=" ".join(named),
        position=position,
        version=settings.PAGE_VERSION,
        shared=shared,
        visits_url=visits_url,
    )
