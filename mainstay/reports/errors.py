"""What can go wrong with reports; each sentence is what a person reads."""

from django.utils.translation import gettext as _

from mainstay.lib.errors import MainstayError


class BadPeriod(MainstayError):
    """That is no month."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)

    def __str__(self) -> str:
        return _("“%(key)s” is no month. Write a month like 2026-11, between 2000 and 2199.") % {"key": self.key[:40]}
