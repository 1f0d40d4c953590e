"""Says whether a mail was proven to come from the address in its From, by what our own receiving server found (RFC 8601)."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from mainstay.channels.email.addresses import canonical_address

Verdict = Literal["verified", "unverified"]

HEADERS_READ = 20
HEADER_MAX_CHARACTERS = 16_384
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)"', re.DOTALL)
IN_COMMENT = re.compile(r"\\.|[()]", re.DOTALL)
WORD = re.compile(r'[^\s"();=]+')


@dataclass(frozen=True, slots=True)
class Finding:
    """One method's result, such as `dkim=pass header.d=partner.example`; a property given twice differently is empty."""

    method: str
    result: str
    properties: dict[str, str]


def verdict_of(results: Sequence[str], from_address: str, *, trusted: Collection[str]) -> Verdict:
    """Whether the owner of `from_address`'s domain vouches for this mail; `results` are the header's values, topmost first.

    A server puts its header on top, so whatever stands lower may have come with the mail. Believed are the headers of
    `trusted` servers above the first header of anybody else, and of each server only its topmost one. A second one of the
    same server below is not believed when it speaks for the mail, but is when it speaks against it: a forger gains nothing
    by that. What cannot be read to its end counts as somebody else's.

    Verified is a mail with `dmarc=pass` for its domain, or `dkim=pass` or `spf=pass` for the same domain or a parent of it.
    A subdomain does not vouch for its parent here (without a list of public suffixes `evil.dyndns.example` would speak for
    everybody there); where that is meant, DMARC says so. `dmarc=fail` overrules everything.
    """
    domain = from_address.rpartition("@")[2]
    names = {name.strip().lower().removesuffix(".") for name in trusted} - {""}
    if not domain or not names or canonical_address(from_address) != from_address:
        return "unverified"
    believed: dict[str, list[Finding]] = {}
    for value in results[:HEADERS_READ]:
        server, findings = _read(value)
        if server not in names or findings is None:
            break
        if any(finding.method == "dmarc" and finding.result == "fail" for finding in findings):
            return "unverified"
        believed.setdefault(server, findings)
    vouched = any(_vouches(finding, domain) for findings in believed.values() for finding in findings)
    return "verified" if vouched else "unverified"


PROVES = {"dmarc": "header.from", "dkim": "header.d", "spf": "smtp.mailfrom"}


def _vouches(finding: Finding, domain: str) -> bool:
    about = finding.properties.get(PROVES.get(finding.method, ""), "")
    if finding.result != "pass" or not about:
        return False
    # `smtp.mailfrom` may be a whole address; a domain by itself is made one, so that there is one way to compare.
    address = canonical_address(about if "@" in about.strip("@") else f"x@{about.strip('@')}")
    vouching = address.rpartition("@")[2] if address else ""
    return "." in vouching and (domain == vouching or domain.endswith(f".{vouching}"))


def _read(value: str) -> tuple[str, list[Finding] | None]:
    """The server's name and what it found; `None` for a value that is too long or has no end."""
    pieces = _pieces(value) if len(value) <= HEADER_MAX_CHARACTERS else None
    if not pieces or not pieces[0]:
        return "", None
    server = pieces[0][0].lower().removesuffix(".")
    return server, [finding for piece in pieces[1:] if (finding := _finding(piece))]


def _pieces(value: str) -> list[list[str]] | None:
    """The words of each part between semicolons, comments dropped, quotes undone; `=` is a word of its own.

    What touches a quote belongs to its word: `"ours.example"@evil.example` is one value.
    """
    pieces: list[list[str]] = [[]]
    position, is_touching = 0, False
    while position < len(value):
        found = WORD.match(value, position)
        if found:
            sign, content, position = "word", found[0], found.end()
        elif value[position] == '"':
            quote = QUOTED.match(value, position)
            if not quote:
                return None
            # Content alone can never be the sign that parts a name from its value.
            sign, content, position = "word", re.sub(r"\\(.)", r"\1", quote[1]).replace("=", "= "), quote.end()
        else:
            sign, content, position = value[position], "", position + 1
        if sign == "word" and is_touching:
            pieces[-1][-1] += content
        elif sign == "word":
            pieces[-1].append(content)
        elif sign == "=":
            pieces[-1].append("=")
        elif sign == ";":
            pieces.append([])
        elif sign == "(" and (end := _comment_end(value, position)):
            position = end
        elif not sign.isspace():
            return None
        is_touching = sign == "word"
    return pieces


def _comment_end(value: str, position: int) -> int:
    depth = 1
    for found in IN_COMMENT.finditer(value, position):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if depth == 0:
            return found.end()
    return 0


def _finding(words: list[str]) -> Finding | None:
    """`method [/version] = result`, then `property = value` as often as they come; with anything else between, none holds."""
    if len(words) < 3 or words[1] != "=":
        return None
    method, result, rest = words[0].partition("/")[0].lower(), words[2].lower(), words[3:]
    if len(rest) % 3 or any(sign != "=" for sign in rest[1::3]) or "=" in rest[0::3] + rest[2::3]:
        return Finding(method, result, {})
    properties: dict[str, str] = {}
    for name, given in zip(map(str.lower, rest[0::3]), rest[2::3], strict=True):
        properties[name] = given if properties.get(name, given) == given else ""
    return Finding(method, result, properties)
