"""Are these numbers a queue? The boundary of `wfm.queueing`: inside, arguments are trusted."""

from __future__ import annotations

from typing import Any, TypeGuard

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.errors import BadInput

Floats = NDArray[np.float64]

# Beyond this whole agents are no longer neighbouring float64 numbers.
MOST_LOAD = 1e15


def numbers(**values: ArrayLike) -> dict[str, Floats]:
    """Return each argument as float64; refuse text, booleans, NaN and ragged lists."""
    return {name: _numbers(name, value) for name, value in values.items()}


def queue_arguments(**values: ArrayLike) -> dict[str, Floats]:
    """Return volume, aht_s, interval_s, patience_s and lines as float64, each in its range."""
    named = numbers(**values)
    for name, value in named.items():
        if name in ("volume", "aht_s"):
            refuse(name, value, (value >= 0) & (value < np.inf), "a finite number >= 0")
        elif name == "interval_s":
            refuse(name, value, (value > 0) & (value < np.inf), "finite seconds > 0")
        elif name == "patience_s":
            refuse(name, value, value > 0, "seconds > 0 (infinite: nobody leaves)")
        elif name == "lines":
            refuse(name, value, value >= 0, "a number >= 0 (infinite: no limit)")
    pair = broadcast({"aht_s": named["aht_s"], "volume": named["volume"]})
    works = (pair["aht_s"] > 0) | (pair["volume"] == 0)
    refuse("aht_s", pair["aht_s"], works, "seconds > 0 wherever volume is above 0")
    return named


def one_queue(**values: ArrayLike) -> dict[str, Floats] | None:
    """Return one queue of plain numbers as arrays of size 1; None where it wants a closer look.

    The checks of `queue_arguments` and `performance` on single floats: arrays of size 1 would cost
    more than the queue itself. None also where a value is bad, for those to say so.
    """
    plain = [float(v) for v in values.values() if is_plain(v)]
    if len(plain) < len(values):
        return None
    volume, aht_s, agents, interval_s, patience_s, lines, awt_s, short_s = plain
    inf = np.inf
    good = 0 <= volume < inf and 0 <= agents < inf and 0 < aht_s < inf and 0 < interval_s < inf
    good = good and patience_s > 0 and awt_s >= 0 and short_s >= 0
    if not good or agents > lines or not volume * aht_s <= MOST_LOAD * interval_s:
        return None
    return dict(zip(values, np.array(plain, dtype=np.float64).reshape(-1, 1), strict=True))


def is_plain(value: object) -> TypeGuard[float]:
    """Whether this is a Python number, and not a boolean or an integer too large for a float."""
    return type(value) is float or (type(value) is int and -(2**53) < value < 2**53)


def load_argument(load: ArrayLike) -> dict[str, Floats]:
    """Return the load as float64, finite and not negative."""
    named = numbers(load=load)
    value = named["load"]
    refuse("load", value, (value >= 0) & (value < np.inf), "a finite number of erlangs >= 0")
    refuse("load", value, value <= MOST_LOAD, f"at most {MOST_LOAD:g} erlangs")
    return named


def load_in_reach(arrays: dict[str, Floats]) -> None:
    """Refuse loads too large to count agents in; `arrays` are of one shape."""
    with np.errstate(over="ignore"):
        load = arrays["volume"] * arrays["aht_s"] / arrays["interval_s"]
    refuse(
        "volume", load, load <= MOST_LOAD,
        f"a load (volume * aht_s / interval_s) of at most {MOST_LOAD:g} erlangs",
    )  # fmt: skip


def broadcast(named: dict[str, Floats]) -> dict[str, Floats]:
    """Return copies brought to one shape, contiguous and writable.

    One layout for every caller: numba compiles anew for read-only arrays, which pandas hands out.
    """
    try:
        arrays = np.broadcast_arrays(*named.values())
    except ValueError as error:
        shapes = ", ".join(f"{name} {value.shape}" for name, value in named.items() if value.ndim)
        raise BadInput(
            f"arguments do not broadcast: got shapes {shapes}; pass single numbers or arrays of "
            "one shape"
        ) from error
    return {name: np.array(a, order="C") for name, a in zip(named, arrays, strict=True)}


def refuse(name: str, values: Floats, good: NDArray[np.bool_], expected: str) -> None:
    """Raise BadInput naming the first element where `good` is false, and how many there are."""
    if np.all(good):
        return
    bad = np.argwhere(~np.asarray(good))
    where = ""
    if values.ndim:
        index = tuple(int(i) for i in bad[0])
        where = f" at index {index[0] if len(index) == 1 else index}"
        value = values[index]
    else:
        value = values[()]
    count = f" ({len(bad)} of {values.size} values are bad)" if values.ndim else ""
    raise BadInput(f"{name}: expected {expected}; got {float(value):g}{where}{count}")


def _numbers(name: str, value: Any) -> Floats:
    if isinstance(value, np.ma.MaskedArray):  # masked means missing; asarray would unmask it
        value = np.ma.filled(value.astype(np.float64), np.nan)
    try:
        raw = np.asarray(value)
    except ValueError as error:
        raise BadInput(f"{name}: expected numbers of one shape, got a ragged list") from error
    if raw.dtype == object:
        wrong = [item for item in raw.ravel() if isinstance(item, str | bool | np.bool_)]
        if wrong:
            raise BadInput(f"{name}: expected numbers, got {wrong[0]!r}")
    elif raw.dtype.kind not in "iuf":
        first = raw.ravel()[0] if raw.size else raw.dtype
        raise BadInput(f"{name}: expected numbers, got {first!s} ({raw.dtype})")
    try:
        out = np.asarray(raw, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise BadInput(f"{name}: expected numbers, got {value!r:.80}") from error
    except OverflowError as error:
        raise BadInput(f"{name}: expected numbers below 1e308, got a larger integer") from error
    refuse(name, out, ~np.isnan(out), "a number, not NaN or missing")
    return out
