"""The shared views of the sample company."""

from datetime import datetime

from mainstay.audit.models import SettingChange
from mainstay.people.models import Person
from mainstay.worklists.actions import Sharing, add_view
from mainstay.worklists.actions.keeping import NOUN
from mainstay.worklists.models import View
from mainstay.worklists.rules import AWAKE, Shape

OURS = ("new", "open")
SHARED = {
    "Severe, by assignee": (
        Shape({"state": OURS, "severity": ("critical", "high"), **AWAKE}, grouping="assignee"),
        Sharing("everybody"),
    ),
    "Over the average": (
        Shape({"state": OURS, "over": ("any",), **AWAKE}, columns=("who", "nature", "waiting", "assignee", "product")),
        Sharing("everybody"),
    ),
}


def share_views(*, by: Person, at: datetime) -> None:
    for name, (shape, sharing) in SHARED.items():
        view = add_view(name=name, shape=shape, sharing=sharing, by=by, at=at)
        View.objects.filter(pk=view.pk).update(is_sample=True)


def remove_views() -> None:
    """Those of the sample, with what the log says of them; what people of this desk have saved stays."""
    views = View.objects.filter(is_sample=True)
    keys = [str(pk) for pk in views.order_by("pk").values_list("pk", flat=True)]
    SettingChange.objects.filter(noun=NOUN, key__in=keys).delete()
    views.delete()
