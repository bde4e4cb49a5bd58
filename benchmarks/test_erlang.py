"""How long do one prediction and a year of half hours take?

Run with `pytest benchmarks/test_erlang.py`; with `--benchmark-disable` each runs once.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from wfm.queueing import erlang
from wfm.scenario import Target

INTERVALS = 10_000
MODELS = {
    "C": {},
    "A": {"patience_s": 120.0},
    "A, lines": {"patience_s": 120.0, "lines": 200.0},
}


def volumes(scale: float) -> np.ndarray:
    return np.random.default_rng(0).gamma(2.0, 50.0 * scale, INTERVALS)


@pytest.mark.parametrize("options", MODELS.values(), ids=MODELS)
def test_one_prediction(benchmark, options):
    erlang.performance(100, 180, 14, **options)  # compile before timing
    p = benchmark(erlang.performance, 100, 180, 14, **options)
    assert 0.88 < p.p_answered_within("SL4") < 1


@pytest.mark.parametrize("scale", [1.0, 1000.0])
@pytest.mark.parametrize("options", MODELS.values(), ids=MODELS)
def test_fewest_agents_of_many_intervals(benchmark, options, scale):
    if options.get("lines", math.inf) < 1000 * scale:
        options = {**options, "lines": 200.0 * scale}
    volume = volumes(scale)
    target = Target(0.80)
    erlang.fewest_agents(volume[:2], 300.0, target, **options)  # compile before timing
    n = benchmark(erlang.fewest_agents, volume, 300.0, target, **options)
    assert n.shape == (INTERVALS,)


@pytest.mark.parametrize("options", [MODELS["C"], MODELS["A"]], ids=["C", "A"])
def test_fractional_agents_of_many_intervals(benchmark, options):
    volume = volumes(1.0)
    target = Target(0.80)
    erlang.fractional_agents(volume[:2], 300.0, target, **options)  # compile before timing
    n = benchmark(erlang.fractional_agents, volume, 300.0, target, **options)
    assert (n > 0).all()
