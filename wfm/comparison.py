"""Which agents or teams differ from what is usual, and how sure is that?

Shrunken figures, funnel limits and ranks with their uncertainty; in no order of merit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import betainc, ndtr

from wfm import charting
from wfm.actuals import Actuals
from wfm.confidence import z_value
from wfm.errors import BadInput
from wfm.evidence import compare
from wfm.kpi import catalogue
from wfm.kpi.definitions import resolve
from wfm.kpi.measures import measure

__all__ = ["Comparison", "check_unit", "comparison"]

Floats = NDArray[np.float64]

# Driven by load or by the dialler, whatever a person does.
_NOT_OF_A_PERSON = ("contacts_per_hour", "dials_per_hour", "utilisation", "chat_concurrency")
_INNER, _OUTER = 0.95, 0.998
_WINSOR = 0.10


@dataclass(frozen=True, eq=False)
class Comparison:
    """All units of one KPI, fairly side by side; in no order of merit.

    Attributes
    ----------
    key, definition : str
    unit : str
        Column: agent or team.
    method : str
        ``"beta-binomial"`` for shares, ``"normal"`` for means.
    mix : tuple of str
        Columns held at one common mix; empty where the KPI needs none.
    centre : float
        What is usual.
    phi : float
        Over-dispersion: funnel limits are sqrt(phi) wider where it is above 1.
    chance_outside : float
        How likely it is that at least one of as many *equal* units lies outside the inner limits.
    frame : DataFrame
        A unit a row, ordered by name: the unit, n, known (n, for means as many rows of usual
        scatter as would be as sure: what the limits narrow with), raw, standardised (at the common
        mix), value (shrunken), lo, hi, weight (of the own data), inner_lower, inner_upper,
        outer_lower, outer_upper (funnel), outside (beyond the outer limits), p_above (that the
        true figure lies above what is usual), rank_lo, rank_hi (1 the highest figure, whatever is
        better).
    """

    key: str
    definition: str
    unit: str
    method: str
    mix: tuple[str, ...]
    centre: float
    phi: float
    chance_outside: float
    frame: pd.DataFrame


def comparison(
    actuals: Actuals,
    key: str,
    *,
    unit: str = "agent",
    confidence: float = 0.95,
    seed: int = 0,
    **choices: Any,
) -> Comparison:
    """Return all units of a KPI with shrunken figures, funnel limits and how sure they are.

    Shares are drawn to the mean as beta-binomial, means as normal with their own standard errors;
    `aht_s` is first held at the mix of queues and reasons of all.

    Parameters
    ----------
    actuals : Actuals
    key : str
        A KPI of that level. Occupancy, service level and contacts per hour are no figures of a
        person and are refused.
    unit : str
        ``"agent"`` or ``"team"``.
    confidence : float
        Of lo and hi and of the ranks.
    seed : int
        Of the draws behind the ranks.

    Raises
    ------
    BadInput
    """
    check_unit(key, unit)
    name = actuals.for_kpi(key, [unit], **choices)
    table = actuals.tables[name]
    table = table[table[unit] != "-"]
    got = Actuals({name: table}).compute(key, [unit], confidence=confidence, **choices)
    got = got[got["value"].notna()].reset_index(drop=True)
    if len(got) < 3:
        raise BadInput(f"score card {key}: {len(got)} {unit}s with a value; 3 or more are needed")
    if charting.kind_of(key) == "share":
        made = _shares(got, unit, confidence, seed)
        mix: tuple[str, ...] = ()
    else:
        mix = tuple(n for n in ("queue", "reason") if n in table.columns) if key == "aht_s" else ()
        made = _means(got, table, key, unit, mix, (confidence, seed, choices))
    frame, centre, phi, method = made
    if catalogue.find(key).unit == "fraction":
        bounds = ["lo", "hi", "inner_lower", "inner_upper", "outer_lower", "outer_upper"]
        frame[bounds] = frame[bounds].clip(0.0, 1.0)
    equal = compare.any_outside(len(frame), confidence=_INNER)
    return Comparison(key, str(got["definition"].iloc[0]), unit, method, mix, centre, phi, equal,
                      frame)  # fmt: skip


def check_unit(key: str, unit: str) -> None:
    """Refuse a KPI that is no measure of a person or a team."""
    level = {"agent": "A", "team": "T"}.get(unit)
    if level is None:
        raise BadInput(f"score card: unit is 'agent' or 'team', got {unit!r}")
    kpi = catalogue.find(key)
    if level not in kpi.levels or (unit == "agent" and key in _NOT_OF_A_PERSON):
        raise BadInput(
            f"score card: {key} is no measure of {'a person' if unit == 'agent' else 'a team'} "
            f"({kpi.pitfall})"
        )


def _shares(
    got: pd.DataFrame, unit: str, confidence: float, seed: int
) -> tuple[pd.DataFrame, float, float, str]:
    good, total = (got[n].to_numpy(np.float64) for n in ("numerator", "denominator"))
    funnel = compare.funnel(good, total, inner=_INNER, outer=_OUTER)
    small = compare.shrink(good, total, confidence=confidence)
    rank = compare.ranks(good, total, seed=seed, confidence=confidence)
    above = np.full(len(got), 0.5)
    if small.spread > 0:
        above = 1 - betainc(small.a + good, small.b + total - good, small.mean)
    frame = pd.DataFrame({
        unit: got[unit], "n": got["n"], "known": total, "raw": small.raw, "standardised": small.raw,
        "value": small.value, "lo": small.lo, "hi": small.hi, "weight": small.weight,
        "inner_lower": funnel.inner_lower, "inner_upper": funnel.inner_upper,
        "outer_lower": funnel.outer_lower, "outer_upper": funnel.outer_upper,
        "outside": funnel.outside, "p_above": above, "rank_lo": rank.lo.astype(int),
        "rank_hi": rank.hi.astype(int),
    })  # fmt: skip
    return frame, small.mean, funnel.phi, small.method


def _means(  # noqa: PLR0917
    got: pd.DataFrame, table: pd.DataFrame, key: str, unit: str, mix: tuple[str, ...],
    more: tuple[float, int, dict[str, Any]],
) -> tuple[pd.DataFrame, float, float, str]:  # fmt: skip
    confidence, seed, choices = more
    raw, n = got["value"].to_numpy(np.float64), got["n"].to_numpy(np.float64)
    error = (got["hi"] - got["lo"]).to_numpy(np.float64) / (2 * z_value(confidence))
    level = raw
    if mix:
        level, error = _at_one_mix(table, key, unit, mix, got, choices)
    # Who never differed from themselves is not known exactly: as unsure as the others.
    scatter = float(np.nanmedian(np.where(error > 0, error, np.nan) * np.sqrt(n)))
    error = np.where(error > 0, error, scatter / np.sqrt(n))
    known = np.isfinite(level) & np.isfinite(error) & (error > 0)
    if known.sum() < 3:
        raise BadInput(f"score card {key}: too few {unit}s have a figure with limits")
    got, raw, level, error = (
        got[known].reset_index(drop=True),
        raw[known],
        level[known],
        error[known],
    )
    small = compare.shrink_means(level, error, confidence=confidence)
    z = (level - small.mean) / error
    low, high = np.quantile(z, [_WINSOR, 1 - _WINSOR])
    phi = float((np.clip(z, low, high) ** 2).mean())
    wide = float(np.sqrt(max(phi, 1.0))) * error
    inner, outer = z_value(_INNER) * wide, z_value(_OUTER) * wide
    spread = (small.hi - small.lo) / (2 * z_value(confidence))
    drawn = np.random.default_rng(seed).normal(small.value, np.maximum(spread, 1e-12),
                                               (4000, len(level)))  # fmt: skip
    rank = np.argsort(np.argsort(-drawn, axis=1), axis=1) + 1
    tail = (1 - confidence) / 2
    ranks = np.quantile(rank, [tail, 1 - tail], axis=0, method="nearest").astype(int)
    frame = pd.DataFrame({
        unit: got[unit], "n": got["n"], "known": (scatter / error) ** 2, "raw": raw,
        "standardised": level, "value": small.value, "lo": small.lo, "hi": small.hi,
        "weight": small.weight,
        "inner_lower": small.mean - inner, "inner_upper": small.mean + inner,
        "outer_lower": small.mean - outer, "outer_upper": small.mean + outer,
        "outside": np.abs(level - small.mean) > outer,
        "p_above": ndtr((small.value - small.mean) / np.maximum(spread, 1e-12)),
        "rank_lo": ranks[0], "rank_hi": ranks[1],
    })  # fmt: skip
    return frame, small.mean, phi, small.method


def _at_one_mix(  # noqa: PLR0917
    table: pd.DataFrame, key: str, unit: str, mix: tuple[str, ...], got: pd.DataFrame,
    choices: dict[str, Any],
) -> tuple[Floats, Floats]:  # fmt: skip
    """Return the figures as if all had the common mix, and their standard errors.

    Indirect standard: own sum over what the common figures of each type give for the own contacts,
    times the figure of all. People of one skill have no contacts of another queue, so that a direct
    one would be undefined for them. Errors by rows, about what is expected of their type.
    """
    how = measure(key)
    frame = table.reset_index(drop=True)
    rows = how.rows(frame, dict(resolve(how, choices).choices))
    x, n = rows.numerator, rows.denominator
    kind = frame.groupby(list(mix), observed=True).ngroup().to_numpy()
    common = np.bincount(kind, x) / np.maximum(np.bincount(kind, n), 1e-300)
    expected = n * common[kind]
    who = pd.Index(got[unit]).get_indexer(frame[unit])
    sums = [np.bincount(who[who >= 0], part[who >= 0], len(got)) for part in (x, expected)]
    ratio = sums[0] / sums[1]
    off = x - ratio[np.maximum(who, 0)] * expected
    number = np.bincount(who[who >= 0], minlength=len(got))
    spread = np.bincount(who[who >= 0], (off**2)[who >= 0], len(got))
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.sqrt(spread * number / (number - 1)) / sums[1]
    whole = float(x.sum() / n.sum())
    return ratio * whole, error * whole
