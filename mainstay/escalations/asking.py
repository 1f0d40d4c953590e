"""Asks a tracker's API: to the address that was checked, with a time limit and a size limit, and never on to another one."""

import json
import re
import ssl
from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from typing import Any, cast
from urllib.parse import urlencode

import httpcore
import httpx
from django.utils.translation import gettext as _

from mainstay.lib.fetching.addresses import Address, is_inside, is_public
from mainstay.lib.fetching.errors import NotFetched
from mainstay.lib.fetching.fetch import certificates
from mainstay.lib.fetching.pinned import Deadline, PinnedNetwork
from mainstay.lib.fetching.targets import DOUBTFUL, Resolve, Target, addresses_of, system_resolve

from .errors import TrackerTrouble, WrongSetUp
from .tracking import Access, read_json

SECONDS = 20.0
ANSWER_MAX = 4 * 1024 * 1024
LONGEST_WAIT = 6 * 3600
HOST = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*")
NUMBER = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)")
PORTS = {"http": 80, "https": 443}
LATER = frozenset({408, 425, 429})


class Refused(TrackerTrouble):
    """The tracker answered, with this status, that it won't."""

    def __init__(self, sentence: str, status: int, *, needs_person: bool = False, seconds: int | None = None) -> None:
        super().__init__(sentence, needs_person=needs_person, seconds=seconds)
        self.status = status


class Web:
    """The API of one tracker. `name` is how sentences call it."""

    def __init__(
        self,
        name: str,
        access: Access,
        headers: Mapping[str, str],
        *,
        seconds: float = SECONDS,
        resolve: Resolve = system_resolve,
    ) -> None:
        self._name, self._headers = name, headers
        self._access, self._seconds, self._resolve = access, seconds, resolve

    def ask(self, method: str, path: str, *, query: Mapping[str, str] | None = None, data: Any = None) -> Any:
        """What the tracker answers, read from JSON; raises TrackerTrouble. `path` begins with a slash and is encoded."""
        target = read_address(self._access.address)
        deadline = Deadline(self._seconds)
        try:
            status, headers, content = self._answer(target, method, path, query, data, deadline)
        except NotFetched:
            raise TrackerTrouble(self._unreachable(target)) from None
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as problem:
            raise self._told(problem) from problem
        if not 200 <= status < 300:
            raise self._refused(status, headers, content)
        return self._read(content)

    def _answer(
        self,
        target: Target,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        data: Any,
        deadline: Deadline,
    ) -> tuple[int, dict[str, str], bytes]:
        network = PinnedNetwork(addresses_of(target, self._allows, self._resolve, deadline.left()), deadline)
        asked = target.path.rstrip(b"/") + path.encode("ascii")
        if query:
            asked += b"?" + urlencode(query).encode("ascii")
        content = json.dumps(data).encode() if data is not None else b""
        headers = {"Host": target.url.netloc.decode("ascii"), "Accept": "application/json", **self._headers}
        headers |= {"User-Agent": "Mainstay", "Accept-Encoding": "identity", "Connection": "close"}
        if data is not None:
            headers |= {"Content-Type": "application/json", "Content-Length": str(len(content))}
        where = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=asked)
        with (
            httpcore.ConnectionPool(ssl_context=self._trusts(), network_backend=network, retries=0) as pool,
            pool.stream(
                method,
                where,
                headers=[(name.encode(), value.encode()) for name, value in headers.items()],
                content=content,
            ) as answer,
        ):
            told = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
            return answer.status, told, self._whole(cast(Iterable[bytes], answer.iter_stream()))

    def _whole(self, pieces: Iterable[bytes]) -> bytes:
        whole = bytearray()
        for piece in pieces:
            whole += piece
            if len(whole) > ANSWER_MAX:
                raise TrackerTrouble(_("%(name)s answers far more than was asked for.") % {"name": self._name})
        return bytes(whole)

    def _allows(self, address: Address, _port: int) -> bool:
        return is_public(address) or (self._access.allows_private and is_inside(address))

    def _trusts(self) -> ssl.SSLContext:
        if not self._access.extra_ca:
            return certificates()
        context = httpx.create_ssl_context()
        context.load_verify_locations(cadata=self._access.extra_ca)
        return context

    def _unreachable(self, target: Target) -> str:
        if self._access.allows_private:
            return _("%(host)s was not found, or is at an address that no tracker has.") % {"host": target.host}
        return _(
            "%(host)s was not found on the public internet. If it is inside your own network, say so in the set-up."
        ) % {"host": target.host}

    def _told(self, problem: Exception) -> TrackerTrouble:
        cause: BaseException | None = problem
        while cause is not None:
            if isinstance(cause, ssl.SSLCertVerificationError):
                sentence = _("%(name)s can't prove who it is: %(problem)s.")
                values = {"name": self._name, "problem": cause.verify_message}
                return TrackerTrouble(sentence % values, needs_person=True)
            cause = cause.__cause__ or cause.__context__
        return TrackerTrouble(_("%(name)s does not answer.") % {"name": self._name})

    def _refused(self, status: int, headers: Mapping[str, str], content: bytes) -> Refused:
        is_throttled = status == 403 and ("retry-after" in headers or headers.get("x-ratelimit-remaining") == "0")
        if status >= 500 or status in LATER or is_throttled:
            sentence = _("%(name)s can't do it now (%(status)s).") % {"name": self._name, "status": status}
            return Refused(sentence, status, seconds=_wait_of(headers))
        sentences = {
            401: _("%(name)s does not take the token."),
            403: _("%(name)s does not let this token do that."),
            404: _("%(name)s knows no such project or issue, or hides it from this token."),
            410: _("%(name)s knows no such project or issue, or hides it from this token."),
        }
        if 300 <= status < 400:
            sentence = _("%(name)s sends us to another address; write that one in the set-up.")
        else:
            sentence = sentences.get(status) or _("%(name)s does not accept it (%(status)s): %(words)s")
        values = {"name": self._name, "status": status, "words": _words_of(content)}
        return Refused(sentence % values, status, needs_person=True)

    def _read(self, content: bytes) -> Any:
        try:
            return read_json(content or b"null")
        except (ValueError, RecursionError):
            raise TrackerTrouble(
                _("What answers there is not %(name)s.") % {"name": self._name}, needs_person=True
            ) from None


def read_address(text: str) -> Target:
    """The base address of a tracker, in one reading only; raises WrongSetUp. In the clear only to this very machine."""
    wrong = WrongSetUp("address", _("Write the address like https://gitlab.example.com, without a name or a query."))
    try:
        url = httpx.URL(text)
        host = url.raw_host.decode("ascii").lower().removesuffix(".")
    except (httpx.InvalidURL, ValueError):
        raise wrong from None
    if DOUBTFUL.search(text) or "@" in text or url.userinfo or url.query or url.fragment or url.scheme not in PORTS:
        raise wrong
    literal = _literal(host)
    if literal is None and (len(host) > 253 or not HOST.fullmatch(host) or NUMBER.fullmatch(host.rpartition(".")[2])):
        raise wrong
    if url.port is not None and not 0 < url.port < 2**16:
        raise wrong
    is_here = host == "localhost" or (literal is not None and literal.is_loopback)
    if url.scheme == "http" and not is_here:
        raise WrongSetUp("address", _("The address must begin with https://: the token would go in the clear."))
    return Target(url, url.scheme, host, url.port or PORTS[url.scheme], url.raw_path)


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None


def _wait_of(headers: Mapping[str, str]) -> int | None:
    """Seconds that the tracker asks us to wait, if it does, and not longer than a person would bear."""
    told = headers.get("retry-after", "").strip()
    return min(int(told), LONGEST_WAIT) if told.isascii() and told.isdigit() and len(told) < 10 else None


def _words_of(content: bytes) -> str:
    """What a tracker says of a refusal, short and printable; it may hold a word of what was sent, never a secret of ours."""
    text = content[:2_000].decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else " " for letter in text)[:300].strip() or "–"
