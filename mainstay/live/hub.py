"""One LISTEN connection per process, fanned out to every open browser."""

import asyncio
import contextlib
from collections import defaultdict
from typing import Any

import psycopg
from django.db import connection

from .announcing import CHANNEL, NOTIFY
from .memory import Memory
from .topics import Subscription

RESYNC = "resync"
BYE = "bye"  # announced before the desk stops, so that streams end by themselves
AGAIN_SECONDS = 0.5
# A database that is silently gone is noticed within half a minute.
KEPT_ALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
BEGINNING = "select extract(epoch from pg_postmaster_start_time())::bigint"


class Listener:
    """One open browser: what it wants to hear, and what it has not been told yet, each word once."""

    __slots__ = ("_words", "awake", "is_gone", "topics")

    def __init__(self, topics: frozenset[str]) -> None:
        self.topics = topics
        self.awake = asyncio.Event()
        self.is_gone = False
        self._words: dict[str, None] = {}

    def tell(self, word: str) -> None:
        self._words[word] = None
        self.awake.set()

    def leave(self) -> None:
        self.is_gone = True
        self.awake.set()

    def take(self) -> list[str]:
        """Everything to be told, in one go, so that no position is passed on before all that stands before it.

        Whoever reads everything anew needs no names; nor does one that is told to come back.
        """
        words, self._words = self._words, {}
        self.awake.clear()
        for alone in (BYE, RESYNC):
            if alone in words:
                return [alone]
        return list(words)


class Hub:
    """Hears PostgreSQL and passes each topic on to the browsers that asked for it."""

    def __init__(self) -> None:
        self.listeners: set[Listener] = set()
        self._by_topic: defaultdict[str, set[Listener]] = defaultdict(set)
        self._memory: Memory | None = None  # None while not listening
        self._listening: asyncio.Task[None] | None = None
        self._turns: dict[str, int] = {}  # topic → how often it was heard, in all connections
        self._connections = 0

    @property
    def position(self) -> str:
        """What this process has heard so far; empty while that is not known. May be asked from any thread."""
        memory = self._memory
        return memory.position if memory else ""

    def last_heard(self, topic: str) -> str:
        """Something that changes with every announcement of this topic; empty while this process may miss one.

        May be asked from any thread.
        """
        connection = self._connections  # before the memory, which a lost connection takes away
        return f"{connection}.{self._turns.get(topic, 0)}" if self._memory else ""

    def join(self, wanted: Subscription) -> Listener:
        """A listener that is told at once what it missed since its positions, or `resync` when that is not known."""
        listener = Listener(wanted.topics)
        self.listeners.add(listener)
        for topic in wanted.topics:
            self._by_topic[topic].add(listener)
        if self._memory is not None:
            for word in _missed(self._memory, wanted):
                listener.tell(word)
        self.wake()
        return listener

    def leave(self, listener: Listener) -> None:
        self.listeners.discard(listener)
        for topic in listener.topics:
            self._by_topic[topic].discard(listener)
            if not self._by_topic[topic]:
                del self._by_topic[topic]

    def wake(self) -> None:
        """It listens from now on, so that also the first page of a process knows its position."""
        if self._listening is None or self._listening.done():
            self._listening = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        """It listens no more, until somebody joins."""
        if self._listening is not None:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening
        self._listening = self._memory = None

    async def _listen(self) -> None:
        """After a lost connection everybody reads everything again, since something may have been missed."""
        while True:
            with contextlib.suppress(psycopg.Error):
                async with await psycopg.AsyncConnection.connect(**_parameters(), autocommit=True) as listening:
                    await listening.execute(f"listen {CHANNEL}")
                    began = await (await listening.execute(BEGINNING)).fetchone()
                    # Its own word, which names nothing, is the first that it hears: from there on it knows where it stands.
                    await listening.execute(NOTIFY, [CHANNEL, ""])
                    memory = Memory(str(began[0]) if began else "")
                    async for notice in listening.notifies():
                        self._hear(memory, notice.payload)
            self._memory = None
            await asyncio.sleep(AGAIN_SECONDS)

    def _hear(self, memory: Memory, payload: str) -> None:
        transaction, *topics = payload.split()
        if not transaction.isdecimal():  # BYE, said by whoever stops the desk
            self._tell_all(transaction)
            return
        for topic in topics:  # before the position moves on: who sees that position sees this, too
            self._turns[topic] = self._turns.get(topic, 0) + 1
        memory.hear(transaction, frozenset(topics))
        if self._memory is not memory:
            self._connections += 1
            self._memory = memory
            self._tell_all(RESYNC)
        for topic in topics:
            for listener in self._by_topic.get(topic, ()):
                listener.tell(topic)

    def _tell_all(self, word: str) -> None:
        for listener in self.listeners:
            listener.tell(word)


def _missed(memory: Memory, wanted: Subscription) -> list[str]:
    found = [memory.since(position, wanted.topics) for position in wanted.positions]
    return [RESYNC] if None in found else sorted({topic for topics in found if topics for topic in topics})


def _parameters() -> dict[str, Any]:
    wanted = ("dbname", "user", "password", "host", "port")
    given = {key: value for key, value in connection.get_connection_params().items() if key in wanted}
    return given | KEPT_ALIVE


hub = Hub()
