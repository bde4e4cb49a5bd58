"""How does the address of a request say which part of the centre, and by which definition?"""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import Path, Query

from wfm.errors import BadInput

_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,9})?")
_WORDS = {"true": True, "false": False, "none": None}
_TEXT = r"^[^\x00-\x1f\x7f]*$"

KpiKey = Annotated[
    str, Path(pattern=r"^[a-z][a-z0-9_]{0,60}$", examples=["service_level"],
              description="Key of the KPI; `kpis/catalogue` lists them."),
]  # fmt: skip
PlanName = Annotated[
    str, Query(min_length=1, max_length=200, pattern=_TEXT, examples=["week 8"],
               description="Name of the plan whose actuals are counted."),
]  # fmt: skip
By = Annotated[
    str, Query(max_length=200, pattern=_TEXT, examples=["queue,week"],
               description="Columns joined by commas: team, queue, agent, reason, day, week, "
               "month; none: the whole centre."),
]  # fmt: skip
Where = Annotated[
    str, Query(max_length=500, pattern=_TEXT, examples=["queue=voice"],
               description="Only these rows: column=value, joined by commas."),
]  # fmt: skip
Variant = Annotated[
    str, Query(max_length=500, pattern=_TEXT, examples=["rule=SL2"],
               description="Parts of the definition: name=value, joined by commas."),
]  # fmt: skip


def words(text: str) -> list[str]:
    """Return what stands between commas.

    >>> words("queue, week")
    ['queue', 'week']
    """
    return [word.strip() for word in text.split(",") if word.strip()]


def pairs(text: str, name: str) -> dict[str, str]:
    """Return ``column=value`` texts joined by commas; BadInput names the parameter.

    >>> pairs("queue=voice,team=red", "where")
    {'queue': 'voice', 'team': 'red'}
    """
    found: dict[str, str] = {}
    for word in words(text):
        key, sign, value = (part.strip() for part in word.partition("="))
        if not sign or not key or key in found:
            raise BadInput(
                f"{name}: expected name=value joined by commas, each name once, such as "
                f"queue=voice; got {word!r}"
            )
        found[key] = value
    return found


def choices(text: str) -> dict[str, Any]:
    """Return parts of a definition; numbers, true, false and none are read as such.

    >>> choices("rule=SL2,awt_s=20")
    {'rule': 'SL2', 'awt_s': 20}
    """
    return {key: _value(value) for key, value in pairs(text, "variant").items()}


def _value(text: str) -> Any:
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text
