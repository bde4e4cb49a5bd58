"""What do red cells, repairs, requests and locks look like as tables for people?"""

from __future__ import annotations

from typing import Any

import pandas as pd

from wfm.ui.i18n import day_text, percent, t, time_text
from wfm.ui.views.axes import Span, within
from wfm.ui.views.names import person_name, shown_names

MOST_CELLS = 200
Cell = tuple[str, pd.Timestamp]


def red_cells(plan: Any, queue: str | None, span: Span) -> dict[Cell, str]:
    """Return the cells of `span` that are short, worst first, and how they are called."""
    frame = within(plan.roster.unmet, span)
    frame = frame if queue is None else frame[frame["queue"] == queue]
    frame = frame.sort_values("unmet", ascending=False, kind="stable").head(MOST_CELLS)
    shown = shown_names(plan.scenario)
    local = frame["start"].dt.tz_convert(plan.scenario.timezone)
    return {
        (name, start): t("red.cell", when=time_text(at), queue=shown[name], short=f"{short:.1f}")
        for name, start, at, short in zip(
            frame["queue"], frame["start"], local, frame["unmet"], strict=True
        )
    }


def picked(cells: dict[Cell, str], at: str) -> Cell | None:
    """Return the worst red cell of a start (ISO text), as a click on the map gives it."""
    start = pd.Timestamp(at)
    return next((cell for cell in cells if cell[1] == start), None)


def parts(why: Any) -> pd.DataFrame:
    """Return what takes agents from a cell, largest first, headed for people."""
    found = sorted((p for p in why.parts if p.fte > 0 or p.people), key=lambda p: -p.fte)
    return pd.DataFrame(
        {
            t("red.reason"): [t(f"reason.{p.reason.replace(' ', '_')}") for p in found],
            t("red.fte"): [round(p.fte, 2) for p in found],
            t("red.alone"): [round(p.alone, 2) for p in found],
            t("red.people"): [p.people for p in found],
        }
    )


def changes(plan: Any, made: pd.DataFrame) -> pd.DataFrame:
    """Return what changes, a row a person and day, headed for people."""
    people = {person.id: person for person in plan.scenario.people}
    free = t("change.free")
    return pd.DataFrame(
        {
            t("grid.person"): [person_name(people.get(a), a) for a in made["agent"]],
            t("change.day"): [day_text(day) for day in made["day"]],
            t("change.kind"): [t(f"change.{kind}") for kind in made["kind"]],
            t("change.before"): [text or free for text in made["before"]],
            t("change.after"): [text or free for text in made["after"]],
            t("change.paid"): made["paid_h"].round(2).to_numpy(),
        }
    )


def service(plan: Any, made: pd.DataFrame) -> pd.DataFrame:
    """Return the predicted service of the days that change, before and after."""
    shown = shown_names(plan.scenario)
    return pd.DataFrame(
        {
            t("unmet.queue"): [shown[name] for name in made["queue"]],
            t("effect.service_before"): [percent(value, 1) for value in made["p_before"]],
            t("effect.service_after"): [percent(value, 1) for value in made["p_after"]],
        }
    )


def candidates(plan: Any, found: pd.DataFrame) -> pd.DataFrame:
    """Return who could take an open shift, best first, headed for people."""
    people = {person.id: person for person in plan.scenario.people}
    return pd.DataFrame(
        {
            t("grid.person"): [person_name(people.get(a), a) for a in found["agent"]],
            t("fill.legal"): [t("fill.yes") if yes else t("fill.no") for yes in found["legal"]],
            t("fill.gain"): found["gain"].round(2).to_numpy(),
            t("fill.less"): found["less_short_h"].round(2).to_numpy(),
            t("fill.hours"): found["paid_h_after"].round(2).to_numpy(),
            t("fill.instead"): found["instead_of"].to_numpy(),
            t("fill.why"): found["why"].to_numpy(),
        }
    )


def locked(plan: Any, found: pd.DataFrame) -> pd.DataFrame:
    """Return what is locked, a row a person and day, headed for people."""
    people = {person.id: person for person in plan.scenario.people}
    return pd.DataFrame(
        {
            t("grid.person"): [person_name(people.get(a), a) for a in found["agent"]],
            t("change.day"): [day_text(day) for day in found["day"]],
            t("locks.what"): [code or t("change.free") for code in found["shift"]],
        }
    )
