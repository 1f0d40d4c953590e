"""The people of the sample company: its partners, their customers, strangers, and the staff of the desk.

Everybody here is invented, and every address ends in a domain that is reserved for examples.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["distributor", "partner", "other"]
Role = Literal["technician", "developer", "supervisor", "administrator"]

COMPANY = "Portier Intercom"
STAFF_DOMAIN = "intercom.example"


@dataclass(frozen=True)
class Organisation:
    """A company we know. `seller` is the key of the organisation that an `other` one bought from."""

    key: str
    name: str
    kind: Kind
    bought_directly: bool
    country: str
    zone: str
    domain: str
    seller: str | None = None


@dataclass(frozen=True)
class Person:
    """Somebody who writes to the desk. `organisation` is None for people nobody knows."""

    key: str
    name: str
    email: str
    language: str
    organisation: str | None


@dataclass(frozen=True)
class Staff:
    """Somebody who works at the desk. `speaks` begins with `language`; `shift` is its first and last hour in UTC."""

    key: str
    name: str
    email: str
    language: str
    role: Role
    zone: str
    speaks: tuple[str, ...]
    shift: tuple[int, int]


def _buyer(key: str, name: str, kind: Kind, country: str, zone: str) -> Organisation:
    return Organisation(key, name, kind, True, country, zone, f"{key}.example")


def _customer(key: str, name: str, seller: str, country: str, zone: str) -> Organisation:
    return Organisation(key, name, "other", False, country, zone, f"{key}.example", seller)


ORGANISATIONS: tuple[Organisation, ...] = (
    _buyer("larkmoor", "Larkmoor Entry Systems Ltd", "distributor", "GB", "Europe/London"),
    _buyer("brennhof", "Brennhof Zutrittstechnik GmbH", "distributor", "DE", "Europe/Berlin"),
    _buyer("vaubrac", "Interphonie Vaubrac SARL", "distributor", "FR", "Europe/Paris"),
    _buyer("montelobo", "Accesos Montelobo S.L.", "distributor", "ES", "Europe/Madrid"),
    _buyer("valdorsa", "Citofonia Valdorsa S.r.l.", "partner", "IT", "Europe/Rome"),
    _buyer("wrotnica", "Wrotnica Systemy Domofonowe sp. z o.o.", "distributor", "PL", "Europe/Warsaw"),
    _buyer("drempelhof", "Drempelhof Toegang B.V.", "partner", "NL", "Europe/Amsterdam"),
    _buyer("bramnyk", "Bramnyk Systems LLC", "distributor", "UA", "Europe/Kyiv"),
    _buyer("qaqpatau", "Qaqpatau Engineering LLP", "partner", "KZ", "Asia/Almaty"),
    _buyer("slieksnis", "Slieksnis Tehnika SIA", "partner", "LV", "Europe/Riga"),
    _buyer("kadoguchi", "Kadoguchi Systems K.K.", "distributor", "JP", "Asia/Tokyo"),
    _buyer("pinemarsh", "Pinemarsh Entry Supply Inc.", "distributor", "US", "America/New_York"),
    _buyer("northquill", "Northquill Access Inc.", "partner", "CA", "America/Toronto"),
    _buyer("mlangoni", "Mlangoni Systems Ltd", "distributor", "KE", "Africa/Nairobi"),
    _buyer("nakhragate", "Nakhra Gate Systems LLC", "distributor", "AE", "Asia/Dubai"),
    _buyer("wattlebrook", "Wattlebrook Intercoms Pty Ltd", "partner", "AU", "Australia/Sydney"),
    _customer("quillstone", "Quillstone Property Care", "larkmoor", "GB", "Europe/London"),
    _customer("lindquell", "Hausverwaltung Lindquell", "brennhof", "DE", "Europe/Berlin"),
    _customer("ribazal", "Instalaciones Ribazal", "montelobo", "ES", "Europe/Madrid"),
    _customer("fernhollow", "Fernhollow Condominium Association", "pinemarsh", "US", "America/New_York"),
)


def _people(organisation: str, *people: tuple[str, str, str]) -> tuple[Person, ...]:
    """Persons of one organisation from (local part, name, language)."""
    return tuple(
        Person(f"{organisation}.{local}", name, f"{local}@{organisation}.example", language, organisation)
        for local, name, language in people
    )


PERSONS: tuple[Person, ...] = (
    *_people("larkmoor", ("owen", "Owen Tarrant", "en"), ("priya", "Priya Nandakumar", "en")),
    *_people("larkmoor", ("callum", "Callum Geddes", "en")),
    *_people("brennhof", ("t.wiesner", "Thomas Wiesner", "de"), ("anke.lohse", "Anke Lohse", "de")),
    *_people("brennhof", ("m.dietl", "Matthias Dietl", "de")),
    *_people("vaubrac", ("sylvie.arnoux", "Sylvie Arnoux", "fr"), ("bruno.castaing", "Bruno Castaing", "fr")),
    *_people("montelobo", ("ines.carrasco", "Inés Carrasco", "es"), ("jordi.belmonte", "Jordi Belmonte", "es")),
    *_people("valdorsa", ("e.santarelli", "Elena Santarelli", "it"), ("p.moretto", "Paolo Moretto", "it")),
    *_people("wrotnica", ("tomasz.gorny", "Tomasz Górny", "pl"), ("agnieszka.b", "Agnieszka Bielak", "pl")),
    *_people("drempelhof", ("sanne", "Sanne Kuiper", "nl"), ("joost", "Joost Hendrikx", "nl")),
    *_people("bramnyk", ("d.kravets", "Dmytro Kravets", "uk"), ("olena.marchuk", "Olena Marchuk", "uk")),
    *_people("qaqpatau", ("a.seitov", "Arman Seitov", "ru"), ("i.belova", "Irina Belova", "ru")),
    *_people("slieksnis", ("liga", "Līga Ozoliņa", "lv"), ("janis.k", "Jānis Krūmiņš", "lv")),
    *_people("kadoguchi", ("tanabe", "Haruka Tanabe", "ja"), ("mori", "Kenji Mori", "ja")),
    *_people("pinemarsh", ("dwight", "Dwight Sorrell", "en"), ("marisol", "Marisol Vega", "en")),
    *_people("pinemarsh", ("kyle.b", "Kyle Brandvold", "en")),
    *_people("northquill", ("g.leclair", "Geneviève Leclair", "fr"), ("ian.mccrae", "Ian McCrae", "en")),
    *_people("mlangoni", ("wanjiru", "Wanjiru Kamau", "en"), ("otieno", "Brian Otieno", "en")),
    *_people("nakhragate", ("yousef", "Yousef Al Marri", "en"), ("deepa", "Deepa Varghese", "en")),
    *_people("wattlebrook", ("hamish", "Hamish Doyle", "en"), ("thuy", "Thuy Tran", "en")),
    *_people("quillstone", ("frances", "Frances Oakden", "en"), ("leon", "Leon Whitby", "en")),
    *_people("lindquell", ("buero", "Renate Hofstetter", "de"), ("k.abel", "Klaus Abel", "de")),
    *_people("ribazal", ("taller", "Sergio Ribas", "es"), ("nuria", "Nuria Cebrián", "es")),
    *_people("fernhollow", ("board", "Patricia Lindholm", "en"), ("manager", "Gus Fairley", "en")),
)

STRANGERS: tuple[Person, ...] = (
    Person("stranger.resident", "Nadia Holloway", "nadia.holloway@homemail.example", "en", None),
    Person("stranger.voisine", "Mireille Jaubert", "mireille.jaubert@boite.example", "fr", None),
)

# Somebody of the above again, from home: they wrote once, long ago, and nobody has noticed that it is the same person.
AGAIN: tuple[Person, ...] = (Person("again.callum", "Callum Geddes", "callum.geddes@homemail.example", "en", None),)

ADVERTISERS: tuple[Person, ...] = (
    Person("advertiser.rank", "Growth Team", "hello@first-page-now.example", "en", None),
    Person("advertiser.lists", "Data Desk", "offers@contact-lists.example", "en", None),
    Person("advertiser.parcel", "Parcel Notice", "notice@parcel-waiting.example", "en", None),
)


def _staff(local: str, name: str, role: Role, zone: str, *, speaks: str, shift: tuple[int, int]) -> Staff:
    languages = tuple(speaks.split())
    return Staff(f"staff.{local}", name, f"{local}@{STAFF_DOMAIN}", languages[0], role, zone, languages, shift)


EARLY, MIDDAY, LATE = (6, 14), (10, 18), (14, 22)

STAFF: tuple[Staff, ...] = (
    _staff("marta", "Marta Zielonka", "technician", "Europe/Warsaw", speaks="pl en de uk", shift=EARLY),
    _staff("jonas", "Jonas Reinhold", "technician", "Europe/Berlin", speaks="de en nl", shift=EARLY),
    _staff("camille", "Camille Roussin", "technician", "Europe/Paris", speaks="fr en es it", shift=EARLY),
    _staff("davide", "Davide Colonnello", "technician", "Europe/Rome", speaks="it en fr es", shift=MIDDAY),
    _staff("oksana", "Oksana Hrytsai", "technician", "Europe/Warsaw", speaks="uk en pl ru", shift=LATE),
    _staff("pieter", "Pieter van Elden", "technician", "Europe/Amsterdam", speaks="nl en de", shift=LATE),
    _staff("lucia", "Lucía Ferrero", "technician", "America/Bogota", speaks="es en it fr", shift=LATE),
    _staff("anselm", "Anselm Okoye", "developer", "Europe/Prague", speaks="en", shift=(7, 15)),
    _staff("kaori", "Kaori Lindgren", "developer", "Europe/Stockholm", speaks="en ja", shift=(12, 20)),
    _staff("ingrid", "Ingrid Solheim", "supervisor", "Europe/Oslo", speaks="en de", shift=(7, 16)),
    _staff("bruno", "Bruno Castellan", "administrator", "Europe/Prague", speaks="en fr", shift=(7, 16)),
)

TECHNICIANS: tuple[Staff, ...] = tuple(one for one in STAFF if one.role == "technician")
DEVELOPERS: tuple[Staff, ...] = tuple(one for one in STAFF if one.role == "developer")


def zone_of(person: Person) -> str:
    """The time zone a person lives in; people nobody knows count as living in London."""
    return next((one.zone for one in ORGANISATIONS if one.key == person.organisation), "Europe/London")


def organisation_of(person: Person) -> Organisation | None:
    """The organisation of a person, or None."""
    return next((one for one in ORGANISATIONS if one.key == person.organisation), None)


def may_ask(person: Person) -> bool:
    """Whether the desk serves this person: their organisation bought directly."""
    organisation = organisation_of(person)
    return organisation is not None and organisation.bought_directly
