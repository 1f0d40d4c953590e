"""Verbs of notices: tell, mark as read, choose how to be told, forget what is old."""

import json
from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.db import connection, transaction

from mainstay.audit.actions import record_change
from mainstay.jobs.queue import enqueue
from mainstay.live.announcing import announce
from mainstay.people.errors import NotAllowed
from mainstay.people.models import Person
from mainstay.people.queries import staff_who_may
from mainstay.people.rules import zone_of
from mainstay.people.states import Permission

from .kinds import NoticeKind
from .models import NoticeChoices, NoticeDefaults, NoticeMail, Notification, PushSubscription
from .queries import DEFAULTED, default_choices, defaults_by_role, keys_on_duty
from .rules import gets_through, is_left_alone, next_mail_at, quiet_until, topic_of

WRITE_MAIL = "notifications.write_mail"
PUSH = "notifications.push"
READ_ARE_KEPT = timedelta(days=30)
FORGOTTEN_AT_ONCE = 10_000


def tell(
    people: Iterable[Person],
    kind: NoticeKind,
    facts: dict[str, str | int],
    subject: str,
    at: datetime,
    *,
    key: str = "",
) -> list[int]:
    """These people have this notice, each once for kind, subject and key; returns the keys of those to whom it is new.

    In the caller's transaction: the rows; mail and push enqueued for those who want them; their browsers hear it.
    """
    everybody = {person.pk: person for person in people}
    if not everybody:
        return []
    with transaction.atomic():
        new = _store(sorted(everybody), kind, facts, subject, at, key)
        if new:
            _carry(new, everybody, kind.urgency, at)
            announce(*(topic_of(person) for person in new))
    return list(new)


def tell_supervisors(
    kind: NoticeKind, facts: dict[str, str | int], subject: str, at: datetime, *, key: str = ""
) -> None:
    """Every supervisor has this notice; on a desk without one, its administrators have."""
    tell(supervisors(), kind, facts, subject, at, key=key)


def supervisors() -> list[Person]:
    """Who hears what the team did not mend: those who plan duty; who administers the desk only where there is nobody else."""
    leading = list(staff_who_may(Permission.MANAGE_DUTY))
    return [one for one in leading if not one.may(Permission.MANAGE_DESK)] or leading


def _store(
    people: list[int], kind: NoticeKind, facts: dict[str, str | int], subject: str, at: datetime, key: str
) -> dict[int, int]:
    """The keys of those to whom it is new, each with the key of the notice. In one order, so that nobody waits in a circle."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            insert into notifications_notification
                (person_id, kind, subject, key, facts, urgency, at, waits_for_mail)
            select person, %s, %s, %s, %s::jsonb, %s, %s, false from unnest(%s::bigint[]) with ordinality told(person, place)
            order by place
            on conflict do nothing
            returning person_id, id
            """,
            [kind.name, subject, key, json.dumps(facts), kind.urgency.value, at, people],
        )
        return dict(cursor.fetchall())


def _carry(new: dict[int, int], people: dict[int, Person], urgency: int, at: datetime) -> None:
    """Mail is planned and push enqueued for those who want it and are not left alone now.

    In somebody's quiet hours nothing is pushed, and mail is written when they end.
    """
    chosen = {one.person_id: one for one in NoticeChoices.objects.filter(person__in=list(new)).order_by("person_id")}
    subscribed: dict[int, list[int]] = {}
    for person, subscription in PushSubscription.objects.filter(person__in=list(new)).values_list("person", "pk"):
        subscribed.setdefault(person, []).append(subscription)
    if missing := new.keys() - chosen.keys():
        defaults = defaults_by_role()
        chosen |= {person: default_choices(people[person], defaults) for person in missing}
    is_asked = any(one.quiet_off_duty for one in chosen.values())
    on_duty = keys_on_duty(at) if is_asked else set()
    for person, notice in sorted(new.items()):
        choices = chosen[person]
        if is_left_alone(choices, is_on_duty=person in on_duty):
            continue
        quiet_end = quiet_until(choices, at, zone_of(people[person])) if choices.quiet_from else None
        is_held = quiet_end is not None and not gets_through(choices, urgency)
        if choices.by_mail:
            _plan_mail(choices, notice, quiet_end if quiet_end and is_held else at)
        if choices.by_mail and quiet_end and not is_held:  # it does not wait for the mail of those that are held
            enqueue(WRITE_MAIL, at=next_mail_at(choices.mailed_at, at), person=person)
        for subscription in subscribed.get(person, []) if choices.by_push and not is_held else []:
            enqueue(PUSH, notice=notice, subscription=subscription)


def _plan_mail(choices: NoticeChoices, notice: int, at: datetime) -> None:
    """The notice waits for the person's next mail, which is planned once."""
    Notification.objects.filter(pk=notice).update(waits_for_mail=True)
    if choices.pk is None:
        NoticeChoices.objects.bulk_create([choices], ignore_conflicts=True)
    if NoticeChoices.objects.filter(person=choices.person_id, mail_is_planned=False).update(mail_is_planned=True):
        enqueue(WRITE_MAIL, at=next_mail_at(choices.mailed_at, at), person=choices.person_id)


def mark_read(person: Person, *, at: datetime, pk: int | None = None, subject: str = "") -> int:
    """One's own notices are read: the one with this key, those about a subject, or all; returns how many were not."""
    unseen = Notification.objects.filter(person=person, seen_at=None, at__lte=at)
    if pk is not None:
        unseen = unseen.filter(pk=pk)
    elif subject:
        unseen = unseen.filter(subject=subject)
    with transaction.atomic():
        number = unseen.update(seen_at=at, waits_for_mail=False)
        if number:
            announce(topic_of(person.pk))
    return number


@transaction.atomic
@transaction.atomic
def default_notices(role: str, *, by: Person, at: datetime, **chosen: bool) -> None:
    """Those of this role who never chose themselves are told so from now on. `chosen` has all of DEFAULTED."""
    if not by.may(Permission.MANAGE_DESK):
        raise NotAllowed
    kept, is_new = NoticeDefaults.objects.select_for_update().get_or_create(role=role, defaults=chosen)
    before = {} if is_new else {name: getattr(kept, name) for name in DEFAULTED}
    if before == chosen:
        return
    for name, value in chosen.items():
        setattr(kept, name, value)
    kept.save(update_fields=[*DEFAULTED])
    record_change(by=by, at=at, noun="notices", subject=role, key=role, before=before, after=chosen)


def choose_notices(
    person: Person,
    *,
    by_mail: bool,
    by_push: bool,
    quiet_off_duty: bool,
    by_sound: bool = False,
    quiet_from: time | None = None,
    quiet_until: time | None = None,
    urgent_when_quiet: bool = True,
) -> None:
    """From now on this person is told so; the screen always tells. Quiet hours have both ends, or there are none."""
    NoticeChoices.objects.update_or_create(
        person=person,
        defaults={
            "by_mail": by_mail,
            "by_push": by_push,
            "quiet_off_duty": quiet_off_duty,
            "by_sound": by_sound,
            "quiet_from": quiet_from if quiet_until is not None else None,
            "quiet_until": quiet_until if quiet_from is not None else None,
            "urgent_when_quiet": urgent_when_quiet,
        },
    )


def forget_about(subjects: list[str]) -> None:
    """Nobody was told of these: what they are about is gone."""
    Notification.objects.filter(subject__in=subjects).delete()


def forget_old(*, at: datetime) -> int:
    """Notices that were read, and mails that were settled, more than 30 days ago are gone; returns how many notices were."""
    before = at - READ_ARE_KEPT
    old = Notification.objects.filter(seen_at__lt=before).order_by("seen_at").values("pk")[:FORGOTTEN_AT_ONCE]
    number, _by_model = Notification.objects.filter(pk__in=old).delete()
    settled = NoticeMail.objects.filter(settled_at__lt=before).order_by("settled_at").values("pk")[:FORGOTTEN_AT_ONCE]
    NoticeMail.objects.filter(pk__in=settled).delete()
    return number
