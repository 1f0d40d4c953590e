"""One of everything that an address can name, put on a running sample desk: prints the address of each page, as JSON.

Run with the desk's environment (`RunningDesk.environment`); what is made, and how, is that of tests/desk/test_doors.py.
"""

import json
import secrets
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

from mainstay.cli.desk import needs_desk

if TYPE_CHECKING:
    from tests.desk.test_doors import Stage


@needs_desk
def furnish() -> None:
    from django.db import transaction
    from django.urls import reverse

    from tests.desk.test_doors import MATRIX

    with transaction.atomic():
        stage = _stage()
        found = {kind: stage.arguments(kind) for _method, kind, _allowed, _sent in MATRIX.values()}
        urls = {name: reverse(f"desk:{name}", args=found[kind]) for name, (_m, kind, _a, _s) in MATRIX.items()}
        urls |= _public(stage)
    json.dump(urls, sys.stdout)


def _stage() -> "Stage":
    """The stage of the test of doors, with people of the sample in the parts of its cast."""
    from django.utils import timezone

    from mainstay.channels.email.actions import store_raw_mail
    from mainstay.channels.email.mailboxes.actions import add_mailbox
    from mainstay.channels.email.models import RawMail
    from mainstay.channels.email.states import RawState
    from mainstay.files.actions import store_file
    from mainstay.people.actions import register_person
    from mainstay.people.models import Organisation, Person
    from mainstay.promises.models import PolicyRevision
    from mainstay.tickets.models import Attachment
    from tests.cast import Cast
    from tests.desk import test_doors as doors

    now = doors.AT = timezone.now()
    staff = {role: list(Person.objects.filter(account__role=role).order_by("pk")) for role in doors.EVERYBODY}
    larch, elm = Organisation.objects.filter(is_sample=True, bought_directly=True).order_by("pk")[:2]
    paula = register_person(
        name="Paula", channel="email", address=f"paula-{now:%H%M%S}@larch.example", organisation=larch
    )
    olaf = register_person(name="Olaf", channel="email", address=f"olaf-{now:%H%M%S}@elm.example", organisation=elm)
    cast = SimpleNamespace(
        tess=staff["technician"][0],
        tom=staff["technician"][1],
        dev=staff["developer"][0],
        sue=staff["supervisor"][0],
        ada=staff["administrator"][0],
        paula=paula,
        piet=paula,
        olaf=olaf,
        larch=larch,
        revision=PolicyRevision.objects.order_by("number").last(),
    )
    cast.writes = lambda who, at, **more: Cast.writes(cast, who, at, **more)
    ticket = cast.writes(cast.paula, now)
    message = ticket.messages.get(kind="inbound")
    attachment = Attachment.objects.create(message=message, file=store_file(b"%PDF-1.4"), filename="plan.pdf")
    key = store_raw_mail(raw=b"x", envelope_from="", envelope_to=[], peer="", mailbox="smtp")
    raw = RawMail.objects.get(pk=key)
    raw.state, raw.problem = RawState.SET_ASIDE, "unreadable"
    raw.save()
    origin = store_raw_mail(raw=b"From: x\n\n<p>x", envelope_from="", envelope_to=[], peer="", mailbox="smtp")
    RawMail.objects.filter(pk=origin).update(state=RawState.DONE, message=message)
    account = {"address": "support@intercom.example", "host": "127.0.0.1", "port": 1, "user": "support"}
    mailbox = add_mailbox(name="Support", secret="secret", by=None, at=now, **account)
    return doors.Stage(ticket, message, attachment, raw, cast, mailbox, asking=cast.ada)


def _public(stage: "Stage") -> dict[str, str]:
    """What was given out to people without a sign-in."""
    from django.urls import reverse
    from django.utils import timezone

    from mainstay.people.models import Invitation
    from mainstay.people.rules import invitation_token
    from mainstay.promises.actions import put_policy_in_force
    from mainstay.reports.board import token_of
    from mainstay.reports.models import BoardLink
    from mainstay.satisfaction.models import Rating

    policy = stage.cast.revision.text.replace("publishes = false", "publishes = true")
    put_policy_in_force(policy, holds_from=stage.ticket.opened_at, at=timezone.now())
    invitation = Invitation.objects.get(accepted_at=None, withdrawn_at=None)
    board = BoardLink.objects.get(name="Hall")
    rating = Rating.objects.create(ticket=stage.ticket, token=secrets.token_urlsafe(32), asked_at=timezone.now())
    return {
        "promise": reverse("desk:promise"),
        "invitation": reverse("desk:invitation", args=[invitation.pk, invitation_token(invitation)]),
        "rating": reverse("desk:rating", args=[rating.token]),
        "wallboard_screen": reverse("desk:wallboard_screen", args=[token_of(board)]),
    }


if __name__ == "__main__":
    furnish(data=None)
