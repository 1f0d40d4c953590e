"""Rules, and what each of their runs did."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from mainstay.people.models import Person
from mainstay.tickets.models import Ticket
from mainstay.writing.models import Answer

from .states import BY_THE_CLOCK, Match, Outcome, When

NAME_LENGTH = 80


class Rule(models.Model):
    """When something happens, and if the conditions hold, then it is done.

    `conditions` is a list of {"field", "is", "value"}, `deeds` one of {"deed", "value"} as a macro has them: nobody filters by
    them. `author` is who saved it last: it never does what they may not. `tells` are keys of persons.
    """

    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    place = models.PositiveIntegerField()  # in the order in which rules run
    is_on = models.BooleanField(default=False)
    when = models.CharField(max_length=16, choices=When)
    minutes = models.PositiveIntegerField(null=True, blank=True)  # business minutes, of those that go by the clock
    match = models.CharField(max_length=4, choices=Match, default=Match.ALL)
    conditions: Any = models.JSONField(default=list, blank=True)
    deeds: Any = models.JSONField(default=list, blank=True)
    gives_turn = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    answer = models.ForeignKey(Answer, null=True, blank=True, on_delete=models.SET_NULL, related_name="rules")
    tells: Any = models.JSONField(default=list, blank=True)
    tells_assignee = models.BooleanField(default=False)
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    since = models.DateTimeField()  # what happened before it was switched on is none of its business
    paused_because = models.CharField(max_length=300, blank=True)  # why it was switched off by itself
    failures = models.PositiveSmallIntegerField(default=0)  # in a row
    is_sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["place", "pk"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="rule_name_once"),
            models.CheckConstraint(
                condition=(Q(when__in=BY_THE_CLOCK) & Q(minutes__gt=0))
                | (~Q(when__in=BY_THE_CLOCK) & Q(minutes__isnull=True)),
                name="rule_by_the_clock_has_minutes",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Run(models.Model):
    """A rule found its conditions met: what it did, as sentences, or why not. `key` is what woke it, once for each rule."""

    rule = models.ForeignKey(Rule, null=True, on_delete=models.SET_NULL, related_name="runs")
    name = models.CharField(max_length=NAME_LENGTH)  # of the rule as it was
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="rule_runs")
    key = models.CharField(max_length=60)
    at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Outcome)
    did: Any = models.JSONField(default=list, blank=True)
    problem = models.CharField(max_length=500, blank=True)
    milliseconds = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["rule", "key"], name="a_rule_runs_once_for_each_cause")]
        indexes = [
            models.Index(fields=["rule", "-id"], name="runs_of_rule"),
            models.Index(fields=["ticket", "rule", "at"], name="runs_on_ticket"),
            models.Index(fields=["at"], name="runs_by_time"),
        ]
