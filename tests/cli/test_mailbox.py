"""`mainstay mailbox`: set up, test, pause and remove, with the secret never on the command line."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mainstay.channels.email.mailboxes.queries import access_of
from mainstay.channels.email.models import Mailbox
from mainstay.cli.mailbox import mailbox
from tests.cast import Cast
from tests.channels.email.mailboxes.looking import letters
from tests.misbehaving_imap import MisbehavingImap

ADD = ("mailbox", "add", "Support", "--address", "support@intercom.example", "--host", "127.0.0.1", "--user", "s")


@pytest.fixture(autouse=True)
def own_keys(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def test_the_secret_comes_from_standard_input(cast: Cast, mainstay: Any) -> None:
    done = mainstay(*ADD, stdin="pass-123 word \n")
    assert done.output == "Support is set up and started.\n"
    made = Mailbox.objects.get()
    assert access_of(made).secret == "pass-123 word "
    assert (made.port, made.security, made.is_active, made.folder) == (993, "tls", True, "INBOX")
    assert made.since is not None


def test_the_secret_may_come_from_the_environment(cast: Cast, mainstay: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("MAINSTAY_MAILBOX_SECRET", "refresh")
    monkeypatch.setenv("MAINSTAY_MAILBOX_CLIENT_SECRET", "client")
    mainstay(*ADD, "--auth", "oauth2_google", "--client-id", "desk", "--paused", "--since", "all")
    made = Mailbox.objects.get()
    access = access_of(made)
    assert (access.secret, access.client_secret, access.auth) == ("refresh", "client", "oauth2_google")
    assert (made.is_active, made.since) == (False, None)


def test_no_option_takes_a_secret() -> None:
    names = {name for command in mailbox.commands.values() for option in command.params for name in option.opts}
    assert not {name for name in names if "secret" in name or "password" in name or "token" in name} - {"--token-url"}


def test_a_wrong_set_up_is_a_sentence(cast: Cast, mainstay: Any) -> None:
    done = mainstay("mailbox", "add", "smtp", *ADD[3:], stdin="x\n")
    assert done.exit_code == 1
    assert "short name" in done.output
    done = mainstay(*ADD, "--since", "yesterday", stdin="x\n")
    assert done.exit_code == 2
    assert not Mailbox.objects.exists()


def test_a_mailbox_is_listed_tested_paused_and_removed(cast: Cast, mainstay: Any) -> None:
    with MisbehavingImap(letters(2)) as server:
        mainstay(*ADD, "--port", str(server.port), "--security", "none", stdin="very-secret\n")
        steps = mainstay("mailbox", "test", "Support", "--json")
        assert {step["key"]: step["state"] for step in steps}["folder"] == "ok"
        assert "INBOX holds 2 mails." in mainstay("mailbox", "test", "Support").output
    failed = mainstay("mailbox", "test", "Support")
    assert (failed.exit_code, "failed" in failed.output) == (1, True)
    mainstay("mailbox", "pause", "Support")
    (told,) = mainstay("mailbox", "list", "--json")
    assert (told["name"], told["state"], told["last_success_at"], told["owed"]) == ("Support", "paused", None, 0)
    assert "very-secret" not in str(told)
    assert "Support" in mainstay("mailbox", "list").output
    mainstay("mailbox", "resume", "Support")
    assert Mailbox.objects.get().is_active
    mainstay("mailbox", "remove", "Support")
    assert not Mailbox.objects.exists()


@pytest.mark.parametrize("verb", ["test", "pause", "resume", "remove"])
def test_a_name_that_nobody_has_is_a_sentence(cast: Cast, mainstay: Any, verb: str) -> None:
    done = mainstay("mailbox", verb, "Nobody")
    assert (done.exit_code, done.output) == (1, "Error: There is no mailbox called Nobody.\n")


def test_a_prompt_hides_what_is_typed(cast: Cast, mainstay: Any, monkeypatch: Any) -> None:
    import sys

    from mainstay.cli import mailbox as module

    class Terminal:
        def isatty(self) -> bool:
            return True

    asked: dict[str, Any] = {}

    def prompt(text: str, **options: Any) -> str:
        asked.update(options)
        return "typed"

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(module.click, "prompt", prompt)
    assert (module._secret(), asked) == ("typed", {"hide_input": True})


def test_help_is_there_without_a_desk() -> None:
    assert CliRunner().invoke(mailbox, ["add", "--help"]).exit_code == 0
