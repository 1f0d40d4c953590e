"""The listener as a process: it listens until it is told to stop, and keeps mails in the desk's database."""

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path

from .certificate import Certificate
from .listener import LARGE_BYTES, Accepts, Listener, Store


def serve(
    host: str,
    port: int,
    *,
    store: Store,
    accepts: Accepts,
    hostname: str = "localhost",
    certificate: Certificate | None = None,
    allow_plain: bool = False,
    lmtp_port: int | None = None,
    lmtp_socket: Path | None = None,
    on_ready: Callable[[str, int], None] | None = None,
) -> None:
    """Listen until SIGTERM or SIGINT, then finish the mails that are on their way and return.

    `store(raw, envelope_from, recipients, peer)` returns when the mail is durably kept; whatever it raises leaves the mail
    with its sender. `accepts(address)` says whether an address (in canonical form) is the desk's. Both run in a few threads.
    `lmtp_port` (on the same host) and `lmtp_socket` take mail by LMTP beside. `on_ready(host, port)` is called once everything
    is open. Raises `CannotListen`.
    """

    async def run() -> None:
        stopped = asyncio.Event()
        for sign in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(sign, stopped.set)
        listener = Listener(store, accepts, hostname=hostname, certificate=certificate, allow_plain=allow_plain)
        try:
            bound = await listener.start(host, port)
            if lmtp_port is not None:
                await listener.start(host, lmtp_port, lmtp=True)
            if lmtp_socket is not None:
                await listener.start_socket(lmtp_socket)
            if on_ready:
                on_ready(*bound)
            await stopped.wait()
        finally:
            await listener.stop()

    asyncio.run(run())


def django_store() -> Store:
    """The store that commits into the desk's database; its connections heal by themselves after a database restart."""
    from django.db import close_old_connections, connection

    from mainstay.channels.email.actions import store_raw_mail

    def store(raw: bytes, envelope_from: str, recipients: list[str], peer: str) -> None:
        close_old_connections()
        try:
            store_raw_mail(raw=raw, envelope_from=envelope_from, envelope_to=recipients, peer=peer, mailbox="smtp")
        finally:
            if len(raw) > LARGE_BYTES:
                connection.close()  # the driver never gives back the room that it once needed
            close_old_connections()

    return store


def django_accepts() -> Accepts:
    """Whether an address is the desk's own, by the policy in force."""
    from django.db import close_old_connections

    from mainstay.channels.email.queries import is_our_address

    def accepts(address: str) -> bool:
        close_old_connections()
        try:
            return is_our_address(address)
        finally:
            close_old_connections()

    return accepts
