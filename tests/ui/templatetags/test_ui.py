"""The tags and filters of the design system, as a page gets them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import translation

from mainstay.ui.templatetags.ui import initials

NOW = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def shown(text, **context):
    return Template("{% load ui %}" + text).render(Context(context))


def words(html):
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Amina Odhiambo", "AO"),
        ("佐藤 健", "佐健"),
        ("Jean-Luc de la Tour", "JT"),
        ("mara", "M"),
        ("<Tom>", "?"),
        ("", "?"),
        ("  ", "?"),
    ],
)
def test_initials_are_of_the_first_and_the_last_word(name, letters):
    assert initials(name) == letters


def test_a_face_has_the_same_hue_wherever_the_same_name_stands():
    assert shown("{% avatar name %}", name="Mara Lind") == shown("{% avatar name %}", name="mara lind".title())
    assert re.search(r'class="avatar hue-\d+" aria-hidden="true">ML<', shown("{% avatar name %}", name="Mara Lind"))


@pytest.mark.parametrize(("number", "text"), [(0, "0"), (99, "99"), (100, "99+"), (12345, "99+")])
def test_counters_end_at_ninety_nine(number, text):
    assert shown("{{ n|capped }}", n=number) == text


def test_a_key_that_the_policy_no_longer_has_shows_itself():
    assert shown("{{ key|named:names }}", key="high", names={"high": "High"}) == "High"
    assert shown("{{ key|named:names }}", key="old", names={"high": "High"}) == "old"


@pytest.mark.parametrize("quiet", [True, False])
def test_a_mark_is_always_a_shape_and_a_word(quiet):
    html = shown("{% state_mark 'waiting' 'Waiting for customer' quiet %}", quiet=quiet)
    assert re.search(r"marks\.svg\?v=[^#]+#state-waiting", html)
    assert words(html) == "Waiting for customer"


@pytest.mark.parametrize(("urgency", "shape"), [(0, 1), (3, 4), (9, 4)])
def test_severities_past_the_fourth_share_the_quietest_shape(urgency, shape):
    assert f"#severity-{shape}" in shown("{% severity_mark urgency 'Any' %}", urgency=urgency)


@pytest.mark.parametrize(("seconds", "level"), [(0, "calm"), (300, "calm"), (301, "over"), (900, "over"), (901, "far")])
def test_waiting_turns_loud_by_steps(seconds, level):
    assert f'data-level="{level}"' in shown("{% waiting seconds 300 %}", seconds=seconds)


def test_waiting_without_a_target_stays_calm():
    assert 'data-level="calm"' in shown("{% waiting 999999 %}")


def test_waiting_counts_on_until_the_desk_closes(time_machine_at_now):
    assert 'data-runs="7200"' in shown("{% waiting 60 300 until %}", until=NOW + timedelta(hours=2))
    assert 'data-runs="0"' in shown("{% waiting 60 300 until %}", until=NOW - timedelta(hours=2))
    assert 'data-runs="0"' in shown("{% waiting 60 300 %}")


def test_a_moment_says_the_exact_time_to_those_who_listen(time_machine_at_now):
    html = shown("{% moment at %}", at=NOW - timedelta(minutes=12))
    assert words(html) == "12 min ago , Tue 17 Nov 2026, 09:48 UTC"
    assert 'datetime="2026-11-17T09:48:00+00:00"' in html


@pytest.mark.parametrize(
    ("value", "target", "part", "is_over"), [(None, 300, 0, False), (300, 300, 80, False), (3000, 300, 100, True)]
)
def test_a_gauge_has_its_target_at_four_fifths(value, target, part, is_over):
    html = shown("{% gauge value target %}", value=value, target=target)
    assert f'class="gauge-part" width="{part}"' in html
    assert ("data-over" in html) is is_over


def test_an_icon_is_hidden_from_those_who_listen_and_an_unknown_one_breaks_nothing():
    for name in ("reply", "no-such-icon"):
        html = shown("{% icon name %}", name=name)
        assert html.startswith("<svg")
        assert 'aria-hidden="true"' in html


def test_names_and_words_from_outside_are_escaped():
    evil = '"><script>alert(1)</script>'
    for text in ("{% avatar evil %}", "{% state_mark evil evil %}", "{% state_mark evil evil True %}"):
        assert "<script" not in shown(text, evil=evil)


@pytest.fixture
def time_machine_at_now():
    import time_machine

    with time_machine.travel(NOW, tick=False):
        yield
