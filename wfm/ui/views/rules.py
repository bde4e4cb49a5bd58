"""What does the roster page show of rules: a row a rule, a row a request, what was not held?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

import wfm
from wfm.ui import theme
from wfm.ui.i18n import day_text, plain, t
from wfm.ui.views.names import person_name

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler


def notes(roster: Any) -> tuple[str, ...]:
    """Return what a roster says it could not hold to the letter, as sentences."""
    return tuple(f"{text[:1].upper()}{text[1:]}." for text in roster.notes)


def in_order(found: Sequence[Any], *, hard: bool) -> list[Any]:
    """Return the rules that must be kept, or the others; what is not kept first."""
    mine = [rule for rule in found if rule.hard is hard]
    return sorted(mine, key=lambda rule: not rule.breaches)


@cache
def how_written() -> str:
    """Return the document of what can be asked of a roster; empty where it is not installed."""
    path = Path(wfm.__file__).parents[1] / "docs" / "roster-rules.md"
    if not path.is_file():
        return ""
    text = path.read_text(encoding="utf-8").partition("```python")[0]
    # Files beside the document are no pages of the dashboard.
    return re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", text.partition("\n")[2])


def table(found: Sequence[Any]) -> pd.DataFrame:
    """Return the rules, headed for people, for a table that reads Markdown and wraps."""
    return pd.DataFrame(
        {
            t("rules.about"): [t(f"rules.about.{rule.group}") for rule in found],
            t("rules.asks"): [plain(rule.asks) for rule in found],
            t("rules.state"): [plain(rule.told) for rule in found],
            t("rules.who"): [plain(rule.who) for rule in found],
            t("rules.source"): [plain(rule.source) for rule in found],
        }
    )


def marked(found: Sequence[Any]) -> Styler:
    """Return the rules with what is not kept tinted; the word says it too."""
    tint = f"background-color:{theme.SHIFTS[1]};color:{theme.TEXT}"
    colours = [tint if rule.breaches else "" for rule in found]
    return table(found).style.apply(lambda _: colours, subset=[t("rules.state")])


def requests(plan: Any, answers: pd.DataFrame) -> pd.DataFrame:
    """Return the requests with their answers, those refused first and the heaviest of them."""
    people = {person.id: person for person in plan.scenario.people}
    made = answers.sort_values(["granted", "weight"], ascending=[True, False], kind="stable")
    wishes = [
        t(f"wish.{kind}", shifts=shifts)
        for kind, shifts in zip(made["kind"], made["shifts"], strict=True)
    ]
    return pd.DataFrame(
        {
            t("grid.person"): [person_name(people.get(a), a) for a in made["agent"]],
            t("change.day"): [day_text(day) for day in made["day"]],
            t("wish.asked"): wishes,
            t("wish.weight"): made["weight"].to_numpy(),
            t("wish.answer"): [
                t("wish.granted") if yes else t("wish.refused") for yes in made["granted"]
            ],
            t("wish.got"): [code or t("change.free") for code in made["worked"]],
        }
    )
