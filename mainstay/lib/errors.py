"""The one base of all errors whose text a person may read."""


class MainstayError(Exception):
    """Something expected went wrong; the text says what happened and what to do."""

    exit_code = 1

    def __str__(self) -> str:
        return super().__str__() or (self.__class__.__doc__ or "").strip()
