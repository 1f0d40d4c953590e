"""Reads the address in MAIL FROM and RCPT TO."""

import re

LOCAL = r"(?:\"(?:[^\"\\\x00-\x1f]|\\[^\x00-\x1f])*\"|[^\s<>\"@\x00-\x1f\x7f]+)"
PATH = re.compile(
    rf"<(?:@[^\s:<>]{{1,500}}:)?(?P<address>{LOCAL}(?:@[^\s<>@\x00-\x1f\x7f]+)?)?>(?P<rest>.*)\Z", re.DOTALL
)
BARE = re.compile(rf"(?P<address>{LOCAL}(?:@[^\s<>@\x00-\x1f\x7f]+)?)(?P<rest>(?:\s.*)?)\Z", re.DOTALL)
ADDRESS_MAX = 320


def read_path(argument: str) -> tuple[str | None, str | None]:
    """The address and what follows it; `<>` for the empty sender of bounces, nothing when it is no address at all."""
    text = argument.strip()
    found = PATH.match(text) or BARE.match(text)
    if not found:
        return None, None
    address = found["address"] or "<>"
    if len(address) > ADDRESS_MAX:
        return None, None
    return address, found["rest"].strip()
