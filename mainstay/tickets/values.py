"""What may stand in a custom field, and in which spelling it is kept. Pure."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit

from .errors import BadValue
from .states import FieldKind

VALUE_LENGTH = 2000
YES = "yes"
TICKED = frozenset({"yes", "on", "1", "true"})
NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,6})?")


def spelled(kind: str, name: str, text: str, choices: Sequence[str] = ()) -> str:
    """The value as it is kept; empty for none. Raises BadValue, which names the field and says what fits."""
    text = " ".join(text.replace("\x00", "").split())
    if not text:
        return ""
    if len(text) > VALUE_LENGTH:
        raise BadValue(name, kind)
    match kind:
        case FieldKind.NUMBER:
            return _number(name, text)
        case FieldKind.DATE:
            return _date(name, text)
        case FieldKind.CHECKBOX:
            return YES if text.lower() in TICKED else ""
        case FieldKind.URL:
            return _url(name, text)
        case FieldKind.CHOICE if text not in choices:
            raise BadValue(name, kind)
    return text


def _number(name: str, text: str) -> str:
    if not NUMBER.fullmatch(text):
        raise BadValue(name, FieldKind.NUMBER)
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise BadValue(name, FieldKind.NUMBER) from None
    plain = f"{number:f}"
    return (plain.rstrip("0").rstrip(".") if "." in plain else plain) or "0"


def _date(name: str, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise BadValue(name, FieldKind.DATE) from None


def _url(name: str, text: str) -> str:
    try:
        parts = urlsplit(text)
        has_host = bool(parts.hostname)
    except ValueError:
        raise BadValue(name, FieldKind.URL) from None
    if parts.scheme not in ("http", "https") or not has_host or " " in text:
        raise BadValue(name, FieldKind.URL)
    return text
