"""A real Dovecot as an unprivileged process on loopback. A missing one skips, and fails where CI=true.

Every user name exists, with the password `secret`; a bearer token is good while the test's own token service says so.
"""

import contextlib
import getpass
import grp
import http.server
import json
import os
import pwd
import shutil
import signal
import smtplib
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from imapclient import IMAPClient

from mainstay.operate.ports import free_port
from tests.certificates import Certificates, make_certificates

PASSWORD = "secret"
START_SECONDS = 15

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
info_log_path = {folder}/log
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
auth_failure_delay = 0
mail_location = maildir:{folder}/mail/%u
mail_fsync = never
mail_max_userip_connections = 100
first_valid_uid = 1
mailbox_list_index = no
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
  mailbox "Sent things" {{
    special_use = \\Sent
    auto = create
  }}
  mailbox Done {{
    auto = create
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
"""

OAUTH2 = """
introspection_mode = post
introspection_url = http://127.0.0.1:{port}/introspect
active_attribute = active
active_value = true
username_attribute = email
"""


def dovecot_program() -> str:
    """Where Dovecot is; without it the test is skipped, and fails where CI=true."""
    found = shutil.which("dovecot", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if not found:
        message = "No Dovecot here: install it (Debian: apt-get install dovecot-imapd dovecot-lmtpd)."
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return found


class TokenService(http.server.ThreadingHTTPServer):
    """Tells Dovecot whose bearer token it is; hands out new ones for a refresh token, as a provider would."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _TokenQuestions)
        self.users: dict[str, str] = {}  # bearer token → user
        self.answers: dict[str, tuple[int, dict[str, object]]] = {}  # refresh token → what is answered
        self.asked: list[dict[str, str]] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/token"

    def stop(self) -> None:
        self.shutdown()
        self.server_close()


class _TokenQuestions(http.server.BaseHTTPRequestHandler):
    server: TokenService

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        asked = {name: values[0] for name, values in parse_qs(body).items()}
        if self.path == "/introspect":
            user = self.server.users.get(asked.get("token", ""))
            self._answer(200, {"active": True, "email": user, "scope": "imap"} if user else {"active": False})
            return
        self.server.asked.append(asked)
        self._answer(*self.server.answers.get(asked.get("refresh_token", ""), (400, {"error": "invalid_grant"})))

    def _answer(self, status: int, value: dict[str, object]) -> None:
        content = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_words: object) -> None:
        pass


class Dovecot:
    """Started at once, stopped by `stop`; `imap` speaks plainly and offers STARTTLS, `imaps` is TLS from the start."""

    def __init__(self) -> None:
        self.program = dovecot_program()
        self.folder = Path(tempfile.mkdtemp(prefix="mainstay-dovecot-"))
        self.folder.chmod(0o755)
        self.certificates: Certificates = make_certificates(self.folder)
        self.tokens = TokenService()
        self.imap, self.imaps, self.lmtp = (free_port("127.0.0.1", 0, "dovecot") for _ in range(3))
        self.process = self._start()
        self._wait_until_it_greets()

    def _start(self) -> "subprocess.Popen[bytes]":
        is_root = os.geteuid() == 0
        account = pwd.getpwnam("nobody" if is_root else getpass.getuser())
        group = grp.getgrgid(account.pw_gid).gr_name
        for name in ("run", "mail", "state"):
            (self.folder / name).mkdir()
        config = CONFIG.format(
            folder=self.folder,
            user=account.pw_name,
            group=group,
            uid=account.pw_uid,
            gid=account.pw_gid,
            certificate=self.certificates.certificate,
            key=self.certificates.key,
            password=PASSWORD,
            imap=self.imap,
            imaps=self.imaps,
            lmtp=self.lmtp,
        )
        (self.folder / "dovecot.conf").write_text(config)
        (self.folder / "oauth2.conf").write_text(OAUTH2.format(port=self.tokens.server_address[1]))
        if is_root:
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, account.pw_uid, account.pw_gid)
        as_whom = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if is_root else {}
        return subprocess.Popen(
            [self.program, "-F", "-c", str(self.folder / "dovecot.conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            start_new_session=True,
            **as_whom,
        )

    def _wait_until_it_greets(self) -> None:
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                with self.session("greeter"):
                    return
            except Exception as fault:
                log = self.folder / "log"
                words = log.read_text()[-2000:] if log.exists() else "no log"
                if self.process.poll() is not None or time.monotonic() > end:
                    self.stop()
                    raise AssertionError(f"Dovecot did not start: {fault}\n{words}") from fault
                time.sleep(0.05)

    @contextlib.contextmanager
    def session(self, user: str) -> Iterator[IMAPClient]:
        """A person's own mail program, past the desk."""
        with IMAPClient("127.0.0.1", self.imap, ssl=False, timeout=10) as client:
            client.login(user, PASSWORD)
            yield client

    def put(self, user: str, *mails: bytes, folder: str = "INBOX") -> None:
        with self.session(user) as client:
            for mail in mails:
                client.append(folder, mail)

    def deliver(self, user: str, *mails: bytes) -> None:
        """As a mail server hands on mail: by LMTP."""
        with smtplib.LMTP("127.0.0.1", self.lmtp) as client:
            for mail in mails:
                client.sendmail("sender@example.net", [user], mail)

    def count(self, user: str, folder: str = "INBOX", what: str = "ALL") -> int:
        with self.session(user) as client:
            client.select_folder(folder, readonly=True)
            return len(client.search([what]))

    def change_uidvalidity(self, user: str) -> None:
        """What a lost index does: all numbers begin anew."""
        home = self.folder / "mail" / user
        number = home / "dovecot-uidlist"
        header = number.read_text().split("\n")[0]
        validity = int(next(word for word in header.split() if word.startswith("V"))[1:])
        for path in home.glob("dovecot.index*"):
            path.unlink()
        number.write_text(f"3 V{validity + 1} N1\n")
        account = home.stat()
        os.chown(number, account.st_uid, account.st_gid)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self.tokens.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
