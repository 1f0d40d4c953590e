"""The company's looks in the browser: its page, and what every page then shows."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from mainstay.company.looks import change_looks
from mainstay.company.models import Looks
from mainstay.files.actions import store_file
from tests.cast import Cast
from tests.company.test_looks import AT, SVG, png
from tests.desk.test_setup import hidden, text_of


@pytest.fixture(autouse=True)
def files_lie_elsewhere(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_every_page_shows_name_logo_and_accent_also_before_one_is_signed_in(cast: Cast, sign_in: Any) -> None:
    client, url = sign_in(cast.ada), reverse("desk:setup_looks")
    sent = {
        "name": "Portier",
        "accent": "#aa3300",
        "logo": SimpleUploadedFile(
            "logo.svg", png(), "image/svg+xml"
        ),  # known by its bytes, whatever it says of itself
        "signature_en": "Bye,\n{name}",
        "seen": hidden(client.get(url), "seen"),
    }
    assert client.post(url, sent).status_code == 302
    logo = Looks.objects.get().logo
    assert logo is not None
    for page in (client.get(reverse("desk:queue")), sign_in().get("/accounts/login/")):
        text = page.content.decode()
        assert "· Portier</title>" in text
        assert f'src="/looks/logo/{logo.sha256}"' in text
        assert '<link rel="stylesheet" href="/looks/accent-aa3300.css">' in text
    page = text_of(client.get(url))
    assert "Light pages:" in page and "Dark pages:" in page
    assert "-- Bye, Ada" in page


def test_without_looks_the_policys_name_and_mainstays_mark_are_shown(cast: Cast, sign_in: Any) -> None:
    text = sign_in(cast.ada).get(reverse("desk:queue")).content.decode()
    assert "· Portier Intercom</title>" in text
    assert "/looks/" not in text


def test_the_accent_is_a_style_sheet_that_anybody_may_keep(db: None, sign_in: Any) -> None:
    answer = sign_in().get(reverse("desk:looks_accent", args=["aa3300"]))
    assert answer.content == b":root { --brand: #aa3300; }\n"
    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert "public" in answer["Cache-Control"] and "immutable" in answer["Cache-Control"]


@pytest.mark.parametrize("colour", ["AA3300", "fff", "aa3300%0a", "red", "aa3300}"])
def test_nothing_but_a_colour_comes_into_the_style_sheet(db: None, sign_in: Any, colour: str) -> None:
    assert sign_in().get(f"/looks/accent-{colour}.css").status_code == 404


def test_the_logo_is_served_as_the_picture_it_is_and_no_other_file_is(cast: Cast, sign_in: Any) -> None:
    change_looks(name="", accent="", signatures={}, logo=png(), by=cast.ada, at=AT)
    logo, other = Looks.objects.get().logo, store_file(b"somebody's letter")
    assert logo is not None
    answer = sign_in().get(reverse("desk:looks_logo", args=[logo.sha256]))
    assert b"".join(answer.streaming_content) == png()
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert sign_in().get(reverse("desk:looks_logo", args=[other.sha256])).status_code == 404


def test_a_logo_that_the_storage_lost_breaks_no_page(cast: Cast, sign_in: Any, settings: Any, tmp_path: Any) -> None:
    change_looks(name="", accent="", signatures={}, logo=png(), by=cast.ada, at=AT)
    settings.MEDIA_ROOT = tmp_path / "elsewhere"
    logo = Looks.objects.get().logo
    assert logo is not None
    assert sign_in().get(reverse("desk:looks_logo", args=[logo.sha256])).status_code == 404
    assert sign_in(cast.ada).get(reverse("desk:setup_looks")).status_code == 200


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"accent": "red"}, "Write the colour like #00697f."),
        ({"logo": SVG}, "An SVG can hold programs"),
        ({"signature_nl": "{phone}"}, "Only these words can be filled in"),
        ({"name": "x" * 81}, "at most 80 characters"),
    ],
)
def test_what_cannot_be_used_is_refused_beside_its_field_and_the_rest_is_kept(
    cast: Cast, sign_in: Any, typed: dict[str, Any], said: str
) -> None:
    client, url = sign_in(cast.ada), reverse("desk:setup_looks")
    if "logo" in typed:
        typed = {"logo": SimpleUploadedFile("logo.png", typed["logo"], "image/png")}
    sent = {"name": "Portier", "signature_en": "Bye", "seen": hidden(client.get(url), "seen"), **typed}
    answer = client.post(url, sent)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert ">\nBye</textarea>" in answer.content.decode()
    assert not Looks.objects.exclude(name="").exists()


def test_who_wrote_while_another_did_sees_what_was_saved_and_keeps_their_words(cast: Cast, sign_in: Any) -> None:
    client, url = sign_in(cast.ada), reverse("desk:setup_looks")
    seen = hidden(client.get(url), "seen")
    change_looks(name="Theirs", accent="", signatures={}, by=cast.ada, at=AT)
    answer = client.post(url, {"name": "Mine", "seen": seen})
    assert answer.status_code == 422
    assert "Name: Theirs" in text_of(answer)
    assert 'value="Mine"' in answer.content.decode()
    assert client.post(url, {"name": "Mine", "seen": hidden(answer, "seen")}).status_code == 302
    assert Looks.objects.get().name == "Mine"
