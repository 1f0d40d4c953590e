"""The question as it is mailed to a customer, with a link for each answer."""

from collections.abc import Callable

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from mainstay.company.mail_texts import filled, own_text
from mainstay.company.states import MailKind
from mainstay.promises.queries import policy_of
from mainstay.tickets.models import Ticket
from mainstay.tickets.notices import values_of, written_language

from .models import Rating
from .states import Score


def question(ticket: Ticket, rating: Rating) -> str:
    """The text in the ticket's language."""
    policy = policy_of(ticket.promise.revision_id)
    language = written_language(ticket, policy)
    with translation.override(language):
        values = {**values_of(ticket, policy), "answers": answers(lambda score: rating_url(rating, score))}
        return filled(own_text(MailKind.RATING, language) or our_question(), values)


def our_question() -> str:
    """Mainstay's own text in the present language, with its words in braces."""
    parts = [
        "{greeting}",
        _("Ticket %(number)s, “%(subject)s”, is resolved. How did you find our help?")
        % {"number": "{number}", "subject": "{subject}"},
        "{answers}",
        _("One click is enough; a word with it helps us more. Was it not solved? Just answer this mail."),
        "{closing}",
    ]
    return "\n\n".join(parts)


def answers(url: Callable[[Score], str]) -> str:
    """A line for each answer, with where it leads."""
    return "\n".join(f"{score.label}: {url(score)}" for score in Score)


def rating_url(rating: Rating, score: Score) -> str:
    return f"{settings.SITE_URL}{reverse(settings.RATING_PAGE, args=[rating.token])}?score={score.value}"
