"""Did it work? One door to the tests of an effect."""

from wfm.evidence.differences import UnitDifference, did, did_units, parallel
from wfm.evidence.groups import means, rates, shares
from wfm.evidence.interrupted import Effect, Interruption, its
from wfm.evidence.lagged import LaggedLink, lagged
from wfm.evidence.power import SampleSize, detectable, power, sample_size, sample_size_mean

__all__ = [
    "Effect", "Interruption", "LaggedLink", "SampleSize", "UnitDifference", "detectable", "did",
    "did_units", "its", "lagged", "means", "parallel", "power", "rates", "sample_size",
    "sample_size_mean", "shares",
]  # fmt: skip
