"""The web process: the live stream and the health check as they are, all pages through Django in threads.

Not Django's own ASGI handler: it changes threads at each middleware, which costs more than the pages themselves.
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

from a2wsgi import WSGIMiddleware
from django.db import Error as DatabaseFault
from django.db import connection

from config.wsgi import application as pages_wsgi
from mainstay.live.hub import hub
from mainstay.live.looking_after import look_after_visits
from mainstay.live.stream import live

PAGE_THREADS = 4  # of each process: more of them get in each other's way when all are busy

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

pages: Any = WSGIMiddleware(cast(Any, pages_wsgi), workers=PAGE_THREADS)
_checker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="health")


class VisitorGone(OSError):
    """The connection ended before its request was complete; Django gives up reading it."""


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await _live_from_start_to_end(receive, send)
        return
    if scope["type"] != "http":
        return
    if scope["path"] == "/healthz":
        await _health(send)
    elif scope["path"] == "/live":
        await live(scope, receive, send)
    elif not scope["query_string"].isascii():
        await _answer(send, 400, b"The address contains bytes that must be written as %XX.\n")
    else:
        await pages(_unambiguous(scope), _whole(receive), send)


async def _live_from_start_to_end(receive: Receive, send: Send) -> None:
    """The process listens before its first page is made, so that each page knows where it stands; see docs/decisions/0025."""
    await receive()
    hub.wake()
    looking_after = asyncio.create_task(look_after_visits())
    await send({"type": "lifespan.startup.complete"})
    await receive()
    looking_after.cancel()
    await hub.stop()
    await send({"type": "lifespan.shutdown.complete"})


def _unambiguous(scope: Scope) -> Scope:
    """Without headers that have an underscore: WSGI could not tell X_Forwarded_Proto from a proxy's own header."""
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if b"_" not in name]}


def _whole(receive: Receive) -> Receive:
    """A body that breaks off is an error, not a short body: half a form is never acted upon."""

    async def receive_or_fail() -> Message:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise VisitorGone
        return message

    return receive_or_fail


async def _health(send: Send) -> None:
    """200 when the database answers this process, for supervisors and load balancers; any Host header will do."""
    answers = await asyncio.get_running_loop().run_in_executor(_checker, _database_answers)
    await _answer(send, 200, b"ok\n") if answers else await _answer(send, 503, b"The database does not answer.\n")


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except DatabaseFault:
        return False
    finally:
        connection.close()
    return True


async def _answer(send: Send, status: int, text: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    headers.append((b"content-length", str(len(text)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})
