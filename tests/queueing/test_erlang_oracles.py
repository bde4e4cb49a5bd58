"""Do the Erlang figures agree with oracles of 50 digits and more, and those with one another?"""

import math

import mpmath
import numpy as np
import pytest

from tests.oracle_geometric import geometric
from tests.oracle_states import service_level, states
from tests.oracles import chain, erlang_b, integral, inverse_b
from wfm.queueing import erlang
from wfm.scenario import SlRule

INF = math.inf
REL, ABS = 1e-10, 1e-13  # ten times tighter than the promise of 1e-9
FIELDS = (
    "load", "p_block", "p_wait", "p_abandon", "p_answered", "mean_wait_s", "asa_s", "occupancy",
    "mean_queue", "p_answered_in_awt", "p_abandoned_in_awt", "p_later", "p_virtual",
)  # fmt: skip
RULES = [str(rule) for rule in SlRule]


def error(mine, truth):
    """Relative error, 0 within ABS."""
    return 0.0 if abs(mine - truth) <= ABS else float(abs(mine - truth) / abs(truth))


def compare(case, oracle):
    volume, aht_s, agents, interval_s, patience_s, lines, awt_s = case
    mine = erlang.performance(
        volume, aht_s, agents, interval_s=interval_s, patience_s=patience_s, lines=lines,
        awt_s=awt_s,
    )  # fmt: skip
    truth = oracle(*case)
    wrong = {
        name: (float(getattr(mine, name)), float(getattr(truth, name)))
        for name in FIELDS
        if error(getattr(mine, name), getattr(truth, name)) > REL
    }
    assert not wrong, (case, wrong)


# volume, aht_s, agents, interval_s, patience_s, lines, awt_s
WHOLE = [
    (1, 18, 1, 1800, INF, INF, 20),  # load 0.01
    (1, 18, 1, 1800, 1, INF, 0),
    (0.1, 180, 40, 1800, 60, INF, 20),  # far more agents than load
    (10, 180, 1, 1800, 1, INF, 5),  # load = agents, impatience much faster than service
    (10, 180, 2, 1800, INF, INF, 20),
    (50, 600, 3, 1800, 30, INF, 20),  # five times overloaded
    (100, 180, 10, 1800, 300, INF, 0),  # load = agents, T = 0
    (100, 180, 9, 1800, 1e6, INF, 20),  # overload carried by very patient customers
    (100, 180, 14, 1800, 180, INF, 20),  # patience = handle time
    (1000, 300, 169, 1800, INF, INF, 20),  # nearly critical
    (1000, 300, 170, 1800, 120, INF, 1e5),
    (1000, 300, 20, 1800, 60, INF, 20),  # 8 times overloaded: almost nobody in time
    (1000, 1800, 1100, 1800, 3600, INF, 20),
    (100, 180, 14, 1800, INF, 14, 20),  # no waiting places: Erlang B
    (100, 180, 14, 1800, INF, 15, 20),
    (100, 180, 5, 1800, INF, 60, 20),  # overload held by lines alone
    (100, 180, 10, 1800, INF, 400, 20),  # critical, flat queue of 390 places
    (100, 180, 14, 1800, 120, 20, 20),
    (100, 180, 5, 1800, 10, 20, 20),
    (100, 180, 5, 1800, 3000, 100, 300),
    (1000, 300, 166, 1800, 1e6, 400, 20),
    (15374, 14.5, 1, 1800, INF, 113, 60),  # 124 times overloaded
    (165555, 534.78, 47, 3600, INF, 28778, 1),  # 523 times overloaded, very many lines
    (60000, 300, 10100, 1800, 300, INF, 20),
    (60000, 300, 9950, 1800, 300, 10100, 20),
    (600000, 300, 99900, 1800, 600, INF, 20),
]
REAL = [
    (100, 180, 13.0372, 1800, INF, INF, 20),
    (1, 18, 0.25, 1800, INF, INF, 20),
    (3, 180, 0.05, 1800, 30, INF, 20),
    (100, 180, 10 * (1 + 1e-9), 1800, INF, INF, 20),  # nearly critical
    (0.7, 100, 70.00000001 / 1000, 1000, INF, INF, 20),
    (100, 180, 9.5, 1800, 200, INF, 20),
    (100, 180, 9.5, 1800, 1e6, INF, 300),
    (5, 1063.956, 1, 1800, 110829.7, INF, 0),
    (185, 1779.6, 21, 3600, 3160.4, INF, 60),
    (600000, 300, 100300.5, 1800, INF, INF, 20),
    (600000, 300, 99000.5, 1800, 100, INF, 1),
    (100, 180, 12.5, 1800, INF, 13, 20),  # half a waiting place
    (100, 180, 12.5, 1800, 90, 31.5, 20),
]
FLAT = [  # nobody leaves, and the states are as likely as far as they go
    (1e5, 1000, 1e5 + 1e-4, 1000, INF, INF, 20),
    (1e5, 1000, 1e5, 1000, INF, 2e5, 300),
    (1e5, 3, 299.999, 1000, INF, 299.999 + 2**20, 1e4),
    (333, 1000, 333 + 2**-6, 1000, INF, 333 + 2**-6 + 10**5, 0),
]
INTEGRATED = [REAL[3], REAL[4], REAL[11]]  # too many states, or a part of a place
SUMMED = [case for case in REAL if case not in INTEGRATED]


@pytest.mark.parametrize("case", WHOLE, ids=str)
def test_figures_agree_with_the_states(case):
    compare(case, states)


@pytest.mark.parametrize("case", SUMMED, ids=str)
def test_figures_of_real_agents_agree_with_the_states(case):
    compare(case, states)


@pytest.mark.slow
@pytest.mark.parametrize("case", INTEGRATED, ids=str)
def test_figures_agree_with_the_integral(case):
    compare(case, integral)


@pytest.mark.parametrize(
    ("case", "routes"),
    [
        (WHOLE[3], (chain, integral, states)),
        (WHOLE[5], (chain, states)),
        (WHOLE[7], (chain, states)),
        (WHOLE[10], (chain, states)),
        (WHOLE[13], (chain, states)),
        (WHOLE[17], (chain, states)),
        pytest.param(WHOLE[8], (chain, integral, states), marks=pytest.mark.slow),
        pytest.param(WHOLE[17], (chain, integral, states), marks=pytest.mark.slow),
        pytest.param(SUMMED[0], (integral, states), marks=pytest.mark.slow),
        pytest.param(SUMMED[2], (integral, states), marks=pytest.mark.slow),
    ],
    ids=str,
)
def test_the_oracles_agree(case, routes):
    one, *others = (route(*case) for route in routes)
    for two in others:
        for name in FIELDS:
            truth = getattr(one, name)
            assert abs(truth - getattr(two, name)) <= 1e-40 * max(1, truth)


@pytest.mark.parametrize("case", [c for c in WHOLE + SUMMED if c[4] == INF], ids=str)
def test_the_geometric_sums_agree_with_the_states(case):
    one, two = geometric(*case), states(*case)
    for name in FIELDS:
        truth = getattr(one, name)
        assert abs(truth - getattr(two, name)) <= 1e-40 * max(1, truth)


@pytest.mark.parametrize("case", [*FLAT, REAL[3], REAL[4]], ids=str)
def test_figures_of_a_nearly_critical_queue_agree_with_the_geometric_sums(case):
    compare(case, geometric)


@pytest.mark.parametrize("case", [WHOLE[10], WHOLE[17], WHOLE[19], WHOLE[24], SUMMED[5]], ids=str)
@pytest.mark.parametrize("short_s", [0.0, 5.0, 90.0])
def test_every_service_level_agrees_with_the_states(case, short_s):
    volume, aht_s, agents, interval_s, patience_s, lines, awt_s = case
    mine = erlang.performance(
        volume, aht_s, agents, interval_s=interval_s, patience_s=patience_s, lines=lines,
        awt_s=awt_s, short_s=short_s,
    )  # fmt: skip
    truth, short = states(*case), states(*case[:-1], short_s)
    for rule in RULES:
        assert error(mine.p_answered_within(rule), service_level(rule, truth, short)) < REL


@pytest.mark.parametrize("places", [10**3, 10**7, 10**12])
@pytest.mark.parametrize(("agents", "load"), [(90, 100), (1, 11.2), (319, 1022.9), (90, 90.001)])
def test_lines_without_end_keep_their_digits_in_overload(places, agents, load):
    lines = agents + places
    with mpmath.workdps(50):  # without patience: the waiting states are a geometric series
        rho = mpmath.mpf(load) / agents
        waits, full = rho * (rho**places - 1) / (rho - 1), rho ** (places + 1)
        queue = rho**2 * (1 - (places + 1) * rho**places + places * rho ** (places + 1))
        whole = 1 / erlang_b(agents - 1, load) + waits + full
        mean_queue = queue / (1 - rho) ** 2 / whole
        got = erlang.performance(load, 1, agents, interval_s=1, lines=lines)
        assert error(got.p_block, full / whole) < REL
        assert error(got.p_wait, waits / whole) < REL
        assert error(got.mean_queue, mean_queue) < REL


@pytest.mark.parametrize("load", [1e-9, 0.01, 0.7, 5, 35, 36, 300.5, 1e4, 1e5])
def test_erlang_b_agrees_with_the_sum_and_the_integral(load):
    spread = math.sqrt(load)
    for lines in (
        0,
        1,
        2,
        7,
        int(load),
        int(load + 3 * spread),
        int(0.3 * load),
        int(2 * load) + 1,
    ):
        assert error(erlang.erlang_b(load, lines), erlang_b(lines, load)) < REL
    for lines in (0.1, 0.5, load * 0.9 + 0.01, load + 0.3 * spread):
        assert error(erlang.erlang_b(load, lines), 1 / inverse_b(lines, load)) < REL


def test_the_lost_share_is_accurate_where_it_is_tiny():
    for load, lines in ((0.01, 12), (10, 60), (1000, 1600)):
        truth = erlang_b(lines, load)
        assert truth < 1e-20
        assert abs(erlang.erlang_b(load, lines) / truth - 1) < REL


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_figures_agree_with_both_oracles_over_the_whole_range(seed):
    rng = np.random.default_rng(seed)
    for _ in range(50):
        case, by_chain, by_integral = _random_case(rng)
        if by_chain:
            compare(case, chain)
        if by_integral:
            compare(case, integral)


def _random_case(rng):
    """A queue anywhere in the promised range, and which oracles can afford it."""
    interval_s = float(rng.choice([900.0, 1800.0, 3600.0]))
    aht_s = 10 ** rng.uniform(1, 3.5)
    volume = 10 ** rng.uniform(-2, 5) * interval_s / aht_s
    volume = max(1.0, round(volume)) if rng.random() < 0.3 else volume
    load = volume * aht_s / interval_s
    patience_s = INF if rng.random() < 0.25 else 10 ** rng.uniform(0, 6)
    spread = math.sqrt(load)
    agents = (
        load + spread * rng.uniform(-3, 5),
        load * rng.uniform(0.05, 1),
        load * rng.uniform(1, 3) + rng.integers(0, 5),
        load * (1 + rng.choice([-1, 1]) * 10 ** rng.uniform(-10, -2)),
        load + rng.integers(-2, 3),
        load * 10 ** rng.uniform(-3, 0),
    )[rng.integers(6)]
    whole = rng.random() < 0.6
    agents = float(max(1, round(agents))) if whole else max(0.02, float(agents))
    lines = INF
    if rng.random() < 0.4:
        places = (0, 1, 3, round(spread), round(10 * spread), int(10 ** rng.uniform(0, 4.5)))
        lines = agents + places[rng.integers(6)]
    if lines == INF and patience_s == INF and agents <= load:
        agents = load * (1 + 10 ** rng.uniform(-9, 0))
        agents = float(math.floor(load) + 1 + rng.integers(0, 4)) if whole else agents
    awt_s = float(rng.choice([0, 1, 5, 20, 60, 300, 10 ** rng.uniform(-1, 5)]))
    eta, places = aht_s / patience_s, lines - agents
    if eta:
        queue = max(0, load - agents) / eta + 20 * math.sqrt(load / eta) + 100
    else:
        queue = 60 * agents / (agents - load) if agents > load else places
    by_chain = whole and 20 * spread + min(places, queue) < 40000
    by_integral = lines == INF or (places < 300 and load < 3000)
    return (volume, aht_s, agents, interval_s, patience_s, lines, awt_s), by_chain, by_integral
