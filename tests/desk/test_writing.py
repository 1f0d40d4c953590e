"""Writing at the desk: the composer by script and as plain forms, drafts, files, canned answers, macros, replies for later."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from mainstay.duty.actions import set_languages
from mainstay.tickets import actions as tickets
from mainstay.tickets.models import Tag, Ticket
from mainstay.writing import actions
from mainstay.writing.actions import Does, Naming
from mainstay.writing.deeds import Planned
from mainstay.writing.models import Answer, Draft, Macro, MacroRun, PlannedReply
from mainstay.writing.queries import draft_of
from tests.cast import Cast
from tests.writing.test_drafts import PNG

SCRIPT = {"headers": {"Accept": "application/json"}}
HTMX = {"headers": {"HX-Request": "true"}}


@pytest.fixture
def ticket(cast: Cast, now: datetime) -> Ticket:
    return cast.writes(cast.paula, now, language="nl", may_auto_reply=False)


@pytest.fixture
def tess(cast: Cast, sign_in: Any) -> Any:
    return sign_in(cast.tess)


def url(name: str, *arguments: Any) -> str:
    return reverse(f"desk:{name}", args=arguments)


def page(client: Any, ticket: Ticket) -> str:
    return words(client.get(url("ticket", ticket.number)))


def words(answer: Any) -> str:
    html = re.sub(r"<script.*?</script>", "", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.replace("&#x27;", "'").replace("&quot;", '"'))


def field(html: str) -> str:
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", html, re.DOTALL)
    assert found
    return found[1]


def hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found
    return found[1]


# --- drafts -----------------------------------------------------------------------------------------------------------


def test_a_draft_is_there_after_signing_in_again(cast: Cast, ticket: Ticket, tess: Any, sign_in: Any) -> None:
    answer = tess.post(
        url("ticket_draft", ticket.number), {"text": "Half a <b>thought</b>", "mode": "note", "base": ""}
    )
    draft = Draft.objects.get()
    assert json.loads(answer.content) == {"base": draft.base}
    tess.logout()
    html = sign_in(cast.tess).get(url("ticket", ticket.number)).content.decode()
    assert field(html) == "Half a &lt;b&gt;thought&lt;/b&gt;"
    assert (hidden(html, "base"), re.search(r'value="note"[^>]*checked', html) is not None) == (draft.base, True)
    assert "Half a" not in page(sign_in(cast.tom), ticket)


def test_another_window_is_answered_with_what_is_there(cast: Cast, ticket: Ticket, tess: Any) -> None:
    here = url("ticket_draft", ticket.number)
    first = json.loads(tess.post(here, {"text": "One", "base": ""}).content)
    tess.post(here, {"text": "One two", "base": first["base"]})
    answer = tess.post(here, {"text": "One three", "base": first["base"]})
    told = json.loads(answer.content)
    assert (answer.status_code, told["text"], told["base"]) == (409, "One two", Draft.objects.get().base)
    assert "another window" in told["problem"]


def test_without_scripts_a_draft_is_kept_by_a_button(ticket: Ticket, tess: Any) -> None:
    answer = tess.post(url("ticket_draft", ticket.number), {"text": "Later", "do": "keep", "base": ""}, follow=True)
    assert "Your draft is kept." in words(answer)
    assert field(answer.content.decode()) == "Later"


def test_a_window_of_a_merged_ticket_goes_on_where_its_messages_are(
    cast: Cast, ticket: Ticket, tess: Any, now: datetime
) -> None:
    here = url("ticket_draft", ticket.number)
    base = json.loads(tess.post(here, {"text": "Half", "base": ""}).content)["base"]
    other = cast.writes(cast.paula, now, subject="Other", may_auto_reply=False)
    tickets.merge_ticket(ticket, into=other, by=cast.sue, at=now)
    answer = tess.post(here, {"text": "Half and more", "base": base})
    assert answer.status_code == 200
    found = draft_of(cast.tess, other)
    assert found is not None and found.text == "Half and more"


def test_colleagues_are_shown_who_is_writing(cast: Cast, ticket: Ticket, tess: Any, sign_in: Any) -> None:
    tess.post(url("ticket_draft", ticket.number), {"text": "Secret words", "base": ""})
    beside = words(sign_in(cast.tom).get(url("ticket_beside", ticket.number)))
    assert "Tess is writing here." in beside and "Secret" not in beside
    assert "is writing" not in words(tess.get(url("ticket_beside", ticket.number)))


# --- sending ----------------------------------------------------------------------------------------------------------


def test_what_was_written_is_shown_in_its_form(cast: Cast, ticket: Ticket, tess: Any) -> None:
    text = "**Bold** and `code` <script>alert(1)</script>\n\n- item"
    answer = tess.post(url("ticket_replies", ticket.number), {"text": text, "seen": "999999"}, **HTMX)
    assert answer.status_code == 200 and field(answer.content.decode()) == ""
    html = page(tess, ticket)
    assert "<strong>Bold</strong> and <code>code</code> &lt;script&gt;" in html
    assert "<li>item</li>" in html


def test_a_colleagues_answer_meanwhile_is_shown_first_and_then_it_is_sent_by_choice(
    cast: Cast, ticket: Ticket, tess: Any, now: datetime
) -> None:
    html = tess.get(url("ticket", ticket.number)).content.decode()
    seen = hidden(html, "seen")
    actions.send_reply(ticket, text="Tom was **first**.", by=cast.tom, at=now + timedelta(minutes=1))
    answer = tess.post(url("ticket_replies", ticket.number), {"text": "Me too", "seen": seen, "base": ""}, **HTMX)
    assert answer.status_code == 422
    shown = words(answer)
    assert "answered meanwhile" in shown and "Tom was <strong>first</strong>." in shown and "Send all the same" in shown
    assert field(answer.content.decode()) == "Me too"
    assert Draft.objects.get().text == "Me too"
    again = {"text": "Me too", "seen": hidden(answer.content.decode(), "seen"), "base": Draft.objects.get().base}
    assert tess.post(url("ticket_replies", ticket.number), again).status_code == 302
    assert ticket.messages.filter(kind="reply").count() == 2


def test_what_one_wrote_in_another_window_is_shown_before_anything_is_sent(
    cast: Cast, ticket: Ticket, tess: Any, now: datetime
) -> None:
    begun = actions.keep_draft(ticket, text="Short", by=cast.tess, at=now)
    assert begun is not None
    actions.keep_draft(ticket, text="Much better words", by=cast.tess, at=now, base=begun.base)
    for name in ("ticket_replies", "ticket_notes"):
        answer = tess.post(url(name, ticket.number), {"text": "Short", "base": begun.base, "seen": "999999"})
        assert answer.status_code == 422
        assert "Much better words" in words(answer)
        assert field(answer.content.decode()) == "Short"
    base = hidden(answer.content.decode(), "base")
    assert tess.post(url("ticket_notes", ticket.number), {"text": "Short", "base": base}).status_code == 302
    assert Draft.objects.count() == 0


def test_a_gap_is_told_beside_the_text(ticket: Ticket, tess: Any) -> None:
    answer = tess.post(url("ticket_replies", ticket.number), {"text": "Your ⟦the product⟧", "seen": "999999"}, **HTMX)
    assert answer.status_code == 422
    assert "Something is still missing in your text: the product." in words(answer)
    assert field(answer.content.decode()) == "Your ⟦the product⟧"


def test_undo_brings_the_text_back_into_the_composer(cast: Cast, ticket: Ticket, tess: Any) -> None:
    tess.post(url("ticket_replies", ticket.number), {"text": "Too *soon*", "seen": "999999", "then": "resolve"})
    sent = ticket.messages.get(kind="reply")
    html = page(tess, ticket)
    assert url("message_withdrawal", sent.pk) in html and 'data-countdown="10"' in html
    answer = tess.post(url("message_withdrawal", sent.pk), follow=True)
    assert field(answer.content.decode()) == "Too *soon*"
    ticket.refresh_from_db()
    assert ticket.state == "new"


def test_a_mention_is_marked_in_the_note(cast: Cast, ticket: Ticket, tess: Any) -> None:
    tess.post(url("ticket_notes", ticket.number), {"text": "Look, @Tom"})
    assert '<b class="mention">@Tom</b>' in page(tess, ticket)


def test_limits_and_languages_are_said_where_one_types(cast: Cast, ticket: Ticket, tess: Any, now: datetime) -> None:
    set_languages(cast.tom, ["nl"], by=cast.sue, at=now)
    html = page(tess, ticket)
    assert "Up to 20 files, 20 MB together" in html or re.search(r"Up to \d+ files, \d+ MB together", html)
    assert "They write in Dutch, which is none of your languages. Tom can answer in it." in html
    set_languages(cast.tess, ["nl"], by=cast.sue, at=now)
    assert "none of your languages" not in page(tess, ticket)


# --- files ------------------------------------------------------------------------------------------------------------


def picture(name: str = "shot.png", content: bytes = PNG) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/png")


def test_a_dropped_picture_stands_in_the_text_and_is_seen_by_its_writer_only(
    cast: Cast, ticket: Ticket, tess: Any, sign_in: Any
) -> None:
    answer = tess.post(url("ticket_files", ticket.number), {"files": picture("a [b].png"), "in_text": "1"})
    told = json.loads(answer.content)
    file = Draft.objects.get().files.get()
    assert told["text"] == f"![a (b).png](cid:{file.content_id})"
    assert "a [b].png" in told["files"] and told["problem"] == ""
    shown = tess.get(url("draft_file", file.pk))
    assert (shown["Content-Type"], b"".join(shown.streaming_content) if shown.streaming else shown.content) == (
        "image/png",
        PNG,
    )
    assert sign_in(cast.tom).get(url("draft_file", file.pk)).status_code == 404
    preview = words(tess.post(url("ticket_preview", ticket.number), {"text": told["text"]}))
    assert f'<img src="{url("draft_file", file.pk)}" alt="a (b).png">' in preview
    tess.post(url("ticket_replies", ticket.number), {"text": told["text"], "seen": "999999"})
    sent = ticket.messages.get(kind="reply").attachments.get()
    assert f'<img src="{url("attachment_preview", sent.pk)}" alt="a (b).png">' in page(tess, ticket)


def test_what_is_no_picture_is_saved_and_never_opened(ticket: Ticket, tess: Any) -> None:
    tess.post(
        url("ticket_files", ticket.number), {"files": picture("x.png", b"<script>alert(1)</script>"), "in_text": "1"}
    )
    file = Draft.objects.get().files.get()
    shown = tess.get(url("draft_file", file.pk))
    assert shown["Content-Disposition"].startswith("attachment")
    assert (shown["Content-Type"], b"".join(shown.streaming_content)) == (
        "application/octet-stream",
        b"<script>alert(1)</script>",
    )


def test_files_of_a_plain_form_go_with_its_reply(ticket: Ticket, tess: Any) -> None:
    tess.post(
        url("ticket_replies", ticket.number), {"text": "See the plan", "seen": "999999", "files": [picture("plan.png")]}
    )
    assert [one.filename for one in ticket.messages.get(kind="reply").attachments.all()] == ["plan.png"]


def test_a_file_that_can_not_go_stops_the_reply_and_says_why(ticket: Ticket, tess: Any) -> None:
    answer = tess.post(
        url("ticket_replies", ticket.number), {"text": "See", "seen": "999999", "files": [picture("empty.png", b"")]}
    )
    assert answer.status_code == 422
    assert "This file is empty" in words(answer)
    assert not ticket.messages.filter(kind="reply").exists()


def test_a_file_is_taken_away_without_scripts_and_the_text_stays(ticket: Ticket, tess: Any) -> None:
    tess.post(url("ticket_files", ticket.number), {"files": picture()})
    draft = Draft.objects.get()
    sent = {"text": "Typed meanwhile", "base": draft.base, "mode": "reply"}
    answer = tess.post(url("draft_file_removal", draft.files.get().pk), sent, follow=True)
    assert field(answer.content.decode()) == "Typed meanwhile"
    assert draft.files.count() == 0


# --- pasting ----------------------------------------------------------------------------------------------------------


def test_a_clipboard_becomes_markdown(tess: Any) -> None:
    answer = tess.post(
        url("pasting"), {"html": "<ul><li><b>one</b></li></ul><img src=https://t.example/x.gif onerror=x>"}
    )
    assert json.loads(answer.content) == {"text": "- **one**"}
    answer = tess.post(url("pasting"), {"html": "<p>" + "word " * 60_000})
    assert answer.status_code == 422 and "too much" in json.loads(answer.content)["problem"]


# --- canned answers ---------------------------------------------------------------------------------------------------


@pytest.fixture
def answer(cast: Cast, now: datetime) -> Answer:
    texts = {"en": "Dear {{ person.first_name }}, your {{ ticket.product }}?", "de": "Hallo {{ person.name }}"}
    return actions.add_answer(Naming("Product", "prod"), wordings=texts, shared=True, by=cast.sue, at=now)


def fill(client: Any, ticket: Ticket, answer: Answer | int, **more: Any) -> Any:
    return client.post(url("ticket_filling", ticket.number), {"answer": getattr(answer, "pk", answer)}, **more)


def test_an_answer_says_what_is_missing(ticket: Ticket, answer: Answer, tess: Any) -> None:
    told = json.loads(fill(tess, ticket, answer, **SCRIPT).content)
    assert told["text"] == "Dear Paula, your ⟦the product⟧?"
    assert told["told"] == (
        "There is no Dutch text: this is the English one. Not known here: the product. Fill in what is marked."
    )
    answer.refresh_from_db()
    assert answer.used_count == 1


def test_an_answer_that_is_gone_or_anothers_is_told(
    cast: Cast, ticket: Ticket, answer: Answer, tess: Any, now: datetime
) -> None:
    theirs = actions.add_answer(Naming("X"), wordings={"en": "x"}, shared=False, by=cast.tom, at=now)
    for one in (theirs, 987654, "nonsense"):
        gone = fill(tess, ticket, one, **SCRIPT)  # type: ignore[arg-type]
        assert gone.status_code == 422
        assert "not there any more" in json.loads(gone.content)["problem"]


def test_without_scripts_an_answer_is_put_below_the_draft(ticket: Ticket, answer: Answer, tess: Any) -> None:
    sent = tess.post(url("ticket_draft", ticket.number), {"text": "Hello", "do": "ready", "base": ""})
    assert sent["Location"] == url("ticket_ready", ticket.number)
    assert "Product" in words(tess.get(sent["Location"]))
    filled = fill(tess, ticket, answer, follow=True)
    assert field(filled.content.decode()) == "Hello\n\nDear Paula, your ⟦the product⟧?"
    assert "Fill in what is marked." in words(filled)


def test_letters_behind_a_slash_offer_answers_macros_and_deeds(
    cast: Cast, ticket: Ticket, answer: Answer, tess: Any, sign_in: Any, now: datetime
) -> None:
    actions.add_macro(
        Naming("Production line"), Does([Planned("assign", "me")]), wordings={}, shared=True, by=cast.sue, at=now
    )
    here = url("ticket_suggestions", ticket.number)
    offered = words(tess.get(here, {"of": "ready", "typed": "prod"}))
    assert (offered.count("data-fills="), offered.count("data-opens=")) == (1, 1)
    assert "Product" in offered and "Production line" in offered
    assert "Production line" not in words(sign_in(cast.dev).get(here, {"of": "ready", "typed": "prod"}))
    assert 'data-does="assign"' in words(tess.get(here, {"of": "ready", "typed": "assign"}))
    assert "@Tom" in words(tess.get(here, {"of": "colleagues", "typed": "to"}))


# --- macros -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def macro(cast: Cast, now: datetime) -> Macro:
    tag = Tag.objects.create(name="power")
    does = Does([Planned("assign", "me"), Planned("tag", str(tag.pk))], writes="reply", then="wait")
    wordings = {"en": "Dear {{ person.name }}, is the supply on?"}
    return actions.add_macro(Naming("Power"), does, wordings=wordings, shared=True, by=cast.sue, at=now)


def test_a_macro_is_previewed_run_and_undone(cast: Cast, ticket: Ticket, macro: Macro, tess: Any) -> None:
    shown = words(tess.get(url("ticket_macro", ticket.number), {"macro": macro.pk}))
    for line in ("Assign it to Tess", "Tag it “power”", "Send the reply below", "Wait for the customer"):
        assert f"<li>{line}</li>" in shown
    assert field(shown) == "Dear Paula, is the supply on?"
    assert "There is no Dutch text: this is the English one." in shown
    ticket.refresh_from_db()
    assert ticket.assignee is None  # looking does nothing
    sent = {"macro": macro.pk, "seen": hidden(shown, "seen"), "text": "Dear Paula, is it on?"}
    assert tess.post(url("ticket_macro", ticket.number), sent).status_code == 302
    run = MacroRun.objects.get()
    assert url("macro_undoing", run.pk) in page(tess, ticket)
    undone = tess.post(url("macro_undoing", run.pk), follow=True)
    assert "“Power” is undone." in words(undone)
    ticket.refresh_from_db()
    assert (ticket.assignee, ticket.state, ticket.tags.count()) == (None, "new", 0)


def test_a_macro_is_stopped_by_a_colleagues_answer_and_keeps_its_words(
    cast: Cast, ticket: Ticket, macro: Macro, tess: Any, now: datetime
) -> None:
    seen = ticket.messages.get().pk
    actions.send_reply(ticket, text="Tom was first.", by=cast.tom, at=now + timedelta(minutes=1))
    sent = {"macro": macro.pk, "seen": seen, "text": "My own words"}
    answer = tess.post(url("ticket_macro", ticket.number), sent)
    assert answer.status_code == 422
    shown = words(answer)
    assert "Tom was first." in shown and "Run it all the same" in shown and field(shown) == "My own words"
    assert MacroRun.objects.count() == 0


def test_a_macro_that_is_gone_is_told(ticket: Ticket, macro: Macro, tess: Any) -> None:
    answer = tess.post(url("ticket_macro", ticket.number), {"macro": 987654, "text": "x"})
    assert answer.status_code == 422
    assert "This macro is not there any more. Nothing was done." in words(answer)


# --- for later --------------------------------------------------------------------------------------------------------


def later(at: datetime) -> dict[str, str]:
    return {"later": "own", "later_at": f"{at:%Y-%m-%dT%H:%M}"}


def test_a_reply_for_later_is_shown_and_decided_about(cast: Cast, ticket: Ticket, tess: Any) -> None:
    html = tess.get(url("ticket", ticket.number)).content.decode()
    moment = re.search(r'name="later" value="(\d[^"]*)"', html)
    assert moment
    sent = {"text": "**Good** morning", "seen": "999999", "then": "wait", "later": moment[1], "regardless": "1"}
    assert tess.post(url("ticket_replies", ticket.number), sent).status_code == 302
    planned = PlannedReply.objects.get()
    assert planned.regardless and planned.due_at.isoformat() == moment[1]
    shown = page(tess, ticket)
    assert "Tess wrote a reply that is to be sent" in shown and "<strong>Good</strong> morning" in shown
    assert "even if the customer writes before that" in shown
    answer = tess.post(url("planned_decision", planned.pk), {"do": "edit"}, follow=True)
    assert field(answer.content.decode()) == "**Good** morning"
    answer = tess.post(url("planned_decision", planned.pk), {"do": "now"}, follow=True)
    assert "sent or cancelled meanwhile" in words(answer)


@pytest.mark.parametrize(
    "chosen",
    [
        {"later": "own"},
        {"later": "own", "later_at": "tomorrow"},
        {"later": "never"},
        {"later": "2026-11-18T09:00:00"},  # without a zone
    ],
)
def test_a_moment_that_is_none_is_told_and_the_text_stays(ticket: Ticket, tess: Any, chosen: dict[str, str]) -> None:
    answer = tess.post(url("ticket_replies", ticket.number), {"text": "Words", "seen": "999999", **chosen})
    assert answer.status_code == 422
    assert "Choose a day and a time" in words(answer) and field(answer.content.decode()) == "Words"
    assert not ticket.messages.filter(kind="reply").exists() and not PlannedReply.objects.exists()


def test_a_moment_that_is_over_is_told(ticket: Ticket, tess: Any, now: datetime) -> None:
    sent = {"text": "Words", "seen": "999999", **later(now - timedelta(days=400))}
    answer = tess.post(url("ticket_replies", ticket.number), sent)
    assert answer.status_code == 422
    assert "at least a minute" in words(answer)


def test_a_held_reply_asks_whoever_may_write(cast: Cast, ticket: Ticket, tess: Any, sign_in: Any) -> None:
    from django.utils import timezone

    at = timezone.now()
    actions.plan_reply(ticket, text="x", due_at=at + timedelta(hours=2), by=cast.tess, at=at)
    cast.writes(cast.paula, at + timedelta(minutes=1), "It works!", thread=ticket.pk)
    shown = page(tess, ticket)
    assert "is not sent by itself:" in shown and "the customer has written since" in shown
    assert "Send it then all the same" in shown
    assert "Send it now" not in page(sign_in(cast.dev), ticket)
    line = words(tess.get(url("ticket_timeline", ticket.number)))
    assert re.search(r"Tess wrote a reply that is to be sent \w{3} \d+ \w{3} \d{4}, \d\d:\d\d UTC", line)
    assert "The reply of Tess for later is not sent by itself: the customer has written since" in line


# --- keeping answers and macros ----------------------------------------------------------------------------------------


def test_answers_for_everybody_are_kept_in_set_up_and_ones_own_beside(
    cast: Cast, answer: Answer, sign_in: Any, tess: Any
) -> None:
    sue = sign_in(cast.sue)
    new = {"name": "New", "shortcut": "/n", "text_en": "Hi {{ person.name }}", "text_nl": "Dag"}
    assert sue.post(url("shared_answer_new"), new).status_code == 302
    assert tess.post(url("answer_new"), {**new, "name": "Mine"}).status_code == 302
    mine, shared = Answer.objects.get(name="Mine"), Answer.objects.get(name="New")
    assert (mine.owner, shared.owner, shared.shortcut) == (cast.tess, None, "n")
    assert tess.get(url("shared_answers")).status_code == 403
    assert tess.post(url("shared_answer", shared.pk), new).status_code == 403
    assert sue.get(url("answer", mine.pk)).status_code == 404
    assert tess.post(url("answer", shared.pk), new).status_code == 403
    listed = words(tess.get(url("answers")))
    assert "Mine" in listed and "Product" in listed
    sue.post(url("answer_removal", shared.pk))
    assert not Answer.objects.filter(name="New").exists()


def test_what_is_wrong_stays_in_the_form(cast: Cast, answer: Answer, sign_in: Any) -> None:
    new = {"name": "Product", "text_en": "Hi {{ person.age }}"}
    answered = sign_in(cast.sue).post(url("shared_answer_new"), new)
    assert answered.status_code == 422
    assert "There is no variable {{ person.age }}" in words(answered)
    assert "Hi {{ person.age }}" in words(answered)


def test_words_in_a_language_that_the_policy_does_not_offer_are_kept(cast: Cast, answer: Answer, sign_in: Any) -> None:
    sue = sign_in(cast.sue)
    html = words(sue.get(url("shared_answer", answer.pk)))
    assert 'name="text_de"' in html and "German" in html
    assert "More languages" not in html  # there are words in it
    sent = {"name": "Product", "seen": hidden(html, "seen"), "text_en": "Short", "text_de": "Hallo {{ person.name }}"}
    assert sue.post(url("shared_answer", answer.pk), sent).status_code == 302
    assert {one.language: one.text for one in answer.wordings.all()} == {"en": "Short", "de": "Hallo {{ person.name }}"}


def test_two_who_change_an_answer_at_once_are_told(cast: Cast, answer: Answer, sign_in: Any) -> None:
    sue, ada = sign_in(cast.sue), sign_in(cast.ada)
    seen = hidden(words(sue.get(url("shared_answer", answer.pk))), "seen")
    ada.post(url("shared_answer", answer.pk), {"name": "Ada's", "seen": seen, "text_en": "Ada's words"})
    answered = sue.post(url("shared_answer", answer.pk), {"name": "Sue's", "seen": seen, "text_en": "Sue's words"})
    shown = words(answered)
    assert answered.status_code == 422
    assert "Somebody else changed this" in shown and "Sue's words" in shown and "Ada's words" in shown
    again = {"name": "Sue's", "seen": hidden(shown, "seen"), "text_en": "Sue's words"}
    assert sue.post(url("shared_answer", answer.pk), again).status_code == 302


def test_a_macro_is_made_in_set_up(cast: Cast, sign_in: Any) -> None:
    sue = sign_in(cast.sue)
    sent = {"name": "Close it", "deed_assign": "me", "deed_state": "resolve", "writes": "note", "text_en": "Done."}
    assert sue.post(url("shared_macro_new"), sent).status_code == 302
    macro = Macro.objects.get()
    assert macro.deeds == [{"deed": "assign", "value": "me"}, {"deed": "state", "value": "resolve"}]
    sent = {"name": "Twice", "deed_state": "resolve", "writes": "reply", "text_en": "Done."}
    answered = sue.post(url("shared_macro_new"), sent)
    assert answered.status_code == 422 and "leave the deed “Then” out" in words(answered)
    answered = sue.post(url("shared_macro_new"), {"name": "Nothing"})
    assert answered.status_code == 422 and "needs a text or at least one deed" in words(answered)


@pytest.mark.parametrize("name", ["answers", "macros", "shared_answers", "shared_macros"])
def test_lists_cost_the_same_with_one_row_and_with_thirty(
    cast: Cast, sign_in: Any, now: datetime, name: str, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = sign_in(cast.sue)

    def make(number: int) -> None:
        for shared in (True, False):
            actions.add_answer(
                Naming(f"A{number}"), wordings={"en": "x", "nl": "y"}, shared=shared, by=cast.sue, at=now
            )
            does = Does([Planned("assign", "me")], writes="note")
            actions.add_macro(Naming(f"M{number}"), does, wordings={"en": "x"}, shared=shared, by=cast.sue, at=now)

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url(name)).status_code == 200
        return len(captured)

    make(0)
    cost()
    one = cost()
    for number in range(1, 30):
        make(number)
    assert cost() == one
