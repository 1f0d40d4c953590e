"""What the desk writes by itself: the acknowledgement and the kind answer to somebody we may not help."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import dates, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mainstay.clock.calendar import Calendar
from mainstay.company.mail_texts import filled, own_text
from mainstay.company.states import MailKind
from mainstay.entitlement.rules import Decision
from mainstay.people.rules import language_of, zone_of
from mainstay.policy.shape import Policy
from mainstay.promises.queries import policy_of, usual_first_response_seconds

from .models import Ticket

WEEK = 7


def acknowledgement(ticket: Ticket, at: datetime) -> str:
    """We have it, under this number; how long people usually wait; when we are open, in their time.

    Never a promise for this one problem: the usual wait is the median of what was measured, or is left out.
    """
    policy = policy_of(ticket.promise.revision_id)
    zone = zone_of(ticket.person)
    language = written_language(ticket, policy)
    with translation.override(language):
        values = {
            **values_of(ticket, policy),
            "usual_wait": usual_wait(usual_first_response_seconds(at)),
            "opening_hours": opening_line(policy.calendar, zone, at),
        }
        return filled(own_text(MailKind.ACKNOWLEDGEMENT, language) or our_acknowledgement(), values)


def our_acknowledgement() -> str:
    """Mainstay's own text in the present language, with its words in braces."""
    parts = [
        "{greeting}",
        _("Thank you for your message. We have it, and it has the number %(number)s.") % {"number": "{number}"},
        "{usual_wait}",
        "{opening_hours}",
        _("You can add to it by answering this mail."),
        "{closing}",
    ]
    return "\n\n".join(parts)


def kind_refusal(ticket: Ticket, decision: Decision, at: datetime) -> str:
    """We may not help this person, and who can: their seller when we know it."""
    policy = policy_of(ticket.promise.revision_id)
    language = written_language(ticket, policy)
    with translation.override(language):
        values = {**values_of(ticket, policy), "who_helps": who_helps(decision.seller.name if decision.seller else "")}
        return filled(own_text(MailKind.REFUSAL, language) or our_refusal(), values)


def our_refusal() -> str:
    """Mainstay's own text in the present language, with its words in braces."""
    parts = [
        "{greeting}",
        _(
            "Thank you for writing to us. We have received your message, and we are sorry that we can't help you directly."
        )
        + " "
        + _("Our support is for distributors and partners who bought from us."),
        "{who_helps}",
        _(
            "If your company did buy from us directly, please tell us its name and the order number, and we will look again."
        ),
        "{closing}",
    ]
    return "\n\n".join(parts)


def who_helps(seller: str) -> str:
    """Who can help somebody whom we may not; `seller` is empty when we don't know who sold it to them."""
    if not seller:
        return _(
            "The company that sold or installed it can help you: they know your installation, and if they can't solve "
            "it, they or their distributor reach us directly."
        )
    way = _("%(seller)s, who sold it to you, can help you: they know your installation, and they reach us directly.")
    return way % {"seller": seller}


def values_of(ticket: Ticket, policy: Policy) -> dict[str, str]:
    """What each mail may say of its ticket, by the words in braces."""
    return common_values(ticket.person.name, str(ticket.number), ticket.subject, policy)


def common_values(name: str, number: str, subject: str, policy: Policy) -> dict[str, str]:
    return {
        "greeting": greeting(name),
        "name": name,
        "number": number,
        "subject": subject,
        "company": policy.company.name,
        "closing": closing(policy),
    }


def written_language(ticket: Ticket, policy: Policy) -> str:
    """The language the desk writes in: the ticket's, when the policy offers it and we have its texts."""
    offered = tuple(key for key in policy.languages.offered if key in dict(settings.LANGUAGES))
    wanted = ticket.language.lower().split("-")[0]
    return wanted if wanted in offered else language_of(ticket.person, offered, policy.languages.default)


def greeting(name: str) -> str:
    return _("Hello %(name)s,") % {"name": name} if name else _("Hello,")


def closing(policy: Policy) -> str:
    return _("Kind regards,") + "\n" + _("the support team of %(company)s") % {"company": policy.company.name}


def usual_wait(seconds: int | None) -> str:
    """ "Usually answered in about 4 minutes", in business time; empty when nothing was measured yet."""
    if seconds is None:
        return ""
    minutes = max(1, round(seconds / 60))
    if minutes < 90:
        time = ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    else:
        hours = round(minutes / 60)
        time = ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    return _("Messages are usually answered in about %(time)s while we are open.") % {"time": time}


def opening_line(calendar: Calendar, zone: ZoneInfo, at: datetime) -> str:
    """When we are open, in the reader's zone, and when we open next if we are closed now."""
    hours = _("We are open %(hours)s, your time (%(zone)s).") % {
        "hours": opening_hours(calendar, zone, at),
        "zone": zone.key,
    }
    if calendar.is_open(at):
        return hours
    opens = calendar.next_open(at).astimezone(zone)
    return hours + " " + _("We open again on %(moment)s.") % {"moment": date_format(opens, "l j F, H:i")}


def opening_hours(calendar: Calendar, zone: ZoneInfo, at: datetime) -> str:
    """The coming seven days' openings by weekday in this zone, equal days joined: "Monday–Friday 08:00–00:00"."""
    by_day: dict[int, list[str]] = {day: [] for day in range(WEEK)}
    first = at.astimezone(zone).date()
    for opens, closes in calendar.openings(first - timedelta(days=1), first + timedelta(days=WEEK)):
        begin, end = opens.astimezone(zone), closes.astimezone(zone)
        if first <= begin.date() < first + timedelta(days=WEEK):
            by_day[begin.weekday()].append(f"{begin:%H:%M}–{end:%H:%M}")
    return ", ".join(_joined_days(by_day))


def _joined_days(by_day: dict[int, list[str]]) -> list[str]:
    runs: list[tuple[int, int, list[str]]] = []
    for day in range(WEEK):
        if not by_day[day]:
            continue
        if runs and runs[-1][1] == day - 1 and runs[-1][2] == by_day[day]:
            runs[-1] = (runs[-1][0], day, by_day[day])
        else:
            runs.append((day, day, by_day[day]))
    names = dates.WEEKDAYS
    return [
        (str(names[first]) if first == last else f"{names[first]}–{names[last]}") + " " + ", ".join(hours)
        for first, last, hours in runs
    ]
