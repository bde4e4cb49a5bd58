"""How does the dashboard say it? One table of texts, keyed, one column a language.

Pages and charts never hold words: they ask ``t("roster.generate", people=60)``.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Any

from wfm.ui.texts import TEXTS

LANGUAGE = "en"
_DASH = "–"
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
# What Streamlit replaces in the finished text, where a backslash no longer shows: emoji, icons,
# links and arrows. An invisible joiner inside keeps it as it was written; clock times need none.
_JOINER = "\N{WORD JOINER}"
_REPLACED = re.compile(
    r"(?<=:)(?=[\w+/-])(?!(?<=\d:)\d\d(?![\d:]))|(?<=@)(?=[\w-])|(?<=www)(?=\.)"
    r"|(?<=(?<!\S)[<>~-])(?=(?:[>=-]|->)(?!\S))",
    re.IGNORECASE,
)


def t(key: str, **values: Any) -> str:
    """Return the text of `key` with `values` filled in.

    A key that the language lacks falls back to English; an unknown key raises KeyError, which
    the tests turn into a finding before a person sees it.

    >>> t("roster.broken", count=2)
    '2 labour rules broken'
    """
    text = TEXTS.get(LANGUAGE, {}).get(key) or TEXTS["en"][key]
    return text.format(**values) if values else text


def plain(text: object) -> str:
    r"""Return foreign text so that a place which reads Markdown shows it letter by letter.

    Queues, people, notes and refusals come from imported files: a name must not become an image
    that the browser fetches, a formula or a colour. Line ends become blanks.

    >>> plain("*b* $d$") == r"\*b\* \$d\$"
    True
    """
    return _PUNCTUATION.sub(r"\\\1", _REPLACED.sub(_JOINER, " ".join(str(text).split())))


def weekday(day: dt.date) -> str:
    """Return the short name of `day`'s weekday."""
    return t(f"weekday.{day.weekday()}")


def day_text(day: dt.date) -> str:
    """Return weekday and ISO date.

    >>> day_text(dt.date(2003, 10, 27))
    'Mon 2003-10-27'
    """
    return f"{weekday(day)} {day:%Y-%m-%d}"


def short_day(day: dt.date) -> str:
    """Return weekday, month and day, for narrow places.

    >>> short_day(dt.date(2003, 10, 27))
    'Mon 10-27'
    """
    return f"{weekday(day)} {day:%m-%d}"


def time_text(when: dt.datetime) -> str:
    """Return weekday, ISO date and clock time, in the zone that `when` carries."""
    return f"{day_text(when.date())} {when:%H:%M}"


def clock(when: dt.datetime) -> str:
    """Return the clock time ``HH:MM`` in the zone that `when` carries."""
    return f"{when:%H:%M}"


def number(value: float | None, digits: int = 0) -> str:
    """Return a number with thousands separators, or a dash where there is none.

    >>> number(12345.6), number(float("nan"))
    ('12,346', '–')
    """
    if value is None or not math.isfinite(value):
        return _DASH
    return f"{value:,.{digits}f}"


def signed(value: float | None, digits: int = 0) -> str:
    """Return a number with its sign; exactly none is ``0``.

    >>> signed(3), signed(-2.04, 1), signed(-0.01, 1)
    ('+3', '-2.0', '0.0')
    """
    if value is None or not math.isfinite(value):
        return _DASH
    text = f"{value:+,.{digits}f}"
    return text[1:] if not text.strip("+-0.,") else text


def percent(value: float | None, digits: int = 0) -> str:
    """Return a fraction as a percentage, its sign kept on the line by a no-break space.

    >>> percent(0.8123, 1) == "81.2\\N{NO-BREAK SPACE}%"
    True
    """
    if value is None or not math.isfinite(value):
        return _DASH
    return f"{value:.{digits}%}".replace("%", "\N{NO-BREAK SPACE}%")


def signed_percent(value: float | None, digits: int = 1) -> str:
    """Return a fraction as a percentage with its sign."""
    if value is None or not math.isfinite(value):
        return _DASH
    return f"{signed(100 * value, digits)}\N{NO-BREAK SPACE}%"


def duration(seconds: float) -> str:
    """Return a length of time in the unit a planner would use.

    >>> duration(20), duration(600), duration(14400)
    ('20 s', '10 min', '4 h')
    """
    if not math.isfinite(seconds):
        return _DASH
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= 2 * size and seconds % size == 0:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"
