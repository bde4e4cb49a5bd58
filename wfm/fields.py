"""Has every field of a scenario's part the type it is declared with?"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import fields
from numbers import Integral, Real
from typing import Any

from wfm.errors import BadInput


def _is_whole(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def _is_day(value: object) -> bool:
    # A datetime is a date to Python, but equals none: leave given so would never be found.
    return isinstance(value, dt.date) and not isinstance(value, dt.datetime)


def _all(one: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, tuple) and all(map(one, value))


def _or_none(one: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: value is None or one(value)


_KINDS: dict[str, tuple[str, Callable[[object], bool]]] = {
    "int": ("a whole number", _is_whole),
    "float": ("a number", _is_number),
    "int | None": ("a whole number or nothing", _or_none(_is_whole)),
    "float | None": ("a number or nothing", _or_none(_is_number)),
    "tuple[int, ...]": ("a tuple of whole numbers", _all(_is_whole)),
    "tuple[str, ...]": ("a tuple of texts", _all(lambda value: isinstance(value, str))),
    "tuple[dt.date, ...]": ("a tuple of dates such as datetime.date(2026, 3, 2)", _all(_is_day)),
}


def check_fields(part: Any, where: str) -> None:
    """Raise BadInput unless whole numbers, numbers and tuples of `part` are what they should be.

    Parameters
    ----------
    part : dataclass instance
        Declared in a module with ``from __future__ import annotations``, so that types are texts.
    where : str
        What the error begins with, for example ``"contract 'full'"``.

    Raises
    ------
    BadInput
        Naming the field; NaN and infinity are no numbers.

    Examples
    --------
    >>> from wfm.scenario import Contract
    >>> try:
    ...     Contract("full", 0, 40, ("D",), period_weeks=1, min_period_h=float("nan"))
    ... except BadInput as error:
    ...     print(error)
    contract 'full': min_period_h is a number, got nan
    """
    for field in fields(part):
        if str(field.type) not in _KINDS:
            continue
        words, fits = _KINDS[str(field.type)]
        value = getattr(part, field.name)
        if not fits(value):
            raise BadInput(f"{where}: {field.name} is {words}, got {value!r}")
