"""Saved views of tickets, and deeds on many tickets at once."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from mainstay.people.models import Person, Team
from mainstay.tickets.models import Ticket

from .states import Audience, Grouping, Order, Outcome, Stage

NAME_LENGTH = 60
VALUE_LENGTH = 200


class View(models.Model):
    """Filters, order, grouping and columns under a name: somebody's own (`owner`), or shared with an audience.

    `terms` are the filters, each with its values (`fields.py`); nothing is searched by them, so they are kept as they are.
    """

    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="views")
    audience = models.CharField(_("shared with"), max_length=10, choices=Audience, default=Audience.OWNER)
    role = models.CharField(max_length=40, blank=True)  # its key, as `people.models.RoleHeld.role_key`
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    terms = models.JSONField(default=dict, blank=True)
    order = models.CharField(max_length=10, choices=Order, default=Order.QUEUE)
    grouping = models.CharField(max_length=12, choices=Grouping, blank=True, default=Grouping.NONE)
    columns = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    is_sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="view_has_a_name"),
            models.CheckConstraint(
                condition=Q(audience=Audience.OWNER, owner__isnull=False)
                | (Q(audience__in=Audience.values, owner=None) & ~Q(audience=Audience.OWNER)),
                name="view_is_owned_or_shared",
            ),
            # A team that is gone leaves its views to those who keep shared ones, and shows them to nobody else.
            models.CheckConstraint(condition=Q(team=None) | Q(audience=Audience.TEAM), name="view_of_a_team_is_for_it"),
            models.UniqueConstraint(
                "owner", Lower("name"), condition=Q(owner__isnull=False), name="own_view_name_is_one"
            ),
            models.UniqueConstraint(Lower("name"), condition=Q(owner=None), name="shared_view_name_is_one"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_shared(self) -> bool:
        return self.owner_id is None


class Batch(models.Model):
    """One deed on many tickets, by one person: `deed` is a key of `deeds.DEEDS`, `value` what it is done with."""

    by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    deed = models.CharField(max_length=20)
    value = models.CharField(max_length=VALUE_LENGTH, blank=True)
    stage = models.CharField(max_length=8, choices=Stage, default=Stage.PLANNED)
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=Q(stage__in=Stage.values), name="batch_stage_known")]
        indexes = [models.Index(fields=["made_at"], name="batch_by_age")]


class BatchTicket(models.Model):
    """One ticket of many: what became of it, and why if nothing did. `event` is the last of the ticket after the deed."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="tickets")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.WAITING)
    because = models.TextField(blank=True)
    event = models.BigIntegerField(null=True, blank=True)
    before = models.CharField(max_length=12, blank=True)  # the state it had

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "ticket"], name="ticket_once_in_a_batch"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="batch_outcome_known"),
        ]
