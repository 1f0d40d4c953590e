"""Sessions: where one is signed in, how they end, what is kept of them; and who may come to which page of accounts."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.conf import settings as django_settings
from django.contrib.sessions.backends.base import UpdateError
from django.core.cache import cache
from django.test import override_settings

from mainstay.company.actions import forget_what_is_over
from mainstay.company.models import Session
from mainstay.company.sessions import key_hash
from mainstay.people.actions import give_new_password
from mainstay.people.staffing import deactivate
from tests.cast import Cast
from tests.conftest import DeskClient
from tests.signing_in import LOGIN, by_password, is_signed_in, set_up_app, types

AT = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML) Version/18.1 Safari/604.1"
SECURITY = "/preferences/security"


@pytest.fixture(autouse=True)
def nobody_has_tried(db: None, settings: Any, tmp_path: Any) -> None:
    cache.clear()
    settings.DATA_DIR = tmp_path


def shown(client: DeskClient) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", client.get(SECURITY).content.decode()).split())


def signed_in_twice(cast: Cast) -> tuple[DeskClient, DeskClient, str]:
    """Tess at her computer and on her phone."""
    here, _answer, password = by_password(cast.tess, agent=FIREFOX)
    phone = DeskClient(HTTP_USER_AGENT=PHONE, REMOTE_ADDR="203.0.113.7")
    types(phone, cast.tess, password)
    return here, phone, password


def test_one_sees_where_one_is_signed_in_and_how(cast: Cast) -> None:
    here, _phone, _password = signed_in_twice(cast)
    page = shown(here)
    assert re.search(r"Firefox, Linux this browser since just now ,[^:]+:\d\d UTC by password from 127\.0\.0\.1", page)
    assert re.search(
        r"Safari, iPhone since just now ,[^:]+:\d\d UTC by password from 203\.0\.113\.7 · seen just now", page
    )


def test_nobody_sees_another_s_places(cast: Cast, sign_in: Any) -> None:
    signed_in_twice(cast)
    assert "iPhone" not in shown(sign_in(cast.tom))
    tess = Session.objects.filter(account=cast.tess.account)
    for session in tess:
        assert sign_in(cast.tom).post(f"{SECURITY}/sessions/{session.pk}/end").status_code == 404
    assert tess.count() == 2


def test_another_browser_is_signed_out(cast: Cast) -> None:
    here, phone, _password = signed_in_twice(cast)
    url = re.findall(rf'action="({SECURITY}/sessions/\d+/end)"', here.get(SECURITY).content.decode())[0]
    assert here.post(url)["Location"] == SECURITY
    assert is_signed_in(here)
    assert not is_signed_in(phone)
    assert here.post(url).status_code == 404


def test_this_browser_is_signed_out_by_the_usual_way_only(cast: Cast) -> None:
    here, _phone, _password = signed_in_twice(cast)
    own = Session.objects.get(key_hash=key_hash(here.session.session_key))
    assert here.post(f"{SECURITY}/sessions/{own.pk}/end")["Location"] == "/accounts/logout/"
    assert is_signed_in(here)


def test_all_others_are_signed_out_at_once(cast: Cast, sign_in: Any) -> None:
    here, phone, _password = signed_in_twice(cast)
    tom = sign_in(cast.tom)
    here.post(f"{SECURITY}/sessions/others/end")
    assert [is_signed_in(client) for client in (here, phone, tom)] == [True, False, True]
    assert Session.objects.filter(account=cast.tess.account).count() == 1


def test_a_changed_password_signs_out_everywhere_else(cast: Cast) -> None:
    here, phone, password = signed_in_twice(cast)
    new = "quite-another-sentence"
    before = here.session.session_key
    here.post("/accounts/password/change/", {"oldpassword": password, "password1": new, "password2": new})
    assert [is_signed_in(client) for client in (here, phone)] == [True, False]
    assert here.session.session_key != before
    assert Session.objects.filter(account=cast.tess.account).count() == 1


@pytest.mark.parametrize("verb", ["password", "deactivate"])
def test_a_new_password_by_command_and_leaving_end_every_session_at_once(cast: Cast, verb: str) -> None:
    here, phone, _password = signed_in_twice(cast)
    if verb == "password":
        give_new_password(cast.tess.account, at=AT)
    else:
        deactivate(cast.tess.account, by=cast.ada, at=AT)
    assert [is_signed_in(client) for client in (here, phone)] == [False, False]


def test_commands_help_who_can_t_get_in(cast: Cast, mainstay: Any) -> None:
    here, phone, _password = signed_in_twice(cast)
    set_up_app(here)
    assert "browsers: 2" in mainstay("staff", "sign-out", "tess@desk.example").output
    assert [is_signed_in(client) for client in (here, phone)] == [False, False]
    assert "password alone" in mainstay("staff", "reset-second-factor", "tess@desk.example").output
    assert "had no second factor" in mainstay("staff", "reset-second-factor", "tess@desk.example").output
    here, _answer, _password = by_password(cast.tess)
    assert is_signed_in(here)
    mainstay("staff", "require-second-factor", "on")
    assert not is_signed_in(here)
    mainstay("staff", "require-second-factor", "off")
    assert is_signed_in(here)


def test_a_session_that_somebody_planted_is_not_the_one_that_signs_in(cast: Cast) -> None:
    victim = DeskClient()
    victim.get("/accounts/passkeys/login/", headers={"Accept": "application/json"})
    planted = victim.cookies[django_settings.SESSION_COOKIE_NAME].value
    password = give_new_password(cast.tess.account, at=AT)
    types(victim, cast.tess, password)
    assert is_signed_in(victim)
    attacker = DeskClient()
    attacker.cookies[django_settings.SESSION_COOKIE_NAME] = planted
    assert not is_signed_in(attacker)
    # Nor is a key taken up that nobody made here.
    inventor = DeskClient()
    inventor.cookies[django_settings.SESSION_COOKIE_NAME] = "a" * 32
    types(inventor, cast.tess, password)
    assert inventor.cookies[django_settings.SESSION_COOKIE_NAME].value != "a" * 32


def test_who_reads_the_database_or_a_page_can_t_go_on_as_somebody(cast: Cast) -> None:
    here, _phone, _password = signed_in_twice(cast)
    key = here.session.session_key
    rows = str(list(Session.objects.values()))
    assert key not in rows
    assert key not in here.get(SECURITY).content.decode()
    thief = DeskClient()
    thief.cookies[django_settings.SESSION_COOKIE_NAME] = Session.objects.first().key_hash
    assert not is_signed_in(thief)


def test_signing_out_leaves_nothing_behind(cast: Cast) -> None:
    here, _answer, _password = by_password(cast.tess)
    key = here.session.session_key
    here.post("/accounts/logout/")
    assert not Session.objects.filter(key_hash=key_hash(key)).exists()


def test_a_session_that_was_ended_does_not_come_back_by_a_page_that_was_on_its_way(cast: Cast) -> None:
    here, _answer, _password = by_password(cast.tess)
    session = here.session
    session["written"] = "late"
    Session.objects.all().delete()
    with pytest.raises(UpdateError):
        session.save()
    assert not Session.objects.exists()


def test_where_it_was_seen_is_told_every_few_minutes(cast: Cast) -> None:
    with time_machine.travel(AT, tick=False) as clock:
        here, _answer, _password = by_password(cast.tess, agent=FIREFOX)
        clock.shift(timedelta(minutes=4))
        here.get("/people")
        assert Session.objects.get().seen_at == AT
        clock.shift(timedelta(minutes=2))
        here.get("/people", headers={"User-Agent": PHONE})
        session = Session.objects.get()
        assert (session.seen_at, session.agent) == (AT + timedelta(minutes=6), PHONE)


def test_sessions_end_by_themselves_and_what_never_signed_in_soon(cast: Cast) -> None:
    with time_machine.travel(AT, tick=False) as clock:
        here, _answer, _password = by_password(cast.tess)
        DeskClient().get("/accounts/passkeys/login/", headers={"Accept": "application/json"})
        assert Session.objects.count() == 2
        clock.shift(timedelta(hours=3))
        forget_what_is_over()
        assert [one.account for one in Session.objects.all()] == [cast.tess.account]
        clock.shift(timedelta(days=14))
        assert not is_signed_in(here)
        forget_what_is_over()
        assert not Session.objects.exists()


def test_the_list_takes_as_many_queries_for_thirty_as_for_one(cast: Cast, django_assert_max_num_queries: Any) -> None:
    here, _answer, password = by_password(cast.tess)
    here.get(SECURITY)
    counts = []
    for number in (1, 30):
        while Session.objects.count() < number:
            types(DeskClient(), cast.tess, password)
        with django_assert_max_num_queries(99) as counted:
            here.get(SECURITY)
        counts.append(len(counted))
    assert counts[0] == counts[1]


def test_cookies_are_for_this_host_and_no_script(cast: Cast, sign_in: Any) -> None:
    here, _answer, _password = by_password(cast.tess)
    cookie = here.cookies[django_settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")
    with override_settings(SESSION_COOKIE_SECURE=True, SESSION_COOKIE_NAME="__Host-mainstay-session"):
        secure = DeskClient()
        types(secure, cast.tess, give_new_password(cast.tess.account, at=AT))
        assert secure.cookies["__Host-mainstay-session"]["secure"] is True


# --- pages of accounts: a stranger and each role ----------------------------------------------------------------------

OPEN = {"/accounts/login/", "/accounts/inactive/", "/accounts/by/cancelled/", "/accounts/by/failed/"}
OWN = {
    "/accounts/password/change/",
    "/accounts/again/",
    "/accounts/second-factor/",
    "/accounts/second-factor/again/",
    "/accounts/second-factor/app/",
    "/accounts/second-factor/app/removal/",
    "/accounts/second-factor/codes/",
    "/accounts/second-factor/codes/new/",
    "/accounts/second-factor/codes/file/",
    "/accounts/passkeys/",
    "/accounts/passkeys/new/",
    "/accounts/passkeys/again/",
    "/accounts/passkeys/1/",
    "/accounts/passkeys/1/removal/",
}


@pytest.mark.parametrize("url", sorted(OWN))
def test_a_stranger_is_asked_to_sign_in_at_every_page_of_an_account(cast: Cast, sign_in: Any, url: str) -> None:
    for method in ("get", "post"):
        answer = getattr(sign_in(), method)(url)
        if answer.status_code == 302 and answer["Location"] == SECURITY:
            answer = sign_in().get(answer["Location"])
        assert answer.status_code in (302, 403), (method, answer.status_code)
        if answer.status_code == 302:
            assert answer["Location"].startswith(LOGIN), (method, answer["Location"])


def test_every_role_has_the_same_pages_of_its_own_account(cast: Cast) -> None:
    for person in (cast.tess, cast.dev, cast.sue, cast.ada):
        client, _answer, _password = by_password(person)
        set_up_app(client)
        for url in OWN - {"/accounts/again/", "/accounts/passkeys/1/", "/accounts/passkeys/1/removal/"}:
            answer = client.get(url, follow=True)
            assert answer.status_code == 200, (person, url)


def test_a_passkey_of_somebody_else_is_not_there(cast: Cast) -> None:
    theirs = Authenticator.objects.create(
        user=cast.tom.account, type="webauthn", data={"name": "Key", "credential": {}}
    )
    client, _answer, _password = by_password(cast.tess)
    for url in (f"/accounts/passkeys/{theirs.pk}/", f"/accounts/passkeys/{theirs.pk}/removal/"):
        assert client.get(url).status_code == 404
        assert client.post(url, {"name": "Mine"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.data["name"] == "Key"


@pytest.mark.parametrize("url", sorted(OPEN))
def test_what_leads_in_is_open_to_everybody(sign_in: Any, url: str) -> None:
    assert sign_in().get(url).status_code == (401 if "failed" in url else 200)


ANSWERS = [
    "",
    "x",
    "5",
    "[]",
    "null",
    "{}",
    '{"id":1}',
    '{"id":"a","rawId":"a"}',
    '{"rawId":"YQ","response":5}',
    "[" * 3000,
]
ANSWERS += [
    '{"id":"YQ","rawId":"YQ","type":"public-key","response":{"clientDataJSON":"YQ","attestationObject":"YQ"}}',
    '{"id":"YQ","rawId":"YQ","type":"public-key","response":{"clientDataJSON":"e30","attestationObject":"oWNmbXRkbm9uZQ"}}',
    '{"id":"YQ","rawId":"YQ","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"YQ","signature":"YQ"'
    ',"userHandle":"MQ"}}',
    '{"id":"YQ","rawId":"YQ","type":"x","response":{"clientDataJSON":"e30","authenticatorData":"YQ","signature":"","userHandle":5}}',
    '{"id":"YQ","rawId":"YQ","response":{"clientDataJSON":"W10","authenticatorData":"'
    + "A" * 60
    + '","signature":"YQ","userHandle":"_w"}}',
    '{"id":"é","rawId":"é","response":{}}',
    '{"id":"YQ","rawId":"YQ","response":{"clientDataJSON":"YQ","attestationObject":"n5-fn5-fn5-fn5-fn58"}}',
]


@pytest.mark.parametrize("answer", ANSWERS)
def test_whatever_claims_to_be_a_passkey_s_answer_is_just_wrong(cast: Cast, answer: str) -> None:
    """Also when the address in it is somebody's: nothing is opened, and nothing breaks."""
    stranger = DeskClient()
    stranger.get("/accounts/passkeys/login/", headers={"Accept": "application/json"})
    told = stranger.post("/accounts/passkeys/login/", {"credential": answer})
    assert (told.status_code, told["Location"]) == (302, LOGIN)
    assert not is_signed_in(stranger)
    client, _answer, _password = by_password(cast.tess)
    client.get("/accounts/passkeys/new/")
    assert client.post("/accounts/passkeys/new/", {"credential": answer, "name": "Key"}).status_code == 200
