"""Colleagues are invited by mail: a link, good once and for a week, by which they choose a password of their own."""

import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from mainstay.audit.actions import record_change
from mainstay.jobs.queue import SOON, enqueue

from .actions import register_person
from .administering import check_within, put_on, record_person, take_turn
from .errors import AddressTaken, BelongsToCustomer, InvitationOver, InvitedAlready
from .models import Account, Identity, Invitation, Person
from .queries import role_with_key
from .rules import EMAIL, canonical_email, why_over
from .states import InvitationMail

SEND_INVITATION = "notifications.send_invitation"
GOOD_FOR = timedelta(days=7)


@transaction.atomic
def invite_colleague(
    *, name: str, email: str, role: str, language: str = "", by: Person | None, at: datetime
) -> Invitation:
    """The mail with the link is queued; the account is made when the link is used.

    Raises MoreThanOwn, AddressTaken, BelongsToCustomer and InvitedAlready.
    """
    by = take_turn(by)
    email, given = canonical_email(email), role_with_key(role)
    check_within(by, given.permissions)
    _check_free(email)
    invitation = Invitation(email=email, name=" ".join(name.split())[:200], language=language, by=by)
    put_on(invitation, given)
    _begin(invitation, at)
    record_change(
        by=by,
        at=at,
        noun="invitation",
        subject=invitation.name,
        key=invitation.pk,
        before={},
        after={"email": email, "role": given.recorded},
    )
    return invitation


@transaction.atomic
def invite_again(invitation: Invitation, *, by: Person | None, at: datetime) -> Invitation:
    """A new link is on its way, good for a week; the old one is not good any more. Raises InvitationOver."""
    by = take_turn(by)
    invitation = _waiting(invitation.pk)
    check_within(by, invitation.permissions)
    before = {"expires_at": invitation.expires_at}
    _begin(invitation, at)
    after = {"expires_at": invitation.expires_at}
    subject, key = invitation.name, invitation.pk
    record_change(by=by, at=at, noun="invitation", subject=subject, key=key, before=before, after=after)
    return invitation


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: Person | None, at: datetime) -> None:
    """The link is not good any more. Raises InvitationOver when it was used meanwhile."""
    by = take_turn(by)
    invitation = _waiting(invitation.pk)
    check_within(by, invitation.permissions)
    invitation.withdrawn_at = at
    invitation.save(update_fields=["withdrawn_at"])
    before = {"email": invitation.email, "role": invitation.role_recorded}
    subject, key = invitation.name, invitation.pk
    record_change(by=by, at=at, noun="invitation", subject=subject, key=key, before=before, after={})


@transaction.atomic
def accept_invitation(pk: int, token: str, *, password: str, at: datetime) -> Account:
    """Whoever has the link is of the staff, and signs in with this password. Raises InvitationOver and AddressTaken.

    Who was known by this address before, and belongs to no organisation, is that person: what they wrote stays theirs.
    """
    take_turn(None)
    invitation = Invitation.objects.select_for_update(of=("self",)).filter(pk=pk).first() if pk < 2**63 else None
    if because := why_over(invitation, token, at):
        raise InvitationOver(because)
    assert invitation is not None
    _check_free(invitation.email, but=invitation.pk)
    account = Account(
        person=_person(invitation, at),
        email=invitation.email,
        role=invitation.role,
        custom_role=invitation.custom_role,
        joined_at=at,
    )
    account.set_password(password)
    account.save()
    invitation.accepted_at = at
    invitation.save(update_fields=["accepted_at"])
    record_person(account, {}, {"email": account.email, "role": account.role_recorded}, account.person, at)
    return account


def _begin(invitation: Invitation, at: datetime) -> None:
    """The link is a new one, and its mail is queued."""
    invitation.made_at, invitation.expires_at, invitation.nonce = at, at + GOOD_FOR, secrets.token_urlsafe(24)
    invitation.mail_id, invitation.mail_state, invitation.mail_problem = "", InvitationMail.QUEUED, ""
    try:
        with transaction.atomic():
            invitation.save()
    except IntegrityError:
        raise InvitedAlready(invitation.email) from None
    enqueue(SEND_INVITATION, priority=SOON, invitation=invitation.pk, nonce=invitation.nonce)


def _check_free(email: str, but: int = 0) -> None:
    if Account.objects.filter(email=email).exists():
        raise AddressTaken(email)
    if Invitation.objects.filter(email=email, accepted_at=None, withdrawn_at=None).exclude(pk=but).exists():
        raise InvitedAlready(email)
    known = _known(email)
    if known is None:
        return
    if known.person.organisation is not None:
        raise BelongsToCustomer(email, known.person.organisation.name)
    if Account.objects.filter(person=known.person).exists():
        raise AddressTaken(email)


def _known(email: str) -> Identity | None:
    return Identity.objects.filter(channel=EMAIL, address=email).select_related("person__organisation").first()


def _person(invitation: Invitation, at: datetime) -> Person:
    known = _known(invitation.email)
    if known is None:
        return register_person(
            name=invitation.name,
            channel=EMAIL,
            address=invitation.email,
            language=invitation.language,
            verified_at=at,
        )
    person = known.person
    person.name, person.language = invitation.name, invitation.language or person.language
    person.save(update_fields=["name", "language"])
    return person


def _waiting(pk: int) -> Invitation:
    """The invitation as it is now, held; raises InvitationOver when it is not open any more."""
    found = Invitation.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if found is None or not found.is_open:
        raise InvitationOver("used" if found is not None and found.accepted_at else "withdrawn")
    return found
