"""Which column of the file is which of our words?"""

from __future__ import annotations

from dataclasses import replace

from wfm.adapters.acd_source import STATED, SYNONYMS, plain
from wfm.adapters.acd_table import TextTable
from wfm.errors import BadInput

_TIMES = ("start", "date", "time")


def find_columns(table: TextTable) -> TextTable:
    """Return the table with `columns` found; what the source names goes first.

    Raises
    ------
    BadInput
        A named header that the file lacks, two headers that fit one word equally well, or no
        column of times.
    """
    headers = list(table.cells.columns)
    found: dict[str, str] = {}
    for word, header in table.source.columns.items():
        match = [h for h in headers if h == header] or [
            h for h in headers if plain(h) == plain(header)
        ]
        if not match:
            raise BadInput(
                f"{table.name}: no column {header!r} for {word!r}; the file has {_listed(headers)}"
            )
        found[word] = match[0]
    free = [header for header in headers if header not in found.values()]
    # Beside the times every column of a wide file is a queue, whatever it is called.
    for word in _TIMES if table.source.layout == "wide" else SYNONYMS:
        if word not in found:
            guess = _guess(table.name, word, free)
            if guess is not None:
                found[word] = guess
                free.remove(guess)
    found_table = replace(table, columns=found)
    _require_times(found_table)
    return found_table


def _guess(name: str, word: str, headers: list[str]) -> str | None:
    own = [h for h in headers if h.strip().lower() == word]
    if own:
        return own[0]
    known = set(SYNONYMS[word])
    if word.endswith("_s"):
        known |= {f"{text} s" for text in known}
    match = [h for h in headers if plain(h) in known]
    if len(match) > 1:
        raise BadInput(
            f"{name}: columns {' and '.join(map(repr, match))} both look like {word!r}; say which "
            f'{STATED}columns = {{{word} = "{match[0]}"}}'
        )
    return match[0] if match else None


def _require_times(table: TextTable) -> None:
    if not table.time_columns:
        headers = list(table.cells.columns)
        hint = ""
        if any(any(c.isdigit() for c in header) for header in headers):
            hint = " (the first line looks like data: add a line of headers above it)"
        raise BadInput(
            f"{table.name}: no time column found among {_listed(headers)}{hint}; expected a header "
            f"such as timestamp, datetime, start or date - or name it {STATED}"
            f'columns = {{start = "..."}}'
        )


def require_counts(table: TextTable) -> None:
    """Raise BadInput if no column counts contacts."""
    if _counted(table):
        return
    others = [h for h in table.cells.columns if h not in table.columns.values()]
    raise BadInput(
        f"{table.name}: no column of contact counts found among "
        f"{_listed(list(table.cells.columns))}; expected a header such as offered, contacts, calls "
        f"or volume - or name it {STATED}"
        f'columns = {{offered = "{others[0] if others else "..."}"}}; if each column is a queue, '
        'layout = "wide" (--layout wide)'
    )


def layout_of(table: TextTable) -> str:
    """Return the layout: stated, or one row a contact where nothing is counted."""
    if table.source.layout:
        return table.source.layout
    logged = "outcome" in table.columns or "service_s" in table.columns
    return "contacts" if logged and not _counted(table) else "intervals"


def _counted(table: TextTable) -> bool:
    return "offered" in table.columns or {"answered", "abandoned"} <= set(table.columns)


def _listed(headers: list[str]) -> str:
    shown = ", ".join(repr(header) for header in headers[:12])
    return shown + (f" and {len(headers) - 12} more" if len(headers) > 12 else "")
