"""A ticket's place in the queue in words: one sentence, for the row of a list and the ticket's page."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mainstay.tickets.places import FIRST_RESPONSE, QueuePlace
from mainstay.tickets.queries import COUNTED_UP_TO
from mainstay.ui.durations import duration_text


def place_in_words(place: QueuePlace, severities: Mapping[str, str]) -> str:
    """Severity, what it waits for and how long, and how many stand before it."""
    return " · ".join(part for part in (_severity(place, severities), _waits(place), _before(place)) if part)


def _severity(place: QueuePlace, severities: Mapping[str, str]) -> str:
    own, counted = severities.get(place.severity, place.severity), severities.get(place.counts_as, place.counts_as)
    if not place.raised:
        return own
    return _("%(own)s, counts as %(counted)s for its long wait") % {"own": own, "counted": counted}


def _waits(place: QueuePlace) -> str:
    words = {"time": duration_text(place.seconds), "target": duration_text(place.target_seconds)}
    if place.waits_for == FIRST_RESPONSE:
        return _("%(time)s without a first answer (%(target)s on average)") % words
    return _("answered, open for %(time)s (%(target)s on average)") % words


def _before(place: QueuePlace) -> str:
    if place.before is None:
        return ""
    if place.before == 0:
        return _("it is next")
    if place.before >= COUNTED_UP_TO:
        return _("%(n)s or more before it") % {"n": COUNTED_UP_TO}
    return ngettext("%(n)s before it", "%(n)s before it", place.before) % {"n": place.before}
