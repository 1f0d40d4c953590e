"""A store in memory with a real listener before it, for the tests of the listener."""

import asyncio
import contextlib
import smtplib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from mainstay.channels.email.intake import Listener

OURS = "support@intercom.example"
TAGGED = "support+t.abc@intercom.example"


@dataclass
class Desk:
    """Listens by SMTP at `address` and by LMTP at `lmtp`; keeps what it is given, or fails as a test wants."""

    kept: list[tuple[bytes, str, list[str], str]] = field(default_factory=list)
    trouble: list[Exception] = field(default_factory=list)
    hold: threading.Event | None = None
    address: tuple[str, int] = ("", 0)
    lmtp: tuple[str, int] = ("", 0)
    listener: Any = None
    loop: Any = None

    def store(self, raw: bytes, envelope_from: str, recipients: list[str], peer: str) -> None:
        if self.hold:
            self.hold.wait(10)
        if self.trouble:
            raise self.trouble[0]
        self.kept.append((raw, envelope_from, recipients, peer))

    def accepts(self, address: str) -> bool:
        return address == OURS or (address.startswith("support+t.") and address.endswith("@intercom.example"))

    def run(self, task: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(task, self.loop).result(10)

    def stop(self, seconds: float) -> None:
        self.run(self.listener.stop(seconds))


@contextlib.contextmanager
def running(**settings: Any) -> Iterator[Desk]:
    desk = Desk()
    desk.loop = asyncio.new_event_loop()
    thread = threading.Thread(target=desk.loop.run_forever, daemon=True)
    thread.start()

    async def start() -> None:
        desk.listener = Listener(desk.store, desk.accepts, **settings)
        desk.address = await desk.listener.start("127.0.0.1", 0)
        desk.lmtp = await desk.listener.start("127.0.0.1", 0, lmtp=True)

    desk.run(start())
    try:
        yield desk
    finally:
        desk.stop(0.2)
        desk.loop.call_soon_threadsafe(desk.loop.stop)
        thread.join(5)
        desk.loop.close()


def send(desk: Desk, content: bytes, recipients: list[str] | None = None, sender: str = "bob@partner.example") -> None:
    with smtplib.SMTP(*desk.address, timeout=20) as server:
        server.sendmail(sender, recipients or [OURS], content)


def sized(size: int) -> bytes:
    """A mail of exactly so many bytes, in lines as mail has them."""
    lines, rest = divmod(size - 2, 1000)
    return (b"x" * 998 + b"\r\n") * lines + b"y" * rest + b"\r\n"


def wait_until(is_so: Callable[[], bool]) -> None:
    ticks = threading.Event()
    for _ in range(500):
        if is_so():
            return
        ticks.wait(0.01)
    raise AssertionError("waited in vain")
