"""What people put around a ticket: tags, a snooze, links to other tickets, followers, tasks."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from mainstay.lib.fingerprints import fingerprint
from mainstay.people.models import Person

from .states import LinkKind, WakesOn

TAG_LENGTH = 40
TASK_LENGTH = 300
DAY_MINUTES = 24 * 60


class Tag(models.Model):
    """A word that tickets are found by; two that differ only in capitals are one."""

    name = models.CharField(_("name"), max_length=TAG_LENGTH)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="tag_is_one_word"),
            models.CheckConstraint(condition=~Q(name=""), name="tag_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Snooze(models.Model):
    """A ticket sleeps until something comes about; the row is gone when it wakes, its events stay.

    A moment (`wakes_at`) may stand beside the other reasons as the latest one; `waits_for` is the ticket whose end wakes it.
    """

    ticket = models.OneToOneField("tickets.Ticket", on_delete=models.CASCADE, related_name="snooze")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    wakes_on = models.CharField(max_length=10, choices=WakesOn)
    wakes_at = models.DateTimeField(null=True, blank=True)
    waits_for = models.ForeignKey(
        "tickets.Ticket", null=True, blank=True, on_delete=models.CASCADE, related_name="awaited_by"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(wakes_on=WakesOn.MOMENT, wakes_at__isnull=False)
                | (Q(wakes_on__in=WakesOn.values) & ~Q(wakes_on=WakesOn.MOMENT)),
                name="snooze_knows_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(wakes_on=WakesOn.TICKET, waits_for__isnull=False)
                | (~Q(wakes_on=WakesOn.TICKET) & Q(waits_for=None)),
                name="snooze_knows_its_ticket",
            ),
            models.CheckConstraint(
                condition=Q(waits_for=None) | ~Q(waits_for=F("ticket")), name="snooze_waits_for_another"
            ),
        ]
        indexes = [models.Index(fields=["wakes_at"], condition=Q(wakes_at__isnull=False), name="snooze_due")]


class Link(models.Model):
    """Two tickets that have to do with each other: `one` is a duplicate or a part of `other`; related ones have no order."""

    one = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="links")
    other = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="linked")
    kind = models.CharField(max_length=10, choices=LinkKind)
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=LinkKind.values), name="link_kind_known"),
            models.CheckConstraint(condition=~Q(one=F("other")), name="link_is_between_two"),
            models.UniqueConstraint(fields=["one", "other"], name="link_once"),
            models.UniqueConstraint(fields=["one"], condition=Q(kind=LinkKind.PART), name="one_parent"),
        ]


class Follower(models.Model):
    """A colleague who is told what happens on a ticket; one who stopped is not made a follower again by the desk itself."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="followers")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="followed")
    stopped = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["ticket", "person"], name="follower_once")]


class Task(models.Model):
    """One line of what is to be done on a ticket; `place` is its order."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="tasks")
    text = models.CharField(_("task"), max_length=TASK_LENGTH)
    place = models.PositiveIntegerField()
    assignee = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="tasks")
    due_on = models.DateField(null=True, blank=True)
    done_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["place", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="task_says_something")]

    @property
    def mark(self) -> str:
        """Differs when somebody has changed what it says, whose it is, or until when."""
        return fingerprint({"text": self.text, "assignee": self.assignee_id, "due_on": self.due_on})


class Checklist(models.Model):
    """Tasks that are put on a ticket together; `natures` it is offered for, empty: every one."""

    name = models.CharField(_("name"), max_length=60)
    natures = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    lines = ArrayField(models.CharField(max_length=TASK_LENGTH), default=list)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(Lower("name"), name="checklist_name_is_one")]

    def __str__(self) -> str:
        return self.name


class TimeSpent(models.Model):
    """So many minutes that somebody noted; an entry is never changed, only taken back by who made it."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="times")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    note = models.CharField(_("what for"), max_length=TASK_LENGTH, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=DAY_MINUTES), name="time_is_within_a_day")
        ]

    @property
    def seconds(self) -> int:
        return 60 * self.minutes


class TimeCounting(models.Model):
    """One row, made when it is first switched on: whether tickets ask for the time that was spent on them."""

    is_on = models.BooleanField(_("tickets ask for time spent"), default=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="time_counting_is_one_row")]
