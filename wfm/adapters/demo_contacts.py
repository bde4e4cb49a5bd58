"""The demo centre's last weeks, contact by contact: who waited how long, and who came again."""

from __future__ import annotations

import numpy as np
import pandas as pd

from wfm.adapters.demo_days import Worked

_CONTACT_WEEKS = 3


def contacts(worked: Worked, random: np.random.Generator) -> pd.DataFrame:
    """The last weeks' contacts one by one: who came again was mostly not helped before."""
    since = worked.days[-1] - pd.DateOffset(weeks=_CONTACT_WEEKS)
    table = worked.tables["interval_actuals"]
    table = table[table["start"] >= since].sort_values(["queue", "start"])
    by = worked.tables["agent_contacts"]
    by = by[by["start"] >= since].sort_values(["queue", "start"])
    parts = []
    for (queue, day), own in table.groupby(["queue", table["start"].dt.normalize()]):
        parts.append(_of_day(own, by[(by["queue"] == queue) & (by["start"] == day)], random))
    out = pd.concat(parts, ignore_index=True).sort_values("contact_at", ignore_index=True)
    out["customer_key"] = _customer_keys(out, random)
    out.insert(0, "contact", [f"K{i:06d}" for i in range(len(out))])
    return out


def _of_day(own: pd.DataFrame, by: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    who = by.index.repeat(by["handled"].to_numpy(np.int64)).to_numpy()
    who = random.permutation(who.copy())
    answered = own["answered"].to_numpy(np.int64)
    left = own["abandoned"].to_numpy(np.int64)
    soon = own["answered_in_awt"].to_numpy(np.int64)
    start, awt = own["start"], own["awt_s"].to_numpy()
    row = np.repeat(np.arange(len(own)), answered)
    place = np.concatenate([np.arange(n) for n in answered]) if len(row) else row
    in_time = place < soon[row]
    wait = np.where(in_time, awt[row] * random.random(len(row)) ** 2,
                    awt[row] * (1 + random.exponential(1.0, len(row))))  # fmt: skip
    gone = np.repeat(np.arange(len(own)), left)
    helped = pd.DataFrame({
        "row": row, "agent": by.loc[who, "agent"].to_numpy(),
        "team": by.loc[who, "team"].to_numpy(), "reason": by.loc[who, "reason"].to_numpy(),
        "wait_s": wait, "answered": 1.0,
    })  # fmt: skip
    lost = pd.DataFrame({
        "row": gone, "agent": "-", "team": "-",
        "reason": random.choice(["billing", "account", "technical"], len(gone)),
        "wait_s": awt[gone] * (0.5 + random.exponential(1.5, len(gone))), "answered": 0.0,
    })  # fmt: skip
    both = pd.concat([helped, lost], ignore_index=True)
    seconds = pd.to_timedelta(random.integers(0, 1800, len(both)), unit="s")
    at = start.iloc[both["row"].to_numpy()].reset_index(drop=True) + seconds
    queue = own["queue"].iloc[0]
    return both.drop(columns="row").assign(
        contact_at=at, queue=queue, channel=queue, wait_s=both["wait_s"].round(1)
    )


def _customer_keys(table: pd.DataFrame, random: np.random.Generator) -> list[str]:
    """Draw customers; a fifth of the contacts is followed by another of the same customer."""
    count = len(table)
    key = random.integers(0, 240_000, count)
    again = random.random(count) < 0.2
    ahead = random.integers(1, max(2, count // 6), count)
    for reason in table["reason"].unique():
        own = np.flatnonzero((table["reason"] == reason).to_numpy())
        for place, row in enumerate(own):
            later = place + int(ahead[row]) // 3 + 1
            if again[row] and later < len(own):
                key[own[later]] = key[row]
    return [f"U{number:06d}" for number in key]
