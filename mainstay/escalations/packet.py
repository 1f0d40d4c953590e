"""The packet for the developers: its parts, which of them may be said not to apply, and the packet as text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

PART_LENGTH = 20_000


@dataclass(frozen=True)
class Part:
    """One question of the packet. One that `may_not_apply` can be answered by saying so, on purpose, never by silence."""

    key: str
    label: str | LazyText
    help_text: str | LazyText
    may_not_apply: bool = True


# In the order in which a developer reads them.
PARTS = (
    Part(
        "seen",
        gettext_lazy("What the customer sees"),
        gettext_lazy("In their words: what happens, and what they expected."),
        may_not_apply=False,
    ),
    Part(
        "tried",
        gettext_lazy("What was tried"),
        gettext_lazy("Each step and what came of it, so that nobody tries it twice."),
        may_not_apply=False,
    ),
    Part("steps", gettext_lazy("How to repeat it"), gettext_lazy("From the start to the fault; how often it happens.")),
    Part("device", gettext_lazy("Device"), gettext_lazy("Model and serial number.")),
    Part("firmware", gettext_lazy("Firmware or app version"), gettext_lazy("As the device or app shows it.")),
    Part(
        "network", gettext_lazy("Network"), gettext_lazy("Cloud or own server, switches, VLANs, firewall, addresses.")
    ),
    Part(
        "logs",
        gettext_lazy("Logs"),
        gettext_lazy("The lines around the fault, with their times; files can be named below."),
    ),
)
KEYS = tuple(part.key for part in PARTS)


@dataclass(frozen=True)
class Packet:
    """What the developers are given: words by part, the parts that do not apply, and the names of files to look at."""

    words: Mapping[str, str]
    absent: frozenset[str] = frozenset()
    files: tuple[str, ...] = ()

    def text_of(self, key: str) -> str:
        return self.words.get(key, "").strip()


def missing_parts(packet: Packet) -> list[Part]:
    """Parts with neither words nor a “does not apply” that counts; nothing else stands between a packet and its sending."""
    return [part for part in PARTS if not packet.text_of(part.key) and not is_absent(packet, part)]


def is_absent(packet: Packet, part: Part) -> bool:
    """Whether it was said on purpose that this part does not apply. Words count more than the tick beside them."""
    return part.may_not_apply and part.key in packet.absent and not packet.text_of(part.key)


def packet_as_text(packet: Packet) -> str:
    """The packet as a note or an issue shows it: a heading, the words under it."""
    told = [f"{part.label}:\n{packet.text_of(part.key) or _('Does not apply.')}" for part in PARTS]
    if packet.files:
        told.append(_("Files:") + "\n" + "\n".join(f"- {name}" for name in packet.files))
    return "\n\n".join(told)


def packet_of(values: Mapping[str, str], absent: Iterable[str], files: Iterable[str] = ()) -> Packet:
    """A packet of what somebody typed; unknown parts are left out."""
    words = {key: _unified(values.get(key, "")) for key in KEYS}
    return Packet(words, frozenset(absent) & frozenset(KEYS), tuple(files))


def _unified(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()[:PART_LENGTH]
