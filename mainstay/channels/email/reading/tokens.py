"""Finds what a text says about the ticket it belongs to: reply tokens in it, numbers in its subject."""

import re

TOKEN = re.compile(r"[tT]\.(?<![A-Za-z0-9]..)([A-Za-z2-7]{26})(?![A-Za-z0-9])")
NUMBER = re.compile(r"\[#([0-9]{1,12})\]")
FOUND_MAX = 20


def tokens_in(*texts: str) -> tuple[str, ...]:
    """The reply tokens in these texts (`t.` and 26 letters, alone or inside an address), bare, each once, in order."""
    found: dict[str, None] = {}
    for text in texts:
        for token in TOKEN.finditer(text):
            found[token[1].lower()] = None
            if len(found) >= FOUND_MAX:
                return tuple(found)
    return tuple(found)


def numbers_in(subject: str) -> tuple[int, ...]:
    """The numbers in marks such as `[#123]`."""
    return tuple(dict.fromkeys(map(int, NUMBER.findall(subject))))[:FOUND_MAX]
