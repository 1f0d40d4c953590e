"""The registry of deeds: every key leads somewhere, every button is in it or says why not, and the docs say the same."""

import importlib.util
import re
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

# What is operated by something else than a button, link or field of its own: by tag and why.
OPERATED = ("button", "a", "input", "select", "textarea", "summary", "form", "label")


def name_of(path: Path) -> str:
    return path.relative_to(next(parent for parent in path.parents if parent.name == "templates")).as_posix()


class Operated(HTMLParser):
    """The elements that do something: that send by htmx, are a deed, or take part in what a click does."""

    def __init__(self) -> None:
        super().__init__()
        self.by_mouse_alone: list[str] = []

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        given = {name: value or "" for name, value in attributes}
        acts = given.keys() & {
            "hx-get",
            "hx-post",
            "hx-delete",
            "hx-put",
            "hx-patch",
            "data-deed",
            "data-dialog",
            "data-palette",
        }
        comes_by_itself = re.search(r"load|every|from:", given.get("hx-trigger", ""))
        is_reached = comes_by_itself or (tag in OPERATED and (tag != "a" or "href" in given or "data-to" in given))
        if (acts and not is_reached) or given.get("tabindex", "0") not in ("0", "-1"):
            self.by_mouse_alone.append(f"<{tag} {' '.join(sorted(given))}>")


def read_by(parser: HTMLParser, path: Path) -> None:
    """Tags of the template language stand in attributes and would confuse a reader of HTML."""
    text = re.sub(r"{%.*?%}|{#.*?#}", " ", path.read_text(), flags=re.DOTALL)
    parser.feed(re.sub(r"{{\s*(.*?)\s*}}", lambda found: found[1].replace('"', "'"), text))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_everything_that_acts_is_reached_by_keys(path: Path) -> None:
    """A button, a link or a field is reached by Tab, and the palette lists those of a page that are no deeds; a `div` is not."""
    parser = Operated()
    read_by(parser, path)
    assert not parser.by_mouse_alone


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


def test_each_name_and_icon_is_there() -> None:
    assert len(BY_NAME) == len(DEEDS)
    for deed in DEEDS:
        _load_icon(deed.icon)


TOGETHER = {Place.TICKET: {Place.TICKET, Place.WRITING}, Place.WRITING: {Place.TICKET, Place.WRITING}}  # one page


def test_one_key_does_one_thing_at_each_place() -> None:
    """The same key may do different things on different pages, never on one; what is everywhere has its key alone."""
    taken: dict[tuple[str, Place], Deed] = {}
    for deed in DEEDS:
        for key in deed.keys:
            places = (
                set(Place) if deed.place in (Place.EVERYWHERE, Place.GOING) else TOGETHER.get(deed.place, {deed.place})
            )
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
            # A view that names none is for everybody who works here.
            assert deed.permission is None or not permissions or deed.permission in permissions, deed.name


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
