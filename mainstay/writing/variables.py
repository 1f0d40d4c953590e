"""Variables in canned answers: what they are called, which are in a text, and what stands there once they are filled."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from .markdown import literal

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

VARIABLES: "dict[str, _StrPromise]" = {
    "person.name": _("the customer's name"),
    "person.first_name": _("the customer's first name"),
    "person.organisation": _("the customer's organisation"),
    "ticket.number": _("the number of the ticket"),
    "ticket.subject": _("the subject of the ticket"),
    "ticket.product": _("the product"),
    "colleague.name": _("your name"),
    "colleague.first_name": _("your first name"),
    "company.name": _("the name of our company"),
}
VARIABLE = re.compile(r"\{\{[ \t]*([^{}\n]{0,80}?)[ \t]*\}\}")
GAP_OPENS, GAP_CLOSES = "⟦", "⟧"  # signs that nobody has on a keyboard
GAP = re.compile(rf"{GAP_OPENS}([^{GAP_OPENS}{GAP_CLOSES}\n]{{1,80}}){GAP_CLOSES}")


@dataclass(frozen=True)
class Filled:
    """A text with its variables filled; `gaps` names, in words, those for which there was nothing: each is marked in the text."""

    text: str
    gaps: tuple[str, ...]


def unknown_in(text: str) -> list[str]:
    """The variables of a text that do not exist, each once, as they were written."""
    return list(dict.fromkeys(name for name in VARIABLE.findall(text) if name not in VARIABLES))


def filled(text: str, values: Mapping[str, str]) -> Filled:
    """Each variable replaced by its value, which is put in letter for letter and never read again; nothing by a mark."""
    gaps: dict[str, None] = {}

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name not in VARIABLES:
            return found[0]
        if given := " ".join(values.get(name, "").split()):
            return literal(given)
        gaps[str(VARIABLES[name])] = None
        return f"{GAP_OPENS}{VARIABLES[name]}{GAP_CLOSES}"

    return Filled(VARIABLE.sub(value, text), tuple(gaps))


def gaps_in(text: str) -> list[str]:
    """What in a text still waits to be filled in by a person: marks, and variables that somebody typed."""
    typed = [f"{{{{ {name} }}}}" for name in VARIABLE.findall(text) if name in VARIABLES]
    return list(dict.fromkeys([*GAP.findall(text), *typed]))
