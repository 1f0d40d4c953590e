"""Fetches one picture from the public internet under limits of place, time and size."""

import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import cast

import httpcore
import httpx

from mainstay.lib.pictures import picture_of

from .addresses import is_public_web
from .errors import NotFetched
from .pinned import Deadline, PinnedNetwork
from .targets import Allows, Resolve, Target, addresses_of, read_url, system_resolve

SECONDS = 5.0
BYTES_MAX = 5 * 1024 * 1024
REDIRECTS_MAX = 3
MOVED = {301, 302, 303, 307, 308}
# Says nothing about us or our reader; no cookies, no referrer, nothing packed (a packed answer has no size).
HEADERS = (
    (b"Accept", b"image/webp,image/png,image/jpeg,image/gif"),
    (b"Accept-Encoding", b"identity"),
    (b"User-Agent", b"Mozilla/5.0 (compatible; picture)"),
    (b"Connection", b"close"),
)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A picture's bytes and what they are, decided from them."""

    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    location: str
    content: bytes


def fetch_image(
    url: str,
    *,
    allows: Allows = is_public_web,
    resolve: Resolve = system_resolve,
    seconds: float = SECONDS,
    bytes_max: int = BYTES_MAX,
) -> Fetched:
    """The PNG, JPEG, GIF or WebP at this address; raises NotFetched for everything else, always after at most `seconds`.

    The host is looked up once and the connection goes to the address that was checked; each redirect is checked anew.
    `allows` says which address and port may be spoken to.
    """
    deadline = Deadline(seconds)
    try:
        content = _followed(read_url(url), allows, resolve, deadline, bytes_max)
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as problem:
        raise NotFetched(f"{type(problem).__name__}: {problem}") from None
    picture = picture_of(content)
    if picture is None:
        raise NotFetched("not a picture")
    return Fetched(content, picture.content_type)


def _followed(target: Target, allows: Allows, resolve: Resolve, deadline: Deadline, bytes_max: int) -> bytes:
    for _step in range(1 + REDIRECTS_MAX):
        network = PinnedNetwork(addresses_of(target, allows, resolve, deadline.left()), deadline)
        answer = _asked(target, network, bytes_max)
        if answer.status == 200:
            return answer.content
        if answer.status not in MOVED or not answer.location:
            raise NotFetched(f"answered with {answer.status}")
        target = read_url(_joined(target, answer.location))
    raise NotFetched("sent on too often")


def _asked(target: Target, network: PinnedNetwork, bytes_max: int) -> _Answer:
    url = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
    with (
        httpcore.ConnectionPool(ssl_context=certificates(), network_backend=network, retries=0) as pool,
        pool.stream("GET", url, headers=[(b"Host", target.url.netloc), *HEADERS]) as answer,
    ):
        location = next((value for name, value in answer.headers if name.lower() == b"location"), b"")
        whole = _read(cast(Iterable[bytes], answer.iter_stream()), bytes_max) if answer.status == 200 else b""
        return _Answer(answer.status, location.decode("latin-1"), whole)


def _read(pieces: Iterable[bytes], bytes_max: int) -> bytes:
    whole = bytearray()
    for piece in pieces:
        whole += piece
        if len(whole) > bytes_max:
            raise NotFetched("too large")
    return bytes(whole)


def _joined(target: Target, location: str) -> str:
    try:
        return str(target.url.join(location)) if location.isprintable() else ""
    except (httpx.InvalidURL, ValueError):
        raise NotFetched("sent on to no address") from None


@cache
def certificates() -> ssl.SSLContext:
    """Whom to believe about names, the way httpx decides it; read once, since it takes 20 ms."""
    return httpx.create_ssl_context()
