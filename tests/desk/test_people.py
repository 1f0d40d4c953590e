"""The pages of people and organisations: what they show, what they cost, and that nothing typed is lost."""

import csv
import re
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mainstay.people import changing
from mainstay.people.actions import register_organisation, register_person
from mainstay.people.merging import merge_persons
from mainstay.people.models import Identity, Organisation, Person, PersonEvent, PersonMerge
from mainstay.satisfaction.models import Rating
from mainstay.tickets import actions
from mainstay.tickets.lifelines import Place, messages_about
from mainstay.tickets.models import Participant, Ticket
from tests.cast import Cast

PERSON_QUERIES = 24
ORGANISATION_QUERIES = 19
LIST_QUERIES = 11
ORGANISATION_LIST_QUERIES = 11


def queries(client: Any, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def url_of(about: Person | Organisation, part: str = "") -> str:
    name = "person" if isinstance(about, Person) else "organisation"
    return reverse(f"desk:{name}{part}", args=[about.pk])


def text_of(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def fields_of(client: Any, url: str) -> dict[str, Any]:
    """What a browser would send if nothing was changed."""
    form = client.get(url).context["form"]
    values = {bound.html_name: bound.value() for bound in form}
    return {name: value for name, value in values.items() if value not in (None, False)}


# --- what they cost -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("about", ["paula", "larch"])
def test_a_page_costs_the_same_with_one_ticket_and_with_thirty(
    cast: Cast, now: datetime, sign_in: Any, about: str
) -> None:
    client, it = sign_in(cast.tess), getattr(cast, about)
    budget = PERSON_QUERIES if about == "paula" else ORGANISATION_QUERIES
    shared = cast.writes(cast.piet, now)
    for number in range(30):
        ticket = cast.writes(cast.paula, now + timedelta(minutes=number))
        actions.note_on_ticket(ticket, text="Hm", by=cast.tess, at=now + timedelta(hours=1))
        if number == 0:
            changing.add_note(cast.paula, text="x", by=cast.tess, at=now)
            changing.add_address(cast.paula, channel="phone", address="+31201234567", by=cast.tess, at=now)
            register_person(name="Paula", channel="email", address="paula@home.example")
            Rating.objects.create(ticket=ticket, token="t", asked_at=now, score="good", rated_at=now)
            cast.writes(cast.paula, now, "Me too", thread=shared.pk)
            client.get(url_of(it))
            one = queries(client, url_of(it))
    for number in range(30):
        changing.add_note(cast.paula, text=f"{number}", by=cast.tess, at=now)
        register_person(name="Paula", channel="email", address=f"p{number}@home.example")
        register_person(name=f"N{number}", channel="email", address=f"n{number}@larch.example", organisation=cast.larch)
    assert queries(client, url_of(it)) == one == budget


@pytest.mark.parametrize("words", ["", "?q=a"])
def test_the_lists_cost_the_same_with_few_rows_and_with_many(cast: Cast, sign_in: Any, words: str) -> None:
    client = sign_in(cast.tess)
    people, organisations = reverse("desk:people") + words, reverse("desk:organisations") + words
    client.get(people)
    few = queries(client, people), queries(client, organisations)
    for number in range(40):
        organisation = register_organisation(name=f"Ash {number}", kind="partner", bought_directly=True)
        register_person(
            name=f"Ann {number}", channel="email", address=f"ann{number}@ash.example", organisation=organisation
        )
    assert (queries(client, people), queries(client, organisations)) == few == (LIST_QUERIES, ORGANISATION_LIST_QUERIES)


# --- lists --------------------------------------------------------------------------------------------------------------


def test_the_list_answers_while_somebody_types(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.tess)
    rows = client.get("/people?q=elm", headers={"HX-Request": "true"}).content.decode()
    assert "Olaf" in rows and "Paula" not in rows and "<html" not in rows
    assert "written nearly so" in client.get("/people?q=pauula").content.decode()
    assert "Nobody fits" in client.get("/people?q=%00xyzzy&kind=nonsense&after=%00").content.decode()


def test_the_list_goes_on_where_it_ended(cast: Cast, sign_in: Any) -> None:
    for number in range(60):
        register_person(name="Same Name", channel="email", address=f"same{number}@x.example")
    client, seen = sign_in(cast.tess), 0
    answer = client.get("/people?q=same")
    while True:
        seen += len(answer.context["people"])
        if not answer.context["older_url"]:
            break
        answer = client.get("/people" + answer.context["older_url"])
    assert seen == 60


def test_the_sheet_has_the_people_of_the_list_and_nothing_that_a_spreadsheet_runs(cast: Cast, sign_in: Any) -> None:
    Person.objects.filter(pk=cast.paula.pk).update(name='=cmd|"/c calc"!A1')
    answer = sign_in(cast.ada).get("/people/people.csv?q=larch")
    rows = list(csv.DictReader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [(row["name"], row["organisation"], row["addresses"]) for row in rows] == [
        ('\'=cmd|"/c calc"!A1', "Larch", "paula@larch.example"),
        ("Piet", "Larch", "piet@larch.example"),
    ]
    assert sign_in(cast.sue).get("/people/people.csv").status_code == 403


# --- one time line --------------------------------------------------------------------------------------------------------


def test_the_time_line_has_everything_over_all_tickets_newest_first(cast: Cast, now: datetime, sign_in: Any) -> None:
    first, second = cast.writes(cast.paula, now, "One."), cast.writes(cast.paula, now + timedelta(hours=1), "Two.")
    of_piet = cast.writes(cast.piet, now, "Theirs.")
    Participant.objects.create(ticket=of_piet, person=cast.paula, at=now)
    cast.writes(cast.paula, now + timedelta(hours=2), "Three, elsewhere.", thread=of_piet.pk)
    actions.reply_to_ticket(
        first, text="Four.\n\n- five", by=cast.tess, at=now + timedelta(hours=3), text_format="markdown"
    )
    changing.add_note(cast.paula, text="Five.", by=cast.tess, at=now + timedelta(hours=4))
    actions.tag_ticket(second, name="lock", by=cast.tess, at=now + timedelta(hours=5))
    changing.change_person(
        cast.paula, name="Paulina", organisation=cast.larch, language="nl", zone="", left=False, by=cast.tess,
        at=now + timedelta(hours=6),
    )  # fmt: skip
    client = sign_in(cast.tess)
    moments = client.get(url_of(cast.paula)).context["moments"]
    assert [moment.at for moment in moments] == sorted((moment.at for moment in moments), reverse=True)
    told = [moment.sentence or moment.text for moment in moments if moment.kind != "acknowledgement"]
    assert told == [
        "Tess changed the name: Paula → Paulina",
        "Tess tagged it “lock”",
        "Five.",
        "Tess assigned it to Tess",
        "Four. - five",
        "Three, elsewhere.",
        "Two.",
        "One.",
    ]

    def shown(query: str) -> list[str]:
        return [
            moment.sentence or moment.text
            for moment in client.get(url_of(cast.paula) + query).context["moments"]
            if moment.kind != "acknowledgement"
        ]

    assert shown("?kind=messages") == ["Four. - five", "Three, elsewhere.", "Two.", "One."]
    assert shown("?kind=notes") == ["Five."]
    assert shown("?kind=events") == ["Tess tagged it “lock”", "Tess assigned it to Tess"]
    assert shown("?kind=record") == ["Tess changed the name: Paula → Paulina"]
    assert shown(f"?ticket={first.number}") == ["Tess assigned it to Tess", "Four. - five", "One."]
    assert shown("?kind=nonsense&ticket=99999999999999999999&after=x") == told
    organisation = client.get(url_of(cast.larch)).context["moments"]
    assert "Theirs." in [moment.text for moment in organisation]


def test_a_letter_to_a_third_party_stands_in_it_and_is_for_no_customer_s_eyes(
    cast: Cast, now: datetime, sign_in: Any
) -> None:
    ticket = cast.writes(cast.paula, now, "One.")
    letter = actions.Letter("Which firmware has it?")
    actions.open_side_conversation(
        ticket, by=cast.tess, at=now, address="yun@locks.example", subject="Lock", letter=letter
    )
    assert "Which firmware has it?" in sign_in(cast.tess).get(url_of(cast.paula)).content.decode()
    written = [one.kind for one in messages_about(cast.paula, cast.paula)]
    assert "inbound" in written
    assert "side_out" not in written


def test_letters_to_third_parties_stand_in_the_time_line(cast: Cast, now: datetime, sign_in: Any) -> None:
    ticket = cast.writes(cast.paula, now)
    letter = actions.Letter("Which firmware?")
    actions.open_side_conversation(
        ticket, address="yun@locks.example", subject="Lock", letter=letter, by=cast.tess, at=now
    )
    for about in (cast.paula, cast.larch):
        shown = text_of(sign_in(cast.tess).get(url_of(about)))
        assert "Tess wrote to a third party" in shown
        assert "Which firmware?" in shown


def test_pages_of_the_time_line_leave_nothing_out_and_show_nothing_twice(
    cast: Cast, now: datetime, sign_in: Any
) -> None:
    for number in range(25):  # three of them at each moment: messages, events and notes
        at = now + timedelta(minutes=number // 3)
        ticket = cast.writes(cast.paula, at, f"Message {number}")
        actions.tag_ticket(ticket, name=f"tag {number}", by=cast.tess, at=at)
        changing.add_note(cast.paula, text=f"Note {number}", by=cast.tess, at=at)
    client, seen = sign_in(cast.tess), []
    answer = client.get(url_of(cast.paula))
    while True:
        seen += [moment.place for moment in answer.context["moments"]]
        if not answer.context["older_url"]:
            break
        cast.writes(cast.paula, now + timedelta(days=1), "Meanwhile.")
        answer = client.get(url_of(cast.paula) + answer.context["older_url"])
    assert len(seen) == len(set(seen)) == 25 * 3 + 1  # and one automatic answer
    assert [place.order for place in seen] == sorted((place.order for place in seen), reverse=True)


@pytest.mark.parametrize("text", ["", "x", "1-2-3", "20261117100000000000-0-x", "99999999999999999999-0-1", "٢٠٢٦-0-1"])
def test_a_place_that_is_none_begins_at_the_top(text: str) -> None:
    assert Place.read(text) is None


def test_a_place_is_read_as_it_was_written(now: datetime) -> None:
    place = Place(now.replace(microsecond=7), 2, 42)
    assert Place.read(str(place)) == place


def test_the_time_line_alone_is_what_the_page_shows(cast: Cast, now: datetime, sign_in: Any) -> None:
    cast.writes(cast.paula, now, "One.")
    client = sign_in(cast.tess)
    for about in (cast.paula, cast.larch):
        page, part = client.get(url_of(about)).content.decode(), client.get(url_of(about, "_timeline")).content.decode()
        moments = re.search(r'<ol class="life-list".*?</ol>', part, re.S)
        assert moments is not None and moments[0] in page


# --- what can be done there ------------------------------------------------------------------------------------------------


def test_somebody_else_saved_meanwhile_and_nothing_typed_is_lost(cast: Cast, now: datetime, sign_in: Any) -> None:
    client, url = sign_in(cast.tess), url_of(cast.paula, "_change")
    sent = {**fields_of(client, url), "name": "Paula the First"}
    changing.change_person(
        cast.paula, name="Paulina", organisation=cast.elm, language="de", zone="", left=False, by=cast.tom, at=now
    )
    answer = client.post(url, sent)
    assert answer.status_code == 422
    assert "Saved meanwhile: name “Paulina”, organisation “Elm”" in text_of(answer)
    assert 'value="Paula the First"' in answer.content.decode()
    again = {**sent, "seen": answer.context["form"]["seen"].value()}
    assert client.post(url, again).status_code == 302
    cast.paula.refresh_from_db()
    assert (cast.paula.name, cast.paula.organisation) == ("Paula the First", cast.larch)


def test_an_organisation_is_changed_the_same_way(cast: Cast, now: datetime, sign_in: Any) -> None:
    client, url = sign_in(cast.tess), url_of(cast.reed, "_change")
    sent = {**fields_of(client, url), "country": "be"}
    assert client.post(url, {**sent, "seller": "Elm"}).status_code == 302
    answer = client.post(url, sent)
    assert (answer.status_code, "seller “Elm”" in text_of(answer)) == (422, True)
    wrong = {**sent, "seen": "", "country": "xyz", "zone": "Mars/Base", "seller": "Nobody Ltd"}
    assert set(client.post(url, wrong).context["form"].errors) == {"country", "zone", "seller"}
    itself = client.post(
        url_of(cast.elm, "_change"), {**fields_of(client, url_of(cast.elm, "_change")), "seller": "Reed"}
    )
    assert "Nobody is their own seller" in text_of(itself)


def test_an_address_that_belongs_to_somebody_leads_to_them(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.tess)
    sent = {"channel": "email", "address": "PIET@larch.example"}
    answer = client.post(url_of(cast.paula, "_addresses"), sent)
    assert answer.status_code == 422
    assert reverse("desk:person_merge", args=[cast.piet.pk]) + f"?into={cast.paula.pk}" in answer.content.decode()
    assert 'value="PIET@larch.example"' in answer.content.decode()
    new = client.post("/people/new", {**sent, "name": "P."})
    assert (new.status_code, url_of(cast.piet) in new.content.decode()) == (422, True)


def test_addresses_are_added_verified_and_removed(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.tess)
    client.post(url_of(cast.paula, "_addresses"), {"channel": "phone", "address": "+31 20 123 4567"})
    identity = Identity.objects.get(address="+31201234567")
    for do in ("verify", "remove"):
        answer = client.post(reverse("desk:address_change", args=[identity.pk]), {"do": do})
        assert answer["Location"] == url_of(cast.paula)
    assert not Identity.objects.filter(pk=identity.pk).exists()
    assert client.post(reverse("desk:address_change", args=[identity.pk]), {"do": "remove"}).status_code == 404


def test_people_and_organisations_are_added_by_hand(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.tess)
    sent = {"name": "Ash", "kind": "partner", "bought_directly": "on", "country": "nl", "zone": "", "seller": ""}
    client.post("/people/organisations/new", sent)
    ash = Organisation.objects.get(name="Ash", country="NL", bought_directly=True)
    who = {"name": "Ann", "channel": "email", "address": "Ann@Ash.example", "organisation": f"Ash #{ash.pk}"}
    assert client.post("/people/new", who).status_code == 302
    ann = Person.objects.get(name="Ann", organisation=ash)
    assert ann.identities.get().address == "ann@ash.example"
    assert PersonEvent.objects.get(person=ann).by == cast.tess


def test_writing_to_them_begins_a_ticket_and_keeps_what_was_typed(cast: Cast, now: datetime, sign_in: Any) -> None:
    client, url = sign_in(cast.tess), url_of(cast.paula, "_writing")
    sent = {**fields_of(client, url), "subject": "Recall", "text": "Please *check*."}
    cast.paula.identities.all().delete()
    answer = client.post(url, sent)
    assert (answer.status_code, "Please *check*." in answer.content.decode()) == (422, True)
    changing.add_address(cast.paula, channel="email", address="p@larch.example", by=cast.tess, at=now)
    answer = client.post(url, sent)
    ticket = Ticket.objects.get()
    assert answer["Location"] == f"/tickets/{ticket.number}#newest"
    assert (ticket.state, ticket.assignee) == ("waiting", cast.tess)


def test_two_records_are_merged_after_a_look_and_taken_apart_again(cast: Cast, now: datetime, sign_in: Any) -> None:
    again = register_person(name="Paula", channel="email", address="paula@home.example")
    cast.writes("paula@home.example", now)
    client, url = sign_in(cast.tess), url_of(again, "_merge")
    assert "the same name" in text_of(client.get(url_of(cast.paula)))
    assert "Paula" in text_of(client.get(url)) and "Paula" in text_of(client.get(url + "?q=larch"))
    look = text_of(client.get(url + f"?into={cast.paula.pk}"))
    assert "This goes along: Addresses 1 Tickets 1 Messages 1" in look and "paula@home.example" in look
    assert client.post(url, {"into": cast.paula.pk})["Location"] == url_of(cast.paula)
    merge = PersonMerge.objects.get()
    gone = client.get(url_of(again))
    assert "This record was merged into" in text_of(gone) and "Write to them" not in text_of(gone)
    page = text_of(client.get(url_of(cast.paula)))
    assert "Merged into this record" in page and "Tess merged Paula into this record" in page
    undoing = reverse("desk:merge_undoing", args=[merge.pk])
    assert "everything is where it was" in text_of(client.post(undoing, follow=True))
    assert client.post(undoing).status_code == 409


def test_what_is_plainly_two_is_refused_before_anybody_presses(cast: Cast, sign_in: Any) -> None:
    client, url = sign_in(cast.tess), url_of(cast.paula, "_merge")
    for into, words in ((cast.olaf, "two organisations, Larch and Elm"), (cast.tom, "One of them is a colleague")):
        for answer in (client.get(f"{url}?into={into.pk}"), client.post(url, {"into": into.pk})):
            assert (answer.status_code, words in text_of(answer)) == (409, True)
            assert "is-main" not in answer.content.decode().split('<div class="page">')[1]
    assert not PersonMerge.objects.exists()


def test_organisations_are_merged_after_a_look_that_says_what_it_means_for_support(cast: Cast, sign_in: Any) -> None:
    client, url = sign_in(cast.tess), url_of(cast.elm, "_merge")
    register_organisation(name="Elm Ltd", kind="other", bought_directly=False)
    other = Organisation.objects.get(name="Elm Ltd")
    assert "Elm Ltd" in text_of(client.get(url + "?q=ltd"))
    assert "differ in what decides about support" in text_of(client.get(f"{url}?into={other.pk}"))
    client.post(url, {"into": other.pk})
    cast.olaf.refresh_from_db()
    assert cast.olaf.organisation == other
    undoing = reverse("desk:joining_undoing", args=[other.took_over.get().pk])
    assert client.post(undoing)["Location"] == url_of(cast.elm)


def test_pairs_stand_on_a_page_until_somebody_says_they_are_two(cast: Cast, sign_in: Any) -> None:
    again = register_person(name="Paula", channel="email", address="paula@home.example")
    client = sign_in(cast.tess)
    assert "the same name" in text_of(client.get("/people/alike"))
    answer = client.post(url_of(cast.paula, "_apart"), {"into": again.pk, "from": "alike"}, follow=True)
    assert "No two records look alike" in text_of(answer)


def test_a_developer_sees_all_of_it_and_changes_nothing_but_notes(cast: Cast, now: datetime, sign_in: Any) -> None:
    changing.add_note(cast.paula, text="Likes tea.", by=cast.tess, at=now)
    page = sign_in(cast.dev).get(url_of(cast.paula)).content.decode()
    assert "Likes tea." in page and "Add a note" in page
    for name in ("person_change", "person_writing", "person_merge", "person_addresses"):
        assert reverse(f"desk:{name}", args=[cast.paula.pk]) not in page
    assert "Remove this note" not in page


def test_a_colleague_is_shown_but_changed_in_set_up(cast: Cast, sign_in: Any) -> None:
    page = sign_in(cast.ada).get(url_of(cast.tom)).content.decode()
    assert "This is a colleague" in page
    assert reverse("desk:setup_person", args=[cast.tom.account.pk]) in page
    assert reverse("desk:person_change", args=[cast.tom.pk]) not in page


def test_the_page_says_whether_they_may_have_support_and_who_helps_them(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.tess)
    assert "bought directly from us" in text_of(client.get(url_of(cast.paula)))
    page = client.get(url_of(cast.rita))
    assert "neither a distributor nor a partner" in text_of(page) and url_of(cast.larch) in page.content.decode()


def test_what_they_said_of_our_help_stands_there(cast: Cast, now: datetime, sign_in: Any) -> None:
    ticket = cast.writes(cast.paula, now)
    said = {"score": "bad", "comment": "<b>Too slow</b>", "rated_at": now}
    Rating.objects.create(ticket=ticket, token="t", asked_at=now, **said)
    page = sign_in(cast.tess).get(url_of(cast.paula)).content.decode()
    assert "&lt;b&gt;Too slow" in page and "Too slow" not in sign_in(cast.tess).get(url_of(cast.piet)).content.decode()


def test_a_ticket_leads_to_its_person(cast: Cast, now: datetime, sign_in: Any) -> None:
    ticket = cast.writes(cast.paula, now)
    assert url_of(cast.paula) in sign_in(cast.tess).get(reverse("desk:ticket", args=[ticket.number])).content.decode()


def test_a_merge_that_could_not_be_undone_wholly_says_so(cast: Cast, now: datetime, sign_in: Any) -> None:
    again = register_person(name="Paula", channel="email", address="paula@home.example")
    merge = merge_persons(again, into=cast.paula, by=cast.tess, at=now)
    changing.remove_address(Identity.objects.get(address="paula@home.example"), by=cast.tess, at=now)
    answer = sign_in(cast.tess).post(reverse("desk:merge_undoing", args=[merge.pk]), follow=True)
    assert "Undone, but not wholly. Addresses that were removed or given to somebody else since: 1." in text_of(answer)
