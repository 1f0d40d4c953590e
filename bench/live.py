"""Many open desks: how soon they hear of something, what that costs the web process, how soon the next ticket is shown."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from urllib.parse import urlsplit

import django

django.setup()

import psycopg  # noqa: E402 - Django first
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from mainstay.live.announcing import CHANNEL, NOTIFY  # noqa: E402
from mainstay.live.topics import sign_topics  # noqa: E402
from mainstay.operate.limits import allow_many_open_files  # noqa: E402
from mainstay.people.actions import add_staff  # noqa: E402
from tests.running import RunningDesk  # noqa: E402

from .browser import Browser  # noqa: E402
from .figures import Figure, percentile, spread  # noqa: E402
from .filling import fill, make_crowd  # noqa: E402
from .processes import resident  # noqa: E402
from .travelling import seconds_to_next  # noqa: E402

EMAIL = "bench@desk.example"
TICKETS = 2000
OPENED_AT_ONCE = 25
EVENTS, BETWEEN_SECONDS = 60, 0.2
READS = 60
LATE_SECONDS = 10

# What issue and plan ask for; `python -m bench --live` fails beyond them.
HEARD_SECONDS, WEB_MIB, SHOWN_SECONDS = 0.100, 250, 0.100

Say = Callable[[str], None]


def take_live(desk: RunningDesk, *, desks: int, say: Say) -> tuple[list[Figure], list[str]]:
    """The figures, and in words what is beyond its bound; the desk is empty when this begins."""
    allow_many_open_files()  # each open desk is a socket here, too
    _account, password = add_staff(name="Bench", email=EMAIL, role="supervisor", at=timezone.now())
    say(f"Filling in {TICKETS:,} tickets …")
    fill(TICKETS, make_crowd(), at=timezone.now())
    connection.close()
    browser = Browser(desk.url, EMAIL, password)
    for _ in range(READS):
        browser.read("/")
    web = desk.processes()["web"]
    before = resident(web)
    say(f"{desks} desks open their streams …")
    quiet, busy, held = asyncio.run(_hearing(desk, desks, browser, web))
    browser.close()
    about = f"{desks} open desks"
    figures = [
        *spread(about, "an event is heard, nobody reads", quiet),
        *spread(about, "an event is heard, pages are read all the time", busy),
        Figure(about, "web process without them", before, "MiB"),
        Figure(about, "web process with them, after all that", held, "MiB"),
    ]
    say("From ticket to ticket, in Chromium …")
    shown, hurried = seconds_to_next(desk.url, EMAIL, password)
    figures += spread("Key to the next ticket shown", "three keys in a second", shown)
    figures += spread("Key to the next ticket shown", "the next key as soon as it is shown", hurried)
    bounds = [
        ("an event is heard, p95", percentile(quiet, 0.95) * 1000, HEARD_SECONDS * 1000, "ms"),
        ("web process", held, WEB_MIB, "MiB"),
        ("key to the next ticket, p95", percentile(shown, 0.95) * 1000, SHOWN_SECONDS * 1000, "ms"),
    ]
    return figures, [
        f"{name}: {value:.0f} {unit}, asked for {most:.0f}" for name, value, most, unit in bounds if value > most
    ]


class Ears:
    """All open desks of this bench: when each heard the event that is named now."""

    def __init__(self) -> None:
        self.topic = b""
        self.heard: list[float] = []
        self.all_heard = asyncio.Event()
        self.desks = 0

    async def listen(self, reader: asyncio.StreamReader) -> None:
        """One desk, until its stream ends."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while line := await reader.readline():
                if line.startswith(b"data: ") and self.topic in line.split():
                    self.heard.append(time.perf_counter())
                    if len(self.heard) == self.desks:
                        self.all_heard.set()

    async def seconds_until_heard(self, topic: str, announcing: psycopg.AsyncConnection) -> list[float]:
        """From before the announcement is committed until each desk has read it."""
        self.topic, self.heard = topic.encode(), []
        self.all_heard.clear()
        began = time.perf_counter()
        await announcing.execute(NOTIFY, [CHANNEL, topic])
        async with asyncio.timeout(LATE_SECONDS):
            await self.all_heard.wait()
        return [moment - began for moment in self.heard]


async def _hearing(desk: RunningDesk, desks: int, browser: Browser, web: int) -> tuple[list[float], list[float], float]:
    """Seconds until heard, by each desk of each event: while it is quiet, and while pages are read; the memory at the end."""
    given = {
        key: value
        for key, value in connection.get_connection_params().items()
        if key in ("dbname", "user", "host", "port")
    }
    ears = Ears()
    async with await psycopg.AsyncConnection.connect(**given, autocommit=True) as announcing, _open(desk, desks, ears):
        await ears.seconds_until_heard(
            "queue", announcing
        )  # the first is slower: all of them wake up for the first time
        quiet = await _rounds(ears, announcing)
        reading = asyncio.create_task(asyncio.to_thread(_read_on, browser, stop := []))
        busy = await _rounds(ears, announcing)
        stop.append(True)
        await reading
        return quiet, busy, resident(web)


async def _rounds(ears: Ears, announcing: psycopg.AsyncConnection) -> list[float]:
    taken = []
    for _ in range(EVENTS):
        taken += await ears.seconds_until_heard("queue", announcing)
        await asyncio.sleep(BETWEEN_SECONDS)
    return taken


def _read_on(browser: Browser, stop: list[bool]) -> None:
    while not stop:
        browser.read("/queue/rows?view=open")


@contextlib.asynccontextmanager
async def _open(desk: RunningDesk, desks: int, ears: Ears) -> AsyncIterator[None]:
    """So many streams, each of a desk that has a ticket of its own open beside the queue."""
    ears.desks = desks
    host, port = urlsplit(desk.url).hostname, urlsplit(desk.url).port
    writers: list[asyncio.StreamWriter] = []
    listening: list[asyncio.Task[None]] = []
    for first in range(0, desks, OPENED_AT_ONCE):
        for number in range(first, min(first + OPENED_AT_ONCE, desks)):
            reader, writer = await asyncio.open_connection(host, port)
            topics = sign_topics(
                ["queue", "averages", "aside", f"person:{number}", f"ticket:{number}", f"visits:ticket:{number}"]
            )
            writer.write(
                f"GET /live?topics={topics} HTTP/1.1\r\nHost: {host}:{port}\r\nAccept: text/event-stream\r\n\r\n".encode()
            )
            status = await reader.readline()
            assert b" 200 " in status, status
            writers.append(writer)
            listening.append(asyncio.create_task(ears.listen(reader)))
        await asyncio.sleep(0.05)
    try:
        yield
    finally:
        for writer in writers:
            writer.close()
        await asyncio.gather(*listening)
