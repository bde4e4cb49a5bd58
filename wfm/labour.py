"""What do law and agreement allow everybody, and where is that written?

`LabourRules` holds the numbers, `LabourRules.preset` fills them from `labour_presets.toml`: a few
bodies of law with the article beside every number. A preset is a beginning, not legal advice.
"""

from __future__ import annotations

import dataclasses
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from wfm.errors import BadInput
from wfm.fields import check_fields
from wfm.timegrid import minutes


@dataclass(frozen=True)
class ShiftLimit:
    """How many shifts of some types one person may and must have in a Monday-Sunday week.

    Attributes
    ----------
    shifts : tuple of str
        Codes that are counted together.
    most, least : int
        `least` is never above the number of days on which the person could be given one of them.
    """

    shifts: tuple[str, ...]
    most: int = 7
    least: int = 0

    def __post_init__(self) -> None:
        check_fields(self, "rules: a shift limit")
        if not self.shifts:
            raise BadInput("rules: a shift limit counts no shifts; list at least one code")
        if not 0 <= self.least <= self.most <= 7:
            raise BadInput(
                f"rules: the limit on shifts {', '.join(self.shifts)} expects 0 <= least <= most "
                f"<= 7, got {self.least} and {self.most}"
            )


@dataclass(frozen=True)
class LabourRules:
    """Hard limits that hold for everybody. Defaults follow the EU Working Time Directive.

    Attributes
    ----------
    daily_rest_h : float
        Least rest between the end of a shift and the start of the next (2003/88/EC art. 3: 11 h).
    weekly_rest_h : float
        Least uninterrupted rest lying wholly inside each Monday-Sunday week (art. 5 with art. 3:
        24 + 11 = 35 h).
    weekly_rest_weeks : int
        1: a rest in every Monday-Sunday week. 2: two rests in every two of them, counted from the
        first planned week (art. 16(a)); a last odd week has its own.
    weekly_rest_short_h : float or None
        A week's rest may be shortened to this if that of the week after is longer than
        `weekly_rest_h` by what is missing; the last planned week may be short, the next plan then
        owes it. None: never.
    max_consecutive_days : int
        Most days in a row with a shift.
    max_week_h : float
        Most paid hours in a Monday-Sunday week (art. 6: 48 h, there an average).
    least_before_break_h, least_between_breaks_h : float
        Least hours from the start of a shift to its first break, and between two breaks.
    most_without_break_h : float
        Most hours at a stretch without a break (2003/88/EC art. 4: a break where the day is longer
        than six hours); 24: no limit.
    source : str
        Where these numbers come from, shown beside them.
    max_daily_h : float
        Most paid hours of one shift; 24: no limit.
    average_week_h, average_weeks : float or None, int
        Most paid hours a week on the average of so many weeks (weeks before the plan included, as
        far as they are given); None: no such limit.
    forbidden_successions : tuple of (str, str)
        Pairs of shift codes: the second may not be worked on the day after the first.
    min_consecutive_days, min_consecutive_off : int
        Fewest days in a row with a shift, and without one. Rows that touch the first day known or
        the last planned day, or that leave or a weekday never worked cuts short, may be shorter.
    days_off_together : int
        So many neighbouring days of each Monday-Sunday week are wholly free of work; 0: no rule.
    max_start_spread_h : float
        Most hours between the earliest and the latest clock time at which a person's shifts of one
        Monday-Sunday week start; 24: no limit.
    max_weekends, weekends_of : int or None, int
        A person works on at most so many of any `weekends_of` weekends in a row; None: no limit. A
        weekend is worked if a shift starts on its Saturday or Sunday.
    whole_weekends : bool
        Both days of a weekend are worked or none; not asked where leave takes one of them.
    night_from, night_to, night_least_h : str, str, float
        A night is a shift with at least so many hours between these clock times.
    max_nights_in_a_row : int or None
        Most nights on days in a row.
    rest_after_nights_h : float
        Least hours between the end of a night and the start of a later shift that is no night.
    shift_limits : tuple of ShiftLimit
    early_before, late_after : str
        A shift that starts before, or ends after, these clock times is early, or late; priced for
        fairness by `RosterWeights`.
    overtime_after_h : float or None
        Paid hours of a week beyond this are overtime, priced by `RosterWeights.overtime`.
    """

    daily_rest_h: float = 11.0
    weekly_rest_h: float = 35.0
    max_consecutive_days: int = 6
    max_week_h: float = 48.0
    source: str = "Directive 2003/88/EC, articles 3, 5 and 6"
    max_daily_h: float = 24.0
    average_week_h: float | None = None
    average_weeks: int = 17
    forbidden_successions: tuple[tuple[str, str], ...] = ()
    min_consecutive_days: int = 1
    min_consecutive_off: int = 1
    days_off_together: int = 0
    max_start_spread_h: float = 24.0
    max_weekends: int | None = None
    weekends_of: int = 4
    whole_weekends: bool = False
    night_from: str = "00:00"
    night_to: str = "05:00"
    night_least_h: float = 3.0
    max_nights_in_a_row: int | None = None
    rest_after_nights_h: float = 0.0
    shift_limits: tuple[ShiftLimit, ...] = ()
    early_before: str = "07:00"
    late_after: str = "20:00"
    overtime_after_h: float | None = None
    weekly_rest_weeks: int = 1
    weekly_rest_short_h: float | None = None
    least_before_break_h: float = 0.0
    most_without_break_h: float = 24.0
    least_between_breaks_h: float = 0.0

    def __post_init__(self) -> None:
        check_fields(self, "rules")
        for name, low, high in _RANGES:
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise BadInput(f"rules: {name} is {low} to {high}, got {value}")
        if self.max_weekends is not None and self.max_weekends > self.weekends_of:
            raise BadInput(
                f"rules: max_weekends is at most weekends_of = {self.weekends_of}, got "
                f"{self.max_weekends}"
            )
        if self.weekly_rest_short_h is not None:
            if self.weekly_rest_short_h > self.weekly_rest_h:
                raise BadInput(
                    f"rules: weekly_rest_short_h {self.weekly_rest_short_h} is above weekly_rest_h "
                    f"{self.weekly_rest_h}; a shortened rest is the shorter one"
                )
            if self.weekly_rest_weeks > 1:
                raise BadInput(
                    "rules: weekly_rest_short_h cannot be solved yet with weekly_rest_weeks = 2; "
                    "shorten rests, or count them by two weeks"
                )
        if self.most_without_break_h < max(self.least_before_break_h, self.least_between_breaks_h):
            raise BadInput(
                f"rules: most_without_break_h {self.most_without_break_h} is below the least hours "
                "before or between breaks"
            )
        if self.min_consecutive_days > self.max_consecutive_days:
            raise BadInput(
                f"rules: min_consecutive_days {self.min_consecutive_days} is above "
                f"max_consecutive_days {self.max_consecutive_days}"
            )
        for clock in (self.night_from, self.night_to, self.early_before, self.late_after):
            minutes(clock)

    @property
    def shift_codes(self) -> tuple[str, ...]:
        """Every shift code that these rules name."""
        named = [code for pair in self.forbidden_successions for code in pair]
        return (*named, *(code for limit in self.shift_limits for code in limit.shifts))

    @classmethod
    def preset(cls, name: str, **changes: Any) -> LabourRules:
        """Return the rules of a body of law, with `changes` laid over them.

        Parameters
        ----------
        name : str
            One of `presets()`.
        **changes
            Fields of this class.

        Raises
        ------
        BadInput
            If there is no such preset or field.

        Examples
        --------
        >>> LabourRules.preset("cn").max_week_h
        44.0
        >>> LabourRules.preset("eu", max_week_h=40).max_week_h
        40
        """
        return cls(**preset_fields(name, changes))


_RANGES = (
    ("daily_rest_h", 0, 24),
    ("weekly_rest_h", 0, 168),
    ("weekly_rest_weeks", 1, 2),
    ("weekly_rest_short_h", 0, 168),
    ("max_consecutive_days", 1, 28),
    ("max_week_h", 0, 168),
    ("max_daily_h", 0, 24),
    ("average_week_h", 0, 168),
    ("average_weeks", 1, 52),
    ("min_consecutive_days", 1, 28),
    ("min_consecutive_off", 1, 28),
    ("days_off_together", 0, 7),
    ("max_start_spread_h", 0, 24),
    ("max_weekends", 0, 52),
    ("weekends_of", 1, 52),
    ("night_least_h", 0, 24),
    ("max_nights_in_a_row", 0, 28),
    ("rest_after_nights_h", 0, 168),
    ("overtime_after_h", 0, 168),
    ("least_before_break_h", 0, 24),
    ("most_without_break_h", 0, 24),
    ("least_between_breaks_h", 0, 24),
)


def presets() -> tuple[str, ...]:
    """Return the names that `LabourRules.preset` knows."""
    return tuple(_presets())


def preset_fields(name: str, changes: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a preset with changes laid over them; see `LabourRules.preset`."""
    known = _presets()
    if name not in known:
        raise BadInput(f"rules: no preset {name!r}; there are {', '.join(map(repr, known))}")
    fields = {field.name for field in dataclasses.fields(LabourRules)}
    unknown = sorted(set(changes) - fields)
    if unknown:
        raise BadInput(f"rules: unknown fields {unknown}; check their spelling")
    if changes and "source" not in changes:
        told = ", ".join(sorted(changes))
        changes = {**changes, "source": f"{known[name]['source']}; changed: {told}"}
    return {**known[name], **changes}


def preset_notes(name: str) -> dict[str, str]:
    """Return, for each number of a preset, where it is written."""
    preset_fields(name, {})
    return dict(_document()[name]["notes"])


def written(rules: LabourRules, field: str) -> str:
    """Return where a number of `rules` is written: the article of a preset, else their source.

    >>> written(LabourRules.preset("cn"), "max_daily_h")
    'Labour Law of the PRC: Art. 36: at most 8 h a day.'
    >>> written(LabourRules.preset("eu", max_weekends=2), "max_weekends")
    'scenario, rules'
    """
    for table in _document().values():
        if rules.source == table["source"] or rules.source.startswith(
            f"{table['source']}; changed"
        ):
            if field in table and getattr(rules, field) == table[field]:
                law = table["source"].split(",")[0]
                return f"{law}: {table['notes'][field]}" if field in table["notes"] else law
            return "scenario, rules"
    basic = LabourRules()
    if rules.source == basic.source and getattr(rules, field) != getattr(basic, field):
        return "scenario, rules"
    return rules.source


def _presets() -> dict[str, dict[str, Any]]:
    return {
        name: {k: v for k, v in table.items() if k != "notes"}
        for name, table in _document().items()
    }


@cache
def _document() -> dict[str, Any]:
    text = resources.files("wfm").joinpath("labour_presets.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
