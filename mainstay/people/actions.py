"""Verbs on people: register, hire, choose."""

import secrets
from datetime import datetime

from django.db import IntegrityError, transaction

from mainstay.audit.actions import record_change

from .errors import AddressTaken
from .models import Account, Identity, Organisation, Person
from .queries import person_with_identity, role_with_key
from .rules import EMAIL, canonical_email

NAME_LENGTH = 200


def register_organisation(
    *,
    name: str,
    kind: str,
    bought_directly: bool,
    country: str = "",
    zone: str = "",
    seller: Organisation | None = None,
    is_sample: bool = False,
) -> Organisation:
    """The organisation is known to the desk."""
    return Organisation.objects.create(
        name=name,
        kind=kind,
        bought_directly=bought_directly,
        country=country,
        zone=zone,
        seller=seller,
        is_sample=is_sample,
    )


@transaction.atomic
def register_person(
    *,
    name: str,
    channel: str,
    address: str,
    organisation: Organisation | None = None,
    language: str = "",
    zone: str = "",
    verified_at: datetime | None = None,
    is_sample: bool = False,
) -> Person:
    """The person is known by this address; an address that belongs to somebody already raises AddressTaken.

    It may belong to somebody since a moment ago, in another process: the database decides.
    """
    address = canonical_email(address) if channel == EMAIL else address
    if Identity.objects.filter(channel=channel, address=address).exists():
        raise AddressTaken(address)
    try:
        with transaction.atomic():
            person = Person.objects.create(
                name=name[:NAME_LENGTH], organisation=organisation, language=language, zone=zone, is_sample=is_sample
            )
            Identity.objects.create(person=person, channel=channel, address=address, verified_at=verified_at)
    except IntegrityError:
        raise AddressTaken(address) from None
    return person


def person_or_newcomer(*, name: str, channel: str, address: str, language: str = "", is_sample: bool = False) -> Person:
    """Whom this address belongs to; somebody new is registered, as unknown.

    When another message of the same newcomer was quicker, it is the person whom that one registered.
    """
    person = person_with_identity(channel, address)
    if person is not None:
        return person
    try:
        return register_person(name=name, channel=channel, address=address, language=language, is_sample=is_sample)
    except AddressTaken:
        person = person_with_identity(channel, address)
        if person is None:
            raise
        return person


def mark_address_failed(channel: str, address: str, *, because: str, at: datetime) -> None:
    """Staff see at the address that the last message to it came back, and why."""
    Identity.objects.filter(channel=channel, address=address).update(failed_at=at, failed_because=because[:500])


def forget_address_failed(channel: str, address: str) -> None:
    """A message to this address was taken: what came back earlier is over."""
    failed = Identity.objects.filter(channel=channel, address=address, failed_at__isnull=False)
    failed.update(failed_at=None, failed_because="")


def mark_complaint(channel: str, address: str, *, at: datetime) -> None:
    """Nothing automatic is sent to this address any more."""
    Identity.objects.filter(channel=channel, address=address).update(complained_at=at)


@transaction.atomic
def add_staff(
    *, name: str, email: str, role: str, at: datetime, language: str = "en", zone: str = "", is_sample: bool = False
) -> tuple[Account, str]:
    """The person may sign in with the returned password, which is stored nowhere but hashed. `role` is a role's key.

    For the command line and the sample; who has a browser invites (`inviting.invite_colleague`).
    """
    email, given = canonical_email(email), role_with_key(role)
    person = register_person(
        name=name, channel=EMAIL, address=email, language=language, zone=zone, verified_at=at, is_sample=is_sample
    )
    account = Account(
        person=person, email=email, role="" if given.custom else given.key, custom_role=given.custom, joined_at=at
    )
    password = new_password()
    account.set_password(password)
    account.save()
    if not is_sample:
        after = {"email": email, "role": given.recorded}
        record_change(by=None, at=at, noun="person", subject=name, key=person.pk, before={}, after=after)
    return account, password


@transaction.atomic
def give_new_password(account: Account, *, at: datetime) -> str:
    """The old password no longer works; the new one is returned and stored nowhere but hashed."""
    password = new_password()
    account.set_password(password)
    account.save(update_fields=["password"])
    person, after = account.person, {"new_password": True}
    record_change(by=None, at=at, noun="person", subject=str(person), key=person.pk, before={}, after=after)
    return password


def choose_preferences(account: Account, *, language: str, theme: str, zone: str) -> None:
    """The desk looks to this person as they like it."""
    with transaction.atomic():
        account.theme = theme
        account.save(update_fields=["theme"])
        account.person.language = language
        account.person.zone = zone
        account.person.save(update_fields=["language", "zone"])


def new_password() -> str:
    """Four groups of four characters that are easy to read aloud: about 78 bits."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(4))
