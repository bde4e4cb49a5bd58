"""How does one person do, told fairly: shrunken figures at equal mix, with how sure they are?

There is no league table: a card is of one person, held against what is usual, and says how likely
it is that the person truly lies above or below. Names can be masked by stable pseudonyms.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from wfm import charting
from wfm.actuals import Actuals
from wfm.charting import Charted
from wfm.comparison import Comparison, check_unit, comparison
from wfm.errors import BadInput
from wfm.kpi import catalogue

__all__ = ["CARD", "Card", "Figure", "card", "mask"]

# At most seven a role: key and choices.
CARD: tuple[tuple[str, dict[str, Any]], ...] = (
    ("aht_s", {}),
    ("fcr", {"method": "survey"}),
    ("csat", {}),
    ("qa_score", {}),
    ("adherence", {}),
    ("attendance", {}),
    ("transfer_rate", {}),
)


@dataclass(frozen=True, eq=False)
class Figure:
    """One KPI on a card: the columns of `Comparison.frame` for one person, and the chart.

    Attributes
    ----------
    key, definition : str
    n, raw, standardised, value, lo, hi, centre : float
    inner : (float, float)
        Funnel limits for as many contacts.
    outside : bool
    p_better : float or None
        Chance that the true figure is better than usual; None where neither direction is better.
    p_above : float
    ranks : (int, int)
        Where the person may stand among `units`, 1 the highest figure: mostly almost anywhere.
    units : int
    chart : Charted or None
        By week; None with too few weeks.
    text : str
        What can be said, as a sentence.
    """

    key: str
    definition: str
    n: float
    raw: float
    standardised: float
    value: float
    lo: float
    hi: float
    centre: float
    inner: tuple[float, float]
    outside: bool
    p_better: float | None
    p_above: float
    ranks: tuple[int, int]
    units: int
    chart: Charted | None
    text: str


@dataclass(frozen=True, eq=False)
class Card:
    """The score card of one person.

    Attributes
    ----------
    label : str
        Name or pseudonym.
    team : str
    first, last : date
        Days it is about.
    figures : tuple of Figure
    missing : tuple of str
        KPIs without data of this person.
    """

    label: str
    team: str
    first: dt.date
    last: dt.date
    figures: tuple[Figure, ...]
    missing: tuple[str, ...]


def mask(agent: str, secret: str) -> str:
    """Return a pseudonym: the same for the same person and secret, not to be turned back without.

    >>> mask("A001", "spring") == mask("A001", "spring") != mask("A001", "autumn")
    True
    """
    if not secret:
        raise BadInput("score card: a mask needs a secret that is not empty")
    digest = hashlib.blake2b(agent.encode(), key=secret.encode()[:64], digest_size=4)
    return f"agent {digest.hexdigest()[:6]}"


def card(
    actuals: Actuals,
    agent: str,
    *,
    secret: str | None = None,
    keys: Iterable[tuple[str, dict[str, Any]]] = CARD,
    name: str | None = None,
) -> Card:
    """Return the score card of one person.

    Parameters
    ----------
    actuals : Actuals
        Cut to the span it is to be about; `Actuals.between`.
    agent : str
        Id of the person.
    secret : str, optional
        With it the card shows a pseudonym and neither id nor name.
    keys : iterable of (key, choices)
    name : str, optional
        What to call the person; the id without.

    Raises
    ------
    BadInput
        Nobody of that id, or a KPI that is no figure of a person.
    """
    people = actuals.agents
    own = people[people["agent"] == agent]
    if own.empty:
        raise BadInput(f"score card: nobody called {agent!r} in agent_actuals")
    figures, missing = [], []
    for key, choices in keys:
        check_unit(key, "agent")
        if not actuals.has(key, ["agent"], **choices):
            missing.append(key)
            continue
        all_of = comparison(actuals, key, **choices)
        if (all_of.frame["agent"] == agent).any():
            figures.append(_figure(actuals, all_of, agent, choices))
        else:
            missing.append(key)
    days = own["start"].dt.date
    label = mask(agent, secret) if secret is not None else name or agent
    team = str(own["team"].iloc[-1]) if "team" in own.columns else ""
    return Card(label, team, days.min(), days.max(), tuple(figures), tuple(missing))


def _figure(actuals: Actuals, all_of: Comparison, agent: str, choices: dict[str, Any]) -> Figure:
    key = all_of.key
    row = all_of.frame[all_of.frame["agent"] == agent].iloc[0]
    direction = catalogue.find(key).direction
    above = float(row["p_above"])
    better = None if direction == "band" else above if direction == "up" else 1 - above
    try:
        drawn = charting.chart(actuals, key, where={"agent": agent}, every="week", **choices)
    except BadInput:
        drawn = None
    return Figure(
        key, all_of.definition, float(row["n"]), float(row["raw"]), float(row["standardised"]),
        float(row["value"]), float(row["lo"]), float(row["hi"]), all_of.centre,
        (float(row["inner_lower"]), float(row["inner_upper"])), bool(row["outside"]), better,
        above, (int(row["rank_lo"]), int(row["rank_hi"])), len(all_of.frame), drawn,
        _sentence(key, better, above, bool(row["outside"])),
    )  # fmt: skip


def _sentence(key: str, better: float | None, above: float, outside: bool) -> str:
    name = catalogue.find(key).name_en
    chance, word = (better, "better") if better is not None else (above, "higher")
    if chance < 0.5:
        chance, word = 1 - chance, {"better": "worse", "higher": "lower"}[word]
    if chance < 0.9:
        return f"{name}: no difference from what is usual can be shown"
    sure = f"{100 * chance:.0f} %" if chance < 0.995 else "more than 99 %"
    mark = "; beyond what chance gives among so many" if outside else ""
    return f"{name}: {sure} likely truly {word} than usual{mark}"
