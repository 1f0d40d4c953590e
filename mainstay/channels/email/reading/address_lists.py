"""Reads address headers: one linear pass that knows quotes, comments and groups, the same for every header and module."""

import re
from dataclasses import dataclass, field

from mainstay.channels.email import limits
from mainstay.channels.email.addresses import Address, canonical_address

from .words import plain, readable, shortened

BLANKS = re.compile(r"\s+")
AROUND_AT = re.compile(r" ?@ ?")
AROUND_SIGNS = re.compile(r" ?([@.]) ?")
QUOTED = re.compile(r'((?:[^"\\]|\\.)*+)"', re.DOTALL)
IN_COMMENT = re.compile(r"\\.|[()]", re.DOTALL)
UNCLOSED = re.compile(r'[()"\\]')
SPECIAL = re.compile(r"[\"()<>,;:\\]")


@dataclass(slots=True)
class _Mailbox:
    """What was read of one mailbox so far."""

    phrases: list[str] = field(default_factory=list)
    quotes: list[str] = field(default_factory=list)
    comment: str = ""
    angle: str = ""
    angles: int = 0

    @property
    def phrase(self) -> str:
        return BLANKS.sub(" ", "".join(self.phrases)).strip()

    @property
    def quoted(self) -> str:
        return " ".join(filter(None, self.quotes))


@dataclass(frozen=True, slots=True)
class AddressList:
    """The mailboxes of a header, and whether its syntax left any doubt about whose they are."""

    addresses: tuple[Address, ...] = ()
    doubtful: bool = False


def read_addresses(values: list[bytes]) -> AddressList:
    """Every mailbox in the values of one header field, in order; of too many the first ones."""
    found: list[Address] = []
    doubtful = False
    for value in values:
        mailboxes, broken = _mailboxes(plain(value))
        doubtful = doubtful or broken
        for mailbox in mailboxes:
            address, doubt = _address(mailbox)
            doubtful = doubtful or doubt
            if address and len(found) < limits.ADDRESSES_MAX:
                found.append(address)
    return AddressList(tuple(found), doubtful)


def _mailboxes(text: str) -> tuple[list[_Mailbox], bool]:
    """Cut at the commas that are no part of a name; a group's name is dropped and leaves doubt."""
    done: list[_Mailbox] = []
    current = _Mailbox()
    broken = False
    position = 0
    while position < len(text) and len(done) < limits.ADDRESSES_MAX:
        special = SPECIAL.search(text, position)
        current.phrases.append(text[position : special.start() if special else len(text)])
        if not special:
            break
        sign, position = special[0], special.end()
        if sign == '"' and (quote := QUOTED.match(text, position)):
            content, position = re.sub(r"\\(.)", r"\1", quote[1]), quote.end()
            # A quoted local part belongs to the address, any other quoted text to the name.
            if text[position : position + 1] == "@":
                current.phrases.append(f'"{content}"')
            else:
                current.quotes.append(content)
        elif sign == "(" and (comment := _comment(text, position)) is not None:
            current.comment = current.comment or comment
            position += len(comment) + 1
            current.phrases.append(" ")
        elif sign == "<":
            closing = text.find(">", position)
            stop = closing if closing >= 0 else len(text)
            current.angle = current.angle or text[position:stop]
            current.angles += 1
            broken = broken or closing < 0
            position = stop + 1
        elif sign in ",;":
            done.append(current)
            current = _Mailbox()
        elif sign == ":" and not current.angles and "@" not in current.phrases[-1]:
            broken = True
            current = _Mailbox()
        elif sign in '"(':
            # It never closes: from here on quotes and brackets are only letters, or the search would start again at each.
            return _mailboxes(text[: position - 1] + UNCLOSED.sub(" ", text[position - 1 :]))[0], True
        else:
            broken = True
            current.phrases.append(" ")
    done.append(current)
    return [mailbox for mailbox in done if mailbox.angles or mailbox.phrase or mailbox.quotes], broken


def _comment(text: str, position: int) -> str | None:
    """The content of a comment that opened before `position`, inner comments included; `None` when it never closes."""
    depth = 1
    for found in IN_COMMENT.finditer(text, position):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if depth == 0:
            return text[position : found.start()]
    return None


def _address(mailbox: _Mailbox) -> tuple[Address | None, bool]:
    """The mailbox as a value, and whether somebody else could read another address from it."""
    phrase = mailbox.phrase
    if mailbox.angles:
        address = _bare(mailbox.angle)
        name = mailbox.quoted or phrase or mailbox.comment
        claims = [claimed for word in phrase.split() if (claimed := canonical_address(word))]
        doubtful = mailbox.angles > 1 or address is None or any(claimed != address for claimed in claims)
    else:
        words = AROUND_AT.sub("@", phrase).split()
        candidates = [word for word in words if "@" in word]
        address = canonical_address(candidates[0]) if candidates else None
        rest = " ".join(word for word in words if "@" not in word)
        name = mailbox.quoted or rest or mailbox.comment
        doubtful = len(words) > 1 or address is None or bool(mailbox.quoted)
    if address is None:
        name = name or phrase or mailbox.angle  # what was written is shown, though nobody can be reached by it
    shown = shortened(BLANKS.sub(" ", readable(name)).strip(), limits.NAME_SHOWN_CHARACTERS)
    if address is None and not shown:
        return None, doubtful
    return Address(shown, address or ""), doubtful


def _bare(text: str) -> str | None:
    """The address between angle brackets, without the old source route and stray blanks and quotes."""
    route, colon, rest = text.partition(":")
    inner = rest if colon and route.lstrip().startswith("@") else text
    inner = BLANKS.sub(" ", inner).strip().strip("'")
    if inner[:7].lower() == "mailto:":
        inner = inner[7:]
    return canonical_address(AROUND_SIGNS.sub(r"\1", inner))
