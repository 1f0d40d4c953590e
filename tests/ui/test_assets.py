"""What a browser is sent: light, without anything inline, and nothing named that is not there."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import get_template
from lucide import _load_icon

ROOT = Path(__file__).parents[2] / "mainstay"
TEMPLATES = sorted(path for path in ROOT.glob("*/templates/**/*.html"))
STATIC = ROOT / "ui" / "static" / "ui"
KB = 1000


def name_of(path):
    return path.relative_to(next(parent for parent in path.parents if parent.name == "templates")).as_posix()


def test_all_styles_and_behaviours_together_leave_room_for_the_page_itself():
    """A first visit is to weigh less than 150 kB as it is sent (tests/browser/test_first_visit.py measures that): htmx takes 17 of
    them, a large ticket some 30. No page needs all of ours, so that this says early where it is heading."""
    sent = [path for path in STATIC.rglob("*") if path.suffix in {".css", ".js"}]
    assert 0 < sum(len(gzip.compress(path.read_bytes(), 9)) for path in sent) < 90 * KB


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_obeys_the_strict_policy(path):
    text = path.read_text()
    assert not re.search(r"\sstyle=", text)
    assert not re.search(r"<style\b", text)
    assert not re.search(r"\son[a-z]+=", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert "javascript:" not in text


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_parses_and_names_only_what_is_there(path):
    get_template(name_of(path))
    text = path.read_text()
    for name in re.findall(r"{% icon \"([^\"]+)\"", text):
        _load_icon(name)
    for name in re.findall(r"{% static '([^']+)'", text):
        assert finders.find(name), name
    for name in re.findall(r"{% (?:include|extends) \"([^\"]+)\"", text):
        get_template(name)


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_every_form_that_writes_bears_its_token(path):
    forms = re.findall(r"<form\b.*?</form>", path.read_text(), re.DOTALL)
    for form in forms:
        if 'method="post"' in form:
            assert "{% csrf_token %}" in form


def test_every_shape_that_a_mark_may_show_is_drawn():
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "marks.svg").read_text()))
    states = {"new", "open", "waiting", "developers", "resolved", "closed"}
    deliveries = {"queued", "sent", "kept", "failed", "withdrawn"}
    expected = {f"state-{word}" for word in states} | {f"delivery-{word}" for word in deliveries}
    expected |= {f"severity-{number}" for number in range(1, 5)} | {"channel-email"}
    assert drawn == expected | {"entitlement-entitled", "entitlement-refused"}


def test_the_sign_in_page_is_ours_not_the_librarys():
    assert Path(get_template("account/login.html").origin.name).is_relative_to(ROOT)
