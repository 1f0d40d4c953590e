"""Mail as it was sent, its files and pictures: shut documents, cookieless downloads, nothing for those who may not."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from django.conf import settings as site
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from mainstay.channels.email.actions import store_raw_mail
from mainstay.channels.email.models import RawMail
from mainstay.channels.email.states import RawState
from mainstay.desk.mail import cookieless
from mainstay.desk.mail.links import file_url
from mainstay.files.actions import store_file
from mainstay.lib.fetching import Fetched, NotFetched
from mainstay.tickets.models import Attachment, Message
from tests.cast import Cast
from tests.lib.listening import PNG
from tests.working import do_jobs

HTML = (
    '<p>Hello <b>you</b> <a href="https://larch.example/plan">plan</a></p><img src="cid:plan@larch" alt="Plan">'
    '<img src="https://pictures.example/banner.png" alt="Banner"><script>alert(1)</script>'
)
PICTURE = re.compile(r'src="(/files/[^"]+)"')


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def message(cast: Cast, now: datetime) -> Message:
    """What became of a mail with HTML, a picture in it and one from elsewhere."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Paula <paula@larch.example>", "support@intercom.example", "Plan"
    mail["Message-ID"] = "<1@larch.example>"
    mail.set_content("Hello you")
    mail.add_alternative(HTML, subtype="html")
    mail.get_payload()[1].add_related(PNG, "image", "png", cid="<plan@larch>", filename="plan.png")
    store_raw_mail(
        raw=mail.as_bytes(),
        envelope_from="paula@larch.example",
        envelope_to=["support@intercom.example"],
        peer="",
        mailbox="smtp",
    )
    do_jobs()
    return Message.objects.get(kind="inbound")


def attach(message: Message, content: bytes, name: str, content_type: str = "application/octet-stream") -> Attachment:
    return Attachment.objects.create(message=message, file=store_file(content, content_type), filename=name)


def status_of(url: str, host: str = "testserver") -> int:
    """What somebody without any cookie is answered; the file is read to its end."""
    answer = Client().get(url, headers={"host": host})
    if answer.streaming:
        assert b"".join(answer.streaming_content)
    return answer.status_code


def page_of(client: Any, message: Message, query: str = "") -> str:
    return client.get(reverse("desk:message_as_sent", args=[message.pk]) + query).content.decode()


# --- as it was sent --------------------------------------------------------------------------------------------------


def test_the_document_is_shut(message: Message, cast: Cast, sign_in: Any) -> None:
    answer = sign_in(cast.tess).get(reverse("desk:message_as_sent", args=[message.pk]))
    policy = dict(part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";"))
    assert policy == {
        "default-src": "'none'",
        "img-src": "'self'",
        "style-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'self'",
        "sandbox": "allow-popups allow-popups-to-escape-sandbox",
    }
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "alert(1)" not in answer.content.decode()


def test_the_frame_on_the_page_allows_no_more_than_the_document(message: Message, cast: Cast, sign_in: Any) -> None:
    page = sign_in(cast.tess).get(reverse("desk:ticket", args=[message.ticket.number]))
    frame = re.search(r"<iframe[^>]*>", page.content.decode())
    assert frame
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in frame[0]
    assert 'loading="lazy"' in frame[0]
    assert reverse("desk:message_as_sent", args=[message.pk]) in frame[0]
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]


def test_only_mail_that_came_as_html_offers_it(cast: Cast, now: datetime, message: Message, sign_in: Any) -> None:
    other = cast.writes(cast.olaf, now)
    pages = [
        sign_in(cast.tess).get(reverse("desk:ticket", args=[number])).content.decode()
        for number in (message.ticket.number, other.number)
    ]
    assert ["<iframe" in page for page in pages] == [True, False]
    RawMail.objects.update(has_html=False)
    page = sign_in(cast.tess).get(reverse("desk:ticket", args=[message.ticket.number])).content.decode()
    assert "<iframe" not in page
    assert reverse("desk:message_raw", args=[message.pk]) in page


def test_links_open_beside_and_tell_nothing(message: Message, cast: Cast, sign_in: Any) -> None:
    page = page_of(sign_in(cast.tess), message)
    assert '<base target="_blank">' in page
    assert '<a href="https://larch.example/plan" rel="noopener noreferrer">plan</a>' in page


def test_a_browser_keeps_it_and_asks_whether_it_still_may(message: Message, cast: Cast, sign_in: Any) -> None:
    client, url = sign_in(cast.tess), reverse("desk:message_as_sent", args=[message.pk])
    first = client.get(url)
    assert first["Cache-Control"] == "private, no-cache"
    again = client.get(url, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(url + "?images=1", headers={"if-none-match": first["ETag"]}).status_code == 200
    cast.tess.account.is_active = False
    cast.tess.account.save()
    assert client.get(url, headers={"if-none-match": first["ETag"]}).status_code == 302


def test_the_picture_in_the_mail_is_shown_and_the_one_from_elsewhere_is_not(
    message: Message, cast: Cast, sign_in: Any
) -> None:
    page = page_of(sign_in(cast.tess), message)
    (picture,) = PICTURE.findall(page)
    answer = Client().get(picture)
    assert (answer["Content-Type"], b"".join(answer.streaming_content)) == ("image/png", PNG)
    assert "pictures.example" not in page
    assert "This picture was not loaded." in page


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was asked of the internet, which answers with one picture."""
    asked: list[str] = []

    def fetch(url: str) -> Fetched:
        asked.append(url)
        if "nothing" in url:
            raise NotFetched("a secret of our network")
        return Fetched(PNG, "image/png")

    monkeypatch.setattr(cookieless, "fetch_image", fetch)
    return asked


def test_pictures_from_elsewhere_come_through_us_when_asked_for(
    message: Message, cast: Cast, sign_in: Any, fetched: list[str]
) -> None:
    page = page_of(sign_in(cast.tess), message, "?images=1")
    assert fetched == []
    (outside,) = [url for url in PICTURE.findall(page) if "/outside/" in url]
    assert "pictures.example" not in page
    answer = Client().get(outside)
    assert fetched == ["https://pictures.example/banner.png"]
    check_painted(answer)
    assert answer.content == PNG


def test_what_was_not_fetched_is_not_found_and_not_explained(message: Message, cast: Cast, fetched: list[str]) -> None:
    answer = Client().get(file_url("outside", cast.tess, message.pk, "https://pictures.example/nothing.png"))
    assert answer.status_code == 404
    assert b"secret" not in answer.content


def test_no_more_pictures_are_fetched_at_once_than_there_are_places(
    message: Message, cast: Cast, fetched: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cookieless, "PATIENCE_SECONDS", 0.01)
    for _ in range(cookieless.FETCHED_AT_ONCE):
        assert cookieless._places.acquire(blocking=False)
    url = file_url("outside", cast.tess, message.pk, "https://pictures.example/a.png")
    try:
        assert Client().get(url).status_code == 503
    finally:
        for _ in range(cookieless.FETCHED_AT_ONCE):
            cookieless._places.release()
    assert Client().get(url).status_code == 200


def test_a_mail_does_not_make_us_fetch_without_end(cast: Cast, message: Message, sign_in: Any) -> None:
    html = "".join(f'<img src="https://pictures.example/{number}.png">' for number in range(300))
    mail = EmailMessage()
    mail.set_content(html, subtype="html")
    RawMail.objects.update(raw=mail.as_bytes())
    page = page_of(sign_in(cast.tess), message, "?images=1")
    assert len(PICTURE.findall(page)) == 100
    assert page.count("This picture was not loaded.") == 200


# --- links that die --------------------------------------------------------------------------------------------------


def kinds_of_links(cast: Cast, message: Message) -> dict[str, str]:
    picture = message.attachments.get()
    return {
        "download": file_url("download", cast.tess, picture.pk),
        "picture": file_url("picture", cast.tess, picture.pk),
        "outside": file_url("outside", cast.tess, message.pk, "https://pictures.example/a.png"),
    }


@pytest.mark.parametrize("kind", ["download", "picture", "outside"])
def test_a_link_ends_by_itself_and_with_its_readers_access(
    kind: str, message: Message, cast: Cast, fetched: list[str]
) -> None:
    url = kinds_of_links(cast, message)[kind]
    assert status_of(url) == 200
    with time_machine.travel(datetime.now().astimezone() + timedelta(minutes=21), tick=False):
        assert Client().get(url).status_code == 404
    cast.tess.account.is_active = False
    cast.tess.account.save()
    assert Client().get(url).status_code == 404


@pytest.mark.parametrize("kind", ["download", "picture", "outside"])
def test_a_link_is_for_what_it_names_only(kind: str, message: Message, cast: Cast, fetched: list[str]) -> None:
    url = kinds_of_links(cast, message)[kind]
    _nothing, _files, _kind, what, signed = url.split("/")
    others = [f"/files/{other}/{what}/{signed}" for other in {"download", "picture", "outside"} - {kind}]
    others += [
        f"/files/{kind}/{int(what) + 1}/{signed}",
        url[:-1],
        url + "x",
        f"/files/{kind}/{what}/",
        "/files/",
        "/files/x",
    ]
    others += [
        f"/files/{kind}/{what}/../{signed}",
        f"/files/{kind}/{'9' * 30}/{signed}",
        f"/files/{kind}/{what}/%00{signed}",
    ]
    assert [Client().get(other).status_code for other in others] == [404] * len(others)
    assert fetched == []


def test_what_is_gone_is_not_found(message: Message, cast: Cast, fetched: list[str]) -> None:
    links = kinds_of_links(cast, message)
    (file,) = [attachment.file for attachment in message.attachments.all()]
    (site.MEDIA_ROOT / file.path).unlink()
    assert [Client().get(links[kind]).status_code for kind in ("download", "picture")] == [404, 404]
    missing = file_url("outside", cast.tess, message.pk + 1000, "https://pictures.example/a.png")
    assert Client().get(missing).status_code == 404
    assert fetched == []


# --- files -----------------------------------------------------------------------------------------------------------


def check_shut(answer: HttpResponse) -> None:
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Cache-Control"].startswith("private")
    assert not answer.cookies
    assert "Vary" not in answer


def check_painted(answer: HttpResponse) -> None:
    check_shut(answer)
    assert answer["Content-Type"] == "image/png"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.parametrize(
    ("content", "kind", "name", "served", "saved_as"),
    [
        (b"%PDF-1.4", "application/pdf", "plan.pdf", "application/pdf", 'attachment; filename="plan.pdf"'),
        (b"<script>", "text/html", "a.html", "application/octet-stream", 'attachment; filename="a.html"'),
        (b"<svg/>", "image/svg+xml; x", "a.svg", "application/octet-stream", 'attachment; filename="a.svg"'),
        (b"x", "image/svg+xml", "é.svg", "application/octet-stream", "attachment; filename*=utf-8''%C3%A9.svg"),
        (b"x", "text/plain", 'a";x=b\r\n.bat', "application/octet-stream", 'attachment; filename="a__x=b.bat"'),
        (b"x", "text/plain", "../../x", "application/octet-stream", 'attachment; filename="_.._x"'),
        (b"x", "text/plain", "CON", "application/octet-stream", 'attachment; filename="_CON"'),
        (PNG, "image/png", "plan\u202egnp.exe", "image/png", 'attachment; filename="plangnp.exe"'),
    ],
)
def test_a_file_is_always_a_download_under_a_harmless_name(
    content: bytes, kind: str, name: str, served: str, saved_as: str, message: Message, cast: Cast, sign_in: Any
) -> None:
    given = attach(message, content, name, kind)
    client = sign_in(cast.tess)
    leads = client.get(reverse("desk:attachment", args=[given.pk]))
    assert leads.status_code == 302
    answer = client.get(leads["Location"])
    check_shut(answer)
    assert (answer["Content-Type"], answer["Content-Disposition"]) == (served, saved_as)
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert b"".join(answer.streaming_content) == content


@pytest.mark.parametrize(
    "content",
    [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html>", b"%PDF-1.4", b"GIF89", b"", b"\x89PNG\r\n\x1a\n<script>"],
)
def test_what_is_no_picture_by_its_bytes_is_not_painted(
    content: bytes, message: Message, cast: Cast, sign_in: Any
) -> None:
    """Also when somebody once wrote down that it is one."""
    given = attach(message, content, "a.png", "image/png")
    client = sign_in(cast.tess)
    assert client.get(client.get(reverse("desk:attachment_preview", args=[given.pk]))["Location"]).status_code == 404


def test_a_picture_is_painted_in_the_page(message: Message, cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.tess)
    url = reverse("desk:attachment_preview", args=[message.attachments.get().pk])
    assert f'<img src="{url}"' in client.get(reverse("desk:ticket", args=[message.ticket.number])).content.decode()
    answer = client.get(client.get(url)["Location"])
    check_painted(answer)
    assert b"".join(answer.streaming_content) == PNG


def test_no_cookie_is_read_or_set_where_files_come_from(message: Message, cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.tess)
    url = file_url("download", cast.tom, message.attachments.get().pk)
    assert client.cookies
    answer = client.get(url)
    request = answer.wsgi_request
    assert (request.COOKIES, request.META.get("HTTP_COOKIE")) == ({}, None)
    assert not hasattr(request, "session")
    assert not answer.cookies
    answer.close()


def test_files_are_only_read(message: Message, cast: Cast) -> None:
    url = file_url("download", cast.tess, message.attachments.get().pk)
    assert Client().post(url).status_code == 405
    head = Client().head(url)
    assert (head.status_code, b"".join(head)) == (200, b"")
    head.close()


def test_with_a_host_of_their_own_files_come_from_there_and_nothing_else_does(
    message: Message, cast: Cast, sign_in: Any, settings: Any
) -> None:
    settings.FILES_URL = "https://files.desk.example"
    settings.ALLOWED_HOSTS = ["testserver", "files.desk.example"]
    client = sign_in(cast.tess)
    away = client.get(reverse("desk:attachment", args=[message.attachments.get().pk]))["Location"]
    assert away.startswith("https://files.desk.example/files/download/")
    path = away.removeprefix("https://files.desk.example")
    assert status_of(path, "files.desk.example") == 200
    assert Client().get(path).status_code == 404
    for page in ("/", "/accounts/login/", "/static/ui/css/base.css"):
        assert Client().get(page, headers={"host": "files.desk.example"}).status_code == 404
    policy = client.get(reverse("desk:message_as_sent", args=[message.pk]))["Content-Security-Policy"]
    assert "img-src 'self' https://files.desk.example;" in policy


def test_a_host_that_is_not_ours_gets_no_file(message: Message, cast: Cast) -> None:
    url = file_url("download", cast.tess, message.attachments.get().pk)
    assert Client().get(url, headers={"host": "evil.example"}).status_code == 400


# --- the raw mail ----------------------------------------------------------------------------------------------------


def check_raw(answer: Any, mail: RawMail) -> None:
    assert answer.content == bytes(mail.raw)
    assert answer["Content-Type"] == "message/rfc822"
    assert answer["Content-Disposition"] == f'attachment; filename="mail-{mail.pk}.eml"'
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_the_mail_itself_is_a_download(message: Message, cast: Cast, sign_in: Any) -> None:
    mail = RawMail.objects.get()
    check_raw(sign_in(cast.dev).get(reverse("desk:message_raw", args=[message.pk])), mail)
    RawMail.objects.update(message=None, state=RawState.SET_ASIDE)
    check_raw(sign_in(cast.tess).get(reverse("desk:aside_raw", args=[mail.pk])), mail)


@pytest.mark.parametrize("name", ["message_as_sent", "message_raw", "attachment", "attachment_preview"])
def test_nothing_of_it_is_for_those_who_do_not_work_here(
    name: str, message: Message, cast: Cast, sign_in: Callable[..., Any]
) -> None:
    key = message.attachments.get().pk if name.startswith("attachment") else message.pk
    url, missing = (reverse(f"desk:{name}", args=[number]) for number in (key, 987654321))
    assert [sign_in().get(asked)["Location"].split("?")[0] for asked in (url, missing)] == ["/accounts/login/"] * 2
    assert sign_in(cast.tess).get(missing).status_code == 404


# --- the sender ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "address", "warns"),
    [
        ("Support <ceo@intercom.example>", "evil@stranger.example", "The name shows another address"),
        ("Pаula", "evil@stranger.example", "different alphabets"),
        ("Paula\u202e", "evil@stranger.example", "invisible characters"),
        ("Sam", "sam@stranger.example", ""),
    ],
)
def test_the_address_stands_beside_the_name_and_a_trick_is_named(
    name: str, address: str, warns: str, cast: Cast, now: datetime, sign_in: Any
) -> None:
    ticket = cast.writes(address, now, sender_name=name)
    page = sign_in(cast.tess).get(reverse("desk:ticket", args=[ticket.number])).content.decode()
    head = re.search(r'<header class="message-head">.*?</header>', page, re.DOTALL)
    assert head
    assert address in head[0]
    assert (warns in head[0]) if warns else "message-warning" not in head[0]
