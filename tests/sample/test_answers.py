"""The sample's canned answers and macros: in three languages, ready to be used, and gone with the sample."""

from datetime import datetime

import pytest

from mainstay.audit.models import SettingChange
from mainstay.history.append_only import erasing
from mainstay.sample.answers import ANSWERS, MACROS, make_answers, remove_answers
from mainstay.writing.actions import Naming, change_answer
from mainstay.writing.filling import filled_for
from mainstay.writing.markdown import html_of
from mainstay.writing.models import Answer, Macro
from mainstay.writing.queries import answers_for
from tests.cast import Cast


@pytest.fixture
def made(cast: Cast, now: datetime) -> None:
    make_answers(by=cast.sue, at=now)


def test_each_is_there_in_english_dutch_and_german(made: None, cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.paula, now, may_auto_reply=False)
    answers = list(answers_for(cast.tess).prefetch_related("wordings"))
    assert len(answers) == len(ANSWERS) >= 3
    for answer in answers:
        assert [one.language for one in answer.wordings.all()] == ["de", "en", "nl"]
        for wording in answer.wordings.all():
            filled = filled_for(wording, ticket, cast.tess)
            assert "{{" not in filled.text and "<p>" in html_of(filled.text)
    assert Macro.objects.count() == len(MACROS) >= 2


def test_they_go_with_the_sample_and_leave_nothing_in_the_log(made: None, cast: Cast) -> None:
    with erasing():
        remove_answers()
    assert (Answer.objects.count(), Macro.objects.count()) == (0, 0)
    assert not SettingChange.objects.filter(noun__in=["canned_answer", "macro"]).exists()


def test_what_somebody_changed_since_is_theirs(made: None, cast: Cast, now: datetime) -> None:
    changed = Answer.objects.order_by("pk")[0]
    change_answer(changed, Naming("Ours"), wordings={"en": "Our own words"}, by=cast.ada, at=now)
    with erasing():
        remove_answers()
    assert [answer.name for answer in Answer.objects.all()] == ["Ours"]
    assert SettingChange.objects.filter(noun="canned_answer", key=str(changed.pk)).count() == 2
