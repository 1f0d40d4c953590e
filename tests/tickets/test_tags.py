"""Tags: one word however it is written; renamed, merged and removed for the whole desk, in the log of settings."""

from datetime import datetime, timedelta

import pytest

from mainstay.audit.models import SettingChange
from mainstay.people.errors import NotAllowed
from mainstay.tickets import actions
from mainstay.tickets.errors import NoTag, TagGone, TagTaken, TooManyTags
from mainstay.tickets.models import Tag, Ticket
from mainstay.tickets.queries import suggested_tags
from tests.cast import Cast


def tags_on(ticket: Ticket) -> list[str]:
    return [tag.name for tag in ticket.tags.order_by("name")]


def test_a_tag_is_one_word_however_it_is_written(cast: Cast, now: datetime) -> None:
    one, two = cast.writes(cast.paula, now), cast.writes(cast.olaf, now)
    for ticket, name in ((one, "#Lock  noise"), (one, "LOCK NOISE"), (two, "lock noise")):
        actions.tag_ticket(ticket, name=name, by=cast.tess, at=now)
    assert (tags_on(one), tags_on(two), Tag.objects.count()) == (["Lock noise"], ["Lock noise"], 1)
    assert one.events.filter(kind="tagged").count() == 1


@pytest.mark.parametrize("name", ["", "  ", "#", "a,b", "x" * 41])
def test_what_is_no_tag_is_refused(cast: Cast, now: datetime, name: str) -> None:
    with pytest.raises(NoTag):
        actions.tag_ticket(cast.writes(cast.paula, now), name=name, by=cast.tess, at=now)


def test_a_ticket_bears_so_many_and_no_more(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.paula, now)
    for number in range(20):
        actions.tag_ticket(ticket, name=f"tag {number}", by=cast.tess, at=now)
    with pytest.raises(TooManyTags):
        actions.tag_ticket(ticket, name="one more", by=cast.tess, at=now)


def test_those_of_most_tickets_are_suggested_first(cast: Cast, now: datetime) -> None:
    for names in (["noise"], ["noise", "no power"], ["power"]):
        ticket = cast.writes(cast.olaf, now)
        for name in names:
            actions.tag_ticket(ticket, name=name, by=cast.tess, at=now)
    assert suggested_tags("no") == ["noise", "no power"]
    assert suggested_tags("pow") == ["no power", "power"]


def test_a_renamed_tag_is_renamed_on_every_ticket(cast: Cast, now: datetime) -> None:
    ticket = actions.tag_ticket(cast.writes(cast.paula, now), name="noize", by=cast.tess, at=now)
    actions.tag_ticket(ticket, name="power", by=cast.tess, at=now)
    tag = Tag.objects.get(name="noize")
    with pytest.raises(TagTaken):
        actions.rename_tag(tag, name="Power", by=cast.ada, at=now)
    actions.rename_tag(tag, name="noise", by=cast.ada, at=now)
    assert tags_on(ticket) == ["noise", "power"]
    change = SettingChange.objects.get(noun="tag")
    assert (change.before, change.after) == ({"name": "noize"}, {"name": "noise"})


def test_merged_tags_are_one_on_every_ticket_also_where_both_stood(cast: Cast, now: datetime) -> None:
    both, one = cast.writes(cast.paula, now), cast.writes(cast.olaf, now)
    for ticket, name in ((both, "noise"), (both, "sound"), (one, "sound")):
        actions.tag_ticket(ticket, name=name, by=cast.tess, at=now)
    noise, sound = Tag.objects.get(name="noise"), Tag.objects.get(name="sound")
    actions.merge_tags(sound, into=noise, by=cast.ada, at=now)
    assert (tags_on(both), tags_on(one)) == (["noise"], ["noise"])
    with pytest.raises(TagGone):
        actions.merge_tags(sound, into=noise, by=cast.ada, at=now)


def test_a_removed_tag_is_on_no_ticket_and_the_history_keeps_it(cast: Cast, now: datetime) -> None:
    ticket = actions.tag_ticket(cast.writes(cast.paula, now), name="noise", by=cast.tess, at=now)
    actions.remove_tag(Tag.objects.get(name="noise"), by=cast.ada, at=now + timedelta(minutes=1))
    assert tags_on(ticket) == []
    assert ticket.events.get(kind="tagged").facts["tag"] == "noise"


def test_only_administrators_change_tags_and_only_technicians_put_them(cast: Cast, now: datetime) -> None:
    ticket = actions.tag_ticket(cast.writes(cast.paula, now), name="noise", by=cast.tess, at=now)
    with pytest.raises(NotAllowed):
        actions.remove_tag(Tag.objects.get(name="noise"), by=cast.tess, at=now)
    with pytest.raises(NotAllowed):
        actions.tag_ticket(ticket, name="x", by=cast.dev, at=now)
