"""How fast the desk's pages are where many tickets lie: the queue, saved views, a ticket, and what is found while one types.

Taken with one visitor and with eight at once, on the smaller desk and on the larger one; imported when the desk's folder is known.
"""

import random
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import django

django.setup()

from django.db.models import F, Value  # noqa: E402 - Django first
from django.db.models.functions import Concat  # noqa: E402
from django.utils import timezone  # noqa: E402

from mainstay.people.actions import add_staff  # noqa: E402
from mainstay.people.models import Identity, Person  # noqa: E402
from mainstay.tickets.models import Ticket  # noqa: E402
from mainstay.worklists.actions import add_view  # noqa: E402
from mainstay.worklists.rules import AWAKE, Shape  # noqa: E402
from tests.running import RunningDesk  # noqa: E402

from .browser import Browser  # noqa: E402
from .desk_filling import SEED, fill_desk  # noqa: E402
from .figures import Figure, percentile, spread  # noqa: E402

VISITORS = 8
READS, WARM_READS = 60, 5  # of each page by one visitor; each of several reads a third of that
RANDOM_TICKETS = 400
OPEN = ("new", "open")

Say = Callable[[str], None]
Path = Callable[[int], str]


@dataclass(frozen=True)
class Visitor:
    person: Person
    browser: Browser
    views: tuple[int, ...]


def take_desk(desk: RunningDesk, *, sizes: Iterable[int], say: Say) -> list[Figure]:
    """The desk grows from size to size, and is measured at each; the last figures say by how much they grew."""
    figures: list[Figure] = []
    visitors = [_visitor(desk, number) for number in range(VISITORS)]
    filled, slow = 0, list[dict[str, float]]()
    try:
        for size in sizes:
            say(f"Filling in {size - filled:,} tickets …")
            # The generator invents some addresses again: those of the smaller desk get out of its way.
            Identity.objects.filter(address__contains="@firm-").update(
                address=Concat(F("address"), Value(f".{filled}"))
            )
            fill_desk(
                size - filled, at=timezone.now(), seed=SEED + filled, technicians=[one.person for one in visitors]
            )
            filled = size
            say(f"Pages at {size:,} tickets …")
            taken = _pages(visitors)
            slow.append({name: percentile(seconds, 0.95) for name, seconds in taken.items()})
            for name, seconds in taken.items():
                figures += spread(f"Pages at {size:,} tickets", name, seconds)
    finally:
        for one in visitors:
            one.browser.close()
    about = "p95 of the largest desk, as a share of the smallest"
    return figures + [Figure(about, name, 100 * slow[-1][name] / slow[0][name], "%") for name in slow[0]]


def _visitor(desk: RunningDesk, number: int) -> Visitor:
    """A technician with three views of their own, signed in."""
    email, now = f"visitor{number}@desk.example", timezone.now()
    account, password = add_staff(name=f"Visitor {number}", email=email, role="technician", at=now)
    shapes = {
        "Severe and mine": Shape({"state": OPEN, "severity": ("critical", "high"), "assignee": ("me",), **AWAKE}),
        "Over, by nature": Shape({"state": OPEN, "over": ("any",), **AWAKE}, grouping="nature"),
        "Abroad, newest": Shape({"country": ("DE", "FR"), "language": ("de", "fr")}, order="-changed"),
    }
    views = [add_view(name=name, shape=shape, by=account.person, at=now).pk for name, shape in shapes.items()]
    return Visitor(account.person, Browser(desk.url, email, password), tuple(views))


def _pages(visitors: list[Visitor]) -> dict[str, list[float]]:
    """Seconds by what was read and by how many."""
    chance = random.Random(SEED)
    known = list(Ticket.objects.order_by("number").values_list("number", flat=True))
    numbers = chance.sample(known, k=min(RANDOM_TICKETS, len(known)))
    taken: dict[str, list[float]] = {}
    for name, path in _asked(numbers).items():
        taken[f"{name}, one visitor"] = _read(visitors[0], path, READS)
        taken[f"{name}, {VISITORS} at once"] = _read_together(visitors, path, READS // 3)
    return taken


def _asked(numbers: list[int]) -> dict[str, Callable[[Visitor], Path]]:
    return {
        "queue": lambda _visitor: lambda _place: "/",
        "queue, a saved view": lambda visitor: lambda place: f"/?view={visitor.views[place % len(visitor.views)]}",
        "queue, all, oldest first": lambda _visitor: lambda _place: "/?view=all&order=opened",
        "queue, rows alone": lambda _visitor: lambda _place: "/queue/rows?view=open",
        "ticket": lambda visitor: lambda place: f"/tickets/{numbers[(place * 7 + visitor.person.pk) % len(numbers)]}",
        "found while one types": lambda _visitor: lambda place: f"/deeds/found?q={numbers[place % len(numbers)]}",
    }


def _read(visitor: Visitor, path: Callable[[Visitor], Path], reads: int) -> list[float]:
    for place in range(WARM_READS):
        visitor.browser.read(path(visitor)(place))
    return [visitor.browser.seconds_to_read(path(visitor)(place)) for place in range(reads)]


def _read_together(visitors: list[Visitor], path: Callable[[Visitor], Path], reads: int) -> list[float]:
    """All begin at the same moment, and each reads one page after the other."""
    taken: list[list[float]] = [[] for _ in visitors]
    start = threading.Barrier(len(visitors))

    def go(place: int) -> None:
        start.wait()
        taken[place] = _read(visitors[place], path, reads)

    threads = [threading.Thread(target=go, args=(place,)) for place in range(len(visitors))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    time.sleep(0.2)  # what the last answers left to do is not the next page's
    assert all(len(some) == reads for some in taken), "a visitor was answered with an error"
    return [seconds for some in taken for seconds in some]
