"""The sample company in the database: played through the real verbs, shown, and taken away without a trace."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.apps import apps

from mainstay.channels.email.models import OutgoingMail
from mainstay.cli.setup import prepare
from mainstay.people.models import Account, Person
from mainstay.reports.actions import freeze_months_due
from mainstay.sample.plan import plan
from mainstay.tickets import actions
from mainstay.tickets.inbound import Inbound
from mainstay.tickets.models import Message, Ticket
from mainstay.tickets.states import Delivery
from tests.cast import POLICY
from tests.working import waiting_jobs


@pytest.fixture
def sample(db: None, settings: Any, tmp_path: Any, monkeypatch: Any) -> list[str]:
    settings.DATA_DIR = tmp_path
    settings.EMAIL_RELAY_URL = "smtp://relay.example:25"  # nothing of the sample may ever reach it
    monkeypatch.setattr("mainstay.sample.making.plan", partial(plan, tickets=30))
    return prepare(sample=True, policy_path=POLICY)


def test_its_figures_are_what_its_events_say(sample: list[str]) -> None:
    assert actions.recount_promises() == (30, [])
    assert Ticket.objects.filter(is_sample=False).count() == 0


def test_nothing_of_it_is_sent(sample: list[str]) -> None:
    assert waiting_jobs("tickets.deliver") == []
    assert set(Message.objects.exclude(delivery="").values_list("delivery", flat=True)) == {Delivery.KEPT}


def test_its_sign_ins_are_shown_and_work_until_they_are_changed(
    sample: list[str], mainstay: Any, tmp_path: Any
) -> None:
    told = mainstay("sample", "show", "--json")
    assert set(told) == {"staff", "partners", "stranger"}
    assert {entry["role"] for entry in told["staff"]} == {"technician", "developer", "supervisor", "administrator"}
    assert len(told["partners"]) == 3
    first = told["staff"][0]
    assert Account.objects.get(email=first["email"]).check_password(first["password"])
    assert any(first["password"] in line for line in sample)
    assert (tmp_path / "sample-sign-ins.json").stat().st_mode & 0o077 == 0
    mainstay("staff", "password", first["email"])
    assert mainstay("sample", "show", "--json")["staff"][0]["password"] is None


def test_partners_who_got_their_automatic_answer_of_the_day_are_not_the_ones_to_try(
    sample: list[str], mainstay: Any
) -> None:
    first = mainstay("sample", "show", "--json")["partners"][0]
    some = OutgoingMail.objects.filter(is_automatic=True).order_by("pk")[:1].get()
    OutgoingMail.objects.filter(pk=some.pk).update(recipient=first["email"], created_at=datetime.now(UTC))
    told = mainstay("sample", "show", "--json")["partners"]
    assert len(told) == 3 and first["email"] not in [partner["email"] for partner in told]


def test_a_second_start_makes_no_second_one(sample: list[str]) -> None:
    before = Ticket.objects.count()
    assert prepare(sample=True, policy_path=POLICY) == sample
    assert Ticket.objects.count() == before


def test_all_of_it_can_be_taken_away(sample: list[str], mainstay: Any, tmp_path: Any) -> None:
    assert freeze_months_due(at=datetime.now(UTC) + timedelta(days=40))
    assert mainstay("sample", "remove").exit_code == 0
    left = {
        model.__name__: model.objects.count()
        for model in apps.get_models()
        if model.__module__.startswith("mainstay.") and model.objects.count()
    }
    assert left == {"PolicyRevision": 1, "Recount": 1, "SettingChange": 1}  # the policy stays, and who put it in force
    assert not (tmp_path / "sample-sign-ins.json").exists()


def test_real_tickets_stay_with_the_names_of_those_who_worked_on_them(sample: list[str], mainstay: Any) -> None:
    from mainstay.people.actions import register_organisation, register_person

    oak = register_organisation(name="Oak", kind="partner", bought_directly=True)
    register_person(name="Otto", channel="email", address="otto@oak.example", organisation=oak)
    at = datetime.now(UTC)
    real = actions.receive_message(Inbound("email", "otto@oak.example", "Otto", "Real", "Real.", at)).ticket
    technician = Account.objects.filter(role="technician").order_by("pk")[0].person
    actions.reply_to_ticket(real, text="Hello", by=technician, at=at)
    assert "stay by name" in mainstay("sample", "remove").output
    assert [ticket.number for ticket in Ticket.objects.all()] == [real.number]
    assert Person.objects.filter(pk=technician.pk).exists()
    assert not Account.objects.exists()
    assert actions.recount_promises() == (1, [])


def test_the_sample_has_somebody_who_may_be_somebody_else(sample: list[str]) -> None:
    from mainstay.people.finding import pairs_of_everybody
    from mainstay.people.models import Account

    technician = Account.objects.filter(role="technician").order_by("pk")[:1].get().person
    pairs = [(pair.one.name, pair.other.name, pair.because) for pair in pairs_of_everybody(technician)]
    assert pairs == [("Callum Geddes", "Callum Geddes", "same_name")]


def test_what_sample_colleagues_did_to_people_is_no_hindrance(sample: list[str], mainstay: Any) -> None:
    from mainstay.people.actions import register_person
    from mainstay.people.changing import add_note, verify_address
    from mainstay.people.merging import merge_persons
    from mainstay.people.models import Account, Identity, Person, PersonEvent

    colleague = Account.objects.filter(role="technician").order_by("pk")[:1].get().person
    one, into = Person.objects.filter(name="Callum Geddes").order_by("-pk")
    at = datetime.now(UTC)
    merge_persons(one, into=into, by=colleague, at=at)
    add_note(into, text="One and the same.", by=colleague, at=at)
    real = register_person(name="Otto", channel="email", address="otto@oak.example")
    verify_address(Identity.objects.get(person=real), by=colleague, at=at)
    assert mainstay("sample", "remove").exit_code == 0
    assert not Person.objects.filter(is_sample=True).exists()
    assert PersonEvent.objects.get().by.name == colleague.name  # the history of the real person names them still
