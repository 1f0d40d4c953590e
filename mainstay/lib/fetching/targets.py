"""Reads an address of the web in one way only, and finds the machines it leads to."""

import re
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address

import httpx

from .addresses import Address
from .errors import NotFetched

URL_MAX = 2_000
PORTS = {"http": 80, "https": 443}
# What one reader takes for the end of the host and another for a part of it.
DOUBTFUL = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2000-\u200f\u2028-\u202f\u2060-\u206f\ufeff]")
AUTHORITY = re.compile(r"(?i)https?://([^/?#]+)")
LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
NUMBER = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)")

Resolve = Callable[[str, int], Sequence[str]]
Allows = Callable[[Address, int], bool]


@dataclass(frozen=True, slots=True)
class Target:
    """An address of the web, read: the host as it stands in the certificate, and what to ask it for."""

    url: httpx.URL
    scheme: str
    host: str
    port: int
    path: bytes


def read_url(text: str, *, allows_short: bool = False) -> Target:
    """The target of `text`; raises NotFetched where two readers could see two different hosts.

    `allows_short`: also names without a dot, which lie in a network of one's own.
    """
    written = AUTHORITY.match(text)
    if len(text) > URL_MAX or DOUBTFUL.search(text) or not written:
        raise NotFetched("not a plain address of the web")
    if "@" in written[1] or "%" in written[1]:
        raise NotFetched("a name or a secret before the host")
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError):
        raise NotFetched("not an address") from None
    scheme, host = url.scheme, url.raw_host.decode("ascii").lower().removesuffix(".")
    if scheme not in PORTS or url.userinfo:
        raise NotFetched("not a plain address of the web")
    _check_host(host, 1 if allows_short else 2)
    port = PORTS[scheme] if url.port is None else url.port
    return Target(url, scheme, host, port, url.raw_path)


def addresses_of(target: Target, allows: Allows, resolve: Resolve, seconds: float) -> list[Address]:
    """Where the target's host lies, looked up once. One address that is not allowed spoils all: that is how traps are laid."""
    literal = _literal(target.host)
    names = [target.host] if literal else _resolved(target, resolve, seconds)
    try:
        found = [ip_address(name) for name in names]
    except ValueError:
        raise NotFetched("an address that cannot be read") from None
    if not found or not all(allows(address, target.port) for address in found):
        raise NotFetched("not on the public internet")
    return found


def system_resolve(host: str, port: int) -> list[str]:
    """What this machine's resolver says, in its order of preference."""
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


def _check_host(host: str, labels_min: int) -> None:
    """A name of letters, or an IP address in its one usual form: `0x7f.1`, `127.1` and `2130706433` are nobody's names."""
    if _literal(host):
        return
    labels = host.split(".")
    if len(host) > 253 or len(labels) < labels_min or not all(LABEL.fullmatch(label) for label in labels):
        raise NotFetched("not a host of the public internet")
    if NUMBER.fullmatch(labels[-1]):
        raise NotFetched("a number for a host")


def _literal(host: str) -> Address | None:
    try:
        found = ip_address(host)
    except ValueError:
        return None
    return found if not isinstance(found, IPv4Address) or str(found) == host else None


def _resolved(target: Target, resolve: Resolve, seconds: float) -> Sequence[str]:
    """The resolver has no time limit of its own, so it works in a thread that may be left behind."""
    found: list[Sequence[str]] = []

    def look_up() -> None:
        try:
            found.append(resolve(target.host, target.port))
        except (OSError, UnicodeError):
            found.append(())

    worker = threading.Thread(target=look_up, daemon=True, name="fetching-names")
    worker.start()
    worker.join(seconds)
    if not found:
        raise NotFetched("the name was not found in time")
    return found[0]
