"""What a start prepares, whatever starts there were before."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from mainstay.cli.setup import prepare
from mainstay.lib.errors import MainstayError
from mainstay.people.models import Account
from mainstay.policy.reading import PolicySource
from mainstay.promises.models import PolicyRevision
from mainstay.reports.revising import apply_policy
from mainstay.sample.plan import plan
from mainstay.tickets import actions
from mainstay.tickets.models import Ticket
from tests.cast import POLICY
from tests.policy.calendar_texts import CHRISTMAS


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


# --- the policy file at a start ---


def policy_beside(folder: Any, *change: str, calendar: str = "") -> Any:
    text = POLICY.read_text(encoding="utf-8")
    path = folder / "policy.toml"
    path.write_text(text.replace(*change, 1) if change else text, encoding="utf-8")
    if calendar:
        (folder / "closed.ics").write_text(calendar)
    return path


def test_a_changed_file_or_a_changed_calendar_beside_it_is_a_new_revision(tmp_path: Any) -> None:
    prepare(sample=False, policy_path=policy_beside(tmp_path))
    named = ("calendar_files = []", 'calendar_files = ["closed.ics"]')
    told = prepare(sample=False, policy_path=policy_beside(tmp_path, *named, calendar=CHRISTMAS))
    assert told[0] == "The policy file has changed: revision 2 holds from now."
    assert PolicyRevision.objects.get(number=2).calendars == {"closed.ics": CHRISTMAS}
    moved = CHRISTMAS.replace("20261225", "20261224")
    told = prepare(sample=False, policy_path=policy_beside(tmp_path, *named, calendar=moved))
    assert told[0] == "The policy file has changed: revision 3 holds from now."


def test_a_start_with_the_old_file_does_not_undo_what_was_applied_since(tmp_path: Any) -> None:
    path = policy_beside(tmp_path)
    prepare(sample=False, policy_path=path)
    now = timezone.now()
    faster = PolicySource(path.read_text(encoding="utf-8").replace('"5m"', '"4m"', 1))
    apply_policy(faster, holds_from=now, by=None, at=now)
    [told, *_rest] = prepare(sample=False, policy_path=path)
    assert told.startswith("The policy file is that of revision 1, which doesn't hold now.")
    assert PolicyRevision.objects.count() == 2


def test_a_start_while_a_policy_waits_for_its_day_says_nothing(tmp_path: Any) -> None:
    path = policy_beside(tmp_path)
    prepare(sample=False, policy_path=path)
    now = timezone.now()
    faster = PolicySource(path.read_text(encoding="utf-8").replace('"5m"', '"4m"', 1))
    apply_policy(faster, holds_from=now + timedelta(days=9), by=None, at=now)
    assert "Nobody can sign in" in prepare(sample=False, policy_path=path)[0]
    assert PolicyRevision.objects.count() == 2
