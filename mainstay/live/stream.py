"""The live stream: names of what changed, as server-sent events, each with its position, so that nothing is missed.

    id: 1795400000-81234.0          where the browser stands now; it comes back with it after a gap
    data: queue ticket:42           these changed; `resync`: anything may have; `bye`: the desk stops

`event: hello` opens it with the version that the desk runs now, `event: still` says that nothing happened.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings

from .hub import BYE, Listener, hub
from .topics import Subscription, read_topics

KEEP_ALIVE_SECONDS = 20
POSITIONS = 20
# Then it ends, and the browser asks for a new list of topics: whoever may see something no more hears no more of it.
LONGEST_SECONDS = (1800, 3600)  # not all at the same time

Scope = dict[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


async def live(scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI: `/live?topics=…` with a list that the page signed; anything else gets 403.

    Whoever comes back says where it stood: `&after=…`, several times when its tabs are of different moments, or the header
    Last-Event-ID.
    """
    wanted = _wanted(scope)
    if wanted is None:
        await _refuse(send)
        return
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    listener = hub.join(wanted)
    gone = asyncio.create_task(_until_gone(receive, listener))
    try:
        await _write(send, f"retry: 2000\n\nevent: hello\ndata: {settings.PAGE_VERSION}\n\n")
        over_at = time.monotonic() + random.uniform(*LONGEST_SECONDS)  # noqa: S311 - no secret
        while await _pass_on(listener, send) and time.monotonic() < over_at:
            pass
    finally:
        hub.leave(listener)
        gone.cancel()
    with contextlib.suppress(OSError, RuntimeError):
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _wanted(scope: Scope) -> Subscription | None:
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    wanted = read_topics(query.get("topics", [""])[0])
    header = dict(scope.get("headers", ())).get(b"last-event-id", b"").decode("latin-1")
    stood = [header] if header else query.get("after", [])
    if wanted is None or not stood:
        return wanted
    return Subscription(wanted.topics, frozenset(stood[:POSITIONS]))


async def _pass_on(listener: Listener, send: Send) -> bool:
    """Write what is to be told, or that nothing is; False when the stream is over."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(KEEP_ALIVE_SECONDS):
            await listener.awake.wait()
    if listener.is_gone:
        return False
    words = listener.take()
    # All that this browser was to hear up to here is in these words or was told before: it may come back with this position.
    stands = f"id: {hub.position}\n" if hub.position else ""
    told = f"data: {' '.join(words)}\n\n" if words else "event: still\ndata: .\n\n"
    await _write(send, stands + told)
    return BYE not in words


async def _until_gone(receive: Receive, listener: Listener) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.leave()


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
