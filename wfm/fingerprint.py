"""Are these the same inputs: history, campaigns, overrides?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import pandas as pd

from forecasts import Campaign
from wfm import frames


def of_history(history: pd.DataFrame) -> str:
    """Return a hash of a history, the same for the same rows in any order and zone."""
    columns = [c.name for c in frames.HISTORY.columns if c.name in history.columns]
    ordered = history[columns].sort_values(["queue", "start"])
    numbers = [c.name for c in frames.HISTORY.columns if c.kind == "number" and c.name in columns]
    ordered = ordered.assign(
        start=ordered["start"].dt.tz_convert("UTC").dt.strftime("%Y-%m-%dT%H:%M"),
        **{name: ordered[name].astype(float) for name in numbers},
    )
    return digest(ordered.to_csv(index=False, lineterminator="\n"))


def digest(text: str) -> str:
    """Return 16 hexadecimal digits that stand for `text`."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def of_overrides(overrides: pd.DataFrame) -> str:
    """Return a hash of what overrides change; a save and a load leave it as it is."""
    said = []
    for row in overrides.to_dict("records"):
        first, last = (row[name].tz_convert("UTC").isoformat() for name in ("start", "end"))
        size = (float(row["change"]), float(row["value"]))
        said.append(f"{row['queue']} {first} {last} {size}")
    return digest("\n".join(said))


def of_campaigns(register: Iterable[Campaign]) -> str:
    """Return a hash of what campaigns add; a save and a load leave it as it is."""
    return digest(
        "\n".join(
            f"{item.name} {item.start} {item.end} {item.contacts} {item.lag} "
            f"{sorted((str(queue), float(share)) for queue, share in item.split.items())} "
            f"{float(item.aht_factor)} "
            f"{sorted((hour, float(share)) for hour, share in (item.profile or {}).items())}"
            for item in register
        )
    )
