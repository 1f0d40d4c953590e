"""“Test this connection”: each step by name, what came of it, and no mail touched."""

import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from imapclient import IMAPClient

from ..models import Mailbox
from .access import Access, Folders
from .actions import keep_renewed_token
from .connecting import Tokens, connect, hang_up, sign_in, telling_trouble
from .errors import FolderMissing, KeyMissing, MailboxTrouble
from .fetching import can_move, open_folder, sent_folder_of
from .queries import access_of, folders_of
from .states import AfterIntake, Auth, Security
from .tokens import TokenSource

OK, FAILED, SKIPPED = "ok", "failed", "skipped"
CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 20.0


@dataclass(frozen=True)
class Step:
    """One step of the test; `state` is ok, failed or skipped."""

    key: str
    name: str
    state: str
    sentence: str


def check_connection(access: Access, folders: Folders, tokens: Tokens | None = None) -> list[Step]:
    """All steps in their order. After one that others build upon has failed, those are skipped.

    Folders are opened for reading only and no mail is fetched. `tokens` is for OAuth 2; without it, a fresh token is asked.
    """
    return _Check(access, folders, tokens).run()


def check_mailbox(mailbox: Mailbox) -> list[Step]:
    """The same for a mailbox as it is set up; a refresh token that the provider renews meanwhile is kept."""
    try:
        access = access_of(mailbox)
    except KeyMissing as trouble:
        return [Step("key", _("The stored secret can be read"), FAILED, str(trouble))]
    tokens = TokenSource(access, lambda token: keep_renewed_token(mailbox, token))
    return check_connection(access, folders_of(mailbox), tokens)


class _Check:
    def __init__(self, access: Access, folders: Folders, tokens: Tokens | None) -> None:
        self._access = access
        self._folders = folders
        self._tokens = tokens
        self._client: IMAPClient | None = None

    def run(self) -> list[Step]:
        told = []
        is_broken = False
        try:
            for key, name, step, is_needed in self._steps():
                outcome = (SKIPPED, _("Not tried: an earlier step failed.")) if is_broken else _outcome(step)
                told.append(Step(key, name, *outcome))
                is_broken = is_broken or (is_needed and outcome[0] == FAILED)
        finally:
            if self._client is not None:
                hang_up(self._client)
        return told

    def _steps(self) -> Iterator[tuple[str, str, Callable[[], tuple[str, str]], bool]]:
        """Key, name, what to do, and whether the following ones need it."""
        yield "name", _("The name is known"), self._name, True
        yield "connection", _("The server can be reached"), self._connection, True
        yield "certificate", _("The connection is safe"), self._certificate, True
        if self._access.auth != Auth.PASSWORD:
            yield "token", _("The provider gives a token"), self._token, True
        yield "sign_in", _("Signing in"), self._sign_in, True
        yield "folder", _("The folder can be opened"), self._folder, False
        yield "idle", _("New mail is announced"), self._idle, False
        yield "sent", _("The folder of sent mail"), self._sent, False
        yield "target", _("The folder to move mail to"), self._target, False

    def _name(self) -> tuple[str, str]:
        with telling_trouble(self._access.host):
            found = socket.getaddrinfo(self._access.host, self._access.port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(address[4][0]) for address in found))
        return OK, _("%(host)s is at %(addresses)s.") % {
            "host": self._access.host,
            "addresses": ", ".join(addresses[:4]),
        }

    def _connection(self) -> tuple[str, str]:
        with telling_trouble(self._access.host):
            socket.create_connection((self._access.host, self._access.port), timeout=CONNECT_SECONDS).close()
        return OK, _("Port %(port)s is open.") % {"port": self._access.port}

    def _certificate(self) -> tuple[str, str]:
        self._client = connect(self._access, answer_seconds=ANSWER_SECONDS)
        if self._access.security == Security.NONE:
            return OK, _("Not encrypted, and it does not leave this machine.")
        bare = self._client.socket()
        version = bare.version() if isinstance(bare, ssl.SSLSocket) else ""
        return OK, _("%(version)s, and the certificate is valid for %(host)s.") % {
            "version": version,
            "host": self._access.host,
        }

    def _token(self) -> tuple[str, str]:
        self._tokens = self._tokens or TokenSource(self._access)
        self._tokens.token()
        return OK, _("The refresh token is good.")

    def _sign_in(self) -> tuple[str, str]:
        sign_in(self._connected, self._access, self._tokens)
        return OK, _("Signed in as %(user)s.") % {"user": self._access.user}

    def _folder(self) -> tuple[str, str]:
        with telling_trouble(self._access.host):
            folder = open_folder(self._connected, self._folders.inbox)
        return OK, _("%(folder)s holds %(count)s mails.") % {"folder": folder.name, "count": folder.exists}

    def _idle(self) -> tuple[str, str]:
        with telling_trouble(self._access.host):
            if self._connected.has_capability("IDLE"):
                return OK, _("The server tells of new mail at once (IDLE).")
        return SKIPPED, _("The server does not announce new mail: it is asked every minute.")

    def _sent(self) -> tuple[str, str]:
        if not self._folders.reads_sent:
            return SKIPPED, _("It is not read.")
        with telling_trouble(self._access.host):
            folder = open_folder(self._connected, sent_folder_of(self._connected, self._folders.sent))
        return OK, _("%(folder)s holds %(count)s mails.") % {"folder": folder.name, "count": folder.exists}

    def _target(self) -> tuple[str, str]:
        if self._folders.after_intake != AfterIntake.MOVE:
            return SKIPPED, _("Mail stays where it is.")
        with telling_trouble(self._access.host):
            if not can_move(self._connected):
                raise FolderMissing(_("This server can't move a single mail: choose to leave or to mark it."))
            open_folder(self._connected, self._folders.target)
        return OK, _("%(folder)s is there.") % {"folder": self._folders.target}

    @property
    def _connected(self) -> IMAPClient:
        assert self._client is not None  # the steps that need it come after the one that makes it
        return self._client


def _outcome(step: Callable[[], tuple[str, str]]) -> tuple[str, str]:
    try:
        return step()
    except MailboxTrouble as trouble:
        return FAILED, str(trouble)


def is_good(steps: list[Step]) -> bool:
    """Whether mail can be fetched: nothing failed."""
    return all(step.state != FAILED for step in steps)
