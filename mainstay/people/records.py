"""What is kept about persons and organisations beside what they are: their history, notes, merges, pairs that are two."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mainstay.history.models import Entry


class PersonEvent(Entry):
    """One thing that happened to a person's record; the database refuses to change or delete it."""

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="events")

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["person", "-at", "-id"], name="person_history")]


class OrganisationEvent(Entry):
    """One thing that happened to an organisation's record; the database refuses to change or delete it."""

    organisation = models.ForeignKey("people.Organisation", on_delete=models.CASCADE, related_name="events")

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["organisation", "-at", "-id"], name="organisation_history")]


class PersonNote(models.Model):
    """What colleagues should know of a person; no customer ever sees it."""

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="notes")
    by = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    text = models.TextField(_("text"))

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="person_note_says_something")]
        indexes = [models.Index(fields=["person", "-at", "-id"], name="notes_of_person")]


class Merge(models.Model):
    """Two records were found to be one: `moved` holds what went along, by who keeps it, so that it can go back."""

    by = models.ForeignKey("people.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    moved = models.JSONField(default=dict)
    undone_by = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class PersonMerge(Merge):
    one = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="merges")
    into = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="took_over")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["one"], condition=Q(undone_at=None), name="person_is_merged_once"),
            models.CheckConstraint(condition=~Q(one=F("into")), name="person_merge_is_of_two"),
        ]


class OrganisationMerge(Merge):
    one = models.ForeignKey("people.Organisation", on_delete=models.CASCADE, related_name="merges")
    into = models.ForeignKey("people.Organisation", on_delete=models.CASCADE, related_name="took_over")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["one"], condition=Q(undone_at=None), name="organisation_is_merged_once"),
            models.CheckConstraint(condition=~Q(one=F("into")), name="organisation_merge_is_of_two"),
        ]


class KeptApart(models.Model):
    """A colleague looked at these two persons and found that they are two: they are not suggested again."""

    one = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey("people.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="kept_apart_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="kept_apart_in_order"),
        ]
