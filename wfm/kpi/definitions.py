"""By which definition was a value measured?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wfm.errors import BadInput
from wfm.kpi import catalogue as book
from wfm.kpi.measure import REQUIRED, Measure

__all__ = ["Definition", "definition", "resolve"]


@dataclass(frozen=True)
class Definition:
    """What stands behind a number; two values compare only if these are equal.

    Attributes
    ----------
    key : str
    version : int
    choices : tuple of (name, value)
        Variant, window, base, thresholds, sampling.
    """

    key: str
    version: int
    choices: tuple[tuple[str, Any], ...]

    def __str__(self) -> str:
        inner = ", ".join(f"{name}={_text(value)}" for name, value in self.choices)
        return f"{self.key}/{self.version}({inner})"


def definition(key: str, **choices: Any) -> Definition:
    """Return the full definition of a KPI, defaults filled in.

    Parameters
    ----------
    key : str
    **choices
        As in `compute`.

    Returns
    -------
    Definition

    Raises
    ------
    BadInput
        For an unknown KPI or choice.

    Examples
    --------
    >>> print(definition("service_level", rule="SL2"))
    service_level/1(rule=SL2, awt_s=20, short_s=5)
    """
    from wfm.kpi.measures import measure

    book.find(key)
    return resolve(measure(key), choices)


def resolve(measure: Measure, given: dict[str, Any]) -> Definition:
    """Return the definition of `measure` with the `given` choices; refuse unknown ones."""
    known = {choice.name: choice for choice in measure.choices}
    unknown = sorted(set(given) - set(known))
    if unknown:
        listed = ", ".join(known) or "none"
        raise BadInput(f"kpi {measure.key}: unknown choices {unknown}; it has: {listed}")
    values = []
    for name, choice in known.items():
        value = given.get(name, choice.default)
        if value is REQUIRED:
            raise BadInput(
                f"kpi {measure.key}: {name} has no default ({choice.meaning}); pass it and agree "
                "on it before the figure is used"
            )
        if choice.allowed and value not in choice.allowed:
            allowed = ", ".join(map(str, choice.allowed))
            raise BadInput(f"kpi {measure.key}: {name} is one of {allowed}; got {value!r}")
        values.append((name, value))
    return Definition(measure.key, measure.version, tuple(values))


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
