"""Verbs of visits: be somewhere, and be forgotten."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from .announcing import announce, announcing_together
from .models import Visit
from .rules import TOPIC, VISIT_SECONDS, topic_of_visits

# What a browser says replaces what it said before. Answers with the subjects at which something is to be seen of it.
BE_AT = """
with said as (
    select subject, attention from unnest(%(subjects)s::text[], %(attentions)s::text[]) as said(subject, attention)
), before as (
    select subject, attention, until from live_visit where person = %(person)s and browser = %(browser)s for update
), gone as (
    delete from live_visit where person = %(person)s and browser = %(browser)s
        and subject not in (select subject from said)
    returning subject
), stored as (
    insert into live_visit (person, name, browser, subject, attention, until)
    select %(person)s, %(name)s, %(browser)s, subject, attention, %(until)s from said order by subject
    on conflict (person, browser, subject)
        do update set attention = excluded.attention, until = excluded.until, name = excluded.name
    returning subject
)
select subject from gone
union
select said.subject from said left join before on before.subject = said.subject and before.until > %(at)s
where said.attention is distinct from before.attention
"""

FORGET = """
delete from live_visit where id in (select id from live_visit where until <= %s for update skip locked) returning subject
"""


@transaction.atomic
def be_at(person: int, *, name: str, browser: str, places: Mapping[str, str], at: datetime) -> set[str]:
    """This browser of this person has these things open and nothing else; maps subjects to attentions.

    Those who look at a thing hear it when somebody came, left, or turned to it more or less closely; a mere "still there" is
    heard by nobody. Returns the subjects at which something changed.
    """
    given: dict[str, Any] = {
        "person": person,
        "name": name[:200],
        "browser": browser,
        "subjects": list(places),
        "attentions": list(places.values()),
        "at": at,
        "until": at + timedelta(seconds=VISIT_SECONDS),
    }
    with connection.cursor() as cursor:
        cursor.execute(BE_AT, given)
        changed = {subject for (subject,) in cursor.fetchall()}
    _tell(changed)
    return changed


@transaction.atomic
def leave(person: int, *, browser: str, subject: str) -> None:
    """This browser of this person has this thing open no more; what else it has open stays as it is."""
    gone, _by_model = Visit.objects.filter(person=person, browser=browser, subject=subject).delete()
    _tell([subject] if gone else [])


@transaction.atomic
def forget_visits(*, at: datetime) -> int:
    """Visits that are over are gone, and those who look there hear it; returns how many were. Safe in several processes."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [at])
        over = [subject for (subject,) in cursor.fetchall()]
    _tell(over)
    return len(over)


def _tell(subjects: Iterable[str]) -> None:
    topics = sorted({topic_of_visits(subject) for subject in subjects})
    if topics:
        with announcing_together():
            announce(TOPIC, *topics)
