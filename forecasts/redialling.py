"""Which contacts are the same customer again, and how many callers do the counts hold twice?

A redial is a contact of a customer whose earlier one was abandoned shortly before; a transfer is
the same contact in a second queue; a repeat is a contact of a customer whose earlier one was
answered within the window. Redials and transfers inflate offered: the customer is one.

Source: Ding, Koole and van der Mei 2015, "On the estimation of the true demand in call centers
with redials and reconnects", European Journal of Operational Research 246 (fresh = offered less
redials and reconnects); Hoffman and Harris 1986, EJOR 27 (retrial rate from counts).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from forecasts import clock
from forecasts.errors import BadInput
from forecasts.history import check, numbers
from forecasts.past import split

WINDOW_H = 24.0  # 24 h and 48 h are both in use; the rate carries its window
REDIAL_H = 1.0  # within which a caller who gave up counts as trying again
TRANSFER_S = 60.0  # between the end of one stretch and the start of the next
KINDS = ("first", "redial", "transfer", "repeat")
WIDEST = 0.25  # half width of the 95 % interval beyond which counts do not tell the share
FEWEST_PAIRS = 200


@dataclass(frozen=True)
class Repeats:
    """Contacts with what each is, and rates by queue.

    Attributes
    ----------
    frame : DataFrame
        The contacts in order of time, with kind (``"first"``, ``"redial"``, ``"transfer"``,
        ``"repeat"``) and after_s (seconds since the customer's contact before, NaN for none).
    rates : DataFrame
        One row a queue: queue, contacts, first, redial, transfer, repeat (counts that add up to
        contacts) and definition (the windows that were used).
    """

    frame: pd.DataFrame
    rates: pd.DataFrame


@dataclass(frozen=True)
class Redials:
    """How many of those who gave up came again in the interval after, told from counts alone.

    Attributes
    ----------
    share : float
        Redials an abandoned contact, 0 to 1; NaN where the counts do not tell.
    lo, hi : float
        95 % confidence interval before cutting at 0 and 1; NaN where there is none.
    pairs : int
        Pairs of neighbouring intervals it rests on.
    """

    share: float
    lo: float
    hi: float
    pairs: int


def repeats(
    contacts: pd.DataFrame,
    *,
    window_h: float = WINDOW_H,
    redial_h: float = REDIAL_H,
    transfer_s: float = TRANSFER_S,
) -> Repeats:
    """Flag redials, transfers and repeats among single contacts.

    Parameters
    ----------
    contacts : DataFrame
        One row a contact and queue: queue, start (timezone-aware), customer (a key, may be
        missing: such a contact counts as first); optionally abandoned (bool; without it nothing
        is a redial), end (timezone-aware; without it a transfer must carry its contact's id),
        contact (id, the same after a transfer) and reason (then a repeat needs the same reason).
    window_h, redial_h : float
        Hours within which an answered contact's follower is a repeat, and an abandoned one's a
        redial, > 0.
    transfer_s : float
        Seconds, >= 0, between the end in one queue and the start in another for a transfer.

    Returns
    -------
    Repeats

    Raises
    ------
    BadInput

    Examples
    --------
    >>> at = pd.to_datetime(["2026-03-02 09:00", "2026-03-02 09:05", "2026-03-02 15:00"], utc=True)
    >>> log = pd.DataFrame({"queue": "voice", "start": at, "customer": "a",
    ...                     "abandoned": [True, False, False]})
    >>> repeats(log).frame["kind"].tolist()
    ['first', 'redial', 'repeat']
    """
    _check(contacts, window_h=window_h, redial_h=redial_h, transfer_s=transfer_s)
    frame = contacts.iloc[np.argsort(clock.utc_ns(contacts["start"]), kind="stable")]
    frame = frame.reset_index(drop=True)
    ns, last = clock.utc_ns(frame["start"]), _previous(frame)
    known = last >= 0
    after_s = np.where(known, (ns - ns[last]) / 1e9, np.nan)
    transfer = known & (frame["queue"].to_numpy(object) != frame["queue"].to_numpy(object)[last])
    if "contact" in frame.columns:
        own = frame["contact"].to_numpy(object)
        transfer &= (own == own[last]) & pd.notna(own)
    elif "end" in frame.columns:
        gap = (ns - clock.utc_ns(frame["end"])[last]) / 1e9
        transfer &= np.abs(gap) <= transfer_s
    else:
        transfer[:] = False
    gave_up = np.zeros(len(frame), bool)
    if "abandoned" in frame.columns:
        gave_up = frame["abandoned"].to_numpy(bool)[last] & known
    redial = gave_up & (after_s <= redial_h * 3600) & ~transfer
    repeat = known & ~gave_up & ~transfer & (after_s <= window_h * 3600)
    if "reason" in frame.columns:
        reason = frame["reason"].to_numpy(object)
        repeat &= reason == reason[last]
    kind = np.select([transfer, redial, repeat], ["transfer", "redial", "repeat"], "first")
    frame = frame.assign(kind=kind.astype(object), after_s=after_s)
    return Repeats(frame, _rates(frame, window_h, redial_h, transfer_s))


def _previous(frame: pd.DataFrame) -> np.ndarray:
    """Return the row of the customer's contact before each contact, -1 for none."""
    code = pd.factorize(frame["customer"])[0]
    order = np.argsort(code, kind="stable")
    last = np.full(len(frame), -1)
    same = (code[order][1:] == code[order][:-1]) & (code[order][1:] >= 0)
    last[order[1:][same]] = order[:-1][same]
    return last


def _rates(
    frame: pd.DataFrame, window_h: float, redial_h: float, transfer_s: float
) -> pd.DataFrame:
    counts = pd.crosstab(frame["queue"], frame["kind"]).reindex(columns=KINDS, fill_value=0)
    counts.columns.name = None
    table = counts.assign(
        contacts=counts.sum(axis=1),
        definition=f"repeat within {window_h:g} h of an answered contact; redial within "
        f"{redial_h:g} h of an abandoned one; transfer within {transfer_s:g} s",
    ).reset_index()
    return table[["queue", "contacts", *KINDS, "definition"]]


def _check(contacts: Any, **choices: float) -> None:
    if not isinstance(contacts, pd.DataFrame):
        raise BadInput(f"contacts: expected a DataFrame, got {type(contacts).__name__}")
    missing = [name for name in ("queue", "start", "customer") if name not in contacts.columns]
    if missing:
        got = list(map(str, contacts.columns))[:20]
        raise BadInput(
            f"contacts: missing columns {missing}; got {got} - without a customer key repeats "
            "cannot be told; counts allow `redials` only"
        )
    if not len(contacts):
        raise BadInput("contacts: no rows; expected one row a contact")
    for name in ("start", "end"):
        if name in contacts.columns:
            column = contacts[name]
            if not isinstance(column.dtype, pd.DatetimeTZDtype) or column.isna().any():
                raise BadInput(
                    f"contacts: column {name!r} must be timezone-aware times without gaps, got "
                    f"{column.dtype}, {int(column.isna().sum())} missing; parse and localise it"
                )
    if "abandoned" in contacts.columns and not pd.api.types.is_bool_dtype(contacts["abandoned"]):
        raise BadInput(
            f"contacts: column 'abandoned' must be true or false, got "
            f"{contacts['abandoned'].dtype}; compare the outcome, for example outcome == 'HANG'"
        )
    for name, value in choices.items():
        least = 0.0 if name == "transfer_s" else 1e-9
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= least:
            raise BadInput(f"{name}: expected a number above 0, got {value!r}")


def redials(history: pd.DataFrame, freq: Any) -> dict[Any, Redials]:
    """Return, by queue, the share of abandoned contacts that come again in the next interval.

    What an interval offers beyond its usual is regressed on what the one before abandoned and
    offered beyond their usual:

        offered_t - usual_t = c (offered_{t-1} - usual) + r (abandoned_{t-1} - usual) + noise

    c takes up busy hours that last, r is the share. It holds for redials within about an
    interval, and where abandoning varies by itself (staffing), not only with the volume.

    Parameters
    ----------
    history : DataFrame
        See `forecasts.history.check`, with abandoned; shorter than daily intervals.
    freq : str
        Pandas alias of the interval length.

    Raises
    ------
    BadInput
    """
    interval = check(history, freq)
    if "abandoned" not in history.columns:
        raise BadInput("history: column 'abandoned' is needed to tell redials from counts")
    if interval.daily:
        raise BadInput("history: redials come within the day; daily totals do not show them")
    lost = numbers(history, "abandoned")
    gave_up = split(history.assign(offered=np.nan_to_num(lost)), interval)
    return {
        past.queue: _share(past.offered, other.offered, past.seen, past.weekday)
        for past, other in zip(split(history, interval), gave_up, strict=True)
    }


def _share(
    offered: np.ndarray, abandoned: np.ndarray, seen: np.ndarray, weekday: np.ndarray
) -> Redials:
    off_o, off_a = (_beyond_usual(values, seen, weekday) for values in (offered, abandoned))
    pairs = (seen[:, 1:] == 1) & (seen[:, :-1] == 1) & np.isfinite(off_o[:, 1:] + off_o[:, :-1])
    target = off_o[:, 1:][pairs]
    design = np.column_stack([off_o[:, :-1][pairs], off_a[:, :-1][pairs]])
    unknown = Redials(np.nan, np.nan, np.nan, int(pairs.sum()))
    if len(target) < FEWEST_PAIRS or not abandoned.any():
        return unknown
    inner = design.T @ design
    if np.linalg.matrix_rank(inner) < 2:
        return unknown
    beta = np.linalg.solve(inner, design.T @ target)
    noise = float(((target - design @ beta) ** 2).sum()) / (len(target) - 2)
    half = 1.96 * float(np.sqrt(noise * np.linalg.inv(inner)[1, 1]))
    lo, hi = float(beta[1]) - half, float(beta[1]) + half
    if half > WIDEST:
        return Redials(np.nan, lo, hi, len(target))
    return Redials(float(np.clip(beta[1], 0.0, 1.0)), lo, hi, len(target))


def _beyond_usual(values: np.ndarray, seen: np.ndarray, weekday: np.ndarray) -> np.ndarray:
    """Return values less the mean of their interval of the week; NaN where nothing is known."""
    out = np.full(values.shape, np.nan)
    for number in range(7):
        own = weekday == number
        rows = (seen[own] > 0).sum(axis=0)
        total = np.where(seen[own] > 0, values[own], 0.0).sum(axis=0)
        mean = np.divide(total, rows, out=np.full(rows.shape, np.nan), where=rows > 1)
        out[own] = np.where(seen[own] > 0, values[own] - mean, np.nan)
    return out
