"""The live stream: one LISTEN connection per process, fanned out to every open browser as server-sent events."""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

import psycopg
from django.db import connection

from .announcing import CHANNEL
from .topics import Subscription, read_topics

KEEP_ALIVE_SECONDS = 20
WAITING_EVENTS = 100  # a browser further behind than this reads everything again instead
REMEMBERED_EVENTS = 2000  # so that a page hears what was announced between its making and its listening
CLOCK_MARGIN_SECONDS = 1.0
RESYNC = "resync"
BYE = "bye"  # announced before the desk stops, so that streams end by themselves

Scope = dict[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


class Hub:
    """Hears PostgreSQL and passes each topic on to the streams that asked for it."""

    def __init__(self) -> None:
        self.streams: dict[asyncio.Queue[str], frozenset[str]] = {}
        self._listener: asyncio.Task[None] | None = None
        self._recent: deque[tuple[float, str]] = deque(maxlen=REMEMBERED_EVENTS)
        self._remembers_since: float | None = None  # Unix seconds; None while not listening

    def join(self, wanted: Subscription) -> "asyncio.Queue[str]":
        """A queue of topics, begun with what was announced since the page was made, or `resync` when that is unknown."""
        queue: asyncio.Queue[str] = asyncio.Queue(WAITING_EVENTS)
        since = wanted.since - CLOCK_MARGIN_SECONDS
        if self._remembers_since is not None and self._remembers_since <= since:
            missed = {topic for at, topic in self._recent if at >= since and topic in wanted.topics}
            for topic in sorted(missed):
                _put(queue, topic)
        elif self._remembers_since is not None:
            _put(queue, RESYNC)
        self.streams[queue] = wanted.topics
        if self._listener is None or self._listener.done():
            self._listener = asyncio.create_task(self._listen())
        return queue

    def leave(self, queue: "asyncio.Queue[str]") -> None:
        self.streams.pop(queue, None)

    async def _listen(self) -> None:
        """Listens as long as anybody does; after a lost connection everybody reads again, since something may be missed."""
        while self.streams:
            try:
                async with await psycopg.AsyncConnection.connect(**_parameters(), autocommit=True) as listening:
                    await listening.execute(f"listen {CHANNEL}")
                    self._remembers_since = time.time()
                    self._tell_all(RESYNC)
                    async for notice in listening.notifies():
                        self._tell(notice.payload.split())
            except psycopg.Error:
                self._remembers_since = None
                self._recent.clear()
                await asyncio.sleep(0.5)
        self._remembers_since = None

    def _tell(self, topics: list[str]) -> None:
        if BYE in topics:
            self._tell_all(BYE)
            return
        now = time.time()
        for topic in topics:
            if len(self._recent) == self._recent.maxlen:
                self._remembers_since = self._recent[0][0] + CLOCK_MARGIN_SECONDS
            self._recent.append((now, topic))
        for queue, wanted in self.streams.items():
            for topic in topics:
                if topic in wanted:
                    _put(queue, topic)

    def _tell_all(self, word: str) -> None:
        for queue in self.streams:
            _put(queue, word)


def _put(queue: "asyncio.Queue[str]", word: str) -> None:
    """A queue that is full is emptied into one `resync`: the browser reads its parts anew and misses nothing."""
    try:
        queue.put_nowait(word)
    except asyncio.QueueFull:
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait(BYE if word == BYE else RESYNC)


def _parameters() -> dict[str, Any]:
    wanted = ("dbname", "user", "password", "host", "port")
    return {key: value for key, value in connection.get_connection_params().items() if key in wanted}


hub = Hub()


async def live(scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI: `/live?topics=…` with a list that the page signed; anything else gets 403."""
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    wanted = read_topics(query.get("topics", [""])[0])
    if wanted is None:
        await _refuse(send)
        return
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    queue = hub.join(wanted)
    gone = asyncio.create_task(_until_gone(receive))
    try:
        await _write(send, "retry: 2000\n\n")
        while await _pass_on(queue, gone, send):
            pass
    finally:
        hub.leave(queue)
        gone.cancel()
    with contextlib.suppress(OSError, RuntimeError):
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _pass_on(queue: "asyncio.Queue[str]", gone: "asyncio.Task[None]", send: Send) -> bool:
    """Write the next event or a keep-alive; False when the stream is over."""
    waiting = asyncio.create_task(queue.get())
    done, _pending = await asyncio.wait(
        {waiting, gone}, timeout=KEEP_ALIVE_SECONDS, return_when=asyncio.FIRST_COMPLETED
    )
    if waiting not in done:
        waiting.cancel()
    if gone in done:
        return False
    if waiting not in done:
        await _write(send, ": still here\n\n")
        return True
    word = waiting.result()
    await _write(send, f"data: {word}\n\n")
    return word != BYE


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _write(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _refuse(send: Send) -> None:
    await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"Ask the page for a new list of topics.\n"})


_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"content-security-policy", b"default-src 'none'"),
]
