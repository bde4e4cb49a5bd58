"""The demo centre: one real voice queue, two generated queues, sixty invented people.

Voice is the `bank_calls` set (see wfm/samples/README.md) counted by half hour. Chat and e-mail
histories and all people come out of the seeded generators here and are marked synthetic.
"""

from __future__ import annotations

import datetime as dt
from importlib.resources import files

import numpy as np
import pandas as pd

from wfm.adapters.acd import HistorySource, read_history
from wfm.scenario import (
    BreakRule,
    Contract,
    LabourRules,
    OpeningHours,
    Person,
    Queue,
    Scenario,
    ShiftType,
    Target,
)
from wfm.timegrid import minutes

TIMEZONE = "America/New_York"
INTERVAL_MIN = 30
SEED = 2003

_WEEKDAYS = (0, 1, 2, 3, 4)
_CHAT_HOURS = OpeningHours((0, 1, 2, 3, 4, 5), "08:00", "20:00")
_EMAIL_HOURS = OpeningHours(_WEEKDAYS, "07:00", "21:00")
_FIRST_NAMES = (
    "Ada", "Bela", "Carmen", "Deniz", "Elif", "Femi", "Grete", "Hana", "Ines", "Jonas", "Kofi",
    "Lena", "Mateo", "Nadia", "Oskar", "Priya", "Quentin", "Rosa", "Samir", "Tove",
)  # fmt: skip
_LAST_NAMES = ("Abel", "Brandt", "Costa")


def demo_scenario(*, weeks: int = 1, seed: int = SEED) -> Scenario:
    """Return the choices of the demo centre; every figure in it is invented but plausible."""
    lunch = BreakRule("lunch", 30, 180, 300, paid=False)
    full_breaks = (BreakRule("break", 15, 75, 150), lunch, BreakRule("break", 15, 345, 435))
    short_breaks = (BreakRule("break", 15, 105, 195),)
    return Scenario(
        name="Demo centre",
        site="demo",
        timezone=TIMEZONE,
        interval_min=INTERVAL_MIN,
        weeks=weeks,
        country="US",
        seed=seed,
        queues=(
            Queue("voice", Target(0.80, awt_s=20, occupancy=0.88), aht_s=210, patience_s=150,
                  share=0.11, shrinkage=0.12),
            Queue("chat", Target(0.80, awt_s=30, occupancy=0.90), channel="chat", concurrency=2,
                  patience_s=300, shrinkage=0.12, hours=(_CHAT_HOURS,), synthetic=True),
            Queue("email", Target(awt_s=4 * 3600, occupancy=0.90), channel="email",
                  shrinkage=0.12, hours=(_EMAIL_HOURS,), synthetic=True),
        ),
        shifts=(
            ShiftType("E", "07:00", "09:00", 510, 60, full_breaks, "early"),
            ShiftType("M", "09:30", "11:00", 510, 30, full_breaks, "middle"),
            ShiftType("L", "11:30", "12:30", 510, 30, full_breaks, "late"),
            ShiftType("P", "07:00", "16:30", 270, 90, short_breaks, "part-time"),
        ),
        contracts=(
            Contract("full 40", 40, 40, ("E", "M", "L")),
            Contract("full 32", 32, 32, ("E", "M", "L"), max_days_per_week=4),
            Contract("part 20", 13.5, 22.5, ("P",)),
        ),
        rules=LabourRules(),
        people=demo_people(seed=seed),
    )  # fmt: skip


def demo_people(*, count: int = 60, seed: int = SEED) -> tuple[Person, ...]:
    """Return `count` invented people: contracts, skills, weekdays off and some leave."""
    random = np.random.default_rng([seed, 1])
    contracts = ("full 40",) * 6 + ("full 32",) * 2 + ("part 20",) * 2
    skills = (
        (("voice",),) * 5
        + (("voice", "chat"),) * 3
        + (("voice", "email"), ("voice", "chat", "email"))
    )
    first_monday = dt.date(2003, 10, 27)
    people = []
    for number in range(count):
        off: tuple[dt.date, ...] = ()
        if random.random() < 0.15:
            day = int(random.integers(0, 26))
            off = tuple(
                first_monday + dt.timedelta(days=day + i) for i in range(int(random.integers(1, 4)))
            )
        name = f"{_FIRST_NAMES[number % 20]} {_LAST_NAMES[number // 20 % 3]}"
        contract = contracts[int(random.integers(len(contracts)))]
        # A five-day week needs every weekday: these queues are closed on Sunday.
        few_days, chance = contract != "full 40", random.random()
        people.append(
            Person(
                id=f"A{number + 1:03d}",
                name=name,
                team=f"team {number % 4 + 1}",
                contract=contract,
                skills=skills[number % len(skills)],
                weekdays_off=(int(random.integers(0, 5)),) if few_days and chance < 0.4 else (),
                time_off=off,
            )
        )
    return tuple(people)


def demo_history(*, seed: int = SEED) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the demo's history table and notes on what is real and what is generated."""
    path = files("wfm") / "samples" / "bank_voice_30min.csv"
    voice = read_history(
        str(path), HistorySource(queue="voice"), timezone=TIMEZONE, interval_min=INTERVAL_MIN
    )
    days = pd.DatetimeIndex(voice.frame["start"].dt.normalize().unique())
    first, last = days.min().date(), days.max().date()
    chat = generate_history(
        "chat", _CHAT_HOURS, first, last, per_day=330, aht_s=540, seed=seed, peaks=(0.35, 0.65)
    )
    email = generate_history(
        "email", _EMAIL_HOURS, first, last, per_day=170, aht_s=330, seed=seed + 1,
        peaks=(0.02, 0.45), growth=-0.1,
    )  # fmt: skip
    notes = (
        "voice: real half-hour counts of a North American bank, 2003 (bank_calls; Weinberg, Brown "
        "and Stroud); this centre is assumed to serve 11 % of them at an assumed handle time of "
        "210 s and mean patience of 150 s",
        "chat, email: synthetic, generated with a fixed seed; people: invented",
    )
    return pd.concat([voice.frame, chat, email], ignore_index=True), notes


def generate_history(
    queue: str,
    hours: OpeningHours,
    first: dt.date,
    last: dt.date,
    *,
    per_day: float,
    aht_s: float,
    seed: int,
    peaks: tuple[float, ...] = (0.4,),
    growth: float = 0.2,
) -> pd.DataFrame:
    """Return a synthetic history table for one queue, the same for the same seed.

    Counts are Poisson around day total x profile; day totals have a weekday shape, a yearly
    `growth` and a slowly wandering level. Handle times scatter like the mean of as many
    log-normal contacts as the interval has.

    Parameters
    ----------
    hours : OpeningHours
    first, last : date
        First and last day, both included.
    per_day : float
        Mean contacts of an open weekday.
    aht_s : float
        Mean handle time, seconds.
    peaks : tuple of float
        Where in the day the contacts gather, 0 opening to 1 closing.
    growth : float
        Yearly growth, a fraction.
    """
    random = np.random.default_rng([seed, 7])
    step = pd.Timedelta(minutes=INTERVAL_MIN)
    begin = pd.Timestamp(first)
    grid = pd.date_range(begin, pd.Timestamp(last) + pd.Timedelta(days=1), freq=step,
                         inclusive="left", unit="ns")  # fmt: skip
    minute = grid.hour * 60 + grid.minute
    low, high = minutes(hours.open), minutes(hours.close)
    keep = grid.day_of_week.isin(hours.weekdays) & (minute >= low) & (minute < high)
    grid, minute = grid[keep], minute[keep]
    where = (np.asarray(minute, float) - low) / (high - low)
    bumps = [np.exp(-0.5 * ((where - peak) / 0.14) ** 2) for peak in peaks]
    profile = np.sum(bumps, axis=0) + 0.25
    profile = profile / (profile.sum() / grid.normalize().nunique())
    day = (grid.normalize() - begin).days.to_numpy()
    wander = np.cumsum(random.normal(0, 0.012, day.max() + 1))
    weekday = np.array([1.15, 1.03, 1.0, 0.97, 0.95, 0.55, 0.4])[grid.day_of_week]
    mean = per_day * weekday * profile * np.exp(wander[day] + np.log1p(growth) * day / 365)
    offered = random.poisson(mean)
    spread = 0.6 / np.sqrt(np.maximum(offered, 1))
    handle = np.where(offered > 0, aht_s * np.exp(random.normal(0, spread)), np.nan)
    return pd.DataFrame({
        "queue": queue,
        "start": grid.tz_localize(TIMEZONE),
        "offered": offered.astype(float),
        "aht_s": np.round(handle, 1),
    })  # fmt: skip
