"""Filling a conversation's words: names of sites, firmware, greetings and signatures in the writer's language."""

from dataclasses import dataclass
from random import Random
from string import Formatter

from mainstay.sample.company import COMPANY, Person, Staff
from mainstay.sample.conversations import Conversation
from mainstay.sample.products import product as product_of

# The languages a technician answers in; everybody else is answered in English.
ANSWERED_IN = ("de", "fr", "es", "nl", "it", "pl")

SITES: dict[str, tuple[str, ...]] = {
    "en": (
        "Harbour Row 14",
        "Kestrel Court",
        "Millrace Gardens",
        "Orchard Yard",
        "Beacon House",
        "Tannery Lofts",
        "Signal Box Lane 3",
        "Copperfield Terrace",
        "Northgate Mews",
        "Riverside Tower B",
        "Elder Street 88",
    ),
    "de": (
        "Lindenhof 7",
        "Am Mühlgraben 12",
        "Quartier Sonnblick",
        "Gartenstadt Ost",
        "Uferpark Haus C",
        "Schillerhöfe",
    ),
    "fr": ("Les Tilleuls", "Clos des Vignes", "Le Belvédère", "Quai des Brumes 5", "Parc Saint-Aubin"),
    "es": ("Mirador del Río", "Jardines de Alba", "Torre Poniente", "Calle Olivo 22", "Residencial Las Jaras"),
    "it": ("I Glicini", "Corte Nuova", "Parco delle Rose", "Via dei Mulini 9", "Borgo Alto"),
    "pl": ("Nad Stawem", "Zielone Wzgórze", "Ogrodowa 15", "Osiedle Jarzębinowe", "Stara Cegielnia"),
    "nl": ("De Veerkade", "Molenhof", "Lindelaan 40", "Het Pakhuis", "Parkzicht"),
    "uk": ("Липова Алея", "Новий Поділ", "Садова 8", "Затишний Двір"),
    "ru": ("Тополиная Роща", "Медео Парк", "Абая 120", "Северное Сияние"),
    "lv": ("Liepu nams", "Kalna iela 6", "Jūras parks", "Ozolu pagalms"),
    "ja": ("みなとレジデンス", "桜台ハイツ", "青葉テラス", "グランコート西町"),
}

# Written examples, all above the documented minimums; beyond those the numbers mean nothing.
FIRMWARE: dict[tuple[str, str | None], tuple[str, ...]] = {
    ("call panel", "Android"): ("3.15.0", "3.15.2", "3.16.0", "3.17.1"),
    ("call panel", "Camdroid"): ("3.9.2", "3.9.4", "3.10.1"),
    ("access control", "Camdroid"): ("3.9.2", "3.9.4", "3.10.1"),
    ("indoor monitor", "Android"): ("5.6.0", "5.6.3", "5.7.1"),
    ("indoor monitor", None): ("1.11.0", "1.11.2", "1.12.0"),
}
PANEL_FIRMWARE = FIRMWARE["call panel", "Android"]

GREETINGS: dict[str, tuple[str, ...]] = {
    "en": ("Hello,", "Hi team,", "Hello support,", "Dear all,", "Hi,"),
    "de": ("Guten Tag,", "Hallo zusammen,", "Sehr geehrte Damen und Herren,"),
    "fr": ("Bonjour,", "Bonjour à tous,"),
    "es": ("Hola:", "Estimados señores:"),
    "it": ("Buongiorno,", "Salve,"),
    "pl": ("Dzień dobry,", "Szanowni Państwo,"),
    "nl": ("Goedendag,", "Hallo,", "Beste collega's,"),
    "uk": ("Доброго дня!", "Вітаю!"),
    "ru": ("Здравствуйте!", "Добрый день!"),
    "lv": ("Labdien!", "Sveiki!"),
    "ja": ("お世話になっております。", "いつもお世話になっております。"),
}
CLOSINGS: dict[str, tuple[str, ...]] = {
    "en": ("Best regards,", "Kind regards,", "Many thanks,", "Thanks,"),
    "de": ("Mit freundlichen Grüßen", "Viele Grüße", "Freundliche Grüße"),
    "fr": ("Cordialement,", "Bien à vous,"),
    "es": ("Un saludo,", "Saludos cordiales,"),
    "it": ("Cordiali saluti,", "Grazie e saluti,"),
    "pl": ("Pozdrawiam,", "Z poważaniem,"),
    "nl": ("Met vriendelijke groet,", "Groeten,"),
    "uk": ("З повагою,",),
    "ru": ("С уважением,",),
    "lv": ("Ar cieņu,",),
    "ja": ("よろしくお願いいたします。",),
}
ANSWERS_BEGIN: dict[str, str] = {
    "en": "Hello {first},",
    "de": "Guten Tag {name},",
    "fr": "Bonjour {name},",
    "es": "Hola, {first}:",
    "it": "Buongiorno {first},",
    "pl": "Dzień dobry,",
    "nl": "Beste {first},",
}
# How the last answer begins and ends: the resolution stands between the two.
IN_SHORT: dict[str, tuple[str, str]] = {
    "en": ("In short:", "I am marking this ticket as resolved. If anything is left, just answer this mail."),
    "de": (
        "zusammengefasst:",
        "Ich setze das Ticket auf gelöst. Wenn noch etwas offen ist, antworten Sie einfach auf diese E-Mail.",
    ),
    "fr": (
        "En résumé :",
        "Je marque ce ticket comme résolu. S'il reste une question, répondez simplement à ce message.",
    ),
    "es": (
        "En resumen:",
        "Marco este ticket como resuelto. Si queda alguna duda, basta con responder a este correo.",
    ),
    "it": ("in breve:", "Segno il ticket come risolto. Se resta qualche dubbio, basta rispondere a questa e-mail."),
    "pl": (
        "podsumowując:",
        "Oznaczam zgłoszenie jako rozwiązane. Jeśli coś pozostało niejasne, wystarczy odpowiedzieć na tę wiadomość.",
    ),
    "nl": ("Kort samengevat:", "Ik zet dit ticket op opgelost. Is er nog iets, antwoord dan gewoon op deze mail."),
}


@dataclass(frozen=True)
class Wording:
    """One telling of a conversation: its placeholders and its person are settled, so all its texts agree."""

    conversation: Conversation
    person: Person
    values: dict[str, str]
    subject: str
    opening: str

    @property
    def product(self) -> str | None:
        return self.values.get("product")

    @property
    def answer_language(self) -> str:
        return self.person.language if self.person.language in ANSWERED_IN else "en"

    def fill(self, text: str) -> str:
        """The text with its placeholders filled; an unknown placeholder raises KeyError."""
        return text.format_map(self.values)

    def answer(self, text: str, technician: Staff) -> str:
        """A technician's reply with greeting and name, in the language the person is answered in."""
        language = self.answer_language
        greeting = ANSWERS_BEGIN[language].format(first=self.person.name.split()[0], name=self.person.name)
        closing = CLOSINGS[language][0]
        return f"{greeting}\n\n{self.fill(text)}\n\n{closing}\n{technician.name}\n{COMPANY}"

    def resolution(self, text: str, technician: Staff) -> str:
        """The last answer: the resolution in a sentence, and that the ticket is marked as resolved."""
        begin, end = IN_SHORT[self.answer_language]
        return self.answer(f"{begin} {text}\n\n{end}", technician)

    def follow_up(self, text: str) -> str:
        """What the person writes later: short, with the first name below."""
        return f"{self.fill(text)}\n\n{self.person.name.split()[0]}"


def word(rng: Random, conversation: Conversation, person: Person, *, signature: str = "", telling: int = 0) -> Wording:
    """Settle the words of one ticket: site, numbers, model, one of the subjects, one of the details.

    `telling` counts how often the conversation was told before; each telling takes the next subject and detail.
    """
    values = _values(rng, conversation)
    paragraphs = [rng.choice(GREETINGS[conversation.language]), conversation.opening]
    if conversation.details:
        paragraphs.append(conversation.details[telling % len(conversation.details)])
    farewell = [rng.choice(CLOSINGS[conversation.language]), person.name, signature]
    paragraphs.append("\n".join(line for line in farewell if line))
    return Wording(
        conversation=conversation,
        person=person,
        values=values,
        subject=conversation.subjects[telling % len(conversation.subjects)].format_map(values),
        opening="\n\n".join(paragraphs).format_map(values),
    )


def _values(rng: Random, conversation: Conversation) -> dict[str, str]:
    values = {
        "site": rng.choice(SITES[conversation.language]),
        "flat": str(rng.randint(2, 64)),
        "floor": str(rng.randint(2, 9)),
        # From six on, so that plural forms agree in every language of the sample.
        "count": str(rng.randint(6, 20)),
        "serial": f"{rng.randrange(16**10):010X}",
        "firmware": rng.choice(PANEL_FIRMWARE),
    }
    if conversation.products:
        model = product_of(rng.choice(conversation.products))
        values["product"] = model.model
        values["firmware"] = rng.choice(FIRMWARE.get((model.family, model.platform), PANEL_FIRMWARE))
    return values


def placeholders(text: str) -> set[str]:
    """The names of the placeholders in a text."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
