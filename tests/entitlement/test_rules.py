"""Who may have support: the policy's rule over every kind of sender."""

from datetime import datetime

import pytest

from mainstay.entitlement.rules import decide
from mainstay.policy.reading import read_policy
from tests.cast import POLICY, Cast

policy = read_policy(POLICY.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("name", "outcome", "reason"),
    [
        ("paula", "entitled", "direct_buyer"),
        ("olaf", "entitled", "direct_buyer"),
        ("rita", "refused", "other_kind"),
        ("tess", "entitled", "staff"),
    ],
)
def test_who_is_entitled(cast: Cast, name: str, outcome: str, reason: str) -> None:
    decision = decide(getattr(cast, name), policy)
    assert (decision.outcome, decision.reason) == (outcome, reason)


def test_a_partner_that_bought_from_a_distributor_is_not_entitled(cast: Cast) -> None:
    cast.elm.bought_directly = False
    cast.elm.seller = cast.larch
    cast.olaf.organisation = cast.elm
    decision = decide(cast.olaf, policy)
    assert (decision.outcome, decision.reason, decision.seller) == ("refused", "not_direct", cast.larch)


def test_one_who_left_no_longer_speaks_for_the_organisation(cast: Cast, now: datetime) -> None:
    cast.paula.left_at = now
    assert decide(cast.paula, policy).reason == "left"


def test_one_without_an_organisation_is_a_stranger(cast: Cast) -> None:
    cast.paula.organisation = None
    assert decide(cast.paula, policy).reason == "stranger"


def test_the_rule_is_the_policys(cast: Cast) -> None:
    text = POLICY.read_text(encoding="utf-8")
    wider = text.replace("bought_directly = true", "bought_directly = false")
    assert wider != text
    cast.elm.bought_directly = False
    cast.olaf.organisation = cast.elm
    assert decide(cast.olaf, read_policy(wider)).is_entitled
