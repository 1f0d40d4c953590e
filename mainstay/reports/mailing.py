"""Reports by mail: a row for each period that is due, written once with charts and PDF, tried again while that helps."""

from datetime import datetime, timedelta
from typing import Any

import typst
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mainstay.files.actions import store_file
from mainstay.files.queries import open_file
from mainstay.jobs.one_at_a_time import only_here
from mainstay.jobs.queue import BULK, enqueue
from mainstay.notifications.carriers import Carried, Dropped, Enclosure, Letter, Outcome, Postponed, mail_carrier
from mainstay.notifications.queries import address_of
from mainstay.notifications.states import MailState
from mainstay.people.rules import zone_of
from mainstay.people.states import Permission
from mainstay.promises.queries import policy_in_force
from mainstay.ui.durations import duration_text, exact_duration_text

from .charts import days_chart, standalone
from .figures import MonthReport
from .models import ReportMail, ReportMailFile
from .pdf import known_language, period_pdf
from .periods import period_named
from .queries import month_report
from .subscribing import reports_due
from .typesetting import png_of
from .wording import Figure, beside, figures_of, measure_name, period_name, standing_of, verdict

SEND_REPORT = "reports.send_report"
SENDING = "sending a report by mail"
GIVE_UP_AFTER = timedelta(days=5)
PAGE = "desk:averages"
CHOICES = "desk:report_mails"


def queue_due(*, at: datetime) -> int:
    """Each report that is due has its mail in the queue, once for each subscription and period; returns how many are new."""
    number = 0
    for subscription, period, due_at in reports_due(at):
        carrier = mail_carrier()
        with transaction.atomic():
            mail, is_new = ReportMail.objects.get_or_create(
                subscription=subscription,
                period=period.key,
                defaults={
                    "mail_id": carrier.new_id() if carrier else f"{subscription.pk}-{period.key}",
                    "due_at": due_at,
                    "queued_at": at,
                },
            )
            if is_new:
                enqueue(SEND_REPORT, priority=BULK, mail=mail.pk)
                number += 1
    return number


def send_report(pk: int, *, at: datetime) -> None:
    """One attempt to send a report was made and written down; a postponed one is queued again. Nothing is locked."""
    with only_here(SENDING, pk) as is_ours:
        mails = ReportMail.objects.filter(pk=pk, state=MailState.QUEUED)
        mail = mails.select_related("subscription__person__account", "subscription__person__organisation").first()
        if not is_ours or mail is None:
            return
        outcome = _attempt(mail, at)
        mail.problem = "" if isinstance(outcome, Carried) else outcome.problem
        if isinstance(outcome, Carried):
            mail.state = MailState.KEPT if outcome.kept else MailState.SENT
        elif not isinstance(outcome, Postponed) or at - mail.queued_at > GIVE_UP_AFTER:
            mail.state = MailState.FAILED
        mail.settled_at = None if mail.state == MailState.QUEUED else at
        with transaction.atomic():
            mail.save(update_fields=["attempts", "problem", "state", "settled_at"])
            if mail.state == MailState.QUEUED and isinstance(outcome, Postponed):
                enqueue(SEND_REPORT, priority=BULK, at=at + timedelta(seconds=outcome.seconds), mail=mail.pk)


@transaction.atomic
def send_again(mail: ReportMail, *, at: datetime) -> bool:
    """A report that did not arrive, or was kept, is in the queue again under its own id; False for one that is on its way."""
    settled = ReportMail.objects.filter(pk=mail.pk, state__in=[MailState.FAILED, MailState.KEPT])
    is_again = bool(settled.update(state=MailState.QUEUED, queued_at=at, settled_at=None, problem=""))
    if is_again:
        enqueue(SEND_REPORT, mail=mail.pk)
    return is_again


def _attempt(mail: ReportMail, at: datetime) -> Outcome:
    person, carrier = mail.subscription.person, mail_carrier()
    if not person.may(Permission.SEE_REPORTS) or not address_of(person):
        return Dropped(_("This person may not see reports any more."))
    if carrier is None:
        return Dropped(_("Nothing here carries mail."))
    mail.attempts += 1
    try:
        if mail.written_at is None:
            write_report(mail, at=at)
        letter = _letter(mail)
    except typst.TypstError as problem:
        return Dropped(_("The report could not be set in type: %(problem)s") % {"problem": problem.message})
    except FileNotFoundError:
        _forget(mail)
        return Dropped(_("A file of this mail is gone from the store; sent again, it is made anew."))
    return carrier.carry(letter, mail.attempts)


# --- what stands in it ------------------------------------------------------------------------------------------------


@transaction.atomic
def write_report(mail: ReportMail, *, at: datetime) -> None:
    """The mail is written, with its pictures and its PDF, in the person's language and zone; every attempt sends this."""
    person, policy = mail.subscription.person, policy_in_force(at)
    language = known_language(mail.subscription.language or person.language, policy)
    with translation.override(language), timezone.override(zone_of(person)):
        report = month_report(period_named(mail.period), at=at)
        context = _context(report, policy.company.name)
        mail.subject = _subject(report)[:300]
        mail.text = _text(report, context)
        mail.html = render_to_string("reports/mail.html", context)
    mail.recipient, mail.language, mail.written_at = address_of(person), language, at
    mail.save(update_fields=["subject", "text", "html", "recipient", "language", "written_at"])
    _enclose(mail, period_pdf(report.period, at=at, language=language), f"report-{report.period.key}.pdf")
    for one in context["measures"]:
        if one["chart"]:
            _enclose(mail, png_of(one["chart"]), f"{one['key']}.png", content_id=one["picture"])


def _context(report: MonthReport, company: str) -> dict[str, Any]:
    return {
        "title": _("Support averages, %(period)s") % {"period": period_name(report.period)},
        "company": company,
        "standing": standing_of(report),
        "language": translation.get_language(),
        "measures": [
            {
                "key": measured.name,
                "name": measure_name(measured.name),
                "verdict": verdict(measured),
                "figures": list(figures_of(measured)),
                "chart": (chart := standalone(days_chart(measured))),
                "picture": f"{measured.name}@charts.report" if chart else "",
            }
            for measured in report.measures
        ],
        "beside": list(beside(report)),
        "page_url": f"{settings.SITE_URL}{reverse(PAGE)}?month={report.period.key}",
        "choices_url": settings.SITE_URL + reverse(CHOICES),
    }


def _subject(report: MonthReport) -> str:
    average = report.first_response.average
    words = {
        "period": period_name(report.period),
        "mean": exact_duration_text(average.mean),
        "target": duration_text(average.target),
    }
    if average.n == 0:
        return _("Support averages, %(period)s") % words
    return _("Support averages, %(period)s: first response %(mean)s of %(target)s") % words


def _text(report: MonthReport, context: dict[str, Any]) -> str:
    pieces = [f"{context['title']}\n{context['standing']}"]
    for measured in report.measures:
        head = ": ".join(words for words in (measure_name(measured.name), verdict(measured)) if words)
        pieces.append("\n".join([head, *map(_line, figures_of(measured))]))
    pieces.append("\n".join([_("Left out, and beside"), *map(_line, beside(report))]))
    pieces.append(str(context["page_url"]))
    pieces.append(
        _("You get this mail because you chose to. Change it here: %(url)s") % {"url": context["choices_url"]}
    )
    return "\n\n".join(pieces)


def _line(figure: Figure) -> str:
    return f"  {figure.name}: {figure.text}"


# --- its files --------------------------------------------------------------------------------------------------------


def _enclose(mail: ReportMail, content: bytes, filename: str, *, content_id: str = "") -> None:
    kind = "image/png" if content_id else "application/pdf"
    ReportMailFile.objects.create(mail=mail, file=store_file(content, kind), filename=filename, content_id=content_id)


def _forget(mail: ReportMail) -> None:
    mail.files.all().delete()
    ReportMail.objects.filter(pk=mail.pk).update(written_at=None)


def _letter(mail: ReportMail) -> Letter:
    enclosures = []
    for one in mail.files.select_related("file").order_by("pk"):
        with open_file(one.file) as stored:
            enclosures.append(Enclosure(one.filename, one.file.content_type, stored.read(), one.content_id))
    assert mail.written_at is not None
    return Letter(
        name=mail.subscription.person.name,
        recipient=mail.recipient,
        subject=mail.subject,
        text=mail.text,
        language=mail.language,
        at=mail.written_at,
        mail_id=mail.mail_id,
        html=mail.html,
        enclosures=tuple(enclosures),
        series="reports",
    )
