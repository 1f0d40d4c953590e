"""The live stream: opened only with a signed list, hears what is announced at commit, misses nothing in between."""

import asyncio
from typing import Any

import pytest
import time_machine
from django.db import transaction

from mainstay.live.announcing import announce
from mainstay.live.stream import BYE, RESYNC, WAITING_EVENTS, Hub, live
from mainstay.live.topics import OPENING_SECONDS, Subscription, read_topics, sign_topics


def test_a_list_is_read_back_and_a_forged_or_old_one_is_not() -> None:
    signed = sign_topics(["queue", "ticket:1001"])
    assert read_topics(signed).topics == {"queue", "ticket:1001"}
    assert read_topics(signed + "x") is None
    assert read_topics("") is None
    with time_machine.travel(0, tick=False):
        old = sign_topics(["queue"])
    with time_machine.travel(OPENING_SECONDS + 2, tick=False):
        assert read_topics(old) is None


def heard(queue: "asyncio.Queue[str]") -> list[str]:
    found = []
    while not queue.empty():
        found.append(queue.get_nowait())
    return found


def listening_hub(since: float) -> Hub:
    """A hub that listens since then, without its database connection."""
    hub = Hub()
    hub._remembers_since = since
    hub._listener = asyncio.get_running_loop().create_future()  # type: ignore[assignment]
    return hub


def test_a_stream_hears_only_its_own_topics() -> None:
    async def scene() -> None:
        hub = listening_hub(0)
        queue = hub.join(Subscription(frozenset({"ticket:1"}), since=10))
        hub._tell(["queue", "ticket:1"])
        hub._tell(["ticket:2"])
        assert heard(queue) == ["ticket:1"]

    asyncio.run(scene())


def test_a_page_hears_what_was_announced_between_its_making_and_its_listening() -> None:
    async def scene() -> None:
        hub = listening_hub(0)
        with time_machine.travel(100, tick=False):
            hub._tell(["queue"])
        assert heard(hub.join(Subscription(frozenset({"queue"}), since=99))) == ["queue"]
        assert heard(hub.join(Subscription(frozenset({"queue"}), since=105))) == []

    asyncio.run(scene())


def test_a_page_older_than_the_hubs_memory_reads_everything_again() -> None:
    async def scene() -> None:
        hub = listening_hub(since=50)
        assert heard(hub.join(Subscription(frozenset({"queue"}), since=40))) == [RESYNC]

    asyncio.run(scene())


def test_one_that_falls_behind_reads_everything_again() -> None:
    async def scene() -> None:
        hub = listening_hub(0)
        queue = hub.join(Subscription(frozenset({"queue"}), since=10))
        for _ in range(WAITING_EVENTS + 1):
            hub._tell(["queue"])
        assert heard(queue) == [RESYNC]

    asyncio.run(scene())


def test_bye_reaches_everybody() -> None:
    async def scene() -> None:
        hub = listening_hub(0)
        queue = hub.join(Subscription(frozenset(), since=10))
        hub._tell([BYE])
        assert heard(queue) == [BYE]

    asyncio.run(scene())


class Visitor:
    """A browser's end of one ASGI request."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.leaves = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        await self.leaves.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    @property
    def text(self) -> str:
        return b"".join(message.get("body", b"") for message in self.sent).decode()


async def until(question: Any) -> None:
    async with asyncio.timeout(20):
        while not question():
            await asyncio.sleep(0.01)


def test_a_stranger_is_refused() -> None:
    async def scene() -> None:
        visitor = Visitor()
        await live({"query_string": b"topics=forged"}, visitor.receive, visitor.send)
        assert visitor.sent[0]["status"] == 403

    asyncio.run(scene())


@pytest.mark.django_db(transaction=True)
def test_an_announcement_is_heard_at_commit_and_not_after_a_rollback() -> None:
    async def scene() -> None:
        visitor = Visitor()
        query = ("topics=" + sign_topics(["queue", "ticket:7"])).encode()
        stream = asyncio.create_task(live({"query_string": query}, visitor.receive, visitor.send))
        await until(lambda: RESYNC in visitor.text)  # it listens now
        await asyncio.to_thread(rolled_back)
        await asyncio.to_thread(committed)
        await until(lambda: "data: ticket:7\n\n" in visitor.text)
        assert "data: queue" not in visitor.text
        visitor.leaves.set()
        await stream

    def rolled_back() -> None:
        from django.db import connection

        with transaction.atomic():
            announce("queue")
            transaction.set_rollback(True)
        connection.close()

    def committed() -> None:
        from django.db import connection

        with transaction.atomic():
            announce("ticket:7")
        connection.close()

    async def whole() -> None:
        from mainstay.live.stream import hub

        await scene()
        if hub._listener:
            hub._listener.cancel()
            hub._listener = None

    asyncio.run(whole())
