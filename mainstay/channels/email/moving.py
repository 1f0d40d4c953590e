"""The addresses to which two persons answer, when they are found to be one; see people/moving.py."""

from typing import Any

from mainstay.people.models import Person
from mainstay.people.moving import Lost, Part, Since

from .models import ReplyToken


class TokensOfPerson:
    """Every reply address goes on to lead to its ticket; reports about mail to it are looked for at whose address it is."""

    key = "reply_tokens"

    def parts_of(self, one: Person) -> list[Part]:
        """Nothing that anybody would miss."""
        return []

    def move(self, one: Person, into: Person) -> dict[str, Any]:
        """Where both had one for the same ticket, each stays as it is."""
        has = ReplyToken.objects.filter(person=into).values("ticket")
        tokens = ReplyToken.objects.filter(person=one).exclude(ticket__in=has)
        moved = list(tokens.order_by("pk").values_list("pk", flat=True))
        ReplyToken.objects.filter(pk__in=moved).update(person=into)
        return {"tokens": moved}

    def move_back(self, one: Person, into: Person, moved: dict[str, Any], since: Since, lost: Lost) -> None:
        has = ReplyToken.objects.filter(person=one).values("ticket")
        ReplyToken.objects.filter(pk__in=moved["tokens"], person=into).exclude(ticket__in=has).update(person=one)
