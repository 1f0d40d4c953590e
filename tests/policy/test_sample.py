"""The sample company's policy.toml holds the facts of the first policy, and the docs name every key."""

from pathlib import Path

from pydantic import BaseModel

from mainstay.policy.reading import read_policy_file
from mainstay.policy.sentences import model_in
from mainstay.policy.shape import Policy, Target
from tests.clock.calendars import hours, utc

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = read_policy_file(ROOT / "policy.toml")


def test_the_desk_is_open_on_weekdays_from_six_to_ten_in_fixed_utc() -> None:
    assert SAMPLE.calendar.zone == "Etc/UTC"
    assert SAMPLE.calendar.weekly == (hours("06:00-22:00"),) * 5 + ((), ())
    assert SAMPLE.calendar.due(utc("2026-11-20 20:00"), 5 * 3600) == utc("2026-11-23 09:00")
    assert SAMPLE.calendar_all_day.elapsed(utc("2026-11-19 20:00"), utc("2026-11-20 09:00")) == 13 * 3600


def test_non_working_days_are_not_published_so_there_are_none() -> None:
    assert (SAMPLE.calendar.closed, dict(SAMPLE.calendar.special), SAMPLE.calendar.closures) == (frozenset(), {}, None)


def test_seven_things_are_covered() -> None:
    assert SAMPLE.nature_keys == ("specification", "setup", "diagram", "wiki", "warranty", "release", "training")
    assert SAMPLE.default_nature == "setup"


def test_the_targets_are_five_minutes_and_five_hours_for_everything() -> None:
    assert SAMPLE.severity_keys == ("critical", "high", "normal", "low")
    assert SAMPLE.default_severity == "normal"
    targets = {SAMPLE.target(nature, severity) for nature in SAMPLE.nature_keys for severity in SAMPLE.severity_keys}
    assert targets == {Target(300, 18_000)}
    assert SAMPLE.targets.strata_apart == ("warranty_transit", "booked_training")


def test_only_distributors_and_partners_who_bought_directly_are_entitled() -> None:
    assert SAMPLE.entitlement.organisation_kinds == ("distributor", "partner")
    assert SAMPLE.entitlement.bought_directly is True
    assert SAMPLE.entitlement.verified_identity is True


def test_every_channel_has_its_address_and_call_backs_their_promise() -> None:
    channels = SAMPLE.channels
    assert channels.email.address == f"support@{SAMPLE.company.mail_domain}" == "support@intercom.example"
    assert channels.telephone is not None
    assert [line.country for line in channels.telephone.numbers] == ["US", "CA", "GB"]
    assert channels.whatsapp is not None
    assert channels.telegram is not None
    assert SAMPLE.call_back_seconds == 600


def test_the_open_questions_are_answered_as_decided() -> None:
    assert SAMPLE.first_response.counts == ("reply_accepted", "answered_call", "connected_call_back")
    assert SAMPLE.first_response.never_counts == (
        "acknowledgement",
        "automatic_text",
        "status_change",
        "failed_delivery",
    )
    assert SAMPLE.reopen_window_seconds == 14 * 86_400
    assert SAMPLE.averages.leaves_out == ("spam", "refused", "merged", "opened_by_staff")
    assert SAMPLE.averages.beside == ("all_day", "without_waiting", "median", "p90", "worst", "count", "zeros")


def test_every_text_is_there_in_english_and_dutch() -> None:
    texts = [*texts_in(SAMPLE)]
    assert len(texts) > 25
    for text in texts:
        assert set(text) == {"en", "nl"}
        # A name may be the same word in both languages, a sentence may not.
        assert text["en"] != text["nl"] or " " not in text["en"]


def texts_in(value: object) -> list[dict[str, str]]:
    if isinstance(value, BaseModel):
        return [text for name in type(value).model_fields for text in texts_in(getattr(value, name))]
    if isinstance(value, tuple):
        return [text for element in value for text in texts_in(element)]
    return [dict(value)] if hasattr(value, "keys") and "en" in value else []  # type: ignore[operator,call-overload]


def test_the_docs_name_every_key() -> None:
    docs = (ROOT / "docs" / "policy-file.md").read_text(encoding="utf-8")
    for section, field in Policy.model_fields.items():
        assert f"\n## [{section}]\n" in docs
        chapter = docs.split(f"\n## [{section}]\n")[1].split("\n## ")[0]
        for key in keys_in(field.annotation):
            assert f"`{key}`" in chapter or f"{key} = " in chapter, f"{section}: {key}"


def keys_in(annotation: object) -> set[str]:
    model = model_in(annotation)
    if model is None:
        return set()
    inside = [keys_in(field.annotation) for field in model.model_fields.values()]
    return set(model.model_fields).union(*inside)
