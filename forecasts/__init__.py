"""How many contacts will come, and how long will each take?"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from forecasts.errors import BadInput

if TYPE_CHECKING:
    from forecasts.backtesting import Leaderboard, backtest
    from forecasts.campaigns import Campaign
    from forecasts.cleaning import Cleaned, clean
    from forecasts.coverage import classify
    from forecasts.daybook import coverage_calendar
    from forecasts.forecasting import Forecast, forecast
    from forecasts.intraday import Reforecast, reforecast
    from forecasts.redialling import Redials, Repeats, redials, repeats

__all__ = [
    "BadInput",
    "Campaign",
    "Cleaned",
    "Forecast",
    "Leaderboard",
    "Redials",
    "Reforecast",
    "Repeats",
    "backtest",
    "classify",
    "clean",
    "coverage_calendar",
    "forecast",
    "redials",
    "reforecast",
    "repeats",
]

_HOME = {
    "Forecast": "forecasts.forecasting",
    "forecast": "forecasts.forecasting",
    "Leaderboard": "forecasts.backtesting",
    "backtest": "forecasts.backtesting",
    "classify": "forecasts.coverage",
    "Cleaned": "forecasts.cleaning",
    "clean": "forecasts.cleaning",
    "coverage_calendar": "forecasts.daybook",
    "Redials": "forecasts.redialling",
    "Repeats": "forecasts.redialling",
    "redials": "forecasts.redialling",
    "repeats": "forecasts.redialling",
    "Campaign": "forecasts.campaigns",
    "Reforecast": "forecasts.intraday",
    "reforecast": "forecasts.intraday",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'forecasts' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
