"""Which text cells stand in a delimited text, whatever its encoding and separator?"""

from __future__ import annotations

import csv
import io
import unicodedata
from dataclasses import replace

import numpy as np
import pandas as pd

from wfm.adapters.acd_source import (
    HEADER_WITHIN,
    MAX_COLUMNS,
    HistorySource,
    calabrio_headers,
    counted,
    names_a_time,
)
from wfm.errors import BadInput

# Encoding and separator show in the first MiB.
_SAMPLE = 1 << 20
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


def text_cells(
    name: str, raw: bytes, source: HistorySource
) -> tuple[pd.DataFrame, HistorySource, tuple[str, ...]]:
    """Return the cells of a text by line number, the source with what was guessed, and notes.

    Raises
    ------
    BadInput
        Not text, unreadable in its encoding, too many columns, or ragged lines.
    """
    text, encoding = _decode(name, raw, source.encoding)
    if not text.isascii():
        # Full-width digits and colons, as Chinese input methods type them, become plain ones.
        text = unicodedata.normalize("NFKC", text)
    if not text.strip():
        raise BadInput(f"{name}: the file holds only blanks; export it again")
    top = [line for line in text[:_SAMPLE].splitlines()[:HEADER_WITHIN] if line.strip()]
    delimiter = source.delimiter or _delimiter(top)
    widths = [line.count(delimiter) + 1 for line in top]
    if max(widths, default=1) > MAX_COLUMNS:
        raise BadInput(
            f"{name}: {max(widths):,} columns; a history has a few (at most {MAX_COLUMNS} are "
            "read) - export one row an interval"
        )
    skip = _title_lines(text, delimiter)
    try:
        cells = pd.read_csv(
            io.StringIO(text), sep=delimiter, header=None, dtype=str, keep_default_na=False,
            skip_blank_lines=False, skiprows=skip, na_filter=False, low_memory=False,
        )  # fmt: skip
    except (pd.errors.ParserError, pd.errors.EmptyDataError, csv.Error, ValueError) as error:
        raise BadInput(
            f"{name}: lines do not have the same number of columns ({_reason(error)}); export "
            "again, with quotes around texts that hold the separator"
        ) from error
    cells.index = pd.RangeIndex(skip + 1, skip + 1 + len(cells))
    notes = [
        f"Read {name} as text in {encoding}, separated by "
        f"{_DELIMITERS.get(delimiter, repr(delimiter))}."
    ]
    if source.encoding is None and encoding in ("gb18030", "cp1252"):
        notes.append(
            f"The encoding {encoding} is a guess; if names look wrong, set encoding in the source."
        )
    if skip:
        notes.append(f"Skipped {counted(skip, 'title line')} above the headers.")
    return cells, replace(source, delimiter=delimiter, encoding=encoding), tuple(notes)


def _reason(error: Exception) -> str:
    return str(error).strip().removeprefix("Error tokenizing data. C error: ")


def _decode(name: str, raw: bytes, encoding: str | None) -> tuple[str, str]:
    for magic, kind in ((b"\xd0\xcf\x11\xe0", "an old Excel .xls"), (b"PAR1", "a Parquet"),
                        (b"%PDF", "a PDF"), (b"PK\x05\x06", "an empty zip")):  # fmt: skip
        if raw.startswith(magic):
            raise BadInput(f"{name}: this is {kind} file; save it as .csv or .xlsx")
    for guess in [encoding] if encoding else _encodings(raw):
        try:
            text = raw.decode(guess)
        except LookupError as error:
            raise BadInput(
                f"{name}: unknown encoding {guess!r}; common ones are utf-8, gb18030, cp1252"
            ) from error
        except UnicodeError as error:
            if encoding:
                line = raw[: getattr(error, "start", 0)].count(b"\n") + 1
                raise BadInput(
                    f"{name}: line {line} is not {encoding} text; leave encoding unset to have it "
                    "guessed, or name the right one (utf-8, utf-16, gb18030, cp1252)"
                ) from error
            continue
        if "\x00" not in text and _controls(text) < 0.01:
            return text, guess
    raise BadInput(
        f"{name}: this is not a text file or an Excel workbook (it holds binary data); export the "
        "history as .csv or .xlsx"
    )


def _controls(text: str) -> float:
    """Return the share of control and undefined characters among the first 10,000."""
    sample = text[:10_000]
    odd = sum(c == "\ufffd" or (ord(c) < 32 and c not in "\t\r\n\f") for c in sample)
    return odd / max(len(sample), 1)


def _encodings(raw: bytes) -> list[str]:
    if raw.startswith(b"\xef\xbb\xbf"):
        return ["utf-8-sig"]
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ["utf-16"]
    sample = np.frombuffer(raw[: _SAMPLE & ~1], dtype=np.uint8)
    if len(sample) > 3 and (sample == 0).any():
        even, odd = (sample[0::2] == 0).mean(), (sample[1::2] == 0).mean()
        return ["utf-16-le"] if odd > 0.4 > even else ["utf-16-be"] if even > 0.4 > odd else []
    # In GB text bytes above 0x7f come in pairs that are both above 0xa0; in Western text they
    # stand alone between letters.
    high = sample > 0xA0
    if not high.any():
        return ["utf-8", "cp1252"]
    edges = np.flatnonzero(np.diff(np.concatenate([[0], high.view(np.int8), [0]])))
    runs = edges[1::2] - edges[0::2]
    paired = runs[runs % 2 == 0].sum() / runs.sum()
    return ["utf-8", *(["gb18030", "cp1252"] if paired > 0.8 else ["cp1252", "gb18030"])]


def _delimiter(top: list[str]) -> str:
    """Return the separator that cuts most of the first lines into equally many columns."""

    def score(delimiter: str) -> tuple[int, int]:
        counts = [line.count(delimiter) for line in top]
        usual = max(set(counts), key=lambda n: (counts.count(n) if n else 0, n))
        return (counts.count(usual) if usual else 0, usual)

    return max(_DELIMITERS, key=score)


def _title_lines(text: str, delimiter: str) -> int:
    """Return how many lines stand above the first line that holds a header we know."""
    for number, line in enumerate(text[:_SAMPLE].splitlines()[:HEADER_WITHIN]):
        headers = next(csv.reader([line], delimiter=delimiter), [])
        if calabrio_headers(headers):
            break  # a skill may be called as a header is
        if len(headers) > 1 and any(map(names_a_time, headers)):
            return number
    blank = 0
    for line in text[:_SAMPLE].splitlines():
        if line.strip():
            break
        blank += 1
    return blank
