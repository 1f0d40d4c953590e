"""Reports by mail: one for each period, the same at every attempt, failures seen and tried again."""

from collections.abc import Iterator
from datetime import time, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from mainstay.channels.email.addresses import Address
from mainstay.channels.email.notices import MailNotices, as_mail
from mainstay.files.models import StoredFile
from mainstay.lib.pictures import picture_of
from mainstay.notifications import carriers
from mainstay.notifications.carriers import Carried, Dropped, Letter, Outcome, Postponed
from mainstay.people.models import Account
from mainstay.reports import mailing
from mainstay.reports.mailing import queue_due, send_again, send_report
from mainstay.reports.models import ReportMail, ReportSubscription
from mainstay.reports.periods import month_of
from mainstay.reports.subscribing import subscribe
from tests.cast import Cast
from tests.reports.mixed import after, mixed_history
from tests.working import do_jobs, waiting_jobs

NOVEMBER = month_of("2026-11")
DUE = NOVEMBER.end + timedelta(hours=7)  # 08:00 in Amsterdam


class Carrier:
    """A carrier that keeps what it is given and answers what the test says."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.answers: list[Outcome] = []

    def new_id(self) -> str:
        return MailNotices().new_id()

    def carry(self, letter: Letter, attempts: int) -> Outcome:
        self.letters.append(letter)
        return self.answers.pop(0) if self.answers else Carried()


@pytest.fixture
def carrier(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> Carrier:
    settings.MEDIA_ROOT = tmp_path
    made = Carrier()
    monkeypatch.setattr(mailing, "mail_carrier", lambda: made)
    return made


@pytest.fixture
def subscribed(cast: Cast, carrier: Carrier) -> Iterator[ReportSubscription]:
    """Sue gets each month's report on the first at eight, in Amsterdam and in Dutch; it is December the first, eight o'clock."""
    mixed_history(cast)
    cast.sue.zone = "Europe/Amsterdam"
    cast.sue.save()
    one = subscribe(cast.sue, kind="month", day=1, time_of_day=time(8), language="nl", at=after(0))
    with time_machine.travel(DUE, tick=False):
        yield one


def test_it_goes_once_when_it_is_due(subscribed: ReportSubscription, carrier: Carrier) -> None:
    assert queue_due(at=DUE - timedelta(seconds=1)) == 0
    assert [queue_due(at=DUE), queue_due(at=DUE), queue_due(at=DUE + timedelta(days=20))] == [1, 0, 0]
    do_jobs()
    (letter,) = carrier.letters
    mail = ReportMail.objects.get()
    assert (mail.state, mail.attempts, mail.period, mail.settled_at) == ("sent", 1, "2026-11", DUE)
    assert (letter.recipient, letter.language, letter.mail_id) == ("sue@desk.example", "nl", mail.mail_id)
    assert "6 min 30" in letter.text and "6 min 30" in letter.html and "6 min 30" in letter.subject
    assert "/averages?month=2026-11" in letter.text


def test_it_brings_the_pdf_and_names_no_picture_that_does_not_come(
    subscribed: ReportSubscription, carrier: Carrier
) -> None:
    queue_due(at=DUE)
    do_jobs()
    (letter,) = carrier.letters
    files = {one.filename: one for one in letter.enclosures}
    assert files["report-2026-11.pdf"].content.startswith(b"%PDF-")
    pictures = [one for one in letter.enclosures if one.content_id]
    assert {one.content_id for one in pictures} == {part.split('"')[0] for part in letter.html.split('src="cid:')[1:]}
    assert {one.filename for one in pictures} == {"first_response.png", "resolution.png"}
    for one in pictures:
        shown = picture_of(one.content)
        assert shown is not None and shown.width == 1140


def test_every_attempt_sends_the_same_until_it_arrives(subscribed: ReportSubscription, carrier: Carrier) -> None:
    carrier.answers = [Postponed("The relay is busy.", 60), Carried()]
    queue_due(at=DUE)
    do_jobs()
    mail = ReportMail.objects.get()
    assert (mail.state, mail.attempts, mail.problem) == ("queued", 1, "The relay is busy.")
    assert waiting_jobs("reports.send_report") == [{"mail": mail.pk}]
    send_report(mail.pk, at=DUE + timedelta(minutes=1))
    first, second = carrier.letters
    assert first == second
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.problem) == ("sent", 2, "")


def test_a_failure_is_seen_and_sent_again_by_hand(
    subscribed: ReportSubscription, carrier: Carrier, cast: Cast, sign_in: Any
) -> None:
    carrier.answers = [Dropped("550 no such mailbox")]
    queue_due(at=DUE)
    do_jobs()
    client = sign_in(cast.sue)
    page = client.get(reverse("desk:report_mails")).content.decode()
    assert "550 no such mailbox" in page
    mail = ReportMail.objects.get()
    retry = reverse("desk:report_mail_retry", args=[mail.pk])
    assert retry in page
    assert sign_in(cast.ada).post(retry).status_code == 404  # somebody else's
    assert client.post(retry).status_code == 302
    do_jobs()
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == ("sent", 2)
    assert not send_again(mail, at=DUE)
    assert len({letter.mail_id for letter in carrier.letters}) == 1


def test_a_relay_that_stays_away_ends_the_tries_after_five_days(
    subscribed: ReportSubscription, carrier: Carrier
) -> None:
    carrier.answers = [Postponed("gone", 60), Postponed("gone", 60)]
    queue_due(at=DUE)
    mail = ReportMail.objects.get()
    send_report(mail.pk, at=DUE + timedelta(days=5))
    mail.refresh_from_db()
    assert mail.state == "queued"
    send_report(mail.pk, at=DUE + timedelta(days=5, seconds=1))
    mail.refresh_from_db()
    assert (mail.state, mail.problem) == ("failed", "gone")


def test_who_may_not_see_reports_any_more_gets_none(subscribed: ReportSubscription, carrier: Carrier) -> None:
    queue_due(at=DUE)
    Account.objects.filter(person=subscribed.person).update(is_active=False)
    do_jobs()
    assert carrier.letters == []
    assert "may not see reports" in ReportMail.objects.get().problem


def test_a_file_that_the_store_lost_is_told_and_made_anew(
    subscribed: ReportSubscription, carrier: Carrier, settings: Any
) -> None:
    carrier.answers = [Postponed("busy", 60)]
    queue_due(at=DUE)
    do_jobs()
    mail = ReportMail.objects.get()
    for stored in StoredFile.objects.filter(report_mails__mail=mail):
        (settings.MEDIA_ROOT / stored.path).unlink()
    send_report(mail.pk, at=DUE + timedelta(minutes=1))
    mail.refresh_from_db()
    assert mail.state == "failed" and "gone from the store" in mail.problem
    assert send_again(mail, at=DUE + timedelta(minutes=2))
    do_jobs()
    assert ReportMail.objects.get().state == "sent"
    assert len(carrier.letters) == 2


def test_on_the_wire_it_is_html_with_pictures_text_and_a_pdf(subscribed: ReportSubscription, carrier: Carrier) -> None:
    queue_due(at=DUE)
    do_jobs()
    raw = as_mail(carrier.letters[0], Address("Desk", "support@intercom.example"))
    assert raw == as_mail(carrier.letters[0], Address("Desk", "support@intercom.example"))
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert not mail.defects
    assert mail["List-Id"] == "<reports.intercom.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "image/png",
        "application/pdf",
    ]
    pictures = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    html = next(part for part in mail.walk() if part.get_content_type() == "text/html").get_content()
    for part in pictures:
        assert f"cid:{part['Content-ID'].strip('<>')}" in html
        assert part.get_content_disposition() == "inline"


def test_without_a_relay_it_is_kept_and_said_so(cast: Cast, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT, settings.EMAIL_RELAY_URL = tmp_path, ""
    carriers.mail_carrier.cache_clear()
    subscribe(cast.sue, kind="week", day=1, time_of_day=time(8), language="en", at=after(0))
    with time_machine.travel(NOVEMBER.end, tick=False):
        assert queue_due(at=NOVEMBER.end) == 1
        do_jobs()
    mail = ReportMail.objects.get()
    assert (mail.state, mail.period, mail.subject) == ("kept", "2026-W48", "Support averages, 2026-W48")


def test_choosing_on_the_page(cast: Cast, sign_in: Any) -> None:
    client, url = sign_in(cast.tess), reverse("desk:report_mails")
    wrong = client.post(url, {"kind": "month", "month_day": "31", "time": "08:00", "language": "en"})
    assert wrong.status_code == 422 and not ReportSubscription.objects.exists()
    client.post(url, {"kind": "week", "month_day": "1", "week_day": "5", "time": "16:30", "language": "nl"})
    one = ReportSubscription.objects.get()
    assert (one.person, one.kind, one.day, one.time, one.language) == (cast.tess, "week", 5, time(16, 30), "nl")
    page = client.get(url).content.decode()
    removal = reverse("desk:report_subscription_removal", args=[one.pk])
    assert removal in page and "tess@desk.example" in page
    assert sign_in(cast.tom).post(removal).status_code == 404
    assert client.post(removal).status_code == 302
    assert not ReportSubscription.objects.exists()
