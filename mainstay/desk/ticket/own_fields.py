"""The desk's own fields on a ticket: what stands in them, and filling them in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from mainstay.people.states import Permission
from mainstay.tickets import actions
from mainstay.tickets.models import CustomField, Ticket
from mainstay.tickets.queries import fields_for, ticket_for, values_on
from mainstay.tickets.states import FieldKind

from ..doorway import DeskRequest, staff_only

PREFIX = "field-"


@dataclass(frozen=True)
class OwnField:
    """A field with its value; `typed` is what its input shows: the same, or what somebody typed that was refused."""

    it: CustomField
    value: str
    typed: str

    @property
    def is_gone(self) -> bool:
        """Whether it holds a choice that is offered no more."""
        return self.it.kind == FieldKind.CHOICE and bool(self.typed) and self.typed not in self.it.choices


def own_fields(it: Ticket, typed: Mapping[str, Any]) -> list[OwnField]:
    """Two queries."""
    values = values_on(it)
    return [
        OwnField(field, values.get(field.pk, ""), typed.get(f"{PREFIX}{field.pk}", values.get(field.pk, "")))
        for field in fields_for(it.nature)
    ]


@require_POST
@staff_only(Permission.WORK_TICKETS)
def ticket_fields(request: DeskRequest, number: int) -> HttpResponse:
    """Fill in what stands in the form; a field that the form did not have stays as it is."""
    from .marks import sidebar_verb

    it = ticket_for(request.person, number)
    given = {
        field.pk: request.POST.get(f"{PREFIX}{field.pk}", "")
        for field in fields_for(it.nature)
        if f"has-{field.pk}" in request.POST
    }
    seen = {key: request.POST[f"was-{key}"] for key in given if f"was-{key}" in request.POST}
    typed = {f"{PREFIX}{key}": value[:2000] for key, value in given.items()}
    person, now = request.person, timezone.now()
    return sidebar_verb(request, it, lambda: actions.fill_fields(it, given, by=person, at=now, seen=seen), typed=typed)
