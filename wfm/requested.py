"""What would people like of single days, and how much does it count?"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from wfm.errors import BadInput
from wfm.targets import is_number

KINDS = ("off", "on", "shift", "avoid")


@dataclass(frozen=True)
class Request:
    """One wish of one person for one local day. Soft: it is granted where that costs less.

    Attributes
    ----------
    agent : str
        Id of the person.
    day : date
        Local day on which a shift would start.
    kind : str
        ``"off"`` no shift starts on the day, ``"on"`` one does, ``"shift"`` one of `shifts` does,
        ``"avoid"`` none of `shifts` does.
    weight : float
        What refusing it costs, in weighted agent-hours like all of `RosterWeights`: with
        ``under = 10`` a request of weight 20 is worth two agent-hours short.
    shifts : tuple of str
        Codes of shift types; for ``"shift"`` and ``"avoid"`` alone.
    """

    agent: str
    day: dt.date
    kind: str
    weight: float = 1.0
    shifts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise BadInput(f"{self}: kind is one of {', '.join(KINDS)}, got {self.kind!r}")
        if not (is_number(self.weight) and 0 < self.weight < math.inf):
            raise BadInput(f"{self}: weight is a number > 0 of agent-hours, got {self.weight!r}")
        if bool(self.shifts) != (self.kind in ("shift", "avoid")):
            raise BadInput(
                f"{self}: 'shift' and 'avoid' list codes in `shifts`, 'off' and 'on' list none; "
                f"got {list(self.shifts)}"
            )

    def __str__(self) -> str:
        return f"request of {self.agent!r} for {self.day}"

    def granted(self, shift: str | None) -> bool:
        """Return whether a day with this shift (None: none) is what was asked for."""
        if self.kind == "off":
            return shift is None
        if self.kind == "on":
            return shift is not None
        return (shift in self.shifts) == (self.kind == "shift")
