"""Shifts, absences, who is here, and what was told about duty."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mainstay.history.models import Entry
from mainstay.people.models import Person

from .states import DutyDeed, Here, Reason, Trouble

DAY_MINUTES = 24 * 60


class Shift(models.Model):
    """When somebody is on duty, week after week: minutes of the local clock since midnight of the day on which it starts.

    An end after midnight lies on the next day (more than 1,440); both dates are of the zone, both included.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="shifts")
    weekdays = ArrayField(models.PositiveSmallIntegerField())  # 0 is Monday
    starts = models.PositiveSmallIntegerField()
    ends = models.PositiveSmallIntegerField()
    zone = models.CharField(_("time zone"), max_length=64)
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        ordering = ["person__name", "person_id", "valid_from", "starts", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts__lt=DAY_MINUTES, ends__gt=F("starts"), ends__lte=F("starts") + DAY_MINUTES),
                name="shift_hours_make_sense",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="shift_ends_after_it_begins"
            ),
        ]


class Absence(models.Model):
    """Somebody is not there, whatever their shifts say; without an end until further notice."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="absences")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason, blank=True, default=Reason.NONE)

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="absence_ends_after_it_begins"
            )
        ]
        indexes = [models.Index(fields=["ends_at"], name="absences_by_end")]


class Presence(models.Model):
    """What somebody says of themselves, when they last gave a sign, and what the roster knows of them beside their shifts.

    `languages` are those in which they answer beside their own; `turn_at` is when a ticket was last given to them.
    """

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="presence")
    state = models.CharField(max_length=8, choices=Here, default=Here.HERE)
    since = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    turn_at = models.DateTimeField(null=True, blank=True)
    languages = ArrayField(models.CharField(max_length=12), default=list, blank=True)

    class Meta:
        ordering = ["person_id"]


class ToldTrouble(models.Model):
    """A trouble that supervisors were told of; gone when it is over, so that the next one is told again."""

    kind = models.CharField(max_length=20, choices=Trouble, unique=True)
    since = models.DateTimeField()

    class Meta:
        ordering = ["kind"]


class DutyEvent(Entry):
    """One thing that was done to the roster; never changed or deleted. `person` is whom it is about."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="duty_events")

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["-id"], name="duty_history")]
        constraints = [models.CheckConstraint(condition=Q(kind__in=DutyDeed.values), name="duty_deed_known")]
