"""The fixed cast: the same few people in every test, so that a story can be read without looking them up.

Tess and Tom answer as technicians, Dev is second line, Sue supervises, Ada administers. Paula and Piet work for Larch, a
distributor that bought directly; Olaf for Elm, another one. Rita works for Reed, which bought from Larch. Nobody knows Sam.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from mainstay.people.actions import add_staff, register_organisation, register_person
from mainstay.people.models import Organisation, Person
from mainstay.promises.actions import put_policy_in_force
from mainstay.promises.models import PolicyRevision
from mainstay.tickets.actions import receive_message
from mainstay.tickets.inbound import Inbound
from mainstay.tickets.models import Ticket

POLICY = Path(__file__).parent.parent / "policy.toml"
SAM = "sam@stranger.example"


@dataclass
class Cast:
    tess: Person
    tom: Person
    dev: Person
    sue: Person
    ada: Person
    paula: Person
    piet: Person
    olaf: Person
    rita: Person
    larch: Organisation
    elm: Organisation
    reed: Organisation
    revision: PolicyRevision

    def writes(self, who: Person | str, at: datetime, text: str = "The lock stays open.", **more: object) -> Ticket:
        """Somebody writes to the desk at this moment; the ticket it lands on."""
        address = who if isinstance(who, str) else who.identities.get(channel="email").address
        values = {
            "channel": "email",
            "sender_address": address,
            "sender_name": "" if isinstance(who, str) else who.name,
            "subject": "Lock",
            "text": text,
            "at": at,
        }
        return receive_message(Inbound(**{**values, **more})).ticket  # type: ignore[arg-type]


def make_cast(at: datetime) -> Cast:
    revision, _new = put_policy_in_force(POLICY.read_text(encoding="utf-8"), holds_from=at - timedelta(days=365), at=at)
    larch = register_organisation(
        name="Larch", kind="distributor", bought_directly=True, country="NL", zone="Europe/Amsterdam"
    )
    elm = register_organisation(name="Elm", kind="partner", bought_directly=True, country="GB", zone="Europe/London")
    reed = register_organisation(name="Reed", kind="other", bought_directly=False, country="NL", seller=larch)
    return Cast(
        tess=_staff("Tess", "technician", at),
        tom=_staff("Tom", "technician", at),
        dev=_staff("Dev", "developer", at),
        sue=_staff("Sue", "supervisor", at),
        ada=_staff("Ada", "administrator", at),
        paula=_person("Paula", "paula@larch.example", larch, "nl"),
        piet=_person("Piet", "piet@larch.example", larch, "nl"),
        olaf=_person("Olaf", "olaf@elm.example", elm, "en"),
        rita=_person("Rita", "rita@reed.example", reed, "en"),
        larch=larch,
        elm=elm,
        reed=reed,
        revision=revision,
    )


def _staff(name: str, role: str, at: datetime) -> Person:
    account, _password = add_staff(name=name, email=f"{name.lower()}@desk.example", role=role, at=at)
    return account.person


def _person(name: str, address: str, organisation: Organisation, language: str) -> Person:
    return register_person(name=name, channel="email", address=address, organisation=organisation, language=language)
