"""A network between a browser and the desk that can be cut: everything that is open breaks, nothing new gets through."""

import contextlib
import selectors
import socket
import threading
from urllib.parse import urlsplit


class Network:
    """Passes on what comes to its own port; between `cut` and `mend`, nobody gets through."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._there = (parts.hostname, parts.port)
        self._is_cut = False
        self._open: set[socket.socket] = set()
        self._here = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._here.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self._is_cut = True
        for one in list(self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self._is_cut = False

    def close(self) -> None:
        self.cut()
        self._here.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                visitor, _address = self._here.accept()
                if self._is_cut:
                    visitor.close()
                    continue
                threading.Thread(target=self._pass_on, args=(visitor,), daemon=True).start()

    def _pass_on(self, visitor: socket.socket) -> None:
        with contextlib.suppress(OSError), visitor, socket.create_connection(self._there) as desk:
            self._open |= {visitor, desk}
            with selectors.DefaultSelector() as waiting:
                waiting.register(visitor, selectors.EVENT_READ, desk)
                waiting.register(desk, selectors.EVENT_READ, visitor)
                while self._copy(waiting):
                    pass
            self._open -= {visitor, desk}

    def _copy(self, waiting: selectors.BaseSelector) -> bool:
        for key, _events in waiting.select():
            data = key.fileobj.recv(65536)  # type: ignore[union-attr]
            if not data:
                return False
            key.data.sendall(data)
        return True
