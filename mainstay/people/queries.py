"""Who somebody is, and whom one may see."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, Q, QuerySet

from .errors import InvitationOver, NoSuchRole, NoSuchStaff
from .models import PERMISSIONS, Account, CustomRole, Identity, Invitation, Organisation, Person, Team
from .rules import EMAIL, canonical_email, why_over
from .states import Permission, Role

_looked_up: ContextVar[dict[tuple[str, str], Person] | None] = ContextVar("looked_up", default=None)
_PERSON = ("organisation__seller", "account")
_WITH_PERSON = tuple(f"person__{name}" for name in _PERSON)


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


def person_now(person: Person) -> Person:
    """This person, or the one into whom they were merged a moment ago; till the transaction ends nobody merges them.

    One who is just being merged is waited for: what is made afterwards is made for who remains.
    """
    key: int | None = person.pk
    while key is not None:
        known, key = key, _merged_into(key)
    return person if known == person.pk else Person.objects.select_related(*_PERSON).get(pk=known)


def _merged_into(key: int) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute("select merged_into_id from people_person where id = %s for key share", [key])
        row = cursor.fetchone()
    return row[0] if row else None


def staff_by_email(email: str) -> Person:
    """The active member of staff who signs in with this address; raises NoSuchStaff."""
    account = Account.objects.filter(email=canonical_email(email), is_active=True).first()
    if account is None:
        raise NoSuchStaff(email)
    return account.person


def account_by_email(email: str) -> Account:
    """The account that signs in, or signed in, with this address; raises NoSuchStaff."""
    account = Account.objects.filter(email=canonical_email(email)).first()
    if account is None:
        raise NoSuchStaff(email)
    return account


def staff_members() -> QuerySet[Person]:
    """Everybody with an active account, by name, with what their role allows."""
    staff = Person.objects.filter(account__is_active=True)
    return staff.select_related("account__custom_role").order_by("name", "pk")


def staff_who_may(permission: Permission) -> QuerySet[Person]:
    """Staff whose role has this permission, by name."""
    built_in = [role for role, permissions in PERMISSIONS.items() if permission in permissions]
    return staff_members().filter(
        Q(account__role__in=built_in) | Q(account__custom_role__permissions__contains=[permission.value])
    )


def assignable_staff() -> QuerySet[Person]:
    """Staff who may work on tickets, by name."""
    return staff_who_may(Permission.WORK_TICKETS)


def email_of(person: Person) -> str:
    """The address to write to: the oldest verified one, else the oldest; empty when there is none."""
    identities = person.identities.filter(channel=EMAIL).order_by("verified_at", "pk")
    first = identities.first()
    return first.address if first else ""


def organisations_for(viewer: Person) -> QuerySet[Organisation]:
    """Organisations this person may see: all for staff, one's own for the others. Not those that were merged away."""
    remaining = Organisation.objects.filter(merged_into=None).order_by("name", "pk")
    return remaining if viewer.may(Permission.SEE_TICKETS) else remaining.filter(persons=viewer)


def persons_for(viewer: Person) -> QuerySet[Person]:
    """Persons this person may see: all for staff, oneself for the others. Not those who were merged away."""
    everybody = Person.objects.filter(merged_into=None).select_related("organisation").order_by("name", "pk")
    return everybody if viewer.may(Permission.SEE_TICKETS) else everybody.filter(pk=viewer.pk)


# --- roles, teams, invitations ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class KnownRole:
    """A role as it can be given: one of the four, or one of the desk's own (`custom`); `people` have it now."""

    key: str
    name: str
    permissions: frozenset[str]
    custom: CustomRole | None = None
    people: int = 0

    @property
    def recorded(self) -> str:
        """As `RoleHeld.role_recorded`."""
        return self.custom.name if self.custom is not None else self.key

    def is_within(self, permissions: frozenset[str]) -> bool:
        """Whether somebody with these permissions may give this role: nobody gives away more than they have."""
        return self.permissions <= permissions


def known_roles() -> list[KnownRole]:
    """The four built-in roles, then the desk's own by name; two queries."""
    counted = Account.objects.filter(is_active=True).order_by().values_list("role", "custom_role")
    people: dict[tuple[str, int | None], int] = {
        (role, custom): number for role, custom, number in counted.annotate(number=Count("pk"))
    }
    built_in = [
        KnownRole(role.value, str(role.label), PERMISSIONS[role], people=people.get((role.value, None), 0))
        for role in Role
    ]
    return built_in + [
        _custom(role, people.get(("", role.pk), 0)) for role in CustomRole.objects.order_by("name", "pk")
    ]


def role_with_key(key: str) -> KnownRole:
    """The role that forms and commands name so; raises NoSuchRole."""
    if key in Role.values:
        return KnownRole(key, str(Role(key).label), PERMISSIONS[key])
    number = key.removeprefix("own-")
    custom = CustomRole.objects.filter(pk=int(number)).first() if number != key and _is_key(number) else None
    if custom is None:
        raise NoSuchRole(key)
    return _custom(custom)


def role_called(name: str) -> KnownRole:
    """The role with this key, or with this name, however it is written; raises NoSuchRole."""
    own = CustomRole.objects.filter(name__iexact=name.strip()).first()
    return _custom(own) if own else role_with_key(name.strip().lower())


def _custom(role: CustomRole, people: int = 0) -> KnownRole:
    return KnownRole(
        f"own-{role.pk}", role.name, frozenset(role.permissions) & frozenset(Permission.values), role, people
    )


def _is_key(number: str) -> bool:
    return number.isdecimal() and number.isascii() and len(number) < 19


def custom_role_for(viewer: Person, pk: int) -> CustomRole | None:
    """One of the desk's own roles, for whoever may give roles."""
    return CustomRole.objects.filter(pk=pk).first() if viewer.may(Permission.MANAGE_PEOPLE) else None


def accounts_for(viewer: Person) -> QuerySet[Account]:
    """All accounts, also those that may not sign in, for whoever may give roles; by name."""
    accounts = Account.objects.order_by("person__name", "pk")
    return accounts if viewer.may(Permission.MANAGE_PEOPLE) else accounts.none()


def invitations_for(viewer: Person) -> QuerySet[Invitation]:
    """Invitations that were neither accepted nor withdrawn, the newest first, for whoever may give roles."""
    waiting = Invitation.objects.filter(accepted_at=None, withdrawn_at=None)
    waiting = waiting.select_related("custom_role", "by").order_by("-pk")
    return waiting if viewer.may(Permission.MANAGE_PEOPLE) else waiting.none()


def invitation_of_link(pk: int, token: str, at: datetime) -> Invitation:
    """The invitation whose link this is, while it can be used; raises InvitationOver."""
    found = Invitation.objects.select_related("custom_role", "by").filter(pk=pk).first() if pk < 2**63 else None
    if because := why_over(found, token, at):
        raise InvitationOver(because)
    assert found is not None
    return found


def teams_for(viewer: Person) -> QuerySet[Team]:
    """All teams, by name, for whoever may see tickets or form teams."""
    teams = Team.objects.order_by("name", "pk")
    allowed = viewer.may(Permission.SEE_TICKETS) or viewer.may(Permission.MANAGE_PEOPLE)
    return teams if allowed else teams.none()
