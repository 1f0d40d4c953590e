"""Notices by mail: those of a few minutes in one, written down before it is sent, tried again while that helps."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mainstay.jobs.one_at_a_time import only_here
from mainstay.jobs.queue import enqueue
from mainstay.people.models import Person
from mainstay.people.rules import language_of, zone_of

from .carriers import Carried, Letter, Postponed, mail_carrier
from .models import NoticeChoices, NoticeMail, Notification
from .queries import address_of
from .rules import url_of
from .states import MailState

SEND_MAIL = "notifications.send_mail"
SENDING = "sending a mail with notices"
IN_ONE_MAIL = 50
GIVE_UP_AFTER = timedelta(hours=6)  # a notice of yesterday helps nobody


@transaction.atomic
def write_mail(person_key: int, *, at: datetime) -> NoticeMail | None:
    """What waits for this person's mail and was not read meanwhile is in one mail, which is queued; None when nothing is."""
    choices = NoticeChoices.objects.select_for_update().get(person=person_key)
    waiting = Notification.objects.filter(person=person_key, waits_for_mail=True)
    notices = list(waiting.order_by("-pk")[:IN_ONE_MAIL])
    choices.mail_is_planned = False
    person = Person.objects.select_related("account", "organisation").get(pk=person_key)
    recipient, carrier = address_of(person), mail_carrier()
    mail = None
    if notices and choices.by_mail and recipient and carrier is not None:
        subject, text, language = written(person, notices)
        mail = NoticeMail.objects.create(
            person=person,
            mail_id=carrier.new_id(),
            recipient=recipient,
            language=language,
            subject=subject[:300],
            text=text,
            created_at=at,
        )
        choices.mailed_at = at
        enqueue(SEND_MAIL, mail=mail.pk)
    choices.save(update_fields=["mail_is_planned", "mailed_at"])
    Notification.objects.filter(pk__in=[notice.pk for notice in notices]).update(mail=mail)
    waiting.update(waits_for_mail=False)
    return mail


def written(person: Person, notices: list[Notification]) -> tuple[str, str, str]:
    """Subject, text and language of a mail with these notices, the newest first, in the person's language and zone."""
    language = language_of(person, tuple(key for key, _name in settings.LANGUAGES), settings.LANGUAGE_CODE)
    with translation.override(language), timezone.override(zone_of(person)):
        lines = [
            f"{date_format(timezone.localtime(one.at), 'H:i')} {one.sentence}\n{url_of(one.subject)}" for one in notices
        ]
        subject = notices[0].sentence
        if len(notices) > 1:
            more = ngettext("and %(n)s more", "and %(n)s more", len(notices) - 1) % {"n": len(notices) - 1}
            subject = f"{subject} ({more})"
        why = _("You get this mail because you chose to. Change it here: %(url)s") % {
            "url": settings.SITE_URL + reverse(settings.NOTICE_SETTINGS)
        }
        zone = _("Times are those of %(zone)s.") % {"zone": zone_of(person).key}
    return subject, "\n\n".join([*lines, zone, why]), language


def send_mail(pk: int, *, at: datetime) -> None:
    """One attempt to send a mail with notices was made and written down; a postponed one is queued again. Nothing is locked."""
    with only_here(SENDING, pk) as is_ours:
        mail = NoticeMail.objects.filter(pk=pk, state=MailState.QUEUED).select_related("person").first()
        carrier = mail_carrier()
        if not is_ours or mail is None or carrier is None:
            return
        mail.attempts += 1
        outcome = carrier.carry(_letter(mail), mail.attempts)
        mail.problem = "" if isinstance(outcome, Carried) else outcome.problem
        if isinstance(outcome, Carried):
            mail.state = MailState.KEPT if outcome.kept else MailState.SENT
        elif not isinstance(outcome, Postponed) or at - mail.created_at > GIVE_UP_AFTER:
            mail.state = MailState.FAILED
        mail.settled_at = None if mail.state == MailState.QUEUED else at
        with transaction.atomic():
            mail.save(update_fields=["attempts", "problem", "state", "settled_at"])
            if mail.state == MailState.QUEUED and isinstance(outcome, Postponed):
                enqueue(SEND_MAIL, at=at + timedelta(seconds=outcome.seconds), mail=mail.pk)


def _letter(mail: NoticeMail) -> Letter:
    return Letter(
        name=mail.person.name,
        recipient=mail.recipient,
        subject=mail.subject,
        text=mail.text,
        language=mail.language,
        at=mail.created_at,
        mail_id=mail.mail_id,
    )
