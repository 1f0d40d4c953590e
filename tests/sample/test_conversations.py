"""What the sample's people say: complete, true to the catalogue, of nobody's company, and without promises."""

import re
from collections import Counter

import pytest

from mainstay.sample.company import COMPANY
from mainstay.sample.conversations import TOPICS, Conversation, conversations, conversations_in
from mainstay.sample.products import products
from mainstay.sample.wording import CLOSINGS, GREETINGS, IN_SHORT, SITES, placeholders

ASIDE = ("refused", "strangers", "spam", "own")
ALL = (*conversations(), *(one for topic in ASIDE for one in conversations_in(topic)))
NATURES = {"specification", "setup", "diagram", "wiki", "warranty", "release", "training"}
LANGUAGES = {"en", "de", "fr", "es", "it", "pl", "nl", "uk", "ru", "lv", "ja"}
KNOWN = {"site", "flat", "floor", "count", "serial", "firmware"}

REAL_COMPANIES = (
    r"bas-?ip|akuvox|2n|hikvision|dahua|axis|doorbird|beward|suprema|paxton|siemens|bosch|dynacord|ubiquiti|unifi|"
    r"cisco|mikrotik|laskomex|vizit|honeywell|roger|genetec|interlogix|google|apple|samsung|huawei|xiaomi|microsoft|"
    r"amazon|telegram|whatsapp|twilio|atlassian|confluence|fritz!?box|synology|comelit|fermax|urmet|legrand|grandstream"
)

# A time that the desk would owe for one problem, in the languages the desk writes.
PROMISES = [
    r"\b(?:with)?in (?:the next )?(?:about )?(?:\d+|an?|one|two|three|a few) (?:working |business )?(?:minute|hour|day|week)",
    r"\bby (?:tomorrow|tonight|noon|monday|tuesday|wednesday|thursday|friday|the end of|end of)",
    r"\b(?:tomorrow|later today|this afternoon|this evening|next week|shortly|at the latest|guarantee|we promise)\b",
    r"\b(?:innerhalb|spätestens|garantier\w+|verspr\w+)\b|\bbis (?:morgen|heute|zum \w+tag|\w+tag)\b",
    r"\bin \d+ (?:Minuten|Stunden|Tagen)\b",
    r"\bsous \d+|\bd'ici (?:demain|ce soir|lundi|vendredi|\d+)|\bdans (?:les )?\d+ (?:minutes|heures|jours)|\bdemain\b",
    r"\bdentro de \d+|\ben \d+ (?:minutos|horas|días)|\b(?:para|hasta) mañana\b|\ba más tardar\b",
    r"\bentro (?:\d+|domani|oggi|stasera|venerdì)|\b(?:tra|fra) \d+ (?:minuti|ore|giorni)|\bdomani\b",
    r"\bw ciągu\b|\bdo jutra\b|\bjutro\b|\bza \d+ (?:minut|godzin|dni)",
    r"\bbinnen (?:\d+|een|de)\b|\buiterlijk\b|\bmorgen (?:klaar|opgelost|terug)",
]


def texts_of(one: Conversation) -> list[str]:
    """Everything anybody says in it."""
    again = (one.again.message, one.again.reply, one.again.resolution) if one.again else ()
    return [*one.subjects, one.opening, *one.details, *(turn.text for turn in one.turns), one.resolution, *again]


def staff_texts_of(one: Conversation) -> list[str]:
    """What the desk says, notes and packets included."""
    said = [turn.text for turn in one.turns if turn.kind != "customer_message"]
    return [*said, one.resolution, *((one.again.reply, one.again.resolution) if one.again else ())]


def promise_in(text: str) -> str | None:
    found = (re.search(pattern, text, re.IGNORECASE) for pattern in PROMISES)
    return next((match[0] for match in found if match), None)


def test_there_are_seventy_and_more_under_keys_of_their_own() -> None:
    assert len(conversations()) >= 70
    assert len({one.key for one in ALL}) == len(ALL)


def test_every_topic_file_is_read() -> None:
    assert all(conversations_in(topic) for topic in (*TOPICS, *ASIDE))


def test_every_nature_and_at_least_ten_languages_are_there() -> None:
    assert {one.nature for one in conversations()} == NATURES
    assert {one.language for one in conversations()} == LANGUAGES
    assert min(Counter(one.nature for one in conversations()).values()) >= 5


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.key)
def test_a_conversation_uses_known_words(one: Conversation) -> None:
    assert one.nature in NATURES
    assert one.severity in {"critical", "high", "normal", "low"}
    allowed = KNOWN | ({"product"} if one.products else set())
    assert set().union(*map(placeholders, texts_of(one))) <= allowed
    assert all(text.strip() for text in texts_of(one) if text != one.resolution)


@pytest.mark.parametrize("one", conversations(), ids=lambda one: one.key)
def test_a_partners_question_is_answered_and_resolved(one: Conversation) -> None:
    kinds = [turn.kind for turn in one.turns]
    assert "reply" in kinds
    assert "customer_message" not in kinds[: kinds.index("reply")]
    assert kinds.count("escalate") == kinds.count("return")
    assert one.resolution
    assert len(one.subjects) >= 2
    assert len(one.details) >= 2
    sentences = 2 if one.language == "ja" else 3
    assert len(re.findall(r"[.?!。](?:\s|$|(?<=。))", one.opening + " " + one.details[0])) >= sentences


def test_every_model_that_is_named_is_in_the_catalogue() -> None:
    models = {one.model for one in products()}
    for one in ALL:
        assert set(one.products) <= models, one.key
        named = set(re.findall(r"\b(?!RS-|CVE-)[A-Z]{2,4}-\d{2}[A-Z0-9]*\b", " ".join(texts_of(one))))
        assert named <= models, (one.key, named - models)


def test_no_real_company_is_mentioned() -> None:
    for one in ALL:
        for text in texts_of(one):
            assert not re.search(rf"\b(?:{REAL_COMPANIES})\b", text, re.IGNORECASE), (one.key, text)


def test_addresses_in_texts_lead_nowhere() -> None:
    for one in ALL:
        assert not re.search(r"https?://|www\.|[\w.]+@\w+\.\w{2,}", " ".join(texts_of(one))), one.key


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.key)
def test_the_desk_promises_no_time(one: Conversation) -> None:
    for text in staff_texts_of(one):
        assert promise_in(text) is None, (promise_in(text), text)


@pytest.mark.parametrize("pair", IN_SHORT.values())
def test_the_last_answer_promises_no_time_either(pair: tuple[str, str]) -> None:
    assert promise_in(" ".join(pair)) is None


@pytest.mark.parametrize(
    "sentence",
    [
        "We will solve it within 2 hours.",
        "You get the new unit in three days.",
        "It will be fixed by Friday.",
        "Our developers answer tomorrow.",
        "Wir melden uns innerhalb eines Tages.",
        "Das ist in 3 Tagen erledigt.",
        "Nous répondons sous 24 heures.",
        "Estará resuelto en 5 horas.",
        "Sarà risolto entro domani.",
        "Odpowiemy w ciągu godziny.",
        "U hoort het binnen een uur.",
    ],
)
def test_a_promise_would_be_seen(sentence: str) -> None:
    assert promise_in(sentence)


@pytest.mark.parametrize(
    "sentence", ["Open for 1 to 300 s.", "Tokens are valid for two hours.", "Por la mañana abren."]
)
def test_a_plain_fact_is_no_promise(sentence: str) -> None:
    assert promise_in(sentence) is None


def test_every_language_has_sites_greetings_and_closings() -> None:
    assert set(SITES) == set(GREETINGS) == set(CLOSINGS) == LANGUAGES
    assert COMPANY == "Portier Intercom"
