"""“Test this connection”: each step named, and no mail touched (F9)."""

from dataclasses import replace
from typing import Any

from mainstay.channels.email.mailboxes.access import Access, Folders
from mainstay.channels.email.mailboxes.checking import check_connection, check_mailbox, is_good
from mainstay.channels.email.mailboxes.sealing import KEYS_FILE
from mainstay.channels.email.models import FolderPosition, RawMail
from tests.channels.email.mailboxes.looking import letters
from tests.dovecot import PASSWORD, Dovecot
from tests.misbehaving_imap import MisbehavingImap


def states(steps: Any) -> dict[str, str]:
    return {step.key: step.state for step in steps}


def safe(dovecot: Dovecot, user: str) -> Access:
    return Access("127.0.0.1", dovecot.imaps, user, secret=PASSWORD, extra_ca=dovecot.certificates.authority)


def test_a_good_connection_passes_every_step_and_no_mail_is_touched(dovecot: Dovecot) -> None:
    dovecot.put("check", *letters(3).values())
    folders = Folders(reads_sent=True, after_intake="move", target="Done")
    steps = check_connection(safe(dovecot, "check"), folders)
    assert set(states(steps).values()) == {"ok"}
    assert list(states(steps)) == ["name", "connection", "certificate", "sign_in", "folder", "idle", "sent", "target"]
    said = {step.key: step.sentence for step in steps}
    assert said["folder"] == "INBOX holds 3 mails."
    assert said["sent"] == "Sent things holds 0 mails."
    assert "TLSv1" in said["certificate"]
    assert is_good(steps)
    with dovecot.session("check") as client:
        assert client.select_folder("INBOX", readonly=True)[b"EXISTS"] == 3
        assert len(client.search(["UNSEEN"])) == 3


def test_steps_behind_a_failed_one_are_left_out(dovecot: Dovecot) -> None:
    steps = check_connection(replace(safe(dovecot, "check"), extra_ca=""), Folders())
    assert list(states(steps).values()) == ["ok", "ok", "failed"] + ["skipped"] * 5
    assert "not trusted" in steps[2].sentence
    refused = states(check_connection(replace(safe(dovecot, "check"), secret="wrong"), Folders()))
    assert (refused["certificate"], refused["sign_in"], refused["folder"]) == ("ok", "failed", "skipped")


def test_a_name_that_is_not_known_and_a_port_where_nobody_listens(dovecot: Dovecot) -> None:
    unknown = states(check_connection(replace(safe(dovecot, "x"), host="no-such-host.invalid"), Folders()))
    assert (unknown["name"], unknown["connection"]) == ("failed", "skipped")
    closed = states(check_connection(replace(safe(dovecot, "x"), port=1), Folders()))
    assert (closed["name"], closed["connection"], closed["certificate"]) == ("ok", "failed", "skipped")


def test_folders_are_looked_for_one_by_one(dovecot: Dovecot) -> None:
    folders = Folders(inbox="Nowhere", reads_sent=True, sent="Gone", after_intake="move", target="Lost")
    told = states(check_connection(safe(dovecot, "check"), folders))
    assert {key: told[key] for key in ("folder", "idle", "sent", "target")} == {
        "folder": "failed",
        "idle": "ok",
        "sent": "failed",
        "target": "failed",
    }


def test_a_server_without_idle_and_move_is_described() -> None:
    with MisbehavingImap(letters(2), capabilities="IMAP4rev1") as server:
        access = Access("127.0.0.1", server.port, "x", security="none", secret="x")
        steps = check_connection(access, Folders(after_intake="move", target="Done"))
        assert not server.sent("FETCH")
        assert not server.sent("SELECT")
    told = states(steps)
    assert (told["folder"], told["idle"], told["sent"], told["target"]) == ("ok", "skipped", "skipped", "failed")
    assert "asked every minute" in next(step.sentence for step in steps if step.key == "idle")


def test_oauth_has_a_step_of_its_own(dovecot: Dovecot) -> None:
    dovecot.tokens.users["bearer-check"] = "check"
    dovecot.tokens.answers["refresh-check"] = (200, {"access_token": "bearer-check", "expires_in": 3600})
    access = replace(
        safe(dovecot, "check"), auth="oauth2_other", secret="refresh-check", client_id="x", token_url=dovecot.tokens.url
    )
    assert states(check_connection(access, Folders()))["token"] == "ok"
    revoked = states(check_connection(replace(access, secret="revoked"), Folders()))
    assert (revoked["token"], revoked["sign_in"]) == ("failed", "skipped")


def test_a_mailbox_is_tested_as_it_is_set_up(dovecot: Dovecot, make_mailbox: Any, tmp_path: Any) -> None:
    dovecot.put("as-set-up", *letters(1).values())
    mailbox = make_mailbox("as-set-up", dovecot.imap)
    assert is_good(check_mailbox(mailbox))
    assert not RawMail.objects.exists()
    assert not FolderPosition.objects.exists()
    (tmp_path / KEYS_FILE).unlink()
    assert states(check_mailbox(mailbox)) == {"key": "failed"}
