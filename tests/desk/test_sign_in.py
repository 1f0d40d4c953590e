"""Sign-in: by password, without a word on who exists, and not by trying."""

from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse

from mainstay.people.actions import give_new_password
from tests.cast import Cast

LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def no_one_has_tried_yet(db: None) -> None:
    cache.clear()


def test_the_right_password_leads_to_the_page_that_was_asked_for(cast: Cast, sign_in: Any) -> None:
    password = give_new_password(cast.tess.account)
    client = sign_in()
    asked = client.get(reverse("desk:averages"))
    answer = client.post(asked["Location"], {"login": "Tess@desk.example", "password": password})
    assert (answer.status_code, answer["Location"]) == (302, "/averages")


def test_a_foreign_address_to_go_on_to_is_ignored(cast: Cast, sign_in: Any) -> None:
    password = give_new_password(cast.tess.account)
    answer = sign_in().post(LOGIN + "?next=//evil.example/", {"login": "tess@desk.example", "password": password})
    assert answer["Location"] == "/"


def test_a_wrong_password_and_an_unknown_address_look_alike(cast: Cast, sign_in: Any) -> None:
    pages = [
        sign_in().post(LOGIN, {"login": address, "password": "wrong-wrong"}).content.decode()
        for address in ("tess@desk.example", "nobody@desk.example")
    ]
    told = [page.split('role="alert"', 1)[-1].split("</p>", 1)[0] for page in pages]
    assert told[0] == told[1]


def test_trying_passwords_is_stopped_for_every_process_alike(cast: Cast, sign_in: Any) -> None:
    """The count lies in the database, so that it holds however many processes answer."""
    password = give_new_password(cast.tess.account)
    for _ in range(5):
        sign_in().post(LOGIN, {"login": "tess@desk.example", "password": "wrong-wrong"})
    answer = sign_in().post(LOGIN, {"login": "tess@desk.example", "password": password})
    assert answer.status_code == 200
    assert "_auth_user_id" not in answer.wsgi_request.session


def test_nobody_signs_up_and_one_who_left_does_not_come_in(cast: Cast, sign_in: Any) -> None:
    assert sign_in().get("/accounts/signup/").status_code == 404
    password = give_new_password(cast.tess.account)
    cast.tess.account.is_active = False
    cast.tess.account.save()
    answer = sign_in().post(LOGIN, {"login": "tess@desk.example", "password": password})
    assert "_auth_user_id" not in answer.wsgi_request.session


@pytest.mark.parametrize(
    "url",
    [
        "/people?after=%00",
        "/?view=%00&after=%00~x",
        "/averages/tickets?month=2026-11&measure=%00&excluded=%00",
        "/sent?after=99999999999999999999999",
        "/aside?state=%00&after=-1",
        "/live-url?topics=ticket:%00+ticket:x+" + "ticket:99999999999999999999+" * 20,
        "/quiet-line?x=%ff",
    ],
)
def test_strange_questions_get_an_ordinary_answer(cast: Cast, sign_in: Any, url: str) -> None:
    assert sign_in(cast.sue).get(url).status_code == 200


@pytest.mark.parametrize("number", [0, 2**63, 10**30])
def test_numbers_that_no_ticket_has_are_not_found(cast: Cast, sign_in: Any, number: int) -> None:
    client = sign_in(cast.tess)
    for path in (f"/tickets/{number}", f"/sent/{number}", f"/attachments/{number}", f"/messages/{number}/text"):
        assert client.get(path).status_code == 404


def test_a_password_is_changed_and_the_other_devices_are_signed_out(cast: Cast, sign_in: Any) -> None:
    password = give_new_password(cast.tess.account)
    cast.tess.account.refresh_from_db()
    here, elsewhere = sign_in(cast.tess), sign_in(cast.tess)
    assert here.get("/accounts/password/change/").status_code == 200
    new = "quite-another-sentence"
    answer = here.post("/accounts/password/change/", {"oldpassword": password, "password1": new, "password2": new})
    assert answer.status_code == 302
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302


def test_signing_out_is_a_post(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.tess)
    assert client.get("/accounts/logout/").status_code == 200
    assert client.get("/").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/").status_code == 302
