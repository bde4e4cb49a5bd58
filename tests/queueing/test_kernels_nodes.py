"""Vector instructions give the integrals that mpmath gives."""

import mpmath as mp
import pytest

from wfm.queueing import _kernels_nodes as nodes

CLOSE = 2e-14  # relative: 48 nodes are exact here, what remains is rounding


def over(u):
    """Return exp(-u) - 1 + u without loss near 0."""
    return mp.expm1(-u) + u


@pytest.mark.parametrize("eta", [1e-5, 0.01, 0.7, 3.0])
@pytest.mark.parametrize("slope", [0.0, 2.0])
def test_a_panel_agrees_with_mpmath(eta, slope):
    mp.mp.dps = 30
    ratio, m, stay = 4.0 / eta**2, 0.4, float(mp.exp(-0.4 * eta))
    base, width = -0.5 if eta < 1 else -0.2, 2.0

    def density(d):
        return mp.exp(-slope * d - ratio * over(mp.mpf(eta) * d))

    def mean(weight):
        cuts = [base, 0, base + width]
        return mp.quad(lambda d: weight(d) * density(d), cuts) / width

    def share(d):
        return mp.mpf(stay) * mp.exp(-mp.mpf(eta) * d)

    got = nodes.panel(base, width, m, slope, ratio, eta, stay, float(1 - mp.mpf(stay)))
    want = (
        mean(lambda d: 1), mean(share), mean(lambda d: 1 - share(d)),
        mean(lambda d: share(d) * (m + d)),
    )  # fmt: skip
    for ours, truth in zip(got, want, strict=True):
        assert ours == pytest.approx(float(truth), rel=CLOSE)


@pytest.mark.parametrize("rate", [0.5, 30.0])
@pytest.mark.parametrize("slope", [0.0, 3.0])
def test_a_mass_agrees_with_mpmath(rate, slope):
    mp.mp.dps = 30
    truth = mp.quad(lambda u: mp.exp(-slope * u - rate * over(-u)), [-1, 0, 1.2]) / mp.mpf("2.2")
    assert nodes.mass(-1.0, 2.2, slope, rate) == pytest.approx(float(truth), rel=CLOSE)


def test_weights_sum_to_one_over_a_flat_density():
    assert nodes.mass(0.0, 1e-9, 0.0, 0.0) == pytest.approx(1.0, rel=CLOSE)
