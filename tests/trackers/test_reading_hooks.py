"""What each product tells by webhook is read as its documentation says; nothing else is believed, and nothing crashes."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstay.escalations.tracking import Access, NotReadable, TrackerAdapter, adapter_class, marked, marker_in
from mainstay.trackers.gitlab.tracker import no_commands
from tests.trackers import payloads

KINDS = ("gitlab", "github", "jira")
PROJECTS = {"gitlab": "intercom/firmware", "github": "Intercom/Firmware", "jira": "APP"}


def adapter(kind: str, **more: Any) -> TrackerAdapter:
    values = {
        "address": "https://tracker.example",
        "project": PROJECTS[kind],
        "token": "t",
        "hook_secret": payloads.SECRET,
    }
    make = adapter_class(kind)
    assert make is not None
    return make(Access(**{**values, **more}))


def key(kind: str, number: int) -> str:
    return f"APP-{number}" if kind == "jira" else str(number)


@pytest.mark.parametrize("kind", KINDS)
def test_a_comment_is_read_with_its_author_and_id(kind: str) -> None:
    told = adapter(kind).read_hook(*payloads.comment_hook(kind, 12, "Seen here too."))
    assert told is not None
    assert told.comment is not None
    assert (told.key, told.comment.id, told.comment.text) == (key(kind, 12), "1241", "Seen here too.")
    assert told.comment.author == ("ines" if kind == "github" else "Ines Developer")
    assert told.is_open is None, "a comment does not say how the issue stands"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("is_open", [True, False])
def test_a_change_of_state_is_read(kind: str, is_open: bool) -> None:
    told = adapter(kind).read_hook(*payloads.issue_hook(kind, 12, is_open=is_open))
    assert told is not None
    assert (told.key, told.is_open, told.title) == (key(kind, 12), is_open, "The relay stays closed")
    assert told.state_word


@pytest.mark.parametrize("kind", KINDS)
def test_other_projects_are_not_ours(kind: str) -> None:
    other = adapter(kind, project="OTHER" if kind == "jira" else "else/where")
    for hook in (payloads.comment_hook(kind, 12, "x"), payloads.issue_hook(kind, 12, is_open=False)):
        assert other.read_hook(*hook) is None


def changed(delivered: payloads.Delivered, change: Any) -> payloads.Delivered:
    told = json.loads(delivered[1])
    change(told)
    return delivered[0], json.dumps(told).encode()


@pytest.mark.parametrize(
    ("kind", "delivered", "change"),
    [
        ("gitlab", payloads.gitlab_note(1, "x"), lambda told: told["object_attributes"].update(system=True)),
        ("gitlab", payloads.gitlab_note(1, "x"), lambda told: told["object_attributes"].update(action="update")),
        (
            "gitlab",
            payloads.gitlab_note(1, "x"),
            lambda told: told["object_attributes"].update(noteable_type="MergeRequest"),
        ),
        ("gitlab", payloads.gitlab_note(1, "x"), lambda told: told.update(object_kind="push")),
        ("github", payloads.github_comment(1, "x"), lambda told: told.update(action="edited")),
        ("github", payloads.github_comment(1, "x"), lambda told: told["issue"].update(pull_request={"url": "x"})),
        ("github", payloads.github_issue(1, "closed"), lambda told: told["issue"].update(pull_request={"url": "x"})),
        ("jira", payloads.jira_comment("APP-1", "x"), lambda told: told.update(webhookEvent="comment_deleted")),
        (
            "jira",
            payloads.jira_comment("APP-1", "x"),
            lambda told: told.update(webhookEvent="worklog_created", issue=None),
        ),
    ],
)
def test_what_is_not_about_us_is_passed_over(kind: str, delivered: payloads.Delivered, change: Any) -> None:
    assert adapter(kind).read_hook(*changed(delivered, change)) is None


def test_other_events_of_github_are_passed_over() -> None:
    for event in ("ping", "push", "pull_request", ""):
        headers, body = payloads.github_issue(1, "closed")
        assert adapter("github").read_hook({**headers, "x-github-event": event}, body) is None


def test_issues_that_went_away_are_over() -> None:
    gone = changed(payloads.github_issue(1, "open"), lambda told: told.update(action="transferred"))
    told = adapter("github").read_hook(*gone)
    assert told is not None
    assert (told.is_open, told.state_word) == (False, "transferred")
    gone = changed(
        payloads.jira_issue("APP-1", "To Do", "new"), lambda told: told.update(webhookEvent="jira:issue_deleted")
    )
    told = adapter("jira").read_hook(*gone)
    assert told is not None
    assert told.is_open is False


def test_a_comment_of_jira_may_come_with_the_issue_or_as_a_document() -> None:
    document = {
        "type": "doc",
        "version": 1,
        "content": [
            {"type": "paragraph", "content": [{"type": "text", "text": "One "}, {"type": "text", "text": "line."}]},
            {"type": "paragraph", "content": [{"type": "text", "text": "Another."}]},
        ],
    }
    for event in ("comment_created", "jira:issue_updated"):
        told = adapter("jira").read_hook(*payloads.jira_comment("APP-1", document, event=event))
        assert told is not None
        assert told.comment is not None
        assert told.comment.text == "One line.\nAnother."


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{", b'"x"', b"\xff\xfe", b"[" * 100_000])
def test_nonsense_is_told_as_such(kind: str, body: bytes) -> None:
    headers, _body = payloads.issue_hook(kind, 1, is_open=True)
    with pytest.raises(NotReadable):
        adapter(kind).read_hook(headers, body)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60)
@given(data=st.data())
def test_whatever_is_missing_or_wrong_it_is_read_passed_over_or_told(kind: str, data: st.DataObject) -> None:
    hook = data.draw(st.sampled_from([payloads.comment_hook(kind, 1, "x"), payloads.issue_hook(kind, 1, is_open=True)]))
    told = json.loads(hook[1])
    place = told
    for _step in range(data.draw(st.integers(0, 3))):
        inner = [one for one in place.values() if isinstance(one, dict) and one]
        if not inner:
            break
        place = data.draw(st.sampled_from(inner))
    name = data.draw(st.sampled_from(sorted(place)))
    place[name] = data.draw(st.sampled_from([None, 0, "", [], {}, "x", {"x": "y"}, 10**400]))
    with contextlib.suppress(NotReadable):
        adapter(kind).read_hook(hook[0], json.dumps(told).encode())


@pytest.mark.parametrize("kind", KINDS)
def test_only_our_secret_is_believed_and_every_byte_counts(kind: str) -> None:
    ours = adapter(kind)
    headers, body = payloads.comment_hook(kind, 1, "x")
    assert ours.is_genuine(headers, body)
    assert not adapter(kind, hook_secret="").is_genuine(headers, body)
    assert not adapter(kind, hook_secret="").is_genuine(payloads.comment_hook(kind, 1, "x", secret="")[0], body)
    assert not ours.is_genuine({}, body)
    assert not ours.is_genuine(payloads.comment_hook(kind, 1, "x", secret="another")[0], body)
    for name in ("x-gitlab-token", "x-hub-signature-256", "x-hub-signature"):
        if name in headers:
            for wrong in ("", "x", "sha256=", headers[name][:-1], headers[name] + "0", "é" * 40):
                assert not ours.is_genuine({**headers, name: wrong}, body)
    if kind != "gitlab":  # whose token does not depend on the bytes
        assert not ours.is_genuine(headers, body + b" ")


def test_githubs_own_example_of_a_signature() -> None:
    """From docs.github.com, validating webhook deliveries: secret, payload and the signature they must have."""
    ours = adapter("github", hook_secret="It's a Secret to Everybody")
    right = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert ours.is_genuine({"x-hub-signature-256": right}, b"Hello, World!")


@pytest.mark.parametrize("kind", KINDS)
def test_a_delivery_is_known_again(kind: str) -> None:
    ours = adapter(kind)
    one, other = (payloads.comment_hook(kind, 1, "x", delivery=name) for name in ("d-1", "d-2"))
    assert ours.delivery_of(*one) == "d-1"
    assert ours.delivery_of(*one) != ours.delivery_of(*other)
    bare = {name: value for name, value in one[0].items() if "d-1" not in value}
    assert ours.delivery_of(bare, b"a") == ours.delivery_of(bare, b"a") != ours.delivery_of(bare, b"b")


@pytest.mark.parametrize(
    ("kind", "typed", "found"),
    [
        ("gitlab", "#12", "12"),
        ("gitlab", " 12 ", "12"),
        ("gitlab", "https://tracker.example/intercom/firmware/-/issues/12", "12"),
        ("gitlab", "https://tracker.example/intercom/firmware/-/issues/12#note_4", "12"),
        ("gitlab", "https://tracker.example/another/project/-/issues/12", ""),
        ("gitlab", "12/../../13", ""),
        ("github", "12", "12"),
        ("github", "https://github.com/intercom/firmware/issues/12#issuecomment-1", "12"),
        ("github", "https://github.com/else/where/issues/12", ""),
        ("github", "0", ""),
        ("jira", "app-12", "APP-12"),
        ("jira", "https://tracker.example/browse/APP-12", "APP-12"),
        ("jira", "OTHER-12", ""),
        ("jira", "APP-0", ""),
        ("jira", "APP-1/../x", ""),
    ],
)
def test_a_key_may_be_typed_or_pasted(kind: str, typed: str, found: str) -> None:
    assert adapter(kind).key_of(typed) == found


def test_a_marker_is_ours_only_at_the_end() -> None:
    marker = "mainstay-" + "a" * 32
    assert marker_in(marked("Hello", marker)) == marker
    assert marker_in(marked("Hello", marker) + "\n\n> quoted\nand an answer") == ""
    assert marker_in(f"> Ref. {marker}") == ""
    assert marker_in("Ref. mainstay-short") == ""
    assert marker_in("") == ""


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("/close", "\\/close"),
        ("Seen:\n/assign @ines\n  /label ~bug", "Seen:\n\\/assign @ines\n  \\/label ~bug"),
        ("> /confidential", "> \\/confidential"),
        ("a/b and https://tracker.example/x", "a/b and https://tracker.example/x"),
        ("", ""),
    ],
)
def test_a_line_that_gitlab_would_obey_is_only_text_to_it(text: str, sent: str) -> None:
    """Words of customers and logs stand in a packet; GitLab does what a line that begins with a slash says."""
    assert no_commands(text) == sent
