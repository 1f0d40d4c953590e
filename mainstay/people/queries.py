"""Who somebody is, and whom one may see."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db.models import QuerySet

from .errors import NoSuchStaff
from .models import Account, Identity, Organisation, Person
from .rules import EMAIL, canonical_email
from .states import Permission

_looked_up: ContextVar[dict[tuple[str, str], Person] | None] = ContextVar("looked_up", default=None)
_WITH_PERSON = ("person__organisation__seller", "person__account")


@contextmanager
def identities_looked_up(channel: str, addresses: list[str]) -> Iterator[None]:
    """Within this block, which is short, those who are known by these addresses were read together."""
    found = Identity.objects.filter(channel=channel, address__in=addresses).select_related(*_WITH_PERSON)
    token = _looked_up.set({(channel, identity.address): identity.person for identity in found.order_by("pk")})
    try:
        yield
    finally:
        _looked_up.reset(token)


def person_with_identity(channel: str, address: str) -> Person | None:
    """The person this address belongs to, with the organisation and its seller loaded."""
    known = (_looked_up.get() or {}).get((channel, address))
    if known is not None:
        return known
    identity = Identity.objects.filter(channel=channel, address=address).select_related(*_WITH_PERSON).first()
    return identity.person if identity else None


def staff_by_email(email: str) -> Person:
    """The active member of staff who signs in with this address; raises NoSuchStaff."""
    account = Account.objects.filter(email=canonical_email(email), is_active=True).first()
    if account is None:
        raise NoSuchStaff(email)
    return account.person


def staff_members() -> QuerySet[Person]:
    """Everybody with an active account, by name."""
    return Person.objects.filter(account__is_active=True).select_related("account").order_by("name", "pk")


def assignable_staff() -> QuerySet[Person]:
    """Staff who may work on tickets, by name."""
    from .models import PERMISSIONS

    roles = [role for role, permissions in PERMISSIONS.items() if Permission.WORK_TICKETS in permissions]
    return staff_members().filter(account__role__in=roles)


def email_of(person: Person) -> str:
    """The address to write to: the oldest verified one, else the oldest; empty when there is none."""
    identities = person.identities.filter(channel=EMAIL).order_by("verified_at", "pk")
    first = identities.first()
    return first.address if first else ""


def organisations_for(viewer: Person) -> QuerySet[Organisation]:
    """Organisations this person may see: all for staff, one's own for the others."""
    if viewer.may(Permission.SEE_TICKETS):
        return Organisation.objects.order_by("name", "pk")
    return Organisation.objects.filter(persons=viewer).order_by("name", "pk")


def persons_for(viewer: Person) -> QuerySet[Person]:
    """Persons this person may see: all for staff, oneself for the others."""
    everybody = Person.objects.select_related("organisation").order_by("name", "pk")
    return everybody if viewer.may(Permission.SEE_TICKETS) else everybody.filter(pk=viewer.pk)
