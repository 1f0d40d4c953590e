"""Puts the message that is answered below the answer, folded to a bound."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils import formats, translation
from django.utils.translation import gettext as _

from .header_lines import NAME_MAX, one_line

QUOTED_LINES_MAX = 200
QUOTED_CHARACTERS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Quotation:
    """What is answered: who wrote it, when, and the words."""

    name: str
    at: datetime
    text: str


def with_quotation(text: str, quoted: Quotation, language: str) -> str:
    """The answer, then “On … wrote:” in the answer's language, then what is answered with `>` before each line."""
    return f"{text.rstrip()}\n\n{_introduction(quoted, language)}\n{quoted_lines(quoted.text)}\n"


def _introduction(quoted: Quotation, language: str) -> str:
    with translation.override(language or None):
        at = formats.date_format(quoted.at.astimezone(UTC), "j F Y H:i") + " UTC"
        return _("On %(date)s %(name)s wrote:") % {"date": at, "name": one_line(quoted.name)[:NAME_MAX]}


def quoted_lines(text: str) -> str:
    """Each line marked as quoted; beyond the bound a mark says that there was more."""
    kept = text[:QUOTED_CHARACTERS_MAX].strip("\n")
    lines = kept.splitlines()[:QUOTED_LINES_MAX]
    if len(text.strip("\n").splitlines()) > len(lines) or len(text.strip("\n")) > QUOTED_CHARACTERS_MAX:
        lines.append("[…]")
    return "\n".join(_quoted(line) for line in lines)


def _quoted(line: str) -> str:
    if line.startswith(">"):
        return f">{line}"
    return f"> {line}".rstrip()
