"""What can go wrong with signing in and with whom the company trusts; each docstring is what a person reads."""

from django.utils.translation import gettext as _

from mainstay.lib.errors import MainstayError
from mainstay.people.errors import NotAllowed


class SecretsUnreadable(MainstayError):
    """A stored secret can't be opened."""

    def __init__(self, where: str, variable: str) -> None:
        self.where, self.variable = where, variable
        super().__init__(where)

    def __str__(self) -> str:
        return _(
            "The stored secret can't be read or written: put the keys it was sealed with back (%(where)s), or name them in"
            " %(variable)s."
        ) % {"where": self.where, "variable": self.variable}


class NotEverything(NotAllowed):
    """Only who may do everything decides whose word lets people in: it could let in anybody as anybody."""

    def __str__(self) -> str:
        return _("Only who may do everything here can say which provider is trusted.")


class WrongProvider(MainstayError):
    """What was typed about an identity provider can't be so; `field` is where."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence)


class NotVouchedFor(MainstayError):
    """The provider's word is not enough to let somebody in. `because` is for our own log."""

    def __init__(self, because: str) -> None:
        self.because = because
        super().__init__(because)

    def __str__(self) -> str:
        return _(
            "This sign-in does not belong to an account of this desk. Sign in as you used to, or ask your administrator."
        )


# --- looks ------------------------------------------------------------------------------------------------------------


class WrongLooks(MainstayError):
    """What was given for the company's looks can't be used; `field` is where."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence)


class WrongText(MainstayError):
    """A text of a mail that can't be sent so; its sentence says what to mend."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)

    def __str__(self) -> str:
        return self.sentence
