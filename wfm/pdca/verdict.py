"""What does the evidence amount to? The six rules and the five verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["FAILS", "HOLDS", "OPEN", "Rule", "Verdict", "decide"]

HOLDS, FAILS, OPEN = "holds", "fails", "open"


class Verdict(StrEnum):
    """The five verdicts; the texts are what `wfm.kpi` counts."""

    CONFIRMED = "confirmed"
    PROMISING = "promising"
    NO_EVIDENCE = "no evidence"
    HARMFUL = "harmful"
    NOT_TESTABLE = "not testable"

    @property
    def chinese(self) -> str:
        """The verdict in Chinese."""
        return _CHINESE[self]


_CHINESE = {
    Verdict.CONFIRMED: "已确认",
    Verdict.PROMISING: "有希望",
    Verdict.NO_EVIDENCE: "无证据",
    Verdict.HARMFUL: "有害",
    Verdict.NOT_TESTABLE: "无法检验",
}


@dataclass(frozen=True)
class Rule:
    """One rule of the verdict.

    Attributes
    ----------
    number : int
        1 baseline stable, 2 n reached, 3 effect, 4 target met, 5 counter-metric, 6 sustained.
    state : str
        ``"holds"``, ``"fails"`` or ``"open"``. Rule 3 holds when its limits exclude 0 on the good
        side, fails when on the bad side, and is open when they contain 0.
    text : str
        With the numbers.
    """

    number: int
    state: str
    text: str


def decide(rules: Sequence[Rule]) -> Verdict:
    """Return the verdict of six rules (PRODUCT.md, section 7.5).

    Examples
    --------
    >>> states = dict(zip(range(1, 7), ["holds"] * 5 + ["open"]))
    >>> str(decide([Rule(number, state, "") for number, state in states.items()]))
    'promising'
    """
    state = {rule.number: rule.state for rule in rules}
    if state[1] != HOLDS or state[2] != HOLDS:
        return Verdict.NOT_TESTABLE
    if state[3] == FAILS or state[5] == FAILS:
        return Verdict.HARMFUL
    if state[3] != HOLDS or state[5] != HOLDS:
        return Verdict.NO_EVIDENCE
    return Verdict.CONFIRMED if state[4] == state[6] == HOLDS else Verdict.PROMISING
