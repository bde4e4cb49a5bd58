"""What does good service mean: which limits must hold, and who counts as served in time?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from wfm.errors import BadInput

LIMITS = ("service_level", "asa_s", "abandonment", "occupancy", "blocking")


class SlRule(StrEnum):
    """Which contacts count as served in time; the formulas are in docs/glossary.md."""

    SL1 = "SL1"
    SL2 = "SL2"
    SL3 = "SL3"
    SL4 = "SL4"
    SL5 = "SL5"
    SL6 = "SL6"
    VIRTUAL = "virtual"


@dataclass(frozen=True)
class Target:
    """Limits on waiting that must all hold; each is met on equality, and None means no limit.

    Attributes
    ----------
    service_level : float or None
        Least share of contacts served within `awt_s`, 0 to 1, counted by `rule`.
    awt_s : float
        Acceptable waiting time in seconds.
    rule : SlRule
        Definition of the service level, ``"SL1"`` to ``"SL6"`` or ``"virtual"``.
    asa_s : float or None
        Largest mean wait of answered contacts, seconds.
    abandonment : float or None
        Largest share of contacts that abandon, 0 to 1.
    occupancy : float or None
        Largest share of on-seat time spent on contacts, 0 to 1.
    blocking : float or None
        Largest share of contacts that find every line taken, 0 to 1.
    short_s : float
        Abandoned before this many seconds is short (rules SL5 and SL6).
    """

    service_level: float | None = None
    awt_s: float = 20.0
    rule: SlRule = SlRule.SL4
    asa_s: float | None = None
    abandonment: float | None = None
    occupancy: float | None = None
    blocking: float | None = None
    short_s: float = 5.0

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "rule", SlRule(self.rule))
        except ValueError as error:
            known = ", ".join(SlRule)
            raise BadInput(f"target: rule is one of {known}; got {self.rule!r}") from error
        for name in ("service_level", "abandonment", "occupancy", "blocking"):
            value = getattr(self, name)
            if value is not None and not (is_number(value) and 0 <= value <= 1):
                hint = (
                    "; it is a fraction - was a percent passed?"
                    if is_number(value) and value > 1
                    else ""
                )
                raise BadInput(f"target: {name} lies between 0 and 1, got {value!r}{hint}")
        for name in ("awt_s", "asa_s", "short_s"):
            value = getattr(self, name)
            if value is None and name == "asa_s":
                continue
            if not (is_number(value) and value >= 0):
                raise BadInput(f"target: {name} is a number of seconds >= 0, got {value!r}")

    @property
    def limits(self) -> tuple[str, ...]:
        """Names of the limits that are set."""
        return tuple(name for name in LIMITS if getattr(self, name) is not None)


@dataclass(frozen=True)
class Tier:
    """Customers of one priority within a queue; better tiers stand first in `Queue.tiers`.

    Attributes
    ----------
    name : str
        For example ``"VIP"``.
    share : float
        Share of the queue's contacts, above 0; the shares of a queue add up to 1.
    target : Target
        Of this tier: service_level, asa_s or occupancy. Without a limit the tier gets what is left.
    """

    name: str
    share: float
    target: Target

    def __post_init__(self) -> None:
        where = f"tier {self.name!r}"
        if not self.name or not self.name.isprintable():
            raise BadInput(f"tier: name is printable text, got {self.name!r}")
        if not (is_number(self.share) and 0 < self.share <= 1):
            raise BadInput(
                f"{where}: share is a fraction 0 < share <= 1, got {self.share!r} - was a percent "
                "passed?"
            )
        wrong = [name for name in ("abandonment", "blocking") if name in self.target.limits]
        if wrong:
            raise BadInput(
                f"{where}: target.{wrong[0]} has no meaning where nobody leaves and all are let "
                "in; set service_level, asa_s or occupancy"
            )


def is_number(value: object) -> bool:
    """Return whether `value` is a number, neither a truth value nor NaN."""
    return isinstance(value, int | float) and not isinstance(value, bool) and not math.isnan(value)


def is_whole(value: object) -> bool:
    """Return whether `value` is a whole number and no truth value."""
    return isinstance(value, int) and not isinstance(value, bool)
