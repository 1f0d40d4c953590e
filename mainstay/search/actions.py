"""Making all words anew, in steps that can be interrupted. What changes meanwhile is kept by the database itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from .models import KnownWord, Rebuild
from .states import Noun

STEP = 250
_FILL = {
    Noun.ORGANISATIONS: ("people_organisation", "search_organisation_again(id)"),
    Noun.PEOPLE: ("people_person", "search_person_again(id)"),
    Noun.TICKETS: ("tickets_ticket", ""),
}
_ORDER = (Noun.ORGANISATIONS, Noun.PEOPLE, Noun.TICKETS)


@dataclass(frozen=True)
class Progress:
    """How many of the noun that is being done have their words, and whether that was the last step."""

    noun: Noun
    done: int
    is_over: bool = False


def begin_rebuild(*, at: datetime, anew: bool = False) -> Rebuild:
    """The rebuild that was interrupted, else a new one; `anew`: a new one in either case, and words that stand nowhere any more
    are forgotten."""
    with transaction.atomic():
        unfinished = Rebuild.objects.select_for_update().filter(finished_at=None).order_by("pk")
        if anew:
            unfinished.delete()
            KnownWord.objects.all().delete()
        return unfinished.first() or Rebuild.objects.create(began_at=at)


def rebuild_steps(*, at: datetime, anew: bool = False) -> Iterator[Progress]:
    """All words are made again, organisations first, tickets last; after each step its place is stored and told."""
    begin_rebuild(at=at, anew=anew)
    done: dict[Noun, int] = {}
    while progress := rebuild_step():
        done[progress.noun] = done.get(progress.noun, 0) + progress.done
        yield Progress(progress.noun, done[progress.noun], progress.is_over)


def rebuild_step() -> Progress | None:
    """The next few of the rebuild that goes on have their words; None when none goes on, or somebody else is at it."""
    with transaction.atomic():
        rebuild = Rebuild.objects.select_for_update(skip_locked=True).filter(finished_at=None).order_by("pk").first()
        if rebuild is None:
            return None
        noun = Noun(rebuild.noun)
        done, last = _fill(noun, rebuild.last)
        if done:
            rebuild.last = last
        elif noun == _ORDER[-1]:
            rebuild.finished_at = timezone.now()
        else:
            rebuild.noun, rebuild.last = _ORDER[_ORDER.index(noun) + 1], 0
        rebuild.save()
        return Progress(noun, done, rebuild.finished_at is not None)


def forget_lost_words() -> None:
    """Only words that stand somewhere are known: what was removed leaves none behind."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("delete from search_knownword")
        for kept in ("search_ticketwords", "search_personwords", "search_organisationwords"):
            cursor.execute(f"select count(search_learn(words)) from {kept}")  # noqa: S608 - names of ours


def _fill(noun: Noun, after: int) -> tuple[int, int]:
    """How many got their words, and the key of the last of them."""
    table, function = _FILL[noun]
    with connection.cursor() as cursor:
        cursor.execute(
            f"select id from {table} where id > %s order by id limit %s",  # noqa: S608 - names of ours
            [after, STEP],
        )
        keys = [row[0] for row in cursor.fetchall()]
        if not keys:
            return 0, after
        if noun == Noun.TICKETS:
            cursor.execute("select search_fill(%s, %s)", [keys[0], keys[-1]])
        else:
            cursor.execute(f"select {function} from unnest(%s::bigint[]) as id", [keys])  # noqa: S608
    return len(keys), keys[-1]
