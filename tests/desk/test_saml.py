"""Sign-in by SAML, where the extra is installed: the same rules as by OpenID Connect, and no lie of an answer opens anything."""

from base64 import b64encode
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse

pytest.importorskip("onelogin", reason='the extra "saml" is not installed')

from allauth.socialaccount.models import SocialAccount
from lxml import etree

from mainstay.audit.models import SettingChange
from mainstay.company.actions import ProviderValues, add_provider, require_second_factor
from mainstay.company.models import IdentityProvider, Session
from mainstay.people.models import Person
from tests.cast import Cast
from tests.conftest import DeskClient
from tests.saml_provider import (
    CERTIFICATE,
    ENTITY,
    FOREIGN_KEY,
    SIGN_IN,
    Told,
    answer,
    question_of,
    signed,
)
from tests.signing_in import STEP, by_password, is_signed_in, set_up_app

AT = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)
HOST = "http://testserver"
START = "/accounts/by/head-office/saml/"
MAIL = "urn:oid:0.9.2342.19200300.100.1.3"


@pytest.fixture(autouse=True)
def a_desk_of_its_own(db: None, settings: Any, tmp_path: Any) -> None:
    cache.clear()
    settings.DATA_DIR = tmp_path
    settings.SITE_URL = HOST


def trusted(**more: Any) -> IdentityProvider:
    values: dict[str, Any] = {
        "name": "Head office",
        "issuer": ENTITY,
        "sign_in_url": SIGN_IN,
        "certificate": CERTIFICATE,
    }
    values |= {"vouched_domains": ("desk.example",), **more}
    return add_provider(ProviderValues(**values), kind="saml", by=None, at=AT)


def asks(client: DeskClient, person: Person | None = None, then: str = "") -> Told:
    """The button is pressed; the answer that an honest provider gives to that."""
    leads = client.get(START + (f"?next={then}" if then else ""))
    assert leads["Location"].startswith(SIGN_IN), leads.content.decode()
    attributes = {MAIL: person.account.email} if person else {}
    name = f"saml-{person.pk}" if person else "jdoe"
    return Told(question_of(leads["Location"]), f"{HOST}{START}answer/", f"{HOST}{START}metadata/", name, attributes)


def sends(client: DeskClient, told: Told | str) -> Any:
    """The provider's page posts its answer, and the browser comes back with its own cookies."""
    posted = client.post(f"{START}answer/", {"SAMLResponse": told if isinstance(told, str) else answer(told)})
    assert (posted.status_code, posted["Location"]) == (302, f"{START}back/")
    return client.get(posted["Location"])


def test_who_has_an_account_comes_in_and_goes_on(cast: Cast) -> None:
    trusted()
    client = DeskClient()
    assert "Sign in with Head office" in client.get("/accounts/login/").content.decode()
    told = sends(client, asks(client, cast.tess, then="/people"))
    assert (told.status_code, told["Location"]) == (302, "/people")
    assert is_signed_in(client)
    known = SocialAccount.objects.get()
    assert (known.user, known.uid, known.extra_data) == (cast.tess.account, f"saml-{cast.tess.pk}", {})
    # What the answer said is not kept.
    assert all("SAMLResponse" not in one.data for one in Session.objects.all())


def test_nobody_new_is_made_and_an_address_that_it_does_not_answer_for_opens_nothing(cast: Cast) -> None:
    provider = trusted(vouched_domains=())
    client = DeskClient()
    assert sends(client, asks(client, cast.tess)).status_code == 403
    provider.vouched_domains = ["desk.example"]
    provider.save()
    told = asks(client, cast.tess)
    assert sends(client, told.but(attributes={MAIL: "nobody@desk.example"})).status_code == 403
    assert sends(client, asks(client).but(attributes={"displayName": "Ada"})).status_code == 403
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()


def test_an_address_that_went_over_to_somebody_else_there_opens_nothing(cast: Cast) -> None:
    trusted()
    first = DeskClient()
    assert sends(first, asks(first, cast.tess)).status_code == 302
    other = DeskClient()
    assert sends(other, asks(other, cast.tess).but(name="somebody-else")).status_code == 403
    assert not is_signed_in(other)


@pytest.mark.parametrize(
    "lie",
    [
        {"key": None},
        {"key": FOREIGN_KEY},
        {"method": "rsa-sha1"},
        {"issuer": "https://other.example/saml"},
        {"audience": "https://other.example"},
        {"to": "https://other.example/saml/answer/"},
        {"age": timedelta(minutes=30)},
        {"age": timedelta(minutes=-30)},
        {"question": ""},
        {"question": "ONELOGIN_0000000000000000000000000000000000000000"},
    ],
    ids=[
        "unsigned",
        "foreign key",
        "old method",
        "issuer",
        "audience",
        "place",
        "old",
        "early",
        "unasked",
        "another's",
    ],
)
def test_an_answer_that_is_not_good_opens_nothing(cast: Cast, lie: dict[str, Any]) -> None:
    trusted()
    client = DeskClient()
    told = sends(client, asks(client, cast.tess).but(**lie))
    assert told.status_code in (401, 403)
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()


def test_what_was_not_signed_is_not_read_though_it_stands_beside_what_was(cast: Cast) -> None:
    """Wrapping: a second assertion, about somebody else, with the signed one kept somewhere where it verifies."""
    trusted()
    for place in ("before", "after", "inside"):
        client = DeskClient()
        tree = signed(asks(client, cast.tess))
        good = tree[-1]
        forged = deepcopy(good)
        forged.set("ID", "_forged")
        forged.remove(forged.find("{http://www.w3.org/2000/09/xmldsig#}Signature"))
        for value in forged.iter("{urn:oasis:names:tc:SAML:2.0:assertion}AttributeValue"):
            value.text = cast.ada.account.email
        if place == "inside":
            tree.replace(good, forged)
            forged.append(good)
        else:
            tree.insert(len(tree) - (place == "before"), forged)
        sends(client, b64encode(etree.tostring(tree)).decode())
        assert not is_signed_in(client), place


def test_a_comment_in_an_address_does_not_cut_it_short(cast: Cast) -> None:
    trusted(vouched_domains=("desk.example", "desk.example.evil.example"))
    client = DeskClient()
    told = asks(client).but(attributes={MAIL: f"{cast.ada.account.email}<!-- -->.evil.example"})
    assert sends(client, told).status_code in (401, 403)
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "nonsense", ["", "x", "%%%", "PGE+", "PCFET0NUWVBFIGEgWzwhRU5USVRZIGIgImMiPl0+PGE+JmI7PC9hPg=="]
)
def test_nonsense_is_no_answer(cast: Cast, nonsense: str) -> None:
    trusted()
    client = DeskClient()
    asks(client, cast.tess)
    assert sends(client, nonsense).status_code == 401
    assert not is_signed_in(client)


def test_an_answer_is_good_once_and_for_the_browser_that_asked(cast: Cast) -> None:
    trusted()
    client, thief = DeskClient(), DeskClient()
    text = answer(asks(client, cast.tess))
    assert sends(thief, text).status_code == 403
    assert not is_signed_in(thief)
    assert sends(client, text).status_code == 302
    client.post("/accounts/logout/")
    assert sends(client, text).status_code == 403
    assert not is_signed_in(client)


def test_a_second_factor_is_asked_for_unless_the_provider_counts_as_one(cast: Cast) -> None:
    provider = trusted()
    first, _answer, _password = by_password(cast.tess)
    set_up_app(first)
    client = DeskClient()
    assert sends(client, asks(client, cast.tess))["Location"] == STEP
    provider.counts_as_second_factor = True
    provider.save()
    client = DeskClient()
    assert sends(client, asks(client, cast.tess))["Location"] == "/"
    require_second_factor(True, by=None, at=AT)
    tom = DeskClient()
    assert sends(tom, asks(tom, cast.tom)).status_code == 302
    assert is_signed_in(tom)


def test_one_that_is_not_there_or_off_keeps_nothing(cast: Cast) -> None:
    trusted(is_on=False)
    client = DeskClient()
    for path in ("", "answer/", "back/", "metadata/", "logout/"):
        assert client.get(START + path).status_code in (404, 405), path
    assert client.post(f"{START}answer/", {"SAMLResponse": "x"}).status_code == 404
    assert not Session.objects.exists()


def test_more_than_an_answer_could_be_is_not_kept(cast: Cast) -> None:
    trusted()
    client = DeskClient()
    assert client.post(f"{START}answer/", {"SAMLResponse": "x" * 200_001}).status_code == 413
    for _ in range(130):
        told = client.post(f"{START}answer/", {"SAMLResponse": "x"})
    assert told.status_code == 429
    assert Session.objects.count() <= 120


def test_nobody_is_signed_out_from_afar(cast: Cast) -> None:
    trusted()
    client, _answer, _password = by_password(cast.tess)
    assert client.get(f"{START}logout/?SAMLRequest=x").status_code == 404
    assert is_signed_in(client)
    metadata = client.get(f"{START}metadata/").content.decode()
    assert f'entityID="{HOST}{START}metadata/"' in metadata
    assert f'Location="{HOST}{START}answer/"' in metadata
    assert "SingleLogoutService" not in metadata


def test_nothing_kept_is_no_answer(cast: Cast) -> None:
    trusted()
    assert DeskClient().get(f"{START}back/").status_code == 401


def test_an_administrator_sets_one_up_and_tests_it(cast: Cast, sign_in: Any) -> None:
    ada = sign_in(cast.ada)
    assert "SAML" in ada.get(reverse("desk:setup_sign_in")).content.decode()
    url = reverse("desk:setup_provider_new", args=["saml"])
    assert ada.get(url).status_code == 200
    body = "".join(CERTIFICATE.splitlines()[1:-1])  # as many providers show it: without head and foot
    sent = {"name": "Head office", "issuer": ENTITY, "sign_in_url": SIGN_IN, "certificate": body, "is_on": "on"}
    refused = ada.post(url, {**sent, "sign_in_url": "http://sign-in.example/saml"})
    assert "Write the address like https://sign-in.example.com/saml." in refused.content.decode()
    page = ada.post(url, {**sent, "vouched_domains": "desk.example"}, follow=True).content.decode()
    assert f"{HOST}{START}answer/" in page
    stored = IdentityProvider.objects.get()
    assert "All is well" in ada.post(reverse("desk:setup_provider_test", args=[stored.pk])).content.decode()
    client = DeskClient()
    assert sends(client, asks(client, cast.tess)).status_code == 302
    assert is_signed_in(client)
    assert SettingChange.objects.get(noun="identity_provider").after["kind"] == "saml"
    # The addresses of the other kind are none of this one's.
    assert DeskClient().get("/accounts/by/head-office/").status_code == 404
    assert DeskClient().get("/accounts/by/head-office/back/?code=x&state=y").status_code == 404
