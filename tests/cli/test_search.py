"""`mainstay search rebuild`: words are made again, and it says so."""

from datetime import datetime
from typing import Any

from mainstay.search.models import TicketWords
from tests.cast import Cast


def test_a_rebuild_says_what_it_did(cast: Cast, now: datetime, mainstay: Any) -> None:
    cast.writes(cast.paula, now)
    TicketWords.objects.all().delete()
    told = mainstay("search", "rebuild", "--json")
    assert (told["tickets"], told["organisations"]) == (1, 3)
    assert TicketWords.objects.count() == 1
    assert "1 tickets" in mainstay("search", "rebuild", "--anew").stdout
