"""What a first start prepares: the policy in force, and the sample company when it is wanted."""

from pathlib import Path


def prepare(*, sample: bool, policy_path: Path) -> list[str]:
    """The policy file is in force (a changed one as a new revision from now); returns lines for the person who starts the desk.

    The sample company is made once, on a desk that has no people yet.
    """
    from django.utils import timezone

    from mainstay.policy.reading import policy_text
    from mainstay.promises.actions import put_policy_in_force
    from mainstay.promises.models import PolicyRevision
    from mainstay.sample.making import POLICY_HOLDS_FOR, is_empty_desk, make_sample
    from mainstay.sample.showing import sign_in_lines

    now = timezone.now()
    lines = []
    wants_sample = sample and is_empty_desk()
    first = not PolicyRevision.objects.exists()
    holds_from = now - POLICY_HOLDS_FOR if first and wants_sample else now
    revision, is_new = put_policy_in_force(policy_text(policy_path), holds_from=holds_from, at=now)
    if is_new and not first:
        lines.append(f"The policy file has changed: revision {revision.number} holds from now.")
    if wants_sample:
        make_sample(at=now)
    if sample:
        lines.extend(sign_in_lines())
    elif is_empty_desk():
        lines.append("Nobody can sign in yet: `mainstay staff add you@company.example --name … --role administrator`")
    return lines
