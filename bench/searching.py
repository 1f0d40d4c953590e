"""Search on a filled desk: how long the server takes for rare and for common words, at 10,000 and at 100,000 tickets."""

import random
import re
import time
from collections import Counter
from collections.abc import Callable
from itertools import pairwise

import django

django.setup()

from django.conf import settings  # noqa: E402 - Django first
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from mainstay.people.actions import add_staff  # noqa: E402
from mainstay.people.models import Account  # noqa: E402
from mainstay.tickets.models import Message, Ticket  # noqa: E402

from .desk_filling import SEED, fill_desk  # noqa: E402
from .figures import Figure, spread  # noqa: E402

SIZES = (10_000, 100_000)
ASKED = 60  # of each kind of word
RARE_IN, COMMON_IN = 30, 0.05  # tickets at most; of all tickets at least
Say = Callable[[str], None]


def take_search(*, sizes: tuple[int, ...] = SIZES, say: Say) -> list[Figure]:
    """The desk is empty when this begins."""
    settings.ALLOWED_HOSTS = ["*"]
    account, _password = add_staff(name="Bench", email="bench@desk.example", role="technician", at=timezone.now())
    figures: list[Figure] = []
    held = 0
    for size in sizes:
        say(f"Filling in {size - held:,} tickets …")
        began = time.perf_counter()
        fill_desk(size - held, at=timezone.now(), seed=SEED + held)
        about = f"Search at {size:,} tickets"
        figures.append(Figure(about, f"{size - held:,} filled in", time.perf_counter() - began, "s"))
        held = size
        figures += _measured(about, account, say)
    return figures


def _measured(about: str, asker: Account, say: Say) -> list[Figure]:
    rare, common = _words()
    say(f"{len(rare)} rare and {len(common)} common words …")
    client = Client()
    client.force_login(asker)
    figures = []
    for name, words in (("a rare word", rare), ("a common word", common), ("two common words", _pairs(common))):
        figures += spread(about, name, [_asked(client, word) for word in words])
    mistyped = [word[:2] + word[3:] for word in rare if len(word) > 6 and word.isalpha()]
    if mistyped:
        figures += spread(about, "a mistyped word", [_asked(client, word) for word in mistyped[:ASKED]])
    narrowed = [f"{word} is:open severity:critical" for word in common]
    figures += spread(about, "a common word, open and critical", [_asked(client, word) for word in narrowed])
    return figures


def _asked(client: Client, words: str) -> float:
    """Seconds for the part of the page that is asked for while one types, rendered; once before, unmeasured."""
    client.get("/search/results", {"q": words})
    began = time.perf_counter()
    answer = client.get("/search/results", {"q": words})
    took = time.perf_counter() - began
    assert answer.status_code == 200
    return took


def _words() -> tuple[list[str], list[str]]:
    """Words of tickets of this desk, by how many tickets have them."""
    chance = random.Random(SEED)
    total = Ticket.objects.count()
    newest = Message.objects.order_by("-pk").values_list("pk", flat=True)[0]
    keys = [chance.randrange(1, newest) for _time in range(1500)]
    texts = Message.objects.filter(pk__in=keys).order_by("pk").values_list("text", flat=True)
    seen = Counter(word for text in texts for word in set(re.findall(r"[^\W_]{4,}", text.lower())))
    rare = [
        word for word, _n in sorted(seen.items(), key=lambda one: (one[1], one[0])) if _tickets_with(word) <= RARE_IN
    ]
    often = [word for word, _n in seen.most_common(ASKED * 3) if _tickets_with(word) >= total * COMMON_IN]
    chance.shuffle(rare)
    return rare[:ASKED], often[:ASKED]


def _tickets_with(word: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from (select from search_ticketwords where words @@ plainto_tsquery('simple', search_plain(%s))"
            " limit 20000) as found",
            [word],
        )
        return int(cursor.fetchone()[0])


def _pairs(words: list[str]) -> list[str]:
    return [f"{one} {other}" for one, other in pairwise(words)]
