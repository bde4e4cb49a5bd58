"""How do units compare fairly? One door to funnels, shrinkage, standardising and splits."""

from wfm.evidence.bayes import Shrunk, james_stein, shrink, shrink_means
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
from wfm.evidence.ranking import Duel, Ranks, duel, ranks

__all__ = [
    "Duel", "Funnel", "Lmdi", "Ranks", "Sequential", "Shrunk", "Split", "Standardised",
    "any_outside", "duel", "funnel", "james_stein", "lmdi", "ranks", "sequential", "shrink",
    "shrink_means", "split", "standardise",
]  # fmt: skip
