"""The question as it is mailed to a customer, with a link for each answer."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from mainstay.promises.queries import policy_of
from mainstay.tickets.models import Ticket
from mainstay.tickets.notices import closing, greeting, written_language

from .models import Rating
from .states import Score


def question(ticket: Ticket, rating: Rating) -> str:
    """The text in the ticket's language."""
    policy = policy_of(ticket.promise.revision_id)
    with translation.override(written_language(ticket, policy)):
        answers = "\n".join(f"{score.label}: {rating_url(rating, score)}" for score in Score)
        return "\n\n".join(
            [
                greeting(ticket.person.name),
                _("Ticket %(number)s, “%(subject)s”, is resolved. How did you find our help?")
                % {"number": ticket.number, "subject": ticket.subject},
                answers,
                _("One click is enough; a word with it helps us more. Was it not solved? Just answer this mail."),
                closing(policy),
            ]
        )


def rating_url(rating: Rating, score: Score) -> str:
    return f"{settings.SITE_URL}{reverse(settings.RATING_PAGE, args=[rating.token])}?score={score.value}"
