"""The set-up page of the policy: revisions, a change looked at before it is made, faults beside the text, nothing lost."""

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mainstay.policy.reading import PolicySource
from mainstay.promises.models import PolicyRevision, Promise
from mainstay.reports.models import FrozenMonth
from mainstay.reports.revising import apply_policy
from mainstay.tickets.models import Ticket
from tests.cast import POLICY, Cast
from tests.policy.calendar_texts import CHRISTMAS

SAMPLE = POLICY.read_text(encoding="utf-8")
FASTER = SAMPLE.replace('first_response = "5m"', 'first_response = "3m"', 1)
NAMED = SAMPLE.replace("calendar_files = []", 'calendar_files = ["closed.ics"]', 1)
LATER = datetime(2026, 11, 17, 13, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_one_o_clock() -> Any:
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def ada(cast: Cast, sign_in: Any) -> Any:
    return sign_in(cast.ada)


@pytest.fixture
def ticket(cast: Cast, now: datetime) -> Ticket:
    return cast.writes(cast.paula, now)


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def words(answer: Any) -> str:
    return " ".join(text(answer).split())


def look(client: Any, policy: str = FASTER, holds_from: str = "2026-11-17", **more: Any) -> Any:
    return client.post(reverse("desk:policy_preview"), {"text": policy, "holds_from": holds_from, **more})


def put(client: Any, policy: str = FASTER, holds_from: str = "2026-11-17", **more: Any) -> Any:
    return client.post(reverse("desk:policy_application"), {"text": policy, "holds_from": holds_from, **more})


def an_upload(name: str = "closed.ics", content: bytes = CHRISTMAS.encode()) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/calendar")


def test_the_page_shows_the_policy_in_force_its_revisions_and_the_months_ahead(cast: Cast, ada: Any) -> None:
    apply_policy(PolicySource(FASTER), holds_from=LATER + timedelta(days=2), by=cast.ada, at=LATER)
    christmas = SAMPLE.replace("dates = []", 'dates = [{ on = 2026-12-25, name = { en = "Christmas" } }]', 1)
    apply_policy(PolicySource(christmas), holds_from=LATER, by=cast.ada, at=LATER)
    page = words(ada.get(reverse("desk:policy")))
    for said in ("In force", "Waits", "80 a week, Etc/UTC", "Fri 2026-12-25", "Christmas", "352 h"):
        assert said in page
    assert page.index(">3</a>") < page.index(">2</a>", page.index("Holds from"))


def test_the_list_costs_the_same_for_one_revision_and_for_many_and_has_pages(cast: Cast, ada: Any) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert ada.get(reverse("desk:policy")).status_code == 200
        return len(seen)

    ada.get(reverse("desk:policy"))
    one = queries()
    for number in range(2, 41):
        PolicyRevision.objects.create(
            number=number, text=SAMPLE, digest=str(number), holds_from=LATER + timedelta(days=number), imported_at=LATER
        )
    ada.get(reverse("desk:policy"))  # a process reads each revision once
    assert queries() == one
    page = text(ada.get(reverse("desk:policy")))
    assert "?before=11" in page
    older = text(ada.get(reverse("desk:policy") + "?before=11"))
    assert (older.count("data-item"), "?before=" in older) == (10, False)
    for nonsense in ("x", "-1", "1" * 5000, "\x00"):
        assert ada.get(reverse("desk:policy"), {"before": nonsense}).status_code == 200
    for odd in ("-1", "x", "9" * 40, "²"):
        assert text(ada.get(reverse("desk:policy"), {"before": odd})).count("data-item") == 30


def test_a_revision_is_shown_word_for_word_with_what_changed(cast: Cast, ada: Any) -> None:
    apply_policy(PolicySource(FASTER + "# <b>why</b>\n"), holds_from=LATER, by=cast.ada, at=LATER)
    answer = ada.get(reverse("desk:policy_revision", args=[2]))
    assert "&lt;b&gt;why&lt;/b&gt;" in answer.content.decode()
    page = words(answer)
    assert "What changed against revision 1" in page
    assert "<code>targets.first_response</code>" in page
    assert "<del>5m</del>" in page
    assert "<ins>3m</ins>" in page
    assert "What changed" not in words(ada.get(reverse("desk:policy_revision", args=[1])))
    assert ada.get(reverse("desk:policy_revision", args=[3])).status_code == 404


def test_looking_changes_nothing_and_putting_in_force_does_what_was_shown(
    cast: Cast, ada: Any, ticket: Ticket, now: datetime
) -> None:
    answer = look(ada)
    page = words(answer)
    assert answer.status_code == 200
    for said in (
        "Revision 2 would hold from Tue 17 Nov 2026",
        "<code>targets.first_response</code>",
        "1 ticket would be measured under the new policy",
        f"#{ticket.number}",
        "5 min → 3 min",
        "nothing counted, −2 h 55 in the bank",
        "nothing counted, −2 h 57 in the bank",
    ):
        assert said in page, said
    assert PolicyRevision.objects.count() == 1
    done = put(ada)
    assert (done.status_code, done["Location"]) == (302, reverse("desk:policy_revision", args=[2]))
    ticket.refresh_from_db()
    assert ticket.promise.first_response_target_seconds == 180
    assert "Revision 2 holds." in text(ada.get(done["Location"]))


def test_without_a_day_it_holds_from_now_and_a_day_ahead_waits(cast: Cast, ada: Any, ticket: Ticket) -> None:
    put(ada, holds_from="")
    assert PolicyRevision.objects.get(number=2).holds_from == LATER
    done = put(ada, SAMPLE, holds_from="2026-12-01")
    assert "waits for its day" in text(ada.get(done["Location"]))
    assert Promise.objects.get().revision == cast.revision


def test_faults_stand_by_their_lines_and_nothing_that_was_typed_is_lost(ada: Any, ticket: Ticket) -> None:
    broken = FASTER.replace('zone = "Etc/UTC"', 'zone = "Mars/Olympus"', 1).replace('"5h"', '"0h"') + "# mine & yours\n"
    for send in (look, put):
        answer = send(ada, broken, holds_from="2026-12-24")
        page = text(answer)
        assert answer.status_code == 422
        line = broken.splitlines().index('zone = "Mars/Olympus"') + 1
        assert re.search(rf"<b>\s*Line {line}\s*</b>", page)
        assert '<pre>zone = "Mars/Olympus"</pre>' in page
        assert "There are 2 things to mend. Nothing was changed." in page
        assert "# mine & yours\n" in page
        assert 'value="2026-12-24"' in page
    assert PolicyRevision.objects.count() == 1


@pytest.mark.parametrize(
    "day, said",
    [
        ("2026-10-31", "2026-10 are published"),
        ("2020-01-01", "can hold before it"),
        ("2199-13-01", "is no date"),
        ("9999-01-01", "2000 to 2199"),
    ],
)
def test_a_day_that_cannot_be_is_told_beside_it(ada: Any, ticket: Ticket, day: str, said: str) -> None:
    FrozenMonth.objects.create(month="2026-10", frozen_at=LATER, figures={})
    for send in (look, put):
        answer = send(ada, holds_from=day)
        page = text(answer)
        assert (answer.status_code, said in page, FASTER[-200:] in page, f'value="{day}"' in page) == (422, *[True] * 3)
    assert PolicyRevision.objects.count() == 1
    assert Promise.objects.get().first_response_target_seconds == 300


def test_a_file_stands_in_place_of_the_text(ada: Any) -> None:
    upload = SimpleUploadedFile("policy.toml", ("\ufeff" + FASTER).replace("\n", "\r\n").encode())
    assert put(ada, "x", file=upload).status_code == 302
    assert PolicyRevision.objects.get(number=2).digest == PolicySource(FASTER).digest


@pytest.mark.parametrize("content, said", [(b"\xff\xfe", "is not UTF-8"), (b"x" * 1_000_001, "at most 1000000 bytes")])
def test_a_file_that_cannot_be_read_is_told_and_the_text_stays(ada: Any, content: bytes, said: str) -> None:
    answer = look(ada, FASTER, file=SimpleUploadedFile("policy.toml", content))
    assert (answer.status_code, said in text(answer), FASTER[-200:] in text(answer)) == (422, True, True)


def test_calendar_files_go_along_from_page_to_page(ada: Any) -> None:
    answer = look(ada, NAMED, holds_from="", calendars=[an_upload()])
    page = text(answer)
    assert answer.status_code == 200
    assert "non_working_days.calendar_files[closed.ics][2026-12-25]" in page
    carried = {"calendar_name": ["closed.ics"], "calendar_text": [CHRISTMAS]}
    assert '<input type="hidden" name="calendar_name" value="closed.ics">' in page
    assert CHRISTMAS in page
    back = text(ada.post(reverse("desk:policy_new"), {"text": NAMED, **carried}))
    assert CHRISTMAS in back
    assert "Here: closed.ics." in " ".join(back.split())
    assert put(ada, NAMED, holds_from="", **carried).status_code == 302
    assert PolicyRevision.objects.get(number=2).calendars == {"closed.ics": CHRISTMAS}


def test_the_calendar_files_in_force_stay_unless_newer_ones_come(cast: Cast, ada: Any) -> None:
    apply_policy(
        PolicySource(NAMED, {"closed.ics": CHRISTMAS}), holds_from=LATER - timedelta(hours=1), by=None, at=LATER
    )
    faster = NAMED.replace('first_response = "5m"', 'first_response = "3m"', 1)
    assert put(ada, faster, holds_from="").status_code == 302
    assert PolicyRevision.objects.get(number=3).calendars == {"closed.ics": CHRISTMAS}
    newer = CHRISTMAS.replace("20261225", "20261224")
    put(ada, faster, holds_from="2026-12-01", calendars=[an_upload(content=newer.encode())])
    assert PolicyRevision.objects.get(number=4).calendars == {"closed.ics": newer}


@pytest.mark.parametrize(
    "policy, upload, said",
    [
        (NAMED, None, "“closed.ics” is not there"),
        (NAMED, an_upload(content=b"\xff"), "“closed.ics” is not UTF-8"),
        (NAMED, an_upload(content=b"hello"), "“closed.ics” is not a calendar file"),
        (FASTER, an_upload(), "“closed.ics” is not named under non_working_days.calendar_files"),
        (NAMED, an_upload(content=b"x" * 1_000_001), "“closed.ics” is too large"),
    ],
)
def test_calendar_files_that_do_not_fit_are_told(ada: Any, policy: str, upload: Any, said: str) -> None:
    if upload is not None:
        upload.seek(0)
    answer = look(ada, policy, holds_from="", **({"calendars": [upload]} if upload else {}))
    assert (answer.status_code, said in text(answer)) == (422, True)
    assert PolicyRevision.objects.count() == 1


def test_hostile_fields_change_nothing(ada: Any) -> None:
    odd = {"calendar_name": ["closed.ics", "../x"], "calendar_text": ["a\x00b", "c"]}
    for given in ({"text": "\x00"}, {"text": ""}, {}, {"text": NAMED, **odd}, {"text": "a" * 1_000_001}):
        for page in ("policy_preview", "policy_application"):
            assert ada.post(reverse(f"desk:{page}"), given).status_code == 422
    assert PolicyRevision.objects.count() == 1


def test_set_up_names_both_its_places(ada: Any) -> None:
    for page in ("mailboxes", "policy"):
        shown = text(ada.get(reverse(f"desk:{page}")))
        assert f'href="{reverse("desk:mailboxes")}"' in shown
        assert f'href="{reverse("desk:policy")}"' in shown
