"""How do units compare fairly? One door to funnels, shrinkage, standardising and splits."""

from wfm.evidence.bayes import Ranks, Shrunk, james_stein, ranks, shrink, shrink_means
from wfm.evidence.funnel import Funnel, any_outside, funnel
from wfm.evidence.mix import (
    Lmdi,
    Sequential,
    Split,
    Standardised,
    lmdi,
    sequential,
    split,
    standardise,
)

__all__ = [
    "Funnel", "Lmdi", "Ranks", "Sequential", "Shrunk", "Split", "Standardised", "any_outside",
    "funnel", "james_stein", "lmdi", "ranks", "sequential", "shrink", "shrink_means", "split",
    "standardise",
]  # fmt: skip
