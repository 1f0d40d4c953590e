"""Turns bytes into text whatever their label says: declared charset, UTF-8, Windows-1252, and marks for what nobody can read."""

import codecs
import re
from functools import lru_cache

# What senders write, and what they mean: the label's superset, as browsers read it too.
MEANT = {
    "iso-8859-1": "cp1252",
    "ascii": "utf-8",
    "utf-8-sig": "utf-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "iso8859-1": "cp1252",
}
# Names that Python does not know, or knows as something else.
NICKNAMES = {
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "x-gbk": "gb18030",
    "iso-gb2312": "gb18030",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-6-i": "iso8859-6",
    "windows-874": "cp874",
    "utf8mb4": "utf-8",
    "unicode": "utf-8",
    "x-mac-roman": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    "cp-850": "cp850",
}
# Encodings that are not charsets of mail: quadratic time, escapes, or the reading machine's own.
REFUSED = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
UNWANTED = re.compile("[\x00\ud800-\udfff]")


def decode_bytes(content: bytes, declared: str = "") -> str:
    """The text of `content`, without NUL and lone surrogates; never raises."""
    return without_unstorable(_decode(content, python_codec(declared)).removeprefix("\ufeff"))


def without_unstorable(text: str) -> str:
    """Drop what no database text column can hold."""
    return UNWANTED.sub("", text)


@lru_cache(maxsize=512)
def python_codec(declared: str) -> str:
    """The codec to try first for a declared charset, `""` when the label means nothing to us."""
    label = declared.strip().strip("\"'").lower()
    if not label or len(label) > 40 or not label.isascii():
        return ""
    try:
        found = codecs.lookup(NICKNAMES.get(label, label))
    except (LookupError, ValueError):
        return ""
    if found.name.replace("-", "_") in REFUSED or not getattr(found, "_is_text_encoding", True):
        return ""
    return MEANT.get(found.name, found.name)


def _decode(content: bytes, codec: str) -> str:
    if content.isascii() and codec in {"", "utf-8", "cp1252"}:
        return content.decode("ascii")
    for candidate in dict.fromkeys(filter(None, (codec, "utf-8"))):
        try:
            return content.decode(candidate)
        except (UnicodeError, ValueError):
            continue
    return _mostly_utf8(content) if codec in {"", "utf-8"} else _single_bytes(content)


def _mostly_utf8(content: bytes) -> str:
    """UTF-8 with a few broken places, as when a gateway cuts a line inside a character; else single bytes."""
    text = content.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    foreign = len(text) - len(text.encode("ascii", "ignore"))
    return text if foreign and broken * 10 <= foreign else _single_bytes(content)


def _single_bytes(content: bytes) -> str:
    return content.decode("cp1252", "replace")
