"""Access tokens for OAuth 2: fetched with the refresh token, kept in memory until shortly before they end."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from .access import Access, is_loopback
from .errors import MailboxTrouble, NotEncrypted, SignInRefused, Unreachable
from .states import Auth

# https://developers.google.com/identity/protocols/oauth2 and
# https://learn.microsoft.com/en-us/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
TOKEN_URLS = {
    Auth.GOOGLE: "https://oauth2.googleapis.com/token",
    Auth.MICROSOFT: "https://login.microsoftonline.com/organizations/oauth2/v2.0/token",
}
# What the refresh token must have been made for. Microsoft wants it named again at each refresh.
SCOPES = {
    Auth.GOOGLE: "https://mail.google.com/",
    Auth.MICROSOFT: "https://outlook.office.com/IMAP.AccessAsUser.All offline_access",
}
ANSWER_SECONDS = 10.0
ANSWER_MAX_BYTES = 64 * 1024
BEFORE_ITS_END_SECONDS = 60
USUAL_LIFE_SECONDS = 3600
# RFC 6749, 5.2: answers that asking again will not change.
REVOKED = frozenset(
    {"invalid_grant", "invalid_client", "unauthorized_client", "invalid_scope", "unsupported_grant_type"}
)


class TokenSource:
    """The access tokens of one mailbox.

    `renewed` is told when the provider hands out another refresh token: the old one may stop working at any time.
    """

    def __init__(self, access: Access, renewed: Callable[[str], None] = lambda token: None) -> None:
        self._access = access
        self._refresh_token = access.secret
        self._renewed = renewed
        self._token = ""
        self._ends_at = 0.0  # monotonic seconds
        self.is_new = False

    def token(self) -> str:
        """A token that is good for another minute at least; raises SignInRefused when access was revoked."""
        self.is_new = not self._token or time.monotonic() >= self._ends_at
        if self.is_new:
            self._fetch()
        return self._token

    def forget(self) -> None:
        """The server did not take it: the next one is a fresh one."""
        self._token = ""

    def _fetch(self) -> None:
        status, answer = _ask(token_url_of(self._access), self._question())
        token = answer.get("access_token")
        if status != 200 or not isinstance(token, str) or not token:
            raise _trouble(status, answer)
        seconds = answer.get("expires_in", USUAL_LIFE_SECONDS)
        seconds = seconds if isinstance(seconds, int) and seconds > 0 else USUAL_LIFE_SECONDS
        self._token, self._ends_at = token, time.monotonic() + seconds - BEFORE_ITS_END_SECONDS
        another = answer.get("refresh_token")
        if isinstance(another, str) and another and another != self._refresh_token:
            self._refresh_token = another
            self._renewed(another)

    def _question(self) -> dict[str, str]:
        asked = {
            "grant_type": "refresh_token",
            "refresh_token": self._refresh_token,
            "client_id": self._access.client_id,
            "client_secret": self._access.client_secret,  # public clients have none
            "scope": SCOPES[Auth.MICROSOFT] if self._access.auth == Auth.MICROSOFT else "",
        }
        return {name: value for name, value in asked.items() if value}


def token_url_of(access: Access) -> str:
    """The provider's address for tokens; one of our own choosing must be encrypted, except on this machine."""
    url = access.token_url or TOKEN_URLS.get(Auth(access.auth), "")
    parts = urlsplit(url)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    if not is_safe or not parts.hostname:
        raise NotEncrypted(_("The address for tokens must begin with https://."))
    return url


def _ask(url: str, question: dict[str, str]) -> tuple[int, dict[str, Any]]:
    import httpx  # only mailboxes with OAuth 2 pay for it

    try:
        with (
            httpx.Client(timeout=ANSWER_SECONDS, follow_redirects=False) as client,
            client.stream("POST", url, data=question, headers={"Accept": "application/json"}) as response,
        ):
            content = b""
            for piece in response.iter_bytes():
                content += piece
                if len(content) > ANSWER_MAX_BYTES:
                    break
    except httpx.HTTPError as fault:
        raise Unreachable(
            _("The provider's token service can't be reached: %(why)s.") % {"why": type(fault).__name__}
        ) from fault
    return response.status_code, _read(content)


def _read(content: bytes) -> dict[str, Any]:
    import json

    try:
        answer = json.loads(content)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _trouble(status: int, answer: dict[str, Any]) -> MailboxTrouble:
    """By the answer's code alone: the rest of what it says may repeat secrets."""
    code = str(answer.get("error", ""))
    if code in REVOKED:
        return SignInRefused(
            _("The provider no longer gives access (%(code)s): a new refresh token is needed.") % {"code": code}
        )
    return Unreachable(_("The provider's token service answered %(status)s.") % {"status": status})
