"""What one needs to try the desk: sample sign-ins, partners' addresses, a stranger's."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from mainstay.channels.email.channel import ANSWER_AGAIN_AFTER
from mainstay.channels.email.queries import answered_or_complained
from mainstay.people.models import Account, Identity
from mainstay.people.rules import EMAIL
from mainstay.people.states import OrganisationKind, Role

from . import company
from .making import SIGN_INS

_ORDER = [role.value for role in Role]  # as they are declared; the desk's own after them
PARTNERS = 3


def sign_ins() -> dict[str, Any]:
    """Keys `staff` (email, name, role, password), `partners` (email, name, organisation), `stranger` (email, name).

    A password is None when it was changed since, or when the data folder is not the one the sample was made in.
    """
    made = _made_at_first_start()
    accounts = list(Account.objects.filter(person__is_sample=True, is_active=True).order_by("pk"))
    accounts.sort(key=lambda account: _ORDER.index(account.role) if account.role else len(_ORDER))
    return {
        "staff": [
            {
                "email": account.email,
                "name": account.person.name,
                "role": account.role_key,
                "password": _still_right(account, made.get(account.email)),
            }
            for account in accounts
        ],
        "partners": _partners(),
        "stranger": _stranger(),
    }


def sign_in_lines() -> list[str]:
    """One sign-in of each role, for the terminal; empty when there is no sample company."""
    told = sign_ins()
    if not told["staff"]:
        return []
    first: dict[str, dict[str, Any]] = {}
    for entry in told["staff"]:
        first.setdefault(entry["role"], entry)
    lines = ["Sample sign-ins (all: `mainstay sample show`):"]
    lines += [f"  {e['role']:<14} {e['email']:<34} {e['password'] or '(changed)'}" for e in first.values()]
    lines += [
        "Write to the desk from a sample partner's address, such as " + ", ".join(p["email"] for p in told["partners"])
    ]
    return lines


def _made_at_first_start() -> dict[str, dict[str, str]]:
    try:
        found: dict[str, dict[str, str]] = json.loads((Path(settings.DATA_DIR) / SIGN_INS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found


def _still_right(account: Account, made: dict[str, str] | None) -> str | None:
    """The password made at the first start, as long as its hash is still the account's."""
    return made["password"] if made and made["hash"] == account.password else None


def _partners() -> list[dict[str, str]]:
    """Three people of different organisations that bought directly; those first who would get an acknowledgement today."""
    identities = Identity.objects.filter(
        channel=EMAIL,
        person__is_sample=True,
        person__organisation__bought_directly=True,
        person__organisation__kind__in=[OrganisationKind.DISTRIBUTOR, OrganisationKind.PARTNER],
    ).select_related("person__organisation")
    chosen: dict[int, dict[str, str]] = {}
    for identity in sorted(identities.order_by("pk"), key=lambda identity: _was_answered_today(identity.address)):
        organisation = identity.person.organisation
        if organisation is not None and organisation.pk not in chosen:
            chosen[organisation.pk] = {
                "email": identity.address,
                "name": identity.person.name,
                "organisation": organisation.name,
            }
    return list(chosen.values())[:PARTNERS]


def _stranger() -> dict[str, str]:
    stranger = min(company.STRANGERS, key=lambda stranger: _was_answered_today(stranger.email))
    return {"email": stranger.email, "name": stranger.name}


def _was_answered_today(address: str) -> bool:
    """Whether it got its one automatic answer of the day: who tries the desk waits for one."""
    return answered_or_complained(address, timezone.now() - ANSWER_AGAIN_AFTER)
