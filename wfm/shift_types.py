"""Which kinds of shift are there: starts, length, breaks, split, on call?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from wfm.errors import BadInput
from wfm.fields import check_fields
from wfm.timegrid import MINUTES_A_DAY, minutes


@dataclass(frozen=True)
class BreakRule:
    """One break inside a shift.

    Attributes
    ----------
    activity : str
        ``"break"``, ``"lunch"`` or ``"gap"``; stands in the roster's `activity`. A gap is the
        unpaid time between the two stretches of a split shift.
    length_min : int
        Length in minutes.
    earliest_min, latest_min : int
        Earliest and latest start, minutes after the start of the shift.
    paid : bool
        Whether it counts as paid time.
    """

    activity: str
    length_min: int
    earliest_min: int
    latest_min: int
    paid: bool = True

    def __post_init__(self) -> None:
        if self.activity not in ("break", "lunch", "gap", "on call"):
            raise BadInput(f"break: activity is 'break', 'lunch' or 'gap', got {self.activity!r}")
        if self.activity == "gap" and self.paid:
            raise BadInput("break: the gap of a split shift is unpaid; write paid = false")
        check_fields(self, "break")
        if self.length_min <= 0 or not 0 <= self.earliest_min <= self.latest_min:
            raise BadInput(
                "break: expected length_min > 0 and 0 <= earliest_min <= latest_min, got "
                f"length {self.length_min}, earliest {self.earliest_min}, latest {self.latest_min}"
            )


@dataclass(frozen=True)
class ShiftType:
    """A kind of working day.

    Attributes
    ----------
    code : str
        Short text shown in the roster cell, for example ``"E"``.
    earliest_start, latest_start : str
        Local clock times ``"HH:MM"`` between which it may start.
    length_min : int
        Presence in minutes, breaks included; may pass midnight.
    start_step_min : int
        Starts lie on this grid, counted from `earliest_start`.
    breaks : tuple of BreakRule
        In the order of the day; they never overlap.
    name : str
        Text for people.
    least_before_break_min : int
        Least minutes from the start to the first break.
    most_without_break_min : int
        Most minutes at a stretch without a break; a whole day: no limit.
    least_between_breaks_min : int
        Least minutes between the end of a break and the start of the next.
    on_call : bool
        Not on seat at all, only to be called in; asked for by `OnCallStaff`.
    paid_share, rest_share : float
        Shares of an on-call duty that count as paid time and, from its end, as rest; 0 to 1.
    """

    code: str
    earliest_start: str
    latest_start: str
    length_min: int
    start_step_min: int = 30
    breaks: tuple[BreakRule, ...] = ()
    name: str = ""
    least_before_break_min: int = 0
    most_without_break_min: int = MINUTES_A_DAY
    least_between_breaks_min: int = 0
    on_call: bool = False
    paid_share: float = 1.0
    rest_share: float = 0.0

    def __post_init__(self) -> None:
        where = f"shift {self.code!r}"
        if not self.code:
            raise BadInput("shift: code is empty; give each shift type a short code such as 'E'")
        check_fields(self, where)
        if minutes(self.earliest_start) > minutes(self.latest_start):
            raise BadInput(
                f"{where}: earliest_start {self.earliest_start} is after latest_start "
                f"{self.latest_start}"
            )
        if minutes(self.latest_start) >= MINUTES_A_DAY:
            raise BadInput(f"{where}: latest_start must be before 24:00")
        if not 0 < self.length_min <= MINUTES_A_DAY or self.start_step_min <= 0:
            raise BadInput(
                f"{where}: expected 0 < length_min <= {MINUTES_A_DAY} and start_step_min > 0, got "
                f"length {self.length_min}, step {self.start_step_min}"
            )
        self._check_kind(where)
        least, most = self.least_before_break_min, self.most_without_break_min
        if least < 0 or self.least_between_breaks_min < 0 or not 0 < most <= MINUTES_A_DAY:
            raise BadInput(
                f"{where}: expected least_before_break_min and least_between_breaks_min >= 0 and 0 "
                f"< most_without_break_min <= {MINUTES_A_DAY}, got {least}, "
                f"{self.least_between_breaks_min} and {most}"
            )
        if self.breaks and most < max(least, self.least_between_breaks_min):
            raise BadInput(
                f"{where}: at most {most} min without a break cannot be kept with at least "
                f"{max(least, self.least_between_breaks_min)} min of work before or between breaks"
            )
        for rule in self.breaks:
            if rule.latest_min + rule.length_min > self.length_min:
                raise BadInput(
                    f"{where}: a {rule.activity} may start {rule.latest_min} min into the shift "
                    f"and lasts {rule.length_min} min, but the shift is {self.length_min} min long"
                )
        for before, after in pairwise(self.breaks):
            if before.earliest_min + before.length_min > after.latest_min:
                raise BadInput(
                    f"{where}: {before.activity} and {after.activity} can never both be placed; "
                    "list breaks in the order of the day with windows that leave room"
                )

    def _check_kind(self, where: str) -> None:
        """Raise BadInput unless gaps and on-call shares go together."""
        shares = (self.paid_share, self.rest_share)
        if not all(0 <= share <= 1 for share in shares):
            raise BadInput(f"{where}: paid_share and rest_share are 0 to 1, got {shares}")
        if not self.on_call and shares != (1.0, 0.0):
            raise BadInput(
                f"{where}: paid_share and rest_share are of on-call duties alone; set on_call = "
                "true or leave them out"
            )
        kinds = [rule.activity for rule in self.breaks]
        if self.on_call and kinds not in ([], ["on call"]):
            raise BadInput(f"{where}: an on-call duty has no breaks; leave them out")
        if not self.on_call and "on call" in kinds:
            raise BadInput(f"{where}: 'on call' is no break; set on_call = true")
        if kinds.count("gap") > 1:
            raise BadInput(f"{where}: a split shift has one gap, got {kinds.count('gap')}")

    @property
    def starts(self) -> tuple[int, ...]:
        """Possible starts, minutes after local midnight."""
        first, last = minutes(self.earliest_start), minutes(self.latest_start)
        return tuple(range(first, last + 1, self.start_step_min))

    @property
    def paid_min(self) -> int:
        """Paid minutes: presence less unpaid breaks; of an on-call duty its paid share."""
        if self.on_call:
            return round(self.paid_share * self.length_min)
        return self.length_min - sum(b.length_min for b in self.breaks if not b.paid)


def split_shifts(
    code: str, starts: tuple[str, str], first_min: int, second_min: int, gaps_min: Iterable[int],
    *, start_step_min: int = 30, name: str = "",
) -> tuple[ShiftType, ...]:  # fmt: skip
    """Return the split shifts of two stretches, one type for each length of the gap between them.

    Parameters
    ----------
    code : str
        The types are called `code` and the gap's minutes, ``"S120"``.
    starts : (str, str)
        Earliest and latest start, ``"HH:MM"``.
    first_min, second_min : int
        Minutes of the two stretches.
    gaps_min : iterable of int
        Lengths that the gap may have.

    Examples
    --------
    >>> [s.code for s in split_shifts("S", ("08:00", "09:00"), 240, 240, range(120, 241, 60))]
    ['S120', 'S180', 'S240']
    >>> split_shifts("S", ("08:00", "09:00"), 240, 180, [120])[0].paid_min
    420
    """
    return tuple(
        ShiftType(
            f"{code}{gap}", *starts, first_min + gap + second_min, start_step_min,
            (BreakRule("gap", gap, first_min, first_min, paid=False),), name,
        )
        for gap in gaps_min
    )  # fmt: skip
