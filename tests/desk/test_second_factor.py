"""A second factor: codes of an app, recovery codes, what happens to wrong ones, and that the company can ask for one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.urls import URLPattern, reverse

from mainstay.audit.models import SettingChange
from mainstay.company.actions import require_second_factor, reset_second_factor
from mainstay.desk.accounts.urls import urlpatterns
from mainstay.notifications.models import Notification
from tests.cast import Cast
from tests.desk.test_doors import MATRIX, Stage, stage
from tests.signing_in import (
    APP,
    CODES,
    STEP,
    by_password,
    code_of,
    is_signed_in,
    recovery_codes,
    set_up_app,
    types,
)

AT = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)
__all__ = ["stage"]


@pytest.fixture(autouse=True)
def a_moment_that_stands_still(db: None, settings: Any, tmp_path: Any) -> Any:
    cache.clear()
    settings.DATA_DIR = tmp_path  # where the key that seals is made
    with time_machine.travel(AT, tick=False) as clock:
        yield clock


def test_a_code_of_the_app_is_asked_for_after_the_password(cast: Cast) -> None:
    client, _answer, password = by_password(cast.tess)
    secret = set_up_app(client)
    another = type(client)()
    answer = types(another, cast.tess, password, then="/people")
    assert (answer.status_code, answer["Location"]) == (302, STEP)
    assert not is_signed_in(another)
    with time_machine.travel(AT + timedelta(minutes=2), tick=False):
        answer = another.post(STEP, {"code": code_of(secret)})
        assert (answer.status_code, answer["Location"]) == (302, "/people")
        assert is_signed_in(another)


@pytest.mark.parametrize(("steps", "is_good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_clocks_may_differ_by_half_a_minute(cast: Cast, steps: int, is_good: bool) -> None:
    client, _answer, password = by_password(cast.tess)
    secret = set_up_app(client)
    with time_machine.travel(AT + timedelta(minutes=5), tick=False):
        another = type(client)()
        types(another, cast.tess, password)
        another.post(STEP, {"code": code_of(secret, steps=steps)})
        assert is_signed_in(another) is is_good


def test_a_code_opens_once_as_long_as_it_could_be_good(cast: Cast) -> None:
    """Also when it is seen over a shoulder, and typed a minute later."""
    client, _answer, password = by_password(cast.tess)
    secret = set_up_app(client)
    with time_machine.travel(AT + timedelta(minutes=5), tick=False) as clock:
        code = code_of(secret, steps=1)
        first, second = type(client)(), type(client)()
        types(first, cast.tess, password)
        first.post(STEP, {"code": code})
        assert is_signed_in(first)
        clock.shift(timedelta(seconds=58))
        types(second, cast.tess, password)
        answer = second.post(STEP, {"code": f"{code[:3]} {code[3:]}"})
        assert "not right, or was used already" in answer.content.decode()
        assert not is_signed_in(second)


def test_a_recovery_code_opens_once(cast: Cast) -> None:
    client, _answer, password = by_password(cast.tess)
    set_up_app(client)
    codes = recovery_codes(client)
    assert len(set(codes)) == 10
    for is_good in (True, False):
        another = type(client)()
        types(another, cast.tess, password)
        another.post(STEP, {"code": codes[3]})
        assert is_signed_in(another) is is_good
    assert len(recovery_codes(client)) == 9
    page = client.get(reverse("desk:security")).content.decode()
    assert "9 codes are left" in page


def test_new_recovery_codes_make_the_old_ones_useless(cast: Cast) -> None:
    client, _answer, password = by_password(cast.tess)
    set_up_app(client)
    old = recovery_codes(client)
    assert client.post(f"{CODES}new/").status_code == 302
    assert not set(old) & set(recovery_codes(client))
    another = type(client)()
    types(another, cast.tess, password)
    another.post(STEP, {"code": old[0]})
    assert not is_signed_in(another)


def test_the_file_of_recovery_codes_holds_them_and_is_not_kept(cast: Cast) -> None:
    client, _answer, _password = by_password(cast.tess)
    set_up_app(client)
    answer = client.get(f"{CODES}file/")
    assert answer["Content-Type"].startswith("text/plain")
    assert "no-store" in answer["Cache-Control"]
    assert [line for line in answer.content.decode().splitlines() if line.isdigit()] == recovery_codes(client)


def test_guessing_codes_is_stopped(cast: Cast) -> None:
    client, _answer, password = by_password(cast.tess)
    secret = set_up_app(client)
    another = type(client)()
    with time_machine.travel(AT + timedelta(minutes=5), tick=False):
        types(another, cast.tess, password)
        for _ in range(5):
            another.post(STEP, {"code": "000000"})
        answer = another.post(STEP, {"code": code_of(secret)})
        assert "Too many wrong tries" in answer.content.decode()
        assert not is_signed_in(another)
    with time_machine.travel(AT + timedelta(minutes=11), tick=False):
        another.post(STEP, {"code": code_of(secret)})
        assert is_signed_in(another)


def test_secrets_lie_sealed_in_the_database(cast: Cast) -> None:
    client, _answer, _password = by_password(cast.tess)
    secret = set_up_app(client)
    stored = {one.type: one.data for one in Authenticator.objects.filter(user=cast.tess.account)}
    assert secret not in str(stored)
    assert stored["totp"]["secret"].startswith("gAAAA")
    assert stored["recovery_codes"]["seed"].startswith("gAAAA")
    assert secret not in str(client.session.items())


def test_without_the_key_nobody_comes_in_by_a_code_and_it_is_said(cast: Cast, tmp_path: Any) -> None:
    client, _answer, password = by_password(cast.tess)
    secret = set_up_app(client)
    (tmp_path / "secret_keys").unlink()
    another = type(client)()
    types(another, cast.tess, password)
    answer = another.post(STEP, {"code": code_of(secret, steps=1)})
    assert answer.status_code == 409
    assert "put the keys it was sealed with back" in answer.content.decode()
    assert not is_signed_in(another)
    assert not (tmp_path / "secret_keys").exists()


def test_who_signed_in_long_ago_is_asked_again_before_it_is_changed(cast: Cast) -> None:
    client, _answer, password = by_password(cast.tess)
    with time_machine.travel(AT + timedelta(minutes=6), tick=False):
        answer = client.get(APP)
        assert answer["Location"].startswith("/accounts/again/?")
        answer = client.post(answer["Location"], {"password": "wrong-wrong", "next": APP})
        assert "not right" in answer.content.decode()
        answer = client.post("/accounts/again/", {"password": password, "next": APP})
        assert (answer.status_code, answer["Location"]) == (302, APP)
        assert client.get(APP).status_code == 200


def test_taking_the_app_away_ends_the_asking_and_the_codes(cast: Cast) -> None:
    client, _answer, password = by_password(cast.tess)
    set_up_app(client)
    assert client.post(f"{APP}removal/").status_code == 302
    assert not Authenticator.objects.exists()
    another = type(client)()
    assert types(another, cast.tess, password)["Location"] == "/"


@pytest.mark.django_db(transaction=True)
def test_each_change_is_told_to_its_person_and_stands_in_the_log(cast: Cast) -> None:
    client, _answer, _password = by_password(cast.tess)
    set_up_app(client)
    client.post(f"{CODES}new/")
    client.post(f"{APP}removal/")
    told = Notification.objects.filter(person=cast.tess).order_by("pk").values_list("kind", flat=True)
    assert list(told) == ["authenticator_app_added", "recovery_codes_made", "authenticator_app_removed"]
    logged = SettingChange.objects.filter(by_key=cast.tess.pk).order_by("pk").values_list("before", "after")
    assert list(logged) == [
        ({"authenticator_app": 0}, {"authenticator_app": 1}),
        ({"new_recovery_codes": False}, {"new_recovery_codes": True}),
        ({"authenticator_app": 1}, {"authenticator_app": 0}),
    ]


# --- the company asks for one -----------------------------------------------------------------------------------------


def test_who_has_none_is_led_to_set_one_up_and_then_goes_on(cast: Cast) -> None:
    client, _answer, _password = by_password(cast.tess)
    require_second_factor(True, by=cast.ada, at=AT)
    answer = client.get("/people?after=x")
    assert answer["Location"] == "/preferences/security/second-factor?next=%2Fpeople%3Fafter%3Dx"
    assert "Set up an authenticator app" in client.get(answer["Location"]).content.decode()
    set_up_app(client)
    assert client.get("/people").status_code == 200
    assert client.get(answer["Location"])["Location"] == "/people?after=x"


def test_no_page_of_the_desk_answers_before(stage: Stage, sign_in: Any) -> None:
    require_second_factor(True, by=None, at=AT)
    client = sign_in(stage.cast.ada)
    stage.asking = stage.cast.ada
    for name, (method, kind, _allowed, sent) in MATRIX.items():
        answer = getattr(client, method)(reverse(f"desk:{name}", args=stage.arguments(kind)), sent)
        if name == "second_factor":
            assert answer.status_code == 200
        elif method == "get":
            assert answer["Location"].startswith("/preferences/security/second-factor?"), name
        else:
            assert answer.status_code == 403, name
            assert "A second factor comes first" in answer.content.decode()


# Pages of an account that lead in, out, or to a second factor; who signs in by a provider is asked there who they are.
NEEDED = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_reauthenticate",
    "mfa_authenticate",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_reauthenticate_webauthn",
}


def test_of_the_pages_of_an_account_only_what_setting_one_up_needs_answers_before(cast: Cast) -> None:
    """Generated from the addresses, so that a new one is closed until somebody opens it here."""
    client, _answer, _password = by_password(cast.tess)
    require_second_factor(True, by=None, at=AT)
    answering = set()
    for pattern in urlpatterns:
        if not isinstance(pattern, URLPattern) or "provider_id" in str(pattern.pattern):
            continue
        arguments = [1] if "<int:pk>" in str(pattern.pattern) else []
        for method in ("get", "post"):
            if pattern.name == "account_logout" and method == "post":
                continue
            told = getattr(client, method)(reverse(pattern.name, args=arguments))
            is_led = told.get("Location", "").startswith("/preferences/security/second-factor?")
            if not is_led and not (method == "post" and told.status_code == 403):
                answering.add(pattern.name)
    assert answering == NEEDED


def test_what_is_public_stays_so_and_no_new_topic_of_the_live_stream_is_given_out(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.tess)
    asked = reverse("desk:live_url") + "?topics=queue"
    assert client.get(asked).status_code == 200
    require_second_factor(True, by=None, at=AT)
    assert client.get(asked)["Location"].startswith("/preferences/security/second-factor?")
    assert client.get(asked, headers={"HX-Request": "true"})["HX-Redirect"] == "/preferences/security/second-factor"
    assert client.get(reverse("desk:looks_accent", args=["00697f"])).status_code == 200


def test_parts_of_an_open_page_lead_there_too_and_strangers_notice_nothing(cast: Cast, sign_in: Any) -> None:
    require_second_factor(True, by=None, at=AT)
    part = sign_in(cast.tess).get("/queue/rows", headers={"HX-Request": "true"})
    assert part["HX-Redirect"] == "/preferences/security/second-factor"
    assert sign_in().get("/promise").status_code in (200, 404)
    assert sign_in(cast.tess).get("/promise").status_code in (200, 404)


def test_one_may_always_sign_out_but_not_change_anything_else(cast: Cast, sign_in: Any) -> None:
    require_second_factor(True, by=None, at=AT)
    client = sign_in(cast.tess)
    assert client.get("/accounts/password/change/").status_code == 302
    assert client.get(CODES).status_code == 302
    assert client.post("/accounts/logout/")["Location"] == "/accounts/login/"


@pytest.mark.parametrize("required", [True, False])
def test_a_page_asks_it_in_the_query_of_its_session(
    cast: Cast, django_assert_max_num_queries: Any, required: bool
) -> None:
    client, _answer, _password = by_password(cast.tess)
    set_up_app(client)
    require_second_factor(required, by=None, at=AT)
    with django_assert_max_num_queries(99) as counted:
        client.get("/people")
    asked = [one["sql"] for one in counted if "mfa_" in one["sql"] or "company_session" in one["sql"]]
    assert len(asked) == 1
    assert "mfa_authenticator" in asked[0]


def test_an_administrator_takes_a_lost_factor_away(cast: Cast, sign_in: Any) -> None:
    client, _answer, password = by_password(cast.tess)
    set_up_app(client)
    url = reverse("desk:setup_second_factor_reset", args=[cast.tess.account.pk])
    ada = sign_in(cast.ada)
    assert "Take the second factor of Tess away?" in ada.get(url).content.decode()
    assert ada.post(url).status_code == 302
    assert not is_signed_in(client)
    assert not Authenticator.objects.exists()
    another = type(client)()
    assert types(another, cast.tess, password)["Location"] == "/"
    change = SettingChange.objects.get(by_key=cast.ada.pk)
    assert change.before == {"authenticator_app": 1, "recovery_codes": 10}
    assert Notification.objects.filter(person=cast.tess, kind="second_factor_reset").exists()


def test_a_lost_factor_is_taken_away_once(cast: Cast) -> None:
    client, _answer, _password = by_password(cast.tess)
    set_up_app(client)
    assert reset_second_factor(cast.tess.account, by=cast.ada, at=AT)
    assert not reset_second_factor(cast.tess.account, by=cast.ada, at=AT)


def test_the_setting_is_for_who_gives_roles_and_stands_in_the_log(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.ada)
    url = reverse("desk:setup_sign_in")
    assert "5 people have none yet" in client.get(url).content.decode()
    client.post(url, {"requires_second_factor": "on"})
    assert client.get(url)["Location"].startswith("/preferences/security/second-factor")
    change = SettingChange.objects.get(noun="sign_in")
    assert (change.before, change.after) == ({"requires_second_factor": False}, {"requires_second_factor": True})
    assert sign_in(cast.sue).post(url, {}).status_code == 403
