"""Canned answers and macros: kept for everybody or for oneself, in each language, with variables, and what is written down of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from mainstay.audit.models import SettingChange
from mainstay.lib.fingerprints import fingerprint
from mainstay.people.errors import NotAllowed
from mainstay.promises.queries import policy_in_force
from mainstay.tickets.models import Tag, Ticket
from mainstay.writing import actions
from mainstay.writing.actions import Does, Naming
from mainstay.writing.deeds import Planned
from mainstay.writing.errors import (
    ChangedMeanwhile,
    NameTaken,
    NoSuchDeed,
    NothingToDo,
    NoWords,
    StateTwice,
    UnknownVariables,
)
from mainstay.writing.filling import filled_for, wording_in
from mainstay.writing.models import Answer, Macro, Wording
from mainstay.writing.queries import answer_for, answers_for, macros_for, offered_for, shared_and_own
from mainstay.writing.variables import VARIABLES, filled, gaps_in, unknown_in
from tests.cast import Cast

# --- variables --------------------------------------------------------------------------------------------------------


def test_each_variable_is_replaced_by_its_value() -> None:
    done = filled("Dear {{ person.name }}, your {{ticket.product}} …", {"person.name": "Ann", "ticket.product": "P-7"})
    assert (done.text, done.gaps) == ("Dear Ann, your P-7 …", ())


def test_what_is_not_known_is_marked_and_named() -> None:
    done = filled("Your {{ ticket.product }} and {{ ticket.product }}", {})
    assert (done.text, done.gaps) == ("Your ⟦the product⟧ and ⟦the product⟧", ("the product",))
    assert gaps_in(done.text) == ["the product"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("{{ company.name }}", "{{ company.name }}"),  # a customer may be called so: nothing is read twice
        ("**Bold** & <b>", r"\*\*Bold\*\* & <b>"),
        ("[click](https://evil.example)", r"\[click\](https://evil.example)"),
        ("Two\nlines\r\n# and more", "Two lines # and more"),
        ("⟦the product⟧", "⟦the product⟧"),
    ],
)
def test_a_value_is_put_in_letter_for_letter(value: str, text: str) -> None:
    assert filled("{{ person.name }}", {"person.name": value, "company.name": "Evil"}).text == text


def test_a_variable_that_does_not_exist_is_found_and_left_as_it_is() -> None:
    text = "{{ person.age }} {{person.name}} {{ }} {{ x"
    assert unknown_in(text) == ["person.age", ""]
    assert filled(text, {"person.name": "Ann"}).text == "{{ person.age }} Ann {{ }} {{ x"


def test_every_variable_is_filled_on_a_ticket(cast: Cast, ticket: Ticket, now: datetime) -> None:
    text = " | ".join(f"{{{{ {name} }}}}" for name in VARIABLES)
    done = filled_for(Wording(text=text, language="en"), ticket, cast.tess)
    company = policy_in_force(now).company.name
    assert done.text == f"Paula | Paula | Larch | {ticket.number} | Lock | ⟦the product⟧ | Tess | Tess | {company}"
    assert done.gaps == ("the product",)


# --- languages --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("there", "wanted", "given"),
    [
        (("en", "nl"), "nl", "nl"),
        (("en", "nl"), "nl-BE", "nl"),
        (("en", "nl", "nl-be"), "nl-BE", "nl-be"),
        (("en", "nl"), "ja", "en"),
        (("de", "nl"), "ja", "de"),
        (("en", "nl"), "", "en"),
    ],
)
def test_the_customers_language_first_then_the_policys(
    cast: Cast, now: datetime, there: tuple[str, ...], wanted: str, given: str
) -> None:
    wordings = [Wording(language=language, text=language) for language in there]
    found = wording_in(wordings, wanted, policy_in_force(now))
    assert found is not None and found.language == given


def test_without_words_there_is_none(cast: Cast, now: datetime) -> None:
    assert wording_in([], "nl", policy_in_force(now)) is None


# --- keeping ----------------------------------------------------------------------------------------------------------


def of_answers() -> Any:
    return SettingChange.objects.filter(noun="canned_answer").order_by("pk")


def test_an_answer_for_everybody_stands_in_the_log(answer: Answer, cast: Cast, now: datetime) -> None:
    change = of_answers().get()
    assert (change.noun, change.subject, change.by_key, change.before) == (
        "canned_answer",
        "Photo please",
        cast.sue.pk,
        {},
    )
    assert change.after["text.nl"] == "Beste {{person.first_name}}, stuur een foto."
    actions.change_answer(
        answer, Naming("Photo", "photo", "First"), wordings={"en": "A photo, please."}, by=cast.sue, at=now
    )
    change = of_answers().last()
    assert (change.before["name"], change.after["name"]) == ("Photo please", "Photo")
    assert "text.nl" in change.before and "text.nl" not in change.after
    actions.remove_kept(answer, by=cast.sue, at=now)
    change = of_answers().last()
    assert (change.before["name"], change.after, Answer.objects.count()) == ("Photo", {}, 0)


def test_what_one_keeps_for_oneself_is_nobody_elses_business(cast: Cast, now: datetime) -> None:
    mine = actions.add_answer(Naming("Hello"), wordings={"en": "Hello"}, shared=False, by=cast.tess, at=now)
    assert not of_answers().exists()
    assert answer_for(cast.tess, mine.pk) == mine
    assert answer_for(cast.tom, mine.pk) is None
    for verb in (
        lambda: actions.change_answer(mine, Naming("X"), wordings={"en": "x"}, by=cast.ada, at=now),
        lambda: actions.remove_kept(mine, by=cast.sue, at=now),
    ):
        with pytest.raises(NotAllowed):
            verb()
    assert list(answers_for(cast.tom)) == []


def test_what_everybody_uses_is_kept_by_those_who_may(cast: Cast, answer: Answer, macro: Macro, now: datetime) -> None:
    for by in (cast.tess, cast.dev):
        with pytest.raises(NotAllowed):
            actions.add_answer(Naming("X"), wordings={"en": "x"}, shared=True, by=by, at=now)
        with pytest.raises(NotAllowed):
            actions.change_answer(answer, Naming("X"), wordings={"en": "x"}, by=by, at=now)
        with pytest.raises(NotAllowed):
            actions.remove_kept(macro, by=by, at=now)
    assert list(answers_for(cast.dev)) == [answer]
    assert list(macros_for(cast.dev)) == []  # a developer does not work on tickets
    assert shared_and_own(cast.tess, Macro, shared=True) == [macro]


@pytest.mark.parametrize(
    ("naming", "wordings", "problem"),
    [
        (Naming("New"), {"en": "  ", "nl": ""}, NoWords),
        (Naming("New"), {"en": "Hi {{ person.age }} {{nonsense}}"}, UnknownVariables),
        (Naming("photo PLEASE"), {"en": "x"}, NameTaken),
        (Naming("New", "/Photo"), {"en": "x"}, NameTaken),
    ],
)
def test_what_is_wrong_with_an_answer_is_told(
    cast: Cast, answer: Answer, now: datetime, naming: Naming, wordings: Any, problem: type[Exception]
) -> None:
    with pytest.raises(problem) as told:
        actions.add_answer(naming, wordings=wordings, shared=True, by=cast.sue, at=now)
    assert len(str(told.value)) > 20
    assert Answer.objects.count() == 1


def test_one_may_have_an_own_answer_of_a_name_that_everybody_uses(cast: Cast, answer: Answer, now: datetime) -> None:
    own = actions.add_answer(Naming(answer.name, "photo"), wordings={"en": "x"}, shared=False, by=cast.tess, at=now)
    assert {one.pk for one in answers_for(cast.tess)} == {answer.pk, own.pk}


def test_a_name_is_tidied_and_a_text_kept_as_it_is(cast: Cast, now: datetime) -> None:
    kept = actions.add_answer(
        Naming("  Two  words ", " / Short Cut ", " In  here"), wordings={"en": " a\r\n\r\n  b\x00 "}, shared=False, by=cast.tess, at=now
    )  # fmt: skip
    assert (kept.name, kept.shortcut, kept.folder) == ("Two words", "shortcut", "In here")
    assert kept.wordings.get().text == "a\n\n  b"


def test_who_saves_over_somebody_elses_change_is_told(cast: Cast, answer: Answer, now: datetime) -> None:
    seen = fingerprint(actions.seen_of(answer))
    actions.change_answer(answer, Naming("Theirs"), wordings={"en": "theirs"}, seen=seen, by=cast.ada, at=now)
    with pytest.raises(ChangedMeanwhile):
        actions.change_answer(answer, Naming("Mine"), wordings={"en": "mine"}, seen=seen, by=cast.sue, at=now)
    assert Answer.objects.get().name == "Theirs"
    actions.remove_kept(answer, by=cast.ada, at=now)
    with pytest.raises(ChangedMeanwhile):
        actions.change_answer(answer, Naming("Mine"), wordings={"en": "mine"}, by=cast.sue, at=now)


@pytest.mark.parametrize(
    ("does", "wordings", "problem"),
    [
        (Does(), {"en": "words that nothing writes"}, NothingToDo),
        (Does(writes="reply"), {"en": " "}, NoWords),
        (Does([Planned("dance", "me")]), {}, NoSuchDeed),
        (Does([Planned("assign", "987654")]), {}, NoSuchDeed),
        (Does([Planned("severity", "very")]), {}, NoSuchDeed),
        (Does([Planned("state", "resolve")], writes="reply"), {"en": "x"}, StateTwice),
    ],
)
def test_what_is_wrong_with_a_macro_is_told(
    cast: Cast, now: datetime, does: Does, wordings: Any, problem: type[Exception]
) -> None:
    with pytest.raises(problem) as told:
        actions.add_macro(Naming("New"), does, wordings=wordings, shared=True, by=cast.sue, at=now)
    assert len(str(told.value)) > 20
    assert Macro.objects.count() == 0


def test_a_macro_is_changed_as_a_whole(cast: Cast, macro: Macro, now: datetime) -> None:
    tag = Tag.objects.create(name="power")
    does = Does([Planned("tag", str(tag.pk)), Planned("state", "resolve")])
    macro = actions.change_macro(macro, Naming("Only deeds"), does, wordings={"en": "left"}, by=cast.sue, at=now)
    assert macro.deeds == [{"deed": "tag", "value": str(tag.pk)}, {"deed": "state", "value": "resolve"}]
    assert (macro.writes, macro.wordings.count()) == ("", 0)


# --- offering ---------------------------------------------------------------------------------------------------------


def offered(cast: Cast, typed: str) -> list[Any]:
    return [one.kept for one in offered_for(cast.tess, typed)]


def test_the_very_shortcut_comes_first_whatever_it_is_of(cast: Cast, macro: Macro, now: datetime) -> None:
    answer = actions.add_answer(
        Naming("Power to the people", "powerful"), wordings={"en": "x"}, shared=True, by=cast.sue, at=now
    )
    assert offered(cast, "power") == [macro, answer]
    assert offered(cast, "pow") == [answer, macro]
    assert offered(cast, "") == [answer, macro]


def test_a_few_letters_find_the_shortcut_first_and_then_what_is_used_most(cast: Cast, now: datetime) -> None:
    def kept(name: str, shortcut: str = "", used: int = 0) -> Answer:
        answer = actions.add_answer(Naming(name, shortcut), wordings={"en": "x"}, shared=True, by=cast.sue, at=now)
        for _time in range(used):
            actions.count_use(answer, at=now + timedelta(minutes=1))
        return answer

    often, rare, short = kept("Power off", used=3), kept("Power on"), kept("Supply", "pow")
    kept("Something else")
    assert offered(cast, "pow") == [short, often, rare]
    assert offered(cast, " POWER ON ") == [rare]
    assert offered(cast, "%") == []
    assert len(offered(cast, "")) == 4
    often.refresh_from_db()
    assert (often.used_count, often.used_at) == (3, now + timedelta(minutes=1))
