"""Which numbers stand in a text column? Counts, and durations in seconds."""

from __future__ import annotations

import numpy as np

from wfm.adapters.acd_source import STATED
from wfm.adapters.acd_table import TextTable
from wfm.errors import BadInput

# An interval with more contacts than this is a misread column, an id or a telephone number.
_MOST_CONTACTS = 1e9
# Mean handle times below this are minutes in every centre; above a day they are milliseconds.
_SHORTEST_USUAL_AHT_S = 15.0
_LONGEST_AHT_S = 86_400.0
_BLANK = ("", "-", "nan", "na", "n/a", "null", "none", "#n/a", "#div/0!")
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_INFINITE = r"[+-]?(?:inf|infinity|∞)"
_COMMA_DECIMAL = r"[+-]?(?:\d+,(?:\d{1,2}|\d{4,})|\d{1,3}(?:\.\d{3})+,\d+)"
_CLOCK = r"(?:(\d+):)?(\d+):(\d{2}(?:\.\d+)?)"


def decimal_of(table: TextTable, columns: list[str]) -> str:
    """Return the decimal sign of the file: stated, or seen beyond doubt in `columns`.

    Raises
    ------
    BadInput
        If 1,234 could mean a thousand or a fraction.
    """
    if table.source.decimal:
        return table.source.decimal
    doubt: tuple[str, np.ndarray] | None = None
    for column in columns:
        texts = table.cells[column]
        comma = texts.str.contains(",", regex=False).to_numpy()
        if not comma.any():
            continue
        if texts[comma].str.fullmatch(_COMMA_DECIMAL).any():
            return ","
        if texts.str.contains(".", regex=False).to_numpy().any():
            return "."
        if doubt is None and texts[comma].str.fullmatch(r"[+-]?\d{1,3},\d{3}").any():
            doubt = (column, comma)
    if doubt is not None:
        raise table.refusal(
            *doubt, "a comma that may set off thousands or decimals",
            f'say which {STATED}decimal = "." reads 1,234 as a thousand and more, decimal = "," '
            "as a fraction",
        )  # fmt: skip
    return "."


def numbers(table: TextTable, column: str, *, decimal: str) -> np.ndarray:
    """Return the finite numbers of a column, NaN where the cell is blank.

    Raises
    ------
    BadInput
        If a cell is text or infinite.
    """
    texts = table.cells[column]
    # Most files hold plain numbers only; float() then needs no look at each text.
    try:
        plain_values = texts.to_numpy(dtype=object).astype(np.float64)
        if np.isfinite(plain_values).all() and not texts.str.contains("_", regex=False).any():
            return plain_values
    except ValueError:
        pass
    texts = texts.str.lower().str.replace("\u00a0", "", regex=False)
    if decimal == ",":
        texts = texts.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    else:
        grouped = texts.str.fullmatch(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?").to_numpy(bool)
        texts = texts.mask(grouped, texts.str.replace(",", "", regex=False))
    blank = texts.isin(_BLANK).to_numpy(bool)
    infinite = texts.str.fullmatch(_INFINITE).to_numpy(bool)
    if infinite.any():
        raise table.refusal(column, infinite, "an infinite number", "correct the export")
    wrong = ~blank & ~texts.str.fullmatch(_NUMBER).to_numpy(bool)
    if wrong.any():
        raise table.refusal(
            column, wrong, "text where a number belongs",
            "correct the cell or leave the row out",
        )  # fmt: skip
    values = texts.mask(blank, "nan").to_numpy(dtype=object).astype(np.float64)
    if np.isinf(values).any():
        raise table.refusal(column, np.isinf(values), "an infinite number", "correct the export")
    return values


def counts(table: TextTable, column: str, *, decimal: str) -> np.ndarray:
    """Return non-negative counts, NaN where blank."""
    values = numbers(table, column, decimal=decimal)
    if (values < 0).any():
        raise table.refusal(
            column, values < 0, "a negative count", "counts cannot be negative - check the export"
        )
    if (values > _MOST_CONTACTS).any():
        raise table.refusal(
            column, values > _MOST_CONTACTS, f"a count above {_MOST_CONTACTS:,.0f}",
            "is this column an id or a telephone number? name the column of counts "
            f'{STATED}columns = {{offered = "..."}}',
        )  # fmt: skip
    broken = ~np.isnan(values) & (values != np.floor(values))
    if broken.any() and not table.source.fractional:
        raise table.refusal(
            column, broken, "a fraction of a contact",
            f"counts are whole; if the file holds averages, say so {STATED}fractional = true",
        )  # fmt: skip
    return values


def refuse_blank(
    table: TextTable, column: str, values: np.ndarray, *, but: np.ndarray | None = None
) -> None:
    """Raise BadInput if `values` is NaN anywhere except in rows `but`."""
    blank = np.isnan(values) if but is None else np.isnan(values) & ~but
    if blank.any():
        raise table.refusal(
            column, blank, "no value",
            "write 0 where nobody made contact, and leave out rows that were not recorded",
        )  # fmt: skip


def seconds(
    table: TextTable, column: str, *, decimal: str, notes: list[str]
) -> tuple[np.ndarray, bool]:
    """Return durations in seconds (NaN where blank) and whether they were written as m:ss.

    Texts such as 3:05 are minutes and seconds, 1:03:05 hours too.
    """
    texts = table.cells[column]
    clock = texts.str.contains(":", regex=False).to_numpy(bool)
    if not clock.any():
        values = numbers(table, column, decimal=decimal)
    else:
        parts = texts.str.extract(f"^{_CLOCK}$").astype(np.float64)
        minute, second = parts[1].to_numpy(), parts[2].to_numpy()
        hour = parts[0].fillna(0.0).to_numpy()
        over = (second >= 60) | (parts[0].notna().to_numpy() & (minute >= 60))
        bad = clock & (np.isnan(second) | over)
        if bad.any():
            raise table.refusal(
                column, bad, "a duration that is not m:ss or h:mm:ss", "correct the cell"
            )
        mixed = ~clock & ~texts.str.lower().isin(_BLANK).to_numpy(bool)
        if mixed.any() and not (texts[mixed] == "0").all():
            raise table.refusal(
                column, mixed & (texts != "0").to_numpy(), "a plain number among m:ss durations",
                "write all durations the same way",
            )  # fmt: skip
        values = np.where(clock, hour * 3600 + minute * 60 + second, np.where(mixed, 0.0, np.nan))
        notes.append(f"Column {column!r} is written m:ss; turned into seconds.")
    if (values < 0).any():
        raise table.refusal(
            column, values < 0, "a negative duration", "durations cannot be negative"
        )
    return values, bool(clock.any())


def handle_times(table: TextTable, column: str, *, decimal: str, notes: list[str]) -> np.ndarray:
    """Return mean handle times in seconds, NaN where unknown; minutes are found out or asked."""
    values, as_clock = seconds(table, column, decimal=decimal, notes=notes)
    if not as_clock:
        unit = table.source.aht_unit or _unit_in(column)
        if unit == "min":
            values = values * 60
            notes.append(f"Column {column!r} is in minutes; turned into seconds.")
        positive = values[values > 0]
        if unit is None and len(positive) and np.median(positive) < _SHORTEST_USUAL_AHT_S:
            raise BadInput(
                f"{table.name}: column {column!r}: half of the handle times are at most "
                f"{np.median(positive):g}, too short for seconds; are they minutes? Say "
                f'{STATED}aht_unit = "min" or "s"'
            )
    if (values > _LONGEST_AHT_S).any():
        raise table.refusal(
            column, values > _LONGEST_AHT_S, "a mean handle time above a day",
            "is the column in milliseconds, or a sum? A sum is named "
            f'{STATED}columns = {{handle_total_s = "{column}"}}',
        )  # fmt: skip
    return values


def _unit_in(header: str) -> str | None:
    words = "".join(c if c.isalnum() else " " for c in header.lower()).split()
    if not words:
        return None
    if words[-1] in ("min", "mins", "minutes"):
        return "min"
    return "s" if words[-1] in ("s", "sec", "secs", "seconds") else None
