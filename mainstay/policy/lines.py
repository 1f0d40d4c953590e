"""Finds the line of every key in a TOML text, which the parser of the standard library does not tell.

It follows the grammar only as far as it must: it is meant for text that `tomllib` has accepted, and gives up quietly on
other text, keeping what it found until then.
"""

import re
import tomllib
from contextlib import suppress
from typing import NamedTuple

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRINGS = {
    '"""': re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}', re.DOTALL),
    "'''": re.compile(r"'''.*?'{3,5}", re.DOTALL),
    '"': re.compile(r'"(?:[^"\\\n]|\\.)*"'),
    "'": re.compile(r"'[^'\n]*'"),
}
_SCALAR = re.compile(r"[^,\]}#\n]+")


class Written(NamedTuple):
    """A key, table or list element as it stands in the text; of `a.b` only the whole is written, `a` may come again."""

    path: Path
    line: int
    is_whole: bool = True


class _LostTrack(Exception):
    """The text is not TOML here."""


class _Finder:
    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.line = 1
        self.table: Path = ()
        self.last_of: dict[Path, int] = {}  # the latest element of each array of tables
        self.found: list[Written] = []

    def run(self) -> None:
        while True:
            self.skip(_BLANK)
            if self.place >= len(self.text):
                return
            if self.text.startswith("[[", self.place):
                self.header(2)
            elif self.text.startswith("[", self.place):
                self.header(1)
            else:
                self.pair(self.table)

    def header(self, brackets: int) -> None:
        line = self.line
        self.expect("[" * brackets)
        keys = self.keys()
        self.expect("]" * brackets)
        path = (*self.resolved(keys[:-1]), keys[-1])
        if brackets == 2:
            self.last_of[path] = self.last_of.get(path, -1) + 1
        self.table = self.with_element(path)
        for count in range(1, len(self.table) + 1):
            self.found.append(Written(self.table[:count], line, is_whole=count == len(self.table)))

    def pair(self, table: Path) -> None:
        line = self.line
        keys = self.keys()
        self.expect("=")
        for count in range(1, len(keys) + 1):
            self.found.append(Written(table + tuple(keys[:count]), line, is_whole=count == len(keys)))
        self.value(table + tuple(keys))

    def keys(self) -> list[str]:
        keys = [self.key()]
        while self.peek() == ".":
            self.expect(".")
            keys.append(self.key())
        return keys

    def key(self) -> str:
        self.skip(_SPACE)
        if self.peek() in ('"', "'"):
            key = str(tomllib.loads("key = " + self.take(_STRINGS[self.peek()]))["key"])
        else:
            key = self.take(_BARE_KEY)
        self.skip(_SPACE)
        return key

    def value(self, path: Path) -> None:
        self.skip(_SPACE)
        if self.peek() == "[":
            self.array(path)
        elif self.peek() == "{":
            self.inline_table(path)
        else:
            quote = self.text[self.place : self.place + 3]
            self.take(_STRINGS.get(quote) or _STRINGS.get(quote[:1]) or _SCALAR)

    def array(self, path: Path) -> None:
        self.expect("[")
        index = 0
        while self.after_blank() != "]":
            self.found.append(Written((*path, index), self.line))
            self.value((*path, index))
            index += 1
            if self.after_blank() == ",":
                self.expect(",")
        self.expect("]")

    def inline_table(self, path: Path) -> None:
        self.expect("{")
        while self.after_blank() != "}":
            self.pair(path)
            if self.after_blank() == ",":
                self.expect(",")
        self.expect("}")

    def resolved(self, keys: list[str]) -> Path:
        """The path of a header: inside an array of tables it means the latest element."""
        path: Path = ()
        for key in keys:
            path = self.with_element((*path, key))
        return path

    def with_element(self, path: Path) -> Path:
        return (*path, self.last_of[path]) if path in self.last_of else path

    def peek(self) -> str:
        return self.text[self.place : self.place + 1]

    def after_blank(self) -> str:
        self.skip(_BLANK)
        if not self.peek():
            raise _LostTrack
        return self.peek()

    def expect(self, token: str) -> None:
        self.skip(_SPACE)
        if not self.text.startswith(token, self.place):
            raise _LostTrack
        self.place += len(token)
        self.skip(_SPACE)

    def take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.place)
        if found is None:
            raise _LostTrack
        self.move_to(found.end())
        return found.group()

    def skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self.text, self.place)
        if found is not None:
            self.move_to(found.end())

    def move_to(self, place: int) -> None:
        self.line += self.text.count("\n", self.place, place)
        self.place = place


def written_in(text: str) -> list[Written]:
    """Every key, table and list element in the order of the text; repeated keys repeat."""
    finder = _Finder(text)
    with suppress(_LostTrack, ValueError, RecursionError):
        finder.run()
    return finder.found


def lines_of(text: str) -> dict[Path, int]:
    """The line on which each path is first written, or first named as the beginning of a longer one."""
    lines: dict[Path, int] = {}
    for it in sorted(written_in(text), key=lambda it: not it.is_whole):
        lines.setdefault(it.path, it.line)
    return lines


def line_at(lines: dict[Path, int], path: Path) -> int | None:
    """The line of a path, or of the nearest table around it that is written down."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


def dotted(path: Path) -> str:
    """`channels.telephone.numbers[0].country`: list elements count from 0."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
