"""A web server on loopback that says exactly the bytes it is told to, and remembers who came."""

import re
import socket
import threading
from collections.abc import Callable, Iterable

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx"
    b"\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)


def answer(body: bytes = PNG, status: str = "200 OK", **headers: str) -> bytes:
    """A complete answer; header names with underscores for dashes."""
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def _whole_request(connection: socket.socket) -> bytes:
    """The request with its body: answering before it has all come would cut the other side off."""
    request = connection.recv(65_536)
    length = re.search(rb"(?im)^content-length: *(\d+)", request)
    while length and len(request.partition(b"\r\n\r\n")[2]) < int(length[1]):
        request += connection.recv(65_536)
    return request


class Listener:
    """Each connection gives the pieces that `say` returns for its request, until the other side is gone."""

    def __init__(self, say: Callable[[bytes], Iterable[bytes]]) -> None:
        self.say = say
        self.heard: list[bytes] = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.socket.settimeout(0.05)
        self.port = self.socket.getsockname()[1]
        self.ended = threading.Event()
        self.worker = threading.Thread(target=self._serve, daemon=True)
        self.worker.start()

    def __enter__(self) -> "Listener":
        return self

    def __exit__(self, *_problem: object) -> None:
        self.ended.set()
        self.worker.join(5)
        self.socket.close()

    def _serve(self) -> None:
        while not self.ended.is_set():
            try:
                connection, _peer = self.socket.accept()
            except TimeoutError:
                continue
            with connection:
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        connection.settimeout(5)
        try:
            request = _whole_request(connection)
            self.heard.append(request)
            for piece in self.say(request):
                connection.sendall(piece)
        except OSError:
            pass  # the other side hung up, as it should on too much
