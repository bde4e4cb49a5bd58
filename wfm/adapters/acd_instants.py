"""Which instants do wall-clock times name, also where a clock change skips or repeats an hour?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from wfm.adapters.acd_source import STATED, counted
from wfm.adapters.acd_table import TextTable
from wfm.adapters.acd_times import WallClock
from wfm.timegrid import zone


def to_instants(
    clock: WallClock,
    *,
    file_zone: str,
    timezone: str,
    repeats: np.ndarray | None,
    notes: list[str],
) -> pd.DatetimeIndex:
    """Return the instants in `timezone`, NaT where the clock never showed such a time.

    Parameters
    ----------
    file_zone : str
        Zone of the wall clock; unused where the text carries offsets.
    repeats : int array or None
        Of an interval file: how often the same queue and wall-clock time stood above. The second
        row of a repeated hour is the later one. None for a log of contacts: there the second hour
        begins where the clock jumps back.
    """
    wall = pd.DatetimeIndex(clock.wall.astype("datetime64[ns]"))
    target = zone(timezone)
    if clock.offset_s is not None:
        moved = wall - pd.to_timedelta(clock.offset_s, unit="s").as_unit("ns")
        found = moved.tz_localize("UTC").tz_convert(target)
        _tell_offsets(clock.offset_s, found, timezone, notes)
        return found
    here = zone(file_zone)
    early = wall.tz_localize(here, ambiguous=np.ones(len(wall), dtype=bool), nonexistent="NaT")
    late = wall.tz_localize(here, ambiguous=np.zeros(len(wall), dtype=bool), nonexistent="NaT")
    gap_s = np.abs((late - early).total_seconds().to_numpy())
    twice = gap_s > 0
    if not twice.any():
        return early.tz_convert(target)
    # Which of the two readings is earlier depends on the zone's rule, not on the flag's name.
    first = early.where(early <= late, late)
    second = late.where(early <= late, early)
    is_second = _after_jump(clock.wall, twice, gap_s) if repeats is None else twice & (repeats >= 1)
    single = int((twice & ~is_second).sum() - is_second.sum())
    day = str(wall[twice][0].date())
    if is_second.any():
        notes.append(
            f"Clock change on {day}: {counted(is_second, 'row')} of the repeated hour "
            "taken for the second time round, by order in the file."
        )
    if single > 0 and repeats is not None:
        notes.append(
            f"Clock change on {day}: {counted(single, 'row')} of the repeated hour "
            "without a second; taken for the first time round, and the second is absent."
        )
    elif repeats is None and not is_second.any():
        notes.append(
            f"Clock change on {day}: {counted(twice, 'contact')} of the repeated hour "
            "not to be told apart; taken for the first time round."
        )
    return pd.DatetimeIndex(second.where(is_second, first)).tz_convert(target)


def _tell_offsets(
    offset_s: np.ndarray, found: pd.DatetimeIndex, timezone: str, notes: list[str]
) -> None:
    """Note offsets that are not the ones the site's own clock has."""
    site = (found.tz_localize(None) - found.tz_convert("UTC").tz_localize(None)).total_seconds()
    other = offset_s != site.to_numpy()
    if other.any():
        named = [_offset(value) for value in np.unique(offset_s)]
        shown = ", ".join(named[:4]) + (" ..." if len(named) > 4 else "")
        notes.append(
            f"Times carry offsets from UTC ({shown}); {counted(other, 'row')} with another than "
            f"{timezone} has then, converted to its clock."
        )


def _offset(seconds: float) -> str:
    minutes = int(abs(seconds)) // 60
    return f"{'-' if seconds < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}"


def _after_jump(wall: np.ndarray, twice: np.ndarray, gap_s: np.ndarray) -> np.ndarray:
    """Return which rows of each repeated hour stand after the clock jumped back."""
    after = np.zeros(len(wall), dtype=bool)
    days = wall.astype("datetime64[D]")
    for day in np.unique(days[twice]):
        rows = np.flatnonzero(twice & (days == day))
        steps = np.diff(wall[rows].astype("datetime64[s]").astype(np.int64))
        # A log is in order but for seconds; only a fall of half the change is the change.
        if len(steps) and steps.min() < -0.5 * gap_s[rows[0]]:
            after[rows[int(steps.argmin()) + 1 :]] = True
    return after


def drop_skipped(
    table: TextTable, column: str, instants: pd.DatetimeIndex, offered: np.ndarray,
    *, at: np.ndarray, timezone: str, notes: list[str],
) -> np.ndarray:  # fmt: skip
    """Return which rows to keep: those whose clock time existed.

    Raises
    ------
    BadInput
        If contacts are counted at a time that the clock skipped.
    """
    skipped = np.asarray(instants.isna())
    if (skipped & (offered > 0)).any():
        bad = np.zeros(len(table.cells), dtype=bool)
        bad[at[skipped & (offered > 0)]] = True
        raise table.refusal(
            column, bad,
            f"contacts at a time that the clock of {timezone} skipped",
            "check the time zone, or name the zone of the file's clock "
            f'{STATED}file_timezone = "UTC"',
        )  # fmt: skip
    if skipped.any():
        line = table.cells.index[at[int(skipped.argmax())]]
        notes.append(
            f"Dropped {counted(skipped, 'row')} without contacts at times that the clock of "
            f"{timezone} skipped (first: line {line})."
        )
    return ~skipped
