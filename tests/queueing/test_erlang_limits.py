# ruff: noqa: PLR0917 - hypothesis passes its draws by name
"""Which orders, limits and extremes must every Erlang figure keep?"""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import gammainc

from wfm.queueing import _kernels, _kernels_agents, erlang
from wfm.scenario import SlRule, Target

INF = math.inf
ROUNDING = 1e-12  # the tolerance of a limit, and what figures in order may miss by
RULES = [str(rule) for rule in SlRule]


queues = {
    "volume": st.floats(1e-3, 3000),
    "aht_s": st.floats(1, 2000),
    "patience_s": st.one_of(st.just(INF), st.floats(1, 1e6)),
    "awt_s": st.one_of(st.just(0.0), st.floats(0, 2000)),
}
quick = settings(max_examples=60, deadline=None)


def _ordered(low, high):
    return low <= high * (1 + ROUNDING) + ROUNDING


@quick
@given(**queues, agents=st.integers(1, 2000), places=st.one_of(st.none(), st.integers(0, 300)))
def test_shares_add_up_and_nothing_is_undefined(volume, aht_s, patience_s, awt_s, agents, places):
    lines = INF if places is None else agents + places
    p = erlang.performance(volume, aht_s, agents, patience_s=patience_s, lines=lines, awt_s=awt_s)
    values = [float(getattr(p, name)) for name in p.__dataclass_fields__]
    assert not any(math.isnan(value) for value in values)
    shares = [getattr(p, name) for name in p.__dataclass_fields__ if name.startswith("p_")]
    assert all(0 <= share <= 1 + ROUNDING for share in shares)
    by_wait = p.p_answered_in_awt + p.p_abandoned_in_awt + p.p_later + p.p_block
    assert by_wait == pytest.approx(1, abs=ROUNDING)
    if p.mean_wait_s < INF:
        assert p.p_answered + p.p_abandon + p.p_block == pytest.approx(1, abs=ROUNDING)


@quick
@given(**queues, agents=st.integers(1, 1500))
def test_an_agent_more_never_makes_it_worse(volume, aht_s, patience_s, awt_s, agents):
    few, more = (
        erlang.performance(volume, aht_s, n, patience_s=patience_s, awt_s=awt_s, short_s=awt_s / 3)
        for n in (agents, agents + 1)
    )
    for rule in RULES:
        assert _ordered(few.p_answered_within(rule), more.p_answered_within(rule))
    for name in ("p_wait", "p_abandon", "mean_wait_s", "asa_s", "occupancy"):
        assert _ordered(getattr(more, name), getattr(few, name))


@quick
@given(**queues, agents=st.floats(0.1, 1500), factor=st.floats(1, 3))
def test_more_load_never_makes_it_better(volume, aht_s, patience_s, awt_s, agents, factor):
    calm, busy = (
        erlang.performance(v, aht_s, agents, patience_s=patience_s, awt_s=awt_s, short_s=awt_s / 3)
        for v in (volume, volume * factor)
    )
    for rule in RULES:
        assert _ordered(busy.p_answered_within(rule), calm.p_answered_within(rule))
    for name in ("p_wait", "p_abandon", "mean_wait_s", "occupancy"):
        assert _ordered(getattr(calm, name), getattr(busy, name))


@quick
@given(**queues, agents=st.integers(1, 1500), factor=st.floats(1, 100))
def test_more_patience_means_more_waiting_and_less_leaving(
    volume, aht_s, patience_s, awt_s, agents, factor
):
    hasty, calm = (
        erlang.performance(volume, aht_s, agents, patience_s=p, awt_s=awt_s)
        for p in (patience_s, patience_s * factor)
    )
    for name in ("p_wait", "mean_wait_s"):
        assert _ordered(getattr(hasty, name), getattr(calm, name))
    assert _ordered(calm.p_abandon, hasty.p_abandon)
    assert _ordered(calm.p_virtual, hasty.p_virtual)


@quick
@given(load=st.floats(0.01, 500), surplus=st.floats(0.02, 1), awt_s=st.floats(0, 500))
def test_endless_patience_gives_erlang_c(load, surplus, awt_s):
    agents = load * (1 + surplus)
    with_patience = erlang.performance(
        load, 300, agents, interval_s=300, patience_s=1e17, awt_s=awt_s
    )
    without = erlang.performance(load, 300, agents, interval_s=300, awt_s=awt_s)
    for name in ("p_wait", "mean_wait_s", "asa_s", "mean_queue", "p_answered_in_awt", "p_virtual"):
        near = pytest.approx(getattr(without, name), rel=1e-6, abs=1e-12)  # wait/1e17
        assert getattr(with_patience, name) == near


@quick
@given(load=st.floats(0.01, 3000), agents=st.integers(1, 3000))
def test_patience_equal_to_handle_time_gives_poisson_occupancy(load, agents):
    got = erlang.performance(load, 240, agents, interval_s=240, patience_s=240).p_wait
    assert got == pytest.approx(gammainc(agents, load), rel=1e-9, abs=1e-13)  # scipy's own error


@quick
@given(load=st.floats(0.01, 1000), extra=st.integers(1, 400))
def test_lines_without_end_change_nothing(load, extra):
    agents = math.floor(load) + extra
    wide = erlang.performance(load, 300, agents, interval_s=300, lines=agents + 9e6)
    open_ended = erlang.performance(load, 300, agents, interval_s=300)
    for name in ("p_wait", "asa_s", "p_answered_in_awt"):
        assert getattr(wide, name) == pytest.approx(getattr(open_ended, name), rel=1e-11, abs=1e-15)


@quick
@given(load=st.floats(0.01, 300), agents=st.integers(1, 300))
def test_no_waiting_place_gives_erlang_b(load, agents):
    got = erlang.performance(load, 60, agents, interval_s=60, patience_s=77, lines=agents)
    assert got.p_block == pytest.approx(float(erlang.erlang_b(load, agents)), rel=1e-12)
    assert got.p_wait == got.p_abandon == got.mean_wait_s == 0


@quick
@given(load=st.floats(0.001, 1e5), p_block=st.floats(1e-9, 1))
def test_one_line_fewer_loses_too_many(load, p_block):
    lines = int(erlang.fewest_lines(load, p_block))
    assert erlang.erlang_b(load, lines) <= p_block * (1 + 1e-11)
    assert lines == 0 or erlang.erlang_b(load, lines - 1) > p_block


@pytest.mark.parametrize("volume", [0, 1e-300, 1e-9, 6e5])
@pytest.mark.parametrize("agents", [0, 1e-100, 1e-9, 1, 5, 1e6])
@pytest.mark.parametrize("patience_s", [1, 1e6, 1e300, INF])
@pytest.mark.parametrize("awt_s", [0, 20, INF])
def test_extremes_stay_defined(volume, agents, patience_s, awt_s):
    for lines in (agents, agents + 1, INF):
        p = erlang.performance(volume, 300, agents, patience_s=patience_s, awt_s=awt_s, lines=lines)
        values = [float(getattr(p, name)) for name in p.__dataclass_fields__]
        values += [float(p.p_answered_within(rule)) for rule in RULES]
        assert not any(math.isnan(value) for value in values)
        assert 0 <= p.occupancy <= 1


def test_without_load_a_contact_is_answered_at_once():
    p = erlang.performance(0, 0, [1, 10], patience_s=[INF, 60])
    assert list(p.p_answered_within("SL4")) == [1, 1]
    assert list(p.occupancy) == list(p.mean_wait_s) == list(p.p_wait) == [0, 0]


def test_nobody_on_seat_loses_the_impatient():
    p = erlang.performance(100, 180, 0, patience_s=60)
    assert (p.p_abandon, p.mean_wait_s, p.asa_s) == (1, 60, INF)
    assert p.p_abandoned_in_awt == pytest.approx(1 - math.exp(-20 / 60))
    limit = erlang.performance(100, 180, 1e-7, patience_s=60)
    assert p.p_abandon == pytest.approx(float(limit.p_abandon), abs=1e-6)
    held = erlang.performance(100, 180, [0, 1e-8], patience_s=60, lines=5)
    assert held.p_block[0] == pytest.approx(held.p_block[1], rel=1e-6)


def test_arrays_broadcast_as_numpy_does():
    volume, agents = np.array([[50.0], [100.0]]), np.array([8, 12, 20])
    table = erlang.performance(volume, 180, agents, patience_s=90)
    assert table.p_wait.shape == table.p_answered_within("SL6").shape == (2, 3)
    for i, v in enumerate((50, 100)):
        for j, n in enumerate((8, 12, 20)):
            alone = erlang.performance(v, 180, n, patience_s=90)
            assert alone.p_wait.shape == ()
            assert table.p_wait[i, j] == alone.p_wait
            assert table.asa_s[i, j] == alone.asa_s
    fewest = erlang.fewest_agents(volume, [180, 240], Target(0.8))
    assert (fewest.shape, fewest.dtype) == ((2, 2), np.int64)
    assert erlang.fewest_agents([], 180, Target(0.8)).shape == (0,)


def test_read_only_and_strided_arrays_are_left_alone_and_compile_nothing_new():
    volume = np.array([1.0, 7.0, 2.0])[::2]
    volume.flags.writeable = False
    once = erlang.performance(1.0, 180, 3)
    got = erlang.performance(volume, np.array([180]), pd.Series([3, 3]))
    assert list(volume) == [1, 2]
    assert got.p_wait[0] == once.p_wait
    erlang.fewest_agents(volume, 180, Target(0.8))
    erlang.fewest_agents(1, 180, Target(0.8), lines=5)
    for kernel in (_kernels.performance, _kernels_agents.fewest):
        assert len(kernel.signatures) == 1
