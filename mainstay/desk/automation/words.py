"""A rule in words, for the list of rules."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mainstay.automation.models import Rule
from mainstay.automation.queries import choices_of
from mainstay.automation.rules import Condition
from mainstay.automation.states import TYPED, Field, Match, When
from mainstay.people.models import Person
from mainstay.policy.shape import Policy
from mainstay.writing.deeds import deeds


def when_in_words(rule: Rule) -> str:
    words = str(When(rule.when).label)
    if rule.minutes is None:
        return words
    long = ngettext("%(n)s minute of opening hours", "%(n)s minutes of opening hours", rule.minutes)
    return f"{words}: {long % {'n': rule.minutes}}"


def conditions_in_words(rule: Rule, policy: Policy) -> list[str]:
    return [condition_in_words(Condition.of(one), policy) for one in rule.conditions]


def condition_in_words(one: Condition, policy: Policy) -> str:
    if one.field not in Field.values:
        return "–"
    word = one.value if one.field in TYPED else dict(choices_of(one.field, policy)).get(one.value, "–")
    named = {"field": Field(one.field).label, "word": word}
    if one.field in (Field.SUBJECT, Field.TEXT, Field.ORGANISATION):
        return (_("%(field)s has “%(word)s”") if one.holds else _("%(field)s has not “%(word)s”")) % named
    return (_("%(field)s is “%(word)s”") if one.holds else _("%(field)s is not “%(word)s”")) % named


def joined(rule: Rule) -> str:
    """What stands between its conditions."""
    return _("and") if rule.match == Match.ALL else _("or")


def does_in_words(rule: Rule, names: dict[int, str], reader: Person) -> list[str]:
    return list(_does(rule, names, reader))


def _does(rule: Rule, names: dict[int, str], reader: Person) -> Iterator[str]:
    known = deeds()
    for one in rule.deeds:
        yield known[one["deed"]].told(one["value"], reader) if one["deed"] in known else "–"
    if rule.gives_turn:
        yield _("Give it to whoever's turn it is")
    if rule.note:
        yield _("Write a note")
    if rule.answer is not None:
        yield _("Send “%(name)s”") % {"name": rule.answer.name}
    told = [names[key] for key in rule.tells if key in names]
    if rule.tells_assignee:
        told.append(_("whoever has it"))
    if told:
        yield _("Tell %(names)s") % {"names": ", ".join(told)}
