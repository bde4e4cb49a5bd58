"""What is asked of a year: whose hours, which weeks, and can they be worked at all?"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from wfm.errors import BadInput, Infeasible

# So many people are named in an error beside the first.
_NAMED = 5
_NEAR = 1e-6  # hours, and steps of the grid: sums of a year's weeks in floats


@dataclass(frozen=True)
class AnnualTerms:
    """What an annualised contract says.

    Attributes
    ----------
    hours : float
        Paid hours to be worked in the planned year, leave taken off already.
    min_week_h, max_week_h : float
        Limits of a worked week.
    most_banked_h, most_owed_h : float
        How far the account may be above and below the even pace.
    """

    hours: float
    min_week_h: float
    max_week_h: float
    most_banked_h: float = math.inf
    most_owed_h: float = math.inf

    def __post_init__(self) -> None:
        if not (0 <= self.min_week_h <= self.max_week_h <= 168 and self.hours >= 0):
            raise BadInput(
                "annual hours: expected hours >= 0 and 0 <= min_week_h <= max_week_h <= 168, got "
                f"{self.hours}, {self.min_week_h} and {self.max_week_h}"
            )
        if not (self.most_banked_h >= 0 and self.most_owed_h >= 0):
            raise BadInput("annual hours: most_banked_h and most_owed_h are hours >= 0")


@dataclass(frozen=True)
class AnnualWeights:
    """Price of an hour short, beyond demand, unlike people alike, changed from week to week."""

    short: float = 10.0
    over: float = 1.0
    unlike: float = 0.1
    change: float = 0.05


class Year:
    """The question as arrays: people by weeks."""

    def __init__(
        self, wanted_h: pd.Series, terms: Mapping[str, AnnualTerms], *,
        away: Mapping[str, Iterable[dt.date]], closed: Iterable[dt.date],
        worked: pd.DataFrame | None, step_h: float,
    ) -> None:  # fmt: skip
        self.mondays = [pd.Timestamp(day).date() for day in wanted_h.index]
        steps = {(b - a).days for a, b in zip(self.mondays, self.mondays[1:], strict=False)}
        self.wanted = wanted_h.to_numpy(dtype=float)
        if not self.mondays or self.mondays[0].weekday() or steps - {7}:
            raise BadInput(
                "annual hours: wanted_h is indexed by Mondays, one a week without gaps, got "
                f"{len(self.mondays)} rows" + (f" from {self.mondays[0]}" if self.mondays else "")
            )
        if not (np.isfinite(self.wanted).all() and (self.wanted >= 0).all()) or not terms:
            raise BadInput("annual hours: expected wanted hours >= 0 and terms of some people")
        if not (math.isfinite(step_h) and step_h > 0):
            raise BadInput(f"annual hours: the step is a number of hours > 0, got {step_h}")
        self.agents, self.terms, self.step = list(terms), dict(terms), step_h
        rank = {day: at for at, day in enumerate(self.mondays)}
        who = {agent: at for at, agent in enumerate(self.agents)}
        shape = (len(self.agents), len(self.mondays))
        self.open = np.ones(shape, dtype=bool)
        self.open[:, [rank[d] for d in _known(closed, rank, "closed")]] = False
        for agent, days in away.items():
            if agent not in who:
                raise BadInput(f"annual hours: {agent!r} is away but has no terms")
            self.open[who[agent], [rank[d] for d in _known(days, rank, "away")]] = False
        self.low = np.array([[t.min_week_h] for t in terms.values()], dtype=float) * self.open
        self.high = np.array([[t.max_week_h] for t in terms.values()], dtype=float) * self.open
        self.hours = np.array([t.hours for t in terms.values()], dtype=float)
        self.done = np.zeros(shape, dtype=bool)
        rows = [] if worked is None else worked[["agent", "week", "hours"]].to_numpy().tolist()
        for agent, week, hours in rows:
            if agent not in who:
                raise BadInput(f"annual hours: {agent!r} has worked but has no terms")
            (day,) = _known([week], rank, "worked")
            if not 0 <= float(hours) <= 168:
                raise BadInput(f"annual hours: {agent!r} worked {hours} h in the week of {day}")
            at = who[agent], rank[day]
            if self.done[at]:
                raise BadInput(f"annual hours: {agent!r} has worked the week of {day} twice")
            self.low[at] = self.high[at] = float(hours)
            self.done[at] = True
        count = np.maximum(self.open.sum(axis=1, keepdims=True), 1)
        self.pace = self.hours[:, None] * self.open / count
        self._check()

    def _check(self) -> None:
        self._check_worked()
        least, most = self.low.sum(axis=1), self.high.sum(axis=1)
        wrong = (self.hours < least - _NEAR) | (self.hours > most + _NEAR)
        if wrong.any():
            at = int(wrong.argmax())
            raise Infeasible(
                f"annual hours: {_people(wrong)} cannot work their hours in the weeks they have "
                f"(first: {self.agents[at]!r} owes {self.hours[at]:g} h, {self._weeks_of(at)} "
                f"{least[at]:g} to {most[at]:g} h{self._others(wrong)}); change the hours, the "
                "weeks' limits or leave"
            )
        limits = np.array([[t.min_week_h, t.max_week_h] for t in self.terms.values()])
        off = (np.abs(limits / self.step - np.round(limits / self.step)) > _NEAR).any(axis=1)
        off = np.asarray(off & (self.open & ~self.done).any(axis=1))
        if off.any():
            at = int(off.argmax())
            raise BadInput(
                f"annual hours: limits of weeks of {_people(off)} are no multiple of "
                f"{self.step:g} h (first: {self.agents[at]!r}, {limits[at, 0]:g} to "
                f"{limits[at, 1]:g} h{self._others(off)}); round them, or choose another step"
            )

    def _check_worked(self) -> None:
        """Raise BadInput where a week is over for some people and open for others."""
        over = self.done.any(axis=0)
        until = int(np.flatnonzero(over)[-1]) + 1 if over.any() else 0
        gaps = np.argwhere((self.open & ~self.done)[:, :until])
        if len(gaps):
            at, week = gaps[0]
            raise BadInput(
                f"annual hours: weeks until {self.mondays[until - 1]} are over, but {len(gaps)} "
                f"hours worked in them are missing (first: {self.agents[at]!r}, "
                f"{self.mondays[week]}); give them, 0 where nothing was worked, or the week as "
                "leave or closed"
            )

    def _weeks_of(self, at: int) -> str:
        free = int((self.open & ~self.done)[at].sum())
        done = float(self.low[at, self.done[at]].sum())
        past = f"{done:g} h are worked and with them " if self.done[at].any() else ""
        return f"{past}{free} open {'week allows' if free == 1 else 'weeks allow'}"

    def _others(self, which: np.ndarray) -> str:
        rest = [repr(self.agents[at]) for at in np.flatnonzero(which)[1:]]
        more = f" and {len(rest) - _NAMED} more" if len(rest) > _NAMED else ""
        return f"; also {', '.join(rest[:_NAMED])}{more}" if rest else ""

    def limits(self, at: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the least and most hours that a person's account allows until each week's end."""
        many, term = self.low.shape[1], self.terms[self.agents[at]]
        # Sums of hours on the grid: a limit between two of its points is the one before it. Until
        # the first week whose hours are not fixed they are what they are.
        rest = self.hours[at] % self.step
        pace = np.cumsum(self.pace[at])
        fixed = np.cumsum((self.high[at] > self.low[at]) & ~self.done[at]) == 0
        least, most = np.full(many, -np.inf), np.full(many, np.inf)
        # Weeks that are over may have left the limits.
        free = np.cumsum(self.done[at][::-1])[::-1] == 0
        if math.isfinite(term.most_banked_h):
            limit = pace + term.most_banked_h
            top = np.floor((limit - rest) / self.step + 1e-9) * self.step + rest
            most[free] = np.where(fixed, limit, top)[free]
        if math.isfinite(term.most_owed_h):
            limit = pace - term.most_owed_h
            low = np.ceil((limit - rest) / self.step - 1e-9) * self.step + rest
            least[free] = np.where(fixed, limit, low)[free]
        return least, most

    def check_accounts(self) -> None:
        """Raise Infeasible, with who and why, where an account's limits cannot be kept.

        Hours until a week lie between those until the week before plus the week's limits, inside
        the account's: nobody's are bound to another's, so these intervals decide.
        """
        found = {at: why for at in range(len(self.agents)) if (why := self._unkept(at))}
        if found:
            at, why = next(iter(found.items()))
            which = np.isin(np.arange(len(self.agents)), list(found))
            raise Infeasible(
                f"annual hours: the accounts of {_people(which)} cannot be kept (first: "
                f"{self.agents[at]!r}: {why}{self._others(which)}); let people bank or owe more "
                "hours, change the weeks' limits, or move leave"
            )

    def _unkept(self, at: int) -> str:
        """Return why a person's account cannot be kept; empty where it can."""
        low = high = 0.0
        for week, (least, most) in enumerate(zip(*self.limits(at), strict=True)):
            low, high = low + self.low[at, week], high + self.high[at, week]
            until = f"until the week of {self.mondays[week]}"
            if low > most + _NEAR:
                return (
                    f"{until} they work at least {low:g} h, their account wants at most {most:g} h"
                )
            if high < least - _NEAR:
                return (
                    f"{until} they work at most {high:g} h, their account wants at least "
                    f"{least:g} h"
                )
            if least > most + _NEAR:
                return (
                    f"{until} no hours on the grid of {self.step:g} h are so near to the even pace"
                )
            low, high = max(low, least), min(high, most)
        if not low - _NEAR <= self.hours[at] <= high + _NEAR:
            return f"the limits leave {low:g} to {high:g} h of the year's {self.hours[at]:g} h"
        return ""


def _people(which: np.ndarray) -> str:
    count = int(which.sum())
    return "1 person" if count == 1 else f"{count} people"


def _known(days: Iterable[dt.date], rank: Mapping[dt.date, int], what: str) -> list[dt.date]:
    found = [pd.Timestamp(day).date() for day in days]
    wrong = [day for day in found if day not in rank]
    if wrong:
        day = wrong[0]
        raise BadInput(
            f"annual hours: {len(wrong)} weeks of `{what}` are no Monday of the year (first: "
            f"{day}, a {day:%A}); a week is named by its Monday, and the year runs from "
            f"{min(rank)} to {max(rank)}"
        )
    return found
