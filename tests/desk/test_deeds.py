"""The registry of deeds: every key leads somewhere, every button is in it or says why not, and the docs say the same."""

import importlib.util
import re
from fnmatch import fnmatch
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.urls import get_resolver, reverse
from lucide import _load_icon

from mainstay.desk.deeds.deed import Deed, How, Place
from mainstay.desk.deeds.registry import BY_NAME, DEEDS, deeds_for, deeds_url, keys_for
from mainstay.people.actions import choose_preferences
from mainstay.people.models import Person
from tests.cast import Cast

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted(path for path in (ROOT / "mainstay").glob("*/templates/**/*.html"))
TIED = re.compile(r'data-deed="([^"{]+)"')

# Where one works all day: here even a button that ends a form with fields is a deed. Elsewhere Enter ends a form, too.
WORKPLACES = ("desk/ticket/", "desk/queue/", "ui/")

# Other buttons that are no deeds of their own, by template and why. A new page belongs here only when they are those of set-up,
# stand once in each row of a list, or belong to nobody who is signed in.
EXEMPT = {
    "account/*": "before one is signed in, or forms of one's own sign-in",
    "desk/setup/*": "forms of set-up, each reached by its part in the palette",
    "desk/mailboxes/*": "forms of set-up",
    "desk/trackers/*": "forms of set-up",
    "desk/policy/*": "forms of set-up",
    "desk/satisfaction/*": "a form of set-up, and the customer's own page",
    "desk/company/*": "forms of set-up",
    "desk/security/*": "forms of one's own sign-in",
    "desk/accounts/*": "forms of one's own sign-in",
    "desk/preferences/*": "the form of one's settings",
    "desk/notifications/choices.html": "the form of one's settings",
    "desk/duty/*": "forms of the roster, and rows of it",
    "desk/wallboard/*": "the form of addresses for screens",
    "desk/exports/*": "forms of reports by mail",
    "desk/reports/*": "the choice of a span on top of a report",
    "desk/averages/*": "the choice of a month on top of a report",
    "desk/escalations/*": "forms of the second line, whose page has the key e",
    "desk/aside/row.html": "one row of a list each",
    "desk/sent/*": "one mail each",
    "desk/ticket/participants.html": "one person each",
    "desk/deeds/*": "the palette itself",
    "ui/parts/presence.html": "choices within the deed `presence`",
    "ui/parts/palette.html": "the palette itself",
    "ui/parts/keys_dialog.html": "closes the help, as Escape does",
    "ui/parts/bell.html": "puts a toast away, which goes by itself",
    "ui/tags/*": "no buttons of their own",
}
# Single buttons on pages whose others are deeds, by their words or their class.
EXEMPT_WORDS = {
    ("desk/ticket/assignment.html", "person.pk"): "one person of a menu that the deed `assign` opens",
    ("desk/ticket/classification.html", "Save"): "ends the form that the deed `classify` opens",
    ("desk/ticket/more.html", "word"): "one reason of a menu that the deed `leave-out` opens",
    ("desk/ticket/delivery.html", "Send again"): "one message each",
    ("desk/ticket/message_facts.html", "ellipsis"): "a menu of one message each, with the deed `split` in it",
    ("desk/ticket/message_facts.html", "Let those in copy take part"): "one message each",
    ("desk/queue/row.html", "severity_mark"): "explains one row",
    ("desk/queue/batch_part.html", "Leave it"): "the deed `back` does the same",
    ("desk/queue/batch_part.html", "Back to the list"): "the deed `back` does the same",
    ("desk/queue/empty.html", "See what nobody has"): "the deed `go-queue` leads there, too",
    ("desk/queue/empty.html", "The whole queue"): "the deed `go-queue` does the same",
    ("desk/queue/filter_menu.html", "Find"): "ends the form that the deed `filter` opens, without scripts",
    ("desk/queue/filters.html", "Find"): "the same as a page, without scripts",
    ("desk/queue/filter_options.html", "Filter by these days"): "ends a form that the deed `filter` opens",
    ("desk/queue/many_bar.html", "Do something with them"): "opens the deeds on many, without scripts",
    ("desk/queue/many_deeds.html", "many"): "one of a menu that a deed on many opens",
    ("desk/queue/save_menu.html", "Save"): "ends a form that the deed `save-view` opens",
    ("desk/views/page.html", "To the queue"): "the deed `go-queue` does the same",
    ("desk/views/rows.html", "Rename, share"): "one view each",
    ("desk/views/view.html", "Look at it"): "one view each",
    ("desk/views/view.html", "Remove"): "one view each",
    ("desk/views/view.html", "Save"): "ends the form of its page",
}


def name_of(path: Path) -> str:
    return path.relative_to(next(parent for parent in path.parents if parent.name == "templates")).as_posix()


class Buttons(HTMLParser):
    """The buttons, summaries of menus, and links that look like buttons: attributes, words, and whether they end a form with fields."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[dict[str, str], str, bool]] = []
        self._open: list[Any] = []
        self._in_form: list[Any] | None = None
        self._has_fields = False

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._in_form, self._has_fields = [], False
        if tag in ("textarea", "select") or (tag == "input" and given.get("type") != "hidden"):
            self._has_fields = True
        is_menu = tag == "summary" and "button" in given.get("class", "")
        is_link = tag == "a" and "button" in given.get("class", "").split()
        if tag == "button" or is_menu or is_link:
            self._open.append((tag, given, []))

    def handle_data(self, text: str) -> None:
        for _tag, _given, words in self._open:
            words.append(text)

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1][0] == tag:
            _tag, given, words = self._open.pop()
            one = (given, " ".join(" ".join(words).split()))
            if self._in_form is None:
                self.found.append((*one, False))
            else:
                self._in_form.append(one)
        if tag == "form" and self._in_form is not None:
            self.found += [(*one, self._has_fields) for one in self._in_form]
            self._in_form = None


def buttons_of(path: Path) -> list[tuple[dict[str, str], str, bool]]:
    # Tags of the template language stand in attributes and would confuse a reader of HTML; what brings fields counts as one.
    text = re.sub(
        r'{%\s*include "[^"]*/(field|form_body|fields|choices)\.html".*?%}|{{ field }}', "<input>", path.read_text()
    )
    text = re.sub(r"{%\s*(translate|icon|avatar|severity_mark)\s+(.*?)\s*%}", r"\1 \2", text)
    text = re.sub(r"{%.*?%}|{#.*?#}", " ", text, flags=re.DOTALL)
    parser = Buttons()
    parser.feed(re.sub(r"{{\s*(.*?)\s*}}", lambda found: found[1].replace('"', "'"), text))
    return parser.found


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_every_button_is_a_deed_or_is_exempt_for_a_reason(path: Path) -> None:
    name = name_of(path)
    if any(fnmatch(name, pattern) for pattern in EXEMPT):
        return
    for given, words, ends_a_form in buttons_of(path):
        if given.get("data-deed") or (ends_a_form and not name.startswith(WORKPLACES)):
            continue
        said = f"{words} {' '.join(given.values())}"
        assert any(name == where and part in said for where, part in EXEMPT_WORDS), (
            f"{name}: “{words}” is no deed: give it data-deed and a line in deeds/registry.py, or exempt it here"
        )


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_what_a_template_names_as_a_deed_is_in_the_registry(path: Path) -> None:
    for names in TIED.findall(path.read_text()):
        for name in names.split():
            assert name in BY_NAME, f"{name_of(path)}: no deed is called {name}"
    assert "data-key=" not in path.read_text(), f"{name_of(path)}: keys are given in the registry: use data-deed"


def test_what_is_pressed_stands_on_some_page() -> None:
    tied = {name for path in TEMPLATES for names in TIED.findall(path.read_text()) for name in names.split()}
    pressed = {deed.name for deed in DEEDS if deed.how == How.PRESS}
    assert pressed <= tied, f"nothing bears {pressed - tied}"


def test_no_exemption_is_left_over() -> None:
    names = [name_of(path) for path in TEMPLATES]
    for pattern in EXEMPT:
        if pattern not in ("desk/company/*", "desk/security/*", "desk/accounts/*"):
            assert any(fnmatch(name, pattern) for name in names), pattern
    for name, words in EXEMPT_WORDS:
        path = next(path for path in TEMPLATES if name_of(path) == name)
        assert words in path.read_text(), f"{name} has no {words}"


def test_each_name_and_icon_is_there() -> None:
    assert len(BY_NAME) == len(DEEDS)
    for deed in DEEDS:
        _load_icon(deed.icon)


def test_one_key_does_one_thing_at_each_place() -> None:
    """The same key may do different things on different pages, never on one; what is everywhere has its key alone."""
    taken: dict[tuple[str, Place], Deed] = {}
    for deed in DEEDS:
        for key in deed.keys:
            places = set(Place) if deed.place in (Place.EVERYWHERE, Place.GOING) else {deed.place}
            if (key, deed.place) == ("Ctrl+Enter", Place.WRITING):
                continue  # whichever of the two buttons is shown
            for place in places:
                other = taken.get((key, place))
                is_elsewhere = other is not None and {deed.name, other.name} == {"take-next", "take-over"}
                assert other is None or is_elsewhere, f"{key} is for {deed.name} and {other and other.name}"
                taken[key, place] = deed


def test_a_key_is_no_beginning_of_a_pair() -> None:
    keys = [key for deed in DEEDS for key in deed.keys if "+" not in key]
    begins = {key[0] for key in keys if " " in key}
    assert not begins & set(keys)
    assert all(re.fullmatch(r"\S|\S \S|Esc|Enter", key) for key in keys)


def test_where_a_deed_leads_one_may_go() -> None:
    """Whoever is shown a deed is let in by its view, as far as permissions go."""
    views = {
        f"desk:{pattern.name}": pattern.callback
        for part in get_resolver().url_patterns
        if getattr(part, "app_name", None) == "desk"
        for pattern in part.url_patterns
    }
    for deed in DEEDS:
        if deed.page or deed.posts:
            permissions = views[deed.page or deed.posts].permissions
            assert deed.permission is None or deed.permission in permissions, deed.name


def test_everybody_is_offered_what_they_may(cast: Cast) -> None:
    def names(person: Person) -> set[str]:
        return {deed.name for deed in deeds_for(person)}

    assert {"resolve", "reply", "go-queue"} <= names(cast.tess)
    assert {"go-setup", "go-setup-mailboxes"} <= names(cast.ada)
    assert not {"go-setup", "go-setup-mailboxes"} & names(cast.tess)
    assert not {"resolve", "go-reports"} & names(cast.dev)
    assert names(cast.paula) == {deed.name for deed in DEEDS if deed.permission is None} - {"go-setup"}


def test_the_keys_of_a_page_are_those_of_the_registry(cast: Cast) -> None:
    words = keys_for(cast.tess).split()
    assert "r=reply" in words
    assert "gq=go-queue*" in words
    assert "t=take-next*" in words
    assert "]=next-ticket" in words
    assert not any("Ctrl" in word or "Esc" in word or word.startswith("j=") for word in words)


def test_the_palette_offers_all_with_its_key_and_is_kept_by_the_browser(cast: Cast, sign_in: Any) -> None:
    answer = sign_in(cast.tess).get(reverse("desk:deeds"))
    text = answer.content.decode()
    assert 'id="option-resolve"' in text
    assert "<kbd>x</kbd>" in text
    assert f'data-url="{reverse("desk:queue")}?view=mine"' in text
    assert 'id="option-go-setup"' not in text
    assert answer["Cache-Control"].startswith("private, max-age=")
    assert text.index("option-reply") < text.index("option-help") < text.index("option-go-queue")


def test_its_address_is_another_one_when_it_would_say_something_else(cast: Cast, sign_in: Any) -> None:
    def address(person: Person) -> str:
        page = sign_in(person).get(reverse("desk:preferences")).content.decode()
        return re.search(r'data-deeds="([^"]+)"', page)[1]

    assert address(cast.tess) == address(cast.tom)
    assert address(cast.tess) != address(cast.ada)
    english = address(cast.tess)
    choose_preferences(cast.tess.account, language="nl", theme="auto", zone="")
    assert address(Person.objects.get(pk=cast.tess.pk)) != english
    assert deeds_url(cast.ada) != deeds_url(cast.dev)


@pytest.mark.parametrize("asked", ["#{number}", "{number}"])
def test_the_palette_finds_a_ticket_by_its_number(cast: Cast, now: Any, sign_in: Any, asked: str) -> None:
    ticket = cast.writes(cast.paula, now, subject="Gate")
    words = asked.format(number=ticket.number)
    text = sign_in(cast.tess).get(reverse("desk:palette_found"), {"q": words}).content.decode()
    assert reverse("desk:ticket", args=[ticket.number]) in text
    assert "Gate" in text


def test_the_palette_finds_an_organisation_by_its_name_and_by_somebody_of_it(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.tess)
    for words in ("larc", "Paula", "piet@larch"):
        assert "Larch" in client.get(reverse("desk:palette_found"), {"q": words}).content.decode()
    for words in ("", "l", "nobody at all", "\x00", "9" * 30, "²"):
        assert client.get(reverse("desk:palette_found"), {"q": words}).content.decode().strip() == ""


def test_the_page_of_all_keys_is_there_without_a_script(cast: Cast, sign_in: Any) -> None:
    page = sign_in(cast.tess).get(reverse("desk:keys"))
    assert "Nature and severity" in page.content.decode()
    part = sign_in(cast.tess).get(reverse("desk:keys"), headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert "Nature and severity" in part.content.decode()


def test_the_docs_are_what_the_registry_says() -> None:
    spec = importlib.util.spec_from_file_location("write_keys", ROOT / "tools" / "write_keys.py")
    writer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(writer)
    assert writer.PAGE.read_text(encoding="utf-8") == writer.written(), "run tools/write_keys.py"
