"""Hands some bytes to an address that somebody else named, on the public internet only, and tells what was answered."""

import ssl
from collections.abc import Iterable, Mapping
from typing import cast

import httpcore

from .addresses import is_public_web
from .errors import NotFetched
from .fetch import certificates
from .pinned import Deadline, PinnedNetwork
from .targets import Allows, Resolve, addresses_of, read_url, system_resolve

SECONDS = 10.0
ANSWER_MAX = 64 * 1024


def post_bytes(
    url: str,
    content: bytes,
    headers: Mapping[str, str],
    *,
    allows: Allows = is_public_web,
    resolve: Resolve = system_resolve,
    seconds: float = SECONDS,
    trusts: ssl.SSLContext | None = None,
) -> tuple[int, dict[str, str]]:
    """The status and the headers of the answer (names in lower case); raises NotFetched, always after at most `seconds`.

    https only. The host is looked up once and the connection goes to the address that was checked; an answer that sends
    us on is not followed. Of the answer's words nothing is kept.
    """
    target = read_url(url)
    if target.scheme != "https":
        raise NotFetched("not encrypted")
    deadline = Deadline(seconds)
    sent = [
        (b"Host", target.url.netloc),
        *((name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()),
    ]
    try:
        network = PinnedNetwork(addresses_of(target, allows, resolve, deadline.left()), deadline)
        address = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
        with (
            httpcore.ConnectionPool(ssl_context=trusts or certificates(), network_backend=network, retries=0) as pool,
            pool.stream("POST", address, headers=sent, content=content) as answer,
        ):
            _pass_over(cast(Iterable[bytes], answer.iter_stream()))
            return answer.status, {
                name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers
            }
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as problem:
        raise NotFetched(f"{type(problem).__name__}: {problem}") from None


def _pass_over(pieces: Iterable[bytes]) -> None:
    """Read to the end, so that the other side is not cut off, but not for ever."""
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > ANSWER_MAX:
            return
