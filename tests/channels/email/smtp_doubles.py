"""A relay to send to that behaves as each test wants, and a plain-socket client that can misbehave."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator

Answer = str | None


class FakeRelay:
    """An SMTP server on loopback: keeps what it takes, answers as told, or hangs up.

    `answers` maps a verb ("banner" for the greeting, "dot" for the end of a mail) to an answer, or to several for one time
    after the other, the last of which stays; `None` as an answer closes the connection, and one that begins with `~` is sent
    without the end of its line. `breaks_after`: the number of lines of a mail after which it hangs up in the middle.
    """

    def __init__(
        self, tls: ssl.SSLContext | None = None, *, breaks_after: int | None = None, **answers: Answer | list[Answer]
    ) -> None:
        self.tls = tls
        self.breaks_after = breaks_after
        self.answers = {moment: answer if isinstance(answer, list) else [answer] for moment, answer in answers.items()}
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
            if verb == "data" and self.last_said.startswith("354"):
                mail = self._mail(lines)
                if mail is None:
                    return
                self.taken.append(mail)
                if not self._say(client, "dot", "250 kept"):
                    return

    def _mail(self, lines: Iterator[bytes]) -> bytes | None:
        """What stands before the dot; nothing when it hangs up before that."""
        mail: list[bytes] = []
        for part in lines:
            if part == b".\r\n":
                return b"".join(mail)
            mail.append(part)
            if len(mail) == self.breaks_after:
                return None
        return None

    def _say(self, client: socket.socket, moment: str, fallback: str) -> bool:
        waiting = self.answers.get(moment, [fallback])
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if answer is None:
            return False
        self.last_said = answer
        client.sendall(answer[1:].encode() if answer.startswith("~") else answer.encode() + b"\r\n")
        return True


class PlainClient:
    """SMTP or LMTP (greeting `LHLO`) by hand, byte for byte."""

    def __init__(self, address: tuple[str, int], greeting: str = "EHLO") -> None:
        self.greeting = greeting
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
        return self.say(f"{self.greeting} partner.example", f"MAIL FROM:<{sender}>", f"RCPT TO:<{recipient}>", "DATA")

    def close(self) -> None:
        self.lines.close()
        self.socket.close()
