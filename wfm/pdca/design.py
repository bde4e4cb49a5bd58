"""How long must a change be watched before it can be judged, and can it be judged at all?

Every rule of the verdict can fail by bad luck although the change works: the effect's limits, the
target, the counter-metric, the weeks after. The window is the shortest for which these chances
together stay at or below 0.20, so that a change of the expected size is confirmed in 80 % of
cycles.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.errors import BadInput
from wfm.evidence import effect, regression
from wfm.kpi import catalogue
from wfm.pdca.groups import series_of
from wfm.pdca.records import Proposal
from wfm.pdca.series import SEASON, Actuals, Weeks, seasonal
from wfm.pdca.testing import calm, tested_series

__all__ = ["Design", "design"]

Floats = NDArray[np.float64]
RISK, CONFIDENCE, SUSTAIN_WEEKS = 0.20, 0.95, 4
LONGEST = 52
# Fewest weeks a side: Student's t with 3 degrees of freedom at least; 8 as for any series.
LEAST = {"randomised": 4, "did": 8, "its": 8}
LEAST_BASELINE = 8
YEAR_WEEKS = 52
HARMONICS = 2
# A spread estimated from few weeks is as often too small as too large: plan with its upper limit.
CAUTION = 0.80
# False alarms of the four weeks after the window, measured in benchmarks/evidence/cycles.py.
SUSTAIN_RISK = 0.03


@dataclass(frozen=True)
class Design:
    """The test that Plan locks.

    Attributes
    ----------
    method : str
        ``"randomised"``, ``"did"`` or ``"its"``.
    weeks : int
        Whole weeks to watch from the first day of the change; longer where `needed_n` is not
        reached by then.
    needed_n : int
        Contacts (or other units of the denominator) a group within those weeks.
    expected_n : int
        Contacts a group by the deadline, as many a week as in the baseline.
    baseline_weeks : int
    baseline_from, baseline_until : date
        First and last day of the whole weeks before the change.
    baseline : float
        The KPI over them.
    harmonics : int
        Pairs of yearly waves in the test; 0 without a year of baseline.
    stable : bool
    signals : tuple of str
        What the chart of the baseline shows.
    risks : tuple of (name, float)
        Chances that a change of the expected size is not confirmed; they add up to at most 0.20.
    sustain_weeks : int
        Weeks without an opposite signal that follow the window.
    notes : tuple of str
    """

    method: str
    weeks: int
    needed_n: int
    expected_n: int
    baseline_weeks: int
    baseline_from: dt.date
    baseline_until: dt.date
    baseline: float
    harmonics: int
    stable: bool
    signals: tuple[str, ...]
    risks: tuple[tuple[str, float], ...]
    sustain_weeks: int = SUSTAIN_WEEKS
    notes: tuple[str, ...] = ()

    @property
    def power(self) -> float:
        """Least chance that a change of the expected size is confirmed."""
        return 1 - sum(risk for _, risk in self.risks)


@dataclass(frozen=True, eq=False)
class _Noise:
    """Weekly noise of one KPI: of the tested series, of the treated group's level, contacts."""

    tested: float
    level: float
    autocorrelation: float
    treated_a_week: float
    comparison_a_week: float
    before: float
    share: bool
    numbers: NDArray[np.int64]


def design(actuals: Actuals, proposal: Proposal, *, arm: float = 0.5) -> Design:
    """Return the shortest test that confirms a change of the expected size in 80 % of cycles.

    Parameters
    ----------
    actuals : DataFrame or mapping of str to DataFrame
        The time before `proposal.begins`: the KPI's and the counter-metric's tables. Later rows are
        not looked at.
    proposal : Proposal
    arm : float
        For a randomised change: share of the contacts that will be treated; as many are compared.

    Returns
    -------
    Design

    Raises
    ------
    BadInput
        Fewer than 8 whole weeks, a season that cannot be told apart, or an effect that no window of
        a year shows.

    Notes
    -----
    Noncentral Student distributions of the tests in `wfm.pdca.testing`, with the upper 80 % limit
    of the weekly spread and its autocorrelation; the chances of failing are added (Bonferroni), so
    the power is at least what is said. For shares `needed_n` is at least that of
    `wfm.evidence.effect.sample_size`.
    """
    target, group = proposal.target, proposal.group
    if target.definition is None or target.value is None:
        raise BadInput("pdca: the target needs a definition and a value before it can be tested")
    method = group.method
    treated, other = series_of(actuals, proposal, target.definition, before_only=True)
    before = treated.cut(-10_000, 0)
    count = len(before.number)
    if count < LEAST_BASELINE:
        raise BadInput(
            f"pdca: {count} whole weeks before {proposal.begins}; at least {LEAST_BASELINE} are "
            "needed to know how much weeks differ"
        )
    harmonics = HARMONICS if proposal.season and count >= YEAR_WEEKS else 0
    if method == "its" and proposal.season and not harmonics:
        raise BadInput(
            f"pdca: {count} weeks of baseline and no comparison group: a yearly season would look "
            f"like an effect. Name an untouched team, give {YEAR_WEEKS} weeks of baseline, or say "
            "with season=False and season_reason that this KPI has none"
        )
    quiet = calm(method, before, None if other is None else other.cut(-10_000, 0), harmonics)
    noise = _noise(method, before, other, harmonics, arm)
    change = proposal.expected - before.pooled
    counter, sides = None, 1
    if target.counter is not None and proposal.counter_definition is not None:
        first, second = series_of(actuals, proposal, proposal.counter_definition, before_only=True)
        sides = 2 if catalogue.find(target.counter).direction == "band" else 1
        counter = _noise(method, first.cut(-10_000, 0), second, harmonics, arm)
    risks: tuple[tuple[str, float], ...] = ()
    for weeks in range(LEAST[method], LONGEST + 1):
        # A bad season counts against the target, a good one does not help (rule 4).
        season = min(0.0, proposal.sign * _season_ahead(before, harmonics, weeks))
        margin = proposal.sign * (proposal.expected - target.value) + season
        guard = 0.0 if counter is None else _missed(
            method, counter, harmonics, weeks, target.counter_margin or 0.0)  # fmt: skip
        risks = (
            ("effect not clear", _missed(method, noise, harmonics, weeks, change)),
            ("target missed", _below(noise, weeks, margin, proposal.expected,
                                     harmonics)),
            ("counter-metric unclear", sides * guard),
            ("opposite signal by chance", SUSTAIN_RISK),
        )  # fmt: skip
        if sum(risk for _, risk in risks) <= RISK:
            break
    else:
        worst = max(risks, key=lambda risk: risk[1])
        raise BadInput(
            f"pdca: even {LONGEST} weeks would not confirm a change from {before.pooled:.4g} to "
            f"{proposal.expected:.4g} in {1 - RISK:.0%} of cycles (largest risk: {worst[0]}, "
            f"{worst[1]:.2f}); expect more, choose a target nearer to the baseline or a wider "
            "margin, or add an untouched team"
        )
    needed = int(noise.treated_a_week * (weeks - 1)) + 1
    if before.share and 0 <= proposal.expected <= 1 and change:
        needed = max(needed, effect.sample_size(before.pooled, proposal.expected).per_group)
    ahead = ((target.deadline or proposal.begins) - proposal.begins).days / 7
    return Design(
        method=method, weeks=weeks, needed_n=needed,
        expected_n=int(noise.treated_a_week * max(ahead, 0.0)), baseline_weeks=count,
        baseline_from=before.day(int(before.number[0])),
        baseline_until=proposal.begins - dt.timedelta(days=1), baseline=before.pooled,
        harmonics=harmonics, stable=quiet.stable, signals=quiet.signals, risks=risks,
        notes=() if harmonics or not proposal.season else (
            "less than a year of baseline: the level is compared with the target as it is, "
            "season included",
        ),
    )  # fmt: skip


def _noise(method: str, before: Weeks, other: Weeks | None, harmonics: int, arm: float) -> _Noise:
    """Return how much the weeks of a baseline differ, with caution."""
    earlier = None if other is None else other.cut(-10_000, 0)
    number, tested = tested_series(method, before, earlier, harmonics)
    trend = method == "its"
    spread, link = _residual(number, tested, harmonics if method == "its" else 0, trend=trend)
    own, own_link = _residual(number, before.value, harmonics, trend=False)
    a_week = float(before.below.mean())
    other_week = a_week if earlier is None else float(earlier.below.mean())
    if method == "randomised":
        p = before.pooled
        if before.share:
            # Both arms share what a week brings; what is left is chance, contact by contact.
            single = p * (1 - p) / (a_week * arm)
            own = math.sqrt(own**2 + max(0.0, single - p * (1 - p) / a_week))
            spread = math.sqrt(2 * single)
        else:
            spread, own = own * math.sqrt(1 / arm + 1 / arm), own / math.sqrt(arm)
        a_week, other_week, link = a_week * arm, a_week * arm, 0.0
    return _Noise(spread, own, max(link, own_link if method == "its" else link), a_week,
                  other_week, before.pooled, before.share, number)  # fmt: skip


def _residual(
    number: NDArray[np.int64], values: Floats, harmonics: int, *, trend: bool
) -> tuple[float, float]:
    """Return the cautious standard deviation and the autocorrelation of what is left."""
    from scipy.stats import chi2

    good = ~np.isnan(values)
    columns = [np.ones(good.sum())] + ([number[good].astype(float)] if trend else [])
    terms = np.column_stack([*columns, seasonal(number[good], harmonics)])
    rest = values[good] - terms @ np.linalg.lstsq(terms, values[good], rcond=None)[0]
    free = len(rest) - terms.shape[1]
    total = float(rest @ rest)
    spread = math.sqrt(total / float(chi2.ppf(1 - CAUTION, free)))
    link = float(rest[1:] @ rest[:-1]) / total if total > 0 else 0.0
    return spread, min(max(link, 0.0), 0.6)


def _missed(method: str, noise: _Noise, harmonics: int, weeks: int, change: float) -> float:
    """Return the chance that the limits of an effect of size `change` do not exclude 0."""
    error, free = _error(method, noise, harmonics, weeks)
    return _tail(abs(change), error, free)


def _error(method: str, noise: _Noise, harmonics: int, weeks: int) -> tuple[float, float]:
    """Return the standard error of the test's estimate and its degrees of freedom."""
    count = len(noise.numbers)
    wider = math.sqrt((1 + noise.autocorrelation) / (1 - noise.autocorrelation))
    if method == "randomised":
        return noise.tested / math.sqrt(weeks), weeks - 1
    if method == "did":
        first, last = noise.tested**2 / count, noise.tested**2 / weeks
        free = (first + last) ** 2 / (first**2 / (count - 1) + last**2 / (weeks - 1))
        return wider * math.sqrt(first + last), free
    number = np.arange(-count, weeks)
    t = np.arange(1.0, count + weeks + 1)
    terms = [np.ones(len(t)), t, (number >= 0).astype(float)]
    for j in range(1, harmonics + 1):
        terms += [np.sin(2 * np.pi * j * t / SEASON), np.cos(2 * np.pi * j * t / SEASON)]
    columns = np.column_stack(terms)
    lags = regression.newey_west_lags(len(t))
    _, free = regression.small_sample(columns, 2, lags=lags)
    pull = float(np.linalg.inv(columns.T @ columns)[2, 2])
    return wider * noise.tested * math.sqrt(pull), free


def _below(noise: _Noise, weeks: int, margin: float, expected: float, harmonics: int) -> float:
    """Return the chance that the worse limit of the level is short of the target."""
    if margin <= 0:
        return 1.0
    wider = math.sqrt((1 + noise.autocorrelation) / (1 - noise.autocorrelation))
    # The season is itself estimated, with 2 terms a wave.
    error = noise.level * math.sqrt(1 / weeks + 2 * harmonics / len(noise.numbers))
    own = _tail(margin, wider * error, weeks - 1)
    if not noise.share or not 0 < expected < 1:
        return own
    single = math.sqrt(expected * (1 - expected) / (noise.treated_a_week * weeks))
    return max(own, _tail(margin, single, 1e6))


def _tail(size: float, error: float, free: float) -> float:
    """Return the chance that Student's limits of an effect of this size reach 0."""
    from scipy.stats import nct, t

    if error <= 0:
        return 0.0
    got = float(nct.cdf(t.ppf((1 + CONFIDENCE) / 2, free), free, size / error))
    return got if math.isfinite(got) else 0.0


def _season_ahead(before: Weeks, harmonics: int, weeks: int) -> float:
    """Return how far the season of the coming weeks lies from that of the baseline."""
    if not harmonics:
        return 0.0
    waves = seasonal(before.number, harmonics)
    terms = np.column_stack([np.ones(len(waves)), waves])
    beta = np.linalg.lstsq(terms, before.value, rcond=None)[0][1:]
    share = before.below / before.below.sum()
    ahead = seasonal(np.arange(weeks), harmonics).mean(axis=0)
    return float((ahead - share @ waves) @ beta)
