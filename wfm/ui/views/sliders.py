"""Which ends and step lets a slider stand on the plan's own value?"""

from __future__ import annotations

_FINER = (1.0, 0.5, 0.1, 0.01)
_WHOLE = 1e-6


def holding(own: float, low: float, high: float, step: float) -> tuple[float, float, float]:
    """Return low, high and step, widened and refined until `own` lies on the grid.

    >>> holding(80, 50, 99, 1), holding(99.5, 50, 99, 1)
    ((50.0, 99.0, 1.0), (50.0, 99.5, 0.5))
    """
    low, high = float(min(low, own)), float(max(high, own))
    steps = [float(step), *(finer for finer in _FINER if finer < step)]
    fitting = (each for each in steps if _fits(own - low, each) and _fits(high - low, each))
    return low, high, next(fitting, steps[-1])


def number_format(step: float) -> str:
    """Return the printf format that shows each value of a grid of `step` apart.

    >>> number_format(5), number_format(0.5), number_format(0.01)
    ('%.0f', '%.1f', '%.2f')
    """
    digits = next((d for d in (0, 1) if _fits(step, 10**-d)), 2)
    return f"%.{digits}f"


def _fits(length: float, step: float) -> bool:
    return abs(length / step - round(length / step)) < _WHOLE
