"""What the sample company has ready to be used again and again: canned answers in three languages, and macros."""

from datetime import datetime

from mainstay.audit.models import SettingChange
from mainstay.people.models import Person
from mainstay.writing.actions import Does, Naming, add_answer, add_macro
from mainstay.writing.deeds import Planned
from mainstay.writing.models import Answer, Macro

ANSWERS = (
    (
        Naming("Ask for photos", "photo", "First questions"),
        {
            "en": "Dear {{ person.first_name }},\n\nto see what you see, we need two photos:\n\n"
            "- the label on the back of the panel, with its serial number\n- the terminals, with the wires in them\n\n"
            "You can drop them into your answer to this mail.",
            "nl": "Beste {{ person.first_name }},\n\nom te zien wat u ziet, hebben we twee foto's nodig:\n\n"
            "- het etiket op de achterkant van het paneel, met het serienummer\n- de klemmen, met de draden erin\n\n"
            "U kunt ze in uw antwoord op deze mail plakken.",
            "de": "Guten Tag {{ person.name }},\n\ndamit wir sehen, was Sie sehen, brauchen wir zwei Fotos:\n\n"
            "- das Etikett auf der Rückseite der Station, mit der Seriennummer\n- die Klemmen, mit den Drähten darin\n\n"
            "Sie können sie in Ihre Antwort auf diese Mail ziehen.",
        },
    ),
    (
        Naming("Check the supply", "power", "First questions"),
        {
            "en": "Please measure the voltage at the terminals of the {{ ticket.product }} **while the lock fires**:\n\n"
            "1. between + and −, at rest\n2. the same while the door opens\n\nIf the second is more than 1.5 V lower, the supply"
            " is too weak, or the wire too thin.",
            "nl": "Meet a.u.b. de spanning op de klemmen van de {{ ticket.product }} **terwijl het slot opent**:\n\n"
            "1. tussen + en −, in rust\n2. hetzelfde terwijl de deur opent\n\nIs de tweede meer dan 1,5 V lager, dan is de voeding"
            " te zwak of de draad te dun.",
            "de": "Bitte messen Sie die Spannung an den Klemmen der {{ ticket.product }}, **während der Türöffner anzieht**:\n\n"
            "1. zwischen + und −, in Ruhe\n2. dasselbe, während die Tür öffnet\n\nIst die zweite mehr als 1,5 V niedriger, ist das"
            " Netzteil zu schwach oder die Leitung zu dünn.",
        },
    ),
    (
        Naming("Solved, thank you", "thanks", "Endings"),
        {
            "en": "Good to hear that it works, {{ person.first_name }}. We close ticket {{ ticket.number }}; answer this mail, and"
            " it is open again.",
            "nl": "Fijn dat het werkt, {{ person.first_name }}. We sluiten ticket {{ ticket.number }}; antwoord op deze mail, en"
            " het is weer open.",
            "de": "Schön, dass es funktioniert. Wir schließen Ticket {{ ticket.number }}; antworten Sie auf diese Mail, und es ist"
            " wieder offen.",
        },
    ),
)
MACROS = (
    (
        Naming("Take it and ask for photos", "ask"),
        Does([Planned("assign", "me")], writes="reply", then="wait"),
        ANSWERS[0][1],
    ),
    (
        Naming("A door stands open: most urgent", "urgent"),
        Does([Planned("assign", "me"), Planned("severity", "critical"), Planned("state", "open")], writes="note"),
        {"en": "A site can't be locked. I call {{ person.name }} now."},
    ),
)


def make_answers(*, by: Person, at: datetime) -> None:
    """Everybody's canned answers and macros are there, marked as sample."""
    for naming, wordings in ANSWERS:
        add_answer(naming, wordings=wordings, shared=True, by=by, at=at, is_sample=True)
    for naming, does, wordings in MACROS:
        add_macro(naming, does, wordings=wordings, shared=True, by=by, at=at, is_sample=True)


def remove_answers() -> None:
    """They are gone, with what the log says of them (within `erasing`); those that somebody has changed since stay."""
    for noun, found in (
        ("canned_answer", Answer.objects.filter(is_sample=True)),
        ("macro", Macro.objects.filter(is_sample=True)),
    ):
        keys = [str(pk) for pk in found.order_by("pk").values_list("pk", flat=True)]
        SettingChange.objects.filter(noun=noun, key__in=keys).delete()
        found.delete()
