"""The shared sample mails, every one."""

import base64
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from mainstay.channels.email import limits
from mainstay.channels.email.html_clean import clean_html
from mainstay.channels.email.reading import ParsedMail, fold_reply, read_mail
from mainstay.channels.email.reading.charsets import decode_bytes
from mainstay.channels.email.reading.words import shortened
from tests.channels.email.markup import check_harmless
from tests.effort import with_effort

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples"
# Their expectation is what the parser they come from happened to give: it knew no Chinese header block (22), no Ukrainian
# or Swedish "… wrote:" (23, 23_1, swedish_2), no French block under a line of signs (9); it keeps a drawn line (nl_1_2) or
# drops only that (caution, nl_1_1), or was fed undecoded quoted-printable (begins_with_signature). We fold the whole
# history there, and lose no word.
OTHERWISE_FOLDED = {
    "rp-willdurand-email_22",
    "rp-willdurand-email_23",
    "rp-willdurand-email_23_1",
    "rp-willdurand-email_9",
    "rp-mail-parser-reply-begins_with_signature",
    "rp-mail-parser-reply-caution",
    "rp-mail-parser-reply-email_nl_1_1",
    "rp-mail-parser-reply-email_nl_1_2",
    "rp-mail-parser-reply-email_swedish_2",
}
# The second address expected here is in the notice's own headers: it is the mailbox that the notice came to.
OWN_MAILBOX = {"bo-bsd-lhost-messagingserver-08": "azumakuniyuki@icloud.example.com"}


def cases(name: str) -> list[dict[str, Any]]:
    path = SAMPLES / name / "cases.json"
    return json.loads(path.read_text(encoding="utf-8"))["cases"] if path.is_file() else []


def parameters(name: str) -> list[Any]:
    found = cases(name)
    if not found:
        missing = pytest.mark.skip(reason=f"the shared sample cases are not here: {SAMPLES / name}")
        return [pytest.param({}, marks=missing, id="missing")]
    return [pytest.param(case, id=case["id"]) for case in found]


def raw_of(name: str, case: dict[str, Any]) -> bytes:
    return (SAMPLES / name / case["input"]).read_bytes()


@pytest.mark.parametrize("case", parameters("mime-torture"))
def test_a_torture_mail_is_read_as_expected(case: dict[str, Any]) -> None:
    def both() -> ParsedMail:
        parsed = read_mail(raw_of("mime-torture", case))
        clean_html(parsed.body_html)
        return parsed

    parsed = with_effort(1, both)
    read = {
        "subject": parsed.subject,
        "from_email": parsed.from_address or None,
        "may_auto_reply": parsed.may_auto_reply,
        "no_crash": True,
    }
    for key, expected in case["expect"].items():
        assert read[key] == expected, key


@pytest.mark.parametrize("case", parameters("bounces"))
def test_a_bounce_is_never_a_persons_mail_nor_answered(case: dict[str, Any]) -> None:
    parsed = read_mail(raw_of("bounces", case))
    assert parsed.kind != "human"
    assert not parsed.may_auto_reply
    if case["expect"]["kind"] in {"bounce", "complaint"}:
        assert parsed.kind == case["expect"]["kind"]


@pytest.mark.parametrize("case", parameters("bounces"))
def test_a_bounce_says_whom_it_did_not_reach_and_whether_for_good(case: dict[str, Any]) -> None:
    parsed = read_mail(raw_of("bounces", case))
    details, recipients = case["expect"].get("detail"), case["expect"].get("recipients_machine_readable")
    if details:
        assert parsed.hard_bounce == any(detail["hard_bounce"] for detail in details)
    if recipients:
        assert set(parsed.recipients_failed) == set(recipients) - {OWN_MAILBOX.get(case["id"])}


@pytest.mark.parametrize("case", parameters("reply-parser"))
def test_folding_a_reply_loses_no_word_and_takes_no_time(case: dict[str, Any]) -> None:
    text = raw_of("reply-parser", case).decode("utf-8")
    folded = with_effort(case["limits"]["seconds"], lambda: fold_reply(text))
    assert Counter(f"{folded.reply}\n{folded.quoted}\n{folded.signature}".split()) == Counter(text.split())
    assert folded.reply.strip()


@pytest.mark.parametrize("case", parameters("reply-parser"))
def test_a_reply_is_folded_as_expected(case: dict[str, Any]) -> None:
    folded = fold_reply(raw_of("reply-parser", case).decode("utf-8"))
    is_expected = folded.reply.split() == case["expect"]["reply"].split()
    assert is_expected != (case["id"] in OTHERWISE_FOLDED), folded.reply


@pytest.mark.parametrize("case", parameters("xss"))
def test_foreign_markup_in_a_mail_is_letters_or_gone(case: dict[str, Any]) -> None:
    """In a subject, a name and a plain text it is letters; in HTML nothing of it acts, wherever it stood."""
    payload = case["payload"].encode("utf-8", "replace")
    line = b" ".join(payload.replace(b"\x00", b"").split())
    word = b"=?utf-8?b?" + base64.b64encode(line) + b"?="
    plain = read_mail(b"Subject: " + word + b"\r\nFrom: " + word + b" <a@b.example>\r\n\r\n" + payload)
    shown = without_controls(line.decode())
    assert plain.subject == shortened(shown, limits.SUBJECT_SHOWN_CHARACTERS)
    assert plain.from_address == "a@b.example"
    assert plain.body_text.split() == decode_bytes(payload).split()
    html = read_mail(b"Content-Type: text/html; charset=utf-8\r\n\r\n" + payload)
    check_harmless(html.body_html)


def without_controls(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text)
