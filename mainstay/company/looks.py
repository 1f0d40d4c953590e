"""The one verb on the company's looks: name, accent colour, logo and signatures."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mainstay.audit.actions import record_change
from mainstay.files.actions import store_file
from mainstay.files.models import StoredFile
from mainstay.lib.colours import HEX
from mainstay.lib.fingerprints import fingerprint
from mainstay.lib.pictures import picture_of
from mainstay.people.errors import ChangedMeanwhile, NotAllowed
from mainstay.people.models import Person
from mainstay.people.states import Permission
from mainstay.policy.values import SIGNATURE_WORDS
from mainstay.ui.accents import readings_of

from .errors import WrongLooks
from .models import Looks

LOGO_TYPES = frozenset({"image/png", "image/jpeg", "image/webp"})
LOGO_BYTES_MAX = 256 * 1024  # it comes with every first page
LOGO_SIDE_MAX = 2000
SIGNATURE_MAX = 1000
_WORD = re.compile(r"\{(?:" + "|".join(SIGNATURE_WORDS) + r")\}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


@transaction.atomic
def change_looks(
    *,
    name: str,
    accent: str,
    signatures: Mapping[str, str],
    logo: bytes | None = None,
    removes_logo: bool = False,
    seen: str = "",
    by: Person,
    at: datetime,
) -> Looks:
    """The desk looks so from everybody's next page on, and the next answers are signed so; what is empty is the usual.

    `logo`: the bytes of a new one; None leaves it as it is. `seen` is the `fingerprint` of `seen_of` as its writer saw it:
    when it is another meanwhile, raises ChangedMeanwhile. Raises NotAllowed, and WrongLooks with the field.
    """
    if not by.may(Permission.MANAGE_DESK):
        raise NotAllowed
    looks, _new = Looks.objects.select_for_update(of=("self",)).select_related("logo").get_or_create(pk=1)
    before = seen_of(looks)
    if seen and seen != fingerprint(before):
        raise ChangedMeanwhile
    looks.name = " ".join(name.split())[:80]
    looks.accent = checked_accent(accent)
    looks.signatures = {key: text for key, one in sorted(signatures.items()) if (text := checked_signature(key, one))}
    if logo is not None:
        looks.logo = checked_logo(logo)
    elif removes_logo:
        looks.logo = None
    looks.save()
    record_change(by=by, at=at, noun="looks", subject="", key=1, before=before, after=seen_of(looks))
    return looks


def seen_of(looks: Looks) -> dict[str, Any]:
    """The looks as the log keeps them, and as whoever changes them saw them. Of the logo the beginning of its SHA-256."""
    signatures = {f"signature.{language}": text for language, text in looks.signatures.items()}
    logo = looks.logo.sha256[:12] if looks.logo is not None else ""
    return {"name": looks.name, "accent": looks.accent, "logo": logo, **signatures}


def checked_accent(text: str) -> str:
    """The colour as `#rrggbb`, or empty. Raises WrongLooks for what is no colour, or can't be read on our grounds."""
    colour = text.strip().lower()
    if not colour:
        return ""
    if HEX.fullmatch(colour) is None:
        raise WrongLooks("accent", _("Write the colour like #00697f."))
    for reading in readings_of(colour):
        if not reading.is_enough:
            words = {
                "dark": _(
                    "This colour can't be read well on dark pages: %(contrast)s to 1, and it needs %(needed)s to 1."
                ),
                "light": _(
                    "This colour can't be read well on light pages: %(contrast)s to 1, and it needs %(needed)s to 1."
                ),
            }[reading.theme]
            raise WrongLooks("accent", words % {"contrast": f"{reading.worst:.1f}", "needed": f"{reading.needed:.1f}"})
    return colour


def checked_signature(language: str, text: str) -> str:
    """The template without what stands around it. Raises WrongLooks for other words in braces than can be filled in."""
    plain = text.replace("\r\n", "\n").strip()
    field = f"signature_{language}"
    if len(plain) > SIGNATURE_MAX:
        raise WrongLooks(field, _("A signature has at most %(n)s letters.") % {"n": SIGNATURE_MAX})
    if _CONTROL.search(plain):
        raise WrongLooks(field, _("A signature is plain text, without tabs."))
    if re.search(r"[{}]", _WORD.sub("", plain)):
        words = ", ".join(f"{{{word}}}" for word in SIGNATURE_WORDS)
        raise WrongLooks(field, _("Only these words can be filled in: %(words)s.") % {"words": words})
    return plain


def checked_logo(content: bytes) -> StoredFile:
    """Known by its bytes, whatever it is called; SVG is refused, since it can run programs. Raises WrongLooks."""
    if len(content) > LOGO_BYTES_MAX:
        raise WrongLooks(
            "logo", _("This file is too large: a logo has at most %(n)s kB.") % {"n": LOGO_BYTES_MAX // 1024}
        )
    picture = picture_of(content)
    if picture is None or picture.content_type not in LOGO_TYPES:
        raise WrongLooks(
            "logo", _("A logo is a picture in PNG, JPEG or WebP. (An SVG can hold programs: export it as PNG.)")
        )
    if max(picture.width, picture.height) > LOGO_SIDE_MAX:
        raise WrongLooks("logo", _("This picture is too large: at most %(n)s pixels each way.") % {"n": LOGO_SIDE_MAX})
    return store_file(content, picture.content_type)
