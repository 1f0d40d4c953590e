"""The texts of mails in set-up: kept, refused beside the field, looked at before."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from mainstay.company.mail_texts import own_text
from tests.cast import Cast

OWN = "Beste {name},\n\nUw nummer is {number}. <b>\n\n{opening_hours}"


def test_a_text_is_looked_at_and_kept(cast: Cast, now: datetime, sign_in: Any) -> None:
    ada = sign_in(cast.ada)
    assert "Mainstay's text" in ada.get(reverse("desk:setup_mail_texts")).content.decode().replace("&#x27;", "'")
    url = reverse("desk:setup_mail_text", args=["acknowledgement", "nl"])
    assert "Beste Sanne" not in ada.get(url).content.decode()
    looked = ada.post(url, {"text": OWN, "preview": "1"}).content.decode()
    assert "Beste Sanne,\n\nUw nummer is 1234. &lt;b&gt;" in looked and own_text("acknowledgement", "nl") == ""
    assert ada.post(url, {"text": OWN}).status_code == 302
    assert own_text("acknowledgement", "nl") == OWN
    assert "your own text" in ada.get(reverse("desk:setup_mail_texts")).content.decode()


def test_what_is_refused_stands_in_the_field_again(cast: Cast, now: datetime, sign_in: Any) -> None:
    url = reverse("desk:setup_mail_text", args=["acknowledgement", "nl"])
    ada = sign_in(cast.ada)
    stale = ada.get(url).context["form"]["seen"].value()
    for given in ({"text": "Hoi {wie}"}, {"text": "Hoi {wie}", "preview": "1"}):
        answer = ada.post(url, given)
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "There is no {wie} here" in page and "Hoi {wie}" in page
    ada.post(url, {"text": OWN})
    answer = ada.post(url, {"text": "Nr. {number}", "seen": stale})
    page = answer.content.decode()
    assert answer.status_code == 422 and "Nr. {number}" in page and "Beste {name}" in page
    assert own_text("acknowledgement", "nl") == OWN


def test_unknown_mails_and_languages_are_not_there(cast: Cast, now: datetime, sign_in: Any) -> None:
    ada = sign_in(cast.ada)
    for kind, language in (("invoice", "nl"), ("rating", "xx")):
        assert ada.get(reverse("desk:setup_mail_text", args=[kind, language])).status_code == 404
