"""What does a log of single contacts, one a row, come to per interval?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from wfm.adapters.acd_intervals import local_midnight
from wfm.adapters.acd_source import STATED, counted
from wfm.adapters.acd_table import TextTable
from wfm.adapters.acd_values import decimal_of, refuse_blank, seconds
from wfm.errors import BadInput


def contact_rows(table: TextTable, notes: list[str]) -> tuple[pd.DataFrame, np.ndarray]:
    """Return one row a contact (offered 1, and what is known of it), and which rows to keep."""
    notes.append("One row a contact; contacts are counted by their start.")
    found = table.columns
    numeric = [found[word] for word in ("wait_s", "service_s") if word in found]
    decimal = decimal_of(table, numeric)
    rows = pd.DataFrame({"offered": np.ones(len(table.cells))})
    keep = np.ones(len(rows), dtype=bool)
    if "outcome" in found:
        answered, abandoned, keep = _outcomes(table, notes)
        rows["answered"], rows["abandoned"] = answered, abandoned
    if "service_s" in found:
        values, _ = seconds(table, found["service_s"], decimal=decimal, notes=notes)
        handled = (
            rows["answered"].to_numpy() > 0 if "answered" in rows else np.ones(len(rows), bool)
        )
        refuse_blank(table, found["service_s"], values, but=~handled)
        rows["aht_s"] = np.where(handled, values, np.nan)
        zero = int((handled & keep & (values == 0)).sum())
        if zero:
            notes.append(
                f"{counted(zero, 'answered contact')} with a handle time of 0 s in the mean."
            )
    if "wait_s" in found:
        values, _ = seconds(table, found["wait_s"], decimal=decimal, notes=notes)
        refuse_blank(table, found["wait_s"], values, but=~keep)
        if "answered" in rows:
            rows["wait_answered_s"] = np.where(rows["answered"] > 0, values, 0.0)
            rows["wait_abandoned_s"] = np.where(rows["abandoned"] > 0, values, 0.0)
            at_once = int((keep & (rows["abandoned"] > 0) & (values == 0)).sum())
            if at_once:
                notes.append(
                    f"{counted(at_once, 'contact')} abandoned at once (wait 0 s); offered too."
                )
    return rows, keep


def _outcomes(table: TextTable, notes: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    column, source = table.columns["outcome"], table.source
    texts = table.cells[column].str.lower()

    def among(values: tuple[str, ...]) -> np.ndarray:
        return texts.isin([value.lower() for value in values]).to_numpy(bool)

    answered = among(source.answered_outcomes)
    abandoned = among(source.abandoned_outcomes)
    ignored = among(source.ignored_outcomes)
    unknown = ~(answered | abandoned | ignored)
    if unknown.any():
        names = ", ".join(map(repr, sorted(set(table.cells.loc[unknown, column]))[:5]))
        raise table.refusal(
            column, unknown, f"an outcome not mapped ({names})",
            f"list it {STATED}answered_outcomes, abandoned_outcomes or ignored_outcomes",
        )  # fmt: skip
    if ignored.any():
        names = ", ".join(sorted(set(table.cells.loc[ignored, column])))
        notes.append(f"Ignored {counted(ignored, 'row')} with outcome {names}.")
    return answered.astype(float), abandoned.astype(float), ~ignored


def count_contacts(rows: pd.DataFrame, *, interval_min: int, notes: list[str]) -> pd.DataFrame:
    """Return counts and means per queue and interval.

    Between a queue's first and last contact of a day an interval without contacts is a zero: the
    queue was open, and a log has no other way to say so. Outside them intervals stay absent.
    """
    if rows.empty:
        raise BadInput("history: no contacts are left after ignoring rows; check the outcomes")
    work = rows.reset_index(drop=True)
    instants = pd.DatetimeIndex(work["start"])
    length = interval_min * 60_000_000_000
    work["midnight"] = local_midnight(instants)
    work["number"] = (instants.as_unit("ns").asi8 - work["midnight"]) // length
    if "aht_s" in work:
        work["handled"] = work["aht_s"].notna().astype(float)
        work["handle_s"] = work["aht_s"].fillna(0.0)
        work = work.drop(columns="aht_s")
    keys = ["queue", "midnight", "number"]
    sums = work.drop(columns=["start", "line", "wall"]).groupby(keys, observed=True).sum()
    spans = sums.reset_index().groupby(["queue", "midnight"], observed=True)["number"]
    first, last = spans.min(), spans.max()
    size = (last - first + 1).to_numpy()
    days = first.index.to_frame(index=False).loc[np.repeat(np.arange(len(first)), size)]
    begin = np.repeat(np.cumsum(size) - size, size)
    days["number"] = np.arange(len(days)) - begin + np.repeat(first.to_numpy(), size)
    whole = sums.reindex(pd.MultiIndex.from_frame(days[keys]), fill_value=0.0).reset_index()
    empty = int((whole["offered"] == 0).sum())
    if empty:
        notes.append(
            f"{counted(empty, 'interval')} without contacts between a queue's first and last "
            "contact of a day: 0 there; intervals before and after stay absent."
        )
    start = whole["midnight"] + whole["number"] * length
    whole["start"] = pd.to_datetime(start, unit="ns", utc=True).dt.tz_convert(instants.tz)
    whole["start"] = whole["start"].dt.as_unit("ns")
    if "handled" in whole:
        handled = whole["handled"].to_numpy()
        whole["aht_s"] = np.divide(
            whole["handle_s"].to_numpy(), handled, out=np.full(len(whole), np.nan),
            where=handled > 0,
        )  # fmt: skip
        nothing = whole["aht_s"] == 0
        if nothing.any():
            notes.append(
                f"No handle time for {counted(nothing, 'interval')} in which every "
                "answered contact took 0 s."
            )
            whole.loc[nothing, "aht_s"] = np.nan
    columns = ("queue", "start", "offered", "aht_s", "answered", "abandoned", "wait_answered_s",
               "wait_abandoned_s")  # fmt: skip
    whole = whole.sort_values(["queue", "start"], kind="stable")
    return whole[[name for name in columns if name in whole]].reset_index(drop=True)
