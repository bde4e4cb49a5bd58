"""Do the parts of a change add up, and are they the published ones?"""

import pytest

from tests import measured
from wfm import attribution
from wfm.actuals import Actuals
from wfm.errors import BadInput

EXACT = 1e-9  # the same sums in another order
PRINTED = 1e-6  # worked examples T16 and T18 print six digits
BEFORE, AFTER = ("2026-01-05", "2026-01-05"), ("2026-01-06", "2026-01-06")
# Solved of handled by reason, worked example T16, here as transferred of handled.
T16 = [("a", 0, "easy", 87, 1.0, 81), ("a", 0, "hard", 263, 1.0, 192),
       ("a", 1, "easy", 270, 1.0, 234), ("a", 1, "hard", 80, 1.0, 55)]  # fmt: skip


def split(key="transfer_rate", rows=T16, **more):
    return attribution.change(measured.by_type(rows), key, before=BEFORE, after=AFTER, **more)


def test_the_published_split_of_mix_and_rate():
    made = split()
    assert made.mix == pytest.approx(0.099386, abs=PRINTED)
    assert made.rate == pytest.approx(-0.053671, abs=PRINTED)
    assert made.total == pytest.approx(made.after - made.before, abs=EXACT)
    assert made.mix + made.rate == pytest.approx(made.total, abs=EXACT)
    assert made.frame["part"].sum() == pytest.approx(made.total, abs=EXACT)
    assert made.frame["part"].abs().is_monotonic_decreasing
    assert made.definition == "transfer_rate/1()"


def test_more_of_a_long_type_is_all_mix_and_none_of_it_work():
    rows = [("a", 0, "short", 80, 80 * 100.0, 0), ("a", 0, "long", 20, 20 * 300.0, 0),
            ("a", 1, "short", 60, 60 * 100.0, 0), ("a", 1, "long", 40, 40 * 300.0, 0)]  # fmt: skip
    made = split("aht_s", rows)
    assert (made.before, made.after) == (pytest.approx(140), pytest.approx(180))
    assert made.mix == pytest.approx(40, abs=EXACT)
    assert made.rate == pytest.approx(0, abs=EXACT)


def test_longer_calls_at_the_same_mix_are_all_work():
    rows = [("a", 0, "x", 50, 50 * 100.0, 0), ("a", 0, "y", 50, 50 * 200.0, 0),
            ("a", 1, "x", 70, 70 * 110.0, 0), ("a", 1, "y", 70, 70 * 210.0, 0)]  # fmt: skip
    made = split("aht_s", rows)
    assert made.rate == pytest.approx(10, abs=EXACT)
    assert made.mix == pytest.approx(0, abs=EXACT)


def test_a_rate_per_thousand_is_split_in_its_own_unit():
    table = measured.by_type(T16).tables["agent_contacts"]
    days = table.assign(complaints=table["transferred"], queue=table["reason"])
    own = Actuals({"days": days[["queue", "start", "handled", "complaints"]]})
    made = attribution.change(own, "complaint_rate", before=BEFORE, after=AFTER, by=["queue"])
    assert made.total == pytest.approx(45.714286, abs=1e-5)
    assert made.mix == pytest.approx(99.386, abs=1e-3)


def test_the_published_split_of_workload():
    one = measured.handled([300.0], contacts=1000.0).intervals
    two = measured.handled([0, 310.0], contacts=1200.0).intervals.iloc[1:]
    import pandas as pd

    own = Actuals({"interval_actuals": pd.concat([one, two], ignore_index=True)})
    made = attribution.workload(own, before=BEFORE, after=AFTER)
    assert made.volume * 3600 == pytest.approx(61024.907713, abs=PRINTED)
    assert made.aht * 3600 == pytest.approx(10975.092287, abs=PRINTED)
    assert made.total * 3600 == pytest.approx(72000, abs=PRINTED)
    assert made.after == pytest.approx(made.before + made.total)


def test_what_cannot_be_split_is_refused():
    with pytest.raises(BadInput, match="nothing between"):
        attribution.change(measured.by_type(T16), "transfer_rate",
                           before=("2025-01-01", "2025-01-02"), after=AFTER)  # fmt: skip
    with pytest.raises(BadInput, match="reason"):
        attribution.change(measured.handled([1.0] * 3), "aht_s", before=BEFORE, after=AFTER)
    waits = measured.handled([1.0] * 3).intervals.assign(longest_wait_s=3.0)
    with pytest.raises(BadInput, match="no sum over a sum"):
        attribution.change(Actuals({"interval_actuals": waits}), "longest_wait_s", before=BEFORE,
                           after=AFTER, by=["queue"])  # fmt: skip
