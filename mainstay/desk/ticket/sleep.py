"""Snooze on a ticket: its words, the moments that are offered, and what can be chosen."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainstay.tickets.models import Ticket
from mainstay.tickets.queries import snooze_of
from mainstay.tickets.states import WakesOn
from mainstay.writing.moments import mornings

OWN = "own"


@dataclass(frozen=True)
class Asleep:
    """How a ticket sleeps, in words; `other` is the number of the ticket it waits for, or None."""

    until: str
    by: str
    other: int | None


@dataclass(frozen=True)
class OfferedMoment:
    """A moment at which the ticket may wake; `value` is how the form names it, `exact` tells it in the reader's zone."""

    value: str
    label: str
    exact: str


def snooze_in_words(it: Ticket) -> Asleep | None:
    snooze = snooze_of(it)
    if snooze is None:
        return None
    other = snooze.waits_for.number if snooze.waits_for else None
    moment = snooze.wakes_at.isoformat() if snooze.wakes_at else ""
    return Asleep(until_in_words(snooze.wakes_on, moment, other), snooze.by.name, other)


def until_in_words(wakes_on: str, wakes_at: str, other: object = None) -> str:
    """Until when, as a part of a sentence: "until 24 November, 09:00", "until the customer writes"."""
    words = {
        WakesOn.CUSTOMER.value: _("until the customer writes"),
        WakesOn.PROBLEM.value: _("until its problem is fixed"),
        WakesOn.TICKET.value: _("until #%(number)s is over") % {"number": other},
    }
    moment = exact(datetime.fromisoformat(wakes_at)) if wakes_at else ""
    if wakes_on == WakesOn.MOMENT:
        return _("until %(moment)s") % {"moment": moment}
    if moment:
        return _("%(until)s, at the latest until %(moment)s") % {"until": words[wakes_on], "moment": moment}
    return words[wakes_on]


def exact(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "D j M, H:i")


def snooze_moments(now: datetime) -> list[OfferedMoment]:
    """In one and in three hours; nine in the morning, where the reader is."""
    begin = now.replace(microsecond=0)
    words = {True: _("Tomorrow at 9:00"), False: _("Monday at 9:00")}
    offered = [
        (begin + timedelta(hours=1), _("In an hour")),
        (begin + timedelta(hours=3), _("In three hours")),
        *((one.at, words[one.is_tomorrow]) for one in mornings(now, timezone.get_current_timezone())),
    ]
    return [OfferedMoment(at.isoformat(), word, exact(at)) for at, word in offered]


_MOMENT = gettext_lazy("Choose a day and a time at which it is to wake.")
_TICKET = gettext_lazy("Say which ticket it is to wait for, by its number.")


class SnoozeForm(forms.Form):
    """Until what: a moment that was offered, one's own, the customer, the problem, another ticket."""

    until = forms.CharField(max_length=40, error_messages={"required": _MOMENT})
    own = forms.DateTimeField(required=False, error_messages={"invalid": _MOMENT})
    other = forms.RegexField(r"^\s*#?\d{1,18}\s*$", required=False, error_messages={"invalid": _TICKET})

    def clean(self) -> None:
        """`wakes_on`, `wakes_at` and `number` are what was chosen; fields that were not asked for don't count."""
        until = self.cleaned_data.get("until", "")
        for name, value in (("own", OWN), ("other", WakesOn.TICKET)):
            if until != value and name in self.errors:
                del self.errors[name]
        self.cleaned_data |= {"wakes_on": until, "wakes_at": None, "number": None}
        if until == WakesOn.TICKET:
            self.cleaned_data["number"] = (self.cleaned_data.get("other") or "").strip().lstrip("#")
            if not self.cleaned_data["number"] and not self.errors:
                self.add_error("other", _TICKET)
        elif until not in (WakesOn.CUSTOMER, WakesOn.PROBLEM) and until:
            self.cleaned_data["wakes_on"] = WakesOn.MOMENT.value
            moment = self.cleaned_data.get("own") if until == OWN else _moment(until)
            self.cleaned_data["wakes_at"] = moment
            if moment is None and not self.errors:
                self.add_error("own", _MOMENT)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
