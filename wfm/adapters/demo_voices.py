"""The demo centre's customers and checks: surveys, quality, complaints, money."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.adapters.demo_contacts import contacts
from wfm.adapters.demo_days import Worked
from wfm.plan import Plan

if TYPE_CHECKING:
    from wfm.adapters.demo_actuals import DemoTruth

Floats = NDArray[np.float64]

_INVITED, _ANSWER = 0.06, 0.45
_SATISFIED = 0.74
_QUESTIONS = {"greeting": 1.0, "needs found": 3.0, "solution": 4.0, "wrap-up": 2.0}
_KINDS = {"customer": 0.04, "business": 0.03, "compliance": 0.015}
_COST_H = 19.0  # labour, technology and facility an agent hour, invented


def voices(
    plan: Plan, truth: DemoTruth, worked: Worked, random: np.random.Generator
) -> dict[str, pd.DataFrame]:
    """Return every other table of the actuals."""
    # A stream of its own for each table: a new table changes no other.
    own_draw, *streams = random.spawn(13)
    own = np.clip(own_draw.normal(0.0, 0.05, len(worked.people)), -0.12, 0.12)
    checks, critical = _checks(worked, own, streams[0])
    return {
        "contacts": contacts(worked, streams[1]),
        "surveys": _surveys(truth, worked, own, streams[2]),
        "checks": checks,
        "critical": critical,
        "calibration": _calibration(worked, streams[3]),
        "cases": _cases(worked, streams[4]),
        "complaints": _complaints(worked, streams[5]),
        "callbacks": _callbacks(worked, streams[6]),
        "days": _days(worked, streams[7]),
        "months": _months(worked, streams[8]),
        "customers": _customers(worked),
        "wishes": _wishes(worked, streams[9]),
        "staff_surveys": _staff(worked, streams[10]),
        "campaigns": _campaigns(plan, truth),
    }


def _surveys(
    truth: DemoTruth, worked: Worked, own: Floats, random: np.random.Generator
) -> pd.DataFrame:
    contacts = worked.tables["agent_contacts"]
    rows = np.repeat(
        np.arange(len(contacts)), random.binomial(contacts["handled"].to_numpy(np.int64), _INVITED)
    )
    table = contacts.iloc[rows][["agent", "team", "queue", "reason", "start"]]
    table = table.reset_index(drop=True)
    count = len(table)
    number = {person.id: i for i, person in enumerate(worked.people)}
    who = table["agent"].map(number).to_numpy()
    day = table["start"].dt.date.to_numpy()
    coached = (table["team"] == truth.improved_team).to_numpy() & (day >= truth.improved_from)
    hard = np.where(table["reason"] == "technical", -0.06, 0.02)
    solved = truth.fcr_before + own[who] + hard + coached * truth.fcr_gain
    survey = (random.random(count) < solved).astype(float)
    off = np.array([(d - truth.season_peak).days for d in day], float)
    season = truth.season_csat * np.exp(-0.5 * (off / 24.0) ** 2)
    pleased = (_SATISFIED + own[who] + season + 0.08 * (survey - truth.fcr_before)
               + coached * truth.csat_gain)  # fmt: skip
    good = random.random(count) < pleased
    csat = np.where(good, random.choice([5.0, 4.0], count, p=[0.6, 0.4]),
                    random.choice([3.0, 2.0, 1.0], count, p=[0.5, 0.3, 0.2]))  # fmt: skip
    given = random.random(count) < _ANSWER
    nps = np.clip(np.round(csat * 2 + random.normal(-0.4, 1.2, count)), 0, 10)
    ces = np.clip(np.round(csat + 1.6 + random.normal(0, 0.9, count)), 1, 7)
    answers = {"survey": survey, "csat": csat, "nps": nps, "ces": ces}
    minute = pd.to_timedelta(random.integers(8 * 60, 20 * 60, count), unit="min")
    table = table.assign(
        contact_at=table["start"] + minute,
        **{name: np.where(given, value, np.nan) for name, value in answers.items()},
        invitations=1.0,
    )
    table.insert(0, "contact", [f"S{i:06d}" for i in range(count)])
    return table.drop(columns="start")


def _checks(
    worked: Worked, own: Floats, random: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two contacts a person and week are checked."""
    week = worked.days.tz_localize(None).to_period("W").start_time
    at, who = [], []
    for monday in week.unique():
        of_week = np.flatnonzero(week == monday)
        for person in range(len(worked.people)):
            there = of_week[worked.present[person, of_week]]
            if len(there):
                at += list(random.choice(there, 2))
                who += [person, person]
    days, people = worked.days[np.array(at)], np.array(who)
    base = pd.DataFrame({
        "contact": [f"Q{i:05d}" for i in range(len(people))],
        "contact_at": days + pd.to_timedelta(random.integers(540, 1080, len(people)), unit="min"),
        "agent": np.array([p.id for p in worked.people])[people],
        "team": np.array([p.team for p in worked.people])[people],
    })  # fmt: skip
    parts = []
    for question, weight in _QUESTIONS.items():
        p = np.clip(0.86 + 1.3 * own[people], 0.05, 0.99)
        draw = random.random(len(people))
        item = np.where(draw < p, 1.0, np.where(draw < p + (1 - p) * 0.5, 0.5, 0.0))
        parts.append(base.assign(qa_question=question, qa_item=item, qa_weight=weight))
    errors = [
        base.assign(qa_kind=kind, qa_critical=(random.random(len(base)) < chance).astype(float))
        for kind, chance in _KINDS.items()
    ]
    return pd.concat(parts, ignore_index=True), pd.concat(errors, ignore_index=True)


def _calibration(worked: Worked, random: np.random.Generator) -> pd.DataFrame:
    months = pd.Series(worked.days).groupby(worked.days.month).max()
    at = np.repeat(pd.DatetimeIndex(months), 40)
    good = random.random(len(at)) < 0.7
    parts = []
    for scorer in ("scorer 1", "scorer 2"):
        seen = np.where(random.random(len(at)) < 0.1, ~good, good)
        parts.append(pd.DataFrame({
            "contact": [f"K{i:04d}" for i in range(len(at))], "contact_at": at,
            "qa_scorer": scorer, "qa_item": np.where(seen, "pass", "fail"),
        }))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _instants(start: pd.Series, hours: Floats) -> pd.Series:
    return start + pd.to_timedelta(np.round(hours * 60), unit="min")


def _cases(worked: Worked, random: np.random.Generator) -> pd.DataFrame:
    table = worked.tables["interval_actuals"]
    mail = table[(table["queue"] == "email") & (table["start"] >= worked.days[-1]
                                                 - pd.DateOffset(weeks=4))]  # fmt: skip
    rows = mail.loc[mail.index.repeat(mail["offered"].to_numpy(np.int64))]
    opened = rows["start"].reset_index(drop=True)
    awt_h = float(rows["awt_s"].iloc[0]) / 3600 if len(rows) else 4.0
    reply = _instants(opened, random.gamma(2.0, awt_h * 0.22, len(opened)))
    closed = _instants(reply, random.exponential(1.5, len(opened)))
    end = worked.days[-1] + pd.DateOffset(days=1)
    return pd.DataFrame({
        "case": [f"E{i:05d}" for i in range(len(opened))], "queue": "email", "opened_at": opened,
        "due_at": _instants(opened, np.full(len(opened), awt_h)),
        "first_reply_at": reply.where(reply < end), "closed_at": closed.where(closed < end),
    })  # fmt: skip


def _complaints(worked: Worked, random: np.random.Generator) -> pd.DataFrame:
    at = np.repeat(worked.days, random.poisson(4.0, len(worked.days)))
    opened = _instants(pd.Series(at), random.uniform(8, 18, len(at)))
    closed = _instants(opened, random.gamma(2.0, 24.0, len(at)))
    end = worked.days[-1] + pd.DateOffset(days=1)
    follow = _instants(closed, random.uniform(2, 48, len(at)))
    again = _instants(closed, random.uniform(24, 120, len(at)))
    done = random.random(len(at)) < 0.8
    back = random.random(len(at)) < 0.05
    return pd.DataFrame({
        "case": [f"C{i:05d}" for i in range(len(at))], "queue": "voice", "opened_at": opened,
        "due_at": _instants(opened, np.full(len(at), 72.0)),
        "closed_at": closed.where(closed < end),
        "follow_up_at": follow.where(done & (follow < end)),
        "reopened_at": again.where(back & (again < end)),
    })  # fmt: skip


def _callbacks(worked: Worked, random: np.random.Generator) -> pd.DataFrame:
    at = np.repeat(worked.days, random.poisson(25.0, len(worked.days)))
    promised = _instants(pd.Series(at), random.uniform(9, 19, len(at)))
    kept = _instants(promised, random.normal(-0.5, 0.4, len(at)))
    reached = _instants(promised, random.exponential(0.8, len(at)))
    came = random.random(len(at)) < 0.82
    agents = np.array([person.id for person in worked.people if "voice" in person.skills])
    return pd.DataFrame({
        "case": [f"B{i:05d}" for i in range(len(at))], "queue": "voice",
        "agent": random.choice(agents, len(at)), "promised_at": promised,
        "fulfilled_at": kept.where(random.random(len(at)) < 0.97), "callback_due_at": promised,
        "reached_at": reached.where(came), "attempts": random.choice([1.0, 2.0, 3.0], len(at),
                                                                      p=[0.6, 0.3, 0.1]),
    })  # fmt: skip


def _days(worked: Worked, random: np.random.Generator) -> pd.DataFrame:
    table = worked.tables["interval_actuals"]
    day = table["start"].dt.normalize().rename("start")
    hours = (table["heads"] * 0.5).groupby([table["queue"], day]).sum()
    sums = pd.DataFrame({
        "hours": hours, "handled": table["handled"].groupby([table["queue"], day]).sum(),
    }).reset_index()  # fmt: skip
    complaints = random.poisson(sums["handled"] * 0.0015)
    return pd.DataFrame({
        "queue": sums["queue"], "start": sums["start"],
        "cost": np.round(sums["hours"] * _COST_H * random.normal(1, 0.01, len(sums)), 2),
        "handled": sums["handled"], "complaints": complaints.astype(float),
        "complaints_valid": random.binomial(complaints, 0.6).astype(float),
    })  # fmt: skip


def _firsts(worked: Worked) -> pd.DatetimeIndex:
    plain = worked.days.tz_localize(None).to_period("M").unique().to_timestamp()
    return plain.tz_localize(worked.days.tz)


def _months(worked: Worked, random: np.random.Generator) -> pd.DataFrame:
    teams = sorted({person.team for person in worked.people})
    size = {team: sum(person.team == team for person in worked.people) for team in teams}
    rows = [(team, month) for month in _firsts(worked) for team in teams]
    heads = np.array([float(size[team]) for team, _ in rows])
    return pd.DataFrame({
        "team": [team for team, _ in rows], "start": pd.DatetimeIndex([m for _, m in rows]),
        "leavers": random.binomial(heads.astype(np.int64), 0.02).astype(float), "headcount": heads,
    })  # fmt: skip


def _customers(worked: Worked) -> pd.DataFrame:
    table = worked.tables["interval_actuals"]
    month = table["start"].dt.month
    offered = table["offered"].groupby(month).sum()
    firsts = _firsts(worked)
    return pd.DataFrame({
        "start": firsts, "offered": offered.reindex(firsts.month).to_numpy(),
        "customers": 240_000.0 + 1500.0 * np.arange(len(firsts)),
    })  # fmt: skip


def _wishes(worked: Worked, random: np.random.Generator) -> pd.DataFrame:
    mondays = worked.days[worked.days.day_of_week == 0]
    rows = [(person, day) for day in mondays for person in worked.people]
    wish = random.choice(["early", "middle", "late"], len(rows), p=[0.5, 0.35, 0.15])
    other = random.choice(["early", "middle", "late"], len(rows))
    return pd.DataFrame({
        "agent": [p.id for p, _ in rows], "team": [p.team for p, _ in rows],
        "start": pd.DatetimeIndex([day for _, day in rows]), "preference": wish,
        "roster": np.where(random.random(len(rows)) < 0.6, wish, other),
    })  # fmt: skip


def _staff(worked: Worked, random: np.random.Generator) -> pd.DataFrame:
    rows = [(month, person.team) for month in _firsts(worked) for person in worked.people]
    kept = random.random(len(rows)) < 0.7
    rows = [row for row, keep in zip(rows, kept, strict=True) if keep]
    return pd.DataFrame({
        "answer": [f"M{i:04d}" for i in range(len(rows))], "team": [team for _, team in rows],
        "start": pd.DatetimeIndex([month for month, _ in rows]),
        "enps": np.clip(np.round(random.normal(7.4, 1.8, len(rows))), 0, 10),
    })  # fmt: skip


def _campaigns(plan: Plan, truth: DemoTruth) -> pd.DataFrame:
    zone = plan.scenario.timezone
    told = [("spring statement", truth.first + dt.timedelta(21), 18),
            ("card exchange", truth.mix_from, 12)]  # fmt: skip
    rows = [(name, pd.Timestamp(day), pd.Timestamp(day) - pd.Timedelta(days=ahead))
            for name, day, ahead in told]  # fmt: skip
    table = pd.DataFrame(rows, columns=["name", "start", "notice_date"])
    for name in ("start", "notice_date"):
        table[name] = table[name].dt.tz_localize(zone)
    return table
