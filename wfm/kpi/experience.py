"""Was the matter solved, and did the customer have to come back?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from wfm.errors import BadInput
from wfm.kpi import summaries
from wfm.kpi.measure import Choice, Measure, Options, Rows, RowsOf, column, instant, times
from wfm.kpi.simple import quotient

__all__ = ["MEASURES", "issues"]

WINDOW = Choice("window_h", 168.0, "a further contact within this many hours is the same issue")
UNTIL = Choice(
    "until", None, "end of observation; issues that began less than a window before are not final "
    "and left out; None takes the latest contact",
)  # fmt: skip


def issues(frame: pd.DataFrame, keys: list[str], window_h: float) -> tuple[Any, Any]:
    """Return for each contact whether it opens an issue, and whether it is followed by another.

    Two contacts of the same `keys` (customer, reason, ...) within the window belong together.

    Examples
    --------
    >>> at = pd.to_datetime(["2026-03-02 09:00", "2026-03-03 09:00", "2026-03-20 09:00"])
    >>> contacts = pd.DataFrame({"customer_key": "a", "contact_at": at.tz_localize("UTC")})
    >>> opens, again = issues(contacts, ["customer_key"], 48)
    >>> opens.tolist(), again.tolist()
    ([True, False, True], [True, False, False])
    """
    at = times(frame, "contact_at")
    unknown = frame[keys].isna().any(axis=1)
    if unknown.any():
        raise BadInput(
            f"kpi: {int(unknown.sum())} contacts lack {' or '.join(keys)}; leave them out and "
            "say so"
        )
    order = frame.assign(_at=at).sort_values([*keys, "_at"], kind="stable").index
    ordered = frame.loc[order]
    when = at.loc[order]
    same = (ordered[keys].eq(ordered[keys].shift())).all(axis=1)
    near = same & ((when - when.shift()) <= pd.Timedelta(hours=float(window_h)))
    opens = pd.Series(~near, index=order).reindex(frame.index)
    again = near.shift(-1, fill_value=False).reindex(frame.index)
    return opens.to_numpy(bool), again.to_numpy(bool)


def _first_contact(*, cross_channel: bool) -> RowsOf:
    def rows(frame: pd.DataFrame, options: Options) -> Rows:
        if options.get("method", "repeat") != "repeat":
            answer = column(frame, options["method"], missing=True)
            _zero_or_one(options["method"], answer)
            given = ~np.isnan(answer)
            return Rows(frame, np.where(given, answer, 0.0), given.astype(np.float64))
        keys = ["customer_key", "reason"]
        if not cross_channel and "channel" in frame.columns:
            keys.append("channel")
        opens, again = issues(frame, keys, options["window_h"])
        at = times(frame, "contact_at")
        until = at.max() if options["until"] is None else instant(options["until"], at)
        final = (at <= until - pd.Timedelta(hours=float(options["window_h"]))).to_numpy()
        counted = opens & final
        return Rows(frame, (counted & ~again).astype(float), counted.astype(float))

    return rows


def _first_needs(options: Options) -> tuple[str, ...]:
    if options["method"] != "repeat":
        return (options["method"],)
    return ("customer_key", "reason", "contact_at")


def _repeats(frame: pd.DataFrame, options: Options) -> Rows:
    opens, _ = issues(frame, ["customer_key", "reason"], options["window_h"])
    at = times(frame, "contact_at")
    since = options["since"]
    counted = np.ones(len(frame), bool) if since is None else (at >= instant(since, at)).to_numpy()
    return Rows(frame, (counted & ~opens).astype(float), counted.astype(float))


def _contained(frame: pd.DataFrame, options: Options) -> Rows:
    """A self-service contact counts if no assisted one of the customer follows in the window."""
    entered, served = column(frame, "ivr_entered"), column(frame, "ivr_served")
    for name, flag in (("ivr_entered", entered), ("ivr_served", served)):
        _zero_or_one(name, flag)
    at = times(frame, "contact_at")
    helped = column(frame, "assisted") > 0 if "assisted" in frame.columns else served == 0
    table = pd.DataFrame({"customer": frame["customer_key"], "at": at})
    table["row"] = np.arange(len(frame))
    later = table[helped].rename(columns={"at": "helped_at"})[["customer", "helped_at"]]
    joined = pd.merge_asof(
        table.sort_values("at"), later.sort_values("helped_at"), left_on="at",
        right_on="helped_at", by="customer", direction="forward",
        tolerance=pd.Timedelta(hours=float(options["window_h"])),
    )  # fmt: skip
    came = joined.set_index("row")["helped_at"].notna().sort_index().to_numpy()
    good = (entered > 0) & (served > 0) & ~came
    return Rows(frame, good.astype(float), entered)


def _zero_or_one(name: str, values: Any) -> None:
    wrong = ~np.isnan(values) & (values != 0) & (values != 1)
    if wrong.any():
        raise BadInput(
            f"kpi: column {name!r} is 0 or 1 in each row, got {values[wrong][0]:g} "
            f"({int(wrong.sum())} such rows)"
        )


MEASURES = (
    Measure("fcr", _first_contact(cross_channel=False), summaries.share, _first_needs, (
        Choice("method", "repeat", "no repeat within the window, survey, or the agent's tick",
               ("repeat", "survey", "tick")),
        WINDOW, UNTIL,
    ), "contact_at"),
    Measure("ocr", _first_contact(cross_channel=True), summaries.share,
            lambda o: ("customer_key", "reason", "channel", "contact_at"), (WINDOW, UNTIL),
            "contact_at"),
    Measure("repeat_rate", _repeats, summaries.share,
            lambda o: ("customer_key", "reason", "contact_at"), (
        Choice("window_h", 48.0, "hours to look back; 24 and 48 are both in use"),
        Choice("since", None, "contacts before it are looked back at but not counted"),
    ), "contact_at"),
    Measure("containment", _contained, summaries.share,
            lambda o: ("ivr_entered", "ivr_served", "customer_key", "contact_at"), (
        Choice("window_h", 24.0, "an assisted contact within these hours undoes it"),
    ), "contact_at"),
    quotient("complaint_rate",
             lambda o: "complaints" if o["which"] == "all" else "complaints_valid",
             "handled", summaries.rate(1000.0), choices=(
        Choice("which", "all", "all complaints, or those found valid", ("all", "valid")),
    )),
)  # fmt: skip
