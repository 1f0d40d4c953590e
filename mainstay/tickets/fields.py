"""Fields that the desk made itself for tickets of some natures, and what stands in them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from .states import FieldKind

FIELD_NAME_LENGTH = 60
VALUE_LENGTH = 2000


class CustomField(models.Model):
    """Something that is asked about tickets of these natures (none named: all). One that is retired keeps its values.

    `choices` are those of a choice, in their order. `is_required`: a ticket is not resolved by a colleague without it.
    """

    name = models.CharField(_("name"), max_length=FIELD_NAME_LENGTH)
    kind = models.CharField(_("kind"), max_length=8, choices=FieldKind)
    natures = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    choices = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    is_required = models.BooleanField(_("required to resolve"), default=False)
    place = models.PositiveIntegerField()
    is_retired = models.BooleanField(default=False)
    is_sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["place", "pk"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="custom_field_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="custom_field_has_a_name"),
            models.CheckConstraint(
                condition=Q(kind=FieldKind.CHOICE) | Q(choices=[]), name="custom_field_choices_are_of_a_choice"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_for(self, nature: str) -> bool:
        return not self.natures or nature in self.natures


class FieldValue(models.Model):
    """What stands in a field of a ticket, in one spelling: a number as `1.5`, a date as `2026-11-30`, a tick as `yes`."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="field_values")
    field = models.ForeignKey(CustomField, on_delete=models.CASCADE, related_name="values")
    value = models.CharField(max_length=VALUE_LENGTH)

    class Meta:
        ordering = ["field__place", "pk"]
        constraints = [models.UniqueConstraint(fields=["ticket", "field"], name="one_value_for_ticket_and_field")]
        indexes = [models.Index(fields=["field", "value"], name="tickets_by_field_value")]
