"""Where an invited colleague chooses a password: by the link alone, without a sign-in."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from mainstay.people.errors import AddressTaken, BelongsToCustomer, InvitationOver, InvitedAlready
from mainstay.people.inviting import accept_invitation
from mainstay.people.queries import invitation_of_link

from ..doorway import DeskRequest, for_everybody
from .forms import PasswordForm, posted

GONE = 410


@for_everybody
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: DeskRequest, pk: int, token: str) -> HttpResponse:
    """Looking does nothing, so that a mail program that opens links uses none up."""
    try:
        found = invitation_of_link(pk, token, timezone.now())
    except InvitationOver as over:
        return render(request, "desk/setup/invitation_over.html", {"problem": over}, status=GONE)
    with translation.override(found.language or translation.get_language()):
        form = PasswordForm(posted(request), invitation=found)
        if request.method == "POST" and form.is_valid():
            try:
                account = accept_invitation(pk, token, password=form.cleaned_data["password"], at=timezone.now())
            except (InvitationOver, AddressTaken, BelongsToCustomer, InvitedAlready) as over:
                return render(request, "desk/setup/invitation_over.html", {"problem": over}, status=GONE)
            return render(request, "desk/setup/invitation_done.html", {"account": account})
        status = 422 if form.errors else 200
        return render(request, "desk/setup/invitation.html", {"form": form, "invitation": found}, status=status)
