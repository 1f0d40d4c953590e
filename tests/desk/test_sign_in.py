"""Sign-in: by password, without a word on who exists, and not by trying."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.urls import reverse

from mainstay.people.actions import give_new_password
from mainstay.people.models import Person
from tests.cast import Cast

LOGIN = "/accounts/login/"
AT = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_one_has_tried_yet(db: None) -> None:
    cache.clear()


def test_the_right_password_leads_to_the_page_that_was_asked_for(cast: Cast, sign_in: Any) -> None:
    password = give_new_password(cast.tess.account, at=AT)
    client = sign_in()
    asked = client.get(reverse("desk:averages"))
    answer = client.post(asked["Location"], {"login": "Tess@desk.example", "password": password})
    assert (answer.status_code, answer["Location"]) == (302, "/averages")


def test_a_foreign_address_to_go_on_to_is_ignored(cast: Cast, sign_in: Any) -> None:
    password = give_new_password(cast.tess.account, at=AT)
    answer = sign_in().post(LOGIN + "?next=//evil.example/", {"login": "tess@desk.example", "password": password})
    assert answer["Location"] == "/"


def test_a_wrong_password_and_an_unknown_address_look_alike_and_take_alike(
    cast: Cast, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Time is what the slow hash takes: it is worked out once for each, whether there is an account or not."""
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda self, *words, **more: hashed.append("once") or encode(self, *words, **more)
    )
    told = []
    for address in ("tess@desk.example", "nobody@desk.example"):
        hashed.clear()
        page = sign_in().post(LOGIN, {"login": address, "password": "wrong-wrong"}).content.decode()
        told.append((hashed.copy(), page.split('role="alert"', 1)[-1].split("</p>", 1)[0]))
    assert told[0] == told[1]
    assert told[0][0] == ["once"]


@pytest.mark.parametrize("address", ["tess@desk.example", "nobody@desk.example"])
def test_trying_passwords_is_stopped_whether_the_account_is_there_or_not(
    cast: Cast, sign_in: Any, address: str
) -> None:
    """The count lies in the database, so that it holds however many processes answer; see tests/stories/test_lock_out.py."""
    told = [
        sign_in().post(LOGIN, {"login": address, "password": f"wrong-{number}"}).content.decode() for number in range(8)
    ]
    assert ["Too many wrong tries" in page for page in told] == [False] * 5 + [True] * 3


def test_spelling_the_address_or_the_host_in_another_way_gives_no_more_tries(
    cast: Cast, sign_in: Any, settings: Any
) -> None:
    password = give_new_password(cast.tess.account, at=AT)
    settings.ALLOWED_HOSTS = ["*"]
    ways = [
        ("tess@desk.example", "testserver"),
        ("TESS@desk.example", "desk.example"),
        (" tess@Desk.Example", "127.0.0.1"),
        ("tess@desk.example", "localhost:8000"),
        ("Tess@DESK.example", "[::1]"),
    ]
    for address, host in ways:
        sign_in().post(LOGIN, {"login": address, "password": "wrong-wrong"}, headers={"host": host})
    answer = sign_in().post(LOGIN, {"login": "tess@desk.example", "password": password})
    assert "Too many wrong tries" in answer.content.decode()


def test_the_wait_ends_and_a_colleague_at_the_same_network_address_never_waits(cast: Cast, sign_in: Any) -> None:
    right = {person: give_new_password(person.account, at=AT) for person in (cast.tess, cast.tom)}

    def comes_in(person: Person) -> bool:
        sent = {"login": person.account.email, "password": right[person]}
        return bool(sign_in().post(LOGIN, sent).status_code == 302)

    with time_machine.travel(AT, tick=False) as clock:
        for _ in range(30):
            sign_in().post(LOGIN, {"login": "tess@desk.example", "password": "wrong-wrong"})
        assert not comes_in(cast.tess)
        assert comes_in(cast.tom)
        clock.shift(timedelta(minutes=4, seconds=59))
        assert not comes_in(cast.tess)
        clock.shift(timedelta(seconds=2))
        assert comes_in(cast.tess)


def test_one_network_address_does_not_try_everybody(cast: Cast, sign_in: Any) -> None:
    for number in range(60):
        sign_in().post(LOGIN, {"login": f"person-{number}@desk.example", "password": "wrong-wrong"})
    answer = sign_in().post(LOGIN, {"login": "somebody@desk.example", "password": "wrong-wrong"})
    assert "Too many wrong tries" in answer.content.decode()


def test_a_command_ends_the_wait(cast: Cast, sign_in: Any, mainstay: Any) -> None:
    password = give_new_password(cast.tess.account, at=AT)
    for _ in range(5):
        sign_in().post(LOGIN, {"login": "tess@desk.example", "password": "wrong-wrong"})
    assert mainstay("staff", "unlock", "tess@desk.example", "--json")["unlocked"] is True
    assert mainstay("staff", "unlock", "tess@desk.example", "--json")["unlocked"] is False
    answer = sign_in().post(LOGIN, {"login": "tess@desk.example", "password": password})
    assert answer.status_code == 302


def test_nobody_signs_up_and_one_who_left_does_not_come_in(cast: Cast, sign_in: Any) -> None:
    assert sign_in().get("/accounts/signup/").status_code == 404
    password = give_new_password(cast.tess.account, at=AT)
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
    password = give_new_password(cast.tess.account, at=AT)
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
