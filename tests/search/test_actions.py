"""All words can be made anew, in steps that are taken up where they were left."""

from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from mainstay.search import actions
from mainstay.search.actions import rebuild_step, rebuild_steps
from mainstay.search.jobs import continue_rebuild
from mainstay.search.models import KnownWord, OrganisationWords, PersonWords, Rebuild, TicketWords
from mainstay.search.queries import unfinished_rebuild
from mainstay.tickets.actions import note_on_ticket
from tests.cast import Cast


def words() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("select ticket_id, part, words::text from search_ticketwords order by 1, 2")
        return {f"{row[0]}-{row[1]}": row[2] for row in cursor.fetchall()}


def lose_all() -> None:
    for model in (TicketWords, PersonWords, OrganisationWords, KnownWord):
        model.objects.all().delete()


@pytest.fixture
def written(cast: Cast, now: datetime) -> dict[str, Any]:
    for place in range(5):
        ticket = cast.writes(cast.paula, now, f"Lock {place}: 门锁 AB-12-{place}")
        note_on_ticket(ticket, text="Hm", by=cast.tess, at=now)
    cast.writes(cast.olaf, now, "very long " * 9000)
    return words()


def test_what_is_made_anew_is_what_the_triggers_made(written: dict[str, Any], now: datetime) -> None:
    assert len(written) == 7  # the long one has two parts
    people, known = PersonWords.objects.count(), set(KnownWord.objects.values_list("word", flat=True))
    lose_all()
    assert [step.is_over for step in rebuild_steps(at=now)][-1]
    again = words()
    assert set(again) == set(written)
    assert [text for key, text in again.items() if text != written[key]] == []
    assert PersonWords.objects.count() == people
    assert set(KnownWord.objects.values_list("word", flat=True)) == known


def test_one_that_was_interrupted_goes_on_where_it_stood(
    written: dict[str, Any], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "STEP", 2)
    lose_all()
    for progress in rebuild_steps(at=now):
        if progress.noun == "tickets":
            break
    assert TicketWords.objects.values("ticket").distinct().count() == 2
    done, everything = unfinished_rebuild() or (0, 0)
    assert 0 < done < everything
    assert sum(1 for step in rebuild_steps(at=now) if step.noun == "organisations") == 0
    assert words() == written
    assert (Rebuild.objects.count(), unfinished_rebuild()) == (1, None)


def test_the_job_goes_on_with_a_rebuild_and_begins_none(written: dict[str, Any], now: datetime) -> None:
    lose_all()
    continue_rebuild(0)
    assert words() == {}
    actions.begin_rebuild(at=now)
    continue_rebuild(0)
    assert words() == written
    assert rebuild_step() is None


def test_words_that_stand_nowhere_are_forgotten_by_one_anew(written: dict[str, Any], now: datetime) -> None:
    KnownWord.objects.create(word="gone", near=[1])
    list(rebuild_steps(at=now))
    assert KnownWord.objects.filter(word="gone").exists()
    list(rebuild_steps(at=now, anew=True))
    assert not KnownWord.objects.filter(word="gone").exists()
