"""What a start prepares, whatever starts there were before."""

from functools import partial
from typing import Any

import pytest

from mainstay.cli.setup import prepare
from mainstay.lib.errors import MainstayError
from mainstay.people.models import Account
from mainstay.promises.models import PolicyRevision
from mainstay.sample.plan import plan
from mainstay.tickets import actions
from mainstay.tickets.models import Ticket
from tests.cast import POLICY


@pytest.fixture(autouse=True)
def small(db: None, settings: Any, tmp_path: Any, monkeypatch: Any) -> None:
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr("mainstay.sample.making.plan", partial(plan, tickets=24))


def test_the_sample_may_be_wanted_later_than_the_first_start() -> None:
    told = prepare(sample=False, policy_path=POLICY)
    assert "Nobody can sign in yet" in told[0]
    prepare(sample=True, policy_path=POLICY)
    assert Ticket.objects.count() == 24
    assert actions.recount_promises()[1] == []
    again = PolicyRevision.objects.count()
    prepare(sample=True, policy_path=POLICY)
    assert PolicyRevision.objects.count() == again


def test_the_sample_can_be_made_again_after_a_colleague_of_it_worked_on_a_real_ticket(mainstay: Any) -> None:
    from datetime import UTC, datetime

    from mainstay.people.actions import register_organisation, register_person
    from mainstay.tickets.inbound import Inbound

    prepare(sample=True, policy_path=POLICY)
    oak = register_organisation(name="Oak", kind="partner", bought_directly=True)
    register_person(name="Otto", channel="email", address="otto@oak.example", organisation=oak)
    at = datetime.now(UTC)
    real = actions.receive_message(Inbound("email", "otto@oak.example", "Otto", "Real", "Real.", at)).ticket
    actions.note_on_ticket(real, text="x", by=Account.objects.order_by("pk")[0].person, at=at)
    mainstay("sample", "remove")
    prepare(sample=True, policy_path=POLICY)
    assert Ticket.objects.filter(is_sample=True).count() == 24
    assert Ticket.objects.filter(is_sample=False).get() == real
    mainstay("sample", "remove")
    assert Ticket.objects.get() == real


def test_mail_of_sample_people_that_was_set_aside_goes_with_them(mainstay: Any) -> None:
    from mainstay.channels.email.actions import store_raw_mail
    from mainstay.channels.email.models import RawMail
    from mainstay.people.models import Identity

    prepare(sample=True, policy_path=POLICY)
    sample = Identity.objects.filter(person__account=None).order_by("pk")[0].address
    for sender in (sample, "otto@oak.example"):
        store_raw_mail(raw=b"x", envelope_from=sender, envelope_to=[], peer="", mailbox="smtp")
    mainstay("sample", "remove")
    assert [mail.envelope_from for mail in RawMail.objects.all()] == ["otto@oak.example"]


def test_a_relay_that_is_no_address_is_told_at_the_start(settings: Any) -> None:
    settings.EMAIL_RELAY_URL = "mail.example:25"
    with pytest.raises(MainstayError, match="must look like smtp://"):
        prepare(sample=False, policy_path=POLICY)
