"""Two colleagues do the like to one ticket at the same moment: one wins, the other is told what happened and loses no text."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from mainstay.people.models import Person
from mainstay.tickets import actions
from mainstay.tickets.errors import (
    AlreadyLinked,
    FilledMeanwhile,
    MergedAway,
    MessageMoved,
    NotMerged,
    TaskChanged,
    TicketError,
    TimeGone,
)
from mainstay.tickets.models import Link, Message, Ticket, TimeSpent
from mainstay.tickets.queries import last_event_of, link_for, tasks_of, ticket_for, times_of, values_on
from tests.cast import Cast, make_cast
from tests.stories.test_two_at_once import at_once

TUESDAY = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)


@pytest.fixture
def people(transactional_db: None) -> Iterator[Cast]:
    yield make_cast(TUESDAY)
    with connection.cursor() as cursor:
        cursor.execute("truncate procrastinate_jobs cascade")  # Django empties its own tables only


def both(people: Cast, verb: Callable[[Person], Any]) -> tuple[list[Any], list[Exception]]:
    """What Tess and Tom did at once: what worked, and what was refused."""
    results = at_once(lambda: verb(people.tess), lambda: verb(people.tom))
    refused = [one for one in results if isinstance(one, Exception)]
    return [one for one in results if not isinstance(one, Exception)], refused


FORMS: dict[str, tuple[str, dict[str, str]]] = {
    "assign": ("assignment", {"assignee": "own"}),
    "classify": ("classification", {"nature": "wiki", "severity": "low"}),
    "resolve": ("closure", {}),
    "wait": ("waiting", {"to": "waiting"}),
    "snooze": ("snooze", {"until": "customer"}),
    "leave out": ("exclusion", {"reason": "spam"}),
}


WORDS = {"classify": "set nature and severity: Wiki questions, ", "leave out": "left out of the averages: Spam"}


@pytest.mark.parametrize("name", FORMS)
def test_of_two_who_do_the_like_on_what_they_saw_one_is_told(people: Cast, sign_in: Any, name: str) -> None:
    ticket = people.writes(people.paula, TUESDAY)
    last = last_event_of(ticket)
    assert last is not None
    noun, form = FORMS[name]

    def do(person: Person) -> str:
        own = {key: str(person.pk) if value == "own" else value for key, value in form.items()}
        url = f"/tickets/{ticket.number}/{noun}"
        answer = sign_in(person).post(url, {**own, "seen_event": str(last.pk)}, HTTP_HX_REQUEST="true")
        assert answer.status_code == 200, answer.content
        return str(answer.content.decode())

    pages, broken = both(people, do)
    assert not broken, broken
    told = [page for page in pages if "Meanwhile: " in page]
    assert len(told) == 1, (len(told), name)
    assert "Nothing was changed" in told[0]
    assert WORDS.get(name, "") in told[0]


def test_of_two_who_merge_one_ticket_into_two_others_one_is_told(people: Cast) -> None:
    one, other, third = (people.writes(people.paula, TUESDAY) for _ in range(3))
    into = {people.tess.pk: other, people.tom.pk: third}
    done, refused = both(people, lambda by: actions.merge_ticket(one, into=into[by.pk], by=by, at=TUESDAY))
    assert ([type(problem) for problem in refused], len(done)) == ([MergedAway], 1)
    assert Ticket.objects.get(pk=one.pk).merged_into in (other, third)
    assert Message.objects.filter(ticket=done[0], kind="inbound").count() == 2


def test_two_who_merge_two_tickets_each_into_the_other_make_one_merge(people: Cast) -> None:
    one, other = people.writes(people.paula, TUESDAY), people.writes(people.paula, TUESDAY)
    results = at_once(
        lambda: actions.merge_ticket(one, into=other, by=people.tess, at=TUESDAY),
        lambda: actions.merge_ticket(other, into=one, by=people.tom, at=TUESDAY),
    )
    assert sum(isinstance(result, Ticket) for result in results) == 1
    assert sum(isinstance(result, TicketError) for result in results) == 1
    assert Ticket.objects.filter(merged_into__isnull=False).count() == 1


def test_of_two_who_undo_a_merge_one_is_told(people: Cast) -> None:
    one, other = people.writes(people.paula, TUESDAY), people.writes(people.paula, TUESDAY)
    actions.merge_ticket(one, into=other, by=people.tess, at=TUESDAY)
    stale = ticket_for(people.tess, one.number)
    assert stale.merged_into is not None
    done, refused = both(people, lambda by: actions.unmerge_ticket(stale, by=by, at=TUESDAY))
    assert ([type(problem) for problem in refused], len(done)) == ([NotMerged], 1)


def test_a_message_that_two_split_off_becomes_one_ticket(people: Cast) -> None:
    ticket = people.writes(people.paula, TUESDAY)
    people.writes(people.paula, TUESDAY + timedelta(minutes=1), "And another thing", thread=ticket.pk)
    message = Message.objects.filter(ticket=ticket, kind="inbound").latest("pk")
    done, refused = both(people, lambda by: actions.split_message(message, by=by, at=TUESDAY))
    assert ([type(problem) for problem in refused], len(done)) == ([MessageMoved], 1)
    assert f"#{done[0].number}" in str(refused[0])
    assert Ticket.objects.count() == 2


def test_two_who_link_the_same_tickets_make_one_link(people: Cast) -> None:
    one, other = people.writes(people.paula, TUESDAY), people.writes(people.paula, TUESDAY)
    done, refused = both(people, lambda by: actions.link_tickets(one, other=other, side="related", by=by, at=TUESDAY))
    assert ([type(problem) for problem in refused], len(done)) == ([AlreadyLinked], 1)
    assert Link.objects.count() == 1


def test_two_who_fill_in_one_field_are_not_overwritten_and_one_is_told(people: Cast) -> None:
    ticket = people.writes(people.paula, TUESDAY)
    field = actions.keep_field(None, actions.FieldGiven(name="Firmware"), by=people.ada, at=TUESDAY)
    fill = lambda by: actions.fill_fields(ticket, {field.pk: by.name}, by=by, at=TUESDAY, seen={field.pk: ""})  # noqa: E731
    done, refused = both(people, fill)
    assert ([type(problem) for problem in refused], len(done)) == ([FilledMeanwhile], 1)
    assert values_on(ticket)[field.pk] in str(refused[0])


def test_two_who_change_one_task_are_not_overwritten_and_one_is_told(people: Cast) -> None:
    ticket = people.writes(people.paula, TUESDAY)
    actions.add_task(ticket, text="Call", by=people.tess, at=TUESDAY)
    seen = tasks_of(ticket)[0].mark
    change = lambda by: actions.change_task(tasks_of(ticket)[0], text=f"Call {by.name}", by=by, at=TUESDAY, seen=seen)  # noqa: E731
    done, refused = both(people, change)
    assert ([type(problem) for problem in refused], len(done)) == ([TaskChanged], 1)
    assert tasks_of(ticket)[0].text in str(refused[0])


def test_time_that_is_taken_back_twice_at_once_is_taken_back_once(people: Cast) -> None:
    ticket = people.writes(people.paula, TUESDAY)
    actions.count_time(is_on=True, by=people.ada, at=TUESDAY)
    actions.spend_time(ticket, spent="25", note="", by=people.tess, at=TUESDAY)
    entry = times_of(ticket)[0]
    take = lambda: actions.take_time_back(entry, by=people.tess, at=TUESDAY)  # noqa: E731
    results = at_once(take, take)
    assert sorted(type(result).__name__ for result in results) == ["Ticket", TimeGone.__name__]
    assert not TimeSpent.objects.exists()


def test_who_comes_late_to_a_link_or_a_task_is_told_on_the_ticket(people: Cast, sign_in: Any) -> None:
    one, other = people.writes(people.paula, TUESDAY), people.writes(people.paula, TUESDAY)
    actions.link_tickets(one, other=other, side="related", by=people.tess, at=TUESDAY)
    actions.add_task(one, text="Call", by=people.tess, at=TUESDAY)
    link, task = link_for(people.tess, Link.objects.get().pk), tasks_of(one)[0]
    assert link is not None
    link_key, task_key = link.pk, task.pk
    actions.unlink_tickets(link, by=people.tess, at=TUESDAY)
    actions.remove_task(task, by=people.tess, at=TUESDAY)
    tom = sign_in(people.tom)
    late = tom.post(f"/links/{link_key}/removal", {"at": one.number})
    assert (late.status_code, "has taken it off" in late.content.decode()) == (422, True)
    late = tom.post(f"/tasks/{task_key}", {"at": one.number, "text": "Call the factory"})
    assert late.status_code == 422
    assert all(words in late.content.decode() for words in ("has removed it", "Call the factory"))
    assert tom.post(f"/tasks/{task_key}", {"do": "done"}).status_code == 404


def test_what_was_written_of_a_task_or_into_a_field_stands_there_again(people: Cast, sign_in: Any) -> None:
    ticket = people.writes(people.paula, TUESDAY)
    field = actions.keep_field(None, actions.FieldGiven(name="Firmware"), by=people.ada, at=TUESDAY)
    actions.add_task(ticket, text="Call", by=people.tess, at=TUESDAY)
    task = tasks_of(ticket)[0]
    seen = task.mark
    actions.change_task(task, text="Call Eve", by=people.tess, at=TUESDAY)
    actions.fill_fields(ticket, {field.pk: "2.1"}, by=people.tess, at=TUESDAY)
    tom = sign_in(people.tom)
    for url, form, words in (
        (f"/tasks/{task.pk}", {"text": "Call Bob", "seen": seen}, ("“Call Eve”", 'value="Call Bob"')),
        (f"/tasks/{task.pk}", {"text": "Call Bob", "due_on": "soon"}, ("That is no day", 'value="Call Bob"')),
        (
            f"/tickets/{ticket.number}/fields",
            {f"has-{field.pk}": "1", f"was-{field.pk}": "", f"field-{field.pk}": "3.0"},
            ("“2.1”", 'value="3.0"'),
        ),
    ):
        answer = tom.post(url, form)
        page = answer.content.decode().replace("&quot;", '"')
        assert (answer.status_code, [word in page for word in words]) == (422, [True, True]), (url, form)
    left = {f"has-{field.pk}": "1", f"was-{field.pk}": "", f"field-{field.pk}": ""}
    assert tom.post(f"/tickets/{ticket.number}/fields", left).status_code == 302
    assert values_on(ticket)[field.pk] == "2.1"  # he had not touched it
