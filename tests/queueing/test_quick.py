"""The short way to the fewest agents gives the answers of the exact one, or leaves them to it."""

import math
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from wfm.errors import BadInput
from wfm.queueing import (
    _kernels_quick,
    _kernels_quick_a,
    _kernels_quick_c,
    _quick,
    _solve,
    _threads,
    erlang,
)
from wfm.scenario import Target

INF = math.inf
RULES = ["SL1", "SL2", "SL3", "SL4", "virtual"]
LEVELS = [0.05, 0.2, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999]
CERTIFICATE = 1e-11  # ten times the tolerance of a limit


def exact(queue, target):
    return _solve.exact_agents(target, queue)


def quick(queue, target):
    """Return the answers, and how many of them the exact kernel gave; None: it takes all."""
    asked = []

    def ask(part):
        asked.append(np.broadcast(*part.values()).size)
        return exact(part, target)

    answer = _quick.quick_agents({**queue, "lines": INF}, target, ask)
    return answer, sum(asked)


def random_queues(rng, size, *, wide):
    """Wide: the whole range of the promise. Otherwise what a contact centre has."""
    if wide:
        target = Target(
            float(rng.choice([*LEVELS, rng.uniform(0.01, 0.995)])),
            awt_s=float(rng.choice([0, 5, 20, 60, 300, 10 ** rng.uniform(-2, 4)])),
            rule=str(rng.choice(RULES)),
            occupancy=None if rng.random() < 0.6 else float(rng.uniform(0.3, 1)),
        )
        aht_s, load = 10 ** rng.uniform(0, 4, size), 10 ** rng.uniform(-2.5, 5, size)
        patience_s = 10 ** rng.uniform(0, 6, size)
    else:
        target = Target(
            float(rng.choice([0.7, 0.8, 0.9, 0.95])),
            awt_s=float(rng.choice([0, 10, 20, 30, 60])),
            rule=str(rng.choice(RULES)),
            occupancy=None if rng.random() < 0.5 else float(rng.uniform(0.7, 1)),
        )
        aht_s, load = rng.uniform(60, 1200, size), 10 ** rng.uniform(-1, 3.5, size)
        patience_s = 10 ** rng.uniform(1.3, 3.3, size)
    patience_s = np.where(rng.random(size) < 0.4, INF, patience_s)
    interval_s = np.full(size, 1800.0)
    return _queue(load * 1800 / aht_s, aht_s, interval_s, patience_s), target


def _queue(volume, aht_s, interval_s, patience_s):
    names = ("volume", "aht_s", "interval_s", "patience_s")
    return dict(zip(names, (volume, aht_s, interval_s, patience_s), strict=True))


def check(seed, total, *, wide):
    rng = np.random.default_rng(seed)
    decided = left = 0
    while decided + left < total:
        queue, target = random_queues(rng, 500, wide=wide)
        got, asked = quick(queue, target)
        if got is None:
            left += 500
            continue
        truth = exact(queue, target)
        wrong = np.flatnonzero(got != truth)
        assert wrong.size == 0, (target, {k: v[wrong[0]] for k, v in queue.items()})
        decided, left = decided + 500 - asked, left + asked
    assert decided > total / 5  # else this test shows little


@pytest.mark.parametrize("wide", [False, True])
def test_the_short_way_answers_as_the_exact_way(wide):
    check(1, 4000, wide=wide)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("wide", [False, True])
def test_the_short_way_answers_as_the_exact_way_ten_thousand_times(seed, wide):
    check(100 + seed, 10_000, wide=wide)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("patience_s", [INF, 300.0, 60.0])
def test_near_the_boundary_the_exact_kernel_decides(rule, patience_s):
    """The target is what n agents give exactly, or that and a hair more or less."""
    rng = np.random.default_rng(5)
    for _ in range(20):
        load = float(10 ** rng.uniform(0, 3.3))
        n = math.ceil(load + 0.6 * math.sqrt(load))
        at = erlang.performance(load, 300, n, interval_s=300, patience_s=patience_s)
        level = float(at.p_answered_within(rule))
        if not 0.05 < level < 0.98:
            continue
        queue = _queue(np.full(3, load), 300.0, 300.0, patience_s)
        for hair in (-1e-9, 0.0, 1e-9):
            target = Target(level * (1 + hair), rule=rule)
            got, asked = quick(queue, target)
            assert asked == 3
            assert (got == n + (hair > 0)).all()


@pytest.mark.parametrize("patience_s", [INF, 120.0])
@pytest.mark.parametrize("occupancy", [None, 0.85])
def test_the_answer_meets_and_one_agent_fewer_misses(patience_s, occupancy):
    load = np.exp(np.linspace(0, math.log(1e5), 300))
    target = Target(0.8, occupancy=occupancy)
    n = erlang.fewest_agents(load, 300, target, interval_s=300, patience_s=patience_s)

    def meets(agents):
        p = erlang.performance(load, 300, agents, interval_s=300, patience_s=patience_s)
        return (p.p_answered_within("SL4") >= 0.8 - CERTIFICATE) & (
            p.occupancy <= (occupancy or 1.0) + CERTIFICATE
        )

    assert meets(n).all()
    assert not meets(n - 1).any()


def test_most_queues_of_a_contact_centre_take_the_short_way():
    load = np.exp(np.linspace(0, math.log(2000), 5000))
    for patience_s in (INF, 120.0):
        queue = _queue(load, 300.0, 300.0, patience_s)
        got, asked = quick(queue, Target(0.8))
        assert got.shape == load.shape
        assert asked < 5


def test_targets_on_other_figures_take_the_exact_way():
    queue = _queue(100.0, 180.0, 1800.0, 120.0)
    for target in (
        Target(0.8, asa_s=20), Target(0.8, abandonment=0.05), Target(asa_s=20), Target(1.0),
        Target(0.8, rule="SL5"),
    ):  # fmt: skip
        assert quick(queue, target)[0] is None


def test_where_nobody_leaves_limits_that_always_hold_cost_nothing():
    """SL5 and SL6 differ from SL4 by abandons alone; without lines nothing is blocked."""
    load = np.exp(np.linspace(0, math.log(2000), 500))
    queue = _queue(load, 300.0, 300.0, INF)
    for target in (
        Target(0.8, rule="SL5"), Target(0.8, rule="SL6", short_s=60), Target(0.8, abandonment=0.0),
        Target(0.8, blocking=0.0), Target(0.8, abandonment=0.01, occupancy=0.85),
    ):  # fmt: skip
        got, asked = quick(queue, target)
        assert asked < 5
        assert (got == exact(queue, target)).all()


@pytest.mark.parametrize("bad", [math.nan, -1.0, INF])
@pytest.mark.parametrize("name", ["volume", "aht_s", "interval_s"])
def test_one_bad_value_among_many_is_named_with_its_index(name, bad):
    values = {"volume": 100.0, "aht_s": 180.0, "interval_s": 1800.0}
    values[name] = np.full(1000, values[name])
    values[name][700] = bad
    volume, aht_s = values.pop("volume"), values.pop("aht_s")
    for patience_s in (INF, 120.0):
        with pytest.raises(BadInput, match=f"{name}.*index 700"):
            erlang.fewest_agents(volume, aht_s, Target(0.8), patience_s=patience_s, **values)


def test_empty_broadcast_and_integer_arguments_keep_their_shape():
    target = Target(0.8)
    assert erlang.fewest_agents(np.empty(0), 180, target).shape == (0,)
    n = erlang.fewest_agents(np.array([[0], [100]]), [180, 240, 300], target)
    assert n.shape == (2, 3)
    assert n.dtype == np.int64
    assert (n[0] == 0).all()
    assert n[1, 0] == 14


def test_threads_change_no_answer(monkeypatch):
    volume = np.random.default_rng(0).gamma(2.0, 50.0, 3 * _quick.LEAST)
    answers = []
    for threads in ("1", "3"):
        monkeypatch.setenv("WFM_THREADS", threads)
        assert _threads.cores() == int(threads)
        answers.append(erlang.fewest_agents(volume, 300.0, Target(0.8), patience_s=120.0))
    assert (answers[0] == answers[1]).all()


def test_a_call_from_within_a_part_waits_for_nobody(monkeypatch):
    monkeypatch.setenv("WFM_THREADS", "3")
    seen = []

    def inner(first, last):
        seen.extend(range(first, last))

    def outer(first, last):
        _threads.share(inner, size=100 * (last - first), least=1)

    _threads.share(outer, size=50, least=1)
    assert len(seen) == 5000


def test_many_threads_may_call_at_once(monkeypatch):
    monkeypatch.setenv("WFM_THREADS", "2")
    load = np.random.default_rng(0).uniform(1, 50, 2 * _quick.LEAST)
    alone = erlang.fewest_agents(load, 300.0, Target(0.8), interval_s=300.0)
    with ThreadPoolExecutor(8) as pool:
        calls = [
            pool.submit(erlang.fewest_agents, load, 300.0, Target(0.8), interval_s=300.0)
            for _ in range(16)
        ]
    assert all((call.result() == alone).all() for call in calls)


def test_after_an_error_no_further_part_starts(monkeypatch):
    monkeypatch.setenv("WFM_THREADS", "2")
    started = []

    def work(first, last):
        started.append(first)
        raise ZeroDivisionError(first, last)

    with pytest.raises(ZeroDivisionError):
        _threads.share(work, size=1000, least=1)
    assert len(started) <= 2


def test_an_error_in_a_thread_reaches_the_caller(monkeypatch):
    monkeypatch.setenv("WFM_THREADS", "2")

    def work(first, last):
        raise ZeroDivisionError(first, last)

    with pytest.raises(ZeroDivisionError):
        _threads.share(work, size=10, least=1)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_threads_work_in_a_forked_child():
    code = (
        "import os, warnings; warnings.simplefilter('ignore')\n"
        "os.environ['WFM_THREADS'] = '2'\n"
        "from wfm.queueing import _threads\n"
        "out = []\n"
        "_threads.share(lambda a, b: out.append(b - a), size=10, least=1)\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    _threads.share(lambda a, b: out.append(b - a), size=10, least=1)\n"
        "    os._exit(0 if sum(out) == 20 else 1)\n"
        "assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_start_values_agree_with_the_recurrence():
    load = np.exp(np.linspace(math.log(0.011), math.log(3e4), 320))
    whole = np.floor(load)
    r = np.empty(load.size)
    for first in range(0, load.size, _kernels_quick.BLOCK):
        part = slice(first, first + _kernels_quick.BLOCK)
        scratch = np.empty((2, _kernels_quick.BLOCK))
        _kernels_quick_c._starts.py_func(
            load[part], whole[part], (load - whole)[part], *scratch, r[part]
        )
    truth = [1.0 / erlang.erlang_b(a, m) for a, m in zip(load, whole, strict=True)]
    assert np.abs(r / truth - 1).max() < _kernels_quick.MARGIN / 100


@pytest.mark.parametrize(("rule", "low"), [("SL4", 0.05), ("SL1", 0.02), ("SL3", 0.05)])
def test_scores_are_far_closer_to_the_truth_than_the_margin(rule, low):
    """At agents near the answer, where the score decides."""
    block, worst, seen = _kernels_quick.BLOCK, 0.0, 0
    rng = np.random.default_rng(11)
    for _ in range(300):
        level = float(rng.uniform(low, 0.98))
        load = 10 ** rng.uniform(-1.9, 5, block)
        eta = 10 ** rng.uniform(-2.9, 2.9, block)
        t = np.minimum(10 ** rng.uniform(-3, 1, block), 9 / eta)
        target = Target(level, awt_s=1.0, rule=rule)
        aht_s = 1 / t  # the acceptable wait is one second
        queue = {"interval_s": aht_s, "patience_s": aht_s / eta}
        n = erlang.fewest_agents(load, aht_s, target, **queue) + rng.integers(-1, 2, block)
        n = np.maximum(n, 1).astype(float)
        p = erlang.performance(load, aht_s, n, awt_s=1.0, **queue)
        late = 1 - p.p_answered_in_awt if rule == "SL3" else p.p_later
        among = p.p_answered_in_awt / level if rule == "SL4" else 1.0
        missed = late / np.maximum((1 - level) * among, 1e-300)
        score, outside = np.empty(block), np.zeros(block, dtype=np.int64)
        _kernels_quick_a._scores(
            n, load, eta, t, np.exp(-eta * t), _quick._mix(target.rule, level), level, 1e9, score,
            outside, np.empty((6, block)),
        )  # fmt: skip
        use = (outside == 0) & (missed > 0.1) & (missed < 10)
        seen += int(use.sum())
        room = 1 + 0.02 / np.maximum(p.p_answered_in_awt, 1e-9)
        gap = np.abs(score - np.log(np.maximum(missed, 1e-9))) / room
        worst = max(worst, gap[use].max(initial=0.0))
    assert seen > 2000
    assert worst < _kernels_quick.MARGIN / 3
