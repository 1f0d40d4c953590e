"""Each kind of event in the history of a person or an organisation, declared once: its sentence and its icon."""

from django.utils.translation import gettext_lazy as _

from mainstay.history.kinds import EventKind

REGISTERED = EventKind("registered", _("%(by)s put them into the desk's books"), "user-plus")
CHANGED = EventKind("changed", _("%(by)s changed the %(field)s: %(was)s → %(now)s"), "pencil")
ADDRESS_ADDED = EventKind("address_added", _("%(by)s added the address %(address)s"), "at-sign")
ADDRESS_VERIFIED = EventKind("address_verified", _("%(by)s verified the address %(address)s"), "badge-check")
ADDRESS_DOUBTED = EventKind("address_doubted", _("%(by)s took back that %(address)s is verified"), "badge-x")
ADDRESS_REMOVED = EventKind("address_removed", _("%(by)s removed the address %(address)s"), "trash-2")
NOTE_REMOVED = EventKind("note_removed", _("%(by)s removed a note of %(name)s"), "trash-2")
TOOK_OVER = EventKind("took_over", _("%(by)s merged %(name)s into this record"), "merge")
MERGED = EventKind("merged", _("%(by)s merged it into %(name)s"), "merge")
GAVE_BACK = EventKind("gave_back", _("%(by)s undid the merge with %(name)s"), "undo-2")
UNMERGED = EventKind("unmerged", _("%(by)s undid the merge into %(name)s"), "undo-2")
KEPT_APART = EventKind("kept_apart", _("%(by)s found that this is not %(name)s"), "split")

KINDS = {kind.name: kind for kind in list(globals().values()) if isinstance(kind, EventKind)}
