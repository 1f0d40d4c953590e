"""Lets a library that speaks `requests` reach only addresses that were checked, under limits of time and size."""

import ssl
from collections.abc import Iterable
from typing import Any, cast

import httpcore
import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from .addresses import Address
from .errors import NotFetched
from .pinned import Deadline, PinnedNetwork
from .targets import Allows, Resolve, Target, addresses_of, read_url, system_resolve

SECONDS = 8.0
ANSWER_MAX = 1024 * 1024
HERE = frozenset({"localhost", "127.0.0.1", "::1"})
LEFT_OUT = frozenset({"host", "connection", "accept-encoding", "content-length"})


def careful_session(
    *, allows: Allows, trusts: ssl.SSLContext, resolve: Resolve = system_resolve, seconds: float = SECONDS
) -> requests.Session:
    """A session of `requests` whose every request goes to an address that `allows` allowed, or raises ConnectionError.

    No proxy, no passwords from files; in the clear only to this very machine; an answer that sends us on is an error.
    """
    session = requests.Session()
    session.trust_env = False
    session.max_redirects = 0
    for prefix in ("https://", "http://"):
        session.mount(prefix, _Careful(allows, trusts, resolve, seconds))
    return session


class _Careful(BaseAdapter):
    """One request is one connection."""

    def __init__(self, allows: Allows, trusts: ssl.SSLContext, resolve: Resolve, seconds: float) -> None:
        super().__init__()
        self._allows, self._trusts, self._resolve, self._seconds = allows, trusts, resolve, seconds

    def send(self, request: requests.PreparedRequest, *_args: Any, **_kwargs: Any) -> requests.Response:
        deadline = Deadline(self._seconds)
        try:
            target = read_url(request.url or "", allows_short=True)
            if target.scheme != "https" and target.host not in HERE:
                raise NotFetched("not encrypted")
            found = addresses_of(target, self._allows, self._resolve, deadline.left())
            return self._answered(request, target, found, deadline)
        except NotFetched as fault:
            raise requests.ConnectionError(fault.because, request=request) from fault
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as fault:
            raise requests.ConnectionError(f"{type(fault).__name__}: {fault}", request=request) from fault

    def close(self) -> None:
        """Nothing stays open."""

    def _answered(
        self, request: requests.PreparedRequest, target: Target, found: list[Address], deadline: Deadline
    ) -> requests.Response:
        body = request.body or b""
        if not isinstance(body, str | bytes):
            raise NotFetched("a body that is not whole")
        content = body.encode() if isinstance(body, str) else body
        told = {name: value for name, value in request.headers.items() if name.lower() not in LEFT_OUT}
        told |= {"Host": target.url.netloc.decode("ascii"), "Accept-Encoding": "identity", "Connection": "close"}
        if content or request.method == "POST":
            told["Content-Length"] = str(len(content))
        where = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
        network = PinnedNetwork(found, deadline)
        with (
            httpcore.ConnectionPool(ssl_context=self._trusts, network_backend=network, retries=0) as pool,
            pool.stream(
                request.method or "GET",
                where,
                headers=[(_as_bytes(name), _as_bytes(value)) for name, value in told.items()],
                content=content,
            ) as answer,
        ):
            return _response(request, answer, _whole(cast(Iterable[bytes], answer.iter_stream())))


def _response(request: requests.PreparedRequest, answer: httpcore.Response, content: bytes) -> requests.Response:
    made = requests.Response()
    made.status_code, made.request, made.url, made._content = answer.status, request, request.url or "", content
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in answer.headers}
    made.headers = CaseInsensitiveDict({"content-type": "application/octet-stream", **headers})
    made.encoding = "utf-8"
    return made


def _whole(pieces: Iterable[bytes]) -> bytes:
    whole = bytearray()
    for piece in pieces:
        whole += piece
        if len(whole) > ANSWER_MAX:
            raise NotFetched("too large")
    return bytes(whole)


def _as_bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("latin-1")
