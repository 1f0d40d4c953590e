"""The sample company goes, also where its people worked as second line; what is real stays."""

from datetime import datetime

from mainstay.escalations import actions
from mainstay.escalations.models import Escalation, Problem
from mainstay.people.models import Person
from mainstay.sample.removing import remove_sample
from mainstay.tickets.models import Ticket
from tests.cast import Cast
from tests.escalations.trackers import a_problem


def test_problems_of_the_sample_go_with_it_and_real_ones_stay(cast: Cast, now: datetime) -> None:
    sample, real = cast.writes(cast.paula, now), cast.writes(cast.olaf, now)
    gone, _ticket = a_problem(cast, now, sample)
    stays, _ticket = a_problem(cast, now, real)
    actions.mark_fixed(gone, version="1", by=cast.dev, at=now)
    Ticket.objects.filter(pk=sample.pk).update(is_sample=True)
    Person.objects.filter(pk__in=[cast.dev.pk, cast.paula.pk]).update(is_sample=True)
    remove_sample()
    assert list(Problem.objects.all()) == [stays]
    assert [one.ticket for one in Escalation.objects.all()] == [real]
    assert Person.objects.filter(pk=cast.dev.pk).exists(), "in the history of a real problem"
    assert not Person.objects.filter(pk=cast.paula.pk).exists()
