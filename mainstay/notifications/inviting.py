"""The mail that invites a colleague: written anew for each attempt, so that its link is stored nowhere."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mainstay.jobs.one_at_a_time import only_here
from mainstay.jobs.queue import SOON, enqueue
from mainstay.people.models import Invitation
from mainstay.people.rules import invitation_token
from mainstay.people.states import InvitationMail

from .carriers import Carried, Letter, Outcome, Postponed, mail_carrier

SEND_INVITATION = "notifications.send_invitation"
SENDING = "sending an invitation"


def send_invitation(pk: int, nonce: str, *, at: datetime, attempts: int = 1) -> None:
    """One attempt was made and written down; a postponed one is queued again, as long as the link is good.

    A mail of an older link (`nonce`), or of an invitation that is over, is not sent any more.
    """
    with only_here(SENDING, pk) as is_ours:
        waiting = Invitation.objects.filter(pk=pk, nonce=nonce, mail_state=InvitationMail.QUEUED)
        invitation = waiting.select_related("by").first()
        if not is_ours or invitation is None or not invitation.is_open:
            return
        outcome = _attempt(invitation, attempts)
        state, problem = _state_after(outcome, invitation, at)
        with transaction.atomic():
            done = waiting.update(mail_state=state, mail_problem=problem, mail_id=invitation.mail_id)
            if done and state == InvitationMail.QUEUED and isinstance(outcome, Postponed):
                again = at + timedelta(seconds=outcome.seconds)
                enqueue(SEND_INVITATION, priority=SOON, at=again, invitation=pk, nonce=nonce, attempts=attempts + 1)


def link_of(invitation: Invitation) -> str:
    """The whole address by which the invited person comes in."""
    return settings.SITE_URL + reverse(settings.INVITATION_PLACE, args=[invitation.pk, invitation_token(invitation)])


def _attempt(invitation: Invitation, attempts: int) -> Outcome | None:
    """None on a desk where nothing carries mail."""
    carrier = mail_carrier()
    if carrier is None:
        return None
    invitation.mail_id = invitation.mail_id or carrier.new_id()
    return carrier.carry(_letter(invitation), attempts)


def _state_after(outcome: Outcome | None, invitation: Invitation, at: datetime) -> tuple[InvitationMail, str]:
    if outcome is None:
        return InvitationMail.KEPT, ""
    if isinstance(outcome, Carried):
        return (InvitationMail.KEPT if outcome.kept else InvitationMail.SENT), ""
    if isinstance(outcome, Postponed) and at < invitation.expires_at:
        return InvitationMail.QUEUED, outcome.problem
    return InvitationMail.FAILED, outcome.problem


def _letter(invitation: Invitation) -> Letter:
    """In the invited person's language; the day on which the link ends is of UTC, which is said."""
    language = invitation.language or settings.LANGUAGE_CODE
    with translation.override(language), timezone.override(timezone.get_default_timezone()):
        words = {
            "name": invitation.name,
            "by": str(invitation.by) if invitation.by is not None else "Mainstay",
            "url": link_of(invitation),
            "day": date_format(timezone.localtime(invitation.expires_at), "j F Y, H:i"),
        }
        text = "\n\n".join(
            [
                _("Hello %(name)s,") % words,
                _("%(by)s invites you to work at the support desk. Choose a password here, and you are in:") % words,
                words["url"],
                _("The link is good once, until %(day)s (UTC). Nobody else should have it.") % words,
                _("If you don't know what this is about, do nothing: then nothing happens."),
            ]
        )
        subject = _("%(by)s invites you to the support desk") % words
    return Letter(
        name=invitation.name,
        recipient=invitation.email,
        subject=subject,
        text=text,
        language=language,
        at=invitation.made_at,
        mail_id=invitation.mail_id,
        series="invitations",
    )
