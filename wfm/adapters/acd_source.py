"""How is a history file laid out? The choices a planner may state; None means: guess and say so."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

import numpy as np
import pandas as pd

from wfm.errors import BadInput
from wfm.timegrid import minutes, zone

# A packed file may unpack to anything; beyond this it is refused before it fills the memory.
MAX_BYTES = 1 << 30
MAX_COLUMNS = 500
# Titles may stand above the headers; further down than this a header is not looked for.
HEADER_WITHIN = 20
# Our word for a column and the headers it is known by, spelt as `plain` leaves them.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "start": (
        "start", "timestamp", "datetime", "date time", "interval start", "start time",
        "interval start utc date", "interval start date", "start date time", "date and time",
        "enqueuetimestamp", "call start", "开始时间", "日期时间", "时段开始",
    ),
    "date": ("date", "day", "row date", "start date", "日期"),
    "time": ("time", "starttime", "time of day", "interval", "hour", "时间", "时段"),
    "queue": ("queue", "skill", "split", "type", "queue name", "call type", "skill group", "vdn",
              "队列", "技能", "技能组", "业务类型"),
    "offered": ("offered", "contacts", "calls", "volume", "incoming", "calls offered",
                "callsoffered", "contacts offered", "calls incoming", "count", "呼入量", "进线量",
                "来电量"),
    "answered": ("answered", "handled", "acdcalls", "calls answered", "calls handled",
                 "interactions handled", "接通量", "接听量", "处理量"),
    "abandoned": ("abandoned", "abncalls", "abandons", "calls abandoned", "放弃量"),
    "aht_s": ("aht", "average handle time", "avg handle time", "average handling time",
              "mean handle time", "平均处理时长"),
    "handle_total_s": ("total handle time", "handle time total", "total handling time"),
    "asa_s": ("asa", "average speed of answer", "平均应答速度"),
    "wait_answered_s": ("wait answered", "anstime"),
    "wait_abandoned_s": ("wait abandoned", "abntime"),
    "wait_s": ("wait", "wait time", "waiting time", "queue time", "queue s", "等待时长"),
    "service_s": ("service", "service time", "handle time", "talk time", "duration", "处理时长"),
    "outcome": ("outcome", "disposition", "result", "call result", "结果"),
}  # fmt: skip
LAYOUTS = ("intervals", "contacts", "wide")
# What a planner who works with files has to write, and where.
STATED = "in [history] of a scenario file (--scenario): "


@dataclass(frozen=True)
class HistorySource:
    """What a planner says about a history file. Whatever is left at None is guessed and noted.

    Attributes
    ----------
    queue : str
        Queue of every row when the file has no queue column.
    columns : mapping of str to str
        Our word to the file's header, for example ``{"offered": "Calls In"}``. Words: `start`, or
        `date` and `time`; `queue`; `offered`, `answered`, `abandoned`; `aht_s` or
        `handle_total_s` (the sum); `asa_s`, `wait_answered_s`, `wait_abandoned_s` (sums); for one
        row a contact `wait_s`, `service_s`, `outcome`.
    layout : str or None
        ``"intervals"`` one row a queue and interval, ``"contacts"`` one row a contact, ``"wide"``
        one row an interval and one column of counts a queue (never guessed).
    queues : tuple of str
        Headers read as queues in the wide layout; empty means every column but the times.
    delimiter, encoding, sheet : str or None
        Of a text file; of a workbook.
    decimal : str or None
        ``"."`` or ``","``.
    day_first : bool or None
        Whether 03/04/2026 is 3 April.
    file_timezone : str or None
        Zone of the file's clock where it differs from the site's, for example ``"UTC"``.
    file_interval_min : int or None
        Minutes a row covers.
    drop_from : str or None
        Local clock ``"HH:MM"``: rows that start at or after it are left out.
    partial_last : str
        ``"drop"`` or ``"keep"`` the last interval of a day when closing time falls inside it.
    aht_unit : str or None
        ``"s"`` or ``"min"``, of handle times written as plain numbers.
    fractional : bool
        Whether counts may be fractions, as in a file of averages.
    answered_outcomes, abandoned_outcomes, ignored_outcomes : tuple of str
        Values of `outcome`, in any case.

    Examples
    --------
    >>> HistorySource(columns={"offered": "Calls In"}).columns["offered"]
    'Calls In'
    """

    queue: str = "voice"
    columns: Mapping[str, str] = field(default_factory=dict)
    layout: str | None = None
    queues: tuple[str, ...] = ()
    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    decimal: str | None = None
    day_first: bool | None = None
    file_timezone: str | None = None
    file_interval_min: int | None = None
    drop_from: str | None = None
    partial_last: str = "drop"
    aht_unit: str | None = None
    fractional: bool = False
    answered_outcomes: tuple[str, ...] = ("agent", "answered", "handled", "served", "接通")
    abandoned_outcomes: tuple[str, ...] = ("hang", "abandoned", "abandon", "hangup", "放弃")
    ignored_outcomes: tuple[str, ...] = ("phantom", "test")

    def __post_init__(self) -> None:
        unknown = sorted(set(self.columns) - set(SYNONYMS))
        if unknown:
            raise BadInput(
                f"history source: columns has {len(unknown)} unknown words (first: "
                f"{unknown[0]!r}); it maps our words to the file's headers, and the words are "
                f"{', '.join(SYNONYMS)}"
            )
        for name, allowed in (
            ("layout", (None, *LAYOUTS)),
            ("decimal", (None, ".", ",")),
            ("partial_last", ("drop", "keep")),
            ("aht_unit", (None, "s", "min")),
        ):
            if getattr(self, name) not in allowed:
                raise BadInput(
                    f"history source: {name} is one of {', '.join(map(repr, allowed))}; got "
                    f"{getattr(self, name)!r}"
                )
        step = self.file_interval_min
        if step is not None and (isinstance(step, bool) or not isinstance(step, int) or step < 1):
            raise BadInput(
                f"history source: file_interval_min is a whole number of minutes, got {step!r}"
            )
        if not str(self.queue).strip():
            raise BadInput("history source: queue is empty; name the queue the file counts")
        if self.drop_from is not None:
            minutes(self.drop_from)
        if self.file_timezone is not None:
            zone(self.file_timezone)
        # A scenario file gives lists; a frozen value holds tuples and its own copy of the mapping.
        object.__setattr__(self, "columns", dict(self.columns))
        for item in fields(self):
            if isinstance(getattr(self, item.name), list):
                object.__setattr__(self, item.name, tuple(getattr(self, item.name)))


def plain(header: str) -> str:
    """Return a header in lower case, without units or punctuation, for comparing.

    >>> plain("Calls_Offered"), plain("AHT (sec)"), plain("aht_s")
    ('calls offered', 'aht', 'aht s')
    """
    text = unicodedata.normalize("NFKC", str(header)).lower().strip()
    if text.endswith(")") and "(" in text:
        text = text[: text.rindex("(")]
    words = "".join(c if c.isalnum() else " " for c in text).split()
    if len(words) > 1 and words[-1] in ("sec", "secs", "seconds", "min", "mins", "minutes"):
        words = words[:-1]
    return " ".join(words)


def counted(rows: int | np.ndarray | pd.Series, noun: str, plural: str = "") -> str:
    """Return a number, or the number of true values, with its noun.

    >>> counted(1, "row"), counted(1200, "row")
    ('1 row', '1,200 rows')
    """
    number = int(np.sum(rows))
    return f"1 {noun}" if number == 1 else f"{number:,} {plural or noun + 's'}"


def names_a_time(header: str) -> bool:
    """Return whether a header is one that we know for a start, a date or a time of day."""
    return any(plain(header) in SYNONYMS[word] for word in ("start", "date", "time"))


# Calabrio's forecast file has no headers: skill, start, end, volume, two times, perhaps agents.
CALABRIO = ("Skill", "Start", "End", "Volume", "Task (s)", "After task (s)", "Agents")
_CALABRIO_TIME = re.compile(r"\d{8} \d{2}:\d{2}")
_DECIMAL = re.compile(r"\d+(?:[.,]\d+)?")


def calabrio_headers(cells: Sequence[str]) -> tuple[str, ...] | None:
    """Return the headers of a line of Calabrio's forecast file, None of any other line.

    >>> calabrio_headers("Care,20210218 08:00,20210218 08:15,16,135.36,490.74".split(","))[3]
    'Volume'
    """
    texts = [text.strip() for text in cells]
    fits = (
        len(texts) in (6, 7)
        and texts[0] != ""
        and all(map(_CALABRIO_TIME.fullmatch, texts[1:3]))
        and all(map(_DECIMAL.fullmatch, texts[3:]))
    )
    return CALABRIO[: len(texts)] if fits else None
