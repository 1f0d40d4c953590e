"""Pure: whether two records may be of one person, and why. It only ever suggests; a colleague decides."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from .rules import EMAIL
from .states import Alike

NUMBERS = ("phone", "whatsapp")
SHORTEST = 4  # letters before an @ that say something of a person
LONGEST_NUMBER = 9
# Boxes of several people, in the languages of our customers: they say nothing of who writes.
_BOXES = (
    "info support sales office admin contact mail help helpdesk service services team shop order orders billing invoice"
    " accounts noreply postmaster webmaster hello technik vertrieb buero bureau contacto contatto kontakt taller"
)
SHARED_BOXES = frozenset(_BOXES.split())


@dataclass(frozen=True)
class KnownAddress:
    """`alike` as in `models.Identity`."""

    channel: str
    address: str
    alike: str


@dataclass(frozen=True)
class KnownPerson:
    """What is compared of a person; `organisation` is a key, or None where it is not known."""

    pk: int
    name: str
    organisation: int | None
    addresses: tuple[KnownAddress, ...]


def why_alike(one: KnownPerson, other: KnownPerson) -> Alike | None:
    """The strongest reason to think that they are one; None where there is none, or two organisations speak against it."""
    if one.organisation is not None and other.organisation is not None and one.organisation != other.organisation:
        return None
    pairs = [(here, there) for here in one.addresses for there in other.addresses if here.alike == there.alike]
    mails = [(here, there) for here, there in pairs if here.channel == there.channel == EMAIL]
    if any(_domain(here) == _domain(there) for here, there in mails):
        return Alike.SAME_BOX
    if any(_is_number(here) and _is_number(there) for here, there in pairs):
        return Alike.SAME_NUMBER
    if is_called_the_same(one.name, other.name):
        return Alike.SAME_NAME
    is_colleague = one.organisation is not None and one.organisation == other.organisation
    return Alike.SIMILAR_ADDRESS if is_colleague and any(_says_who(here.alike) for here, _there in mails) else None


def is_called_the_same(one: str, other: str) -> bool:
    """Capitals and blanks aside; a name of one letter says nothing."""
    name = " ".join(one.split()).casefold()
    return len(name) > 1 and name == " ".join(other.split()).casefold()


def pairs_alike(known: Iterable[KnownPerson]) -> Iterator[tuple[KnownPerson, KnownPerson, Alike]]:
    """Every two of them that may be one, the older record first."""
    for one, other in combinations(sorted(known, key=lambda person: person.pk), 2):
        if because := why_alike(one, other):
            yield one, other, because


def _says_who(alike: str) -> bool:
    return len(alike) >= SHORTEST and alike not in SHARED_BOXES


def _domain(known: KnownAddress) -> str:
    return known.address.rpartition("@")[2]


def _is_number(known: KnownAddress) -> bool:
    return known.channel in NUMBERS and len(known.alike) == LONGEST_NUMBER
