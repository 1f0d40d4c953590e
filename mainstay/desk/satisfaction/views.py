"""The page behind the link in a customer's mail, the report for supervisors, and whether customers are asked."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mainstay.people.states import Permission
from mainstay.promises.queries import policy_of
from mainstay.satisfaction.actions import choose_asking, rate
from mainstay.satisfaction.errors import NoSuchRating, RatingError
from mainstay.satisfaction.models import Rating
from mainstay.satisfaction.queries import asks, rating_of, ratings_in, satisfaction_in
from mainstay.satisfaction.states import COMMENT_LENGTH, Score
from mainstay.tickets.notices import written_language

from ..doorway import DeskRequest, desk_page, for_everybody, staff_only
from ..paging import newest_first
from ..reports.head import asked_period, report_page

PAGE = 40


@require_http_methods(["GET", "HEAD", "POST"])
@for_everybody
def rating(request: HttpRequest, token: str) -> HttpResponse:
    """Looking at the link decides nothing: programs that check mail follow links too. A person's answer is a POST.

    With JavaScript the answer that was clicked in the mail is sent at the first sign of a person (`rating.js`).
    """
    now = timezone.now()
    try:
        found = rating_of(token, now)
    except NoSuchRating as gone:
        return _private(render(request, "desk/satisfaction/gone.html", {"problem": str(gone)}, status=410))
    ticket = found.ticket
    with translation.override(written_language(ticket, policy_of(ticket.promise.revision_id))):
        return _private(_answered(request, found) if request.method == "POST" else _asked(request, found))


def _answered(request: HttpRequest, found: Rating) -> HttpResponse:
    """From the form with its comment, or from the page's own sending of the click, which leaves the comment as it is."""
    score, comment = request.POST.get("score", ""), request.POST.get("comment")
    try:
        rate(found.token, score=score, comment=comment, at=timezone.now())
    except RatingError as problem:
        return _asked(request, found, problem=str(problem), score=score, comment=comment, status=422)
    return redirect(reverse("desk:rating", args=[found.token]) + "?thanks=1")


def _asked(
    request: HttpRequest,
    found: Rating,
    *,
    problem: str = "",
    score: str = "",
    comment: str | None = None,
    status: int = 200,
) -> HttpResponse:
    clicked = request.GET.get("score", "")
    chosen = score or (clicked if clicked in Score.values else "") or found.score
    context = {
        "ticket": found.ticket,
        "language": translation.get_language(),
        "scores": Score.choices,
        "icons": ICONS,
        "chosen": chosen,
        "comment": found.comment if comment is None else comment,
        "comment_length": COMMENT_LENGTH,
        "is_new": bool(clicked) and chosen != found.score and not problem,
        "has_thanks": request.GET.get("thanks") == "1" and bool(found.score),
        "problem": problem,
    }
    return render(request, "desk/satisfaction/rating.html", context, status=status)


ICONS = {Score.GOOD.value: "smile", Score.FAIR.value: "meh", Score.BAD.value: "frown"}


def _private(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "private, no-store"
    answer["Referrer-Policy"] = "no-referrer"  # the address is the secret
    answer["X-Robots-Tag"] = "noindex"
    return answer


@require_safe
@staff_only(Permission.SEE_REPORTS)
def report_satisfaction(request: DeskRequest) -> HttpResponse:
    now = timezone.now()
    asked = asked_period(request, now)
    score = request.GET.get("score", "")
    score = score if score in Score.values else ""
    period = asked.period
    figures = satisfaction_in(period.start, period.end)
    ratings, after = newest_first(
        ratings_in(request.person, period.start, period.end, score), request.GET.get("after", ""), PAGE
    )
    context: dict[str, Any] = {
        "figures": figures,
        "scores": [
            {
                "key": one.value,
                "label": one.label,
                "icon": ICONS[one.value],
                "n": figures.by_score[one.value],
                "url": _report_url(period.key, score=one.value),
                "is_current": score == one.value,
            }
            for one in Score
        ],
        "every_url": _report_url(period.key),
        "score": score,
        "ratings": [{"rating": one, "icon": ICONS[one.score]} for one in ratings],
        "older_url": _report_url(period.key, score=score, after=after) if after else "",
        "is_asked": asks(),
        "may_set_up": request.person.may(Permission.MANAGE_DESK),
    }
    return report_page(
        request,
        "desk/satisfaction/report.html",
        context,
        asked=asked,
        now=now,
        page="satisfaction",
        defined=("satisfaction",),
        score=score,
    )


def _report_url(period: str, **more: str) -> str:
    from urllib.parse import urlencode

    return (
        reverse("desk:report_satisfaction") + "?" + urlencode({"period": period} | {k: v for k, v in more.items() if v})
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_DESK)
def satisfaction(request: DeskRequest) -> HttpResponse:
    """Whether customers are asked, with the mail as they get it."""
    if request.method == "POST":
        is_on = request.POST.get("asks") == "on"
        choose_asking(is_on=is_on, by=request.person, at=timezone.now())
        messages.success(
            request, _("Customers are asked from now on.") if is_on else _("Customers are not asked any more.")
        )
        return redirect("desk:satisfaction")
    return desk_page(request, "desk/satisfaction/setup.html", {"is_asked": asks()})
