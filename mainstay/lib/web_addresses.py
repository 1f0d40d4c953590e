"""Finds the web addresses that somebody wrote in a text, without the full stop or bracket of the sentence around them."""

import re
from collections.abc import Iterator

# No blank, quote, angle bracket, invisible letter or change of writing direction: what is seen is what is followed.
LINK = re.compile(r"https?://[^\s<>\"'\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]{1,2000}")
AFTER_LINK = ".,;:!?"
BRACKETS = {")": "(", "]": "[", "}": "{"}


def web_addresses_in(text: str) -> Iterator[tuple[int, str]]:
    """Each http and https address with the place where it begins, in order."""
    for found in LINK.finditer(text):
        yield found.start(), _without_what_follows(found[0])


def _without_what_follows(address: str) -> str:
    """A full stop or a closing bracket belongs to the sentence, unless the address opened that bracket."""
    surplus = {end: address.count(end) - address.count(start) for end, start in BRACKETS.items()}
    length = len(address)
    while length:
        last = address[length - 1]
        if last in BRACKETS and surplus[last] > 0:
            surplus[last] -= 1
        elif last not in AFTER_LINK:
            break
        length -= 1
    return address[:length]
