"""A relay to send to that behaves as each test wants, and a plain-socket client that can misbehave."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator


class FakeRelay:
    """An SMTP server on loopback: keeps what it takes, answers as told, or hangs up.

    `answers` maps a verb (or "dot" for the end of a mail) to an answer; `None` as an answer closes the connection.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, **answers: str | None) -> None:
        self.tls = tls
        self.answers = answers
        self.taken: list[bytes] = []
        self.heard: list[str] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._socket.accept()
                client.settimeout(5)
                if self.tls:
                    try:
                        client = self.tls.wrap_socket(client, server_side=True)
                    except OSError:
                        client.close()
                        continue
                with client, client.makefile("rb") as lines, contextlib.suppress(OSError, ConnectionError):
                    self._talk(client, lines)

    def _talk(self, client: socket.socket, lines: Iterator[bytes]) -> None:
        if not self._say(client, "banner", "220 relay"):
            return
        for line in lines:
            verb = line.split()[0].decode().lower()
            self.heard.append(line.decode().strip())
            fallback = {"data": "354 go", "quit": "221 bye", "ehlo": "250-relay\r\n250 SIZE 99999999"}.get(
                verb, "250 ok"
            )
            if not self._say(client, verb, fallback) or verb == "quit":
                return
            if verb == "data" and self.answers.get("data", "354")[:3] == "354":
                mail = b""
                for part in lines:
                    if part == b".\r\n":
                        break
                    mail += part
                self.taken.append(mail)
                if not self._say(client, "dot", "250 kept"):
                    return

    def _say(self, client: socket.socket, moment: str, fallback: str) -> bool:
        answer = self.answers.get(moment, fallback)
        if answer is None:
            return False
        client.sendall(answer.encode() + b"\r\n")
        return True


class PlainClient:
    """SMTP by hand, byte for byte."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address, timeout=10)
        self.lines = self.socket.makefile("rb")

    def answer(self) -> str:
        """The last line of the next answer; empty when the other side has hung up."""
        while True:
            try:
                line = self.lines.readline().decode()
            except ConnectionError:
                return ""
            if line[3:4] != "-":
                return line.strip()

    def say(self, *lines: str) -> str:
        answer = ""
        for line in lines:
            self.send(line.encode() + b"\r\n")
            answer = self.answer()
        return answer

    def send(self, content: bytes) -> None:
        self.socket.sendall(content)

    def begin(self, recipient: str = "support@intercom.example", sender: str = "bob@partner.example") -> str:
        self.answer()
        return self.say("EHLO partner.example", f"MAIL FROM:<{sender}>", f"RCPT TO:<{recipient}>", "DATA")

    def close(self) -> None:
        self.lines.close()
        self.socket.close()
