"""A ticket somebody wrote in on, an answer and a macro."""

from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine

from mainstay.tickets.models import Ticket
from mainstay.writing.actions import Does, Naming, add_answer, add_macro
from mainstay.writing.deeds import Planned
from mainstay.writing.models import Answer, Macro
from tests.cast import Cast


@pytest.fixture(autouse=True)
def it_is_now(now: datetime) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def ticket(cast: Cast, now: datetime) -> Ticket:
    """Paula, who writes Dutch, asks something."""
    return cast.writes(cast.paula, now, language="nl", may_auto_reply=False)


@pytest.fixture
def answer(cast: Cast, now: datetime) -> Answer:
    texts = {
        "en": "Dear {{ person.first_name }},\n\nsend us a photo.",
        "nl": "Beste {{person.first_name}}, stuur een foto.",
    }
    return add_answer(Naming("Photo please", "photo", "First"), wordings=texts, shared=True, by=cast.sue, at=now)


@pytest.fixture
def macro(cast: Cast, now: datetime) -> Macro:
    """Takes the ticket, says how bad it is, and replies."""
    does = Does([Planned("assign", "me"), Planned("severity", "critical")], writes="reply", then="open")
    return add_macro(
        Naming("Power", "power"), does, wordings={"en": "Is the supply on?"}, shared=True, by=cast.sue, at=now
    )
