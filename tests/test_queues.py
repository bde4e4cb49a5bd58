import math

import pytest

from wfm.errors import BadInput
from wfm.scenario import CallBack, Outreach, Queue, Scenario, Target, Tier

GOAL = Target(0.8)
GOLD = (Tier("VIP", 0.2, Target(0.95)), Tier("all", 0.8, Target(0.8)))


def queue(**choices):
    return lambda: Queue("voice", **{"target": GOAL, **choices})


WRONG = {
    "no lines": (queue(lines=0), "lines is a whole number 1"),
    "half a line": (queue(lines=1.5), "lines is a whole number"),
    "chance in percent": (queue(chance=90), "chance.*was a percent passed"),
    "certain": (queue(chance=1.0), "chance.*below 1"),
    "retry in percent": (queue(p_retry=50, patience_s=60.0), "p_retry.*was a percent passed"),
    "retry not a number": (queue(p_retry=math.nan), "p_retry"),
    "nobody to retry": (queue(p_retry=0.5), "p_retry has nobody to try again.*patience_s"),
    "unknown arrivals": (queue(arrivals="bursty"), "arrivals is one of stationary, lagged"),
    "negative reserve": (queue(reserve=-1), "reserve is a whole number >= 0"),
    "infinite cost": (queue(cost_per_hour=math.inf), "cost_per_hour is a number >= 0"),
    "negative cost": (queue(cost_per_hour=-1), "cost_per_hour"),
    "tiers and a target": (queue(tiers=GOLD), "each tier has its own target.*service_level"),
    "shares of tiers": (queue(tiers=GOLD[:1], target=Target()), "shares of its tiers.*got 0.2"),
    "tiers of one name": (
        queue(tiers=(Tier("a", 0.5, GOAL), Tier("a", 0.5, GOAL)), target=Target()), "one name",
    ),
    "tiers that want nothing": (
        queue(tiers=(Tier("a", 1.0, Target()),), target=Target()), "no tier has a limit",
    ),
    "tiers who leave": (
        queue(tiers=GOLD, target=Target(), patience_s=60.0), "tiers knows nobody who leaves.*drop",
    ),
    "chance with retrials": (
        queue(chance=0.9, p_retry=0.2, patience_s=60.0), "no model covers chance and p_retry",
    ),
    "call-back with lines": (
        queue(call_back=CallBack(60, 0.5), lines=30), "no model covers call_back with lines; drop",
    ),
    "call-back by mean wait": (
        queue(call_back=CallBack(60, 0.5), target=Target(asa_s=20)), "does not know target.asa_s",
    ),
    "call-back and patience by SL4": (
        queue(call_back=CallBack(60, 0.5), patience_s=60.0), "rule SL3; got target.rule SL4",
    ),
    "reserve of an occupancy": (
        queue(reserve=2, target=Target(0.8, occupancy=0.9)), "does not know target.occupancy",
    ),
    "blended chat": (queue(reserve=2, channel="chat"), "no model covers reserve for chat"),
    "blocking without lines": (queue(target=Target(blocking=0.01)), "blocking alone never binds"),
    "outbound that waits": (queue(channel="outbound"), "nobody waits in outbound.*service_level"),
    "outbound with lines": (
        queue(channel="outbound", target=Target(), lines=5), "outbound; leave out lines",
    ),
    "e-mail without a deadline": (
        queue(channel="email", target=Target(awt_s=math.inf)), "finite number of seconds",
    ),
    "e-mail with a chance": (
        queue(channel="email", target=Target(awt_s=7200), chance=0.9), "drop chance",
    ),
    "inbound outreach": (queue(outreach=Outreach(0.3, 0.6, 0.1, 25)), "outreach belongs to"),
    "share of a tier in percent": (lambda: Tier("VIP", 20, GOAL), "was a percent passed"),
    "a tier that leaves": (lambda: Tier("VIP", 0.2, Target(abandonment=0.1)), "no meaning"),
    "delay": (lambda: CallBack(60, 0.5, delay=(0.5, 0.4)), "delay adds up to 1, got 0.9"),
    "acceptance in percent": (lambda: CallBack(60, 50), "p_accept.*was a percent passed"),
    "success in percent": (lambda: Outreach(0.3, 0.6, 12, 25), "p_success.*was a percent passed"),
    "work of no time": (lambda: Outreach(0.3, 0.6, 0.1, 0), "one of dial_s.*is above 0"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_no_model_covers_is_refused_with_what_to_drop(name):
    make, words = WRONG[name]
    with pytest.raises(BadInput, match=words):
        make()


def test_new_choices_change_the_id_only_where_they_are_made():
    base = Scenario("a", "UTC", (queue()(),))
    assert Scenario("a", "UTC", (queue(lines=None, chance=None)(),), currency="").id == base.id
    # as it was before these fields existed
    assert base.id == "452bc0f46229"
    for changed in (queue(lines=30), queue(chance=0.9), queue(cost_per_hour=0.0)):
        assert Scenario("a", "UTC", (changed(),)).id != base.id
    assert Scenario("a", "UTC", (queue()(),), currency="EUR").id != base.id
