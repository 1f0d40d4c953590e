"""Access tokens: asked for when needed, kept while they are good, and no secret in any sentence."""

from collections.abc import Iterator

import pytest

from mainstay.channels.email.mailboxes import tokens as module
from mainstay.channels.email.mailboxes.access import Access
from mainstay.channels.email.mailboxes.errors import NotEncrypted, SignInRefused, Unreachable
from mainstay.channels.email.mailboxes.tokens import TokenSource, token_url_of
from tests.dovecot import TokenService


@pytest.fixture
def provider() -> Iterator[TokenService]:
    running = TokenService()
    yield running
    running.stop()


def access(provider: TokenService, **more: str) -> Access:
    values = {"auth": "oauth2_other", "secret": "refresh", "client_id": "desk", "client_secret": "shh"}
    return Access("imap.example", 993, "a@x", token_url=provider.url, **{**values, **more})


def test_a_token_is_asked_for_once_and_kept(provider: TokenService) -> None:
    provider.answers["refresh"] = (200, {"access_token": "one", "expires_in": 3600})
    source = TokenSource(access(provider))
    assert (source.token(), source.is_new) == ("one", True)
    assert (source.token(), source.is_new) == ("one", False)
    assert provider.asked == [
        {"grant_type": "refresh_token", "refresh_token": "refresh", "client_id": "desk", "client_secret": "shh"}
    ]


def test_a_token_is_renewed_shortly_before_its_end(provider: TokenService) -> None:
    provider.answers["refresh"] = (200, {"access_token": "one", "expires_in": module.BEFORE_ITS_END_SECONDS})
    source = TokenSource(access(provider))
    source.token()
    provider.answers["refresh"] = (200, {"access_token": "two", "expires_in": 3600})
    assert source.token() == "two"
    source.forget()
    source.token()
    assert len(provider.asked) == 3


def test_microsoft_is_told_for_what(provider: TokenService) -> None:
    provider.answers["refresh"] = (200, {"access_token": "one"})
    TokenSource(access(provider, auth="oauth2_microsoft", client_secret="")).token()
    assert provider.asked[0]["scope"] == "https://outlook.office.com/IMAP.AccessAsUser.All offline_access"
    assert "client_secret" not in provider.asked[0]


def test_another_refresh_token_takes_the_place_of_the_old_one(provider: TokenService) -> None:
    provider.answers["refresh"] = (200, {"access_token": "one", "expires_in": 1, "refresh_token": "next"})
    provider.answers["next"] = (200, {"access_token": "two", "expires_in": 3600, "refresh_token": "next"})
    kept: list[str] = []
    source = TokenSource(access(provider), kept.append)
    assert [source.token(), source.token()] == ["one", "two"]
    assert kept == ["next"]


@pytest.mark.parametrize(
    ("status", "answer", "kind"),
    [
        (400, {"error": "invalid_grant", "error_description": "refresh shh"}, SignInRefused),
        (401, {"error": "invalid_client"}, SignInRefused),
        (400, {"error": "temporarily_unavailable"}, Unreachable),
        (503, {}, Unreachable),
        (200, {}, Unreachable),
        (200, {"access_token": 5}, Unreachable),
        (302, {"access_token": "elsewhere"}, Unreachable),
    ],
)
def test_what_a_provider_answers_instead(
    provider: TokenService, status: int, answer: dict[str, object], kind: type[Exception]
) -> None:
    provider.answers["refresh"] = (status, answer)
    with pytest.raises(kind) as told:
        TokenSource(access(provider)).token()
    assert "shh" not in str(told.value)
    assert "refresh shh" not in str(told.value)


def test_a_provider_that_is_away_is_told(provider: TokenService) -> None:
    asks = access(provider)
    provider.stop()
    with pytest.raises(Unreachable):
        TokenSource(asks).token()
    provider.serve_forever = lambda: None  # type: ignore[method-assign]


def test_the_well_known_addresses_and_none_in_the_clear() -> None:
    def url(auth: str, named: str = "") -> str:
        return token_url_of(Access("h", 993, "u", auth=auth, token_url=named))

    assert url("oauth2_google") == "https://oauth2.googleapis.com/token"
    assert url("oauth2_microsoft").startswith("https://login.microsoftonline.com/")
    assert url("oauth2_microsoft", "https://login.microsoftonline.com/t/oauth2/v2.0/token").endswith(
        "/t/oauth2/v2.0/token"
    )
    for bad in ("http://provider.example/token", "ftp://provider.example", "provider.example/token", "https://"):
        with pytest.raises(NotEncrypted):
            url("oauth2_other", bad)
