"""Who asks, in which language and zone they read, under which policy; and errors of the rooms as pages."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject

from mainstay.lib.errors import MainstayError
from mainstay.live.hub import hub
from mainstay.people.errors import NotAllowed
from mainstay.people.models import Person
from mainstay.people.rules import zone_of
from mainstay.promises.queries import policies_looked_up_when_asked, policy_in_force
from mainstay.tickets.errors import NoSuchTicket

from .doorway import first_place
from .duty.signs import note_sign

Answer = Callable[[HttpRequest], HttpResponse]


class PersonMiddleware:
    """`request.person` is the signed-in person or None; texts are in their language, times in their zone.

    `request.policy` is the policy in force, looked up once for each request that asks. `request.live_position` is what this
    process had heard before anything was read: what is announced from there on, the page made of it may not know.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.live_position = hub.position  # type: ignore[attr-defined]
        person: Person | None = request.user.person if request.user.is_authenticated else None
        request.person = person  # type: ignore[attr-defined]
        request.policy = SimpleLazyObject(lambda: policy_in_force(timezone.now()))  # type: ignore[attr-defined]
        if person is not None:
            note_sign(request, person)
        translation.activate(_language(request, person))
        timezone.activate(zone_of(person))
        try:
            if request.method in ("GET", "HEAD"):
                with policies_looked_up_when_asked():
                    return self.answer(request)
            return self.answer(request)
        finally:
            timezone.deactivate()
            translation.deactivate()

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """An error that a room named becomes a page with its sentence; a stranger learns nothing more than a 404."""
        if isinstance(problem, NoSuchTicket):
            return render(request, "404.html", status=404)
        if isinstance(problem, NotAllowed) and request.path == reverse("desk:queue"):
            return redirect(first_place(request))  # type: ignore[arg-type]
        if isinstance(problem, NotAllowed):
            return render(request, "403.html", status=403)
        if isinstance(problem, MainstayError):
            return render(request, "desk/problem.html", {"problem": problem}, status=409)
        return None


def _language(request: HttpRequest, person: Person | None) -> str:
    if person is not None and person.language in dict(settings.LANGUAGES):
        return person.language
    return translation.get_language_from_request(request)
