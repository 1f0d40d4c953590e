"""What a first start prepares: the policy in force, and the sample company when it is wanted."""

from pathlib import Path


def prepare(*, sample: bool, policy_path: Path) -> list[str]:
    """The policy file is in force (a changed one as a new revision from now); returns lines for the person who starts the desk.

    The sample company is made on a desk that nobody can sign in to yet; its tickets are older than the desk, so a policy is
    made to hold for them too.
    """
    from django.conf import settings
    from django.utils import timezone

    from mainstay.channels.email.intake import certificate_from, must_be_safe
    from mainstay.channels.email.relay import relay_from
    from mainstay.channels.email.signing import our_signer
    from mainstay.policy.reading import source_in
    from mainstay.promises.actions import put_policy_in_force, stretch_policy_back
    from mainstay.promises.models import PolicyRevision
    from mainstay.promises.queries import revision_in_force
    from mainstay.sample.making import POLICY_HOLDS_FOR, is_empty_desk, make_sample
    from mainstay.sample.showing import sign_in_lines
    from mainstay.tickets.actions import bring_measures_up_to_date

    if settings.EMAIL_RELAY_URL:
        relay_from(settings.EMAIL_RELAY_URL)  # an address nobody could use is told now, not with the first answer
    our_signer()  # and so is a key that nobody can read
    certificate = certificate_from(settings.INTAKE_TLS_CERT, settings.INTAKE_TLS_KEY)
    must_be_safe(settings.INTAKE_HOST, certificate, settings.INTAKE_ALLOWS_PLAIN)
    now = timezone.now()
    lines = []
    wants_sample = sample and is_empty_desk()
    first = not PolicyRevision.objects.exists()
    holds_from = now - POLICY_HOLDS_FOR if first and wants_sample else now
    source = source_in(policy_path)
    source.policy()
    # What was applied since, here or in the browser, is not undone by a file that was a revision before it.
    known = PolicyRevision.objects.filter(digest=source.digest).order_by("-number").first()
    if known is None:
        revision, _new = put_policy_in_force(source.text, holds_from=holds_from, at=now, calendars=source.calendars)
        if not first:
            lines.append(f"The policy file has changed: revision {revision.number} holds from now.")
    elif known.digest != revision_in_force(now).digest:
        lines.append(
            f"The policy file is that of revision {known.number}, which doesn't hold now. To put it in force again:"
            f" mainstay policy apply {policy_path}"
        )
    if counted := bring_measures_up_to_date(at=now):
        lines.append(f"The figures of {counted} tickets were counted anew from their history.")
    if wants_sample:
        stretch_policy_back(holds_from=now - POLICY_HOLDS_FOR, at=now)
        make_sample(at=now)
    if sample:
        lines.extend(sign_in_lines())
    elif is_empty_desk():
        lines.append("Nobody can sign in yet: `mainstay staff add you@company.example --name … --role administrator`")
    return lines
