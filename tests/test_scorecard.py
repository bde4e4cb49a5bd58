"""Are people compared fairly: equal mix, shrunken, unsure, masked and never ranked?"""

import numpy as np
import pandas as pd
import pytest

from tests import measured
from wfm import scorecard
from wfm.actuals import Actuals
from wfm.comparison import comparison
from wfm.errors import BadInput
from wfm.evidence import compare

EXACT = 1e-9  # the same sums in another order


def handled_by(agents=12, *, seed=2, slow=()):
    """Three weeks of contacts; everybody needs 100 s for short and 300 s for long ones."""
    draw, rows = np.random.default_rng(seed), []
    for number in range(agents):
        share = 0.2 if number % 2 else 0.8
        for day in range(21):
            for reason, part, mean in (("short", 1 - share, 100.0), ("long", share, 300.0)):
                n = int(50 * part)
                factor = 1.3 if number in slow else 1.0
                noise = draw.normal(0, 0.04)
                rows.append((f"a{number:02d}", day, reason, n, n * mean * factor * (1 + noise),
                             draw.binomial(n, 0.1)))  # fmt: skip
    return measured.by_type(rows)


def own_day(agents):
    return pd.DataFrame({"agent": agents, "team": "red", "start": measured.MONDAY, "paid_s": 1.0})


def test_another_mix_makes_nobody_slower():
    made = comparison(handled_by(), "aht_s")
    assert made.mix == ("queue", "reason")
    raw = made.frame["raw"]
    assert raw.max() - raw.min() > 100
    level = made.frame["standardised"]
    assert level.max() - level.min() < 15
    assert not made.frame["outside"].any()


def test_who_is_slower_at_equal_mix_lies_beyond_the_limits_and_surely_above():
    made = comparison(handled_by(24, slow=(5,)), "aht_s")
    found = made.frame.set_index("agent")
    assert found.index[found["outside"]].tolist() == ["a05"]
    assert found.loc["a05", "p_above"] > 0.99
    assert found.loc["a05", "value"] < found.loc["a05", "standardised"]  # drawn to the mean


def test_shares_are_shrunken_as_published_and_in_no_order_of_merit():
    rows = [(f"a{i}", 0, "x", 45, 1.0, good) for i, good in enumerate((7, 18, 12))]
    made = comparison(measured.by_type(rows), "transfer_rate")
    known = compare.shrink([7, 18, 12], [45, 45, 45])
    assert made.frame["value"].tolist() == pytest.approx(known.value.tolist(), abs=EXACT)
    assert made.frame["agent"].tolist() == ["a0", "a1", "a2"]
    assert made.method == "beta-binomial"
    above = made.frame.set_index("agent")["p_above"]
    assert above["a0"] < above["a2"] < above["a1"]
    assert (made.frame["rank_lo"] <= made.frame["rank_hi"]).all()


def test_equal_people_can_have_almost_any_rank():
    made = comparison(handled_by(12), "transfer_rate").frame
    assert ((made["rank_hi"] - made["rank_lo"]) >= 6).all()


def test_equal_people_show_somebody_outside_more_often_than_not():
    made = comparison(handled_by(50), "transfer_rate")
    assert made.chance_outside == pytest.approx(1 - 0.95**50)  # T21: 0.92


@pytest.mark.parametrize("key", ["occupancy", "service_level", "contacts_per_hour"])
def test_what_a_person_does_not_decide_is_on_no_card(key):
    with pytest.raises(BadInput, match="no measure of a person"):
        comparison(handled_by(), key)
    actuals = Actuals({**handled_by().tables, "agent_actuals": own_day(["a00"])})
    with pytest.raises(BadInput, match="no measure of a person"):
        scorecard.card(actuals, "a00", keys=[(key, {})])


def test_a_masked_card_never_shows_who_it_is():
    actuals = Actuals({**handled_by().tables, "agent_actuals": own_day(["a00", "a01"])})
    shown = scorecard.card(actuals, "a00", secret="s", name="Ada Abel")
    told = repr((shown.label, shown.team, [f.text for f in shown.figures]))
    assert "a00" not in told
    assert "Ada" not in told
    assert shown.label == scorecard.card(actuals, "a00", secret="s").label
    assert shown.label != scorecard.card(actuals, "a01", secret="s").label
    assert shown.label != scorecard.card(actuals, "a00", secret="t").label
    assert scorecard.card(actuals, "a00", name="Ada Abel").label == "Ada Abel"


def test_a_card_says_what_is_missing_and_who_is_unknown():
    actuals = Actuals({**handled_by().tables, "agent_actuals": own_day(["a00"])})
    shown = scorecard.card(actuals, "a00")
    assert [f.key for f in shown.figures] == ["aht_s", "transfer_rate"]
    assert set(shown.missing) == {"fcr", "csat", "qa_score", "adherence", "attendance"}
    with pytest.raises(BadInput, match="nobody called 'zz'"):
        scorecard.card(actuals, "zz")
    with pytest.raises(BadInput, match="secret"):
        scorecard.mask("a00", "")


def test_who_never_failed_a_check_is_not_left_out_nor_certain():
    rows = []
    draw = np.random.default_rng(1)
    for agent in range(10):
        for check in range(12):
            score = 1.0 if agent == 0 else float(draw.choice([0.0, 0.5, 1.0], p=[0.1, 0.2, 0.7]))
            rows.append((f"Q{agent}-{check}", f"a{agent}", score))
    table = pd.DataFrame(rows, columns=["contact", "agent", "qa_item"])
    checks = table.assign(team="red", qa_question="x", qa_weight=1.0, contact_at=measured.MONDAY)
    made = comparison(Actuals({"checks": checks}), "qa_score").frame.set_index("agent")
    assert made.loc["a0", "raw"] == 1.0
    assert made.loc["a0", "lo"] < made.loc["a0", "value"] <= made.loc["a0", "hi"] <= 1.0


def test_two_people_are_too_few_to_compare():
    with pytest.raises(BadInput, match="3 or more"):
        comparison(handled_by(2), "aht_s")
    with pytest.raises(BadInput, match="unit is"):
        comparison(handled_by(), "aht_s", unit="queue")
