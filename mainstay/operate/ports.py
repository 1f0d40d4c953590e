"""Ports are looked at before anything is started, so that a taken one is named while nothing has happened yet."""

import errno
import socket
import sys
import time

from .errors import PortTaken


def listening_socket(host: str, port: int, option: str, *, patience: float = 0.0) -> socket.socket:
    """A socket that already listens, so that visitors wait instead of being refused while its server restarts.

    Port 0 takes a free one. `option` is what to choose another port with. `patience` in seconds: for the parts of a
    killed `mainstay up`, which need a moment to let go of their ports.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            return _bound(host, port)
        except OSError as fault:
            if time.monotonic() > deadline:
                raise PortTaken(_why_not(host, port, fault, option)) from fault
            time.sleep(0.1)


def listening_sockets(number: int, host: str, port: int, option: str, *, patience: float = 0.0) -> list[socket.socket]:
    """The same for several servers of one port: one socket for each, among which Linux deals out the visitors evenly.

    Elsewhere they share one. Nobody else's desk may join: the port is taken alone at first.
    """
    alone = listening_socket(host, port, option, patience=patience)
    if number == 1 or sys.platform != "linux":
        return [alone, *(alone.dup() for _ in range(number - 1))]
    port = alone.getsockname()[1]
    alone.close()
    return [_bound(host, port, is_shared=True) for _ in range(number)]


def free_port(host: str, port: int, option: str, *, patience: float = 0.0) -> int:
    """The same port when nobody listens on it, or any free one for 0; PortTaken otherwise."""
    with listening_socket(host, port, option, patience=patience) as trial:
        return int(trial.getsockname()[1])


def reachable_host(host: str) -> str:
    """An address to connect to for one to listen on: `0.0.0.0` and `::` mean every address, so also loopback."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104


def web_address(host: str, port: int) -> str:
    name = reachable_host(host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _bound(host: str, port: int, *, is_shared: bool = False) -> socket.socket:
    family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if is_shared:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(address)
        listener.listen(512)
    except OSError:
        listener.close()
        raise
    return listener


def _why_not(host: str, port: int, fault: OSError, option: str) -> str:
    if fault.errno == errno.EADDRINUSE:
        return f"Port {port} is taken: another program already listens on {host}; choose another with {option}."
    words = (fault.strerror or str(fault)).lower()
    return f"Port {port} can't be opened on {host} ({words}); choose another with {option}."
