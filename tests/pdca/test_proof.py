"""On centres with a known truth: does nothing become "confirmed", and does what works?"""

import numpy as np
import pytest

from benchmarks.evidence import cycles

# 12 cycles: were 5 % confirmed falsely, two or more would be seen in one run of eight; the seed is
# fixed, so the test says whether the code still does what the committed table was made with.
FEW, FEW_FALSE, FEW_TRUE = 12, 1, 0.7
# 150 cycles a cell: at the promised 0.80, below 0.72 once in a hundred cells.
MANY, MANY_FALSE, MANY_TRUE = 150, 0.05, 0.72
NEVER = ("unstable", "undetectable", "refused", "not testable")


def verdicts(method, world, change, count):
    rng = np.random.default_rng([7, list(cycles.GROUPS).index(method)])
    found = [cycles.run(world, method, rng, change=change) for _ in range(count)]
    return [verdict for verdict in found if verdict not in NEVER]


@pytest.mark.parametrize("method", cycles.GROUPS)
def test_a_few_cycles_without_effect_are_not_confirmed(method):
    found = verdicts(method, cycles.WORLDS[3], 0.0, FEW)
    assert len(found) >= FEW // 2
    assert found.count("confirmed") <= FEW_FALSE


@pytest.mark.parametrize("method", cycles.GROUPS)
def test_a_few_cycles_with_the_planned_effect_are_confirmed(method):
    found = verdicts(method, cycles.WORLDS[1], cycles.CHANGE, FEW)
    assert found.count("confirmed") >= FEW_TRUE * len(found)


@pytest.mark.parametrize("method", cycles.GROUPS)
def test_a_season_with_weekdays_alone_never_confirms(method):
    found = verdicts(method, cycles.WORLDS[5], 0.0, FEW)
    assert len(found) >= FEW // 2
    assert "confirmed" not in found


@pytest.mark.slow
@pytest.mark.parametrize("method", cycles.GROUPS)
@pytest.mark.parametrize("world", cycles.WORLDS, ids=lambda world: world.name)
def test_many_cycles_keep_both_promises(method, world):
    idle = verdicts(method, world, 0.0, MANY)
    assert idle.count("confirmed") <= MANY_FALSE * len(idle)
    done = verdicts(method, world, cycles.CHANGE, MANY)
    assert done.count("confirmed") >= MANY_TRUE * len(done)
