"""An IMAP server that does what bad servers and bad networks do: each trick is switched on for single mails."""

import contextlib
import re
import socket
import threading
from collections import Counter
from dataclasses import dataclass, field

CRLF = b"\r\n"
HUGE = 2**31


class HungUp(Exception):
    """This side ends the connection."""


@dataclass
class Tricks:
    """Per UID: how often a trick is still played (or, for `lies`, which size is told)."""

    drops_in_literal: Counter[int] = field(default_factory=Counter)  # half the mail, then the connection is gone
    half_literals: Counter[int] = field(default_factory=Counter)  # half the mail, then the protocol goes on
    stalls: Counter[int] = field(default_factory=Counter)  # no answer at all
    refuses: Counter[int] = field(default_factory=Counter)  # NO
    announces_huge: Counter[int] = field(default_factory=Counter)  # a literal of 2 GB
    expunges: Counter[int] = field(default_factory=Counter)  # gone between size and body
    lies: dict[int, int] = field(default_factory=dict)
    partial_at_most: int = 0  # never more than so many bytes of a mail at once
    repeats_exists: bool = False
    strips_starttls: bool = True
    idle_is_broken: bool = False
    uid_next: int | None = None


class MisbehavingImap:
    """One mailbox with the folder INBOX, open to everybody; `mails` may be changed while it runs."""

    def __init__(self, mails: dict[int, bytes], *, capabilities: str = "IMAP4rev1 IDLE MOVE UIDPLUS") -> None:
        self.mails = dict(mails)
        self.tricks = Tricks()
        self.uidvalidity = 1
        self.capabilities = capabilities
        self.commands: list[str] = []
        self.flagged: set[int] = set()
        self.moved: dict[int, str] = {}
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._is_stopped = False
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    def __enter__(self) -> "MisbehavingImap":
        return self

    def __exit__(self, *_fault: object) -> None:
        self._is_stopped = True
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def sent(self, word: str) -> list[str]:
        """The commands that contain this word."""
        return [command for command in self.commands if word in command]

    def _accept(self) -> None:
        while not self._is_stopped:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, HungUp, ValueError), connection, connection.makefile("rb") as lines:
            connection.sendall(b"* OK ready" + CRLF)
            while line := lines.readline():
                tag, command = line.decode().strip().split(" ", 1)
                self.commands.append(command)
                self._answer(connection, lines, tag, command)

    def _answer(self, connection: socket.socket, lines: "socket.SocketIO", tag: str, command: str) -> None:  # type: ignore[name-defined]
        name = command.removeprefix("UID ").split(" ")[0].upper()
        if self.tricks.repeats_exists and name not in {"CAPABILITY", "LOGIN"}:
            connection.sendall((b"* %d EXISTS\r\n" % len(self.mails)) * 3)
        if name == "IDLE":
            self._idle(connection, lines, tag)
            return
        if name == "LOGOUT":
            connection.sendall(b"* BYE\r\n" + f"{tag} OK bye\r\n".encode())
            raise HungUp
        outcome = getattr(self, f"_do_{name.lower()}", self._do_unknown)(connection, command)
        connection.sendall(f"{tag} {outcome}\r\n".encode())

    def _do_unknown(self, _connection: socket.socket, _command: str) -> str:
        return "BAD what?"

    def _do_capability(self, connection: socket.socket, _command: str) -> str:
        connection.sendall(f"* CAPABILITY {self.capabilities}\r\n".encode())
        return "OK done"

    def _do_login(self, _connection: socket.socket, _command: str) -> str:
        return "OK in"

    def _do_noop(self, _connection: socket.socket, _command: str) -> str:
        return "OK done"

    def _do_select(self, connection: socket.socket, command: str) -> str:
        if "INBOX" not in command:
            return "NO no such folder"
        following = self.tricks.uid_next or max(self.mails, default=0) + 1
        told = [f"{len(self.mails)} EXISTS", "FLAGS (\\Seen \\Deleted)", f"OK [UIDVALIDITY {self.uidvalidity}] ok"]
        for line in [*told, f"OK [UIDNEXT {following}] ok"]:
            connection.sendall(f"* {line}\r\n".encode())
        return "OK [READ-WRITE] open"

    _do_examine = _do_select

    def _do_search(self, connection: socket.socket, command: str) -> str:
        low, high = re.search(r"UID (\d+):(\d+|\*)", command.removeprefix("UID ")).groups()  # type: ignore[union-attr]
        uids = sorted(self.mails)
        found = {uid for uid in uids if int(low) <= uid and (high == "*" or uid <= int(high))}
        if high == "*" and uids:
            found.add(uids[-1])
        connection.sendall(("* SEARCH " + " ".join(map(str, sorted(found)))).encode() + CRLF)
        return "OK done"

    def _do_fetch(self, connection: socket.socket, command: str) -> str:
        which, what = re.match(r"UID FETCH ([\d,:]+) \((.*)\)", command).groups()  # type: ignore[union-attr]
        for uid in _numbers(which):
            if uid not in self.mails:
                continue
            if what == "RFC822.SIZE":
                size = self.tricks.lies.get(uid, len(self.mails[uid]))
                connection.sendall(f"* {self._number(uid)} FETCH (UID {uid} RFC822.SIZE {size})\r\n".encode())
            elif (outcome := self._body(connection, uid, what)) != "OK":
                return outcome
        return "OK done"

    def _body(self, connection: socket.socket, uid: int, what: str) -> str:
        tricks = self.tricks
        section, start, count = re.match(r"BODY\.PEEK\[(.*)\]<(\d+)\.(\d+)>", what).groups()  # type: ignore[union-attr]
        if _plays(tricks.expunges, uid):
            del self.mails[uid]
            return "OK"
        if _plays(tricks.refuses, uid):
            return "NO [SERVERBUG] not this one"
        if _plays(tricks.stalls, uid):
            threading.Event().wait(30)
            raise HungUp
        mail = self.mails[uid] if not section else self.mails[uid].partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        piece = mail[int(start) : int(start) + min(int(count), tricks.partial_at_most or HUGE)]
        opening = f"* {self._number(uid)} FETCH (UID {uid} BODY[{section}]<{start}> "
        if _plays(tricks.announces_huge, uid):
            connection.sendall(f"{opening}{{{HUGE}}}\r\n".encode() + piece)
            raise HungUp
        opening_bytes = f"{opening}{{{len(piece)}}}\r\n".encode()
        if _plays(tricks.drops_in_literal, uid):
            connection.sendall(opening_bytes + piece[: len(piece) // 2])
            raise HungUp
        if _plays(tricks.half_literals, uid):
            connection.sendall(opening_bytes + piece[: len(piece) // 2] + b")\r\n")
            return "OK"
        connection.sendall(opening_bytes + piece + b")\r\n")
        return "OK"

    def _do_store(self, _connection: socket.socket, command: str) -> str:
        self.flagged.update(_numbers(command.split(" ")[2]))
        return "OK done"

    def _do_move(self, _connection: socket.socket, command: str) -> str:
        _uid, _move, which, folder = command.split(" ", 3)
        for uid in _numbers(which):
            self.moved[uid] = folder.strip('"')
            self.mails.pop(uid, None)
        return "OK done"

    def _idle(self, connection: socket.socket, lines: "socket.SocketIO", tag: str) -> None:  # type: ignore[name-defined]
        if self.tricks.idle_is_broken:
            connection.sendall(f"{tag} BAD I never meant it\r\n".encode())
            return
        before = len(self.mails)
        connection.sendall(b"+ idling" + CRLF)
        done = threading.Thread(target=lines.readline, daemon=True)
        done.start()
        while done.is_alive() and not self._is_stopped:
            done.join(0.05)
            if len(self.mails) != before:
                before = len(self.mails)
                connection.sendall((b"* %d EXISTS\r\n" % before) * 2)
        connection.sendall(f"{tag} OK done\r\n".encode())

    def _number(self, uid: int) -> int:
        return sorted(self.mails).index(uid) + 1


def _plays(trick: Counter[int], uid: int) -> bool:
    if trick[uid] <= 0:
        return False
    trick[uid] -= 1
    return True


def _numbers(which: str) -> list[int]:
    found: list[int] = []
    for piece in which.split(","):
        low, _colon, high = piece.partition(":")
        found.extend(range(int(low), int(high or low) + 1))
    return found
