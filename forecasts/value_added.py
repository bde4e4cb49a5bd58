"""Were overrides any good?

Each is judged on its own rows, once the actuals are known: the version it changed against the one
it made.

Source: forecast value added (Gilliland 2010), with the sign test of Dixon and Mood (1946).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from forecasts import accuracy, frames
from forecasts.errors import BadInput
from forecasts.versions import Version

UNDECIDED = 0.05  # two-sided chance below which days that gained and lost are told apart


def judge(versions: Version | Iterable[Version], actuals: pd.DataFrame) -> pd.DataFrame:
    """Return what overrides were worth, now that the actuals are known.

    Each override is judged on its own rows: the version it changed against the one it made.
    Positive value added means that the person was right.

    Parameters
    ----------
    versions : Version, or several
        Their whole lineages are judged, each override once.
    actuals : DataFrame
        queue, start, offered.

    Returns
    -------
    DataFrame
        One row per override, oldest first: version, queue, start, end, by, reason, intervals and
        days (with an actual), wape_before, wape_after, value_added (their difference),
        bias_before, days_better, days_worse, p (two-sided sign test over days: chance of so
        uneven a split if the override were worthless) and verdict: ``"better"`` or ``"worse"``
        if p < 0.05, else ``"undecided"``; ``"no actuals"`` without any. A single override covers
        few days and is rarely decided; `summary` joins those of one person or reason.

    Raises
    ------
    BadInput
    """
    made: list[Version] = []
    seen: set[tuple[Any, ...]] = set()
    for version in [versions] if isinstance(versions, Version) else versions:
        for item in version.lineage:
            if item.parent is None:
                continue
            key = (item.parent.digest, item.digest, item.at, item.by)
            if key not in seen:
                seen.add(key)
                made.append(item)
    rows = [_judged(item, actuals) for item in sorted(made, key=lambda item: item.at)]
    return pd.DataFrame(rows, columns=_COLUMNS)


_COLUMNS = [
    "version", "queue", "start", "end", "by", "reason", "intervals", "days", "actual",
    "error_before", "error_after", "wape_before", "wape_after", "value_added", "bias_before",
    "days_better", "days_worse", "p", "verdict",
]  # fmt: skip


def _judged(version: Version, actuals: pd.DataFrame) -> dict[str, Any]:
    made, parent = version.override, version.parent
    if made is None or parent is None:
        raise BadInput(f"versions: {version.name!r} has no override to judge")
    after, before = version.frame, parent.frame
    rows = np.flatnonzero(
        (after["queue"] == made.queue) & (after["start"] >= made.start)
        & (after["start"] < made.end)
    )  # fmt: skip
    after, before = after.iloc[rows], before.iloc[rows]
    actual = frames.matched(after, actuals)
    known = ~np.isnan(actual)
    real = actual[known]
    old, new = before["volume"].to_numpy()[known], after["volume"].to_numpy()[known]
    day, at = np.unique(frames.local_days(after)[known], return_inverse=True)
    gain = np.bincount(at, np.abs(old - real) - np.abs(new - real), len(day))
    better, worse = int((gain > 0).sum()), int((gain < 0).sum())
    wape_before, wape_after = accuracy.wape(real, old), accuracy.wape(real, new)
    return {
        "version": version.name, "queue": made.queue, "start": made.start, "end": made.end,
        "by": made.by, "reason": made.reason, "intervals": int(known.sum()), "days": len(day),
        "actual": float(real.sum()), "error_before": float(np.abs(old - real).sum()),
        "error_after": float(np.abs(new - real).sum()), "wape_before": wape_before,
        "wape_after": wape_after, "value_added": wape_before - wape_after,
        "bias_before": accuracy.bias(real, old), "days_better": better, "days_worse": worse,
        **_verdict(better, worse, known=bool(known.any())),
    }  # fmt: skip


def _verdict(better: int, worse: int, *, known: bool) -> dict[str, Any]:
    if not known:
        return {"p": np.nan, "verdict": "no actuals"}
    from scipy.stats import binomtest

    p = float(binomtest(better, better + worse).pvalue) if better + worse else 1.0
    sure = p < UNDECIDED
    return {"p": p, "verdict": ("better" if better > worse else "worse") if sure else "undecided"}


def summary(judged: pd.DataFrame, *, by: str = "by") -> pd.DataFrame:
    """Return what `judge` found, joined by person, reason or queue.

    Parameters
    ----------
    judged : DataFrame
        What `judge` returned.
    by : str
        One of its columns: ``"by"``, ``"reason"``, ``"queue"`` or ``"version"``.

    Returns
    -------
    DataFrame
        The column, overrides, days, wape_before, wape_after (sums of errors over sums of
        actuals), value_added, days_better, days_worse, p and verdict.

    Raises
    ------
    BadInput
    """
    if by not in ("by", "reason", "queue", "version"):
        raise BadInput(f"by: expected 'by', 'reason', 'queue' or 'version', got {by!r}")
    rows = []
    for name, own in judged[judged["days"] > 0].groupby(by, sort=True):
        sums = own[["days", "actual", "error_before", "error_after", "days_better", "days_worse"]]
        total = sums.sum()
        real = total["actual"] if total["actual"] > 0 else np.nan
        old, new = total["error_before"] / real, total["error_after"] / real
        better, worse = int(total["days_better"]), int(total["days_worse"])
        rows.append({
            by: name, "overrides": len(own), "days": int(total["days"]), "wape_before": old,
            "wape_after": new, "value_added": old - new, "days_better": better,
            "days_worse": worse, **_verdict(better, worse, known=True),
        })  # fmt: skip
    columns = [by, "overrides", "days", "wape_before", "wape_after", "value_added",
               "days_better", "days_worse", "p", "verdict"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)
