"""How the sample's customers found the help they got: asked and answered through the real verbs."""

from datetime import datetime, timedelta

from mainstay.satisfaction.actions import ask_about, rate
from mainstay.satisfaction.models import Asking
from mainstay.satisfaction.rules import ASK_AFTER
from mainstay.satisfaction.states import Score
from mainstay.tickets.models import Ticket

EACH = 3  # every third resolved ticket is asked about
SAID = (
    (Score.GOOD, "Quick and clear, thank you."),
    (Score.GOOD, ""),
    (None, ""),  # not everybody answers
    (Score.GOOD, ""),
    (Score.FAIR, "It works now, but I had to explain it twice."),
    (Score.GOOD, "The drawing was just what we needed."),
    (None, ""),
    (Score.GOOD, ""),
    (Score.BAD, "Two days for a setting that could have stood in the manual."),
)


def play_ratings(*, at: datetime) -> None:
    """Customers are asked in the sample company, and some of those whose ticket was resolved have answered by now."""
    Asking.objects.update_or_create(pk=1, defaults={"is_on": True})
    over = Ticket.objects.filter(is_sample=True, promise__resolved_at__lt=at - ASK_AFTER - timedelta(hours=2))
    asked = 0
    for ticket in over.select_related("promise").order_by("promise__resolved_at", "pk"):
        if ticket.number % EACH or ticket.promise.resolved_at is None:
            continue
        moment = ticket.promise.resolved_at + ASK_AFTER
        rating = ask_about(ticket.pk, resolved_at=ticket.promise.resolved_at, at=moment)
        if rating is None:
            continue
        score, comment = SAID[asked % len(SAID)]
        asked += 1
        if score is not None:
            rate(rating.token, score=score, comment=comment, at=moment + timedelta(minutes=20 + 7 * (asked % 9)))
