"""What does the default model say of one queue, before anybody asks for an interval?"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from forecasts import (
    anniversary,
    calendars,
    clock,
    daily,
    daytypes,
    dormancy,
    excursions,
    level,
    marks,
    profile,
    shifts,
    usual,
)
from forecasts import quantiles as bands
from forecasts.coverage import Coverage
from forecasts.past import Past
from forecasts.predicting import Calendar

LATEST_DAYS = 14  # that must be quiet for a queue to be so now
ASLEEP_LOG = -3.0  # log ratio of a new level below which a queue is as good as dead
WORTH_A_NOTE = 0.005  # of all contacts, in intervals that are closed now
MOVED = (
    "contacts came at other times of the day in the last weeks than before; how a day is spread is "
    f"learned from these weeks (half-life {profile.SHORT_HALF_LIFE:.0f} days)"
)
WITHIN_DAYS = 182  # recent days that show how far an interval strays from its share


@dataclass(frozen=True)
class Fitted:
    """The default model fitted to a queue.

    Attributes
    ----------
    first : int
        The day, since 1970, of the first entry of `effect` and `closed`.
    effect : float array, shape (n,)
        Factor of each past and coming day, level not included.
    closed : bool array, shape (n,)
        Regularly open days that are, or are expected to be, closed.
    level : Level
    share : float array, shape (7, K)
        Of a day's contacts in each interval.
    day_dispersion, within : float
        Squared relative error, beyond Poisson noise, of a day and of an interval given its day.
    notes : tuple of str
        What was decided on the way, for a person.
    """

    first: int
    effect: np.ndarray
    closed: np.ndarray
    level: level.Level
    share: np.ndarray
    day_dispersion: float
    within: float
    notes: tuple[str, ...]


@dataclass(frozen=True)
class DayModel:
    """What is expected of whole days.

    Attributes
    ----------
    effects : DayFit
    level : Level
    closed : bool array, shape (n,)
        Regularly open days that are, or are expected to be, closed.
    shift : Shift or None
        A lasting change of the level, the days before which were brought to it.
    excursion : Excursion or None
        Days that strayed from a level that came back, and were left out of it.
    """

    effects: daily.DayFit
    level: level.Level
    closed: np.ndarray
    shift: shifts.Shift | None
    excursion: excursions.Excursion | None


def fit(past: Past, coverage: Coverage, last: int, calendar: Calendar) -> Fitted | None:
    """Return the default model of a queue for the days up to `last`; None without contacts."""
    past, coverage = _recent(past, coverage)
    open_week, weekday = coverage.open_week, past.weekday
    seen = marks.mask(past, coverage, special=calendar.special(past))
    shape = profile.fit(past.offered, seen, weekday, open_week)
    totals, covered = shape.day_sums(past.offered, seen, weekday, open_week)
    if totals.sum() <= daytypes.NEGLIGIBLE:
        return None
    days = np.arange(past.days[0], last + calendars.BEYOND_DAYS + 1)
    coming = slice(len(totals), len(days) - calendars.BEYOND_DAYS)
    names, events = calendar.names(days), calendar.named_events(past.queue, days)
    made = day_model(
        totals, covered, days, working=np.asarray(open_week.any(axis=1)), names=names,
        events=events, leads=coming.stop - coming.start,
    )  # fmt: skip
    closed = made.closed
    notes = [
        *(_now_closed(past, open_week) if coverage.inferred else []),
        *_left_out(coverage.seen, seen, past.offered),
        *([MOVED] if shape.moved else []), *_shifted(made.shift, days),
        *_strayed(made.excursion, days), *_shut(closed, names, days, coming),
        *(f"event {name!r} has no past under this name; it changes nothing"
          for name, covers in events.items()
          if covers[coming].any() and not covers[:len(totals)].any()),
    ]  # fmt: skip
    within = _within_day(past, seen, shape, totals=totals, covered=covered)
    return Fitted(
        int(days[0]),
        made.effects.effect,
        closed,
        made.level,
        shape.share,
        made.effects.dispersion,
        within,
        tuple(notes),
    )


def _now_closed(past: Past, open_week: np.ndarray) -> list[str]:
    """Return a note on intervals of the week that had contacts and are closed from here on."""
    contacts = usual.by_weekday(past.offered, past.weekday)
    lost = np.where(open_week, 0.0, contacts).sum(axis=1)
    share = lost.sum() / contacts.sum()
    if share < WORTH_A_NOTE:
        return []
    days = np.flatnonzero(lost)
    return [
        f"intervals on {', '.join(clock.WEEKDAYS[day] for day in days)} that held {share:.1%} of "
        "the contacts are forecast as closed, as they were in the last weeks; give hours if not"
    ]


def _left_out(known: np.ndarray, seen: np.ndarray, offered: np.ndarray) -> list[str]:
    """Return a note on the counts that were not learned from."""
    if seen is known:
        return []
    cells = (known > 0) & ~(seen > 0)
    if not cells.any():
        return []
    return [
        f"{int(cells.sum())} intervals with {offered[cells].sum():.0f} contacts on "
        f"{int(cells.any(axis=1).sum())} days taken for faults or outliers and left out; "
        f"{marks.WHICH}"
    ]


def _shifted(shift: shifts.Shift | None, days: np.ndarray) -> list[str]:
    """Return a note on a lasting change of the level."""
    if shift is None:
        return []
    date = clock.dates(days[shift.day : shift.day + 1])[0].date()
    if shift.log_ratio < ASLEEP_LOG:
        return [
            f"next to nothing came since {date}; that is forecast to go on. If it will not, leave "
            "these days out"
        ]
    return [
        f"the level jumped to {np.exp(shift.log_ratio):.2f} times on {date} and stayed; the days "
        "before are taken as if they had been on it"
    ]


def _strayed(excursion: excursions.Excursion | None, days: np.ndarray) -> list[str]:
    """Return a note on days that strayed from a level that came back."""
    if excursion is None:
        return []
    first, last = (clock.dates(days[at : at + 1])[0].date()
                   for at in (excursion.begin, excursion.end - 1))  # fmt: skip
    return [
        f"from {first} to {last} the level was {np.exp(excursion.log_ratio):.2f} times that before "
        "and after; these days are left out of it. If such days are known in advance, give them as "
        "events"
    ]


def _shut(closed: np.ndarray, names: daytypes.Names, days: np.ndarray, coming: slice) -> list[str]:
    """Return a note on each coming holiday that is expected to be closed."""
    return [
        f"{clock.dates(days[at : at + 1])[0].date()}, {names.label[names.code[at]]}, is forecast "
        "as closed, as such days were"
        for at in np.flatnonzero(closed[coming]) + coming.start
    ]


def _recent(past: Past, coverage: Coverage) -> tuple[Past, Coverage]:
    if len(past.days) <= daily.LONGEST_MEMORY:
        return past, coverage
    keep = slice(len(past.days) - daily.LONGEST_MEMORY, None)
    cut = ("days", "offered", "exists", "seen", "aht_s", "handled")
    return (
        replace(past, **{name: getattr(past, name)[keep] for name in cut}),
        replace(coverage, status=coverage.status[keep], seen=coverage.seen[keep]),
    )


def day_model(
    totals: np.ndarray,
    covered: np.ndarray,
    days: np.ndarray,
    *,
    working: np.ndarray,
    names: daytypes.Names,
    events: dict[str, np.ndarray],
    leads: int | None = None,
) -> DayModel:
    """Return what is expected of whole days, `days` being the past and the coming ones.

    `leads` of the coming ones are forecast, all if absent; later ones only shape those.
    """
    past = len(totals)
    weekday = clock.weekday(days)
    idle, regular = covered <= 0, working[weekday]
    closed = np.concatenate([
        idle & regular[:past],
        daytypes.expect_closed(idle, names, working=regular[:past]),
    ])  # fmt: skip
    columns = daytypes.effects(
        days, past=past, working=working, closed=closed, names=names, events=events,
    )  # fmt: skip

    def fitted_to(counts: np.ndarray) -> daily.DayFit:
        weekdays = daytypes.usual_weekdays(counts, covered, weekday[:past])
        fit = daily.fit(counts, covered, columns.with_usual(weekdays, working))
        kind = anniversary.kinds(weekdays, weekday, names.code >= 0)
        again = anniversary.lift(counts, covered, fit.mean, days=days, kind=kind).factor
        return replace(fit, effect=fit.effect * again, mean=fit.mean * again[:past])

    counts, fit = totals, fitted_to(totals)
    shift = _fallen_asleep(totals, covered, weekday[:past])
    if shift is not None:
        counts = shift.undone(totals)
        fit = fitted_to(counts)
    elif (shift := shifts.find(totals, covered * fit.effect[:past])) is not None:
        fit = fitted_to(shift.undone(totals))
        shift = shifts.measured_again(shift, totals, covered * fit.effect[:past])
        counts = shift.undone(totals)
        fit = fitted_to(counts)
    excursion = excursions.find(counts, covered * fit.effect[:past])
    mean = fit.mean
    if excursion is not None:
        counts, covered, mean = (excursion.left_out(part) for part in (counts, covered, mean))
    now = level.fit(
        counts, covered * fit.effect[:past], mean, dispersion=fit.dispersion,
        leads=len(days) - past if leads is None else leads, covered=covered,
    )  # fmt: skip
    if shift is not None:
        now = replace(now, variance_now=now.variance_now + shift.variance)
    return DayModel(fit, now, closed, shift, excursion)


def _fallen_asleep(
    totals: np.ndarray, covered: np.ndarray, weekday: np.ndarray
) -> shifts.Shift | None:
    """Return the shift to next to nothing, of any age, that goes on to the last day."""
    if totals[-LATEST_DAYS:].mean() > dormancy.QUIETER * totals.mean():
        return None
    expected = dormancy.expected(totals, covered, weekday)
    begin = dormancy.asleep_since(totals, expected)
    if begin is None:
        return None
    now, before = slice(begin, None), slice(begin)
    gone = np.log((totals[now].sum() + 0.5) / expected[now].sum())
    usually = np.log(totals[before].sum() / expected[before].sum())
    return shifts.Shift(begin, float(gone - usually), 0.0)


def _within_day(
    past: Past,
    seen: np.ndarray,
    shape: profile.Profile,
    *,
    totals: np.ndarray,
    covered: np.ndarray,
) -> float:
    """Return the squared relative error of an interval given its day's total, beyond Poisson."""
    if seen.shape[1] == 1:
        return 0.0
    from forecasts import _kernels

    return float(_kernels.within_day(
        past.offered, seen, past.weekday, shape.share, totals, covered,
        max(len(seen) - WITHIN_DAYS, 0), bands.NEGLIGIBLE,
    ))  # fmt: skip
