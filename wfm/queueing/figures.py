"""What does one offered contact meet, and which service level does that make?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.errors import BadInput
from wfm.scenario import SlRule

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Performance:
    """What contacts meet, as fractions of one offered contact, blocked ones included.

    All fields are float64 and have the broadcast shape of the arguments.

    Attributes
    ----------
    load : array
        Erlangs: volume * aht_s / interval_s.
    p_block : array
        Share that finds every line taken.
    p_wait : array
        Share that is accepted and does not reach an agent at once.
    p_abandon : array
        Share that leaves the queue unanswered.
    p_answered : array
        Share that reaches an agent.
    mean_wait_s : array
        Mean wait of all offered contacts, seconds; blocked ones count 0.
    asa_s : array
        Mean wait of answered contacts, seconds.
    occupancy : array
        Share of agents' time spent on contacts.
    mean_queue : array
        Mean number waiting.
    p_answered_in_awt, p_abandoned_in_awt, p_later : array
        Shares answered within `awt_s`, abandoned within it, still waiting then.
    p_answered_short, p_abandoned_short, p_later_short : array
        The same for `short_s`.
    p_virtual : array
        Chance that an accepted customer who never leaves waits at most `awt_s`.
    """

    load: Floats
    p_block: Floats
    p_wait: Floats
    p_abandon: Floats
    p_answered: Floats
    mean_wait_s: Floats
    asa_s: Floats
    occupancy: Floats
    mean_queue: Floats
    p_answered_in_awt: Floats
    p_abandoned_in_awt: Floats
    p_later: Floats
    p_answered_short: Floats
    p_abandoned_short: Floats
    p_later_short: Floats
    p_virtual: Floats

    def p_answered_within(self, rule: SlRule | str = SlRule.SL4) -> Floats:
        """Predicted service level by `rule`; a blocked contact counts as offered and not served.

        With A answered, B abandoned, T within `awt_s`, s within `short_s`: SL1 A_T + B_T,
        SL2 A_T/A, SL3 A_T, SL4 A_T/(1 - B_T), SL5 A_T + B_s, SL6 A_T/(1 - B_s).

        Parameters
        ----------
        rule : SlRule or str
            ``"SL1"`` to ``"SL6"``, or ``"virtual"``.

        Returns
        -------
        array
            0 to 1; 0 where nobody counts.

        Raises
        ------
        BadInput
            For an unknown rule.
        """
        answered, left = self.p_answered_in_awt, self.p_abandoned_in_awt
        # 1 - B_T and 1 - B_s, without the difference.
        not_left = answered + self.p_later + self.p_block
        not_left_short = self.p_answered_short + self.p_later_short + self.p_block
        levels = {
            SlRule.SL1: lambda: answered + left,
            SlRule.SL2: lambda: _ratio(answered, self.p_answered),
            SlRule.SL3: lambda: answered,
            SlRule.SL4: lambda: _ratio(answered, not_left),
            SlRule.SL5: lambda: answered + self.p_abandoned_short,
            SlRule.SL6: lambda: _ratio(answered, not_left_short),
            SlRule.VIRTUAL: lambda: self.p_virtual,
        }
        return levels[_rule(rule)]()


class InTime:
    """The service level of a result with the two shares in time, each of one offered contact."""

    p_answered_in_awt: float
    p_abandoned_in_awt: float

    @property
    def p_answered_within(self) -> float:
        """Service level by rule SL4: answered in time over all but those who left in time."""
        among = 1.0 - self.p_abandoned_in_awt
        return self.p_answered_in_awt / among if among > 0 else 0.0


def _rule(rule: SlRule | str) -> SlRule:
    try:
        return SlRule(rule)
    except ValueError as error:
        raise BadInput(f"rule: expected one of {', '.join(SlRule)}; got {rule!r}") from error


def _ratio(part: Floats, among: Floats) -> Floats:
    out = np.zeros(np.shape(among))
    np.divide(part, among, out=out, where=np.asarray(among) > 0)
    return out[()]
