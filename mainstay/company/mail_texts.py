"""What the desk writes to customers by itself, in the company's own words: checked, kept, and filled in."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from mainstay.audit.actions import record_change
from mainstay.lib.fingerprints import fingerprint
from mainstay.people.errors import ChangedMeanwhile, NotAllowed
from mainstay.people.models import Person
from mainstay.people.states import Permission

from .errors import WrongText
from .models import MailText
from .states import REQUIRED, VARIABLES

LONGEST = 5_000
_WORD = re.compile(r"\{([a-z_]+)\}")
_BRACE = re.compile(r"[{}]")
_PARAGRAPHS = re.compile(r"\n\s*\n")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its words in braces filled in, once: what a value says is not read again. Empty paragraphs are left out."""
    paragraphs = (
        _WORD.sub(lambda found: values.get(found[1], ""), one).strip() for one in _PARAGRAPHS.split(text.strip())
    )
    return "\n\n".join(one for one in paragraphs if one)


def own_text(kind: str, language: str) -> str:
    """The company's own text; empty where it has none."""
    return MailText.objects.filter(kind=kind, language=language).values_list("text", flat=True).first() or ""


def own_texts() -> dict[tuple[str, str], str]:
    """All of them, by kind and language."""
    return {(one.kind, one.language): one.text for one in MailText.objects.all()}


def checked_text(kind: str, text: str) -> str:
    """The text as it is kept. Raises WrongText for unknown words in braces, missing ones, and what is too long."""
    kept = _CONTROL.sub("", text.replace("\r\n", "\n")).strip()
    if len(kept) > LONGEST:
        raise WrongText(_("That is too long: at most 5,000 characters."))
    words = set(_WORD.findall(kept))
    if _BRACE.search(_WORD.sub("", kept)) or not words <= set(VARIABLES[kind]):
        unknown = words - set(VARIABLES[kind])
        raise WrongText(
            _("There is no %(word)s here. These can be filled in: %(known)s.")
            % {"word": _listed(unknown) or "{ }", "known": _listed(VARIABLES[kind])}
        )
    if missing := [word for word in REQUIRED[kind] if word not in words]:
        raise WrongText(_("It needs %(words)s somewhere.") % {"words": _listed(missing)})
    return kept


@transaction.atomic
def keep_text(kind: str, language: str, *, text: str, seen: str = "", by: Person, at: datetime) -> str:
    """From now on the desk writes so; empty: Mainstay's own text again. Returns what is kept.

    `seen` is the `fingerprint` of what its writer saw: when it is another meanwhile, raises ChangedMeanwhile.
    Raises NotAllowed and WrongText.
    """
    if not by.may(Permission.MANAGE_DESK):
        raise NotAllowed
    kept = checked_text(kind, text) if text.strip() else ""
    row = MailText.objects.select_for_update().filter(kind=kind, language=language).first()
    before = row.text if row else ""
    if seen and seen != fingerprint({"text": before}):
        raise ChangedMeanwhile
    if kept == before:
        return kept
    if kept:
        MailText.objects.update_or_create(kind=kind, language=language, defaults={"text": kept})
    else:
        MailText.objects.filter(kind=kind, language=language).delete()
    record_change(
        by=by,
        at=at,
        noun="mail_text",
        subject=f"{kind}, {language}",
        key=f"{kind}.{language}",
        before={"text": before} if before else {},
        after={"text": kept} if kept else {},
    )
    return kept


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"{{{word}}}" for word in words)
