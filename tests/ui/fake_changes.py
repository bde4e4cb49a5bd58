"""The made-up plan with some of it changed."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import Any

import pandas as pd

from .fake_plan import FakePlan


def renamed(plan: FakePlan, old: str, new: str, **changes: Any) -> FakePlan:
    """The same plan with queue `old` called `new` everywhere, and fields of the queue changed."""

    def called(name: str) -> str:
        return new if name == old else name

    def frame(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(
            queue=["+".join(map(called, str(name).split("+"))) for name in table["queue"]]
        )

    choices = plan.scenario
    choices = dataclasses.replace(
        choices,
        queues=tuple(
            dataclasses.replace(q, name=new, **changes) if q.name == old else q
            for q in choices.queues
        ),
        people=tuple(
            dataclasses.replace(p, skills=tuple(map(called, p.skills))) for p in choices.people
        ),
    )
    made = plan.roster
    tables = ("frame", "coverage", "unmet")
    roster = SimpleNamespace(**vars(made) | {name: frame(vars(made)[name]) for name in tables})
    summary = SimpleNamespace(
        **vars(plan.summary)
        | {
            "queues": tuple(q.name for q in choices.queues),
            "synthetic_queues": tuple(q.name for q in choices.queues if q.synthetic),
        }
    )
    return dataclasses.replace(
        plan,
        scenario=choices,
        history=frame(plan.history),
        forecast=frame(plan.forecast),
        requirement=frame(plan.requirement),
        score=frame(plan.score),
        roster=roster,
        summary=summary,
    )


def revised(plan: FakePlan, **changes: Any) -> FakePlan:
    """The same plan with some attributes replaced."""
    return dataclasses.replace(plan, **changes)
