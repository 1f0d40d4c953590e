"""The live stream: opened only with a signed list, hears what is announced at commit, misses nothing in between."""

import asyncio
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connection, transaction

from mainstay.live import stream
from mainstay.live.announcing import announce
from mainstay.live.hub import BYE, RESYNC, Hub, Listener
from mainstay.live.memory import Memory
from mainstay.live.topics import OPENING_SECONDS, Subscription, read_topics, sign_topics


def test_a_list_is_read_back_and_a_forged_or_old_one_is_not() -> None:
    signed = sign_topics(["queue", "ticket:1001"], "7-12.0")
    assert read_topics(signed) == Subscription(frozenset({"queue", "ticket:1001"}), frozenset({"7-12.0"}))
    assert read_topics(signed + "x") is None
    assert read_topics("") is None
    with time_machine.travel(0, tick=False):
        old = sign_topics(["queue"])
    with time_machine.travel(OPENING_SECONDS + 2, tick=False):
        assert read_topics(old) is None


class DeafHub(Hub):
    """A hub that is told by hand what its database would say."""

    def __init__(self) -> None:
        super().__init__()
        self.memory = Memory("7")

    def wake(self) -> None:
        pass

    def hears(self, payload: str) -> None:
        self._hear(self.memory, payload)


def in_a_loop(scene: Callable[[], Any]) -> None:
    asyncio.run(scene())


def joined(hub: Hub, *topics: str, position: str = "", another: str | None = None) -> Listener:
    positions = {position} if another is None else {position, another}
    return hub.join(Subscription(frozenset(topics), frozenset(positions)))


def test_a_listener_hears_only_its_own_topics_and_each_once() -> None:
    async def scene() -> None:
        hub = DeafHub()
        hub.hears("9 ")
        listener = joined(hub, "ticket:1", position=hub.position)
        hub.hears("10 queue ticket:1")
        hub.hears("11 ticket:2")
        hub.hears("12 ticket:1")
        assert listener.take() == ["ticket:1"]
        assert listener.take() == []

    in_a_loop(scene)


def test_a_page_hears_what_was_announced_between_its_making_and_its_listening() -> None:
    async def scene() -> None:
        hub = DeafHub()
        hub.hears("9 ")
        made = hub.position
        hub.hears("10 queue ticket:1")
        assert joined(hub, "queue", position=made).take() == ["queue"]
        assert joined(hub, "queue", position=hub.position).take() == []

    in_a_loop(scene)


def test_pages_of_different_moments_in_one_browser_hear_what_either_missed() -> None:
    async def scene() -> None:
        hub = DeafHub()
        hub.hears("9 ")
        old = hub.position
        hub.hears("10 ticket:1")
        newer = hub.position
        hub.hears("11 queue")
        assert sorted(joined(hub, "queue", "ticket:1", position=newer, another=old).take()) == ["queue", "ticket:1"]
        assert joined(hub, "queue", "ticket:1", position=newer, another="nonsense").take() == [RESYNC]

    in_a_loop(scene)


@pytest.mark.parametrize("position", ["", "7-8.0", "6-10.0", "nonsense"])
def test_whoever_stood_where_nobody_knows_reads_everything_again(position: str) -> None:
    async def scene() -> None:
        hub = DeafHub()
        hub.hears("9 ")
        hub.hears("10 queue")
        assert joined(hub, "queue", position=position).take() == [RESYNC]

    in_a_loop(scene)


def test_after_a_lost_connection_everybody_reads_everything_again() -> None:
    async def scene() -> None:
        hub = DeafHub()
        hub.hears("9 ")
        listener = joined(hub, "queue", position=hub.position)
        hub.hears("10 queue")
        hub.memory = Memory("7")  # as the listener begins anew
        hub.hears("15 ")
        assert listener.take() == [RESYNC]

    in_a_loop(scene)


def test_bye_reaches_everybody_and_nothing_else_matters_then() -> None:
    async def scene() -> None:
        hub = DeafHub()
        hub.hears("9 ")
        listener = joined(hub, "queue", position=hub.position)
        hub.hears("10 queue")
        hub.hears(BYE)
        assert listener.take() == [BYE]

    in_a_loop(scene)


def test_whoever_left_is_told_no_more_and_kept_nowhere() -> None:
    async def scene() -> None:
        hub = DeafHub()
        hub.hears("9 ")
        listener = joined(hub, "queue", "ticket:1", position=hub.position)
        hub.leave(listener)
        hub.hears("10 queue")
        assert listener.take() == []
        assert not hub.listeners
        assert not hub._by_topic

    in_a_loop(scene)


# --- over the wire -------------------------------------------------------------------------------------------------------


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

    @property
    def heard(self) -> list[str]:
        """What was in `data:` of ordinary events."""
        blocks = [block.splitlines() for block in self.text.split("\n\n")]
        told = [lines for lines in blocks if not any(line.startswith("event:") for line in lines)]
        return [line[6:] for lines in told for line in lines if line.startswith("data: ")]

    @property
    def position(self) -> str:
        return [line[4:] for line in self.text.splitlines() if line.startswith("id: ")][-1]


async def until(question: Callable[[], Any]) -> None:
    async with asyncio.timeout(20):
        while not question():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def visiting(*topics: str, after: str = "", header: str = ""):
    """A browser that listens to these topics, until the end of the block."""
    visitor = Visitor()
    query = f"topics={sign_topics(list(topics))}" + (f"&after={after}" if after else "")
    scope = {"query_string": query.encode(), "headers": [(b"last-event-id", header.encode())] if header else []}
    running = asyncio.create_task(stream.live(scope, visitor.receive, visitor.send))
    await until(lambda: "event: hello" in visitor.text)
    yield visitor
    visitor.leaves.set()
    await running


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Hub:
    """A process of its own."""
    fresh = Hub()
    monkeypatch.setattr(stream, "hub", fresh)
    return fresh


def with_hub(hub: Hub, scene: Callable[[], Any]) -> None:
    async def whole() -> None:
        try:
            await scene()
        finally:
            await hub.stop()

    asyncio.run(whole())


async def announced(*topics: str, rolled_back: bool = False) -> None:
    def act() -> None:
        with transaction.atomic():
            announce(*topics)
            transaction.set_rollback(rolled_back)
        connection.close()

    await asyncio.to_thread(act)


def test_a_stranger_is_refused() -> None:
    async def scene() -> None:
        visitor = Visitor()
        await stream.live({"query_string": b"topics=forged"}, visitor.receive, visitor.send)
        assert visitor.sent[0]["status"] == 403

    in_a_loop(scene)


def test_a_stream_begins_with_the_version_that_the_desk_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "hub", DeafHub())

    async def scene() -> None:
        async with visiting("queue") as visitor:
            assert f"event: hello\ndata: {settings.PAGE_VERSION}\n\n" in visitor.text

    in_a_loop(scene)


def test_a_stream_ends_after_a_while_so_that_the_browser_is_asked_for_its_right_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stream, "hub", DeafHub())
    monkeypatch.setattr(stream, "KEEP_ALIVE_SECONDS", 0.01)
    monkeypatch.setattr(stream, "LONGEST_SECONDS", (0.05, 0.05))

    async def scene() -> None:
        async with visiting("queue") as visitor:
            await until(lambda: visitor.sent[-1].get("more_body") is False)
            assert not stream.hub.listeners

    in_a_loop(scene)


def test_a_quiet_stream_says_that_it_is_there_and_where_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    quiet = DeafHub()
    quiet.hears("9 ")
    monkeypatch.setattr(stream, "hub", quiet)
    monkeypatch.setattr(stream, "KEEP_ALIVE_SECONDS", 0.01)

    async def scene() -> None:
        async with visiting("queue", after=quiet.position) as visitor:
            quiet.hears("10 ticket:7")
            await until(lambda: "id: 7-10.0\nevent: still" in visitor.text)
            assert visitor.heard == []

    in_a_loop(scene)


@pytest.mark.django_db(transaction=True)
def test_an_announcement_is_heard_at_commit_and_not_after_a_rollback(hub: Hub) -> None:
    async def scene() -> None:
        async with visiting("queue", "ticket:7") as visitor:
            await until(lambda: visitor.heard == [RESYNC])  # it listens now
            await announced("queue", rolled_back=True)
            await announced("ticket:7")
            await until(lambda: len(visitor.heard) > 1)
            assert visitor.heard == [RESYNC, "ticket:7"]

    with_hub(hub, scene)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["after", "header"])
def test_after_a_gap_what_was_announced_meanwhile_is_heard_and_nothing_else(hub: Hub, how: str) -> None:
    async def scene() -> None:
        async with visiting("queue", "ticket:7", "ticket:8") as visitor:
            await until(lambda: visitor.heard == [RESYNC])
            await announced("ticket:8")
            await until(lambda: "ticket:8" in visitor.heard)
            stood = visitor.position
        await announced("queue")
        await announced("ticket:9")
        async with visiting("queue", "ticket:7", "ticket:8", **{how: stood}) as back:
            await until(lambda: back.heard)
            assert back.heard == ["queue"]

    with_hub(hub, scene)


@pytest.mark.django_db(transaction=True)
def test_after_a_gap_another_process_knows_it_too(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Hub()

    async def scene() -> None:
        other.wake()
        await until(lambda: other.position)
        async with visiting("queue") as visitor:
            await until(lambda: visitor.heard == [RESYNC])
            await announced("queue")
            await until(lambda: "queue" in visitor.heard)
            stood = visitor.position
        await announced("queue", "ticket:1")
        await announced("averages")
        monkeypatch.setattr(stream, "hub", other)
        async with visiting("queue", "averages", after=stood) as back:
            await until(lambda: back.heard)
            assert sorted(" ".join(back.heard).split()) == ["averages", "queue"]
        await other.stop()

    with_hub(hub, scene)


@pytest.mark.django_db(transaction=True)
def test_a_process_that_began_to_listen_later_says_to_read_everything_again(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = Hub()

    async def scene() -> None:
        async with visiting("queue") as visitor:
            await until(lambda: visitor.heard == [RESYNC])
            stood = visitor.position
        await announced("queue")
        monkeypatch.setattr(stream, "hub", late)
        async with visiting("queue", after=stood) as back:
            await until(lambda: back.heard)
            assert back.heard == [RESYNC]
        await late.stop()

    with_hub(hub, scene)


@pytest.mark.django_db(transaction=True)
def test_when_the_database_ends_the_connection_everybody_reads_everything_again(hub: Hub) -> None:
    def cut() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where query like 'select pg_notify%'"
            )
            assert cursor.fetchall()
        connection.close()

    async def scene() -> None:
        async with visiting("queue") as visitor:
            await until(lambda: visitor.heard == [RESYNC])
            await asyncio.to_thread(cut)
            await until(lambda: visitor.heard == [RESYNC, RESYNC])
            await announced("queue")
            await until(lambda: visitor.heard == [RESYNC, RESYNC, "queue"])

    with_hub(hub, scene)
