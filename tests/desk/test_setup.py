"""Set-up in the browser: its parts, people, roles, teams, invitations and the log of settings."""

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import resolve, reverse

from mainstay.audit.actions import record_change
from mainstay.audit.models import SettingChange
from mainstay.desk.setup.parts import GROUPS, PARTS, part_at
from mainstay.people.inviting import invite_colleague
from mainstay.people.models import Account, CustomRole, Invitation, Person, Team
from mainstay.people.roles import add_role, change_role
from mainstay.people.rules import invitation_token
from mainstay.people.staffing import deactivate, give_role
from mainstay.people.states import Permission
from mainstay.people.teams import add_team, change_team
from mainstay.tickets import actions
from tests.cast import Cast

AT = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)


def text_of(answer: Any) -> str:
    """What a person reads, without the tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def hidden(answer: Any, name: str) -> str:
    found = re.search(rf'name="{name}"\s+value="([^"]*)"', answer.content.decode())
    assert found, name
    return found[1]


@pytest.fixture
def lead(cast: Cast) -> Person:
    """Sue manages people, and may otherwise look at tickets only."""
    role = add_role(name="Lead", permissions=["see_tickets", "manage_people"], by=None, at=AT)
    give_role(cast.sue.account, role=f"own-{role.pk}", by=None, at=AT)
    return Person.objects.get(pk=cast.sue.pk)


# --- its parts --------------------------------------------------------------------------------------------------------


def test_every_part_has_its_own_address_below_setup_and_a_page_that_its_permission_opens() -> None:
    urls = [part.url for part in PARTS]
    assert len(set(urls)) == len(urls)
    for part in PARTS:
        assert part.url.startswith("/setup/") and part.url.endswith("/"), part.page
        assert part.permission in resolve(part.url).func.permissions, part.page
        assert part.group in GROUPS, part.page


def test_a_page_belongs_to_the_part_whose_address_it_stands_below() -> None:
    assert part_at("/setup/roles/17/removal", PARTS).page == "desk:setup_roles"
    assert part_at("/setup/", PARTS) is None


def test_the_landing_page_lists_every_part_for_an_administrator(cast: Cast, sign_in: Any) -> None:
    page = sign_in(cast.ada).get(reverse("desk:setup")).content.decode()
    for part in PARTS:
        assert f'href="{part.url}"' in page
    assert "setup-nav" not in page  # it is all navigation itself


def test_others_see_the_parts_they_may_go_to_and_no_more(lead: Person, sign_in: Any) -> None:
    client = sign_in(lead)
    for address in (reverse("desk:setup"), reverse("desk:setup_roles")):
        page = client.get(address).content.decode()
        shown = {part.page for part in PARTS if f'href="{part.url}"' in page}
        assert shown == {part.page for part in PARTS if part.permission == Permission.MANAGE_PEOPLE}
    assert 'href="/setup/"' in client.get(reverse("desk:queue")).content.decode()


def test_who_may_set_up_nothing_is_not_shown_the_way(cast: Cast, sign_in: Any) -> None:
    assert 'href="/setup/"' not in sign_in(cast.tess).get(reverse("desk:queue")).content.decode()


def test_each_page_of_setup_marks_its_part(cast: Cast, sign_in: Any) -> None:
    page = sign_in(cast.ada).get(reverse("desk:setup_role_new")).content.decode()
    nav = page.split('class="setup-nav"')[1].split("</nav>")[0]
    assert re.findall(r'href="([^"]+)" aria-current="page"', nav) == [reverse("desk:setup_roles")]


# --- people -----------------------------------------------------------------------------------------------------------


def test_a_colleague_is_invited_and_comes_in(cast: Cast, sign_in: Any) -> None:
    ada = sign_in(cast.ada)
    sent = {"name": "Nina Noor", "email": "nina@desk.example", "role": "technician", "language": "en"}
    assert ada.post(reverse("desk:setup_invitation_new"), sent).status_code == 302
    invitation = Invitation.objects.get()
    listed = text_of(ada.get(reverse("desk:setup_people")))
    assert "Nina Noor nina@desk.example Technician On its way" in listed
    link = reverse("desk:invitation", args=[invitation.pk, invitation_token(invitation)])
    nina = sign_in()
    assert "Welcome, Nina Noor" in text_of(nina.get(link))
    done = nina.post(link, {"password": "four-quiet-grey-herons", "again": "four-quiet-grey-herons"})
    assert "You are in" in text_of(done)
    answer = nina.post("/accounts/login/", {"login": "nina@desk.example", "password": "four-quiet-grey-herons"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    again = nina.get(link)
    assert again.status_code == 410
    assert "This link was used already" in text_of(again)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"password": "four-quiet-grey-herons", "again": "another-one-entirely"}, "These are not the same."),
        ({"password": "short", "again": "short"}, "too short"),
        ({"password": "password12345", "again": "password12345"}, "too common"),
        ({"password": "nina@desk.example", "again": "nina@desk.example"}, "too similar"),
        ({"password": "", "again": ""}, "required"),
    ],
)
def test_a_password_that_will_not_do_is_refused_and_the_link_stays_good(
    cast: Cast, sign_in: Any, typed: dict[str, str], said: str
) -> None:
    invitation = invite_colleague(
        name="Nina", email="nina@desk.example", role="technician", by=cast.ada, at=datetime.now(UTC)
    )
    link = reverse("desk:invitation", args=[invitation.pk, invitation_token(invitation)])
    answer = sign_in().post(link, typed)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not Account.objects.filter(email="nina@desk.example").exists()
    assert sign_in().get(link).status_code == 200


def test_a_link_that_is_wrong_or_too_old_says_so_kindly(cast: Cast, sign_in: Any) -> None:
    invitation = invite_colleague(name="Nina", email="n@desk.example", role="technician", by=cast.ada, at=AT)
    token = invitation_token(invitation)
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    old = sign_in().get(reverse("desk:invitation", args=[invitation.pk, token]))
    assert (old.status_code, "too old" in text_of(old)) == (410, True)
    wrong = sign_in().get(reverse("desk:invitation", args=[invitation.pk, "wrong"]))
    assert (wrong.status_code, "not valid" in text_of(wrong)) == (410, True)
    assert "no-store" in wrong["Cache-Control"]


@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("tess@desk.example", "belongs to somebody already"),
        ("paula@larch.example", "somebody at Larch"),
        ("invited@desk.example", "was invited already"),
        ("nobody", "valid email address"),
    ],
)
def test_an_address_that_cannot_be_invited_is_refused_beside_its_field(
    cast: Cast, sign_in: Any, email: str, said: str
) -> None:
    invite_colleague(name="I", email="invited@desk.example", role="technician", by=cast.ada, at=AT)
    sent = {"name": "Nina", "email": email, "role": "technician", "language": "en"}
    answer = sign_in(cast.ada).post(reverse("desk:setup_invitation_new"), sent)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert 'value="Nina"' in answer.content.decode()


def test_where_no_mail_brought_the_link_it_is_given_by_hand_by_who_could_give_the_role(
    cast: Cast, lead: Person, sign_in: Any
) -> None:
    soon = datetime.now(UTC)
    invitation = invite_colleague(name="N", email="n@desk.example", role="technician", by=cast.ada, at=soon)
    link = reverse("desk:invitation", args=[invitation.pk, invitation_token(invitation)])
    assert link not in sign_in(cast.ada).get(reverse("desk:setup_people")).content.decode()
    Invitation.objects.update(mail_state="kept")
    assert link in sign_in(cast.ada).get(reverse("desk:setup_people")).content.decode()
    page = sign_in(lead).get(reverse("desk:setup_people")).content.decode()
    assert link not in page
    assert reverse("desk:setup_invitation_again", args=[invitation.pk]) not in page


def test_an_invitation_is_sent_again_or_withdrawn(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.ada)
    invitation = invite_colleague(name="N", email="n@desk.example", role="technician", by=cast.ada, at=AT)
    client.post(reverse("desk:setup_invitation_again", args=[invitation.pk]))
    assert Invitation.objects.get().nonce != invitation.nonce
    client.post(reverse("desk:setup_invitation_withdrawal", args=[invitation.pk]))
    assert Invitation.objects.get().withdrawn_at is not None
    assert client.post(reverse("desk:setup_invitation_again", args=[invitation.pk])).status_code == 404


def test_only_roles_within_ones_own_are_offered(cast: Cast, lead: Person, sign_in: Any) -> None:
    page = sign_in(lead).get(reverse("desk:setup_invitation_new")).content.decode()
    own = lead.account.role_key
    assert re.findall(r'<option value="([^"]+)"', page.split('name="role"')[1].split("</select>")[0]) == [own]
    ticked = sign_in(lead).get(reverse("desk:setup_role_new")).content.decode()
    assert set(re.findall(r'name="permissions" value="([^"]+)"', ticked)) == {"see_tickets", "manage_people"}


def test_a_colleague_gets_another_role_and_name(cast: Cast, sign_in: Any) -> None:
    client, url = sign_in(cast.ada), reverse("desk:setup_person", args=[cast.tess.account.pk])
    sent = {"name": "Tess Tarn", "role": "developer", "seen": hidden(client.get(url), "seen")}
    assert client.post(url, sent).status_code == 302
    account = Account.objects.get(pk=cast.tess.account.pk)
    assert (account.role, account.person.name) == ("developer", "Tess Tarn")


def test_of_two_who_change_a_colleague_at_once_the_second_is_shown_what_the_first_saved(
    cast: Cast, sign_in: Any
) -> None:
    client, url = sign_in(cast.ada), reverse("desk:setup_person", args=[cast.tess.account.pk])
    sent = {"name": "Tessa", "role": "technician", "seen": hidden(client.get(url), "seen")}
    give_role(cast.tess.account, role="developer", by=None, at=AT)
    answer = client.post(url, sent)
    assert answer.status_code == 422
    assert "Saved meanwhile: Tess, Developer." in text_of(answer)
    assert 'value="Tessa"' in answer.content.decode()
    assert Account.objects.get(pk=cast.tess.account.pk).role == "developer"
    client.post(url, {**sent, "seen": hidden(answer, "seen")})
    assert Account.objects.get(pk=cast.tess.account.pk).role == "technician"


def test_the_last_administrator_is_told_why_they_stay_one(cast: Cast, sign_in: Any) -> None:
    client, url = sign_in(cast.ada), reverse("desk:setup_person", args=[cast.ada.account.pk])
    answer = client.post(url, {"name": "Ada", "role": "technician", "seen": hidden(client.get(url), "seen")})
    assert answer.status_code == 422
    assert "This is the last administrator." in text_of(answer)


def test_somebody_with_more_is_shown_and_cannot_be_changed(cast: Cast, lead: Person, sign_in: Any) -> None:
    client, url = sign_in(lead), reverse("desk:setup_person", args=[cast.ada.account.pk])
    page = client.get(url)
    assert "allows more than your own" in text_of(page)
    assert 'name="role"' not in page.content.decode()
    assert client.post(url, {"name": "X", "role": "administrator"}).status_code == 422
    assert client.post(reverse("desk:setup_person_deactivation", args=[cast.ada.account.pk])).status_code == 409
    assert Account.objects.get(pk=cast.ada.account.pk).is_active


def test_a_colleague_leaves_and_comes_back(cast: Cast, sign_in: Any) -> None:
    ticket = cast.writes(cast.paula, AT)
    actions.assign_ticket(ticket, to=cast.tess, by=cast.tess, at=AT)
    client, key = sign_in(cast.ada), cast.tess.account.pk
    asked = text_of(client.get(reverse("desk:setup_person_deactivation", args=[key])))
    assert "1 unfinished ticket of theirs goes back into the queue." in asked
    tess = sign_in(cast.tess)
    answer = client.post(reverse("desk:setup_person_deactivation", args=[key]), follow=True)
    assert "1 ticket is back in the queue." in text_of(answer)
    assert tess.get(reverse("desk:queue")).status_code == 302
    ticket.refresh_from_db()
    assert ticket.assignee is None
    client.post(reverse("desk:setup_person_reactivation", args=[key]))
    assert Account.objects.get(pk=key).is_active


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_of_people_takes_the_same_queries_for_one_and_for_thirty(
    cast: Cast, sign_in: Any, number: int, django_assert_num_queries: Callable[[int], Any]
) -> None:
    role = add_role(name="Reader", permissions=["see_tickets"], by=None, at=AT)
    for place in range(number):
        person = Person.objects.create(name=f"P{place}")
        Account.objects.create(person=person, email=f"p{place}@desk.example", custom_role=role)
        invite_colleague(name=f"I{place}", email=f"i{place}@desk.example", role=f"own-{role.pk}", by=cast.ada, at=AT)
    client = sign_in(cast.ada)
    client.get(reverse("desk:setup_people"))
    with django_assert_num_queries(2 + around(client)):
        client.get(reverse("desk:setup_people"))


def around(client: Any) -> int:
    """What stands around every page of set-up costs so many queries: the same as for its landing page."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as caught:
        client.get(reverse("desk:setup"))
    return len(caught)


# --- roles and teams --------------------------------------------------------------------------------------------------


def test_a_role_is_made_like_another_changed_and_removed(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.ada)
    like = client.get(reverse("desk:setup_role_new") + "?like=developer").content.decode()
    assert len(re.findall(r'name="permissions"[^>]*checked', like)) == 3
    client.post(reverse("desk:setup_role_new"), {"name": "Reader", "permissions": ["see_tickets"]})
    role = CustomRole.objects.get()
    url = reverse("desk:setup_role", args=[role.pk])
    seen = hidden(client.get(url), "seen")
    client.post(url, {"name": "Reader", "permissions": ["see_tickets", "see_reports"], "seen": seen})
    role.refresh_from_db()
    assert role.permissions == ["see_tickets", "see_reports"]
    listed = text_of(client.get(reverse("desk:setup_roles")))
    assert "Reader See all tickets · See reports 0" in listed
    give_role(cast.tess.account, role=f"own-{role.pk}", by=None, at=AT)
    removal = reverse("desk:setup_role_removal", args=[role.pk])
    assert client.post(removal, {}).status_code == 422
    assert client.post(removal, {"instead": f"own-{role.pk}"}).status_code == 422
    assert client.post(removal, {"instead": "developer"}).status_code == 302
    assert Account.objects.get(person=cast.tess).role == "developer"


def test_a_role_nobody_has_but_somebody_is_invited_to_asks_for_one_in_its_place(cast: Cast, sign_in: Any) -> None:
    role = add_role(name="Reader", permissions=["see_tickets"], by=None, at=AT)
    invite_colleague(name="N", email="n@desk.example", role=f"own-{role.pk}", by=cast.ada, at=AT)
    answer = sign_in(cast.ada).post(reverse("desk:setup_role_removal", args=[role.pk]), {})
    assert answer.status_code == 422
    assert "Choose the role that takes its place." in text_of(answer)


@pytest.mark.parametrize("typed", [{"name": "", "permissions": []}, {"name": "x" * 61, "permissions": []}])
def test_a_role_without_a_proper_name_is_refused(cast: Cast, sign_in: Any, typed: dict[str, Any]) -> None:
    assert sign_in(cast.ada).post(reverse("desk:setup_role_new"), typed).status_code == 422


def test_a_permission_that_is_not_offered_cannot_be_sent(lead: Person, sign_in: Any) -> None:
    typed = {"name": "Boss", "permissions": ["see_tickets", "manage_desk"]}
    assert sign_in(lead).post(reverse("desk:setup_role_new"), typed).status_code == 422
    assert not CustomRole.objects.filter(name="Boss").exists()


def test_who_wrote_a_role_while_another_did_keeps_what_they_typed(cast: Cast, sign_in: Any) -> None:
    role = add_role(name="Reader", permissions=["see_tickets"], by=None, at=AT)
    client, url = sign_in(cast.ada), reverse("desk:setup_role", args=[role.pk])
    sent = {"name": "Looker", "permissions": ["see_reports"], "seen": hidden(client.get(url), "seen")}
    change_role(role, name="Reader", permissions=["see_tickets", "see_mail"], by=None, at=AT)
    answer = client.post(url, sent)
    assert answer.status_code == 422
    assert "Saved meanwhile: Reader. May: See all tickets, See sent mail" in text_of(answer)
    assert 'value="Looker"' in answer.content.decode()
    assert re.findall(r'value="(\w+)"[^>]*checked', answer.content.decode()) == ["see_reports"]
    assert client.post(url, {**sent, "seen": hidden(answer, "seen")}).status_code == 302
    role.refresh_from_db()
    assert (role.name, role.permissions) == ("Looker", ["see_reports"])


def test_a_team_is_formed_changed_and_removed(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.ada)
    keys = [cast.tess.pk, cast.tom.pk]
    typed = {"name": "Locks", "members": keys, "natures": ["wiki"], "languages": "nl, DE"}
    assert client.post(reverse("desk:setup_team_new"), typed).status_code == 302
    team = Team.objects.get()
    assert (team.languages, team.natures, team.members.count()) == (["nl", "de"], ["wiki"], 2)
    assert "Locks Tess, Tom Wiki questions · nl, de" in text_of(client.get(reverse("desk:setup_teams")))
    url = reverse("desk:setup_team", args=[team.pk])
    page = client.get(url)
    assert len(re.findall(r'name="(?:members|natures)"[^>]*checked', page.content.decode())) == 3
    change_team(team, name="Locks", members=keys[:1], by=None, at=AT)
    stale = client.post(url, {**typed, "name": "Doors", "seen": hidden(page, "seen")})
    assert (stale.status_code, "Saved meanwhile: Locks; Tess." in text_of(stale)) == (422, True)
    assert client.post(url, {**typed, "name": "Doors", "seen": hidden(stale, "seen")}).status_code == 302
    client.post(reverse("desk:setup_team_removal", args=[team.pk]))
    assert not Team.objects.exists()


@pytest.mark.parametrize("languages", ["dutch language", "n", "<b>", "nl;de"])
def test_what_is_no_code_of_a_language_is_refused(cast: Cast, sign_in: Any, languages: str) -> None:
    answer = sign_in(cast.ada).post(reverse("desk:setup_team_new"), {"name": "Locks", "languages": languages})
    assert answer.status_code == 422


def test_a_nature_the_policy_no_longer_has_stays_until_it_is_taken_off(cast: Cast, sign_in: Any) -> None:
    team = add_team(name="Old", members=[], natures=["telegrams"], by=None, at=AT)
    page = sign_in(cast.ada).get(reverse("desk:setup_team", args=[team.pk])).content.decode()
    assert re.findall(r'value="(\w+)"[^>]*checked', page) == ["telegrams"]


@pytest.mark.parametrize("number", [1, 30])
@pytest.mark.parametrize("what", ["setup_roles", "setup_teams"])
def test_their_lists_take_the_same_queries_for_one_and_for_thirty(
    cast: Cast, sign_in: Any, what: str, number: int, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for place in range(number):
        add_role(name=f"Role {place}", permissions=["see_tickets"], by=None, at=AT)
        add_team(name=f"Team {place}", members=[cast.tess.pk, cast.tom.pk], by=None, at=AT)
    client = sign_in(cast.ada)
    client.get(reverse(f"desk:{what}"))
    with django_assert_num_queries(2 + around(client)):
        client.get(reverse(f"desk:{what}"))


# --- the log ----------------------------------------------------------------------------------------------------------


def write_log(cast: Cast, number: int) -> None:
    for place in range(number):
        record_change(
            by=cast.ada if place % 2 else cast.sue,
            at=AT + timedelta(days=place),
            noun="view" if place % 3 else "mailbox",
            subject=f"Thing {place}",
            key=place,
            before={"name": "Old"},
            after={"name": "New", "password": "x"},
        )


def test_the_log_tells_who_when_what_and_both_sides_in_words(cast: Cast, sign_in: Any) -> None:
    give_role(cast.tess.account, role="developer", by=cast.ada, at=AT)
    add_role(name="Reader", permissions=["see_tickets", "see_reports"], by=cast.ada, at=AT)
    write_log(cast, 1)
    page = text_of(sign_in(cast.ada).get(reverse("desk:setup_log")))
    assert "Colleague “Tess” changed by Ada Tue 17 Nov 2026, 10:00 UTC Role before: Technician after: Developer" in page
    assert "Role “Reader” made by Ada" in page
    assert "May after: See all tickets, See reports" in page
    assert "Password after: kept secret" in page


def test_the_log_is_filtered_by_kind_person_date_and_thing(cast: Cast, sign_in: Any) -> None:
    write_log(cast, 7)
    client = sign_in(cast.ada)

    def found(**query: Any) -> list[str]:
        page = client.get(reverse("desk:setup_log"), query)
        assert page.status_code == 200
        return re.findall(r"“Thing (\d)”", text_of(page).replace("done to “Thing", ""))

    assert found(noun="mailbox") == ["6", "3", "0"]
    assert found(by=cast.sue.pk) == ["6", "4", "2", "0"]
    assert found(by=cast.sue.pk, noun="mailbox") == ["6", "0"]
    assert found(since="2026-11-21", until="2026-11-22") == ["5", "4"]
    assert found(noun="view", key="4") == ["4"]
    # What is no choice is none; and none of it breaks the page.
    for nonsense in ({"noun": "nonsense"}, {"since": "yesterday"}, {"by": "x"}, {"until": "9999-12-31"}):
        assert found(**nonsense) == ["6", "5", "4", "3", "2", "1", "0"]


def test_days_of_the_log_are_of_the_readers_zone(cast: Cast, sign_in: Any) -> None:
    cast.ada.zone = "Asia/Tokyo"
    cast.ada.save()
    late = datetime(2026, 11, 17, 16, 0, tzinfo=UTC)  # one in the morning of the 18th in Tokyo
    record_change(by=cast.ada, at=late, noun="view", subject="Late", key=1, before={}, after={"a": 1})
    client, url = sign_in(cast.ada), reverse("desk:setup_log")
    assert "Late" in text_of(client.get(url, {"since": "2026-11-18", "until": "2026-11-18"}))
    assert "Late" not in text_of(client.get(url, {"until": "2026-11-17"}))


def test_the_log_is_read_page_by_page_with_its_filter(cast: Cast, sign_in: Any) -> None:
    SettingChange.objects.bulk_create(
        SettingChange(
            at=AT, by_key=cast.ada.pk, by_name="Ada", noun="view", subject=f"N{n:03}", key=str(n), after={"a": n}
        )
        for n in range(120)
    )
    client, url, seen = sign_in(cast.ada), reverse("desk:setup_log") + "?noun=view", []
    for _page in range(3):
        page = client.get(url).content.decode()
        seen += re.findall(r"“(N\d{3})”", page)
        older = re.search(r'href="(\?[^"]*after=\d+)"', page)
        url = reverse("desk:setup_log") + older[1].replace("&amp;", "&") if older else ""
    assert seen == [f"N{n:03}" for n in range(119, -1, -1)]
    assert url == ""


@pytest.mark.parametrize("number", [1, 30])
def test_the_log_takes_the_same_queries_for_one_and_for_thirty(
    cast: Cast, sign_in: Any, number: int, django_assert_num_queries: Callable[[int], Any]
) -> None:
    write_log(cast, number)
    client = sign_in(cast.ada)
    client.get(reverse("desk:setup_log"))
    with django_assert_num_queries(3 + around(client)):
        client.get(reverse("desk:setup_log"))


def test_the_sheet_has_a_row_for_each_key_and_nothing_that_a_spreadsheet_runs(cast: Cast, sign_in: Any) -> None:
    record_change(
        by=cast.ada,
        at=AT,
        noun="view",
        subject="=HYPERLINK(1)",
        key=1,
        before={"name": "+1"},
        after={"name": "two", "token": "hush"},
    )
    answer = sign_in(cast.ada).get(reverse("desk:setup_log_csv"), {"noun": "view"})
    assert answer["Content-Type"].startswith("text/csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows == [
        ["at", "by", "noun", "subject", "key", "deed", "setting", "before", "after"],
        ["2026-11-17T10:00:00Z", "Ada", "view", "'=HYPERLINK(1)", "1", "changed", "name", "'+1", "two"],
        ["2026-11-17T10:00:00Z", "Ada", "view", "'=HYPERLINK(1)", "1", "changed", "token", "", "kept secret"],
    ]


def test_an_empty_log_says_what_will_stand_here(cast: Cast, sign_in: Any) -> None:
    from mainstay.history.append_only import erasing

    with erasing():
        SettingChange.objects.all().delete()
    client = sign_in(cast.ada)
    assert "No setting was changed yet" in text_of(client.get(reverse("desk:setup_log")))
    page = client.get(reverse("desk:setup_log"), {"since": "2026-11-17"})
    assert "Nothing of that kind was changed then" in text_of(page)


def test_what_was_done_to_somebody_who_left_is_found_from_their_page(cast: Cast, sign_in: Any) -> None:
    deactivate(cast.tess.account, by=cast.ada, at=AT)
    client = sign_in(cast.ada)
    page = client.get(reverse("desk:setup_person", args=[cast.tess.account.pk])).content.decode()
    link = f"{reverse('desk:setup_log')}?noun=person&amp;key={cast.tess.pk}"
    assert link in page
    found = text_of(client.get(link.replace("&amp;", "&")))
    assert "Only what was done to “Tess”." in found
    assert "May sign in before: yes after: no" in found
