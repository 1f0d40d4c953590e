"""Sign-in by an identity provider: only who has an account, only by a word that counts, never by a lie."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.core.cache import cache
from django.urls import reverse

from mainstay.audit.models import SettingChange
from mainstay.company.actions import ProviderValues, add_provider, change_provider, require_second_factor
from mainstay.company.models import IdentityProvider
from mainstay.people.models import Account, Person
from mainstay.people.roles import add_role
from mainstay.people.staffing import deactivate, give_role
from mainstay.people.states import Permission
from tests.cast import Cast
from tests.conftest import DeskClient
from tests.openid_provider import CLIENT_ID, CLIENT_SECRET, FOREIGN_KEY, Provider, running_provider
from tests.signing_in import STEP, by_password, is_signed_in, set_up_app

AT = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)
START = "/accounts/by/company-sso/"


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running_provider() as running:
        yield running


@pytest.fixture(autouse=True)
def a_desk_of_its_own(db: None, settings: Any, tmp_path: Any) -> None:
    cache.clear()
    settings.DATA_DIR = tmp_path
    settings.SITE_URL = "http://testserver"


def trusted(provider: Provider, **more: Any) -> IdentityProvider:
    values = {"name": "Company SSO", "issuer": provider.url, "client_id": CLIENT_ID, "allows_private": True, **more}
    return add_provider(ProviderValues(**values), secret=CLIENT_SECRET, by=None, at=AT)


def goes_there(client: DeskClient, address: str = START) -> str:
    """Follows the button to the provider, who sends the browser back; where that is."""
    leads = client.get(address)
    assert leads.status_code == 302, leads.content.decode()
    return httpx.get(leads["Location"]).headers["Location"]


def comes_in(client: DeskClient, address: str = START) -> Any:
    return client.get(goes_there(client, address).removeprefix("http://testserver"))


def as_person(provider: Provider, person: Person, **more: Any) -> None:
    provider.person = {"sub": f"sub-{person.pk}", "email": person.account.email, "email_verified": True, **more}


def test_who_has_an_account_comes_in_and_goes_on(cast: Cast, provider: Provider) -> None:
    trusted(provider)
    as_person(provider, cast.tess, email="Tess@Desk.example")
    client = DeskClient()
    assert "Sign in with Company SSO" in client.get("/accounts/login/").content.decode()
    answer = comes_in(client, f"{START}?next=/people")
    assert (answer.status_code, answer["Location"]) == (302, "/people")
    assert is_signed_in(client)
    assert client.session["_auth_user_id"] == str(cast.tess.account.pk)
    page = client.get(reverse("desk:security")).content.decode()
    assert "by identity provider" in page
    assert "You also sign in by Company SSO" in page
    known = SocialAccount.objects.get()
    assert (known.user, known.uid, known.extra_data) == (cast.tess.account, f"sub-{cast.tess.pk}", {})
    assert not SocialToken.objects.exists()


def test_nobody_new_is_made_of_a_stranger(cast: Cast, provider: Provider) -> None:
    trusted(provider)
    before = Account.objects.count()
    for email in ("new@desk.example", "paula@larch.example", "", "not an address", "tess@desk.example\x00"):
        provider.person = {"sub": "9", "email": email, "email_verified": True}
        client = DeskClient()
        answer = comes_in(client)
        assert answer.status_code == 403, email
        assert "does not belong to an account of this desk" in answer.content.decode()
        assert not is_signed_in(client)
    assert Account.objects.count() == before
    assert not SocialAccount.objects.exists()
    assert DeskClient().get("/accounts/by/signup/").status_code == 404


@pytest.mark.parametrize("verified", [False, None, "false", 0])
def test_an_address_that_is_not_verified_opens_nothing(cast: Cast, provider: Provider, verified: Any) -> None:
    trusted(provider)
    as_person(provider, cast.tess, email_verified=verified)
    client = DeskClient()
    assert comes_in(client).status_code == 403
    assert not is_signed_in(client)


def test_domains_that_the_provider_answers_for_need_not_be_verified(cast: Cast, provider: Provider) -> None:
    trusted(provider, vouched_domains=("desk.example",))
    as_person(provider, cast.tess, email_verified=None)
    client = DeskClient()
    comes_in(client)
    assert is_signed_in(client)


def test_who_left_does_not_come_in(cast: Cast, provider: Provider) -> None:
    trusted(provider)
    as_person(provider, cast.tess)
    client = DeskClient()
    comes_in(client)
    deactivate(cast.tess.account, by=cast.ada, at=AT)
    assert not is_signed_in(client)
    assert comes_in(DeskClient()).status_code == 403


def test_an_address_that_went_over_to_somebody_else_there_opens_nothing(cast: Cast, provider: Provider) -> None:
    trusted(provider)
    as_person(provider, cast.tess)
    comes_in(DeskClient())
    as_person(provider, cast.tess, sub="somebody-else")
    client = DeskClient()
    assert comes_in(client).status_code == 403
    assert not is_signed_in(client)
    # Nor does who was Tess become Tom by taking Tom's address there.
    as_person(provider, cast.tom, sub=f"sub-{cast.tess.pk}")
    assert comes_in(client).status_code == 403
    assert not is_signed_in(client)


LIES: dict[str, dict[str, Any]] = {
    "signed by somebody else": {"key": FOREIGN_KEY},
    "signed by a key that is not published": {"key": FOREIGN_KEY, "kid": "second"},
    "not signed": {"algorithm": "none"},
    "signed with the client's secret": {"algorithm": "HS256"},
    "for another client": {"claims": {"aud": "somebody-else"}},
    "for two clients": {"claims": {"aud": [CLIENT_ID, "somebody-else"]}},
    "given to another client": {"claims": {"azp": "somebody-else"}},
    "from another issuer": {"claims": {"iss": "https://other.example"}},
    "over": {"claims": {"exp": int(time.time()) - 3600}},
    "from the future": {"claims": {"iat": int(time.time()) + 3600}},
    "without an end": {"claims": {"exp": None}},
    "without a person": {"claims": {"sub": None}},
    "an answer to another question": {"claims": {"nonce": "another"}},
    "an answer to no question": {"claims": {"nonce": None}},
    "no token": {"token": ""},
    "not a token": {"token": "x.y"},
    "a number": {"token": 5},
    "with a key that is no text": {"claims": {"email": 5}},
    "with a truth that is none": {"claims": {"email_verified": "perhaps"}},
    "refused": {"token_status": 500},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_is_not_good_opens_nothing(cast: Cast, provider: Provider, lie: str) -> None:
    trusted(provider)
    as_person(provider, cast.tess)
    for name, value in LIES[lie].items():
        setattr(provider, name, value)
    client = DeskClient()
    assert comes_in(client).status_code in (401, 403), lie
    assert not is_signed_in(client)


DISCOVERIES: dict[str, dict[str, Any]] = {
    "another issuer": {"issuer": "https://other.example"},
    "no token endpoint": {"token_endpoint": None},
    "a script for a page": {"authorization_endpoint": "javascript:alert(1)"},
    "in the clear elsewhere": {"token_endpoint": "http://desk.example/token"},
    "with a name in it": {"jwks_uri": "https://name:word@sign-in.example/keys"},
}


@pytest.mark.parametrize("fault", DISCOVERIES)
def test_a_provider_that_describes_itself_wrongly_is_not_asked(provider: Provider, fault: str) -> None:
    trusted(provider)
    provider.discovery = DISCOVERIES[fault]
    assert DeskClient().get(START).status_code == 401
    assert provider.asked == ["/.well-known/openid-configuration"]


def test_the_address_may_come_from_userinfo_of_the_same_person(cast: Cast, provider: Provider) -> None:
    trusted(provider)
    as_person(provider, cast.tess)
    provider.in_userinfo = {"sub": "somebody-else", "email": cast.tess.account.email, "email_verified": True}
    client = DeskClient()
    assert comes_in(client).status_code == 401
    provider.in_userinfo["sub"] = provider.person["sub"]
    comes_in(client)
    assert is_signed_in(client)


def test_an_answer_to_nobody_s_question_opens_nothing(cast: Cast, provider: Provider) -> None:
    trusted(provider)
    as_person(provider, cast.tess)
    stolen = goes_there(DeskClient()).removeprefix("http://testserver")
    victim = DeskClient()
    assert victim.get(stolen).status_code == 401
    assert not is_signed_in(victim)
    asked = DeskClient()
    answer = goes_there(asked).removeprefix("http://testserver")
    assert asked.get(answer).status_code == 302
    assert DeskClient().get(answer).status_code == 401  # nor a second time


def test_nothing_of_the_question_comes_from_the_address(provider: Provider) -> None:
    trusted(provider)
    leads = DeskClient().get(
        START + "?scope=offline_access&auth_params=redirect_uri%3Dhttps://evil.example&process=connect"
    )
    query = dict(parse_qsl(urlsplit(leads["Location"]).query))
    assert set(query["scope"].split()) == {"openid", "email"}
    assert query["redirect_uri"] == "http://testserver/accounts/by/company-sso/back/"
    assert len(query["nonce"]) == 32
    assert query["code_challenge_method"] == "S256"


def test_a_second_factor_is_asked_for_unless_the_provider_counts_as_one(cast: Cast, provider: Provider) -> None:
    made = trusted(provider)
    browser, _answer, _password = by_password(cast.tess)
    set_up_app(browser)
    as_person(provider, cast.tess)
    client = DeskClient()
    assert comes_in(client)["Location"] == STEP
    assert not is_signed_in(client)
    values = ProviderValues("Company SSO", provider.url, CLIENT_ID, allows_private=True, counts_as_second_factor=True)
    change_provider(made, values, by=None, at=AT)
    client = DeskClient()
    assert comes_in(client)["Location"] == "/"
    assert is_signed_in(client)


def test_the_company_s_rule_holds_for_them_too_unless_the_provider_counts(cast: Cast, provider: Provider) -> None:
    made = trusted(provider)
    require_second_factor(True, by=None, at=AT)
    as_person(provider, cast.tess)
    client = DeskClient()
    comes_in(client)
    assert client.get("/people")["Location"].startswith("/preferences/security/second-factor")
    values = ProviderValues("Company SSO", provider.url, CLIENT_ID, allows_private=True, counts_as_second_factor=True)
    change_provider(made, values, by=None, at=AT)
    assert client.get("/people").status_code == 200
    # Who types the password instead has none.
    browser, _answer, _password = by_password(cast.tess)
    assert browser.get("/people")["Location"].startswith("/preferences/security/second-factor")


def test_a_private_address_is_asked_only_where_the_set_up_says_so(provider: Provider) -> None:
    trusted(provider, allows_private=False)
    assert DeskClient().get(START).status_code == 401
    assert provider.asked == []


def test_an_answer_that_sends_us_on_is_not_followed(provider: Provider) -> None:
    trusted(provider)
    with running_provider() as inner:
        provider.moved_to = f"{inner.url}/.well-known/openid-configuration"
        assert DeskClient().get(START).status_code == 401
        assert inner.asked == []


def test_one_that_is_switched_off_is_not_there(cast: Cast, provider: Provider) -> None:
    trusted(provider, is_on=False)
    assert DeskClient().get(START).status_code == 404
    assert DeskClient().get(f"{START}back/?code=x&state=y").status_code == 404
    assert "Company SSO" not in DeskClient().get("/accounts/login/").content.decode()


def test_turning_back_at_the_provider_is_told_kindly(provider: Provider) -> None:
    trusted(provider)
    client = DeskClient()
    state = dict(parse_qsl(urlsplit(client.get(START)["Location"]).query))["state"]
    answer = client.get(f"{START}back/?error=access_denied&state={state}", follow=True)
    assert "You called it off" in answer.content.decode()


# --- set-up -----------------------------------------------------------------------------------------------------------


def test_an_administrator_sets_one_up_tests_it_and_removes_it(cast: Cast, provider: Provider, sign_in: Any) -> None:
    ada = sign_in(cast.ada)
    sent = {
        "name": "Company SSO",
        "issuer": provider.url,
        "client_id": CLIENT_ID,
        "secret": CLIENT_SECRET,
        "is_on": "on",
    }
    made = ada.post(reverse("desk:setup_provider_new", args=["oidc"]), {**sent, "allows_private": "on"}, follow=True)
    page = made.content.decode()
    assert "http://testserver/accounts/by/company-sso/back/" in page
    assert CLIENT_SECRET not in page
    stored = IdentityProvider.objects.get()
    assert stored.sealed_secret.startswith("gAAAA")
    assert CLIENT_SECRET not in str(list(SettingChange.objects.values_list("before", "after")))
    tested = ada.post(reverse("desk:setup_provider_test", args=[stored.pk])).content.decode()
    assert "All is well" in tested
    provider.discovery = {"issuer": "https://other.example"}
    tested = ada.post(reverse("desk:setup_provider_test", args=[stored.pk])).content.decode()
    assert "it calls itself https://other.example" in tested
    as_person(provider, cast.tess)
    provider.discovery = {}
    comes_in(DeskClient())
    ada.post(reverse("desk:setup_provider_removal", args=[stored.pk]))
    assert not IdentityProvider.objects.exists()
    assert not SocialAccount.objects.exists()


def test_a_secret_that_is_not_typed_again_stays(cast: Cast, provider: Provider, sign_in: Any) -> None:
    made = trusted(provider)
    ada, url = sign_in(cast.ada), reverse("desk:setup_provider", args=[made.pk])
    page = ada.get(url).content.decode()
    seen = page.split('name="seen" value="')[1].split('"')[0]
    sent = {"name": "SSO", "issuer": provider.url, "client_id": CLIENT_ID, "is_on": "on", "allows_private": "on"}
    assert ada.post(url, {**sent, "seen": seen}).status_code == 302
    as_person(provider, cast.tess)
    client = DeskClient()
    comes_in(client)
    assert is_signed_in(client)
    # What was seen is another thing meanwhile: told, and nothing is lost.
    answer = ada.post(url, {**sent, "name": "Mine", "seen": seen})
    assert answer.status_code == 422
    assert "Somebody else changed this" in answer.content.decode()
    assert 'value="Mine"' in answer.content.decode()
    assert IdentityProvider.objects.get().name == "SSO"


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("issuer", "http://sign-in.example", "Write the address like"),
        ("issuer", "https://name@sign-in.example", "Write the address like"),
        ("issuer", "javascript:alert(1)", "Write the address like"),
        ("vouched_domains", "example.com nonsense", "“nonsense” is no domain"),
        ("name", "", "This field is required"),
    ],
)
def test_what_can_t_be_so_is_said_beside_its_field(cast: Cast, sign_in: Any, field: str, value: str, told: str) -> None:
    sent = {"name": "SSO", "issuer": "https://sign-in.example", "client_id": "desk", field: value}
    answer = sign_in(cast.ada).post(reverse("desk:setup_provider_new", args=["oidc"]), sent)
    assert answer.status_code == 422
    assert told in answer.content.decode()


def test_only_who_may_do_everything_says_which_provider_is_trusted(
    cast: Cast, provider: Provider, sign_in: Any
) -> None:
    """Else somebody who may only manage people would trust a provider of their own, and become administrator by it."""
    made = trusted(provider)
    role = add_role(name="Most", permissions=set(Permission) - {Permission.PUBLISH_REPORTS}, by=None, at=AT)
    give_role(cast.sue.account, role=f"own-{role.pk}", by=None, at=AT)
    sue = sign_in(cast.sue)
    page = sue.get(reverse("desk:setup_sign_in")).content.decode()
    assert "Only who may do everything here" in page
    assert "Company SSO" not in page
    for name, args, method in [
        ("setup_provider_new", ["oidc"], "get"),
        ("setup_provider", [made.pk], "get"),
        ("setup_provider", [made.pk], "post"),
        ("setup_provider_test", [made.pk], "post"),
        ("setup_provider_removal", [made.pk], "post"),
    ]:
        assert getattr(sue, method)(reverse(f"desk:{name}", args=args)).status_code == 403, name
    assert IdentityProvider.objects.exists()
