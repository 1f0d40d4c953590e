"""Notices senders whose name is made to mislead: another address in it, unseen signs, letters of several scripts in a word."""

import re
import unicodedata

from mainstay.channels.email.addresses import canonical_address

from .parsed import SenderWarning

CLAIM = re.compile(r"[^\s<>()\[\]\"',;:|]{1,100}[@\uff20\ufe6b][^\s<>()\[\]\"',;:|]{1,200}")
WORD = re.compile(r"[^\W\d_]{2,}")
NAME_READ = 400
# Direction marks and signs without a shape. The joiners U+200C and U+200D are letters' glue in Persian, Indic scripts and
# emoji, and are looked at apart.
UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e007f]"
)
JOINER_IN_LATIN = re.compile("[A-Za-z\u00c0-\u024f\u0370-\u052f.@-][\u200c\u200d]|[\u200c\u200d][A-Za-z.@-]")
# Scripts whose letters pass for each other's; a word of one language is never written in two of them.
LOOK_ALIKE = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "GEORGIAN")
# Letters that a reader takes for Latin ones. A domain made of nothing else pretends to be a Latin one.
PASSES_FOR_LATIN = set("аеорсхуіјѕһԁԛԝӏвкмнтьгпαονρτυχικγϲ")


def sender_warning(name: str, address: str) -> SenderWarning:
    """In which way the sender's name or address (in canonical form) misleads; the gravest way, `""` when in none."""
    name = name[:NAME_READ]
    if _claims_other(name, address):
        return "claims_other_address"
    if UNSEEN.search(name) or JOINER_IN_LATIN.search(name):
        return "invisible"
    local, _, domain = address.rpartition("@")
    labels = [_shown(label) for label in domain.split(".")]
    if any(map(_is_mixed, [*WORD.findall(name), local, *labels])) or any(map(_passes_for_latin, labels)):
        return "mixed_scripts"
    return ""


def _claims_other(name: str, address: str) -> bool:
    """Whether an address stands in the name that is not the sender's own, full-width letters and all."""
    seen = unicodedata.normalize("NFKC", UNSEEN.sub("", name))
    return any(canonical_address(claim.rstrip(".!?")) != address for claim in CLAIM.findall(seen) if _is_address(claim))


def _is_address(claim: str) -> bool:
    domain = claim.rstrip(".!?").rpartition("@")[2]
    return "." in domain


def _shown(label: str) -> str:
    """A domain's label as a mail program would show it."""
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _is_mixed(word: str) -> bool:
    if word.isascii():
        return False
    return len({script for letter in word if letter.isalpha() and (script := _script(letter)) in LOOK_ALIKE}) > 1


def _passes_for_latin(label: str) -> bool:
    letters = [letter for letter in label if letter.isalpha()]
    return bool(letters) and not label.isascii() and all(letter in PASSES_FOR_LATIN for letter in letters)


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]
