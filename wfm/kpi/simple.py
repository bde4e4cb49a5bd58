"""KPIs that are one sum of columns over another."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from wfm.errors import BadInput
from wfm.kpi import summaries
from wfm.kpi.measure import Choice, Floats, Measure, Options, Rows, Summarise, linear, terms

__all__ = ["quotient"]

Wording = str | Callable[[Options], str]


def quotient(
    key: str,
    numerator: Wording,
    denominator: Wording,
    summarise: Summarise = summaries.share,
    *,
    choices: tuple[Choice, ...] = (),
    time: str = "start",
) -> Measure:
    """Return the measure sum(numerator) / sum(denominator).

    Both are sums of columns in words, or functions that give such words for the options.
    """

    def words(side: Wording, options: Options) -> str:
        return side if isinstance(side, str) else side(options)

    def needs(options: Options) -> tuple[str, ...]:
        both = terms(words(numerator, options)) + terms(words(denominator, options))
        return tuple(dict.fromkeys(name for _, name in both if name != "1"))

    def rows(frame: pd.DataFrame, options: Options) -> Rows:
        above = linear(frame, words(numerator, options))
        below = linear(frame, words(denominator, options))
        if summarise is summaries.share:
            _check_share(key, words(numerator, options), words(denominator, options), above, below)
        return Rows(frame, above, below)

    return Measure(key, rows, summarise, needs, choices, time)


def _check_share(key: str, top: str, bottom: str, above: Floats, below: Floats) -> None:
    bad = (above > below * (1 + 1e-12)) | (below < 0) | (above < 0)
    if bad.any():
        first = int(bad.argmax())
        raise BadInput(
            f"kpi {key}: {int(bad.sum())} rows have {top} beyond {bottom} (first: row {first}, got "
            f"{above[first]:g} of {below[first]:g}); a part cannot exceed its whole"
        )
