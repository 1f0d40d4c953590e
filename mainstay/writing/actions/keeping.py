"""Canned answers and macros: added, changed, removed, counted. What everybody uses stands in the log of settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast

from django.db import IntegrityError, transaction
from django.db.models import F

from mainstay.audit.actions import record_change
from mainstay.lib.fingerprints import fingerprint
from mainstay.people.errors import NotAllowed
from mainstay.people.models import Person
from mainstay.people.states import Permission
from mainstay.tickets.rules import TEXT_LENGTH
from mainstay.tickets.states import Then

from ..deeds import Planned, checked
from ..errors import ChangedMeanwhile, NameTaken, NothingToDo, NoWords, UnknownVariables
from ..models import NAME_LENGTH, SHORTCUT_LENGTH, Answer, Macro, Wording
from ..queries import may_change
from ..states import MacroWrites
from ..variables import unknown_in

KeptThing = TypeVar("KeptThing", bound=Answer | Macro)


@dataclass(frozen=True)
class Naming:
    """What an answer or a macro is called, and by what it is found."""

    name: str
    shortcut: str = ""
    folder: str = ""


@dataclass(frozen=True)
class Does:
    """What a macro does: its deeds in their order, and what it writes."""

    deeds: Sequence[Planned] = ()
    writes: str = MacroWrites.NOTHING
    then: str = Then.WAIT


@transaction.atomic
def add_answer(
    naming: Naming, *, wordings: Mapping[str, str], shared: bool, by: Person, at: datetime, is_sample: bool = False
) -> Answer:
    """The answer can be used: by everybody, or by its owner. Raises NoWords, UnknownVariables, NameTaken."""
    _may_keep(by, shared)
    answer = Answer(owner=None if shared else by, changed_at=at, is_sample=is_sample)
    return _store(answer, naming, wordings, by, at)


@transaction.atomic
def change_answer(
    answer: Answer, naming: Naming, *, wordings: Mapping[str, str], seen: str = "", by: Person, at: datetime
) -> Answer:
    """The next use is of these words. `seen` is the fingerprint of what its writer saw: raises ChangedMeanwhile."""
    answer, before = _now(answer, seen, by)
    return _store(answer, naming, wordings, by, at, before)


@transaction.atomic
def add_macro(
    naming: Naming,
    does: Does,
    *,
    wordings: Mapping[str, str],
    shared: bool,
    by: Person,
    at: datetime,
    is_sample: bool = False,
) -> Macro:
    """The macro can be run: by everybody, or by its owner. Also raises NothingToDo and NoSuchDeed."""
    _may_keep(by, shared)
    macro = Macro(owner=None if shared else by, changed_at=at, is_sample=is_sample)
    _set_deeds(macro, does, wordings)
    return _store(macro, naming, wordings if macro.writes else {}, by, at)


@transaction.atomic
def change_macro(
    macro: Macro, naming: Naming, does: Does, *, wordings: Mapping[str, str], seen: str = "", by: Person, at: datetime
) -> Macro:
    """The next run does this."""
    macro, before = _now(macro, seen, by)
    _set_deeds(macro, does, wordings)
    return _store(macro, naming, wordings if macro.writes else {}, by, at, before)


@transaction.atomic
def remove_kept(kept: Answer | Macro, *, by: Person, at: datetime) -> None:
    """It is gone; what was written with it stays."""
    kept, before = _now(kept, "", by)
    key = kept.pk
    kept.delete()
    if kept.is_shared:
        record_change(by=by, at=at, noun=_noun(kept), subject=kept.name, key=key, before=before, after={})


def count_use(kept: Answer | Macro, *, at: datetime) -> None:
    """It was used once more: what is used often is offered first."""
    type(kept).objects.filter(pk=kept.pk).update(used_count=F("used_count") + 1, used_at=at)


def seen_of(kept: Answer | Macro) -> dict[str, Any]:
    """What a person sees of it, as the log keeps it and as two who change it at once are told apart."""
    seen: dict[str, Any] = {"name": kept.name, "shortcut": kept.shortcut, "folder": kept.folder}
    if isinstance(kept, Macro):
        seen |= {"deeds": [f"{one['deed']}: {one['value']}" for one in kept.deeds], "writes": kept.writes}
        seen |= {"then": kept.then} if kept.writes == MacroWrites.REPLY else {}
    return seen | {f"text.{one.language}": one.text for one in kept.wordings.order_by("language")}


def _may_keep(by: Person, shared: bool) -> None:
    if not by.may(Permission.MANAGE_ANSWERS if shared else Permission.WRITE_NOTES):
        raise NotAllowed


def _now(kept: KeptThing, seen: str, by: Person) -> tuple[KeptThing, dict[str, Any]]:
    """It as it is now, held until the transaction ends, with what a person sees of it."""
    held = cast(KeptThing | None, type(kept).objects.select_for_update().filter(pk=kept.pk).first())
    if held is None:
        raise ChangedMeanwhile
    if not may_change(by, held):
        raise NotAllowed
    before = seen_of(held)
    if seen and seen != fingerprint(before):
        raise ChangedMeanwhile
    held.is_sample = False
    return held, before


def _set_deeds(macro: Macro, does: Does, wordings: Mapping[str, str]) -> None:
    macro.writes, macro.then = MacroWrites(does.writes), Then(does.then)
    macro.deeds = [{"deed": one.deed, "value": one.value} for one in checked(does.deeds, writes=macro.writes)]
    if not macro.deeds and not macro.writes:
        raise NothingToDo


def _store(
    kept: KeptThing,
    naming: Naming,
    wordings: Mapping[str, str],
    by: Person,
    at: datetime,
    before: Mapping[str, Any] | None = None,
) -> KeptThing:
    words = {language: _plain(text) for language, text in wordings.items() if text.strip()}
    if not words and (isinstance(kept, Answer) or kept.writes):
        raise NoWords
    if unknown := [name for text in words.values() for name in unknown_in(text)]:
        raise UnknownVariables(list(dict.fromkeys(unknown)))
    kept.name, kept.shortcut, kept.folder = _named(naming)
    kept.changed_at = at
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError as problem:
        raise NameTaken from problem
    kept.wordings.all().delete()
    own = {"answer": kept} if isinstance(kept, Answer) else {"macro": kept}
    Wording.objects.bulk_create(
        Wording(language=language, text=text, **own) for language, text in sorted(words.items())
    )
    if kept.is_shared:
        record_change(
            by=by, at=at, noun=_noun(kept), subject=kept.name, key=kept.pk, before=before or {}, after=seen_of(kept)
        )
    return kept


def _named(naming: Naming) -> tuple[str, str, str]:
    name, folder = (" ".join(given.split())[:NAME_LENGTH] for given in (naming.name, naming.folder))
    shortcut = "".join(naming.shortcut.split()).lstrip("/").lower()[:SHORTCUT_LENGTH]
    return name, shortcut, folder


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()[:TEXT_LENGTH]


def _noun(kept: Answer | Macro) -> str:
    return "canned_answer" if isinstance(kept, Answer) else "macro"
