"""What can go wrong with writing; each sentence is what a person reads."""

from django.utils.translation import gettext as _

from mainstay.lib.errors import MainstayError


class WritingError(MainstayError):
    """Something about what is written is not possible."""


class TooMuchToPaste(WritingError):
    """The clipboard holds more than a message."""

    def __str__(self) -> str:
        return _("That is too much to be put into a message with its form; its plain words were put in instead.")


# --- drafts -----------------------------------------------------------------------------------------------------------


class DraftChanged(WritingError):
    """Another window of the same person went on with the draft; `text` and `base` are what is there now."""

    def __init__(self, text: str, base: str) -> None:
        self.text, self.base = text, base
        super().__init__(base)

    def __str__(self) -> str:
        if not self.base:
            return _("This text was sent or thrown away in another window.")
        return _("You went on writing this in another window.")


class TooManyFiles(WritingError):
    """More files than one message carries."""

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(str(count))

    def __str__(self) -> str:
        return _("One message carries at most %(count)s files.") % {"count": self.count}


class FilesTooLarge(WritingError):
    """The files are larger than one message carries."""

    def __init__(self, filename: str, size: int) -> None:
        self.filename, self.size = filename, size
        super().__init__(filename)

    def __str__(self) -> str:
        words = {"name": self.filename, "size": self.size // (1024 * 1024)}
        return _("“%(name)s” was not added: the files of one message may have %(size)s MB together.") % words


class EmptyFile(WritingError):
    """There is nothing in the file."""

    def __str__(self) -> str:
        return _("This file is empty, so it was not added.")


class Gaps(WritingError):
    """A variable of a canned answer had no value, and nobody has filled it in since."""

    def __init__(self, gaps: list[str]) -> None:
        self.gaps = gaps
        super().__init__(", ".join(gaps))

    def __str__(self) -> str:
        return _("Something is still missing in your text: %(gaps)s. Fill it in, or take it out.") % {
            "gaps": ", ".join(self.gaps)
        }


# --- for later --------------------------------------------------------------------------------------------------------


class NotForLater(WritingError):
    """The moment is over, or too far away."""

    def __str__(self) -> str:
        return _("Choose a moment at least a minute and at most a year from now. Your text is still here.")


class PlanSettled(WritingError):
    """The reply was sent or cancelled meanwhile."""

    def __str__(self) -> str:
        return _("This reply was sent or cancelled meanwhile. Nothing was changed.")


# --- canned answers and macros ----------------------------------------------------------------------------------------


class UnknownVariables(WritingError):
    """A text names variables that do not exist."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        super().__init__(", ".join(names))

    def __str__(self) -> str:
        named = ", ".join(f"{{{{ {name} }}}}" for name in self.names)
        return _("There is no variable %(names)s. Choose from the list beside the text.") % {"names": named}


class NoWords(WritingError):
    """There is no text in any language."""

    def __str__(self) -> str:
        return _("Write the text in at least one language.")


class NameTaken(WritingError):
    """The name or shortcut is used already."""

    def __str__(self) -> str:
        return _("Another one has this name or this shortcut already.")


class ChangedMeanwhile(WritingError):
    """Somebody else changed it since it was opened."""

    def __str__(self) -> str:
        return _("Somebody else changed this while you had it open. Your words are still here; look at theirs first.")


class NothingToDo(WritingError):
    """A macro without deeds and words."""

    def __str__(self) -> str:
        return _("A macro needs a text or at least one deed.")


class NoSuchDeed(WritingError):
    """A macro names a deed, or a value for one, that is not there any more."""

    def __init__(self, label: str) -> None:
        self.label = label
        super().__init__(label)

    def __str__(self) -> str:
        return _("“%(deed)s” can't be done as it is set in this macro: change the macro first. Nothing was done.") % {
            "deed": self.label
        }


class StateTwice(WritingError):
    """A macro that replies says twice what becomes of the ticket."""

    def __str__(self) -> str:
        return _("A macro that replies says with the reply what becomes of the ticket: leave the deed “Then” out.")


class TooLateToUndo(WritingError):
    """The window in which a macro can be undone is over."""

    def __str__(self) -> str:
        return _("It is too late to undo this macro.")
