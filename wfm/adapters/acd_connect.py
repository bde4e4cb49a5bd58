"""Which contacts stand in Amazon Connect's contact records, as JSON lines or as a JSON array?"""

from __future__ import annotations

import json
import re
from typing import Any

import pandas as pd

from wfm.errors import BadInput

_JSON = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:\{\s*"|\[\s*\{)')
_BETWEEN = re.compile(r"[\s,]*")
_HANDLED = ("AgentInteractionDuration", "CustomerHoldDuration", "AfterContactWorkDuration")
HEADERS = ("ContactId", "Channel", "Queue", "EnqueueTimestamp", "LastUpdateTimestamp", "wait_s",
           "service_s", "Outcome")  # fmt: skip


def is_json(raw: bytes) -> bool:
    """Return whether a file begins as a JSON object or an array of objects.

    >>> is_json(b'[{"ContactId": "a"}]'), is_json(b"[Calls of March]"), is_json(b"start,calls")
    (True, False, False)
    """
    return bool(_JSON.match(raw[:4096]))


def connect_cells(name: str, raw: bytes) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return a line of headers and one row a delivered record, and notes.

    Fields that are not known are ignored. The index is the line a record begins in, or its number
    where two begin in one line.

    Raises
    ------
    BadInput
        Not JSON in UTF-8, or a record without a ContactId.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"{name}: JSON is UTF-8 text, and this is not; export it again") from error
    rows: list[list[str]] = []
    lines: list[int] = []
    for line, record in _records(name, text):
        if not isinstance(record, dict) or not record.get("ContactId"):
            raise BadInput(
                f"{name}: record {len(rows) + 1} (line {line}) has no ContactId; of JSON only "
                "Amazon Connect's contact records are read - export other data as .csv or .xlsx"
            )
        rows.append(_row(record))
        lines.append(line)
    numbered = len(set(lines)) < len(lines)
    index = range(1, len(rows) + 1) if numbered else lines
    cells = pd.DataFrame([list(HEADERS), *rows], index=[0, *index], dtype=str)
    notes = [
        f"Read {name} as contact records of Amazon Connect. Handle time is the agent's interaction "
        "+ hold + after-contact work; a queued contact without an agent counts as abandoned."
    ]
    if numbered:
        notes.append("Records share lines; a line named in a message is a record's number.")
    return cells, tuple(notes)


def _records(name: str, text: str) -> list[tuple[int, Any]]:
    """Return each record with its line; they may stand in an array, in lines or end to end."""
    decoder = json.JSONDecoder()
    opened = text.lstrip()
    array = opened.startswith("[")
    at = len(text) - len(opened) + array
    end = len(text.rstrip())
    if array:
        if not text[:end].endswith("]"):
            raise BadInput(f"{name}: the JSON array has no end; was the export cut off?")
        end -= 1
    found: list[tuple[int, Any]] = []
    line, seen = 1, 0
    while True:
        space = _BETWEEN.match(text, at)
        at = space.end() if space else at
        if at >= end:
            return found
        line, seen = line + text.count("\n", seen, at), at
        try:
            record, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            raise BadInput(
                f"{name}: line {line}: not readable as JSON ({error}); was the export cut off?"
            ) from error
        found.append((line, record))


def _row(record: dict[str, Any]) -> list[str]:
    queue, agent = record.get("Queue"), record.get("Agent")
    inside = queue if isinstance(queue, dict) else {"Name": queue}
    enqueued = inside.get("EnqueueTimestamp") or record.get("EnqueueTimestamp")
    told = agent if isinstance(agent, dict) else {}
    handled = [told[field] for field in _HANDLED if told.get(field) is not None]
    return [
        _text(record["ContactId"]), _text(record.get("Channel")),
        _text(inside.get("Name") or inside.get("ARN")), _text(enqueued),
        _text(record.get("LastUpdateTimestamp")), _text(inside.get("Duration")),
        _added(handled) if told else "", "answered" if told else "abandoned",
    ]  # fmt: skip


def _added(values: list[Any]) -> str:
    """Return the sum as text; what is no number stays as it stands, to be told as a bad cell."""
    odd = [v for v in values if isinstance(v, bool) or not isinstance(v, int | float)]
    return _text(odd[0]) if odd else f"{sum(values)!r}" if values else ""


def _text(value: Any) -> str:
    return "" if value is None else str(value)
