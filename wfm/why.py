"""How is one required number told in sentences?"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

# Shared by screens and the terminal; the dashboard's table of texts holds these too.
WHY = {
    "why.load": "{when}: {volume} contacts of {aht} s are a load of {load} erlangs.",
    "why.load.email": "{when}: {volume} contacts of {aht} s come, {load} agent-intervals of work. "
    "They may wait, so the agents of an interval do work of earlier ones.",
    "why.model": "Model: {model}.",
    "why.served": "{agents} on seat: {served} served in time; {less} with one agent less, {more} "
    "with one more.",
    "why.served.email": "{agents} on seat: the work of all intervals is done in time; with one "
    "agent less here, in the worst interval only {less} of the work is in time.",
    "why.work": "{agents} on seat, {occupancy} occupied.",
    "why.waits": "Mean wait of the answered {asa} s; {abandon} abandon; agents are {occupancy} "
    "occupied.",
    "why.waits.unknown": "Agents are {occupancy} occupied.",
    "why.binding": "What needs so many: {binding}, missed with one agent less.",
    "why.binding.one": "One agent is the least.",
    "why.binding.none": "So little may come that the target is kept with nobody.",
    "why.missed": "The target is not met with these agents.",
    "why.chance": "The target is met with a chance of {chance}; {less} with one agent less, {more} "
    "with one more. One contact expects to be served in time with {expected}.",
    "why.scheduled": "At {shrinkage} shrinkage {scheduled} are scheduled: {fte} of a full-time "
    "week in this interval.",
    "why.scheduled.email": "At {shrinkage} shrinkage {scheduled} are scheduled: {fte} of a "
    "full-time week in this interval. E-mail is rounded over stretches of intervals, not in each.",
    "why.cost": "They cost {cost} {currency} in this interval; one agent less on seat would change "
    "that by {less}, one more by {more}.",
    "why.nobody": "{when}: nothing is expected, nobody is needed.",
}


def sentences(
    row: Mapping[Any, Any],
    *,
    currency: str = "",
    say: Callable[..., str] = lambda key, **values: WHY[key].format(**values),
) -> list[str]:
    """Return why the requirement of one interval is what it is.

    Parameters
    ----------
    row : mapping
        A row of the table ``explained`` of `wfm.frames`.
    currency : str
        As in the scenario.
    say : callable
        Gives the text of a key of `WHY` with its values filled in.

    Returns
    -------
    list of str

    Examples
    --------
    >>> import pandas as pd
    >>> sentences({"start": pd.Timestamp("2026-03-02 03:00", tz="UTC"), "volume": 0.0,
    ...            "agents_rounded": 0})
    ['Mon 03:00: nothing is expected, nobody is needed.']
    """
    when = f"{row['start']:%a %H:%M}"
    nothing = row["volume"] <= 0 and row["agents_rounded"] == 0
    if nothing and math.isnan(row.get("p_target_met", math.nan)):
        return [say("why.nobody", when=when)]
    email, known = row["model"].startswith("deadline"), not math.isnan(row["asa_s"])
    out = [
        say("why.load.email" if email else "why.load", when=when, volume=_number(row["volume"]),
            aht=_number(row["aht_s"]), load=_number(row["load"])),
        say("why.model", model=row["model"]),
    ]  # fmt: skip
    occupancy = _share(row["occupancy"])
    if math.isnan(row["p_answered_within"]) and row["volume"] > 0:
        out.append(say("why.work", agents=row["agents_rounded"], occupancy=occupancy))
    elif row["agents_rounded"]:
        out.append(
            say("why.served.email" if email else "why.served", agents=row["agents_rounded"],
                served=_share(row["p_answered_within"]),
                less=_share(row["p_answered_within_less"]),
                more=_share(row["p_answered_within_more"]))
        )  # fmt: skip
        out.append(
            say("why.waits", asa=_number(row["asa_s"]), abandon=_share(row["p_abandon"]),
                occupancy=occupancy) if known
            else say("why.waits.unknown", occupancy=occupancy)
        )  # fmt: skip
    if not row["met"]:
        out.append(say("why.missed"))
    elif row["agents_rounded"] == 0 and not email:
        out.append(say("why.binding.none"))
    elif row["binding"] == "one agent is the least":
        out.append(say("why.binding.one"))
    elif row["binding"]:
        out.append(say("why.binding", binding=row["binding"]))
    if not math.isnan(row["p_target_met"]):
        out.append(
            say("why.chance", chance=_share(row["p_target_met"]),
                less=_share(row["p_target_met_less"]), more=_share(row["p_target_met_more"]),
                expected=_share(row["expected_service_level"]))
        )  # fmt: skip
    out.append(
        say("why.scheduled.email" if email else "why.scheduled", shrinkage=_share(row["shrinkage"]),
            scheduled=row["scheduled"], fte=f"{row['fte']:.2f}")
    )  # fmt: skip
    if not math.isnan(row["cost"]):
        out.append(
            say("why.cost", cost=f"{row['cost']:,.2f}", currency=currency or "(no currency named)",
                less=f"{row['cost_less']:+,.2f}", more=f"{row['cost_more']:+,.2f}")
        )  # fmt: skip
    return out


def _number(value: float) -> str:
    """Return one decimal, as long as there is something behind the point."""
    return f"{value:,.1f}".removesuffix(".0")


def _share(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.1%}"
