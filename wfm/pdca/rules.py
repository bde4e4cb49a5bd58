"""Which of the six rules of the verdict hold?"""

from __future__ import annotations

from wfm.kpi import catalogue
from wfm.pdca.design import Design
from wfm.pdca.judged import Judged
from wfm.pdca.records import Proposal
from wfm.pdca.report import AgainstTarget
from wfm.pdca.series import Weeks
from wfm.pdca.testing import calm
from wfm.pdca.verdict import FAILS, HOLDS, OPEN, Rule

__all__ = ["effect", "guarded", "on_target", "reached", "stable", "sustained"]


def stable(proposal: Proposal, design: Design, treated: Weeks, comparison: Weeks | None) -> Rule:
    """Rule 1: the baseline shows no signal, or Plan explains it."""
    first = -design.baseline_weeks
    before = treated.cut(first, 0)
    if len(before.number) < design.baseline_weeks:
        return Rule(1, FAILS, f"the actuals hold {len(before.number)} of {design.baseline_weeks} "
                              "weeks of the baseline; give them all")  # fmt: skip
    other = None if comparison is None else comparison.cut(first, 0)
    quiet = calm(design.method, before, other, design.harmonics)
    if quiet.stable:
        return Rule(1, HOLDS, f"baseline of {design.baseline_weeks} weeks is stable")
    seen = "; ".join(quiet.signals)
    if proposal.instability.strip():
        return Rule(1, HOLDS, f"baseline not calm ({seen}), explained at Plan: "
                              f"{proposal.instability}")  # fmt: skip
    return Rule(1, FAILS, f"baseline not stable: {seen}")


def reached(design: Design, window: int, n: float, *, full: bool, counter: Judged | None) -> Rule:
    """Rule 2: the weeks and contacts that Plan locked are there, of the guard too."""
    text = (
        f"{n:,.0f} contacts a group in {window} weeks; needed {design.needed_n:,} in at least "
        f"{design.weeks}"
    )
    if full and counter is not None and counter.effect is None:
        return Rule(2, FAILS, f"{text}; the counter-metric is not measured: {counter.text}")
    return Rule(2, HOLDS if full else FAILS, text)


def effect(proposal: Proposal, own: Judged) -> Rule:
    """Rule 3: the limits of the effect exclude 0."""
    got = own.effect
    if got is None:
        return Rule(3, OPEN, own.text)
    text = f"effect {got.value:+.4g}, 95 % limits {got.lo:+.4g} to {got.hi:+.4g}"
    if not got.clear:
        return Rule(3, OPEN, f"{text}: they contain 0")
    good = proposal.sign * got.value > 0
    return Rule(3, HOLDS if good else FAILS, f"{text}: {'better' if good else 'worse'}")


def on_target(proposal: Proposal, reached: AgainstTarget, *, full: bool) -> Rule:
    """Rule 4: the worse limit of the level lies at or beyond the target."""
    if not full or reached.lo is None or reached.hi is None:
        return Rule(4, OPEN, "not judged before the locked weeks and contacts are reached")
    worse = reached.lo if proposal.sign > 0 else reached.hi
    # A good season must not carry a change over the target.
    helped = max(0.0, proposal.sign * reached.season)
    worse -= proposal.sign * helped
    beyond = proposal.sign * (worse - reached.target) >= 0
    text = f"worse limit {worse:.4g}, target {reached.target:.4g}"
    text += f" (without {helped:.4g} that the season gave)" if helped else ""
    return Rule(4, HOLDS if beyond else OPEN, text if beyond else f"{text}: not yet beyond it")


def guarded(proposal: Proposal, counter: Judged | None) -> Rule:
    """Rule 5: the counter-metric is not worse by more than the margin, limits included."""
    name, margin = proposal.target.counter, proposal.target.counter_margin
    if counter is None or margin is None:
        return Rule(5, OPEN, "no counter-metric was agreed")
    if counter.effect is None:
        return Rule(5, OPEN, counter.text)
    got = counter.effect
    # A KPI that belongs into a band is worse to either side.
    ways = {"up": (-got.lo,), "down": (got.hi,)}.get(catalogue.find(str(name)).direction)
    loss = max(0.0, *(ways or (-got.lo, got.hi)))
    inside = loss <= margin
    text = f"{name}: could be worse by {loss:.4g}, margin {margin:.4g}"
    return Rule(5, HOLDS if inside else FAILS, text if inside else f"{text}: not shown to be safe")


def sustained(
    design: Design, later: int, signals: list[int], treated: Weeks, *, full: bool
) -> Rule:
    """Rule 6: no signal for the worse in the weeks after the window."""
    if not full:
        return Rule(6, OPEN, f"the {design.sustain_weeks} weeks after the window have not begun")
    if signals:
        return Rule(6, FAILS, f"opposite signal in the week of {treated.day(signals[0])}")
    if later < design.sustain_weeks:
        return Rule(6, OPEN, f"{later} of {design.sustain_weeks} weeks after the window are known")
    return Rule(6, HOLDS, f"no opposite signal in {design.sustain_weeks} weeks")
