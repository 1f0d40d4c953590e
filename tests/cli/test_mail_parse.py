"""`mainstay mail parse`: one line for each file, with the documented fields."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mainstay.channels.email import limits
from mainstay.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs" / "channels" / "mail-parse.md"
SAMPLES = ROOT.parent / "shared" / "samples"
MAIL = b"""From: "Bob Smith" <Bob@Partner.example>\r
To: Support <support@desk.example>, ann@partner.example\r
Cc: Eve <eve@partner.example>\r
Reply-To: office@partner.example\r
Subject: =?utf-8?q?T=C3=BCr?= does not open\r
Date: Fri, 02 Jan 2026 03:04:05 +0100\r
Message-ID: <one@partner.example>\r
In-Reply-To: <two@desk.example>\r
References: <zero@desk.example> <two@desk.example>\r
Content-Type: multipart/mixed; boundary=b\r
\r
--b\r
Content-Type: text/html; charset=utf-8\r
\r
<p onclick="x()">The relay stays closed.</p><blockquote>Which relay?</blockquote><script>x()</script>\r
--b\r
Content-Type: text/plain; name=log.txt\r
Content-Disposition: attachment\r
\r
12 V\r
--b--\r
"""


def parse(*files: str | Path, given: bytes = b"") -> Result:
    return CliRunner().invoke(main, ["mail", "parse", *map(str, files)], input=given)


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_mail_is_one_line_with_every_field(tmp_path: Path) -> None:
    file = tmp_path / "tür.eml"
    file.write_bytes(MAIL)
    result = parse(file)
    (line,) = lines(result)
    assert result.exit_code == 0
    assert 0 <= line.pop("seconds") < 1
    assert line == {
        "file": str(file),
        "subject": "Tür does not open",
        "from_email": "bob@partner.example",
        "from_name": "Bob Smith",
        "to": ["support@desk.example", "ann@partner.example"],
        "cc": ["eve@partner.example"],
        "reply_to": ["office@partner.example"],
        "date": "2026-01-02T02:04:05Z",
        "message_id": "<one@partner.example>",
        "in_reply_to": "<two@desk.example>",
        "references": ["<zero@desk.example>", "<two@desk.example>"],
        "body_text": "The relay stays closed.\n\n> Which relay?",
        "reply_text": "The relay stays closed.",
        "body_html": "<p>The relay stays closed.</p><blockquote>Which relay?</blockquote>",
        "attachments": [
            {
                "filename": "log.txt",
                "content_type": "text/plain",
                "size": 4,
                "sha256": hashlib.sha256(b"12 V").hexdigest(),
                "inline": False,
            }
        ],
        "kind": "human",
        "hard_bounce": False,
        "recipients_failed": [],
        "may_auto_reply": True,
        "outcome": "ticket",
        "error": None,
    }


def test_the_fields_are_those_of_the_manual() -> None:
    (line,) = lines(parse("-", given=MAIL))
    documented = re.findall(r"(?m)^\| `(\w+)` \|", DOCS.read_text(encoding="utf-8"))
    assert documented == list(line)


@pytest.mark.parametrize(
    ("raw", "outcome", "error"),
    [
        (b"From: a@b.example\r\n\r\nHello", "ticket", None),
        (b"From: a@b.example\r\nAuto-Submitted: auto-replied\r\n\r\nAway", "kept", None),
        (b"From: mailer-daemon@b.example\r\nSubject: Undelivered Mail Returned to Sender\r\n\r\nSorry", "kept", None),
        (b"Subject: Nobody\r\n\r\nHello", "set_aside", "it names no sender whom we could answer"),
        (b"From: a@b.example, c@d.example\r\n\r\nHello", "set_aside", "it names more than one sender, or one that is no address"),
        (b"X: y\r\n" * 1_001 + b"\r\nHello", "set_aside", "more than 1,000 headers"),
        (b"x" * (limits.MAIL_MAX_BYTES + 1), "set_aside", "larger than 35 MB"),
    ],
)  # fmt: skip
def test_each_mail_has_one_outcome(raw: bytes, outcome: str, error: str | None) -> None:
    result = parse("-", given=raw)
    (line,) = lines(result)
    assert (line["file"], line["outcome"], line["error"], result.exit_code) == ("-", outcome, error, 0)


def test_a_bounce_is_told_with_its_recipients() -> None:
    report = b"--b\r\nContent-Type: message/delivery-status\r\n\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n--b--"
    (line,) = lines(
        parse("-", given=b"From: x@y.example\r\nContent-Type: multipart/report; boundary=b\r\n\r\n" + report)
    )
    assert (line["kind"], line["hard_bounce"], line["recipients_failed"]) == ("bounce", True, ["a@b.example"])


def test_a_file_that_is_not_there_has_its_line_and_the_others_theirs(tmp_path: Path) -> None:
    good = tmp_path / "good.eml"
    good.write_bytes(MAIL)
    result = parse(tmp_path / "none.eml", tmp_path, good)
    missing, folder, read = lines(result)
    assert result.exit_code == 1
    assert missing["error"] == "it could not be opened: No such file or directory"
    assert folder["error"] == "it could not be opened: Is a directory"
    assert (missing["outcome"], missing["subject"], list(missing)) == (None, None, list(read))
    assert read["outcome"] == "ticket"


def test_a_mail_that_we_stumble_over_does_not_stop_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumbles(raw: bytes) -> None:
        raise ZeroDivisionError("never expected")

    monkeypatch.setattr("mainstay.cli.mail.read_mail", stumbles)
    result = parse("-", given=MAIL)
    (line,) = lines(result)
    assert (result.exit_code, line["outcome"]) == (0, "set_aside")
    assert "never expected" in line["error"]


@pytest.mark.parametrize("kind", ["mime-torture", "bounces"])
def test_every_sample_has_its_line_within_a_second(kind: str) -> None:
    files = sorted((SAMPLES / kind).rglob("*.eml"))
    if not files:
        pytest.skip(f"the shared sample mails are not here: {SAMPLES / kind}")
    result = parse(*files)
    told = lines(result)
    assert result.exit_code == 0
    assert [line["file"] for line in told] == [str(file) for file in files]
    assert all(line["outcome"] in {"ticket", "kept", "set_aside"} for line in told)
    assert max(line["seconds"] for line in told) < 1
