"""Mails in files: single ones, mbox files read as a stream, maildirs; one mail in memory at a time."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from mainstay.channels.email import limits
from mainstay.channels.email.addresses import canonical_address

LINE_BYTES = 64 * limits.KIB
# Who writes an mbox puts a time there; a sentence that begins with “From ” has none, mostly.
MARK = re.compile(rb"From .*\d\d:\d\d")
SINGLE_SUFFIXES = frozenset({".eml", ".mbox", ".mbx"})


@dataclass(frozen=True)
class FoundMail:
    """One mail of a file, or why there is none. Of one that is too large only the beginning is at hand."""

    where: str
    content: bytes = b""
    size: int = 0
    is_whole: bool = True
    sender: str | None = None  # as an mbox names it; None: the mail itself says so
    problem: str = ""


def mails_in(path: Path) -> Iterator[FoundMail]:
    """All mails below a path. What is in the way of one of them is a found problem, never an end."""
    try:
        if path.is_dir():
            yield from _in_folder(path)
        elif _is_mbox(path):
            yield from _in_mbox(path)
        else:
            yield _in_file(path)
    except OSError as fault:
        yield FoundMail(str(path), problem=f"it could not be read: {fault.strerror or fault}")


def _in_folder(path: Path) -> Iterator[FoundMail]:
    """A maildir's mails in `cur` and `new`, in the order of their names; else everything below that looks like mail."""
    if is_maildir(path):
        for file in sorted([*(path / "cur").iterdir(), *(path / "new").iterdir()], key=lambda file: file.name):
            if file.is_file() and not file.name.startswith("."):
                yield from _guarded(file)
        inner = sorted(folder for folder in path.iterdir() if folder.name.startswith(".") and folder.is_dir())
    else:
        inner = sorted(path.iterdir())
    for entry in inner:
        if entry.is_dir() or entry.suffix.lower() in SINGLE_SUFFIXES:
            yield from mails_in(entry)


def is_maildir(path: Path) -> bool:
    return (path / "cur").is_dir() and (path / "new").is_dir()


def _guarded(file: Path) -> Iterator[FoundMail]:
    """A file that is one mail whatever it begins with."""
    try:
        yield _in_file(file)
    except OSError as fault:
        yield FoundMail(str(file), problem=f"it could not be read: {fault.strerror or fault}")


def _in_file(path: Path) -> FoundMail:
    size = path.stat().st_size
    if size == 0:
        return FoundMail(str(path), problem="it is empty")
    with path.open("rb") as file:
        if size > limits.MAIL_MAX_BYTES:
            return _beginning(str(path), file.read(limits.HEADERS_MAX_BYTES), size)
        return FoundMail(str(path), file.read(), size)


def _is_mbox(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(5) == b"From "


def _in_mbox(path: Path) -> Iterator[FoundMail]:
    """Mails between lines such as `From a@b Mon Jan 1 00:00:00 2024` behind an empty one.

    `>From ` in a mail loses its first mark, as the form “mboxrd” has it.
    """
    with path.open("rb") as file:
        gathering: _Gathering | None = None
        for line, begins, follows_blank in _lines(file):
            if gathering is None or (begins and follows_blank and MARK.match(line)):
                if gathering is not None:
                    yield gathering.mail()
                number = gathering.number + 1 if gathering else 1
                gathering = _Gathering(path, number, _sender(line))
            else:
                gathering.add(
                    line[1:] if begins and line.lstrip(b">").startswith(b"From ") and line[:1] == b">" else line
                )
        if gathering is not None:
            yield gathering.mail()


def _lines(file: IO[bytes]) -> Iterator[tuple[bytes, bool, bool]]:
    """Pieces of at most a line; whether one begins a line, and whether that line follows an empty one."""
    begins, follows_blank = True, True
    while line := file.readline(LINE_BYTES):
        yield line, begins, follows_blank
        follows_blank = begins and line in (b"\n", b"\r\n")
        begins = line.endswith(b"\n")


def _sender(line: bytes) -> str | None:
    """As the file names it: empty for a bounce, None when it does not know."""
    word = line[5:].split(b" ", 1)[0]
    return "" if word.upper() == b"MAILER-DAEMON" else canonical_address(word.decode("utf-8", "replace"))


class _Gathering:
    """The mail of an mbox that is being read; beyond the limit only its size is counted."""

    def __init__(self, path: Path, number: int, sender: str | None) -> None:
        self.number = number
        self._where = f"{path}#{number}"
        self._sender = sender
        self._content = bytearray()
        self._size = 0

    def add(self, piece: bytes) -> None:
        self._size += len(piece)
        if len(self._content) <= limits.MAIL_MAX_BYTES:
            self._content += piece

    def mail(self) -> FoundMail:
        """The empty line before the next mail belongs to the file, not to the mail."""
        if self._size > limits.MAIL_MAX_BYTES + 2:
            return _beginning(self._where, bytes(self._content[: limits.HEADERS_MAX_BYTES]), self._size)
        content = bytes(self._content)
        for ending in (b"\r\n\r\n", b"\n\n"):
            if content.endswith(ending):
                content = content[: -len(ending) // 2]
                break
        if not content.strip():
            return FoundMail(self._where, problem="it is empty")
        return FoundMail(self._where, content, len(content), sender=None if _names_sender(content) else self._sender)


def _names_sender(content: bytes) -> bool:
    return b"\nreturn-path:" in b"\n" + content[: limits.HEADERS_MAX_BYTES].lower()


def _beginning(where: str, content: bytes, size: int) -> FoundMail:
    """The headers of a mail that is too large."""
    for blank in (b"\r\n\r\n", b"\n\n"):
        head, found, _rest = content.partition(blank)
        if found:
            return FoundMail(where, head + blank, size, is_whole=False)
    return FoundMail(where, content, size, is_whole=False)
